"""What the commands ask the archive: search, one story, what was found, what failed, health."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import publish
from pipeline.archive import (
    Archive,
    deriving,
    heartbeat,
    open_archive,
    pages,
    passes,
    reading,
)
from pipeline.archive.sources import sync_sources
from pipeline.errors import ArchiveError, WatchError
from pipeline.models import Config, Failure, Health, Source
from tests import stored
from tests.conftest import copied
from tests.stored import NOON, URL, article, save, save_tags, store, tags

OTHER = "https://echo.example/council-care-leavers"


@pytest.fixture(scope="module")
def made(empty_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report in the Gazette, and a story that is none in the Echo an hour later; to be copied."""
    path = copied(empty_archive, tmp_path_factory.mktemp("two"))
    with open_archive(path) as archive:
        store(archive, link=URL + "?ref=rss", guid="tag:gazette,2026:1")
        save(archive, article())
        save_tags(archive, tags())
        store(archive, OTHER, by="echo", at=NOON + timedelta(hours=1))
        text = "The council's care-leavers’ hub is well-led. Larkfield House and medicines are far."
        save(archive, article(OTHER, headline="Hub for care-leavers opens", text=text))
        none = tags(is_report=False, reasons=("an opening",), mentions=(), judgements=(),
                    findings=(), actions=(), statistics=(), themes=(), places=(),
                    responses=(), details=(), bodies=())  # fmt: skip
        save_tags(archive, none, url=OTHER)
        publish.refresh(archive)
    return path


@pytest.fixture
def two(made: Path, tmp_path: Path) -> Iterator[Archive]:
    with open_archive(copied(made, tmp_path)) as archive:
        yield archive


# ---------------------------------------------------------------- search

FINDS = [
    ("medicines", [URL, OTHER]),
    ("Harwick inadequate", [URL]),
    ("rate", [URL]),  # stems
    ('"managed safely"', [URL]),
    ('"safely managed"', []),
    ("medic*", [URL, OTHER]),
    ("inadequate OR leavers", [URL, OTHER]),
    ("care-leavers", [OTHER]),
    ("council's", [OTHER]),
    ("care-leavers’", [OTHER]),
    ("well-led.", [OTHER]),
    ('"well led', [OTHER]),
    ("text:medicines", []),
    ("AND OR NOT", [OTHER, URL]),  # words like any others, once nothing stands between them
    ("larkfield AND", [OTHER]),
    ("zebra", []),
]


@pytest.mark.parametrize(("query", "urls"), FINDS)
def test_search_finds(two: Archive, query: str, urls: list[str]) -> None:
    assert sorted(hit["url"] for hit in reading.search(two, query)) == sorted(urls)


def test_the_story_about_it_comes_before_the_story_that_mentions_it(two: Archive) -> None:
    store(two, OTHER + "2", by="echo")
    save(two, article(OTHER + "2", headline="Hub and medicines", text="A hub. " * 40))
    store(two, OTHER + "3", by="echo")
    save(two, article(OTHER + "3", headline="Else", text="A hub of medicines."))
    hits = [hit["url"] for hit in reading.search(two, "medicines hub")]
    assert hits[0] == OTHER + "2"


def test_a_hit_says_why_it_is_one(two: Archive) -> None:
    hit = reading.search(two, "medicines Larkfield", limit=1)[0]
    assert "[medicines]" in hit["snippet"]
    assert {"url", "headline", "publisher", "published_at", "is_report", "access"} <= hit.keys()
    json.dumps(hit)


@pytest.mark.parametrize("query", ["", "  ", '""', "-- ( ) *", "\0"])
def test_a_query_without_a_word_is_told_so(two: Archive, query: str) -> None:
    with pytest.raises(WatchError, match="There is no word to search for"):
        reading.search(two, query)


PIECES = ["OR", '"', "*", "-", "a", "NOT", "NEAR(", ":", "^", "'", "é", "😀", "\0", "{", "medic"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map(" ".join)))
def test_no_query_makes_it_fail(two: Archive, query: str) -> None:
    try:
        reading.search(two, query)
    except WatchError:
        assert not any(c.isalnum() for c in query.replace("OR", ""))


# ---------------------------------------------------------------- lists


def test_found_is_the_view_since_a_moment(two: Archive) -> None:
    (row,) = reading.found(two)
    assert row["article_url"] == URL
    assert row["bodies"] == "Larkfield House"
    assert row["grade"] == "inadequate"
    assert reading.found(two, NOON) != [], "first seen at that moment counts"
    assert reading.found(two, NOON + timedelta(seconds=1)) == []


def test_found_needs_the_views(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="has no views yet; `derive` makes them"):
        reading.found(archive)


def test_what_was_kept_out_and_why(two: Archive) -> None:
    assert reading.kept_out(two) == [
        {"url": OTHER, "headline": "Hub for care-leavers opens", "reasons": ["an opening"]}
    ]


