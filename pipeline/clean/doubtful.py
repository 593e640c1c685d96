"""Which paragraphs of a cleaned page look as if they were no story, and why: for people to judge.

Nothing is cut by it. The wordings are records of `knowledge/doubts.yaml`; beside them a paragraph
is doubted that is nothing but a link, that stands on other pages of its site, or that is short at
the edge of the story, where a sub-heading or a list has no place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.clean.lines import BULLET, is_finished, is_prose, norm, plain_quotes
from pipeline.knowledge import load_yaml

FILE = "doubts.yaml"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A paragraph of the text, why it is doubted, and of what kind a rule for it would be."""

    text: str
    why: str
    kind: str
    prose: bool  #: it reads like running text, so only a person may say that it is none


def doubts(
    paragraphs: Sequence[str], links: Collection[str], others: Sequence[Collection[str]] = ()
) -> tuple[Doubt, ...]:
    """In the order of the text.

    Args:
        paragraphs: the text's.
        links: normalised words of the page's links.
        others: for each other page of the site the normalised paragraphs of its text.
    """
    told = [i for i, p in enumerate(paragraphs) if is_prose(p)]
    inside = range(told[0], told[-1]) if told else range(0)
    found = []
    for i, text in enumerate(paragraphs):
        carriers = sum(norm(text) in other for other in others)
        if carriers:
            pages = f"{carriers + 1} of these {len(others) + 1} pages"
            found.append(Doubt(text, f"stands on {pages}", "site", is_prose(text)))
        elif reason := _reason(text, links, inside=i in inside):
            found.append(Doubt(text, *reason, is_prose(text)))
    return tuple(found)


def _reason(text: str, links: Collection[str], *, inside: bool) -> tuple[str, str] | None:
    """(why, kind)"""
    bare = BULLET.sub("", text)
    if len(text) < 200 and norm(bare) in links:
        return "is nothing but a link", "related"
    plain = plain_quotes(bare)
    speech, patterns = _patterns()
    if not speech.search(plain):
        for pattern, why, kind in patterns:
            if pattern.search(plain):
                return why, kind
    if not inside and not is_prose(text) and not is_finished(text):
        return "is short and no sentence, before or after the story's paragraphs", "promo"
    return None


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], list[tuple[re.Pattern[str], str, str]]]:
    content = load_yaml(FILE)
    records = [(re.compile(r["pattern"], re.I), r["why"], r["kind"]) for r in content["rules"]]
    return re.compile(content["speech"], re.I), records
