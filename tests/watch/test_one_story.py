"""One story at several addresses is one article, and two stories never are, whatever pages claim.

Real passes over the small fake web, then the pages are derived, as a pass does.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from pipeline import publish
from pipeline.archive import Archive, reading
from pipeline.archive.outcomes import outcomes
from pipeline.derive import DeriveReport, derive
from tests.conftest import Clock
from tests.passes import Runner, source
from tests.several import SUBJECTS, page, story
from tests.web import Web, redirects, rss

DESK = "http://www.paper.example/news/larkfield"
PHONE = "http://m.paper.example/news/larkfield"
HEADLINE, *WORDS = SUBJECTS["larkfield"]


@pytest.fixture
def run(archive: Archive, web: Web, clock: Clock) -> Runner:
    return Runner(archive, web, clock)


def feed(web: Web, host: str, *links: str, headline: str = HEADLINE) -> str:
    """A feed that lists these links, all with one headline."""
    url = f"http://{host}/feed"
    web.serve(url, rss(*((link, headline) for link in links)), type="application/rss+xml")
    return url


def articles(run: Runner) -> list[str]:
    return [r["url"] for r in run.rows("SELECT url FROM articles ORDER BY url")]


def pass_and_derive(run: Runner, *feeds: str) -> DeriveReport:
    """A pass over sources of one feed each, two days after the one before."""
    run.clock.forward(days=2)
    run(*(source(f"s{n}", f) for n, f in enumerate(feeds)))
    return derive(run.archive)


def test_a_story_and_its_mobile_page_are_one(run: Runner, web: Web) -> None:
    web.serve(DESK, story("larkfield"))
    web.serve(PHONE, story("larkfield", canonical=DESK, dress="phone"))
    feeds = (feed(web, "www.paper.example", DESK), feed(web, "m.paper.example", PHONE))
    report = pass_and_derive(run, *feeds)
    publish.refresh(run.archive)
    assert (report.cleaned, report.tagged, report.failures) == (1, 1, ())
    assert articles(run) == [DESK]
    assert run.rows("SELECT url, story_url, why FROM aliases") == [
        {"url": PHONE, "story_url": DESK, "why": "page"}
    ]
    assert reading.counts(run.archive)["stories"] == 1
    assert [r["article_url"] for r in reading.found(run.archive)] == [DESK]
    (cqc,) = run.rows("SELECT stories FROM agency_coverage WHERE agency_id = 'cqc'")
    assert cqc["stories"] == 1
    assert {
        (o.stories, o.lost) for o in outcomes(run.archive, ["s0", "s1"], run.clock()).values()
    } == {(1, 0)}
    asked = len(web.requests)
    run(*(source(f"s{n}", f) for n, f in enumerate(feeds)))
    assert all(r.url.endswith("/feed") for r in web.requests[asked:]), "no page is fetched again"
    assert derive(run.archive) == DeriveReport()


ADDRESSES = [DESK, PHONE, DESK + "/", DESK + "?utm_source=x",
             "https://paper.example/news/larkfield",
             "http://m.paper.example/news/larkfield/print"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_address_finds_it(run: Runner, web: Web, address: str) -> None:
    web.serve(DESK, story("larkfield"))
    web.serve(PHONE, story("larkfield", dress="phone"))
    pass_and_derive(run, feed(web, "www.paper.example", DESK), feed(web, "m.paper.example", PHONE))
    shown = reading.show(run.archive, address)
    assert shown["url"] == DESK
    assert [a["url"] for a in shown["aliases"]] == [PHONE]
    assert {f["link"] for f in shown["feeds"]} == {DESK, PHONE}
    assert [s["url"] for s in reading.search(run.archive, address)] == [DESK]
    assert reading.page_url(run.archive, address) == DESK
    run.archive.db.execute("UPDATE derivations SET made_by = 'old' WHERE stage = 'clean'")
    assert derive(run.archive, url=reading.page_url(run.archive, address)).unchanged == 1


def test_the_name_is_the_publishers_whichever_came_first(run: Runner, web: Web) -> None:
    """What is kept of the first address goes along: its number, its tags, its versions."""
    web.serve(PHONE, story("larkfield", dress="phone"))
    phone = feed(web, "m.paper.example", PHONE)
    pass_and_derive(run, phone)
    (before,) = run.rows("SELECT id, first_seen_at FROM articles")
    web.serve(PHONE, story("larkfield", "The council is to visit it too.", dress="phone"))
    feed(web, "m.paper.example", PHONE, headline=HEADLINE + ", and soon")
    pass_and_derive(run, phone)
    pass_and_derive(run, phone)
    web.serve(DESK, story("larkfield", "The council is to visit it too.", canonical=DESK))
    pass_and_derive(run, phone, feed(web, "www.paper.example", DESK))
    shown = reading.show(run.archive, PHONE)
    assert articles(run) == [shown["url"]] == [DESK]
    assert run.rows("SELECT id FROM articles") == [{"id": before["id"]}]
    assert shown["first_seen_at"] == before["first_seen_at"]
    assert len(shown["revisions"]) == 2
    assert shown["is_report"] is not None
    assert {
        r["article_url"] for r in run.rows("SELECT * FROM derivations WHERE stage = 'tag'")
    } == {DESK}


REDIRECTED = "http://links.feeds.example/r/1"
UNKNOWN = "http://www.paper.example/news/larkfield?channel=top"
PRINT = "http://www.paper.example/news/larkfield/print"
INDEX = "http://paper.example/news/larkfield/index.html"
SAME = {
    "redirect": {REDIRECTED: redirects(DESK)},
    "unknown parameter": {UNKNOWN: story("larkfield", canonical=DESK)},
    "print": {PRINT: page(HEADLINE, *WORDS)},
    "index": {INDEX: page(HEADLINE, *WORDS)},
    "another headline": {PHONE: page("Home in Harwick mends its ways", *WORDS, canonical=DESK)},
    "rewritten": {PHONE: page(HEADLINE, "A new beginning that nobody knew of.", *WORDS[1:],
                              canonical=DESK)},
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_one_story(run: Runner, web: Web, what: str) -> None:
    web.serve(DESK, story("larkfield", canonical=DESK))
    for url, answer in SAME[what].items():
        if isinstance(answer, str):
            web.serve(url, answer)
        else:
            web.behave(url, answer)
        pass_and_derive(run, feed(web, "one.example", url), feed(web, "www.paper.example", DESK))
    assert articles(run) == [DESK]
    assert [r["url"] for r in run.rows("SELECT url FROM aliases")] == [*SAME[what]]


HOME, SECTION = "http://www.paper.example/", "http://www.paper.example/news/"
OTHER = "http://www.paper.example/news/thornby"
THIRD = "http://www.paper.example/news/fellgate"
LIES = {
    "home": {DESK: HOME, OTHER: HOME, THIRD: HOME},
    "section": {DESK: SECTION, OTHER: SECTION, THIRD: SECTION},
    "another story": {DESK: DESK, OTHER: DESK, THIRD: DESK},
    "in turn": {DESK: OTHER, OTHER: THIRD, THIRD: DESK},
    "elsewhere": {DESK: "http://other.example/x", OTHER: "http://other.example/x", THIRD: THIRD},
}


@pytest.mark.parametrize("lie", LIES)
def test_pages_that_claim_another_address_stay_what_they_are(
    run: Runner, web: Web, lie: str
) -> None:
    for url, canonical in LIES[lie].items():
        web.serve(url, story(url.rsplit("/")[-1], "Contact the newsroom at any hour of the day or"
                             " night.", canonical=canonical))  # fmt: skip
    items = [(url, SUBJECTS[url.rsplit("/")[-1]][0]) for url in LIES[lie]]
    web.serve("http://www.paper.example/feed", rss(*items), type="application/rss+xml")
    pass_and_derive(run, "http://www.paper.example/feed")
    assert articles(run) == sorted(LIES[lie])
    assert not run.rows("SELECT * FROM aliases")


def test_a_weekly_column_is_another_story_each_week(run: Runner, web: Web) -> None:
    """The same headline, the same false canonical address, the same last words."""
    urls = [f"http://www.paper.example/column/{n}" for n in (1, 2)]
    end = "Write to us with your news of care homes, schools and hospitals in the county."
    for n, url in enumerate(urls):
        words = list(SUBJECTS.values())[n][1:]
        web.serve(url, page("Inspections of the week in Harwick and Marlby", *words, end,
                            canonical=SECTION, day=f"2026-11-0{n + 2}"))  # fmt: skip
    pass_and_derive(run, feed(web, "www.paper.example", *urls, headline="Inspections of the week"))
    assert articles(run) == urls


def test_stories_that_were_taken_down_are_not_the_page_they_lead_to(run: Runner, web: Web) -> None:
    gone = [f"http://www.paper.example/gone/{n}" for n in (1, 2)]
    web.serve(SECTION, page("News", *(p for words in SUBJECTS.values() for p in words[2:])))
    for url in gone:
        web.behave(url, redirects(SECTION))
    items = [(gone[0], "Mayor opens lido"), (gone[1], "Floods close bridge")]
    web.serve("http://www.paper.example/feed", rss(*items), type="application/rss+xml")
    pass_and_derive(run, "http://www.paper.example/feed")
    assert articles(run) == gone


def test_an_agency_story_in_two_papers_is_two_articles(run: Runner, web: Web) -> None:
    """Also where one names the other as its source."""
    theirs = "http://www.echo.example/news/larkfield"
    web.serve(DESK, story("larkfield", canonical=DESK))
    web.serve(theirs, story("larkfield", canonical=DESK))
    pass_and_derive(
        run, feed(web, "www.paper.example", DESK), feed(web, "www.echo.example", theirs)
    )
    assert articles(run) == [theirs, DESK]


def archive_says(archive: Archive) -> dict[str, list[Any]]:
    """What there is without numbers and times."""
    ask = {
        "articles": "SELECT url, headline, text, first_seen_at, digest, is_report FROM articles",
        "aliases": "SELECT url, story_url, why FROM aliases",
        "readings": "SELECT * FROM readings",
        "names": "SELECT * FROM page_names",
        "ledger": "SELECT article_url, stage, made_from, error FROM derivations",
        "mentions": "SELECT a.url, m.agency_id, m.start FROM mentions m"
        " JOIN articles a ON a.id = m.article_id",
    }
    return {k: sorted(archive.db.execute(q).fetchall(), key=repr) for k, q in ask.items()}


def underived(archive: Archive) -> None:
    with archive.transaction() as db:
        for table in ("article_agencies", "mentions", "findings", "responses",
                      "inspection_details", "article_themes",
                      "article_places", "removals", "revisions", "articles", "derivations",
                      "aliases", "readings", "page_names", "page_lines", "site_lines"):  # fmt: skip
            db.execute(f"DELETE FROM {table}")


def test_the_order_in_which_pages_are_read_is_no_matter(run: Runner, web: Web) -> None:
    web.serve(DESK, story("larkfield", canonical=DESK))
    web.serve(PHONE, story("larkfield", canonical=DESK, dress="phone"))
    web.serve(PRINT, page(HEADLINE, *WORDS))
    web.serve(OTHER, story("thornby", canonical=DESK))
    urls = (PHONE, PRINT, DESK, OTHER)
    feeds = [feed(web, f"f{n}.example", url, headline=SUBJECTS[url.split("/")[4]][0])
             for n, url in enumerate(urls)]  # fmt: skip
    pass_and_derive(run, *feeds)
    wanted = archive_says(run.archive)
    assert [row[0] for row in wanted["articles"]] == [DESK, OTHER]
    for order in permutations(urls):
        underived(run.archive)
        for url in order:
            derive(run.archive, url=url)
        derive(run.archive)
        assert archive_says(run.archive) == wanted, order


def test_an_archive_that_holds_a_story_twice_is_healed(
    run: Runner, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were articles before anybody compared pages: with tags, and versions of their own."""
    web.serve(DESK, story("larkfield", canonical=DESK))
    web.serve(PHONE, story("larkfield", canonical=DESK, dress="phone"))
    feeds = (feed(web, "m.paper.example", PHONE), feed(web, "www.paper.example", DESK))
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.across.learn", lambda *_: frozenset())
        pass_and_derive(run, *feeds)
        web.serve(PHONE, story("larkfield", "A line was added.", dress="phone"))
        feed(web, "m.paper.example", PHONE, headline=HEADLINE + ", updated")
        pass_and_derive(run, *feeds)
        pass_and_derive(run, *feeds)
    assert articles(run) == [PHONE, DESK]
    ids = {r["url"]: r["id"] for r in run.rows("SELECT id, url FROM articles")}
    assert len(run.rows("SELECT * FROM revisions")) == 3
    run.archive.db.execute("UPDATE derivations SET made_by = 'older' WHERE stage = 'clean'")
    derive(run.archive)
    assert articles(run) == [DESK]
    shown = reading.show(run.archive, PHONE)
    assert run.rows("SELECT id FROM articles") == [{"id": ids[DESK]}]
    assert len(shown["revisions"]) == 2
    assert shown["is_report"] is True
    assert not run.rows("SELECT 1 FROM mentions WHERE article_id NOT IN (SELECT id FROM articles)")
    run.archive.db.execute(
        "INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)"
    )
    assert derive(run.archive) == DeriveReport()


