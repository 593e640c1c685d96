"""What changed between two versions of a story, as sentences taken out and put in."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.publish.listing import Row

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n\s*\n")
#: changes of one version that are shown; a story that was written anew has no small ones
_SHOWN = 40


def changes(versions: Sequence[Row]) -> list[Row]:
    """The versions, newest first, each with `taken` and `put`: sentences against the one before.

    `versions` come oldest first, each {seen_at, headline, standfirst, text}. `more` counts changes
    beyond those listed. The oldest has no changes.
    """
    told = [
        {"seen_at": v["seen_at"], "headline": v["headline"], "taken": [], "put": [], "more": 0}
        for v in versions
    ]
    for number, (before, after) in enumerate(pairwise(versions), 1):
        told[number].update(_change(_sentences(before), _sentences(after)))
    return told[::-1]


def _sentences(version: Row) -> list[str]:
    parts = [version["headline"], version["standfirst"], *_SENTENCE.split(version["text"] or "")]
    return [" ".join(part.split()) for part in parts if part and part.strip()]


def _change(before: list[str], after: list[str]) -> Row:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    taken: list[str] = []
    put: list[str] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            taken += before[a:b]
            put += after[c:d]
    more = max(0, len(taken) - _SHOWN) + max(0, len(put) - _SHOWN)
    return {"taken": taken[:_SHOWN], "put": put[:_SHOWN], "more": more}
