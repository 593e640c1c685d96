"""What publishers call the parts of their pages: class, id and test id of an element."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MOST = 400  #: characters that are read: what is longer is styles, not names


def names_of(element: HtmlElement) -> str:
    """As they are written, separated by spaces; '' where there are none."""
    attributes = element.attrib
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    for extra in ("data-testid", "data-component", "data-widget"):
        if extra in attributes:
            names += f" {attributes[extra]}"
    return names if len(names) > 1 else ""


@lru_cache(maxsize=20_000)
def in_words(names: str) -> str:
    """`articleBody main_text` → `article-body main-text`: what patterns over names are matched to.

    Pages of one site use few different names, so the answers are kept.
    """
    return _CAMEL.sub("-", names[:_MOST]).lower().replace("_", "-")
