"""Grades that stand as numbers beside a label: "Leadership – 2" in a round-up of care homes.

The Care Inspectorate numbers its grades, 6 the best; papers print the numbers alone, under a
heading such as "Previous ratings" or "New ratings".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.tag.aspects import aspects
from pipeline.tag.frameworks import Framework, Scale
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.when import Status

_NUMBERED = "care-inspectorate6"  #: the scale whose grades have numbers
_ROW = re.compile(
    r"[\s•*-]*(?:\d\.\d\s*[-:.]?\s*)?(?P<label>[a-z][a-z', ]{2,60}?)\s*(?:[-:=|]|\s)\s*"
    r"(?P<number>[1-6])"
    r"(?:\s?(?:/|out of)\s?6)?\.?"
)
_EARLIER = re.compile(r"(?<!\w)(?:previous|last|earlier|old)(?!\w)")
_FEWEST = 2  #: rows that make a list: one line alone may number anything


@dataclass(frozen=True, slots=True)
class NumberedGrade:
    """A line of the list. Offsets are those of the story; `about`: ids of the bodies."""

    start: int
    end: int
    aspect: str
    grade: str
    status: Status
    about: tuple[str, ...]


def numbered(reading: Reading, framework: Framework | None) -> list[NumberedGrade]:
    """The numbered grades of a story on the Care Inspectorate's scale; [] on any other."""
    scale = (
        next((s for s, _, _ in framework.scales if s.id == _NUMBERED), None) if framework else None
    )
    if scale is None:
        return []
    made: list[NumberedGrade] = []
    told: list[NumberedGrade] = []  # in sentences, each of which has several
    status: Status = "current"
    for sentence in reading.sentences:
        row = _ROW.fullmatch(sentence.low)
        if row is None:
            told += _in_prose(reading, sentence, framework, scale)
            status = "previous" if sentence.heading and _EARLIER.search(sentence.low) else "current"
            continue
        label = row["label"].strip(" ,")
        known = aspects(f"for {label}", framework)
        made.append(
            NumberedGrade(
                sentence.start, sentence.end, known[0].id if known else label,
                scale.grades[6 - int(row["number"])], status, sentence.about,
            )
        )  # fmt: skip
    return [*(made if len(made) >= _FEWEST else []), *told]


#: "Graded 2 for wellbeing, 3 for leadership", "wellbeing 4, leadership 3".
_FOR = re.compile(
    r"(?<![\w.,£/-])(?:an? )?(?P<number>[1-6]|one|two|three|four|five|six) (?:for|in) "
    r"(?:how well |how |its |the |their )?(?=[a-z])"
)
_AFTER = re.compile(
    r"[\"']?(?: (?:was|is|:|-|–|got|at))?:? (?P<number>[1-6])(?= ?(?:[,;.]|and |$))"
)
_GRADING = re.compile(
    r"(?<!\w)(?:grade[sd]?|gradings?|rat(?:ed|ings?)|scor(?:ed|es?)|marks?)(?!\w)"
)
_DIGITS = {w: str(n) for n, w in enumerate(("one", "two", "three", "four", "five", "six"), 1)}


def _in_prose(
    reading: Reading, sentence: Sentence, framework: Framework | None, scale: Scale
) -> list[NumberedGrade]:
    """Numbers of several aspects in one sentence that speaks of grades; one may be anything."""
    low = reading.bare(sentence)
    if sentence.furniture or not _GRADING.search(low):
        return []
    found: list[tuple[str, str]] = []
    named = aspects(low, framework)
    for m in _FOR.finditer(low):
        named_next = [a for a in named if 0 <= a.start - m.end() < _NEXT]
        found += [(a.id, m["number"]) for a in named_next[:1]]
    if not found:
        found = [(a.id, n["number"]) for a in named if (n := _AFTER.match(low, a.end))]
    if len({a for a, _ in found}) < _FEWEST:
        return []
    status: Status = "previous" if _EARLIER.search(low) else "current"
    return [
        NumberedGrade(
            sentence.start, sentence.end, aspect,
            scale.grades[6 - int(_DIGITS.get(number, number))], status, sentence.about,
        )
        for aspect, number in found
    ]  # fmt: skip


_NEXT = 12  #: code points between "3 for" and what the grade is for
