"""Grades that stand as numbers beside a label: "Leadership – 2" in a round-up of care homes.

The Care Inspectorate numbers its grades, 6 the best; papers print the numbers alone, under a
heading such as "Previous ratings" or "New ratings".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.tag.aspects import aspects
from pipeline.tag.frameworks import Framework
from pipeline.tag.reading import Reading
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
    status: Status = "current"
    for sentence in reading.sentences:
        row = _ROW.fullmatch(sentence.low)
        if row is None:
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
    return made if len(made) >= _FEWEST else []
