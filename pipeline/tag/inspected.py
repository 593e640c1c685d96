"""When the inspection took place: a report may come out months later, under another framework."""

from __future__ import annotations

import re
from collections.abc import Sequence

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join(MONTHS)
_VISIT = (
    r"(?<!\w)(?:inspect(?:ed|ion)|visited|inspectors (?:called|came|went|spent|were there|"
    r"returned)|unannounced visit|assessed|assessment|monitoring visit)(?!\w)"
)
_WHEN = re.compile(
    rf"{_VISIT}(?P<gap>[^.;:]{{0,70}}?)(?<!\w)"
    rf"(?:in|on|during|between|from|of|at the (?:end|start) of)"
    rf" (?:(?:early|late|mid)[ -])?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? )?(?P<month>{_MONTH})"
    rf"(?:,? (?P<year>20\d\d))?(?!\w)"
)
_EARLIER = re.compile(
    r"(?<!\w)(?:previous|previously|last|earlier|since|before|first inspected|had been|ago|"
    r"publish(?:ed)?|rated|judged|was (?:given|found)|will|due)(?!\w)"
)
_AGO = 730  #: days: an inspection longer ago than that is an earlier one


def inspection_date(sentences: Sequence[str], published: str | None) -> str | None:
    """The ISO date of the inspection that folded sentences tell of, or None.

    "after an inspection in October 2025"; "inspectors visited in September", which is the last
    September before the story. A month without a day is taken to its 28th. Inspections called
    earlier ones, and any two years before the story or after it, do not count.
    """
    for low in sentences:
        for m in _WHEN.finditer(low):
            if _EARLIER.search(low[max(0, m.start() - 25) : m.start()]) or _EARLIER.search(
                m["gap"]
            ):
                continue
            day = _day(m, published)
            if day and (published is None or days(published) - _AGO < days(day) <= days(published)):
                return day
    return None


def _day(m: re.Match[str], published: str | None) -> str | None:
    month = MONTHS.index(m["month"]) + 1
    year = int(m["year"]) if m["year"] else year_of(m["month"], published)
    if year is None:
        return None
    day = f"{year}-{month:02}-{min(28, max(1, int(m['day'] or 28))):02}"
    if published and day > published[:10] and day[:7] == published[:7]:
        return published[:10]  # this very month
    return day


def year_of(month: str, published: str | None) -> int | None:
    """The year of a month's name: the last such month that is not after the story."""
    if published is None:
        return None
    year = int(published[:4])
    return year - 1 if f"{year}-{MONTHS.index(month) + 1:02}" > published[:7] else year


def days(iso: str) -> int:
    """Days as if each month had 31: enough to measure a gap."""
    return int(iso[:4]) * 372 + int(iso[5:7]) * 31 + int(iso[8:10])
