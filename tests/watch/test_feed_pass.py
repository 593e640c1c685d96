"""What a pass learns of its feeds: where they moved, when they lie, what was missed in between."""

from __future__ import annotations

import re

import pytest

from pipeline.archive import Archive
from tests.conftest import Clock
from tests.passes import Runner, paper, source
from tests.web import Handler, Web, hangs_up, redirects, rss

OLD, NEW = "http://a.example/old", "http://a.example/feed"


@pytest.fixture
def run(archive: Archive, web: Web, clock: Clock) -> Runner:
    return Runner(archive, web, clock)


@pytest.mark.parametrize("status", [301, 308])
def test_a_move_for_good_is_followed_from_then_on_and_recorded(
    run: Runner, web: Web, clock: Clock, status: int
) -> None:
    web.behave(OLD, redirects(NEW, status))
    paper(web, "a.example", "one", ETag='"1"')
    a = source("a", OLD)
    run(a)
    assert run.rows("SELECT from_url, to_url FROM moves") == [{"from_url": OLD, "to_url": NEW}]
    clock.forward(days=2)
    assert run(a).feeds_not_modified == 1
    assert (web.count(OLD), web.count(NEW)) == (1, 2), "the old address is left in peace"
    assert run.rows("SELECT url, moved_to FROM feeds") == [{"url": OLD, "moved_to": NEW}]
    assert len(run.rows("SELECT * FROM moves")) == 1


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_detour_for_now_is_taken_each_time(
    run: Runner, web: Web, clock: Clock, status: int
) -> None:
    web.behave(OLD, redirects(NEW, status))
    paper(web, "a.example", "one")
    a = source("a", OLD)
    run(a)
    clock.forward(days=2)
    run(a)
    assert web.count(OLD) == 2
    assert not run.rows("SELECT * FROM moves")
    assert run.rows("SELECT moved_to FROM feeds") == [{"moved_to": None}]


def test_a_move_to_what_is_no_feed_is_not_followed_for_good(
    run: Runner, web: Web, clock: Clock
) -> None:
    web.behave(OLD, redirects("http://a.example/login", 301))
    web.serve("http://a.example/login", "<html><title>Log in</title><body>Log in</body></html>")
    a = source("a", OLD)
    run(a)
    clock.forward(days=2)
    run(a)
    assert web.count(OLD) == 2
    assert not run.rows("SELECT * FROM moves")


def test_a_new_address_that_is_gone_leads_back_to_the_listed_one(
    run: Runner, web: Web, clock: Clock
) -> None:
    web.behave(OLD, redirects(NEW, 301))
    paper(web, "a.example", "one")
    a = source("a", OLD)
    run(a)
    web.serve(NEW, status=404)
    web.serve(OLD, rss(("http://a.example/two", "Two")))
    web.serve("http://a.example/two", "<p>two</p>")
    clock.forward(days=2)
    assert run(a).feeds_failed == 1
    clock.forward(days=2)
    assert run(a).entries_new == 1
    assert [(r["from_url"], r["to_url"]) for r in run.rows("SELECT * FROM moves")] == [
        (OLD, NEW), (NEW, OLD),
    ]  # fmt: skip


def test_a_304_that_hides_news_is_found_out_and_conditions_are_no_longer_sent(
    run: Runner, web: Web, clock: Clock
) -> None:
    a = source("a", paper(web, "a.example", "one", ETag='"1"'))
    run(a)
    news = rss(("http://a.example/one", "One"), ("http://a.example/two", "Two"))
    web.serve("http://a.example/two", "<p>two</p>")

    def stubborn(handler: Handler) -> None:
        if handler.headers.get("If-None-Match"):
            handler.reply(status=304, headers={"ETag": '"1"'})
        else:
            handler.reply(news.encode(), headers={"ETag": '"1"'})

    web.behave(NEW, stubborn)
    for _ in range(12):
        clock.forward(hours=25)
        run(a)
    assert len(run.rows("SELECT * FROM entries")) == 2
    assert run.health() == {"a": "false_304"}
    asked = web.count(NEW)
    clock.forward(hours=25)
    run(a)
    assert "if-none-match" not in web.asked(NEW)[asked].headers


def test_an_honest_304_is_tested_now_and_then_and_stays_trusted(
    run: Runner, web: Web, clock: Clock
) -> None:
    a = source("a", paper(web, "a.example", "one", ETag='"1"'))
    run(a)
    for _ in range(12):
        clock.forward(hours=25)
        run(a)
    whole = [r for r in web.asked(NEW) if "if-none-match" not in r.headers]
    assert len(whole) == 2, "the first, and one test"
    assert run.rows("SELECT distrusted_at FROM feeds") == [{"distrusted_at": None}]
    assert run.health()["a"] != "false_304"


def undated(web: Web, *slugs: str) -> str:
    """The feed of `paper`, without a date at any item."""
    feed = paper(web, "a.example", *slugs)
    body = rss(*((f"http://a.example/{slug}", slug) for slug in slugs))
    web.serve(feed, re.sub("<pubDate>.*?</pubDate>", "", body))
    return feed


