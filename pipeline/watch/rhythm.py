"""The rhythm of a feed: when its stories came, and how many are to be expected. Pure.

What is kept is small: how many stories came by hour of day (24 counts) and by day of week (7), in
UK time, each count halving in 28 days, so that a paper that changes its ways is followed within
weeks. The rate of any hour is the rate overall x the share of that hour of the day x the share of
that day of the week: 31 numbers stand for the 168 hours of a week, and few stories fill them.

The time a feed was watched decays as the stories do, so rate = stories / time watched stays right
from the first answer on: the items of a first answer teach, the oldest of them opening the window.
Bank holidays, and the days from Christmas to New Year, are Sundays here.

An hour that a clock change repeats or leaves out counts once; that is an error of one night hour
twice a year.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TypeGuard

from pipeline.models import Rhythm
from pipeline.watch.calendar import days_off, from_wall, wall_seconds

HALF_LIFE = timedelta(days=28)
#: a first answer teaches of no time before this
_FAR = timedelta(days=180)
#: a clock that is fast by an hour (summer time taken for UTC) is forgiven
_FAST = timedelta(hours=1)
#: before anything is known: one story a day, believed as much as a quarter of a day's watching
_PRIOR_DAYS = 0.25
#: so many stories, spread evenly, are added before shares are taken of the counts
_PRIOR_STORIES = 6.0
#: a rhythm that rests on less is none yet
_LEAST_STORIES, _LEAST_TIME = 3.0, timedelta(days=2)
_DAY_SECONDS = 86_400
_YEAR_DAYS = 365.2425
_HALF_LIFE_SECONDS = HALF_LIFE.total_seconds()
#: days for which all that ever was counts, were the count never to stop: half-life / ln 2
_LIFE_DAYS = HALF_LIFE.days / math.log(2)

#: how much busier than the mean each weekday is; stories of a day before each hour 0 to 24; share
#: of a day's stories that comes in any hour; share that each counted story adds to its hour
_Shape = tuple[list[float], list[float], float, float]


def learn(
    rhythm: Rhythm | None, times: Sequence[datetime], now: datetime, *, missed: bool = False
) -> Rhythm:
    """The rhythm after stories that came in one answer.

    Args:
        rhythm: as it was; None before the first answer.
        times: when the stories that are new to us were published, or else first seen (UTC). None
            new: the rhythm is returned as it is, for silence is counted from `rhythm.at` on.
        now: of the answer.
        missed: stories before these were missed (`polling.gap`). What happened between the last
            answer and the oldest of `times` is not known then, and counts neither as time watched
            nor as silence.

    A time in the future is taken for `now`: the story did come. In a first answer it teaches
    nothing, nor does one that is more than 180 days old or lies alone, far before all others (a
    notice pinned to the top). Later, a story from before `rhythm.since` is an old one under a new
    address and teaches nothing.
    """
    if rhythm is None or rhythm.since > now:  # a clock that was once wrong starts it anew
        return _first(times, now)
    fresh = sorted(min(t, now) for t in times if t > rhythm.since)
    if not fresh:
        return rhythm
    before, since = min(rhythm.at, now), rhythm.since
    if missed and fresh[0] > before:
        since, before = since + (fresh[0] - before), fresh[0]
    marks = [before, *(t for t in fresh if t > before)]
    silence = max((b - a for a, b in pairwise(marks)), default=timedelta(0))
    decay = _decay(now - before)
    hours, days = _counts(fresh, now)
    return Rhythm(
        since=since,
        at=now,
        hours=_sum(rhythm.hours, decay, hours),
        days=_sum(rhythm.days, decay, days),
        longest=max(rhythm.longest, silence),
    )


def is_learned(rhythm: Rhythm | None) -> TypeGuard[Rhythm]:
    """Whether it rests on enough (three stories, two days) to plan by."""
    return (
        rhythm is not None
        and rhythm.at - rhythm.since >= _LEAST_TIME
        and sum(rhythm.days) >= _LEAST_STORIES
    )


def rate(rhythm: Rhythm, at: datetime | None = None) -> float:
    """Stories a day, over all hours and days, as believed at `at` (default: when it last learned).

    A quarter of a day at one story a day is mixed in, so that a first answer with two stories of
    the same minute does not make a rate of thousands.
    """
    at = rhythm.at if at is None else max(at, rhythm.at)
    watched = _LIFE_DAYS * (1 - _decay(at - rhythm.since))
    stories = sum(rhythm.days) * _decay(at - rhythm.at)
    return (stories + _PRIOR_DAYS) / (watched + _PRIOR_DAYS)


def expected(rhythm: Rhythm, start: datetime, end: datetime) -> float:
    """How many stories are to be expected from `start` to `end`, as believed at `start`."""
    begin, finish = wall_seconds(start), wall_seconds(end)
    shape = _shape(rhythm)
    days = shape[0]
    total = 0.0
    first, last = int(begin // _DAY_SECONDS), int(finish // _DAY_SECONDS)
    for day in range(first, last + 1):
        part = 1.0
        if day == last:
            part = _until(shape, finish - day * _DAY_SECONDS)
        if day == first:
            part -= _until(shape, begin - day * _DAY_SECONDS)
        if part > 0:
            total += days[_weekday(day)] * part
    return total * rate(rhythm, start)


def when(rhythm: Rhythm, start: datetime, stories: float, limit: timedelta) -> datetime:
    """The time, at most `limit` after `start`, until which so many stories are to be expected."""
    begin = wall_seconds(start)
    shape = _shape(rhythm)
    days = shape[0]
    wanted = stories / rate(rhythm, start)
    first = int(begin // _DAY_SECONDS)
    done = _until(shape, begin - first * _DAY_SECONDS)
    for day in range(first, int((begin + limit.total_seconds()) // _DAY_SECONDS) + 1):
        weight = days[_weekday(day)]
        if weight * (1 - done) >= wanted:
            found = from_wall(day * _DAY_SECONDS + _back(shape, done + wanted / weight))
            return min(max(found, start), start + limit)
        wanted -= weight * (1 - done)
        done = 0.0
    return start + limit


# Of a source that is not healthy it is asked at every check, and a rhythm changes only with news.
@lru_cache(maxsize=2048)
def words(rhythm: Rhythm) -> str:
    """'about 12 stories a day, mostly weekdays 7 to 19': hours are of UK time."""
    known = sum(rhythm.days)
    # It last learned because a story came: that one is no measure of how often they come.
    said = _how_often(rate(rhythm) * (max(known - 1, 0) + _PRIOR_DAYS) / (known + _PRIOR_DAYS))
    if known < 10:
        return said
    parts = []
    if rhythm.at - rhythm.since >= timedelta(days=14) and sum(rhythm.days[5:]) < 0.1 * known:
        parts.append("weekdays")
    begin, length = _busiest(rhythm.hours)
    if length <= 14:
        parts.append(f"{begin} to {(begin + length) % 24 or 24}")
    return f"{said}, mostly {' '.join(parts)}" if parts else said


# ---------------------------------------------------------------- learning


def _first(times: Sequence[datetime], now: datetime) -> Rhythm:
    seen = sorted(min(t, now) for t in times if now - _FAR < t <= now + _FAST)
    while len(seen) > 5 and seen[1] - seen[0] > 3 * (seen[-1] - seen[1]) + timedelta(days=1):
        del seen[0]
    since = seen[0] if seen else now
    silence = max((b - a for a, b in pairwise([*seen, now])), default=timedelta(0))
    hours, days = _counts(seen[1:], now)
    nothing = (0.0,) * 24
    return Rhythm(since=since, at=now, hours=_sum(nothing, 0, hours),
                  days=_sum(nothing[:7], 0, days), longest=silence)  # fmt: skip


def _counts(times: Sequence[datetime], now: datetime) -> tuple[list[float], list[float]]:
    """Stories by hour and by weekday, older ones counting less.

    A story at midnight sharp was dated by the day only: its hour is not known, so each hour gets
    a part of it (or a council that dates by the day would be looked at after midnight).
    """
    hours, days = [0.0] * 24, [0.0] * 7
    for time in times:
        weight = _decay(now - time)
        wall = wall_seconds(time)
        day, second = int(wall // _DAY_SECONDS), wall % _DAY_SECONDS
        days[_weekday(day)] += weight
        if second == 0 or time.timestamp() % _DAY_SECONDS == 0:
            hours = [h + weight / 24 for h in hours]
        else:
            hours[int(second // 3600)] += weight
    return hours, days


def _decay(age: timedelta) -> float:
    return 2.0 ** min(0.0, -age.total_seconds() / _HALF_LIFE_SECONDS)  # type: ignore[no-any-return]


def _sum(old: Sequence[float], decay: float, new: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(a * decay + b, 4) for a, b in zip(old, new, strict=True))


# ---------------------------------------------------------------- shares


@lru_cache(maxsize=2048)
def _shape(rhythm: Rhythm) -> _Shape:
    """Two days must have been watched before hours count, two weeks before weekdays do: a window of
    one morning says nothing of the evening."""
    total = sum(rhythm.days) + _PRIOR_STORIES
    watched = (rhythm.at - rhythm.since).total_seconds() / _DAY_SECONDS
    trust = min(max(watched / 7 - 1, 0.0), 1.0)
    days = [1 - trust + trust * 7 * (d + _PRIOR_STORIES / 7) / total for d in rhythm.days]
    trust = min(max(watched - 1, 0.0), 1.0)
    even = (1 - trust) / 24 + trust * _PRIOR_STORIES / 24 / total
    return days, list(accumulate(rhythm.hours, initial=0.0)), even, trust / total


def _until(shape: _Shape, second: float) -> float:
    """Share of a day's stories that come before a second of that day."""
    _, counts, even, each = shape
    at = second / 3600
    hour = int(at)
    return even * at + each * (counts[hour] + (counts[hour + 1] - counts[hour]) * (at - hour))


