"""The ledger and what it keeps: rows are stable, tags stay with their words, nothing goes twice."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from itertools import permutations

import pytest

from pipeline.archive import Archive, deriving
from pipeline.archive import tags as tagging
from pipeline.archive.deriving import Work, stored_time
from pipeline.archive.sources import sync_sources
from pipeline.errors import CleanError, TagError
from pipeline.models import Agency, Disagreement, Image
from tests import stored
from tests.stored import NOON, URL, article, count, save, save_tags, store, tags

TAG_TABLES = ("mentions", "findings", "article_agencies", "article_themes", "article_places",
              "responses", "inspection_details")  # fmt: skip


def check_index(archive: Archive) -> None:
    """Raises when the full-text index and the articles differ."""
    archive.db.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")


def row(archive: Archive, url: str = URL) -> dict[str, object]:
    return next(archive.db.query("SELECT * FROM articles WHERE url = ?", [url]))


def stale(archive: Archive, rules: str = stored.RULES) -> list[str]:
    hosts = dict.fromkeys(deriving.hosts(archive), rules)
    return [work.url for work in deriving.stale_pages(archive, hosts)]


# ---------------------------------------------------------------- what is stale


def test_a_new_page_is_stale_once(archive: Archive) -> None:
    store(archive)
    assert stale(archive) == [URL]
    save(archive, article())
    assert stale(archive) == []


def test_other_rules_make_one_host_stale_and_no_other(archive: Archive) -> None:
    other = "https://echo.example/story"
    store(archive)
    store(archive, other, by="echo")
    for url in (URL, other):
        save(archive, article(url))
    rules = {"gazette.example": "rules-2", "echo.example": stored.RULES}
    assert [w.url for w in deriving.stale_pages(archive, rules)] == [URL]


def test_what_cleaning_reads_makes_a_page_stale(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    stored.announce(archive, URL, headline="A better headline")
    assert stale(archive) == [URL]
    save(archive, article())
    stored.refetch(archive, URL, "<p>another page</p>")
    assert stale(archive) == [URL]
    save(archive, article())
    sync_sources(archive, [stored.source(name="Renamed")], NOON)
    assert stale(archive) == [URL]


def test_the_same_story_in_a_second_feed_is_no_reason(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    stored.announce(archive, URL, by="echo", guid="other", at=NOON + timedelta(hours=1))
    assert stale(archive) == []


def test_a_failure_is_not_tried_again_until_something_changes(archive: Archive) -> None:
    store(archive)
    (work,) = deriving.stale_pages(archive, {"gazette.example": "rules-1"})
    deriving.record(archive, "clean", work, now=NOON, error="no story text found")
    assert stale(archive) == []
    assert stale(archive, "rules-2") == [URL]
    stored.refetch(archive, URL, "<p>another page</p>")
    assert stale(archive) == [URL]


def test_tags_are_stale_when_the_words_or_the_rules_change(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    assert [w.url for w in deriving.stale_articles(archive, stored.RULES)] == [URL]
    save_tags(archive, tags())
    assert deriving.stale_articles(archive, stored.RULES) == []
    assert [w.url for w in deriving.stale_articles(archive, "rules-2")] == [URL]
    stored.refetch(archive, URL, "<p>another page</p>")
    save(archive, article(section="News", captions=()))
    assert deriving.stale_articles(archive, stored.RULES) == [], "the tagger reads neither"
    stored.refetch(archive, URL, "<p>the page cut short</p>")
    save(archive, article(access="partial"))
    assert [w.url for w in deriving.stale_articles(archive, stored.RULES)] == [URL]
    save_tags(archive, tags())
    stored.refetch(archive, URL, "<p>a third page</p>")
    save(archive, article(headline="Another headline"))
    assert [w.url for w in deriving.stale_articles(archive, stored.RULES)] == [URL]


def test_a_scope_narrows_both_questions(archive: Archive) -> None:
    other = "https://echo.example/story"
    store(archive)
    store(archive, other, by="echo")
    rules = dict.fromkeys(deriving.hosts(archive), "r")
    assert [w.url for w in deriving.stale_pages(archive, rules, host="echo.example")] == [other]
    assert [w.url for w in deriving.stale_pages(archive, rules, url=URL)] == [URL]
    for url in (URL, other):
        save(archive, article(url))
    assert [w.url for w in deriving.stale_articles(archive, "r", host="echo.example")] == [other]
    assert [w.url for w in deriving.stale_articles(archive, "r", url=URL)] == [URL]


def test_a_page_comes_back_as_it_was_stored(archive: Archive) -> None:
    store(archive, html=b"<p>\xff\x00</p>")
    page = deriving.page(archive, URL)
    assert page.body == b"<p>\xff\x00</p>"
    assert page.fetched_at == NOON
    entry = deriving.entry(archive, URL)
    assert entry is not None
    assert entry.guid == URL
    with pytest.raises(CleanError, match="no page of it is stored"):
        deriving.page(archive, "https://gazette.example/nothing")
    with pytest.raises(TagError, match="is not in the archive"):
        tagging.story(archive, URL)


# ---------------------------------------------------------------- what is kept


def test_an_article_row_says_what_the_page_said(archive: Archive) -> None:
    store(archive)
    assert save(archive, article())
    kept = row(archive)
    assert kept["byline"] == "Ida Marsh; Tom Reed"
    assert kept["published_at"] == "2026-11-02T07:30:00+00:00", "UTC, so that it sorts as text"
    assert kept["first_seen_at"] == "2026-11-03T12:00:00+00:00"
    assert kept["source_id"] == "gazette"
    assert json.loads(str(kept["captions"])) == ["Larkfield House"]
    assert json.loads(str(kept["links"])) == [
        {"url": "https://www.cqc.example/report", "text": "report", "official": False}
    ]
    assert kept["is_report"] is None, "not tagged yet"
    assert list(archive.db.query("SELECT rule, kind, text FROM removals")) == [
        {"rule": "newsletter", "kind": "newsletter", "text": "Sign up"}
    ]


def test_a_row_also_says_who_else_wrote_it_its_picture_and_who_disagrees(archive: Archive) -> None:
    store(archive)
    other = Disagreement(field="published_at", source="feed", value="2026-11-01")
    image = Image(url="https://gazette.example/home.jpg", caption="The home in Harwick")
    save(archive, article(news_agencies=("PA Media", "Harwick newsdesk"), canonical_url=URL,
                          image=image, disagreements=(other,)))  # fmt: skip
    kept = row(archive)
    assert kept["news_agencies"] == "PA Media; Harwick newsdesk"
    assert (kept["canonical_url"], kept["image_url"], kept["image_caption"]) == (
        URL, "https://gazette.example/home.jpg", "The home in Harwick")  # fmt: skip
    assert json.loads(str(kept["disagreements"])) == [
        {"field": "published_at", "source": "feed", "value": "2026-11-01"}
    ]
    save(archive, article(), rules="rules-2")
    assert (row(archive)["image_url"], row(archive)["disagreements"]) == (None, "[]")


def test_the_feed_stands_in_for_what_the_page_leaves_out(archive: Archive) -> None:
    store(archive, published_at="2026-11-01T23:30:00+00:00")
    stored.announce(archive, URL, by="echo", guid="x", at=NOON - timedelta(days=1))
    save(archive, article(publisher=None, published_at=None))
    assert row(archive)["publisher"] == "The Gazette"
    assert row(archive)["published_at"] == "2026-11-01T23:30:00+00:00"
    assert row(archive)["first_seen_at"] == "2026-11-02T12:00:00+00:00", "the earliest sighting"


TIMES = [
    ("2026-11-02", "2026-11-02"),
    ("2026-07-02T00:30:00+01:00", "2026-07-01T23:30:00+00:00"),
    ("2026-07-02T00:30:00Z", "2026-07-02T00:30:00+00:00"),
    ("2026-07-02T00:30:00.123456Z", "2026-07-02T00:30:00+00:00"),
    ("2026-07-02T00:30:00", "2026-07-02"),  # which zone? nobody can tell
    ("2026-13-45", None),
    ("2 November", None),
    ("0001-01-01T00:00:00+14:00", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("given", "kept"), TIMES)
def test_dates_are_kept_so_that_they_sort(given: str | None, kept: str | None) -> None:
    assert stored_time(given) == kept


def test_ids_stay_and_the_index_follows_the_words(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    before = row(archive)["id"]
    stored.refetch(archive, URL, "<p>changed</p>")
    assert save(archive, article(text="The watchdog praised a hospice."))
    assert row(archive)["id"] == before
    assert count(archive, "articles") == 1
    for word, hits in (("hospice", 1), ("medicines", 0)):
        found = archive.db.execute("SELECT count(*) FROM articles_fts(?)", (word,)).fetchone()[0]
        assert found == hits, word
    check_index(archive)
    assert archive.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_equal_words_keep_their_tags_and_other_words_lose_them(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    save_tags(archive, tags())
    before = {t: list(archive.db.query(f"SELECT * FROM {t}")) for t in TAG_TABLES}
    assert not save(archive, article(section="News", removed=()), rules="rules-2")
    assert {t: list(archive.db.query(f"SELECT * FROM {t}")) for t in TAG_TABLES} == before
    assert row(archive)["section"] == "News"
    assert row(archive)["is_report"] == 1
    assert count(archive, "removals") == 0
    assert save(archive, article(text="X " + stored.TEXT), rules="rules-3")
    assert {t: count(archive, t) for t in TAG_TABLES} == dict.fromkeys(TAG_TABLES, 0)
    assert row(archive)["is_report"] is None
    assert row(archive)["reasons"] == "[]"


def test_an_equal_row_is_not_written_again(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    save(archive, article(), rules="rules-2", at=NOON + timedelta(days=1))
    assert row(archive)["updated_at"] == "2026-11-03T12:00:00+00:00"


def revisions(archive: Archive) -> list[str]:
    return [r["text"] for r in archive.db.query("SELECT text FROM revisions ORDER BY id")]


def test_revisions_are_what_the_newspaper_changed(archive: Archive) -> None:
    store(archive)
    save(archive, article(text="One two."))
    save(archive, article(text="One  two. "), rules="rules-2")
    assert revisions(archive) == ["One two."], "spaces do not count"
    save(archive, article(text="One two three."), rules="rules-3")
    assert revisions(archive) == ["One two three."], "our rules changed it, not the newspaper"
    stored.refetch(archive, URL, "<p>corrected</p>")
    save(archive, article(text="One two four."), rules="rules-3")
    assert revisions(archive) == ["One two three.", "One two four."]
    stored.refetch(archive, URL, "<p>new advertisement</p>")
    save(archive, article(text="One two four."), rules="rules-3")
    assert revisions(archive) == ["One two three.", "One two four."]


# ---------------------------------------------------------------- tags


def test_tags_replace_tags(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    for _ in range(2):
        with archive.transaction():
            tagging.save_tags(archive, URL, tags(), now=NOON)
    assert {t: count(archive, t) for t in TAG_TABLES} == {
        "mentions": 2, "findings": 5, "article_agencies": 2, "article_themes": 1,
        "article_places": 1, "responses": 1, "inspection_details": 2,
    }  # fmt: skip
    text = row(archive)["text"]
    for table in ("mentions", "findings", "article_themes", "article_places", "responses",
                  "inspection_details"):  # fmt: skip
        for r in archive.db.query(f"SELECT * FROM {table}"):
            assert str(text)[r["start"] : r["end"]] == r["quote"]
    kinds = [r["kind"] for r in archive.db.query("SELECT kind FROM findings ORDER BY id")]
    assert kinds == ["judgement", "strength", "weakness", "action", "statistic"]
    assert archive.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_bodies_come_from_the_gazetteer_and_unlisted_ones_as_they_come(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    known = {"id": "cqc", "name": "Care Quality Commission", "kind": "inspectorate",
             "nation": "England"}  # fmt: skip
    tagging.save_agencies(archive, [known])
    other = Agency(id="cqc", name="The CQC", kind="other", code="X")
    save_tags(archive, tags(inspectorates=(other,)))
    agencies = {r["id"]: r for r in archive.db.query("SELECT * FROM agencies")}
    assert agencies["cqc"]["name"] == "Care Quality Commission", "the gazetteer knows better"
    home = agencies["unlisted:care-home:larkfield-house"]
    assert (home["name"], home["kind"]) == ("Larkfield House", "care-home")
    tagging.save_agencies(archive, [{**known, "name": "Renamed"}])
    assert count(archive, "mentions") == 2, "an upsert does not take the mentions along"
    assert archive.db.execute("SELECT name FROM agencies WHERE id = 'cqc'").fetchone() == (
        "Renamed",
    )


def test_a_batch_that_fails_half_way_leaves_nothing(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    save_tags(archive, tags())
    before = tagging.said(archive, URL)
    work = Work(url=URL, made_from="x", made_by="y")
    with suppress(RuntimeError), archive.transaction():
        tagging.save_tags(archive, URL, tags(is_report=False, findings=()), now=NOON)
        deriving.record(archive, "tag", work, now=NOON)
        raise RuntimeError("power cut")
    assert tagging.said(archive, URL) == before
    assert deriving.stale_articles(archive, stored.RULES) == []


# ---------------------------------------------------------------- who is who


def test_the_tagger_reads_links_and_the_publishers_region(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    sync_sources(archive, [stored.source(region="Kent")], NOON)
    story = tagging.story(archive, URL)
    assert story.region == "Kent"
    assert [link.url for link in story.links] == ["https://www.cqc.example/report"]


def test_another_region_makes_the_stories_of_a_source_stale_and_no_others(archive: Archive) -> None:
    other = "https://echo.example/story"
    for url, by in ((URL, "gazette"), (other, "echo")):
        store(archive, url, by=by)
        save(archive, article(url))
        save_tags(archive, tags(), url=url)
    assert deriving.stale_articles(archive, stored.RULES) == []
    both = [stored.source(region="Kent"), stored.source("echo")]
    sync_sources(archive, both, NOON)
    assert [w.url for w in deriving.stale_articles(archive, stored.RULES)] == [URL]
    save_tags(archive, tags())
    sync_sources(archive, both, NOON)
    assert deriving.stale_articles(archive, stored.RULES) == []


def test_how_a_body_is_known_is_kept(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    known = Agency(id="cqc", name="Care Quality Commission", kind="inspectorate", code=None,
                   rule="stands on its site", confidence="implied")  # fmt: skip
    save_tags(archive, tags(inspectorates=(known,)))
    rows = archive.db.execute(
        "SELECT agency_id, rule, confidence FROM article_agencies WHERE role = 'inspectorate'"
    ).fetchall()
    assert rows == [("cqc", "stands on its site", "implied")]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_body_of_no_list_has_the_town_and_numbers_on_which_its_stories_agree_in_any_order(
    archive: Archive, order: tuple[int, ...]
) -> None:
    def home(**values: object) -> Agency:
        return Agency(id="unlisted:care-home:larkfield-house", name="Larkfield House",
                      kind="care-home", code=None, **values)  # type: ignore[arg-type]  # fmt: skip

    number = (("cqc-location", "1-123456789"),)
    told = [home(), home(place="Harwick"), home(place="Harwick", identifiers=number),
            home(place="Elsewhere")]  # fmt: skip
    urls = [f"{URL}/{n}" for n in range(len(told))]
    for n in order:
        store(archive, urls[n])
        save(archive, article(urls[n]))
        save_tags(archive, tags(bodies=(told[n],)), url=urls[n])
    known = "SELECT area, identifiers FROM agencies WHERE id LIKE 'unlisted:%'"
    assert archive.db.execute(known).fetchall() == [(None, '{"cqc-location": "1-123456789"}')]
    with archive.transaction():
        tagging.save_tags(archive, urls[3], tags(bodies=()), now=NOON)
    assert archive.db.execute(known).fetchall() == [("Harwick", '{"cqc-location": "1-123456789"}')]
    with archive.transaction():
        tagging.save_tags(archive, urls[2], tags(bodies=(told[1],)), now=NOON)
    assert archive.db.execute(known).fetchall() == [("Harwick", "{}")]
