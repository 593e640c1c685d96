"""When public life pauses: nights, weekends, bank holidays, the weeks before elections. Pure.

The days come by rule from `knowledge/calendar.yaml`, so the calendar does not run out. (The library
`holidays` knows them too, but costs the service 110 ms and 19 MB at its start, measured on 0.109.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dateutil.easter import easter

from pipeline.knowledge import load_yaml

LONDON = ZoneInfo("Europe/London")
NATIONS = ("england", "wales", "scotland", "northern-ireland")

_FILE = "calendar.yaml"
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)
#: a silence no longer than this may be a night's
_NIGHT = timedelta(hours=14)
#: UK time; before and after, few offices and fewer newsrooms publish
_MORNING, _EVENING = 7, 21


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """The weeks before a poll, both days included."""

    start: date
    poll: date
    name: str


@lru_cache(maxsize=256)
def bank_holidays(year: int, nation: str = "england") -> dict[date, str]:
    """The bank holidays of a year in one of `NATIONS`, by date, with their names.

    Source: https://www.gov.uk/bank-holidays, by the rules in `knowledge/calendar.yaml`.
    """
    known = load_yaml(_FILE)
    days: dict[date, str] = {}
    lost: list[tuple[date, str]] = []
    for record in known["bank_holidays"]:
        if nation in record.get("nations", NATIONS):
            day = _by_rule(record["on"], year)
            if day.weekday() < 5:
                days[day] = record["name"]
            else:
                lost.append((day, record["name"]))
    for day, name in sorted(lost):
        while day.weekday() >= 5 or day in days:
            day += _DAY
        days[day] = name
    for record in known["special_days"]:
        if record["date"].year == year and nation in record.get("nations", NATIONS):
            days[record["date"]] = record["name"]
    return dict(sorted(days.items()))


def is_day_off(day: date) -> bool:
    """Bank holidays in England and the days from Christmas Eve to New Year, weekends apart.

    England's stand for the whole kingdom: they differ from the other nations' by two or three days,
    and a source does not say where it is at home.
    """
    return (day - _EPOCH).days in days_off(day.year)


@lru_cache(maxsize=64)
def days_off(year: int) -> frozenset[int]:
    """The same as numbers of days since 1 January 1970, for arithmetic without dates.

    The week before the year and the week after are in it, so that a caller whose own arithmetic is
    out by a day at the turn of the year is right.
    """
    around = _from_to(date(year - 1, 12, 25), date(year + 1, 1, 7))
    days = {d for d in around if is_christmas(d) or d in bank_holidays(d.year)}
    return frozenset((d - _EPOCH).days for d in days)


def is_christmas(day: date) -> bool:
    """Whether offices are as good as closed between Christmas and New Year."""
    span = load_yaml(_FILE)["christmas"]
    return day >= _by_rule(span["from"], day.year) or day <= _by_rule(span["to"], day.year)


def pre_election(day: date) -> Period | None:
    """The pre-election period that a day is in; the one with the earliest poll if in several."""
    found = [p for p in _periods(day.year) if p.start <= day <= p.poll]
    return min(found, key=lambda p: (p.poll, p.start), default=None)


def is_public(url: str | None) -> bool:
    """Whether an address is a public body's, whom the pre-election period binds."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return False
    known = load_yaml(_FILE)
    return not set(host.split(".")).isdisjoint(known["public_labels"]) or any(
        host == h or host.endswith("." + h) for h in known["public_hosts"]
    )


def why_quiet(now: datetime, since: datetime, *, public: bool = True) -> str | None:
    """What in the calendar explains a silence from `since` to `now`, in words; None if nothing.

    Args:
        public: whether it is the silence of a public body (`is_public`).
    """
    here, then = now.astimezone(LONDON), since.astimezone(LONDON)
    today = here.date()
    between = list(_from_to(then.date(), today)) if now - since < 90 * _DAY else []
    worked = sum(d.weekday() < 5 and not is_day_off(d) for d in between[1:])
    if between and worked <= 2 and (words := _time_off(between, today)):
        return words
    if public and between and (words := _elections(between)):
        return words
    if now - since <= _NIGHT and not _MORNING <= here.hour < _EVENING:
        return "it is night"
    return None


def _time_off(between: list[date], today: date) -> str | None:
    """The words for the free days among the days of a silence, if there were any."""
    if any(is_christmas(d) for d in between):
        return "it is Christmas" if is_christmas(today) else "it was Christmas"
    names = [bank_holidays(d.year)[d] for d in between if d in bank_holidays(d.year)]
    if names:
        tense = "is" if today in bank_holidays(today.year) else "was"
        return f"it {tense} a bank holiday, {names[-1]}"
    if any(d.weekday() >= 5 for d in between):
        return "it is the weekend" if today.weekday() >= 5 else "it was the weekend"
    return None


def _elections(between: list[date]) -> str | None:
    """The words for the pre-election period in which most days of a silence fall."""
    found = [p for p in map(pre_election, between) if p]
    if len(between) <= 3 or 2 * len(found) < len(between):
        return None
    period = found[-1]
    say = "say" if between[-1] <= period.poll else "said"
    poll = f"{period.poll.day} {period.poll:%B %Y}"
    return f"public bodies {say} little in the weeks before {period.name} of {poll}"


@lru_cache(maxsize=64)
def _periods(year: int) -> tuple[Period, ...]:
    known = load_yaml(_FILE)
    rule = known["local_elections"]
    first = date(year, 5, 1)
    thursday = first + _DAY * ((3 - first.weekday()) % 7)
    local = Period(start=thursday - timedelta(weeks=rule["weeks"]), poll=thursday,
                   name=rule["name"])  # fmt: skip
    others = [Period(start=r["from"], poll=r["poll"], name=r["name"]) for r in known["elections"]]
    return (local, *others)


def _by_rule(rule: str, year: int) -> date:
    words: list[Any] = rule.lower().split()
    if words[0] == "easter":
        return easter(year) + _DAY * int(words[1])
    if words[0].isdigit():
        return date(year, _MONTHS.index(words[1]) + 1, int(words[0]))
    month = _MONTHS.index(words[2]) + 1
    mondays = [d for d in _days_of(year) if d.month == month and d.weekday() == 0]
    return mondays[0] if words[0] == "first" else mondays[-1]


def _days_of(year: int) -> Iterator[date]:
    return _from_to(date(year, 1, 1), date(year, 12, 31))


def _from_to(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + _DAY * n


def wall_seconds(at: datetime) -> float:
    """Seconds since 1 January 1970 00:00 as the clocks on UK walls count them."""
    offset = at.astimezone(LONDON).utcoffset() or timedelta(0)
    return at.timestamp() + offset.total_seconds()


def from_wall(seconds: float) -> datetime:
    """The reverse, in UTC; of an hour that comes twice, the first."""
    naive = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=LONDON)
    return naive.astimezone(UTC)
