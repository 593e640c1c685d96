"""JSON-LD as pages have it: broken, nested, of any type. Nothing in it is trusted to be anything.

Work is bounded: so much text of so many scripts, so deep, so many items of a list.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.clean.html import plain_text
from pipeline.clean.lines import squeeze

_MOST_TEXT = (
    2_000_000  #: characters of all scripts together; articleBody included, pages have 100 kB
)
_MOST_NODES, _MOST_ITEMS, _DEEPEST = 200, 40, 4
_ARTICLE = re.compile(
    r"(?:Article|Report|BlogPosting|LiveBlogPosting|SocialMediaPosting|Newsletter)$"
)
_SITE = re.compile(r"(?:Organization|WebSite|(?:Radio|Television)Station|Newspaper)$")
_COMMENTED = re.compile(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$")
#: Any escape, so that an escaped backslash is none of the next one; its group is half a pair.
_ESCAPE = re.compile(r"\\(?:ud[89ab]..\\ud[c-f]..|u(d[89a-f]..)|.)", re.I | re.S)
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_TELLING = ("headline", "datePublished", "author")  #: an article that has them is the page's own

Node = dict[str, Any]


@dataclass
class Said:
    """What the scripts say: the story's object, the page's, the site's; {} where there is none."""

    article: Node = field(default_factory=dict)
    page: Node = field(default_factory=dict)
    site: Node = field(default_factory=dict)
    by_id: dict[str, Node] = field(default_factory=dict)

    def meant(self, value: Any) -> Any:
        """What a reference `{"@id": …}` refers to, if it is there; anything else as it is."""
        if isinstance(value, dict) and "@type" not in value and isinstance(value.get("@id"), str):
            return {**self.by_id.get(value["@id"], {}), **value}
        return value


def read(scripts: Iterable[str]) -> Said:
    """The texts of `<script type="application/ld+json">`, in their order."""
    said, left = Said(), _MOST_TEXT
    most = -1
    for text in scripts:
        left -= len(text)
        if left < 0:
            break
        for node in _nodes(_loads(text)):
            if len(said.by_id) >= _MOST_NODES:
                break
            if isinstance(node.get("@id"), str) and len(node) > 1:
                said.by_id.setdefault(node["@id"], node)
            types = texts_of(node.get("@type"))
            if any(_ARTICLE.search(t) for t in types):
                telling = sum(bool(node.get(key)) for key in _TELLING)
                if telling > most:
                    said.article, most = node, telling
            elif any(t.endswith("Page") for t in types):
                said.page = said.page or node
            elif any(_SITE.search(t) for t in types):
                said.site = said.site or node
    return said


def _loads(text: str) -> Any:
    text = _COMMENTED.sub("", _COMMENTED.sub("", text)).strip().rstrip(";")
    if "\\ud" in text or "\\uD" in text:  # nothing can store half a pair
        text = _ESCAPE.sub(lambda m: "?" if m[1] else m[0], text)
    for mended in (str, _TRAILING_COMMA_OUT, html.unescape):
        try:
            return json.loads(mended(text), strict=False)
        except ValueError:  # not JSON, or a number of thousands of digits
            continue
        except RecursionError:
            return None
    return None


def _TRAILING_COMMA_OUT(text: str) -> str:
    return _TRAILING_COMMA.sub("", text)


def _nodes(value: Any, depth: int = 0) -> Iterator[Node]:
    """Objects with a type, from lists, `@graph` and `mainEntity`."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:_MOST_NODES]:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if key in value:
                yield from _nodes(value[key], depth + 1)


def text(value: str) -> str:
    """One line of plain text."""
    return squeeze(plain_text(value) if "<" in value or "&" in value else value)


def texts_of(value: Any, depth: int = 0) -> list[str]:
    """Strings in a JSON-LD value: a string, a list, or objects with a name."""
    if isinstance(value, str):
        return [t] if len(value) < 100_000 and (t := text(value)) else []
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [t for item in value[:_MOST_ITEMS] for t in texts_of(item, depth + 1)]
    if isinstance(value, dict):
        return texts_of(value.get("name") or value.get("@value"), depth + 1)
    return []


def items_of(value: Any) -> list[Any]:
    """A value that may be one thing or a list of them, as a list of bounded length."""
    return value[:_MOST_ITEMS] if isinstance(value, list) else [] if value is None else [value]
