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

from pipeline.clean.lines import BULLET, count, is_finished, is_prose, norm, plain_quotes
from pipeline.clean.site import says
from pipeline.knowledge import load_yaml

FILE = "doubts.yaml"
_NUMBER = re.compile(r"\d+")
_LABEL = 12  #: words
_END = 3  #: paragraphs at the end of a story among which a site speaks of itself


@dataclass(frozen=True, slots=True)
class Doubt:
    """A paragraph of the text, why it is doubted, and of what kind a rule for it would be."""

    text: str
    why: str
    kind: str
    prose: bool  #: it reads like running text, so only a person may say that it is none
    sure: bool  #: its words or its place on other pages give it away; else only that it is short
    repeated: bool = False  #: it stands on other pages too


def doubts(
    paragraphs: Sequence[str], links: Collection[str], others: Sequence[Collection[str]] = ()
) -> tuple[Doubt, ...]:
    """In the order of the text.

    Args:
        paragraphs: the text's.
        links: normalised words of the page's links.
        others: for each other page of the site the `alike` forms of its paragraphs.
    """
    told = [i for i, p in enumerate(paragraphs) if is_prose(p)]
    last = max(told, default=len(paragraphs))
    end = set(told[1:][-_END:])
    found = []
    for i, text in enumerate(paragraphs):
        carriers = sum(alike(text) in other for other in others)
        if carriers:
            why = f"stands on {carriers + 1} of these {len(others) + 1} pages"
            found.append(Doubt(text, why, "site", is_prose(text), sure=True, repeated=True))
        elif (doubt := of_itself(text, links, edge=i in end)) is not None:
            found.append(doubt)
        elif is_label(text) and (i > last or (i < min(told, default=0) and not _is_item(text))):
            where = "below" if i > last else "above"
            why = f"is short, no sentence, and stands {where} the story"
            found.append(Doubt(text, why, "promo", prose=False, sure=False))
    return tuple(found)


def of_itself(text: str, links: Collection[str], *, edge: bool = True) -> Doubt | None:
    """What makes a paragraph doubtful by its own words.

    `edge`: it stands where sites write of themselves, so that a mere "we" or "your" is enough.
    """
    bare = BULLET.sub("", text)
    prose = is_prose(text)
    if len(text) < 200 and norm(bare) in links:
        return Doubt(text, "is nothing but a link", "related", prose, sure=True)
    plain = plain_quotes(bare)
    if says("speech", plain) or '"' in plain:
        return None
    tells = prose and any(says(what, plain) for what in ("judged", "past", "subject"))
    for pattern, why, kind in () if tells else _patterns():
        if pattern.search(plain):
            return Doubt(text, why, kind, prose, sure=True)
    if edge and prose and not tells and says("own", plain):
        why = "speaks to the reader, or of the site itself"
        return Doubt(text, why, "site", prose, sure=True)
    return None


def alike(text: str) -> str:
    """What paragraphs share that differ in numbers alone."""
    return _NUMBER.sub("0", norm(text))


def is_label(text: str) -> bool:
    """Few words that end as no sentence ends."""
    return not is_prose(text) and count(text) <= _LABEL and not is_finished(text)


def _is_item(text: str) -> bool:
    return BULLET.match(text) is not None


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str, str]]:
    """(pattern, why, kind)"""
    rules = load_yaml(FILE)["rules"]
    return [(re.compile(r["pattern"], re.I), r["why"], r["kind"]) for r in rules]
