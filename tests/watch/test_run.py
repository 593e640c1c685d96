"""One pass, over real HTTP into a real archive: nothing lost, nothing twice, nobody blamed."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from pipeline.archive import Archive
from pipeline.archive.bodies import get_body
from pipeline.archive.passes import finish_pass
from pipeline.errors import ArchiveError
from pipeline.models import Report
from tests.conftest import Clock
from tests.passes import HASTY, Runner, paper, source
from tests.web import Handler, Web, cut, rss, slow


@pytest.fixture
def run(archive: Archive, web: Web, clock: Clock) -> Runner:
    return Runner(archive, web, clock)


def test_a_pass_stores_each_story_once_and_a_second_finds_nothing_new(
    run: Runner, web: Web, clock: Clock
) -> None:
    a = source("a", paper(web, "a.example", "one", "two", ETag='"v1"'))
    b = source("b", paper(web, "b.example", "one"))
    first = run(a, b)
    assert (first.feeds_due, first.feeds_failed, first.entries_new) == (2, 0, 3)
    assert (first.pages_fetched, first.pages_failed, first.stopped) == (3, 0, False)
    pages = run.rows("SELECT * FROM pages ORDER BY url")
    assert [p["url"] for p in pages] == [
        "http://a.example/one", "http://a.example/two", "http://b.example/one",
    ]  # fmt: skip
    body = get_body(run.archive, pages[0]["digest"], url=pages[0]["url"])
    assert body == b"<p>story http://a.example/one</p>"
    clock.forward(hours=2)
    second = run(a, b)
    assert (second.feeds_due, second.feeds_not_modified) == (2, 1)
    assert (second.entries_new, second.pages_fetched, second.feeds_failed) == (0, 0, 0)
    assert web.count("http://a.example/one") == 1
    assert run.health() == {"a": "healthy", "b": "healthy"}


def test_a_feed_is_left_alone_until_it_is_due(run: Runner, web: Web, clock: Clock) -> None:
    a = source("a", paper(web, "a.example", "one"))
    run(a)
    clock.forward(minutes=29)
    assert run(a).feeds_due == 0
    assert run(a, everything=True).feeds_due == 1
    clock.forward(hours=3)
    assert run(a).feeds_due == 1, "a tenth of its silence"


def test_one_story_in_two_feeds_is_two_entries_and_one_page(run: Runner, web: Web) -> None:
    story = "http://a.example/story"
    web.serve("http://a.example/news", rss((f"{story}?utm_source=rss", "Headline")))
    web.serve("http://a.example/local", rss((f"{story}#comments", "Headline")))
    web.serve(story, "<p>story</p>")
    totals = run(source("a", "http://a.example/news", "http://a.example/local"))
    assert totals.pages_fetched == 1
    rows = run.rows("SELECT url, page_state FROM entries")
    assert [(r["url"], r["page_state"]) for r in rows] == [(story, "stored")] * 2
    assert len(run.rows("SELECT * FROM pages")) == 1


def test_a_story_that_comes_back_under_a_new_guid_is_not_new(
    run: Runner, web: Web, clock: Clock
) -> None:
    feed, story = "http://a.example/feed", "http://a.example/story"
    web.serve(story, "<p>story</p>")
    item = "<item><title>T</title><link>{}</link><guid isPermaLink='false'>{}</guid></item>"
    body = "<rss version='2.0'><channel><title>A</title>{}</channel></rss>"
    a = source("a", feed)
    web.serve(feed, body.format(item.format(story, "g#0")))
    assert run(a).entries_new == 1
    web.serve(feed, body.format(item.format(story, "g#1")))
    clock.forward(hours=2)
    totals = run(a)
    assert (totals.entries_new, totals.pages_fetched) == (0, 0)
    assert web.count(story) == 1


def test_one_bad_source_never_stops_the_others(run: Runner, web: Web) -> None:
    good = source("good", paper(web, "good.example", "one"))
    web.serve("http://refuses.example/feed", status=403)
    web.behave("http://hangs.example/feed", slow(5))
    web.serve("http://html.example/feed", "<html><head><title>Home</title></head></html>")
    web.behave("http://cut.example/feed", cut(b"x" * 1000))
    bad = [source(n, f"http://{n}.example/feed") for n in ("refuses", "hangs", "html", "cut")]
    totals = run(good, *bad, limits=HASTY)
    assert (totals.feeds_failed, totals.entries_new, totals.pages_fetched) == (4, 1, 1)
    by_host = {f.url: (f.kind, f.grade) for f in totals.failures}
    assert by_host == {
        "http://refuses.example/feed": ("refused", "permanent"),
        "http://hangs.example/feed": ("timeout", "transient"),
        "http://html.example/feed": ("not_a_feed", "permanent"),
        "http://cut.example/feed": ("connection", "transient"),
    }
    assert run.health() == {"good": "healthy", "refuses": "refused", "hangs": "failing",
                            "html": "hollow", "cut": "failing"}  # fmt: skip
    reason = run.rows("SELECT reason FROM health WHERE source_id = 'html'")[0]["reason"]
    assert "an HTML page (title: Home), not a feed" in reason
    assert len(run.rows("SELECT * FROM fetches WHERE what = 'feed'")) == 5


def test_a_page_with_a_passing_fault_is_tried_again_and_then_given_up(
    run: Runner, web: Web, clock: Clock
) -> None:
    words = "<description>Some words.</description>"
    web.serve("http://a.example/feed", rss(("http://a.example/one", "Headline"), extra=words))
    web.serve("http://a.example/one", status=503)
    a = source("a", "http://a.example/feed")
    run(a)
    assert run.rows("SELECT page_state, page_attempts FROM entries") == [
        {"page_state": "waiting", "page_attempts": 1}
    ]
    assert run(a).pages_failed == 0, "not before its time"
    for _ in range(6):
        clock.forward(days=1)
        run(a)
    assert web.count("http://a.example/one") == 5
    assert run.rows("SELECT page_state, page_attempts FROM entries") == [
        {"page_state": "feed", "page_attempts": 5}
    ]


def test_a_source_without_pages_is_complete_at_once_with_the_words_of_its_feed(
    run: Runner, web: Web
) -> None:
    words = "<description>&lt;p&gt;Inspectors praised the council.&lt;/p&gt;</description>"
    story = ("http://a.example/one", "Praise &amp; more")
    web.serve("http://a.example/feed", rss(story, extra=words))
    totals = run(source("a", "http://a.example/feed", pages=False))
    assert totals.pages_fetched == 0
    assert not web.asked("http://a.example/one")
    assert run.rows("SELECT page_state FROM entries") == [{"page_state": "feed"}]
    page = run.rows("SELECT * FROM pages")[0]
    assert page["content_type"] == "text/html; source=feed"
    body = get_body(run.archive, page["digest"], url=page["url"]).decode()
    assert "<h1>Praise &amp; more</h1>" in body
    assert "<p>Inspectors praised the council.</p>" in body


def test_disabled_sources_are_not_fetched_and_those_that_left_stay_with_their_stories(
    run: Runner, web: Web, clock: Clock
) -> None:
    off = source("off", paper(web, "off.example", "one"), enabled=False, note="refuses robots")
    a = source("a", paper(web, "a.example", "one"))
    run(off, a)
    assert run.health() == {"off": "disabled", "a": "healthy"}
    assert not web.asked("http://off.example/feed")
    clock.forward(days=2)
    run(off)
    assert run.rows("SELECT id, listed FROM sources ORDER BY id") == [
        {"id": "a", "listed": 0}, {"id": "off", "listed": 1},
    ]  # fmt: skip
    assert len(run.rows("SELECT * FROM entries")) == 1
    assert web.count("http://a.example/feed") == 1


def test_a_renamed_source_keeps_its_feed_and_fetches_nothing_again(
    run: Runner, web: Web, clock: Clock
) -> None:
    feed = paper(web, "a.example", "one", ETag='"1"')
    run(source("old", feed))
    clock.forward(hours=2)
    totals = run(source("new", feed))
    assert (totals.feeds_not_modified, totals.entries_new) == (1, 0)
    assert run.health() == {"new": "healthy"}


def test_a_stop_keeps_what_came_and_gives_the_others_their_turn_back(run: Runner, web: Web) -> None:
    quick = source("quick", paper(web, "quick.example", "one"))
    web.behave("http://slow.example/feed", slow(5))
    sluggish = source("slow", "http://slow.example/feed")

    def stop() -> bool:
        return bool(run.rows("SELECT 1 FROM entries"))

    totals = run(quick, sluggish, stop=stop)
    assert totals.stopped
    assert (totals.entries_new, totals.feeds_failed, totals.pages_fetched) == (1, 0, 0)
    due = {r["url"]: r["due_at"] for r in run.rows("SELECT url, due_at FROM feeds")}
    assert due["http://slow.example/feed"] is None
    assert due["http://quick.example/feed"] is not None
    paper(web, "slow.example", "one")
    again = run(quick, sluggish)
    assert (again.feeds_due, again.pages_fetched) == (1, 2)


def test_the_due_time_is_written_before_the_fetch(run: Runner, web: Web) -> None:
    """A process that dies in a fetch must not meet the same feed first thing every time."""
    seen: list[Any] = []

    def look(handler: Handler) -> None:
        seen.extend(run.archive.path.exists() and _due_times(run))
        handler.reply(rss().encode())

    web.behave("http://a.example/feed", look)
    run(source("a", "http://a.example/feed"))
    assert seen == ["2026-11-03T09:30:00+00:00"]


def _due_times(run: Runner) -> list[str]:
    conn = sqlite3.connect(run.archive.path)
    try:
        return [row[0] for row in conn.execute("SELECT due_at FROM feeds")]
    finally:
        conn.close()


def test_a_full_disk_is_one_sentence_and_what_was_stored_stays(run: Runner, web: Web) -> None:
    run(source("a", paper(web, "a.example", "one")))
    pages = run.archive.db.execute("PRAGMA page_count").fetchone()[0]
    run.archive.db.execute(f"PRAGMA max_page_count = {pages + 1}")
    big = paper(web, "b.example", *(f"{'long' * 200}-{n}" for n in range(30)))
    with pytest.raises(ArchiveError, match="disk is full"):
        run(source("a", "http://a.example/feed"), source("b", big))
    assert run.rows("SELECT url FROM entries") == [{"url": "http://a.example/one"}]
    run.archive.db.execute("PRAGMA max_page_count = 1000000")
    assert run.archive.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert run(source("b", big), everything=True).entries_new == 30


def test_a_pass_leaves_a_row_with_its_heartbeat_and_its_end(
    run: Runner, web: Web, clock: Clock
) -> None:
    totals = run(source("a", paper(web, "a.example", "one")))
    assert run.rows("SELECT ended_at FROM passes") == [{"ended_at": None}]
    finish_pass(run.archive, Report(
        started_at=clock(), ended_at=clock.forward(seconds=3), feeds_due=totals.feeds_due,
        feeds_not_modified=0, feeds_failed=0, entries_new=totals.entries_new,
        pages_fetched=totals.pages_fetched, pages_failed=0, articles_cleaned=0,
        articles_failed=0, articles_tagged=0, stopped=False, failures=(),
    ))  # fmt: skip
    row = run.rows("SELECT * FROM passes")[0]
    assert row["started_at"] == "2026-11-03T09:00:00+00:00"
    assert row["ended_at"] == row["beat_at"] == "2026-11-03T09:00:03+00:00"
    assert (row["feeds_due"], row["entries_new"], row["pages_fetched"]) == (1, 1, 1)
