"""What the watch half stores: all of a fetch or nothing of it, and never one thing over another."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.archive import Archive, pages, watching
from pipeline.archive.bodies import get_body
from pipeline.archive.sources import sync_sources
from pipeline.errors import ArchiveError
from pipeline.models import Entry, FeedUpdate, Page, Source
from tests.conftest import Clock

FEED = "http://a.example/feed"
STORY = "http://a.example/story"


def source(**more: Any) -> Source:
    given: dict[str, Any] = {
        "id": "a", "name": "A", "homepage": None, "feeds": (FEED,), "every": timedelta(hours=1),
        "at_most": timedelta(days=1), "enabled": True, "pages": True, "allow_private": False,
        "region": None, "note": None,
    }  # fmt: skip
    return Source(**(given | more))


def entry(url: str = STORY, **more: Any) -> Entry:
    given: dict[str, Any] = {
        "feed_url": FEED, "guid": url, "url": url, "link": url, "headline": "Headline",
        "summary": "Words.", "content_html": None, "author": None, "published_at": "2026-11-02",
        "digest": hashlib.sha256(url.encode()).hexdigest(),
    }  # fmt: skip
    return Entry(**(given | more))


def update(clock: Clock, *entries: Entry, **more: Any) -> FeedUpdate:
    given: dict[str, Any] = {
        "feed_url": FEED, "source_id": "a", "at": clock(), "outcome": "entries", "status": 200,
        "entries": entries, "failure": None, "etag": '"1"', "last_modified": None,
        "address": None, "next_due_at": clock() + timedelta(hours=1), "size": 10, "seconds": 0.1,
    }  # fmt: skip
    return FeedUpdate(**(given | more))


def page(clock: Clock, body: bytes, type: str = "text/html", url: str = STORY) -> Page:
    return Page(url=url, final_url=url, body=body, content_type=type, fetched_at=clock(),
                digest=hashlib.sha256(body).hexdigest())  # fmt: skip


def rows(archive: Archive, sql: str) -> list[dict[str, Any]]:
    return list(archive.db.query(sql))


@pytest.fixture(autouse=True)
def _one_source(archive: Archive, clock: Clock) -> None:
    sync_sources(archive, [source()], clock())


def test_a_fetch_that_cannot_be_stored_whole_leaves_nothing_behind(
    archive: Archive, clock: Clock
) -> None:
    good, bad = entry(), entry("http://a.example/bad", digest=None)
    with pytest.raises(Exception, match="NOT NULL"):
        watching.record_feed(archive, update(clock, good, bad))
    assert rows(archive, "SELECT * FROM entries") == []
    assert rows(archive, "SELECT * FROM fetches") == []
    assert rows(archive, "SELECT etag, checked_at FROM feeds") == [
        {"etag": None, "checked_at": None}
    ]


def test_a_changed_item_is_refreshed_in_place_and_an_equal_one_not_touched(
    archive: Archive, clock: Clock
) -> None:
    assert watching.record_feed(archive, update(clock, entry())) == 1
    first = rows(archive, "SELECT id, first_seen_at FROM entries")
    clock.forward(hours=1)
    assert watching.record_feed(archive, update(clock, entry())) == 0
    changed = entry(headline="New headline", digest="other")
    assert watching.record_feed(archive, update(clock, changed)) == 0
    assert rows(archive, "SELECT id, first_seen_at FROM entries") == first
    assert rows(archive, "SELECT headline FROM entries") == [{"headline": "New headline"}]


def test_the_words_of_a_feed_never_take_the_place_of_a_page(archive: Archive, clock: Clock) -> None:
    watching.record_feed(archive, update(clock, entry()))
    pages.record_page(archive, page(clock, b"the page"), "a", status=200, seconds=0.1)
    own = page(clock, b"the summary", "text/html; source=feed")
    watching.record_feed(archive, update(clock, entry(digest="x")), {STORY: own})
    (stored,) = rows(archive, "SELECT * FROM pages")
    assert stored["content_type"] == "text/html"
    assert get_body(archive, stored["digest"], url=STORY) == b"the page"
    assert rows(archive, "SELECT page_state FROM entries") == [{"page_state": "stored"}]


def test_a_page_takes_the_place_of_the_words_of_a_feed(archive: Archive, clock: Clock) -> None:
    own = page(clock, b"the summary", "text/html; source=feed")
    watching.record_feed(archive, update(clock, entry()), {STORY: own})
    pages.record_page(archive, page(clock, b"the page"), "a", status=200, seconds=0.1)
    (stored,) = rows(archive, "SELECT * FROM pages")
    assert get_body(archive, stored["digest"], url=STORY) == b"the page"


def test_words_that_changed_replace_the_words_of_a_feed(archive: Archive, clock: Clock) -> None:
    for words in (b"first", b"second"):
        own = page(clock, words, "text/html; source=feed")
        watching.record_feed(archive, update(clock, entry(digest=words.hex())), {STORY: own})
    (stored,) = rows(archive, "SELECT digest FROM pages")
    assert get_body(archive, stored["digest"], url=STORY) == b"second"


def test_an_item_without_words_or_page_says_so(archive: Archive, clock: Clock) -> None:
    watching.record_feed(archive, update(clock, entry()), {STORY: None})
    (stored,) = rows(archive, "SELECT page_state, page_reason FROM entries")
    assert stored["page_state"] == "failed"
    assert "no text" in stored["page_reason"]
    assert pages.pages_due(archive, clock()) == ()


def test_waiting_pages_are_asked_for_once_and_newest_first(archive: Archive, clock: Clock) -> None:
    others = [entry(f"http://a.example/{n}") for n in range(3)]
    twin = entry(others[0].url, guid="twin")
    watching.record_feed(archive, update(clock, *others, twin))
    assert [w.url for w in pages.pages_due(archive, clock())] == [
        "http://a.example/2", "http://a.example/1", "http://a.example/0",
    ]  # fmt: skip
    sync_sources(archive, [source(enabled=False)], clock())
    assert pages.pages_due(archive, clock(), everything=True) == ()


def test_synchronising_keeps_what_a_feed_has_learned(archive: Archive, clock: Clock) -> None:
    watching.record_feed(archive, update(clock))
    before = rows(archive, "SELECT * FROM feeds")
    sync_sources(archive, [source(name="Renamed")], clock.forward(hours=1))
    assert rows(archive, "SELECT * FROM feeds") == before
    assert rows(archive, "SELECT name, first_seen_at FROM sources") == [
        {"name": "Renamed", "first_seen_at": "2026-11-03T09:00:00+00:00"}
    ]


def test_times_are_stored_in_utc_so_that_they_sort(archive: Archive, clock: Clock) -> None:
    from datetime import timezone

    east = clock().astimezone(timezone(timedelta(hours=5)))
    watching.set_due(archive, {FEED: east + timedelta(minutes=1)})
    assert rows(archive, "SELECT due_at FROM feeds") == [{"due_at": "2026-11-03T09:01:00+00:00"}]
    assert watching.due(archive, east) == ()
    assert len(watching.due(archive, east + timedelta(minutes=2))) == 1


def test_a_full_disk_under_the_raw_pages_is_one_sentence(archive: Archive, clock: Clock) -> None:
    watching.record_feed(archive, update(clock, entry()))
    used = archive.pages.execute("PRAGMA page_count").fetchone()[0]
    archive.pages.execute(f"PRAGMA max_page_count = {used}")
    noise = b"".join(hashlib.sha512(bytes([n % 256, n // 256])).digest() for n in range(5_000))
    with pytest.raises(ArchiveError, match=r"archive-pages\.db.*disk is full"):
        pages.record_page(archive, page(clock, noise), "a", status=200, seconds=0.1)
    assert rows(archive, "SELECT * FROM pages") == []
    assert rows(archive, "SELECT page_state FROM entries") == [{"page_state": "waiting"}]
    archive.pages.execute("PRAGMA max_page_count = 1000000")
    pages.record_page(archive, page(clock, noise), "a", status=200, seconds=0.1)
    assert get_body(archive, hashlib.sha256(noise).hexdigest(), url=STORY) == noise


def test_a_feed_moves_with_its_past_when_its_source_is_renamed(
    archive: Archive, clock: Clock
) -> None:
    watching.record_feed(archive, update(clock, entry()))
    sync_sources(archive, [replace(source(), id="b")], clock())
    (state,) = watching.due(archive, clock(), everything=True)
    assert (state.source_id, state.etag) == ("b", '"1"')
    past = watching.states(archive, ["b"])["b"]
    assert [(h.url, h.last_entries) for h in past] == [(FEED, 1)]
