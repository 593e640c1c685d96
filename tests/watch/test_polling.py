"""When to look again: always within bounds, later after failure, kept apart from one another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models import Failure, FeedState, Source
from pipeline.watch import polling

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = Source(
    id="a", name="A", homepage=None, feeds=("http://a.example/feed",), every=30 * MINUTE,
    at_most=DAY, enabled=True, pages=True, allow_private=False, region=None, note=None,
)  # fmt: skip
STATE = FeedState(url="http://a.example/feed", source_id="a")
FAILURE = Failure(
    url=STATE.url, kind="status", grade="transient", reason="answers 500", at=NOW, status=500
)
SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))


@given(every=st.integers(1, 2000), more=st.integers(0, 20_000), silence=SPANS, fresh=SPANS,
       new=st.booleans(), url=st.text(max_size=20))  # fmt: skip
def test_a_good_answer_is_followed_within_the_bounds(
    every: int, more: int, silence: timedelta, fresh: timedelta, new: bool, url: str
) -> None:
    source = replace(SOURCE, every=every * MINUTE, at_most=(every + more) * MINUTE)
    state = replace(STATE, url=url, last_new_at=NOW - silence)
    wait = polling.after_success(source, state, NOW, new=new, fresh_for=fresh) - NOW
    assert source.every <= wait <= source.at_most


@given(failures=st.integers(0, 10_000))
def test_a_failure_is_followed_within_the_bounds(failures: int) -> None:
    wait = polling.after_failure(SOURCE, replace(STATE, failures=failures), FAILURE, NOW) - NOW
    assert SOURCE.every <= wait <= SOURCE.at_most


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


def test_our_own_outage_costs_no_feed_more_than_one_turn() -> None:
    state = replace(STATE, failures=9)
    ours = replace(FAILURE, kind="dns", grade="ours", status=None)
    assert polling.after_failure(SOURCE, state, ours, NOW) - NOW <= 1.1 * SOURCE.every


def test_gone_is_looked_at_again_after_a_week() -> None:
    gone = replace(FAILURE, kind="gone", grade="permanent", status=410)
    assert polling.after_failure(SOURCE, STATE, gone, NOW) == NOW + 7 * DAY


def test_a_silent_feed_is_looked_at_less_often_and_one_with_news_at_once_more() -> None:
    silent = replace(STATE, last_new_at=NOW - 50 * HOUR)
    assert polling.after_success(SOURCE, silent, NOW, new=False) - NOW >= 5 * HOUR
    assert polling.after_success(SOURCE, silent, NOW, new=True) - NOW <= 1.1 * SOURCE.every


def test_feeds_that_were_added_together_drift_apart_the_same_way_every_time() -> None:
    urls = [f"http://a.example/{n}" for n in range(50)]
    times = [polling.after_success(SOURCE, replace(STATE, url=u), NOW, new=True) for u in urls]
    assert len(set(times)) == 50
    assert times == [
        polling.after_success(SOURCE, replace(STATE, url=u), NOW, new=True) for u in urls
    ]


@pytest.mark.parametrize(
    ("control", "ttl", "expected"),
    [
        ("public, max-age=3600", None, HOUR),
        ("max-age=60", HOUR, HOUR),
        ("no-cache, max-age=3600", None, None),
        ("no-store", HOUR, HOUR),
        ("", None, None),
        ("max-age=soon", None, None),
    ],
)
def test_what_a_publisher_says_about_freshness(
    control: str, ttl: timedelta | None, expected: timedelta | None
) -> None:
    assert polling.fresh_for({"cache-control": control}, ttl) == expected


def test_pages_are_tried_five_times_and_refusals_once() -> None:
    times = [polling.after_page_failure(n, FAILURE, NOW) for n in range(1, 6)]
    waits = [t - NOW for t in times if t]
    assert waits == sorted(waits)
    assert [t is None for t in times] == [False] * 4 + [True]
    refused = replace(FAILURE, kind="refused", grade="permanent", status=403)
    assert polling.after_page_failure(1, refused, NOW) is None
