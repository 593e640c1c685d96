"""Grades that a line of a list or table gives: by itself, after its label or before what got it."""

from __future__ import annotations

import re

_LINE = re.compile(
    r"^[\s*•>-]*(?:\d+[.)]\s*)?([^.;]{2,90}?)\s*(?:[:|]|\s-|-\s|\s=|\.{2,})\s*"
    r"(?:grade \d\s*[-:]?\s*)?(?:rated |judged |graded |is |was )?(?:as )?[\"']?$"
)
#: "Inadequate and put into special measures.", "Good in all five areas and good overall.": what a
#: round-up says under the name of a body.
_ALONE = re.compile(r"[\s*•>-]*[\"']?")
_VERDICT = re.compile(
    r"[\"']?(?:\.$| overall(?!\w)| in (?:all|every|each)(?!\w)| and (?:put|placed|in) )"
)
#: "• Inadequate: surgery; children's care": what follows are names, no sentence.
_NAMES = re.compile(
    r"[\"']?(?: \([a-z0-9 ]{1,12}\))?\s*(?::|\s-|-\s)\s*"
    r"(?!.*(?<!\w)(?:is|are|was|were|has|have|had|will|means?|needs?|must|should|we|they|it)(?!\w))"
    r"[a-z&][^.?!]{2,160}\.?$"
)
LABEL_FIRST = "before its names"  #: the rule: it holds only where one of the names is an aspect


def by_its_line(low: str, start: int, end: int) -> tuple[str, int] | None:
    """A grade that is a line by itself, or ends one that begins with its label."""
    if _ALONE.fullmatch(low[:start]):
        if not low[end:].strip(" .'\")*"):
            return "cell", 0  # of a table: its label stands in the line above
        if _VERDICT.match(low, end):
            return "line", 0
    if _ALONE.fullmatch(low[:start]) and _NAMES.match(low, end):
        return LABEL_FIRST, 0
    line = _LINE.match(low[:start]) if len(low) < 160 else None
    if line and len(low[end:].split(" | ")[0].strip(" .'\")")) < 12:
        return "line", 0
    return None
