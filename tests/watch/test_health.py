"""From a feed's past to a state in words: every state, whom it needs, what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from pipeline.models import (
    Failure,
    FailureGrade,
    FailureKind,
    FeedState,
    Gap,
    Health,
    HealthState,
    Source,
)
from pipeline.watch import health, rhythm

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)  # a Tuesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = Source(
    id="a", name="A", homepage=None, feeds=(), every=HOUR, at_most=DAY, enabled=True, pages=True,
    allow_private=False, region=None, note="refuses robots",
)  # fmt: skip
WELL = FeedState(
    url="http://a.example/feed", source_id="a", checked_at=NOW, last_ok_at=NOW, last_new_at=NOW,
    last_whole_at=NOW, last_entries=20,
)  # fmt: skip
#: two stories each weekday at ten and at three, for ten weeks
WEEKDAYS = rhythm.learn(
    None,
    [t for n in range(70) for t in (NOW - n * DAY + HOUR, NOW - n * DAY + 6 * HOUR)
     if t < NOW and t.weekday() < 5],
    NOW,
)  # fmt: skip
DAILY = replace(WELL, rhythm=WEEKDAYS)
WEEKLY = replace(WELL, rhythm=rhythm.learn(None, [NOW - n * 7 * DAY for n in range(20)], NOW))
BODY = "http://www.anytown.gov.example/feed"


def failed(kind: FailureKind, grade: FailureGrade, days: float = 0, **more: Any) -> FeedState:
    failure = Failure(url=WELL.url, kind=kind, grade=grade, reason=f"met {kind}", at=NOW)
    return replace(WELL, failures=3, failing_since=NOW - days * DAY, last_failure=failure, **more)


def silent(feed: FeedState, days: float, **more: Any) -> FeedState:
    """The same feed so many days later, without another story: told as of then."""
    until = NOW + days * DAY
    return replace(feed, checked_at=until, last_ok_at=until, last_whole_at=until, **more)


#: feed, days after NOW at which it is asked, state, whether it needs a person, what it says
CASES: list[tuple[FeedState, float, HealthState, bool, str]] = [
    # never run
    (replace(WELL, checked_at=None, last_ok_at=None), 0, "never_run", False, "not fetched yet"),
    # healthy
    (WELL, 0, "healthy", False, "answers and brings news"),
    (DAILY, 0.5, "healthy", False, "brings news, about one story a day, mostly weekdays 11 to 17"),
    (silent(WELL, 13), 13, "healthy", False, ""),
    (silent(WEEKLY, 13), 13, "healthy", False, "about one story a week"),
    (replace(WELL, last_new_at=None), 0, "healthy", False, ""),
    # failing
    (failed("status", "transient", 1), 0, "failing", False,
     "met status (since 2 November 2026 09:00 UTC), 3 times in a row; it is tried again by itself"),
    (replace(failed("timeout", "transient"), failures=1), 0, "failing", False, "once so far"),
    (failed("status", "transient", 8), 0, "failing", True,
     "such trouble passes within hours, this has lasted 8 days"),
    (failed("tls", "permanent"), 0, "failing", True, "this does not pass by itself"),
    # refused
    (failed("refused", "permanent"), 0, "refused", True, "ask the publisher for leave"),
    (failed("robots", "permanent"), 0, "refused", True, "`enabled: false`"),
    # retired
    (failed("gone", "permanent", retired_at=NOW - DAY), 0, "retired", True, "its successor"),
    # outage
    (failed("dns", "ours", 1), 0, "outage", False, "met dns"),
    # hollow
    (replace(WELL, last_entries=0), 0, "hollow", True, "no entries in it"),
    (replace(WELL, last_entries=0, kind="page"), 0, "hollow", True, "whether the selectors"),
    (replace(WELL, last_entries=0, kind="sitemap"), 0, "healthy", False, ""),  # holds two days
    (failed("not_a_feed", "permanent"), 0, "hollow", True, "see in a browser what stands there"),
    (failed("empty", "transient"), 0, "hollow", False, "it answers, but with nothing to read"),
    (failed("empty", "transient", 1.1), 0, "hollow", True, "it answers, but with nothing to read"),
    # false_304
    (replace(WELL, distrusted_at=NOW - DAY), 0, "false_304", True,
     "until 2 December 2026 it is asked for everything each time"),
    (replace(WELL, distrusted_at=NOW - 31 * DAY), 0, "healthy", False, ""),
    # moved
    (replace(WELL, address="http://b.example/f"), 0, "moved", False,
     "has moved for good to http://b.example/f, where it is looked at since"),
    (silent(replace(WELL, address="http://b.example/f"), 61), 61, "quiet", True, ""),
    # quiet, rhythm not known
    (silent(WELL, 20), 20, "quiet", False, "nothing new for 20 days; too few stories came so far"),
    (silent(WELL, 61), 61, "quiet", True, "nothing new for 61 days; too few stories"),
    (silent(replace(WELL, url=BODY, last_new_at=datetime(2027, 3, 25, tzinfo=UTC)), 170), 170,
     "quiet", False, "public bodies say little in the weeks before the elections of 6 May 2027"),
    # quiet, against its rhythm or not
    (silent(DAILY, 4, last_new_at=NOW + 3 * DAY + 6 * HOUR), 6, "healthy", False, ""),
    (silent(DAILY, 5.5, last_new_at=NOW + 3 * DAY + 7 * HOUR), 5.5, "quiet", False,
     "and that is its rhythm (about one story a day, mostly weekdays 11 to 17): it is the weekend"),
    (silent(DAILY, 6, last_new_at=NOW + DAY), 6, "quiet", False, "which is long for it"),
    (silent(DAILY, 15), 15, "quiet", True, "against its rhythm (about one story a day"),
    (silent(WEEKLY, 17), 17, "quiet", False, "and that is its rhythm (about one story a week)"),
    (silent(WEEKLY, 61), 61, "quiet", True, "against its rhythm (about one story a week)"),
    # who did not look heard nothing: nobody looked for sixty days
    (DAILY, 60, "healthy", False, ""),
]  # fmt: skip


def ask(feed: FeedState, days: float = 0, **more: Any) -> Health:
    return health.diagnose(SOURCE, [feed], NOW + days * DAY, **more)


@pytest.mark.parametrize(("feed", "days", "state", "needs_person", "says"), CASES)
def test_each_past_has_its_state_and_its_words(
    feed: FeedState, days: float, state: str, needs_person: bool, says: str
) -> None:
    found = ask(feed, days)
    assert (found.state, found.needs_person) == (state, needs_person), found.reason
    assert says in found.reason


def test_the_table_has_every_state_that_a_feed_can_have() -> None:
    told = {state for _, _, state, _, _ in CASES}
    assert told | {"disabled", "paywalled"} == set(get_args(HealthState))


@pytest.mark.parametrize(("feed", "days"), [case[:2] for case in CASES])
def test_one_good_answer_with_news_ends_every_state(feed: FeedState, days: float) -> None:
    at = NOW + days * DAY
    well = replace(feed, last_failure=None, failures=0, failing_since=None, retired_at=None,
                   address=None, distrusted_at=None, checked_at=at, last_ok_at=at, last_new_at=at,
                   last_whole_at=at, last_entries=20)  # fmt: skip
    assert ask(well, days).state == "healthy"


# ---------------------------------------------------------------- walls


@pytest.mark.parametrize(
    ("access", "pages", "walled"),
    [
        ({"open": 2, "subscription": 8}, True, True),
        ({"open": 3, "subscription": 7}, True, False),
        ({"subscription": 4}, True, False),  # too few to tell
        ({"subscription": 5}, True, True),
        ({"open": 1, "partial": 3, "registration": 2}, True, True),
        ({"partial": 9}, False, False),  # its feed's own words are short by choice
        ({"subscription": 9}, False, True),
        ({}, True, False),
    ],
)
def test_a_source_most_of_whose_stories_are_shut_is_paywalled(
    access: Mapping[str, int], pages: bool, walled: bool
) -> None:
    found = health.diagnose(replace(SOURCE, pages=pages), [WELL], NOW, access=access)
    assert (found.state == "paywalled") is walled
    assert not found.needs_person


def test_a_wall_is_told_in_numbers_unless_something_is_worse() -> None:
    access = {"open": 1, "partial": 2, "subscription": 7}
    found = ask(WELL, access=access)
    assert "9 of its 10 stories of the last 60 days cannot be read whole" in found.reason
    assert "(7 for subscribers, 2 cut short)" in found.reason
    assert ask(failed("refused", "permanent"), access=access).state == "refused"
    assert ask(replace(WELL, address="http://b.example/f"), access=access).state == "paywalled"
    assert ask(silent(WELL, 61), 61, access=access).state == "quiet"  # a person must look


# ---------------------------------------------------------------- gaps


def missed(days_ago: float, hours: float = 2, source: str = "a", entries: int = 20) -> Gap:
    until = NOW - days_ago * DAY
    return Gap(feed_url=WELL.url, source_id=source, since=until - hours * HOUR, until=until,
               entries=entries, expected=None)  # fmt: skip


@pytest.mark.parametrize(
    "feed", [WELL, failed("status", "transient"), replace(WELL, last_entries=0)]
)
def test_a_gap_of_the_last_week_is_told_in_whatever_state(feed: FeedState) -> None:
    plain, found = ask(feed), ask(feed, gaps=[missed(1)])
    assert found.state == plain.state
    assert found.reason == plain.reason + (
        "; stories may have been missed between 2 November 2026 07:00 UTC and 2 November 2026 "
        "09:00 UTC: the feed held only 20 stories and all were new; look more often (a shorter "
        "`every`)"
    )


@pytest.mark.parametrize(
    ("gaps", "says"),
    [
        ([], None),
        ([missed(8)], None),
        ([missed(1, source="b")], None),
        ([missed(1), missed(3), missed(5)], "(and 2 times more in the last week)"),
        ([missed(3), missed(1, entries=1)], "held only one story and it was new"),
        ([missed(0, hours=72)], "for it had not been looked at for 3 days"),
    ],
)
def test_gaps_in_words(gaps: list[Gap], says: str | None) -> None:
    reason = ask(WELL, gaps=gaps).reason
    assert (says or "answers") in reason
    assert ("missed" in reason) is (says is not None)


# ---------------------------------------------------------------- sources


def test_among_several_feeds_the_one_that_needs_a_person_is_told() -> None:
    wrong = replace(failed("forbidden_address", "permanent"), url="http://b.example/feed")
    feeds = [WELL, failed("dns", "transient"), wrong]
    found = health.diagnose(SOURCE, feeds, NOW)
    assert (found.state, found.needs_person) == ("failing", True)
    assert "http://b.example/feed: met forbidden_address" in found.reason


def test_a_disabled_source_says_why_whatever_its_past() -> None:
    found = health.diagnose(replace(SOURCE, enabled=False), [failed("refused", "permanent")], NOW)
    assert (found.state, found.needs_person) == ("disabled", False)
    assert found.reason.endswith("refuses robots")


def test_a_source_is_as_well_as_its_worst_feed_which_is_named() -> None:
    bad = replace(failed("timeout", "transient"), url="http://a.example/other")
    found = health.diagnose(SOURCE, [WELL, bad, WELL], NOW)
    assert found.state == "failing"
    assert found.reason.startswith("1 of 3 feeds, http://a.example/other: met timeout")
    assert found.last_ok_at == NOW


def test_a_source_without_feeds_has_never_run() -> None:
    assert health.diagnose(SOURCE, [], NOW).state == "never_run"


@pytest.mark.parametrize(
    ("reached", "unreached", "outage"),
    [
        ("", "abc", True),
        ("", "ab", True),
        ("", "a", False),
        ("d", "ab", False),
        ("d", "abc", True),
        ("de", "abc", True),
        ("abc", "abc", False),
        ("abc", "", False),
    ],
)
def test_when_most_hosts_are_dead_it_is_us(reached: str, unreached: str, outage: bool) -> None:
    assert health.is_outage(reached, unreached) is outage


@pytest.mark.parametrize(
    ("kind", "status", "ours"),
    [("dns", None, True), ("timeout", None, True), ("connection", None, True),
     ("status", 500, False), ("refused", 403, False), ("not_a_feed", 200, False)],
)  # fmt: skip
def test_an_answer_of_any_kind_proves_that_the_network_is_there(
    kind: FailureKind, status: int | None, ours: bool
) -> None:
    failure = Failure(url="http://a.example/", kind=kind, grade="transient", reason="", at=NOW,
                      status=status)  # fmt: skip
    assert health.blames_network(failure) is ours
