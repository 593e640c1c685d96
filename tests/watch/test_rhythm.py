"""What a feed's past teaches of its future."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models import Rhythm
from pipeline.watch import rhythm
from tests.watch.pace import PUBLISHERS, START

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)  # a Tuesday
MINUTE, HOUR, DAY, WEEK = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1),
                           timedelta(days=7))  # fmt: skip


@lru_cache(maxsize=64)
def watched(name: str, weeks: int, seed: int = 1) -> tuple[Rhythm, datetime]:
    """A publisher's rhythm as learned by looking every six hours; and the last look."""
    times = PUBLISHERS[name].stories(weeks, seed)
    learned: Rhythm | None = None
    now = START
    for _ in range(weeks * 28):
        before, now = now, now + 6 * HOUR
        learned = rhythm.learn(learned, [t for t in times if before < t <= now], now)
    assert learned is not None
    return learned, now


DAILY, COUNCIL, WEEKLY = PUBLISHERS


@pytest.mark.parametrize(("name", "a_week"), [(DAILY, 210), (COUNCIL, 3), (WEEKLY, 1)])
def test_the_rate_is_learned(name: str, a_week: float) -> None:
    seeds = range(1 if name == DAILY else 12)
    found = [rhythm.rate(*watched(name, 16, seed)) * 7 for seed in seeds]
    assert sum(found) / len(found) == pytest.approx(a_week, rel=0.15)


def test_a_daily_is_expected_of_a_morning_and_a_council_of_a_weekday() -> None:
    daily, now = watched(DAILY, 8)
    seven = now.replace(hour=7)
    assert rhythm.expected(daily, seven, seven + HOUR) > 8 * rhythm.expected(
        daily, seven - 5 * HOUR, seven - 4 * HOUR
    )
    council, now = watched(COUNCIL, 16)
    monday = now.replace(hour=0) + (7 - now.weekday()) * DAY
    weekdays = rhythm.expected(council, monday, monday + 5 * DAY)
    assert weekdays > 6 * rhythm.expected(council, monday + 5 * DAY, monday + 7 * DAY)


def test_bank_holidays_and_the_days_after_christmas_are_sundays() -> None:
    council, _ = watched(COUNCIL, 16)
    good_friday = datetime(2027, 3, 26, 0, 0, tzinfo=UTC)

    def at(day: datetime) -> float:
        return rhythm.expected(council, day, day + DAY) / rhythm.rate(council, day)

    assert at(good_friday) == pytest.approx(at(good_friday - 5 * DAY), rel=0.01)
    assert at(good_friday) < at(good_friday - WEEK) / 3
    assert at(datetime(2026, 12, 30, tzinfo=UTC)) < at(datetime(2026, 12, 16, tzinfo=UTC)) / 3


@pytest.mark.parametrize("year", range(2020, 2041))
def test_new_years_eve_is_a_sunday_in_every_year(year: int) -> None:
    council, _ = watched(COUNCIL, 16)
    eve, sunday = datetime(year, 12, 31, tzinfo=UTC), datetime(year, 11, 30, tzinfo=UTC)
    sunday -= (sunday.weekday() + 1) * DAY
    shares = [rhythm.expected(council, day, day + DAY) / rhythm.rate(council, day)
              for day in (eve, sunday)]  # fmt: skip
    assert shares[0] == pytest.approx(shares[1], rel=1e-6)


@pytest.mark.parametrize("name", list(PUBLISHERS))
@pytest.mark.parametrize("stories", [0.01, 0.1, 0.5])
def test_when_is_the_reverse_of_expected(name: str, stories: float) -> None:
    learned, now = watched(name, 6)
    for start in range(0, 168, 13):
        begin = now + start * HOUR
        until = rhythm.when(learned, begin, stories, 60 * DAY)
        assert rhythm.expected(learned, begin, until) == pytest.approx(stories, rel=1e-3), start
        assert rhythm.when(learned, begin, 1000, DAY) == begin + DAY


