"""The table of judgements with which a report of an inspection begins: a label, then its grade.

"The experiences and progress of children in care / Good"; "2.1 Adoption performance Good". What
such a table says is what the inspection found; a grade elsewhere in the report is an example, or of
another body (a children's home), or of an earlier inspection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.tag.aspects import OVERALL, expressions
from pipeline.tag.frameworks import Framework, Scale
from pipeline.tag.reading import Reading

_BEGINS = 4_000  #: code points of a report in which its table stands
_ENDS = re.compile(
    r"\n\W*(?:executive summary|summary of findings|contents|what needs to improve|"
    r"information about this)(?!\w)"
)
#: What stands before a label: nothing but marks, or a grade that shares its line.
_BEFORE = re.compile(
    r"(?:^|\n|(?:good|adequate|outstanding|improvement) )[\s•*–\d.-]*(?:the )?"
    r"(?:experiences? and progress of )?(?:the )?(?:children |young people )?$"
)
_NEAR = 80  #: code points before a label that are read
_FEWEST = 3  #: lines that make a table
#: "Children's services in Borset require improvement to be good".
_IN_WORDS = (
    r"(?:children's services(?: in [^.\n]{2,60}?)?|(?:the )?overall (?:judge?ment|effectiveness)"
    r"(?: is that)?[^.\n]{0,70}?)(?: is| are)?(?: judged)?(?: to be)?"
)


#: The review of the safeguarding board that the same report holds, further down.
_BOARD = "safeguarding board"
_OF_BOARD = (
    r"(?:the local safeguarding children board|effectiveness of the (?:local safeguarding children "
    r"board|lscb))(?: \(lscb\))?(?: is| are)?"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. Offsets are those of the story; `grade` is the scale's word."""

    start: int
    end: int
    aspect: str
    grade: str


def table(reading: Reading, framework: Framework | None, scales: tuple[Scale, ...]) -> list[Row]:
    """The rows of the report's table, each aspect once; [] for what begins with no such table."""
    if framework is None or framework.opening is None:
        return []
    head = reading.low[:_BEGINS]
    if not framework.opening.search(" ".join(head.split())):
        return []
    stop = _ENDS.search(head)
    head = head[: stop.start()] if stop else head
    grades = _grades(tuple(g for s in scales for g in (*s.grades, *s.aliases)))
    labels = [(m.start(), -m.end(), aspect) for aspect, expression, _ in expressions(framework)
              for m in expression.finditer(head)]  # fmt: skip
    rows: dict[str, Row] = {}
    last = 0  # where the label before ends: the longest of those that begin at one place counts
    for start, end, aspect in sorted(labels):
        before = _BEFORE.search(head[max(0, start - _NEAR) : start])
        grade = grades.match(head, -end) if before and start >= last else None
        if grade:
            last = -end
            rows.setdefault(aspect, Row(start, grade.end(1), aspect, _word(grade[1], scales)))
    said = (
        re.search(_IN_WORDS + grades.pattern, head) if framework.has_overall(reading.day) else None
    )
    if said and OVERALL not in rows:
        rows[OVERALL] = Row(said.start(), said.end(1), OVERALL, _word(said[1], scales))
    if len(rows) < _FEWEST:
        return []
    if _BOARD in framework.aspects and (said := re.search(_OF_BOARD + grades.pattern, reading.low)):
        rows[_BOARD] = Row(said.start(), said.end(1), _BOARD, _word(said[1], scales))
    return sorted(rows.values(), key=lambda r: r.start)


@lru_cache(maxsize=16)
def _grades(words: tuple[str, ...]) -> re.Pattern[str]:
    """A grade that ends its line, or that a footnote's number or the next label follows."""
    known = sorted((w for w in words if w != "requires improvement"), key=len, reverse=True)
    others = "|".join(map(re.escape, known))
    return re.compile(
        r"(?:[^\S\n][^\n]{0,60}?)??\.?\s+"
        rf"(requires?\s+improvement(?: to be good)?|{others})"
        r"(?=\s*(?:\n|$|\d|\.|because|there are|the effectiveness|the lscb|"
        r"overall effectiveness|the experiences|the impact))"
    )


def _word(written: str, scales: tuple[Scale, ...]) -> str:
    word = "requires improvement" if written.startswith("require") else written
    scale = next((s for s in scales if s.rank(word)), None)
    return scale.aliases.get(word, word) if scale else word
