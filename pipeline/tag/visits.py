"""Days and months in folded text, and which of them are those of the inspection told.

"27 September to 8 October 2021", "between 3 and 7 March", "on July 16", "in September": what is
left out is taken from what stands beside it, and the year from the day of publication.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from pipeline.tag.cues import cues
from pipeline.tag.inspected import MONTHS, days, year_of

FILE = "details.yaml"

_MONTH = "|".join(MONTHS)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (20\d\d))?"
_RANGE = re.compile(
    rf"(?<![\d/]){_DAY}(?: ({_MONTH}))?{_YEAR},? ?(?:to|-|and|until|through)(?: the)? ?"
    rf"{_DAY} ({_MONTH}){_YEAR}(?!\w)"
)
_TURNED = re.compile(  # "March 3 to 7", "July 16"
    rf"(?<!\w)({_MONTH}) {_DAY}(?: ?(?:to|-|and|until) ?(?:({_MONTH}) )?{_DAY})?"
    rf"(?!\w|[ ,]?\d){_YEAR}(?!\w)"
)
_SINGLE = re.compile(rf"(?<![\d/]){_DAY}(?: of)? ({_MONTH}){_YEAR}(?!\w)")
_ALONE = re.compile(rf"(?<!\w)({_MONTH})(?: of)?{_YEAR}(?!\w)")
_NEAR = 70  #: code points between the word of a visit and its date
_AGO = 730  #: days before the story after which an inspection is an earlier one


class Days(NamedTuple):
    """First and last day, ISO; `last` is "" where one day is told, or a month (YYYY-MM) alone."""

    first: str
    last: str
    start: int
    end: int


def days_in(low: str, start: int, end: int, published: str | None) -> Days | None:
    """The first date, span of dates or month in `low[start:end]`; None where there is none."""
    found = [
        (m.start(), order, m)
        for order, p in enumerate((_RANGE, _TURNED, _SINGLE, _ALONE))
        if (m := p.search(low, start, end))
    ]
    if not found:
        return None
    _, order, m = min(found, key=lambda f: f[:2])
    made = (_of_range, _of_turned, _of_single, _of_month)[order](m, published)
    return Days(*made, m.start(), m.end()) if made else None


def told(low: str, published: str | None) -> Days | None:
    """The days of the inspection that a folded sentence tells of, if it does."""
    first = cues(FILE, "began").opens(low, 0, len(low))
    if first and cues(FILE, "visited").find(low):
        at = days_in(low, first.end, min(len(low), first.end + 40), published)
        if at and at.start <= first.end + 1 and len(at.first) > 7 and _is_of_now(at, published):
            return at
    for hit in cues(FILE, "visited").all(low):
        stop = re.compile(r"[.;:\"]").search(low, hit.end, min(len(low), hit.end + _NEAR))
        end = stop.start() if stop else min(len(low), hit.end + _NEAR)
        at = days_in(low, hit.end, min(len(low), end + 30), published)
        if at is None or at.start > end or not _is_of_now(at, published):
            continue
        beside = low[max(0, hit.start - 30) : at.start]
        if _WHEN.search(low[hit.end : at.start]) and not cues(FILE, "earlier").find(beside):
            return at
    return None


_WHEN = re.compile(
    r"(?:^|\W)(?:in|on|during|between|from|of|over|at the (?:end|start|beginning) of)"
    r"(?: the)?(?: (?:early|late|mid))?[ -](?:[a-z]+day,? )?$"
)


def before(low: str, published: str | None) -> Days | None:
    """The day or the month of the inspection before, if a folded sentence tells it with a year."""
    hit = cues(FILE, "previously").find(low)
    at = days_in(low, hit.end, min(len(low), hit.end + 40), published) if hit else None
    if at is None or not re.search(r"20\d\d", low[at.start : at.end]):
        return None
    return at


def _is_of_now(at: Days, published: str | None) -> bool:
    if published is None:
        return True
    first = at.first if len(at.first) > 7 else f"{at.first}-28"
    whole = at.first[:7] == published[:7] or days(first) <= days(published)
    return whole and days(published) - _AGO < days(first)


def _iso(day: str | int, month: str, year: int) -> str | None:
    try:
        return date(year, MONTHS.index(month) + 1, int(day)).isoformat()
    except ValueError:  # 31 September
        return None


def _year(day: str, month: str, published: str | None) -> int | None:
    """The year of a day without one: the last such day that is not after the story."""
    year = year_of(month, published)
    iso = _iso(day, month, year) if year else None
    return year - 1 if year and iso and published and iso > published[:10] else year


def _of_range(m: re.Match[str], published: str | None) -> tuple[str, str] | None:
    day, month, year, day2, month2, year2 = m.groups()
    last_year = int(year2) if year2 else _year(day2, month2, published)
    if last_year is None:
        return None
    month = month or month2
    first_year = int(year) if year else last_year - (MONTHS.index(month) > MONTHS.index(month2))
    first, last = _iso(day, month, first_year), _iso(day2, month2, last_year)
    return (first, last) if first and last and first <= last else None


def _of_turned(m: re.Match[str], published: str | None) -> tuple[str, str] | None:
    month, day, month2, day2, year = m.groups()
    told_year = int(year) if year else _year(day2 or day, month2 or month, published)
    first = _iso(day, month, told_year) if told_year else None
    last = _iso(day2, month2 or month, told_year) if told_year and day2 else ""
    return (first, last or "") if first else None


def _of_single(m: re.Match[str], published: str | None) -> tuple[str, str] | None:
    year = int(m[3]) if m[3] else _year(m[1], m[2], published)
    first = _iso(m[1], m[2], year) if year else None
    return (first, "") if first else None


def _of_month(m: re.Match[str], published: str | None) -> tuple[str, str] | None:
    year = int(m[2]) if m[2] else year_of(m[1], published)
    return (f"{year}-{MONTHS.index(m[1]) + 1:02}", "") if year else None