@given(cuts=st.lists(st.integers(0, 60 * 24 * 60), min_size=2, max_size=5))
def test_what_is_expected_adds_up(cuts: list[int]) -> None:
    learned = rhythm.learn(None, [NOW - n * 7 * HOUR for n in range(40)], NOW)
    still = replace(
        learned, since=NOW - 10_000 * DAY
    )  # a long-known rate does not fade within days
    times = [NOW + c * MINUTE for c in sorted(cuts)]
    parts = [rhythm.expected(still, a, b) / rhythm.rate(still, a) for a, b in pairwise(times)]
    whole = rhythm.expected(still, times[0], times[-1]) / rhythm.rate(still, times[0])
    assert sum(parts) == pytest.approx(whole, abs=1e-6)
    assert all(p >= 0 for p in parts)


def test_a_first_answer_teaches_by_the_window_that_its_items_span() -> None:
    learned = rhythm.learn(None, [NOW - n * 6 * HOUR for n in range(20)], NOW)
    assert learned.since == NOW - 19 * 6 * HOUR
    assert rhythm.is_learned(learned)
    assert rhythm.rate(learned) == pytest.approx(4, rel=0.1)
    assert learned.longest == 6 * HOUR


def test_a_notice_pinned_to_the_top_does_not_stretch_the_window() -> None:
    times = [NOW - n * 6 * HOUR for n in range(19)]
    assert rhythm.learn(None, [*times, NOW - 150 * DAY], NOW) == rhythm.learn(None, times, NOW)


def test_times_that_cannot_be_right_teach_nothing_at_first() -> None:
    times = [NOW - n * 6 * HOUR for n in range(19)]
    wrong = [NOW + 3 * DAY, NOW - 4000 * DAY]
    assert rhythm.learn(None, times + wrong, NOW) == rhythm.learn(None, times, NOW)


def test_a_story_of_the_future_came_now_and_an_old_one_under_a_new_address_did_not_come() -> None:
    before = rhythm.learn(None, [NOW - n * 6 * HOUR for n in range(19)], NOW)
    later = NOW + HOUR
    assert rhythm.learn(before, [later + 9 * DAY], later) == rhythm.learn(before, [later], later)
    assert rhythm.learn(before, [NOW - 100 * DAY], later) == before


def test_nothing_new_changes_nothing_so_that_silence_is_counted_from_the_last_story() -> None:
    before = rhythm.learn(None, [NOW - DAY], NOW)
    assert rhythm.learn(before, [], NOW + 30 * DAY) is before


def test_the_longest_silence_is_kept() -> None:
    learned = rhythm.learn(None, [NOW - 3 * DAY, NOW - 2 * DAY], NOW)
    assert learned.longest == 2 * DAY  # from the last story until now
    learned = rhythm.learn(learned, [NOW + 5 * DAY], NOW + 5 * DAY)
    learned = rhythm.learn(learned, [NOW + 6 * DAY], NOW + 6 * DAY)
    assert learned.longest == 5 * DAY


def test_a_time_in_which_stories_were_missed_is_neither_silence_nor_time_watched() -> None:
    before = rhythm.learn(None, [NOW - n * 6 * HOUR for n in range(20)], NOW)
    back = NOW + 20 * DAY
    times = [back - n * 6 * HOUR for n in range(20)]
    learned = rhythm.learn(before, times, back, missed=True)
    assert learned.longest == 6 * HOUR
    assert rhythm.rate(learned) == pytest.approx(4, rel=0.1)
    assert rhythm.rate(rhythm.learn(before, times, back)) < 2.5


def test_old_weeks_count_less() -> None:
    slow = rhythm.learn(None, [NOW - n * DAY for n in range(100)], NOW)
    learned, now = slow, NOW
    for _ in range(56 * 10):
        now += 2.4 * HOUR
        learned = rhythm.learn(learned, [now], now)
    assert rhythm.rate(slow) == pytest.approx(1, rel=0.05)
    assert 7.5 < rhythm.rate(learned) < 10  # eight weeks later: three quarters of the way


