"""The dates of feeds as they were meant: offset kept, day first, nothing invented. Pure."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dateutil import parser as dateutil_parser

# RFC 822 names, and the ones that British, Irish and continental feeds write all the same.
_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "IST": 1, "WEST": 1, "CET": 1,
    "CEST": 2, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
    "PDT": -7,
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: RFC 822 as nearly all of RSS writes it
_STRICT = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d?) (" + "|".join(_MONTHS) + r") ([12]\d{3}) "
    r"(\d\d):(\d\d):(\d\d) (?:GMT|UTC|([+-])(\d\d)([0-5]\d))",
    re.ASCII,
)
_YEAR_FIRST = re.compile(r"\d{4}\D")
_YEARS = range(1985, 2100)  # a year outside is a clock that was never set, or a typing error
# Two days that share nothing: what both leave in the result was missing from the text.
_FILLS = (datetime(2000, 1, 1, 1, 1), datetime(2003, 2, 2, 2, 2))


def iso(text: str | None) -> str | None:
    """ISO 8601 of a feed's date, or None when it does not name a whole date.

    With an offset the instant comes back with that offset; a bare date stays `YYYY-MM-DD`. A time
    without any offset loses its time: nothing says whose clock it was, and the date is safe.
    """
    text = " ".join((text or "").split())[:100]
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        timed = len(text) > 10 and not text.isdigit()
    except ValueError:
        parsed = _strict(text) or _lenient(text)
        if parsed is None:
            return None
        found, timed = parsed
    if found.year not in _YEARS:
        return None
    if found.tzinfo is None or not timed:
        return found.date().isoformat()
    return found.replace(microsecond=0).isoformat()


def iso_utc(parsed: time.struct_time | None) -> str | None:
    """The same of a UTC time that feedparser worked out from a form that only it knows."""
    if parsed is None:
        return None
    try:
        found = datetime(*parsed[:6], tzinfo=UTC)
    except (ValueError, TypeError):
        return None
    return found.isoformat() if found.year in _YEARS else None


def _strict(text: str) -> tuple[datetime, bool] | None:
    """The same as `_lenient`, in a fiftieth of its time, for the form that most dates have."""
    match = _STRICT.fullmatch(text)
    if match is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    try:
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        zone = timezone(-offset if sign == "-" else offset)
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute),
                        int(second), tzinfo=zone), True  # fmt: skip
    except ValueError:
        return None


def _lenient(text: str) -> tuple[datetime, bool] | None:
    """(date, whether a time was given); None where day, month or year is missing."""
    readings = []
    for fill in _FILLS:
        try:
            readings.append(
                dateutil_parser.parse(
                    text,
                    default=fill,
                    dayfirst=not _YEAR_FIRST.match(text),
                    tzinfos=_zone,
                )
            )
        except (ValueError, OverflowError, TypeError, AttributeError):
            return None
    first, second = readings
    if first.date() != second.date():
        return None
    return first, first.time() == second.time()


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    if name is not None and name.upper() in _ZONES and not offset:
        return timezone(timedelta(hours=_ZONES[name.upper()]))
    if offset is None or abs(offset) >= 86400:
        return None
    return timezone(timedelta(seconds=offset))
