"""How many got which grade: "good in three areas", "seven areas judged adequate", "four were good".

The whole is told in the sentence, elsewhere in the story ("in all 11 areas"), or is the sum of all
parts ("one 'good' rating, three 'adequate', five 'requires improvement'").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.tag.counting import counted
from pipeline.tag.numbers import GRADE, NUMBER, digits
from pipeline.tag.partitions import Part

_GRADE = (
    rf"[\"']?(?:{GRADE}|required improvement|reasonably good|not sufficiently good|acceptable|"
    r"exceptional|unacceptable|urgent improvement|needs attention|(?:strong|expected) standard)"
    r"[\"']?(?![\w\"'-])"
)
_AREA = (
    r"(?:areas?|categor(?:y|ies)|domains?|fields?|criteria|questions?|tests?|themes?|headings?|"
    r"aspects?|measures?|indicators?|objectives?|judge?ments?|standards?|topics?|elements?|"
    r"disciplines?|pillars?|subjects?|grades?|gradings?|ratings?)"
)
_AREAS = rf"(?:[a-z'-]+ ){{0,3}}?{_AREA}(?!\w)"
_NO_YEAR = r"(?!(?:19|20)\d\d(?!\w))"
_ENDS = r"(?= ?(?:[.,;:)]|$)| (?:and|but|while|with|or|against|as|to)(?!\w))"
#: "Good in three and adequate in five areas", "'requires improvement' for two".
_IN = re.compile(
    rf"{_GRADE} (?:ratings? |grades? |marks? |scores? |judge?ments? )?(?:in|for|on|across) "
    rf"(?:only |just |another |a further |the other |the remaining )?{_NO_YEAR}"
    rf"(?P<value>{NUMBER})(?![\w%])(?: of (?:these|them|those|which))?(?: {_AREAS}|{_ENDS})"
)
#: "In four areas it was adequate", "in six as requires improvement".
_IN_WHICH = re.compile(
    rf"(?<!\w)in {_NO_YEAR}(?P<value>{NUMBER})(?: of (?:these|them|those))?(?: {_AREAS}(?: [a-z]+)"
    rf"{{0,8}}?)? (?:as|was|were|is|are|to be) {_GRADE}(?! in(?!\w))"
)
_PATTERNS = (_IN, _IN_WHICH)
_HOW = (
    r"(?:that|which|were|was|are|is|being|be|to be|judged|rated|graded|found|assessed|deemed|"
    r"classed|ranked|as|got|received|given|scored|had|have|has|been|came out|only|just|now|still)"
)
#: "Seven areas judged 'adequate'", "four that were good", "three as requires improvement".
_HOW_MANY = re.compile(
    rf"(?<![\w£$€.,/:-])(?<!grade )(?<!all )(?<!in )(?<!age ){_NO_YEAR}(?P<value>{NUMBER})"
    rf"(?: of (?:these|them|those|which))?(?: {_AREAS})?(?: {_HOW}){{0,4}} {_GRADE}"
    r"(?! [a-z-]+(?<!grade)(?<!rating)(?<!judgement)(?<!mark)s(?!\w))(?! (?:in|for|on) )"
)
#: "All 11 areas", "of nine indicators": how many there are.
_WHOLE = re.compile(rf"(?<![\w£$€.,/:-])(?<!grade ){_NO_YEAR}(?P<of>{NUMBER}) (?:of the )?{_AREAS}")
_NUMBERED = re.compile(rf"{_AREA} (?:[a-z]+ )?(?:number|numbered) (?P<of>{NUMBER})(?!\w)")


def wholes(low: str) -> frozenset[int]:
    """How many areas a folded story may speak of, each number that stands before their name."""
    parts = {m.start("value") for pattern in (*_PATTERNS, _HOW_MANY) for m in pattern.finditer(low)}
    found = [m for m in _WHOLE.finditer(low) if m.start("of") not in parts]
    found += _NUMBERED.finditer(low)
    return frozenset(int(n) for m in found if (n := digits(m["of"])).isdigit())


def graded_counts(low: str, areas: frozenset[int], taken: Sequence[tuple[int, int]]) -> list[Part]:
    """The numbers of areas that got a grade, with the whole where it can be told.

    `areas`: what `wholes` tells of the story. `taken`: spans that other figures hold.
    """
    if _SCALE.search(low):
        return []
    parts: dict[int, tuple[int, int]] = {}
    for pattern in (*_PATTERNS, _HOW_MANY):
        for m in pattern.finditer(low):
            a, b = m.span("value")
            if digits(m["value"]).isdigit() and not any(s < b and a < e for s, e in taken):
                parts[a] = (a, b)
    values = [int(digits(low[a:b])) for a, b in parts.values()]
    if len(values) == 0 or values == [1]:
        return []
    of = _whole(values, areas)
    if len(values) == 1 and _ITS_GRADES.match(low, max(b for _, b in parts.values())):
        of = None  # "holds four inadequate grades": of how many is not told
    elif of is None and len(values) == 1:
        return []
    whole = str(of) if of else None
    return [Part(a, b, whole, _what(low, b)) for a, b in sorted(parts.values())]


_SCALE = re.compile(r"(?<!\w)(?:scale|possible|grading system)(?!\w)")


def _whole(values: list[int], areas: frozenset[int]) -> int | None:
    """The whole of parts: the number of areas that they add up to, else the next above."""
    told = sum(values)
    more = sorted(n for n in areas if n > told or (n == told and len(values) > 1))
    if more:
        return more[0]
    return told if len(values) > 2 else None


_ITS_GRADES = re.compile(rf" {_GRADE} (?:grades|gradings|ratings)(?!\w)")


def _what(low: str, at: int) -> str:
    thing = counted(low[at : at + 60])
    return thing.what if thing else "areas"