def test_few_stories_make_no_certainty() -> None:
    two = rhythm.learn(None, [NOW - MINUTE, NOW], NOW)
    assert not rhythm.is_learned(two)
    assert rhythm.rate(two) < 6
    none = rhythm.learn(None, [], NOW)
    assert not rhythm.is_learned(none)
    assert 0 < rhythm.expected(none, NOW, NOW + DAY) <= 1.01
    few = rhythm.learn(None, [NOW - n * WEEK for n in range(6)], NOW)  # Tuesdays at nine
    night = NOW + 12 * HOUR
    assert rhythm.expected(few, night, night + HOUR) > 0.2 * rhythm.rate(few) / 24


def test_a_story_dated_by_the_day_says_nothing_of_the_hour() -> None:
    learned = rhythm.learn(None, [NOW.replace(hour=0) - n * DAY for n in range(30)], NOW)
    assert len(set(learned.hours)) == 1
    assert sum(learned.hours) == pytest.approx(sum(learned.days), rel=1e-3)


def test_a_clock_that_was_wrong_is_forgotten() -> None:
    ahead = rhythm.learn(None, [NOW + 4000 * DAY], NOW + 4000 * DAY)
    assert rhythm.learn(ahead, [NOW - DAY, NOW], NOW) == rhythm.learn(None, [NOW - DAY, NOW], NOW)
    early = rhythm.learn(None, [NOW - DAY, NOW], NOW)
    back = rhythm.learn(early, [NOW - HOUR], NOW - HOUR)
    assert back.at == NOW - HOUR
    assert back.longest >= timedelta(0)


@pytest.mark.parametrize(
    "night", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_the_two_nights_on_which_clocks_change(night: datetime) -> None:
    learned = rhythm.learn(None, [night - n * 3 * HOUR for n in range(300)], night - DAY)
    plain = rhythm.expected(learned, night - WEEK, night - 6 * DAY)
    assert rhythm.expected(learned, night, night + DAY) == pytest.approx(plain, rel=0.06)
    for minute in range(0, 6 * 60, 10):
        start = night + minute * MINUTE
        assert start < rhythm.when(learned, start, 0.05, DAY) <= start + 3 * HOUR


def test_hours_are_of_uk_time_the_year_round() -> None:
    """Seven in the morning is 6:00 UTC in summer and 7:00 in winter."""
    summer = [datetime(2026, 7, d, 6, 30, tzinfo=UTC) for d in range(1, 29)]
    winter = [datetime(2026, 1, d, 7, 30, tzinfo=UTC) for d in range(1, 29)]
    for times in (summer, winter):
        learned = rhythm.learn(None, times, times[-1] + HOUR)
        assert [h for h, n in enumerate(learned.hours) if n] == [7]


@pytest.mark.parametrize(
    ("name", "weeks", "words"),
    [
        (DAILY, 12, "about 29 stories a day, mostly 5 to 18"),
        (COUNCIL, 20, "about 3 stories a week, mostly weekdays 11 to 17"),
    ],
)
def test_a_rhythm_in_words(name: str, weeks: int, words: str) -> None:
    assert rhythm.words(watched(name, weeks, seed=5)[0]) == words


@pytest.mark.parametrize(
    ("every", "words"),
    [(DAY, "about one story a day"), (2 * DAY, "about 3 stories a week"),
     (WEEK, "about one story a week"), (15 * DAY, "about 2 stories a month"),
     (30 * DAY, "about one story a month"), (80 * DAY, "less than one story a month")],
)  # fmt: skip
def test_how_often_in_words(every: timedelta, words: str) -> None:
    learned = rhythm.learn(None, [NOW - n * every for n in range(40)], NOW)
    assert rhythm.words(learned).startswith(words)
