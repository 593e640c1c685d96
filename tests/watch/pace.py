"""What a rule of looking costs and brings: three invented publishers, simulated by the hour.

`python -m tests.watch.pace` prints the table that `polling.STORIES_A_LOOK` rests on.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pipeline.models import FeedState, Hints, Rhythm, Source
from pipeline.watch import polling, rhythm
from pipeline.watch.calendar import LONDON, is_day_off

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = Source(
    id="a", name="A", homepage=None, feeds=("http://a.example/feed",), every=30 * MINUTE,
    at_most=DAY, enabled=True, pages=True, allow_private=False, region=None, note=None,
)  # fmt: skip
HELD = 20  #: items in a feed

_MORNINGS = (
    0.3, 0.2, 0.2, 0.3, 1, 4, 8, 9, 7, 5, 4, 4, 5, 4, 3, 3, 4, 5, 4, 3, 2, 2, 1, 0.5,
)  # fmt: skip
_OFFICE = [0] * 9 + [2, 4, 4, 3, 3, 4, 4, 3, 0.5] + [0] * 6
_THURSDAY = [0] * 8 + [3, 4, 3, 2] + [0] * 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Publisher:
    a_day: float
    hours: Sequence[float]
    days: Sequence[float]
    holidays: bool = False  #: True: closed on bank holidays

    def stories(self, weeks: int, seed: int, start: datetime = START) -> list[datetime]:
        """When it publishes: a Poisson process that follows its hours and days of UK time."""
        chance = random.Random(seed)
        times: list[datetime] = []
        share = self.a_day / sum(self.hours) / sum(self.days) * 7
        for n in range(weeks * 168):
            at = start + n * HOUR
            here = at.astimezone(LONDON)
            likely = share * self.hours[here.hour] * self.days[here.weekday()]
            if self.holidays and is_day_off(here.date()):
                continue
            left = chance.expovariate(1)
            while left < likely:
                times.append(at + chance.random() * HOUR)
                left += chance.expovariate(1)
        return sorted(times)


PUBLISHERS = {
    "daily, 30 stories a day": Publisher(
        a_day=30, hours=_MORNINGS, days=[1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.7]
    ),
    "council, 3 a week": Publisher(a_day=3 / 7, hours=_OFFICE, days=[1] * 5 + [0] * 2),
    "weekly, 1 a week": Publisher(a_day=1 / 7, hours=_THURSDAY, days=[0, 0, 0, 1, 0, 0, 0]),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    delay: float  #: mean minutes from a story's publication until it is seen
    requests: float  #: a day
    missed: int  #: stories that had left the feed before it was looked at


Rule = Callable[[FeedState, datetime, Rhythm, bool], datetime]


def by_rhythm(state: FeedState, now: datetime, learned: Rhythm, new: bool) -> datetime:
    return polling.after_success(SOURCE, state, now, rhythm=learned, hints=Hints(), headers={},
                                 new=new)  # fmt: skip


def by_silence(state: FeedState, now: datetime, _: Rhythm, new: bool) -> datetime:
    """The rule for feeds that have not been learned yet."""
    return polling.after_success(SOURCE, state, now, rhythm=None, hints=Hints(), headers={},
                                 new=new)  # fmt: skip


def by_interval(_: FeedState, now: datetime, __: Rhythm, ___: bool) -> datetime:
    return now + SOURCE.every * 1.05


def cost(times: Sequence[datetime], rule: Rule, *, weeks: int, learning: int) -> Cost:
    """What watching these stories by a rule comes to, in the weeks after those of learning."""
    state = FeedState(url="http://a.example/feed", source_id="a", last_entries=HELD)
    now, end = START + 14 * DAY, START + timedelta(weeks=weeks)
    seen, looks, missed, delays = 0, 0, 0, [0.0][:0]
    learned: Rhythm | None = None
    while now < end:
        until = bisect_right(times, now)
        first = max(seen, until - HELD)
        if now >= START + timedelta(weeks=learning):
            looks += 1
            missed += first - seen
            delays += [(now - t) / MINUTE for t in times[first:until]]
        new = first < until
        learned = rhythm.learn(learned, times[first:until], now)
        state = replace(state, due_at=now, last_new_at=now if new else state.last_new_at)
        seen, now = until, rule(state, now, learned, new)
    days = 7 * (weeks - learning)
    return Cost(delay=sum(delays) / max(len(delays), 1), requests=looks / days, missed=missed)


def main() -> None:
    rules = {"every": by_interval, "silence/10": by_silence, "rhythm": by_rhythm}
    for name, publisher in PUBLISHERS.items():
        print(name)
        for title, rule in rules.items():
            found = [cost(publisher.stories(26, seed), rule, weeks=26, learning=12)
                     for seed in range(6)]  # fmt: skip
            delay = sum(c.delay for c in found) / len(found)
            requests = sum(c.requests for c in found) / len(found)
            missed = sum(c.missed for c in found)
            print(f"  {title:12} {delay:6.1f} min {requests:6.1f} requests a day {missed:4} missed")


if __name__ == "__main__":
    main()