def test_counts_account_for_every_story(two: Archive) -> None:
    stored.announce(two, "https://gazette.example/waiting")
    store(two, "https://gazette.example/raw")
    assert reading.counts(two) == {
        "sources": 2, "feeds": 2, "stories": 4, "waiting": 1, "unreachable": 0, "pages": 3,
        "articles": 2, "reports": 1, "not_tagged": 0, "failed": 0,
    }  # fmt: skip


# ---------------------------------------------------------------- one story


def test_show_tells_everything(two: Archive) -> None:
    shown = reading.show(two, URL)
    json.dumps(shown)
    for kind in ("mentions", "judgements", "findings", "actions", "statistics", "themes", "places",
                 "responses", "details"):  # fmt: skip
        assert shown[kind], kind
        for tag in shown[kind]:
            assert shown["text"][tag["start"] : tag["end"]] == tag["quote"]
    assert shown["inspectorates"][0]["id"] == "cqc"
    assert shown["bodies"][0]["name"] == "Larkfield House"
    assert shown["judgements"][0]["grade"] == "inadequate"
    assert [f["polarity"] for f in shown["findings"]] == ["strength", "weakness"]
    assert shown["removed"] == [{"rule": "newsletter", "kind": "newsletter", "text": "Sign up"}]
    assert shown["byline"] == ["Ida Marsh", "Tom Reed"]
    assert shown["feeds"][0]["source"] == "The Gazette"
    assert [line["stage"] for line in shown["ledger"]] == ["clean", "tag"]
    assert shown["page"]["final_url"] == URL
    assert len(shown["revisions"]) == 1
    assert shown["is_report"] is True


@pytest.mark.parametrize(
    "address",
    [URL, URL + "?utm_source=rss", URL + "#top", URL + "?ref=rss", "tag:gazette,2026:1"],
)
def test_a_story_is_found_under_each_of_its_addresses(two: Archive, address: str) -> None:
    assert reading.find_url(two, address) == URL


def test_an_unknown_address_gets_its_neighbours(two: Archive) -> None:
    with pytest.raises(WatchError, match="is not in the archive; near it are:") as raised:
        reading.show(two, "https://gazette.example/home-in-harwick-is-inadequate")
    assert URL in str(raised.value)
    with pytest.raises(WatchError, match=r"is not in the archive$"):
        reading.show(two, "https://gazette.example/1234")


def test_a_story_without_an_article_says_where_it_got_stuck(two: Archive) -> None:
    lost, empty = "https://gazette.example/lost", "https://gazette.example/empty"
    stored.announce(two, lost)
    with pytest.raises(WatchError, match="its page has not been fetched yet"):
        reading.show(two, lost)
    (waiting,) = pages.pages_due(two, NOON)
    failure = Failure(url=lost, kind="refused", grade="permanent", reason="answers 403", at=NOON)
    pages.record_page_failure(two, waiting, failure, retry_at=None)
    with pytest.raises(WatchError, match="its page could not be had: answers 403"):
        reading.show(two, lost)
    store(two, empty)
    (work,) = deriving.stale_pages(two, {"gazette.example": stored.RULES}, url=empty)
    deriving.record(two, "clean", work, now=NOON, error="no story text found")
    with pytest.raises(WatchError, match="no story could be had from it: no story text found"):
        reading.show(two, empty)


# ---------------------------------------------------------------- status


def config(*sources: Source) -> Config:
    return Config(path="sources.yaml", contact="mailto:a@b.example", sources=sources)


def health(state: str, **values: object) -> Health:
    fields = {"source_id": "gazette", "name": "The Gazette", "since_at": NOON, "last_ok_at": NOON,
              "last_new_at": None, "failures": 3, "reason": "answers 404 since Tuesday",
              "needs_person": True, **values}  # fmt: skip
    return Health(state=state, **fields)  # type: ignore[arg-type]


