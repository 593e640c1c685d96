"""Pages: a queue that is the database, a publisher that is left in peace, a story that changes."""

from __future__ import annotations

import pytest

from pipeline.archive import Archive
from tests.conftest import Clock
from tests.passes import Runner, paper, source
from tests.web import Web, rss

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
