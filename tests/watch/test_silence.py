"""Years of invented publishers, told day by day: no false alarm, and a real silence is told."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from pipeline.models import FeedState, Health, Rhythm
from pipeline.watch import calendar, health, rhythm
from tests.watch.pace import PUBLISHERS, SOURCE, Publisher

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKS = 60  #: with a Christmas, an Easter and the weeks before the elections of May 2027
SLOW = partial(pytest.param, marks=pytest.mark.slow)
BODY, PAPER = "https://www.anytown.gov.example/feed", "https://gazette.example/feed"

_DAILY, _COUNCIL, _WEEKLY = PUBLISHERS.values()
COUNCILS = {
    "eight a day": replace(_COUNCIL, a_day=8, holidays=True),
    "two a day": replace(_COUNCIL, a_day=2, holidays=True),
    "three a week": replace(_COUNCIL, holidays=True),
    "one a week": replace(_COUNCIL, a_day=1 / 7, holidays=True),
}


def published(publisher: Publisher, seed: int, *, body: bool) -> list[datetime]:
    """Its stories; a public body keeps nine of ten back in the weeks before an election."""
    chance = random.Random(seed)
    return [
        t for t in publisher.stories(WEEKS, seed, BEGIN)
        if not body or not calendar.pre_election(t.date()) or chance.random() < 0.1
    ]  # fmt: skip


def told(times: Sequence[datetime], url: str) -> Iterator[tuple[datetime, Health]]:
    """What is said of it at every look, two a day, from its first story on."""
    state = FeedState(url=url, source_id="a", last_entries=20)
    learned: Rhythm | None = None
    seen = 0
    for n in range(1, WEEKS * 14):
        now = BEGIN + n * 12 * HOUR
        until = bisect_right(times, now)
        if until > seen:
            learned = rhythm.learn(learned, times[seen:until], now)
            state = replace(state, last_new_at=now, rhythm=learned)
            seen = until
        state = replace(state, checked_at=now, last_ok_at=now)
        if learned:
            yield now, health.diagnose(SOURCE, [state], now)


@pytest.mark.parametrize(("name", "seed"), [("two a day", 1), SLOW("three a week", 2)])
def test_a_year_of_a_council_raises_no_false_alarm(name: str, seed: int) -> None:
    for _, found in told(published(COUNCILS[name], seed, body=True), BODY):
        assert not found.needs_person, found.reason
        assert found.state in ("healthy", "quiet")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", list(COUNCILS))
def test_many_years_of_councils_raise_no_false_alarm(name: str, seed: int) -> None:
    test_a_year_of_a_council_raises_no_false_alarm(name, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_year_of_a_paper_is_healthy_throughout(seed: int) -> None:
    states = {found.state for _, found in told(published(_DAILY, seed, body=False), PAPER)}
    assert states == {"healthy"}


@pytest.mark.parametrize(
    ("publisher", "url", "stops", "at_least", "at_most"),
    [
        (COUNCILS["two a day"], BODY, datetime(2026, 10, 5, tzinfo=UTC), 5, 20),
        SLOW(COUNCILS["three a week"], BODY, datetime(2026, 10, 5, tzinfo=UTC), 20, 61),
        SLOW(COUNCILS["one a week"], BODY, datetime(2026, 10, 5, tzinfo=UTC), 55, 75),
        SLOW(COUNCILS["two a day"], BODY, datetime(2026, 12, 18, tzinfo=UTC), 12, 40),  # Christmas
        # A silence that begins before the elections is told after them, for it explains itself.
        SLOW(COUNCILS["two a day"], BODY, datetime(2027, 3, 20, tzinfo=UTC), 49, 80),
        # A paper is not bound by them.
        SLOW(COUNCILS["two a day"], PAPER, datetime(2027, 3, 24, tzinfo=UTC), 14, 42),
    ],
)
def test_who_falls_silent_is_healthy_then_quiet_then_needs_a_person(
    publisher: Publisher, url: str, stops: datetime, at_least: int, at_most: int
) -> None:
    times = [t for t in published(publisher, 4, body=False) if t < stops]
    after = [(now, found) for now, found in told(times, url) if now >= times[-1] + 12 * HOUR]
    phases = ["person" if found.needs_person else found.state for _, found in after]
    changes = [phases[0]] + [b for a, b in pairwise(phases) if a != b]
    assert changes == ["healthy", "quiet", "person"]
    first = next(now for now, found in after if found.needs_person)
    assert at_least * DAY <= first - times[-1] <= at_most * DAY
    assert "against its rhythm" in after[-1][1].reason


@pytest.mark.slow
def test_a_busy_paper_that_falls_silent_is_told_within_two_days() -> None:
    stops = BEGIN + 70 * DAY
    times = [t for t in published(_DAILY, 4, body=False) if t < stops]
    first = next(now for now, found in told(times, PAPER) if found.needs_person)
    assert 2 * DAY <= first - times[-1] <= 2.5 * DAY


def test_what_is_said_from_advent_to_the_elections() -> None:
    """A council's year in the words of its silences: Christmas, weekends, holidays, elections."""
    said = [found.reason for _, found in told(published(COUNCILS["two a day"], 1, body=True), BODY)
            if found.state == "quiet"]  # fmt: skip
    wanted = (
        "it is Christmas",
        "it was the weekend",
        "it was a bank holiday",
        "before the elections of 6 May 2027",
        "and that is its rhythm (about 2 stories a day",
    )
    for words in wanted:
        assert any(words in reason for reason in said), words
