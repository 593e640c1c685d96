"""Pages: a queue that is the database, a publisher that is left in peace, a story that changes."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from pipeline.archive import Archive
from pipeline.watch.fetch import Limits
from tests.conftest import Clock
from tests.passes import Runner, paper, source
from tests.web import Handler, Web, hangs_up, rss

FEED, STORY = "http://a.example/feed", "http://a.example/one"


@pytest.fixture
def run(archive: Archive, web: Web, clock: Clock) -> Runner:
    return Runner(archive, web, clock)


def announce(web: Web, headline: str, page: str, etag: str) -> None:
    web.serve(FEED, rss((STORY, headline)))
    web.serve(STORY, page, headers={"ETag": etag})


def test_a_story_whose_words_changed_in_the_feed_is_looked_at_again(
    run: Runner, web: Web, clock: Clock
) -> None:
    announce(web, "First version", "<p>first</p>", '"1"')
    a = source("a", FEED)
    run(a)
    announce(web, "Second version", "<p>second</p>", '"2"')
    clock.forward(days=1)
    assert run(a).pages_fetched == 0, "an editor may change it twice"
    clock.forward(days=1)
    assert run(a).pages_fetched == 1
    assert web.asked(STORY)[1].headers["if-none-match"] == '"1"'
    assert run.rows("SELECT etag FROM pages") == [{"etag": '"2"'}]
    assert run.rows("SELECT page_state, changes FROM entries") == [
        {"page_state": "stored", "changes": 1}
    ]


def test_a_page_that_is_the_same_after_all_stays_as_it_was(
    run: Runner, web: Web, clock: Clock
) -> None:
    announce(web, "First version", "<p>first</p>", '"1"')
    a = source("a", FEED)
    run(a)
    before = run.rows("SELECT * FROM pages")
    announce(web, "Second version", "<p>first</p>", '"1"')
    for _ in range(2):
        clock.forward(days=1)
        run(a)
    assert run.rows("SELECT * FROM pages") == before
    assert run.rows("SELECT outcome, status FROM fetches WHERE what = 'page' ORDER BY id") == [
        {"outcome": "page", "status": 200}, {"outcome": "not_modified", "status": 304},
    ]  # fmt: skip
    assert run.rows("SELECT page_state FROM entries") == [{"page_state": "stored"}]


def test_a_page_that_went_away_later_is_kept(run: Runner, web: Web, clock: Clock) -> None:
    announce(web, "First version", "<p>first</p>", '"1"')
    a = source("a", FEED)
    run(a)
    before = run.rows("SELECT * FROM pages")
    announce(web, "Second version", "", '"2"')
    web.serve(STORY, status=410)
    for _ in range(2):
        clock.forward(days=1)
        run(a)
    assert run.rows("SELECT * FROM pages") == before
    (entry,) = run.rows("SELECT page_state, page_reason FROM entries")
    assert entry["page_state"] == "stored"
    assert "410" in entry["page_reason"]


def test_an_item_that_never_stands_still_does_not_fetch_its_page_for_ever(
    run: Runner, web: Web, clock: Clock
) -> None:
    a = source("a", FEED)
    for n in range(40):
        announce(web, f"Seen {n} times", "<p>page</p>", '"1"')
        run(a)
        clock.forward(days=1)
    assert 2 <= web.count(STORY) <= 11


def test_a_host_that_refuses_one_page_is_not_asked_for_the_others(
    run: Runner, web: Web, clock: Clock
) -> None:
    slugs = [f"s{n}" for n in range(8)]
    words = "<description>Some words.</description>"
    web.serve(FEED, rss(*((f"http://a.example/{s}", s) for s in slugs), extra=words))
    for slug in slugs:
        web.serve(f"http://a.example/{slug}", status=403)
    paper(web, "b.example", "one")
    totals = run(source("a", FEED), source("b", "http://b.example/feed"))
    asked = sum(web.count(f"http://a.example/{s}") for s in slugs)
    assert asked <= 2
    assert totals.pages_fetched == 1, "another host's pages come all the same"
    for _ in range(6):
        clock.forward(days=1)
        run(source("a", FEED))
    states = run.rows("SELECT DISTINCT page_state FROM entries WHERE source_id = 'a'")
    assert states == [{"page_state": "feed"}], "in the end the feed's own words stand for them"


def test_a_host_that_asks_for_peace_gets_it_and_no_attempt_is_counted(
    run: Runner, web: Web, clock: Clock
) -> None:
    slugs = [f"s{n}" for n in range(5)]
    paper(web, "a.example", *slugs)
    for slug in slugs:
        web.serve(f"http://a.example/{slug}", status=503, headers={"Retry-After": "3600"})
    a = source("a", FEED)
    run(a)
    assert sum(web.count(f"http://a.example/{s}") for s in slugs) == 1
    assert sorted(r["page_attempts"] for r in run.rows("SELECT * FROM entries")) == [0, 0, 0, 0, 1]
    paper(web, "a.example", *slugs)
    clock.forward(minutes=70)
    assert run(a).pages_fetched == 5


def test_a_host_that_lets_pages_hang_is_left_for_the_pass(run: Runner, web: Web) -> None:
    slugs = [f"s{n}" for n in range(6)]
    paper(web, "a.example", *slugs)
    for slug in slugs:
        web.behave(f"http://a.example/{slug}", hangs_up)
    paper(web, "b.example", "one")
    totals = run(source("a", FEED), source("b", "http://b.example/feed"))
    tried = [s for s in slugs if web.count(f"http://a.example/{s}")]
    assert (len(tried), totals.pages_fetched) == (2, 1)
    attempts = run.rows("SELECT page_attempts FROM entries WHERE source_id = 'a'")
    assert sorted(r["page_attempts"] for r in attempts) == [0, 0, 0, 0, 1, 1]


def test_feeds_that_come_due_while_pages_are_fetched_get_their_turn(run: Runner, web: Web) -> None:
    """A pass that is to do it all looks at them in between; one that is not leaves the rest."""
    at_once = Limits(delay=0.0, turn=0.0)
    slugs = [f"s{n}" for n in range(8)]
    a = source("a", paper(web, "a.example", *slugs), every=timedelta(minutes=1))

    def soon_again(handler: Handler) -> None:
        db = sqlite3.connect(run.archive.path, timeout=5)
        with db:
            db.execute("UPDATE feeds SET due_at = '2026-11-03T09:00:00+00:00'")
        db.close()
        handler.reply(b"<p>page</p>")

    web.behave("http://a.example/s4", soon_again)
    totals = run(a, at_once=False, limits=at_once)
    assert 0 < totals.pages_fetched < 8
    assert web.count(FEED) == 1
    paper(web, "a.example", *slugs)
    web.behave("http://a.example/s2", soon_again)
    rest = run(a, everything=True, limits=at_once)
    assert totals.pages_fetched + rest.pages_fetched == 8
    assert web.count(FEED) == 3, "at the beginning, and once in between"


def test_pages_that_are_wanted_from_now_on_are_fetched_for_young_stories_too(
    run: Runner, web: Web, clock: Clock
) -> None:
    words = "<description>Some words.</description>"
    web.serve(FEED, rss((STORY, "Headline"), extra=words))
    web.serve(STORY, "<p>the page</p>")
    assert run(source("a", FEED, pages=False)).pages_fetched == 0
    clock.forward(days=1)
    assert run(source("a", FEED)).pages_fetched == 1
    assert run.rows("SELECT content_type FROM pages") == [
        {"content_type": "text/html; charset=utf-8"}
    ]


def test_an_outage_of_ours_costs_no_page_an_attempt(run: Runner, web: Web, clock: Clock) -> None:
    papers = [source(n, paper(web, f"{n}.example", "one")) for n in "abc"]
    for n in "abc":
        web.behave(f"http://{n}.example/one", hangs_up)
    for _ in range(7):
        run(*papers, everything=True)
        for n in "abc":
            web.behave(f"http://{n}.example/feed", hangs_up)
        clock.forward(days=1)
    assert {r["page_attempts"] for r in run.rows("SELECT * FROM entries")} <= {0, 1}
    assert {r["page_state"] for r in run.rows("SELECT * FROM entries")} == {"waiting"}


def test_asking_for_everything_many_times_over_uses_up_no_attempt(
    run: Runner, web: Web, clock: Clock
) -> None:
    paper(web, "a.example", "one")
    web.serve(STORY, status=500)
    for _ in range(6):
        run(source("a", FEED), everything=True)
        clock.forward(seconds=10)
    assert run.rows("SELECT page_state, page_attempts FROM entries") == [
        {"page_state": "waiting", "page_attempts": 1}
    ]
