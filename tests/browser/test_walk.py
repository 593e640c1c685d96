"""A performance officer's morning, by clicking alone, on the demo's archive."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


def test_from_the_front_page_to_the_words_that_prove_it(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    watched.assert_well()
    rows = page.locator("table.reports tbody tr")
    assert rows.count() >= 10
    first = rows.filter(has=page.locator(".grade")).first
    headline = first.locator(".story a").inner_text()
    watched.follow(first.locator(".story a"))
    assert page.locator("h1").inner_text() == headline
    marks = page.locator(".text mark")
    assert marks.count() >= 1
    page.get_by_role("link", name="in the text").first.click()
    assert page.locator("a.note:target").is_visible()
    assert page.locator("mark").first.is_visible()
    watched.assert_well()


def test_from_a_search_to_a_story(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    page.get_by_role("searchbox", name="Search the stories").fill("neglect")
    watched.follow(page.get_by_role("button", name="Search"))
    watched.assert_well()
    assert page.locator("td.col-snippet mark").count() >= 1
    watched.follow(page.locator("td.col-headline a").first)
    assert "/articles/" in page.url
    watched.assert_well()


@pytest.mark.parametrize("typed", ["well-led", "council's", '"', "a OR", "x:y (z"])
def test_a_search_never_fails(watched: Watched, typed: str) -> None:
    watched.open("/")
    watched.page.get_by_role("searchbox", name="Search the stories").fill(typed)
    watched.follow(watched.page.get_by_role("button", name="Search"))
    assert watched.page.locator(".message-error").count() == 0
    watched.assert_well()


def test_every_question_is_answered_by_a_click(watched: Watched) -> None:
    watched.open("/")
    links = watched.page.locator("ul.questions a").all()
    paths = [link.get_attribute("href") or "" for link in links]
    assert len(paths) >= 10
    for path in paths:
        watched.open(path)
        assert watched.page.locator(".message-error").count() == 0, path
        watched.assert_well()


def test_a_facet_narrows_the_list(watched: Watched) -> None:
    watched.open("/")
    watched.follow(watched.page.get_by_role("link", name="Inspections", exact=True))
    watched.assert_well()
    before = watched.page.locator("table.rows-and-columns tbody tr").count()
    watched.follow(watched.page.locator(".facet-results a[href*='inspectorates=']").first)
    assert 0 < watched.page.locator("table.rows-and-columns tbody tr").count() < before
    watched.assert_well()


def test_the_keyboard_reaches_the_content_first(watched: Watched) -> None:
    watched.open("/")
    watched.page.keyboard.press("Tab")
    assert watched.page.evaluate("document.activeElement.className") == "skip"
    watched.page.keyboard.press("Enter")
    assert watched.page.url.endswith("#main")


def test_from_a_silent_source_to_why_it_is_silent(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    watched.follow(page.locator("ul.trouble").get_by_role("link", name="Harbour Times"))
    watched.assert_well()
    assert page.locator(".verdict").inner_text().startswith("refused Needs a person")
    assert "403" in page.locator(".reason").inner_text()
    meaning = page.locator("details", has_text="and what to do")
    assert not meaning.locator("p").first.is_visible()
    meaning.locator("summary").focus()
    page.keyboard.press("Enter")
    assert meaning.locator("p").first.is_visible()
    watched.follow(page.get_by_role("link", name="All looks of its last week"))
    assert "Failed" not in page.locator("h1").inner_text()
    assert page.locator("td.col-outcome", has_text="failed").count() == 1
    watched.assert_well()


def test_a_source_shows_its_feeds_its_rhythm_and_its_last_looks(watched: Watched) -> None:
    page = watched.page
    watched.open("/demo/source_health")
    watched.follow(page.get_by_role("link", name="Schools Gazette"))
    watched.assert_well()
    assert page.get_by_role("heading", name="Where it is looked at").is_visible()
    assert page.locator("ul.feeds a").count() == 1
    assert page.locator("#looks ~ .answers tbody tr").count() >= 1
    for bars in page.locator("svg.bars").all():
        box = bars.bounding_box()
        assert box
        assert box["height"] > 50
    watched.follow(page.locator("dl.facts a").first)
    assert page.locator("table.rows-and-columns tbody tr").count() >= 2
    watched.assert_well()


@pytest.mark.parametrize("name", ["articles", "inspections_reported", "source_health"])
def test_what_the_columns_mean_unfolds_by_keyboard(watched: Watched, name: str) -> None:
    watched.open(f"/demo/{name}")
    meanings = watched.page.locator("details.glossary dl")
    assert not meanings.is_visible()
    watched.page.locator("details.glossary summary").focus()
    watched.page.keyboard.press("Enter")
    assert meanings.is_visible()
    watched.assert_well()


def test_the_story_stands_above_its_evidence_or_beside_it(watched: Watched) -> None:
    watched.open("/")
    watched.follow(watched.page.locator("table.reports .story a").first)
    text = watched.page.locator("section.text").bounding_box()
    evidence = watched.page.locator("section.evidence-list").bounding_box()
    assert text
    assert evidence
    if (watched.page.viewport_size or {})["width"] < 720:
        assert evidence["y"] >= text["y"] + text["height"]
    else:
        assert evidence["y"] == text["y"]
        assert evidence["x"] >= text["x"] + text["width"]


@pytest.mark.parametrize(
    "path", ["/demo", "/demo/articles", "/demo/agency_coverage", "/demo/findings"]
)
def test_datasettes_own_pages_fit_in(watched: Watched, path: str) -> None:
    watched.open(path)
    watched.assert_well()
