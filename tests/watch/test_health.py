"""From a feed's past to a state in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.models import Failure, FailureGrade, FailureKind, FeedHistory, Source
from pipeline.watch import health

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = Source(
    id="a", name="A", homepage=None, feeds=(), every=HOUR, at_most=DAY, enabled=True, pages=True,
    allow_private=False, region=None, note="refuses robots",
)  # fmt: skip
WELL = FeedHistory(
    url="http://a.example/feed", source_id="a", checked_at=NOW, last_ok_at=NOW, last_new_at=NOW,
    retired_at=None, moved_to=None, failures=0, failing_since=None, last_failure=None,
    last_entries=20,
)  # fmt: skip


def failed(kind: FailureKind, grade: FailureGrade, days: float = 0, **more: Any) -> FeedHistory:
    failure = Failure(url=WELL.url, kind=kind, grade=grade, reason=f"met {kind}", at=NOW)
    return replace(WELL, failures=3, failing_since=NOW - days * DAY, last_failure=failure, **more)


@pytest.mark.parametrize(
    ("feed", "state", "needs_person", "says"),
    [
        (WELL, "healthy", False, "brings news"),
        (replace(WELL, checked_at=None, last_ok_at=None), "never_run", False, "not fetched yet"),
        (replace(WELL, last_new_at=NOW - 13 * DAY), "healthy", False, ""),
        (replace(WELL, last_new_at=NOW - 20 * DAY), "quiet", False, "nothing new for 20 days"),
        (replace(WELL, last_new_at=NOW - 61 * DAY), "quiet", True, "nothing new for 61 days"),
        (replace(WELL, last_entries=0), "hollow", True, "no entries in it"),
        (replace(WELL, moved_to="http://b.example/f"), "moved", False, "http://b.example/f"),
        (failed("status", "transient", 1), "failing", False, "since 2 November 2026 09:00 UTC"),
        (failed("status", "transient", 8), "failing", True, "met status"),
        (failed("not_a_feed", "permanent"), "failing", True, "met not_a_feed"),
        (failed("refused", "permanent"), "refused", True, "met refused"),
        (failed("gone", "permanent", retired_at=NOW - DAY), "retired", True, "met gone"),
        (failed("dns", "ours", 1), "outage", False, "met dns"),
    ],
)
def test_each_past_has_its_state_and_its_words(
    feed: FeedHistory, state: str, needs_person: bool, says: str
) -> None:
    found = health.diagnose(SOURCE, [feed], NOW)
    assert (found.state, found.needs_person) == (state, needs_person)
    assert says in found.reason


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
        ("", "ab", False),
        ("d", "abc", True),
        ("de", "abc", False),
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
