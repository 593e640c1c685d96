"""When to look again: always within bounds, later after failure, kept apart from one another."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models import Failure, FeedState, Hints, Rhythm, Source
from pipeline.watch import polling, rhythm
from tests.watch.pace import PUBLISHERS, START, by_interval, by_rhythm, by_silence, cost

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)  # a Tuesday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = Source(
    id="a", name="A", homepage=None, feeds=("http://a.example/feed",), every=30 * MINUTE,
    at_most=DAY, enabled=True, pages=True, allow_private=False, region=None, note=None,
)  # fmt: skip
#: looked at in its turn
STATE = FeedState(
    url="http://a.example/feed", source_id="a", due_at=NOW, checked_at=NOW - HOUR,
    last_ok_at=NOW - HOUR, last_whole_at=NOW - HOUR, last_entries=20,
)  # fmt: skip
FAILURE = Failure(
    url=STATE.url, kind="status", grade="transient", reason="answers 500", at=NOW, status=500
)
SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))
BUSY = rhythm.learn(None, [NOW - n * 10 * MINUTE for n in range(600)], NOW)  # 144 a day, evenly
SLOW = rhythm.learn(None, [NOW - 13 * HOUR - n * 4 * DAY for n in range(40)], NOW)  # evenings


NO_HINTS = Hints()
LATER = format_datetime(NOW + DAY)


def wait(
    state: FeedState = STATE,
    *,
    source: Source = SOURCE,
    learned: Rhythm | None = None,
    hints: Hints = NO_HINTS,
    headers: dict[str, str] | None = None,
    new: bool = True,
) -> timedelta:
    found = polling.after_success(source, state, NOW, rhythm=learned, hints=hints,
                                  headers=headers or {}, new=new)  # fmt: skip
    return found - NOW


# ---------------------------------------------------------------- bounds


@given(every=st.integers(1, 2000), more=st.integers(0, 20_000), silence=SPANS, fresh=SPANS,
       new=st.booleans(), url=st.text(max_size=20), late=st.none() | SPANS,
       learned=st.sampled_from([None, BUSY, SLOW]), held=st.none() | st.integers(0, 50),
       hours=st.frozensets(st.integers(0, 23)), days=st.frozensets(st.integers(0, 6)))  # fmt: skip
def test_a_good_answer_is_followed_within_the_bounds(
    every: int, more: int, silence: timedelta, fresh: timedelta, new: bool, url: str,
    late: timedelta | None, learned: Rhythm | None, held: int | None, hours: frozenset[int],
    days: frozenset[int],
) -> None:  # fmt: skip
    source = replace(SOURCE, every=every * MINUTE, at_most=(every + more) * MINUTE)
    state = replace(STATE, url=url, last_new_at=NOW - silence, last_entries=held,
                    due_at=None if late is None else NOW - late)  # fmt: skip
    hints = Hints(fresh_for=fresh, skip_hours=hours, skip_days=days)
    found = wait(state, source=source, learned=learned, hints=hints, new=new)
    assert source.every <= found <= source.at_most


@given(failures=st.integers(0, 10_000), late=st.none() | SPANS)
def test_a_failure_is_followed_within_the_bounds(failures: int, late: timedelta | None) -> None:
    state = replace(STATE, failures=failures, due_at=None if late is None else NOW - late)
    found = polling.after_failure(SOURCE, state, FAILURE, NOW) - NOW
    assert SOURCE.every <= found <= SOURCE.at_most


# ---------------------------------------------------------------- the rhythm


def test_a_feed_is_looked_at_when_its_next_story_is_likely() -> None:
    monday = START + 140 * DAY
    office = rhythm.learn(None, PUBLISHERS["council, 3 a week"].stories(20, 3), monday)

    def after(hour: int) -> timedelta:
        at = monday + hour * HOUR
        found = polling.after_success(SOURCE, replace(STATE, due_at=at), at, rhythm=office,
                                      hints=Hints(), headers={}, new=False)  # fmt: skip
        return found - at

    assert after(10) < 4 * HOUR
    assert after(17) > 8 * HOUR
    assert wait(learned=BUSY) <= 1.1 * SOURCE.every


def test_until_the_rhythm_is_known_a_tenth_of_the_silence_passes() -> None:
    silent = replace(STATE, last_new_at=NOW - 50 * HOUR)
    little = rhythm.learn(None, [NOW - 50 * HOUR], NOW)
    for learned in (None, little):
        assert 5 * HOUR <= wait(silent, learned=learned, new=False) <= 5.5 * HOUR
        assert wait(silent, learned=learned) <= 1.1 * SOURCE.every


def test_not_more_than_half_a_list_passes_unseen_whatever_the_publisher_says() -> None:
    for hints, headers in (
        (Hints(fresh_for=DAY), {}),
        (Hints(), {"cache-control": "max-age=86400"}),
        (Hints(skip_hours=frozenset(range(9, 24))), {}),
    ):
        found = wait(learned=BUSY, hints=hints, headers=headers)
        assert rhythm.expected(BUSY, NOW, NOW + found) <= 0.5 * 20 * 1.1
        assert found > HOUR
    assert (
        wait(replace(STATE, last_entries=200), learned=BUSY, hints=Hints(fresh_for=DAY)) > 12 * HOUR
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", list(PUBLISHERS))
def test_the_rhythm_shows_stories_no_later_than_silence_did_with_fewer_requests(name: str) -> None:
    def mean(rule: object) -> tuple[float, float]:
        found = [cost(PUBLISHERS[name].stories(26, seed), rule, weeks=26, learning=12)  # type: ignore[arg-type]
                 for seed in range(6)]  # fmt: skip
        assert sum(c.missed for c in found) == 0
        return sum(c.delay for c in found) / 6, sum(c.requests for c in found) / 6

    delay, requests = mean(by_rhythm)
    assert requests < mean(by_silence)[1] < mean(by_interval)[1]
    assert delay < 1.02 * mean(by_silence)[0]
    assert delay < 120


# ---------------------------------------------------------------- what the publisher says


@pytest.mark.parametrize(
    ("headers", "ttl", "expected"),
    [
        ({"cache-control": "public, max-age=3600"}, None, HOUR),
        ({"cache-control": "max-age=60"}, HOUR, HOUR),
        ({"cache-control": 'Max-Age="3600"'}, None, HOUR),
        ({"cache-control": "no-cache, max-age=3600"}, None, None),
        ({"cache-control": "no-store"}, HOUR, HOUR),
        ({"cache-control": "s-maxage=3600"}, None, None),
        ({"cache-control": "s-maxage=9999, max-age=60"}, None, MINUTE),
        ({"cache-control": "max-age=soon"}, None, None),
        ({"expires": format_datetime(NOW + HOUR)}, None, HOUR),
        ({"expires": LATER, "date": format_datetime(NOW + DAY - HOUR)}, None, HOUR),
        ({"expires": LATER, "cache-control": "max-age=60"}, None, MINUTE),
        ({"expires": LATER, "cache-control": "no-cache"}, None, None),
        ({"expires": format_datetime(NOW - DAY)}, None, None),
        ({"expires": "0"}, None, None),
        ({"expires": "-1", "date": "yesterday"}, HOUR, HOUR),
        ({}, None, None),
    ],
)  # fmt: skip
def test_what_a_publisher_says_about_freshness(
    headers: dict[str, str], ttl: timedelta | None, expected: timedelta | None
) -> None:
    assert polling.fresh_for(headers, Hints(fresh_for=ttl), NOW) == expected


def test_freshness_makes_looks_later_and_never_beyond_the_users_bound() -> None:
    assert 3 * HOUR <= wait(hints=Hints(fresh_for=3 * HOUR)) <= 3.3 * HOUR
    assert wait(headers={"cache-control": "max-age=99999999"}) <= DAY
    assert wait(hints=Hints(fresh_for=MINUTE)) >= SOURCE.every


@pytest.mark.parametrize(
    ("hours", "days", "earliest", "latest"),
    [
        (range(9, 15), (), 6 * HOUR, 6.5 * HOUR),
        ((), (1,), 15 * HOUR, 15.5 * HOUR),  # the whole of Tuesday
        (range(0, 7), (1,), 22 * HOUR, 22.5 * HOUR),  # Tuesday, and Wednesday until seven
        (range(12, 15), (), 30 * MINUTE, 33 * MINUTE),  # not now
        (range(24), (), 30 * MINUTE, 33 * MINUTE),  # everything: not meant
        ((), range(7), 30 * MINUTE, 33 * MINUTE),
        (range(9, 24), (2, 3), DAY, DAY),  # until Friday: `at_most` wins
    ],
)  # fmt: skip
def test_hours_and_days_in_which_nothing_comes_are_left_out(
    hours: range, days: tuple[int, ...] | range, earliest: timedelta, latest: timedelta
) -> None:
    hints = Hints(skip_hours=frozenset(hours), skip_days=frozenset(days))
    assert earliest <= wait(hints=hints) <= latest


# ---------------------------------------------------------------- failures


def test_each_failure_waits_about_twice_as_long_as_the_one_before() -> None:
    waits = [
        polling.after_failure(SOURCE, replace(STATE, failures=n), FAILURE, NOW) - NOW
        for n in range(4)
    ]
    assert [round(b / a, 2) for a, b in pairwise(waits)] == [2.0, 2.0, 2.0]
    assert HOUR <= waits[0] <= 1.1 * HOUR


def test_who_asks_to_be_left_alone_is_left_alone() -> None:
    asked = replace(FAILURE, retry_after=36 * HOUR)
    assert polling.after_failure(SOURCE, STATE, asked, NOW) == NOW + 36 * HOUR


@pytest.mark.parametrize("due", [None, NOW, NOW - DAY])
def test_our_own_outage_costs_no_feed_more_than_one_turn(due: datetime | None) -> None:
    state = replace(STATE, failures=9, due_at=due)
    ours = replace(FAILURE, kind="dns", grade="ours", status=None)
    assert polling.after_failure(SOURCE, state, ours, NOW) - NOW <= 1.1 * SOURCE.every


def test_gone_is_looked_at_again_after_a_week() -> None:
    gone = replace(FAILURE, kind="gone", grade="permanent", status=410)
    assert polling.after_failure(SOURCE, STATE, gone, NOW) == NOW + 7 * DAY


def test_pages_are_tried_five_times_and_refusals_once() -> None:
    times = [polling.after_page_failure(n, FAILURE, NOW) for n in range(1, 6)]
    waits = [t - NOW for t in times if t]
    assert waits == sorted(waits)
    assert [t is None for t in times] == [False] * 4 + [True]
    refused = replace(FAILURE, kind="refused", grade="permanent", status=403)
    assert polling.after_page_failure(1, refused, NOW) is None


# ---------------------------------------------------------------- apart


def test_feeds_that_were_added_together_drift_apart_the_same_way_every_time() -> None:
    states = [replace(STATE, url=f"http://a.example/{n}") for n in range(50)]
    times = [wait(s) for s in states]
    assert len(set(times)) == 50
    assert times == [wait(s) for s in states]


@pytest.mark.parametrize("due", [None, NOW - 3 * DAY])
@pytest.mark.parametrize("learned", [None, BUSY, SLOW])
@pytest.mark.parametrize("fails", [False, True])
def test_a_thousand_feeds_added_or_restarted_together_come_back_one_by_one(
    due: datetime | None, learned: Rhythm | None, fails: bool
) -> None:
    """They fall evenly over a whole interval: no tenth of it gets more than twice its share."""
    waits = []
    for n in range(1000):
        state = replace(STATE, url=f"http://{n}.example/feed", due_at=due)
        if fails:
            waits.append(polling.after_failure(SOURCE, state, FAILURE, NOW) - NOW)
        else:
            waits.append(wait(state, learned=learned))
    first, last = min(waits), max(waits)
    assert first >= SOURCE.every
    assert last - first >= 0.9 * SOURCE.every
    tenths = Counter(min(int((w - first) / (last - first) * 10), 9) for w in waits)
    assert max(tenths.values()) <= 200
    assert min(tenths.values()) >= 50


def test_looks_that_were_apart_stay_apart_after_a_stop() -> None:
    """Feeds due at different times of a stop of four hours are not due together after it."""
    slow = [replace(STATE, due_at=NOW - n * 10 * MINUTE) for n in range(25)]
    waits = [wait(s, learned=SLOW) for s in slow]
    assert waits[0] > 5 * HOUR
    on_time = wait(slow[0], learned=SLOW)
    for state, found in zip(slow[4:], waits[4:], strict=True):
        assert state.due_at is not None
        assert abs(found - (on_time - (NOW - state.due_at))) < HOUR


def test_a_late_look_is_not_followed_by_one_that_the_publisher_did_not_want() -> None:
    late = replace(STATE, due_at=NOW - 2 * HOUR)
    assert wait(late, hints=Hints(fresh_for=3 * HOUR)) >= 3 * HOUR


# ---------------------------------------------------------------- clocks that jump


@pytest.mark.parametrize(
    ("due", "checked", "retired", "is_due"),
    [
        (None, None, None, True),
        (NOW, NOW - HOUR, None, True),
        (NOW + MINUTE, NOW - HOUR, None, False),
        (NOW + 36 * HOUR, NOW, None, False),  # Retry-After may ask for two days
        (NOW + 3 * DAY, NOW, None, True),
        (NOW + 7 * DAY, NOW, NOW, False),  # gone: looked at every week
        (NOW + 8 * DAY, NOW, NOW, True),
        (NOW + 9 * DAY, NOW, None, True),
        (NOW + HOUR, NOW + 2 * DAY, None, True),  # looked at in the future
        (NOW + HOUR, NOW + MINUTE, None, False),  # a clock set back by a minute
    ],
)  # fmt: skip
def test_a_due_time_that_a_wrong_clock_set_counts_as_due(
    due: datetime | None, checked: datetime | None, retired: datetime | None, is_due: bool
) -> None:
    state = replace(STATE, due_at=due, checked_at=checked, retired_at=retired)
    assert polling.is_due(state, SOURCE, NOW) is is_due


@pytest.mark.parametrize("jump", [-4000 * DAY, -DAY, DAY, 4000 * DAY])
@pytest.mark.parametrize("learned", [None, BUSY, SLOW])
def test_a_jump_of_the_clock_never_leaves_the_bounds(jump: timedelta, learned: Rhythm) -> None:
    state = replace(STATE, last_new_at=NOW - HOUR, due_at=NOW)
    at = NOW + jump
    found = polling.after_success(SOURCE, state, at, rhythm=learned, hints=Hints(), headers={},
                                  new=False)  # fmt: skip
    assert SOURCE.every <= found - at <= SOURCE.at_most


@pytest.mark.parametrize(
    "night", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_the_nights_on_which_clocks_change_are_nights_like_others(night: datetime) -> None:
    """Looks of one night from midnight to six: as many as the night before, none out of bounds."""

    def looks(begin: datetime) -> int:
        at, count = begin, 0
        while at < begin + 6 * HOUR:
            found = polling.after_success(SOURCE, replace(STATE, due_at=at), at, rhythm=DAILY,
                                          hints=Hints(), headers={}, new=False)  # fmt: skip
            assert SOURCE.every <= found - at <= SOURCE.at_most
            at, count = found, count + 1
        return count

    assert abs(looks(night) - looks(night - DAY)) <= 2


DAILY = rhythm.learn(None, PUBLISHERS["daily, 30 stories a day"].stories(3, 1), START + 21 * DAY)


# ---------------------------------------------------------------- 304


def test_conditions_are_what_the_server_gave_unless_its_304_was_false() -> None:
    state = replace(STATE, etag='"a"', last_modified="Tue", checked_at=NOW)
    assert polling.conditions(state) == ('"a"', "Tue")
    assert polling.conditions(replace(state, distrusted_at=NOW - 29 * DAY)) == (None, None)
    assert polling.conditions(replace(state, distrusted_at=NOW)) == (None, None)
    assert polling.conditions(replace(state, distrusted_at=NOW - 30 * DAY)) == ('"a"', "Tue")
    assert polling.conditions(replace(state, distrusted_at=NOW + 4000 * DAY)) == ('"a"', "Tue")
    assert polling.conditions(replace(STATE, etag=None)) == (None, None)


@pytest.mark.parametrize(
    ("unmodified", "hours", "distrusted", "wanted"),
    [
        (9, 20, None, True),
        (8, 20, None, False),
        (500, 19, None, False),
        (0, 20, NOW - 31 * DAY, True),  # on trial
        (0, 19, NOW - 31 * DAY, False),
        (9, -500, None, True),  # a clock that was ahead
        (0, None, None, True),  # never a whole answer
    ],
)
def test_not_modified_is_put_to_the_test_now_and_then(
    unmodified: int, hours: int | None, distrusted: datetime | None, wanted: bool
) -> None:
    whole = None if hours is None else NOW - hours * HOUR
    state = replace(STATE, unmodified=unmodified, last_whole_at=whole, distrusted_at=distrusted)
    assert polling.wants_proof(state, NOW) is wanted


# ---------------------------------------------------------------- gaps


@pytest.mark.parametrize(
    ("held", "entries", "known", "learned", "typical", "missed"),
    [
        (20, 20, 0, None, None, True),
        (20, 20, 1, None, None, False),
        (None, 20, 0, None, None, False),  # a first answer
        (0, 20, 0, None, None, False),  # it was empty before
        (20, 0, 0, None, None, False),  # it is empty now
        (20, 20, 0, BUSY, None, True),
        (20, 20, 0, None, NOW - 2 * HOUR, False),  # it reaches back: its addresses were changed
        (20, 20, 0, None, NOW - MINUTE, True),
        (1, 1, 0, None, None, False),  # a list of one is new whenever there is news
        (2, 2, 0, SLOW, None, False),
        (2, 2, 0, BUSY, None, True),  # six stories an hour, and it holds two
        (20, 3, 0, None, None, True),  # a list that was cut
    ],
)  # fmt: skip
def test_a_list_of_strangers_is_a_gap(
    held: int | None, entries: int, known: int, learned: Rhythm | None, typical: datetime | None,
    missed: bool,
) -> None:  # fmt: skip
    found = polling.gap(replace(STATE, last_entries=held), entries=entries, known=known, now=NOW,
                        rhythm=learned, typical=typical)  # fmt: skip
    assert (found is not None) is missed
    if found:
        assert (found.since, found.until, found.entries) == (NOW - HOUR, NOW, entries)
        assert (found.expected is None) is (learned is None)


def test_a_gap_says_how_many_stories_its_rhythm_made_likely() -> None:
    found = polling.gap(STATE, entries=20, known=0, now=NOW, rhythm=BUSY)
    assert found is not None
    assert found.expected == pytest.approx(6, rel=0.15)


def test_after_days_of_failures_the_last_good_look_counts() -> None:
    state = replace(STATE, checked_at=NOW - HOUR, last_ok_at=NOW - 3 * DAY)
    found = polling.gap(state, entries=20, known=0, now=NOW, rhythm=None)
    assert found is not None
    assert found.since == NOW - 3 * DAY
