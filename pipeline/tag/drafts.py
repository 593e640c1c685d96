"""Judgements in the making: what one sentence says, and what the others make of it.

A grade of an earlier year is a previous one, save where nothing later is told; a visit without
grades gives none; a sentence about one body overrules one about several.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from pipeline.tag.aspects import ALL_AREAS, ALL_BUT_ONE, OVERALL
from pipeline.tag.frameworks import Scale
from pipeline.tag.reading import Reading
from pipeline.tag.when import Direction, Status, Weak


@dataclass(frozen=True, slots=True)
class Draft:
    bodies: tuple[str | None, ...]
    aspect: str
    grade: str
    status: Status
    direction: Direction | None
    start: int
    end: int
    rule: str
    stated: bool
    year: int | None
    named: bool = True  #: the sentence itself names the bodies
    weak: Weak | None = None  #: what alone makes it an earlier one


def in_time(reading: Reading, drafts: list[Draft]) -> list[Draft]:
    """A grade of an earlier year is a previous one."""
    dated = [d.year for d in drafts if d.year and d.status == "current"]
    visited = int(reading.inspected[:4]) if reading.inspected else None
    latest = max([visited or reading.year or 0, *dated], default=0)
    undated = any(d.status == "current" and not d.year for d in drafts)
    made = []
    for d in drafts:
        if d.status == "current" and d.year:
            gap = latest - d.year
            early_in_year = visited is None and bool(reading.date and reading.date[5:7] <= "04")
            if (
                gap > 1
                or (gap == 1 and not early_in_year)
                or (gap == 0 and undated and _long_ago(reading, d))
            ):
                d = replace(d, status="previous", direction=None, weak="dated")
        made.append(d)
    return _before_the_return(reading, made)


#: "Since the original inspection", "more than a year on, inspectors are satisfied".
_RETURNED = re.compile(
    r"(?<!\w)since (?:the|its|their|that) (?:original|first|initial|previous|last) "
    r"(?:inspection|visit|report)|(?<!\w)(?:a|two|three) years? (?:on|later),? inspectors(?!\w)|"
    r"(?<!\w)inspectors (?:have )?(?:now )?(?:returned|went back|gone back)(?!\w)"
)


def _before_the_return(reading: Reading, drafts: list[Draft]) -> list[Draft]:
    """Grades of which one has its year are earlier ones, where a return is told after all."""
    now = [d for d in drafts if d.status == "current"]
    back = _RETURNED.search(reading.low) if any(d.year for d in now) else None
    if not back or any(d.start > back.start() for d in now):
        return drafts
    return [
        replace(d, status="previous", direction=None) if d.status == "current" else d
        for d in drafts
    ]


def told_of(reading: Reading, drafts: list[Draft]) -> list[Draft]:
    """Of a body of which no current grade is told, the latest ones with a date are what the story
    is about, unless it tells of a visit since; so is what was told by a participle alone."""
    aspects = {(b, d.aspect) for d in drafts if d.weak is None for b in d.bodies}
    now = [d for d in drafts if d.status == "current"]
    known = {(b, aspect) for d in now for b in d.bodies for aspect in (d.aspect, None)}
    latest = max((d.year or 0 for d in drafts if d.weak == "dated"), default=0)
    since = _SINCE_THEN.search(reading.low) is not None

    told = {(b, d.aspect, d.grade) for d in now if d.direction != "same" for b in d.bodies}

    def stands(d: Draft) -> bool:
        lately = d.year is not None and (reading.year or 0) - d.year <= 1
        lately = lately or d.year is None
        if d.weak == "dated" and lately and all((b, d.aspect, d.grade) in told for b in d.bodies):
            return True  # the same grade, told once more with its date
        if d.weak == "said":
            return not any((b, d.aspect) in aspects for b in d.bodies)
        return (
            d.weak == "dated" and not since and not _of_old(reading, d)
            and not _STANDING.search(reading.low, d.start, d.end)
            and not any((b, None if d.year else d.aspect) in known for b in d.bodies)
            and (d.year or 0) in (0, latest)
        )  # fmt: skip

    drafts = [replace(d, status="current") if stands(d) else d for d in drafts]
    return _told_once_more(drafts) if since else drafts


def _of_old(reading: Reading, d: Draft) -> bool:
    """Whether a grade is of years before the day of the story: no news."""
    return bool(reading.date and d.year and int(reading.date[:4]) - d.year > _NEWS)


_NEWS = 2  #: years from an inspection to the last story that reports it


def _told_once_more(drafts: list[Draft]) -> list[Draft]:
    """In a story of what came after an inspection, a grade that it says was given earlier is not
    a new one where it is told again, if the body has no other: "The school had been rated weak.
    Inspectors had found it weak for leadership. On their return …"."""
    earlier = [d for d in drafts if d.status == "previous"]
    before = {(b, d.grade) for d in earlier for b in d.bodies}
    whole = {(b, d.grade) for d in earlier if d.aspect == OVERALL for b in d.bodies}
    others = {
        b
        for d in drafts
        if d.status == "current"
        for b in d.bodies
        if (b, d.grade) not in (whole if d.aspect == OVERALL else before)
    }
    return [
        replace(d, status="previous", direction=None)
        if d.status == "current" and d.direction != "same" and not others & set(d.bodies)
        else d
        for d in drafts
    ]