def test_a_whole_list_of_strangers_is_a_gap_and_said(run: Runner, web: Web, clock: Clock) -> None:
    a = source("a", undated(web, "one", "two", "three", "four"))
    run(a)
    assert not run.rows("SELECT * FROM gaps"), "a first look cannot have missed anything"
    undated(web, "four", "five", "six", "seven")
    clock.forward(days=2)
    run(a)
    assert not run.rows("SELECT * FROM gaps"), "one of the old ones is still there"
    undated(web, "twelve", "thirteen", "fourteen", "fifteen")
    clock.forward(days=2)
    run(a)
    (gap,) = run.rows("SELECT * FROM gaps")
    assert (gap["source_id"], gap["entries"]) == ("a", 4)
    assert (gap["since_at"], gap["until_at"]) == (
        "2026-11-05T09:00:00+00:00", "2026-11-07T09:00:00+00:00",
    )  # fmt: skip
    assert "missed" in run.rows("SELECT reason FROM health")[0]["reason"]


def test_items_that_were_read_before_are_not_read_again_and_count_all_the_same(
    run: Runner, web: Web, clock: Clock
) -> None:
    a = source("a", paper(web, "a.example", "one", "two"))
    run(a)
    paper(web, "a.example", "zero", "one", "two")
    clock.forward(days=2)
    assert run(a).entries_new == 1
    assert run.rows("SELECT entries_seen, entries_new FROM fetches WHERE what = 'feed'") == [
        {"entries_seen": 2, "entries_new": 2}, {"entries_seen": 3, "entries_new": 1},
    ]  # fmt: skip
    (digests,) = run.rows("SELECT length(digests) AS n FROM feed_items")
    assert digests["n"] == 3 * 8


def test_a_host_that_asks_for_peace_gets_it_for_all_its_feeds(
    run: Runner, web: Web, clock: Clock
) -> None:
    feeds = [f"http://a.example/{n}" for n in range(4)]
    for feed in feeds:
        web.serve(feed, status=429, headers={"Retry-After": "7200"})
    a = source("a", *feeds)
    assert run(a).feeds_failed == 1
    assert len(web.requests) == 1, "one answer is enough to know"
    clock.forward(minutes=90)
    assert run(a).feeds_due == 0
    clock.forward(minutes=40)
    assert run(a).feeds_due == 4


def test_due_times_of_a_clock_that_was_wrong_silence_nobody(
    run: Runner, web: Web, clock: Clock
) -> None:
    a = source("a", paper(web, "a.example", "one"))
    right = clock.now
    clock.forward(days=400)
    run(a)
    clock.now = right
    paper(web, "a.example", "one", "two")
    assert run(a).entries_new == 1


def test_a_host_that_asked_for_peace_has_it_in_later_passes_and_whoever_asks(
    run: Runner, web: Web, clock: Clock
) -> None:
    web.serve("http://a.example/one", status=429, headers={"Retry-After": "7200"})
    one = source("one", "http://a.example/one")
    run(one)
    two = source("two", paper(web, "a.example", "story"))
    clock.forward(minutes=30)
    run(one, two, everything=True)
    assert len(web.requests) == 1
    assert run.rows("SELECT host, status FROM holds") == [{"host": "a.example", "status": 429}]
    clock.forward(minutes=91)
    assert run(one, two, everything=True).entries_new == 1


def test_an_outage_is_seen_though_feeds_come_due_one_by_one(
    run: Runner, web: Web, clock: Clock
) -> None:
    papers = [source(n, paper(web, f"{n}.example", "one")) for n in "abcd"]
    run(*papers)
    for n in "abcd":
        web.behave(f"http://{n}.example/feed", hangs_up)
    clock.forward(days=2)
    for n, one in zip("abcd", papers, strict=True):
        clock.forward(minutes=1)
        run.archive.db.execute("UPDATE feeds SET due_at = '2026-11-06T00:00:00+00:00'")
        run.archive.db.execute(
            "UPDATE feeds SET due_at = NULL WHERE url = ?", (f"http://{n}.example/feed",)
        )
        run.archive.db.conn.commit()
        assert run(*papers).feeds_failed == 1, one.id
    assert {r["failures"] for r in run.rows("SELECT failures FROM feeds")} == {0}
    assert set(run.health().values()) == {"outage"}
    for n in "abcd":
        paper(web, f"{n}.example", "one", "two")
    clock.forward(days=2)
    run(*papers)
    assert set(run.health().values()) == {"healthy"}


def test_a_feed_that_is_listed_where_it_moved_to_takes_its_past_along(
    run: Runner, web: Web, clock: Clock
) -> None:
    web.behave(OLD, redirects(NEW, 301))
    paper(web, "a.example", "one", "two", ETag='"1"')
    run(source("a", OLD))
    clock.forward(days=2)
    totals = run(source("a", NEW))
    assert (totals.feeds_not_modified, totals.entries_new) == (1, 0)
    assert run.rows("SELECT url, moved_to, listed FROM feeds") == [
        {"url": NEW, "moved_to": None, "listed": 1}
    ]
    assert {r["feed_url"] for r in run.rows("SELECT feed_url FROM entries")} == {NEW}
    assert run.rows("SELECT from_url, to_url FROM moves") == [{"from_url": OLD, "to_url": NEW}]
    assert not run.rows("PRAGMA foreign_key_check")
    assert run.health()["a"] == "healthy"