def test_a_page_that_turns_into_another_story_becomes_one(run: Runner, web: Web) -> None:
    web.serve(DESK, story("larkfield", canonical=DESK))
    web.serve(PHONE, story("larkfield", dress="phone"))
    feeds = (feed(web, "www.paper.example", DESK), feed(web, "m.paper.example", PHONE))
    pass_and_derive(run, *feeds)
    assert articles(run) == [DESK]
    web.serve(PHONE, story("thornby", dress="phone"))
    feed(web, "m.paper.example", PHONE, headline=SUBJECTS["thornby"][0])
    pass_and_derive(run, *feeds)
    pass_and_derive(run, *feeds)
    assert articles(run) == [PHONE, DESK]
    assert not run.rows("SELECT * FROM aliases")


def test_feeds_own_words_give_way_to_a_page(run: Runner, web: Web) -> None:
    """One feed has no pages (or its pages cannot be had): the other's page is the story."""
    web.serve(PHONE, story("larkfield", dress="phone"))
    items = rss((DESK, HEADLINE), extra=f"<description>{WORDS[0]} {WORDS[1]}</description>")
    web.serve("http://www.paper.example/feed", items, type="application/rss+xml")
    phone = feed(web, "m.paper.example", PHONE)
    run(source("a", "http://www.paper.example/feed", pages=False), source("b", phone))
    derive(run.archive)
    assert articles(run) == [PHONE]
    assert reading.find_url(run.archive, DESK) == PHONE


def test_the_same_link_under_other_rules_for_addresses_is_known(
    run: Runner, web: Web, clock: Clock
) -> None:
    """Rules for addresses grow; what an archive has under the old ones is not fetched again."""
    link = "http://www.paper.example/story?print=1"
    web.serve(link, story("larkfield"))
    a = source("a", feed(web, "www.paper.example", link))
    run(a)
    for table in ("entries", "pages"):
        run.archive.db.execute(f"UPDATE {table} SET url = ?", (link,))
    feed(web, "www.paper.example", link, headline="Another headline")
    clock.forward(days=2)
    assert run(a).entries_new == 0
    assert {r["url"] for r in run.rows("SELECT url FROM entries")} == {link}
