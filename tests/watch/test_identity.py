"""One story, one address: whatever a feed does to its links and guids between two looks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from pipeline.archive import Archive
from tests.conftest import Clock
from tests.passes import Runner, source
from tests.web import Web

FEED = "http://a.example/feed"
Item = tuple[str | None, str | None, str]  # link, guid, headline


@pytest.fixture
def run(archive: Archive, web: Web, clock: Clock) -> Runner:
    return Runner(archive, web, clock)


def serve(web: Web, items: Sequence[Item], *, dates: Sequence[str] = ()) -> None:
    body = ""
    for n, (link, guid, headline) in enumerate(items):
        body += f"<item><title>{headline}</title><description>Words of {headline}.</description>"
        body += f"<link>{link}</link>" if link else ""
        body += f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
        body += f"<pubDate>{dates[n]}</pubDate>" if dates else ""
        body += "</item>"
    web.serve(FEED, f"<rss version='2.0'><channel><title>A</title>{body}</channel></rss>")


def story(n: int, *, scheme: str = "http", end: str = "") -> Item:
    return f"{scheme}://a.example/story-{n}{end}", f"g{n}", f"Headline {n}"


BEFORE = [story(n) for n in range(5)]


@pytest.mark.parametrize(
    "after",
    [
        [story(n, scheme="https") for n in range(5)],
        [story(n, end="/") for n in range(5)],
        [(link and link.replace("a.example", "www.a.example"), g, h) for link, g, h in BEFORE],
        [(f"http://a.example/renamed-{n}", f"g{n}", f"Headline {n}") for n in range(5)],
        [(link, f"{guid}#1", headline) for link, guid, headline in BEFORE],
        [(link, None, headline) for link, _, headline in BEFORE],
    ],
    ids=["https", "slash", "www", "slug", "new guids", "no guids"],
)  # fmt: skip
def test_the_same_stories_in_another_dress_are_not_news(
    run: Runner, web: Web, clock: Clock, after: list[Item]
) -> None:
    a = source("a", FEED, pages=False)
    serve(web, BEFORE)
    assert run(a).entries_new == 5
    serve(web, after)
    clock.forward(days=2)
    assert run(a).entries_new == 0
    assert run.rows("SELECT count(DISTINCT url) AS n FROM entries") == [{"n": 5}]
    assert not run.rows("SELECT * FROM gaps")


def test_a_guid_that_is_used_again_for_another_story_hides_nothing(
    run: Runner, web: Web, clock: Clock
) -> None:
    a = source("a", FEED, pages=False)
    serve(web, BEFORE)
    run(a)
    serve(web, [("http://a.example/other", "g0", "Another story"), *BEFORE[1:]])
    clock.forward(days=2)
    assert run(a).entries_new == 1


@pytest.mark.parametrize("link", ["http://a.example/notices", "http://a.example/notices#{}",
                                  "http://a.example/#!/notices/{}"])  # fmt: skip
def test_a_notice_board_is_many_stories_at_one_address(
    run: Runner, web: Web, clock: Clock, link: str
) -> None:
    """Each is told by its guid, its words are the feed's, and the board itself is not fetched."""
    a = source("a", FEED)
    notices = [(link.format(n), f"g{n}", f"Notice {n}") for n in range(10)]
    serve(web, notices[1:])
    assert run(a).entries_new == 9
    serve(web, notices)
    clock.forward(days=2)
    assert run(a).entries_new == 1
    urls = [r["url"] for r in run.rows("SELECT DISTINCT url FROM entries")]
    assert len(urls) == 10
    assert all(re.fullmatch(r"http://a\.example/\w*#\w{16}", u) for u in urls)
    assert {r.url for r in web.requests} == {FEED}
    assert len(run.rows("SELECT * FROM pages")) == 10


def test_one_story_listed_twice_is_no_notice_board(run: Runner, web: Web) -> None:
    link = "http://a.example/story"
    serve(web, [(link, "g#0", "Headline"), (link, "g#1", "Headline, updated")])
    run(source("a", FEED))
    assert run.rows("SELECT DISTINCT url FROM entries") == [{"url": link}]


def test_an_item_without_link_is_known_by_its_guid_when_its_words_change(
    run: Runner, web: Web, clock: Clock
) -> None:
    a = source("a", FEED)
    serve(web, [(None, f"g{n}", f"Headline {n}") for n in range(5)])
    assert run(a).entries_new == 5
    serve(web, [(None, f"g{n}", f"CORRECTED: headline {n}") for n in range(5)])
    clock.forward(days=2)
    assert run(a).entries_new == 0
    headlines = [r["headline"] for r in run.rows("SELECT headline FROM entries")]
    assert len(headlines) == 5
    assert all(h.startswith("CORRECTED") for h in headlines)
    assert not run.rows("SELECT * FROM gaps")


def test_a_guid_carries_no_password_into_the_archive(run: Runner, web: Web) -> None:
    serve(web, [("http://a.example/1", "http://bob:secret@a.example/1", "One")])
    run(source("a", FEED))
    assert run.rows("SELECT guid FROM entries") == [{"guid": "http://a.example/1"}]


FRESH = [f"Thu, 05 Nov 2026 {hour:02}:30:00 GMT" for hour in range(8, 3, -1)]
MIDNIGHT = ["Thu, 05 Nov 2026 00:00:00 GMT"] * 5
LONG_AGO = [f"Mon, {day:02} Jan 2024 10:00:00 GMT" for day in range(1, 6)]


@pytest.mark.parametrize(
    ("dates", "gap"),
    [
        (FRESH, True),
        (MIDNIGHT, True),
        (["Mon, 01 Jan 2024 10:00:00 GMT"] * 5, True),
        ([*FRESH[:4], LONG_AGO[0]], True),
        (LONG_AGO, False),
        ((), True),
    ],
    ids=["fresh", "days", "one date for all", "one back-dated", "old ones renamed", "none"],
)
def test_a_list_of_strangers_is_a_gap_unless_its_dates_show_that_it_is_old(
    run: Runner, web: Web, clock: Clock, dates: Sequence[str], gap: bool
) -> None:
    a = source("a", FEED, pages=False)
    serve(web, BEFORE)
    run(a)
    clock.forward(days=2)
    serve(web, [story(n) for n in range(50, 55)], dates=dates)
    run(a)
    assert bool(run.rows("SELECT * FROM gaps")) is gap


@pytest.mark.parametrize(("pinned_first", "gap"), [(True, True), (False, False)])
def test_a_pinned_notice_does_not_hide_a_gap(
    run: Runner, web: Web, clock: Clock, pinned_first: bool, gap: bool
) -> None:
    a = source("a", FEED, pages=False)
    serve(web, BEFORE, dates=["Tue, 03 Nov 2026 08:00:00 GMT"] * 5)
    run(a)
    clock.forward(days=2)
    old, new = BEFORE[:1], [story(n) for n in range(50, 55)]
    old_date = ["Tue, 03 Nov 2026 08:00:00 GMT"]
    if pinned_first:
        serve(web, old + new, dates=old_date + FRESH)
    else:
        serve(web, new + old, dates=FRESH + old_date)
    run(a)
    assert bool(run.rows("SELECT * FROM gaps")) is gap


def test_a_first_look_at_a_feed_long_dead_finds_no_news_of_today(run: Runner, web: Web) -> None:
    serve(web, BEFORE, dates=LONG_AGO)
    run(source("a", FEED, pages=False))
    (feed,) = run.rows("SELECT last_new_at FROM feeds")
    assert feed["last_new_at"] == "2024-01-05T10:00:00+00:00"
    assert run.health() == {"a": "quiet"}