def _back(shape: _Shape, share: float) -> float:
    """The second of the day until which that share of its stories came."""
    _, counts, even, each = shape
    before = 0.0
    for hour in range(24):
        after = even * (hour + 1) + each * counts[hour + 1]
        if after >= share:
            return 3600 * (hour + (share - before) / (after - before))
        before = after
    return _DAY_SECONDS


def _weekday(day: int) -> int:
    """0 is Monday; a day off is a Sunday. `day` counts from Thursday, 1 January 1970."""
    # In the middle of a day the mean year is right for every day of 1970 to 2100 but some 31
    # Decembers, which are days off whichever year they are looked for in (`days_off`).
    if day in days_off(1970 + int((day + 0.5) // _YEAR_DAYS)):
        return 6
    return (day + 3) % 7


# ---------------------------------------------------------------- words


def _how_often(per_day: float) -> str:
    for span, unit in ((1, "day"), (7, "week"), (30.4, "month")):
        count = round(per_day * span)
        if per_day * span >= 1.5:
            return f"about {count} stories a {unit}"
        if per_day * span >= 0.75:
            return f"about one story a {unit}"
    return "less than one story a month"


def _busiest(hours: Sequence[float]) -> tuple[int, int]:
    """(first hour, number of hours) of the shortest stretch that holds four fifths of all."""
    before = list(accumulate((*hours, *hours), initial=0.0))
    need = 0.8 * before[24]
    best, end = (24, 0.0, 0), 0  # length, what it holds (negative: more is better), first hour
    for begin in range(24):
        end = max(end, begin + 1)
        while end < begin + 24 and before[end] - before[begin] < need:
            end += 1
        best = min(best, (end - begin, before[begin] - before[end], begin))
    return best[2], best[0]