#: "Rated outstanding since 2017": a grade that it holds, not one that is told.
_STANDING = re.compile(r"(?<!\w)since (?:[a-z]+ )?(?:19|20)\d\d(?!\w)")
_SINCE_THEN = re.compile(
    r"(?<!\w)(?:monitoring|focused|follow-up|progress|return|original) "
    r"(?:visits?|inspections?|reviews?|reports?)(?!\w)|(?<!\w)re-?(?:visit|inspect)|"
    r"(?<!\w)(?:progress|improvements?) (?:since|review|made)(?!\w)"
)


def _long_ago(reading: Reading, d: Draft) -> bool:
    """No date for the story, a bare past tense with its year, and other grades that have none."""
    said = reading.low[d.start : d.end]
    return reading.date is None and bool(
        re.search(
            r"(?:was|were) (?:rated|judged|graded|given|found|branded)|"
            r"^(?:back )?in (?:[a-z]+ )?(?:19|20)\d\d(?!\w)", said,
        )
    )  # fmt: skip


def of_no_grades(drafts: list[Draft], own: frozenset[str]) -> list[Draft]:
    """A visit without grades: those told are earlier ones, save where a still earlier one is told.

    "Report published after a monitoring visit. Classed as good. Previous inspection: outstanding."
    `own`: grades that such visits give: "making reasonable progress".
    """
    told = {b for d in drafts if d.status == "previous" and d.rule == "line" for b in d.bodies}
    return [
        replace(d, status="previous")
        if d.status == "current" and d.grade not in own and not told & set(d.bodies)
        else d
        for d in drafts
    ]


def of_one_scale(drafts: list[Draft], scales: tuple[Scale, ...]) -> list[Draft]:
    """Without words of another scale beside current grades of those in force: where a home was
    rated inadequate, its "poor" leadership is no grade."""
    given = [s for s in scales if s.row]
    if all(d.grade not in _EVERYDAY for d in drafts):
        return drafts
    now = [d for d in drafts if d.status == "current"]
    fitting = {b for d in now if any(s.rank(d.grade) for s in given) for b in d.bodies}
    concluded = any(d.rule == "outcome" for d in now)  # of an area: families call it "excellent"

    def other(d: Draft) -> bool:
        if d.status != "current" or d.grade not in _EVERYDAY:
            return False
        on_scale = any(s.rank(d.grade) for s in scales)
        return concluded or (not on_scale and bool(fitting.intersection(d.bodies)))

    return [d for d in drafts if not other(d)]


_EVERYDAY = frozenset({"poor", "weak", "excellent"})


def vague(drafts: list[Draft]) -> list[Draft]:
    """Where a sentence is about one body alone, it overrules one about several."""
    alone = {(d.bodies[0], d.aspect, d.status): d.grade for d in drafts if len(d.bodies) == 1}
    alone |= {(b, d.aspect, d.status): d.grade for d in drafts if d.named for b in d.bodies}
    made = []
    for d in drafts:
        if len(d.bodies) > 1 and not d.named:
            kept = tuple(
                b for b in d.bodies if alone.get((b, d.aspect, d.status), d.grade) == d.grade
            )
            d = replace(d, bodies=kept)
        made.append(d)
    return [d for d in made if d.bodies]


def in_all(drafts: list[Draft], aspects: tuple[str, ...]) -> list[Draft]:
    """An overall grade where one sentence gives every aspect of the framework the same, and the
    story tells of no other: "good in all four areas" is good."""
    now = [d for d in drafts if d.status == "current"]
    told = {b for d in now if d.aspect == OVERALL for b in d.bodies}
    together: dict[tuple[int, str, tuple[str | None, ...]], set[str]] = defaultdict(set)
    given: dict[str | None, set[str]] = defaultdict(set)  # the grades of a body's aspects
    for d in now:
        together[d.start, d.grade, d.bodies].add(d.aspect)
        if d.aspect not in (OVERALL, ALL_AREAS):
            for body in d.bodies:
                given[body].add(d.grade)
    made: dict[tuple[int, str], Draft] = {}
    for d in now:
        alone = all(given[body] <= {d.grade} and body not in told for body in d.bodies)
        same = together[d.start, d.grade, d.bodies]
        every = len(aspects) >= _FEWEST and set(aspects) <= same
        if alone and (every or ALL_AREAS in same):
            made[d.start, d.grade] = replace(d, aspect=OVERALL, stated=False)
    return list(made.values())


def but_one(drafts: list[Draft], aspects: tuple[str, ...]) -> list[Draft]:
    """ "Good in every area but one", and that one told elsewhere: each of the others is good."""
    made: list[Draft] = []
    for d in drafts:
        others = d.aspect == ALL_BUT_ONE and {
            o.aspect
            for o in drafts
            if o.aspect in aspects
            and o.status == d.status
            and o.grade != d.grade
            and set(o.bodies) & set(d.bodies)
        }
        if others and len(others) == 1:
            made += [replace(d, aspect=a) for a in aspects if a not in others]
        else:
            made.append(d)
    return made


_FEWEST = 3  #: aspects of a framework whose sum is its overall grade