def test_status_is_the_contract(archive: Archive) -> None:
    gazette, echo, off = (
        stored.source("gazette"), stored.source("echo"),
        stored.source("off", enabled=False, note="Refuses robots."),
    )  # fmt: skip
    sync_sources(archive, [gazette, echo, off], NOON)
    passes.record_health(archive, [health("failing"), health("healthy", source_id="off")], NOON)
    passes.begin_pass(archive, NOON)
    told = reading.status(archive, config(gazette, echo, off), now=NOON + timedelta(hours=1))
    assert list(told) == [
        "checked_at", "heartbeat_at", "needs_person", "sources", "gaps", "problem",
    ]  # fmt: skip
    assert told["checked_at"] == "2026-11-03T13:00:00+00:00"
    assert told["heartbeat_at"] == "2026-11-03T12:00:00+00:00"
    assert told["needs_person"] is True
    first, second, third = told["sources"]
    assert first == {
        "id": "gazette", "name": "The Gazette", "state": "failing",
        "since_at": "2026-11-03T12:00:00+00:00", "last_ok_at": "2026-11-03T12:00:00+00:00",
        "last_new_at": None, "reason": "answers 404 since Tuesday", "needs_person": True,
    }  # fmt: skip
    assert (second["state"], second["needs_person"]) == ("never_run", False)
    assert (third["state"], third["reason"], third["needs_person"]) == (
        "disabled", "Refuses robots.", False,
    )  # fmt: skip


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("beats", "silence", "problem"),
    [
        ({"what": "watch", "tick": 60}, 5 * MINUTE, None),
        (
            {"what": "watch", "tick": 60},
            25 * MINUTE,
            "The watcher is not running, or cannot write here",
        ),
        ({"what": "watch", "tick": 3600}, 150 * MINUTE, None),
        (
            {"what": "watch", "tick": 60},
            -90 * MINUTE,
            "The watcher is not running, or cannot write here",
        ),  # a clock
        ({"what": "run", "tick": None}, 100 * MINUTE, None),  # `every` is 30 minutes
        ({"what": "run", "tick": None}, 130 * MINUTE, "Nobody is watching"),
        ({"what": "watch", "tick": None}, 130 * MINUTE, "Nobody is watching"),  # ended, as told
        ({"what": "derive", "tick": None}, 130 * MINUTE, "Nobody is watching"),
        ({"what": "demo", "tick": None}, 365 * 24 * 60 * MINUTE, None),
        (None, 100 * MINUTE, None),  # written by a version that had no heartbeat
        (None, 130 * MINUTE, "Nobody is watching"),
    ],
)
def test_a_watcher_that_fell_silent_needs_a_person(
    archive: Archive, beats: dict[str, Any] | None, silence: timedelta, problem: str | None
) -> None:
    gazette = stored.source("gazette")
    sync_sources(archive, [gazette], NOON)
    passes.begin_pass(archive, NOON)
    if beats:
        heartbeat.beat(archive, NOON, process=7, started=NOON, **beats)
    told = reading.status(archive, config(gazette), now=NOON + silence)
    assert told["heartbeat_at"] == "2026-11-03T12:00:00+00:00"
    assert told["needs_person"] is bool(problem)
    if problem:
        assert told["problem"] == (
            f"{problem}: last sign of life 3 Nov 2026, 12:00 UTC. Start `watch`, or let cron call"
            " `run`."
        )
    else:
        assert told["problem"] is None


def test_nobody_needs_to_watch_an_archive_without_a_pass_or_without_sources(
    archive: Archive,
) -> None:
    later = NOON + timedelta(days=9)
    assert reading.status(archive, config(stored.source()), now=later)["problem"] is None
    passes.begin_pass(archive, NOON)
    off = stored.source("off", enabled=False)
    assert reading.status(archive, config(off), now=later)["problem"] is None


def test_passes_of_which_none_ends_need_a_person(archive: Archive) -> None:
    gazette = stored.source("gazette")
    for n in range(4):
        passes.begin_pass(archive, NOON + n * MINUTE)
        told = reading.status(archive, config(gazette), now=NOON + n * MINUTE)
        assert told["needs_person"] is (n >= 2), "one that was killed, and one under way"
    assert told["problem"] == (
        "Each attempt at a pass broke off since 3 Nov 2026, 12:00 UTC; the log says why."
    )
    archive.db.execute(
        "UPDATE passes SET ended_at = beat_at WHERE id = (SELECT max(id) FROM passes)"
    )
    assert reading.status(archive, config(gazette), now=NOON)["problem"] is None


def test_gaps_of_the_last_thirty_days_are_told_newest_first(archive: Archive) -> None:
    sync_sources(archive, [stored.source("gazette")], NOON)
    for days in (0, 11, 40):
        since = NOON + timedelta(days=days)
        archive.db.execute(
            "INSERT INTO gaps (feed_url, source_id, since_at, until_at, entries)"
            " VALUES ('https://gazette.example/feed', 'gazette', ?, ?, 20)",
            [since.isoformat(), (since + timedelta(hours=9)).isoformat()],
        )
    told = reading.status(archive, config(), now=NOON + timedelta(days=40, hours=10))
    assert told["gaps"] == [
        {"source_id": "gazette", "since_at": "2026-12-13T12:00:00+00:00",
         "until_at": "2026-12-13T21:00:00+00:00", "entries": 20},
        {"source_id": "gazette", "since_at": "2026-11-14T12:00:00+00:00",
         "until_at": "2026-11-14T21:00:00+00:00", "entries": 20},
    ]  # fmt: skip


def test_status_without_an_archive() -> None:
    told = reading.status(None, config(stored.source()))
    assert told["heartbeat_at"] is None
    assert [s["state"] for s in told["sources"]] == ["never_run"]
    assert told["needs_person"] is False


def test_everything_can_be_read_from_a_read_only_archive(two: Archive) -> None:
    with open_archive(two.path, readonly=True) as reader:
        assert reading.search(reader, "medicines")
        assert reading.show(reader, URL)["url"] == URL
        assert reading.found(reader)
        assert reading.status(reader, config())["sources"] == []
