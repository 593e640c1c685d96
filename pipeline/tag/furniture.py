"""What a text has beside its story, where cleaning left it: links to others, credits, bylines."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.tag.literals import Sought
from pipeline.tag.matcher import fold
from pipeline.tag.sentences import Taken, sentences_of

_CREDIT = Sought(
    r"\b(?:picture|photo|photograph|image|credit|pic)s? ?(?:by|:) ?[^\n.]{0,60}"
    r"|(?P<whole>photo credit|getty images|pa images|/ ?afp\b|\balamy\b|shutterstock|adobe stock)"
)
_BYLINE = re.compile(r"^by [^\n]{3,90}[^\n.:!?]$", re.MULTILINE)
_SHORT = 100  #: code points of a caption, all of which its credit takes with it


@lru_cache(maxsize=1)
def _lines() -> Sought:
    return Sought(load_yaml("agencies/roles.yaml")["furniture"], re.MULTILINE)


@lru_cache(maxsize=8)
def furniture(text: str) -> Taken:
    """The spans of "Read more" lines, captions with a credit, and bylines: they tell no story."""
    folded = fold(text)
    found: list[tuple[int, int]] = []
    for m in _lines().finditer(folded):
        stop = folded.find("\n", m.end())
        found.append((m.start(), len(folded) if stop < 0 else stop))
    found += [s for s in sentences_of(text) if _lines().match(folded[s.start : s.end])]
    for m in _CREDIT.finditer(folded):
        line = folded.rfind("\n", 0, m.start()) + 1
        whole = m["whole"] or m.start() - line < _SHORT
        found.append((line if whole else m.start(), m.end()))
    found += [m.span() for m in _BYLINE.finditer(folded)]
    return Taken(found)
