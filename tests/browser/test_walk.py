"""A morning of a performance officer, by clicking alone, on the demo's archive."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.site import ROOT
from tests.browser.tour import Stop, tour, walk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("stop", tour(), ids=lambda s: s.picture)
def test_the_tour_of_readme_answers_its_questions(watched: Watched, stop: Stop) -> None:
    walk(watched.page, watched.address, stop)
    for words in stop.shows:
        expect(watched.page.locator("main")).to_contain_text(words)
    assert (ROOT / "docs" / stop.picture).exists()
    watched.assert_well()


def test_from_the_front_page_to_the_words_that_prove_it_and_back(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    watched.assert_well()
    rows = page.locator("table.reports tbody tr")
    assert rows.count() >= 10
    first = rows.filter(has=page.locator(".grade")).first
    headline = first.locator(".story a").first
    words = headline.inner_text()
    watched.follow(headline)
    assert page.locator("h1").inner_text() == words
    assert page.locator(".text mark").count() >= 1
    judgement = page.locator(".evidence-list .ev-judgement").first
    number = judgement.locator(".number").inner_text()
    judgement.get_by_role("link", name="in the text").click()
    note = page.locator("a.note:target")
    assert note.inner_text() == number
    expect(note).to_be_in_viewport()
    note.click()
    expect(page.locator("#evidence")).to_be_in_viewport()
    watched.assert_well()
    watched.follow(page.get_by_role("link", name="Inspection Watch", exact=True).first)
    assert page.locator("h1").inner_text() == "What inspectors reported"


def test_a_search_is_narrowed_down_and_widened_again(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    page.get_by_role("searchbox", name="Search the stories").fill("inspectors")
    watched.follow(page.get_by_role("button", name="Search"))
    watched.assert_well()
    assert page.locator("ol.hits mark").count() >= 5
    found = page.locator("#hits").inner_text()
    if watched.narrow:
        page.get_by_role("link", name="Narrow down").click()
    watched.follow(page.locator("section.facets").get_by_role("link", name="Ofsted"))
    narrowed = page.locator("#hits").inner_text()
    assert _number(narrowed) < _number(found)
    watched.assert_well()
    watched.follow(page.locator("ul.chosen").get_by_role("link", name="Ofsted"))
    assert page.locator("#hits").inner_text() == found
    watched.follow(page.get_by_role("link", name="Next page"))
    assert "Page 2 of" in page.locator("p.pages").inner_text()
    watched.follow(page.get_by_role("link", name="Previous page"))
    watched.follow(page.locator("ol.hits h3 a").first)
    assert "/story/" in page.url
    watched.assert_well()


def _number(words: str) -> int:
    found = re.search("[0-9]+", words)
    assert found, words
    return int(found[0])


@pytest.mark.parametrize(
    "typed", ["well-led", "council's", '"', "a OR", "x:y (z", "<b>", "zeppelin"]
)
def test_a_search_never_fails(watched: Watched, typed: str) -> None:
    watched.open("/")
    watched.page.get_by_role("searchbox", name="Search the stories").fill(typed)
    watched.follow(watched.page.get_by_role("button", name="Search"))
    assert watched.page.locator(".message-error").count() == 0
    assert watched.page.get_by_role("searchbox").input_value() == typed
    watched.assert_well()


def test_from_a_story_to_the_timeline_of_its_body(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    row = page.locator("table.reports tbody tr", has_text="Harwick Borough Council").first
    watched.follow(row.locator(".story a").first)
    watched.follow(page.locator("dl.facts").get_by_role("link", name="Harwick Borough Council"))
    watched.assert_well()
    assert page.locator("ol.timeline > li").count() == 2
    watched.follow(page.locator("ol.timeline ul.coverage a").last)
    assert "/story/" in page.url
    page.go_back()
    watched.follow(page.get_by_role("link", name="Watch it"))
    assert page.locator(".watched h3").inner_text() == "Harwick Borough Council"
    watched.assert_well()


def test_the_name_of_a_body_on_the_front_page_leads_to_its_page(watched: Watched) -> None:
    watched.open("/")
    name = watched.page.locator("table.reports .who a").first
    words = name.inner_text()
    watched.follow(name)
    assert watched.page.locator("h1").inner_text() == words


def test_a_point_of_the_map_leads_to_its_body_by_keyboard_and_by_click(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    watched.menu("Map")
    watched.assert_well()
    points = page.locator(".uk-map a")
    name = (points.first.locator("title").text_content() or "").split(":")[0]
    page.locator("details.fold summary").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.uk-map a')")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == name
    page.go_back()
    watched.follow(points.last)
    assert "/agency/" in page.url
    page.go_back()
    drawn, listed = page.locator(".uk-map").bounding_box(), page.locator(".places").bounding_box()
    assert drawn
    assert listed
    if watched.narrow:
        assert listed["y"] > drawn["y"] + drawn["height"]
    else:
        assert listed["x"] > drawn["x"] + drawn["width"]
        assert drawn["height"] < 700
    watched.follow(page.locator(".places h3").get_by_role("link", name="South West"))
    assert page.locator("#list").inner_text() == "3 inspected bodies"
    watched.assert_well()


def test_a_question_is_asked_and_its_answer_taken_away(watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    watched.open("/")
    watched.menu("Questions")
    watched.assert_well()
    watched.follow(page.get_by_role("link", name="What is the latest judgement of a body?"))
    page.get_by_label("Body").fill("Harwick")
    watched.follow(page.get_by_role("button", name="Ask"))
    assert page.locator(".answers tbody tr").count() == 5
    watched.assert_well()
    with page.expect_download() as waited:
        page.get_by_role("link", name="CSV").click()
    waited.value.save_as(tmp_path / "answer.csv")
    csv = (tmp_path / "answer.csv").read_text(encoding="utf-8")
    assert csv.startswith("body,code,inspectorate_id")
    assert "# Asked: What is the latest judgement of a body? body: Harwick." in csv
    assert "12 sources watched" in csv


def test_every_question_is_answered(watched: Watched) -> None:
    watched.open("/questions")
    links = watched.page.locator("ul.questions a").all()
    paths = [link.get_attribute("href") or "" for link in links]
    assert len(paths) >= 20
    for path in paths:
        watched.open(path)
        assert watched.page.locator(".message-error").count() == 0, path
        watched.assert_well()


def test_from_a_story_to_its_inspectorate_framework_and_theme(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    row = page.locator("table.reports tbody tr", has_text="Harwick Borough Council").first
    watched.follow(row.locator(".story a").first)
    watched.follow(page.locator("dl.facts").get_by_role("link", name="Ofsted", exact=True))
    assert page.locator("table.reports tbody tr").count() >= 5
    watched.assert_well()
    watched.follow(page.locator("ul.questions").get_by_role(
        "link", name="Inspection of local authority children's services"))  # fmt: skip
    assert page.locator(".scale-line .step").count() >= 4
    assert page.locator(".bar-list rect").first.evaluate("r => getComputedStyle(r).fill") != (
        "rgb(0, 0, 0)"
    )
    watched.assert_well()
    watched.follow(page.locator("table.reports .story a").first)
    watched.follow(page.locator("dl.facts a[href^='/theme/']").first)
    assert page.get_by_role("heading", name="What inspectors found weak").is_visible()
    watched.assert_well()
    watched.follow(page.locator("dl.facts a[href^='/search?theme=']"))
    assert page.locator("ol.hits > li").count() >= 1
    watched.assert_well()


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
    assert page.locator("td.col-outcome", has_text="failed").count() == 1
    watched.assert_well()


def test_a_source_shows_its_feeds_and_its_last_looks(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    watched.menu("Sources")
    watched.follow(page.get_by_role("link", name="Schools Gazette"))
    watched.assert_well()
    assert page.get_by_role("heading", name="Where it is looked at").is_visible()
    assert page.locator("ul.feeds a").count() == 1
    assert page.locator("#looks ~ .answers tbody tr").count() >= 1
    watched.follow(page.locator("dl.facts a").first)
    assert page.locator("table.rows-and-columns tbody tr").count() >= 2
    watched.assert_well()


def test_the_statement_to_cite_opens_by_keyboard_and_can_be_selected(watched: Watched) -> None:
    page = watched.page
    watched.open("/search?report=yes&region=South+West")
    text = page.locator("#statement-text")
    assert not text.is_visible()
    page.get_by_text("A statement to cite").focus()
    page.keyboard.press("Enter")
    assert text.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "statement-text"
    words = text.input_value()
    for label in ("Asked:", "Address:", "Archive: fingerprint", "Sources: 12", "Accuracy:"):
        assert label in words
    assert f"Address: {page.url}\n" in words
    watched.assert_well()


def test_an_area_is_watched_by_the_form_of_the_front_page(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    page.get_by_label("Watch another area").fill("HMP Fellgate")
    watched.follow(page.get_by_role("button", name="Watch", exact=True))
    cards = page.locator(".watched .card")
    assert cards.locator("h3").all_inner_texts() == ["HMP Fellgate"]
    assert "and 1 more" in cards.inner_text()
    page.get_by_label("Watch another area").fill("Nowhere at all")
    watched.follow(page.get_by_role("button", name="Watch", exact=True))
    assert cards.locator("h3").all_inner_texts() == ["HMP Fellgate", "Nowhere at all"]
    assert "Nothing of that name is known here" in cards.last.inner_text()
    watched.assert_well()


def test_the_areas_of_sources_yaml_are_shown_by_name(watched: Watched) -> None:
    watched.open("/")
    assert watched.page.locator(".watched h3").all_inner_texts() == [
        "Bath and North East Somerset Council", "Shropshire Council", "North East",
    ]  # fmt: skip


def test_a_table_of_datasette_is_filtered_by_a_facet_and_by_a_form(watched: Watched) -> None:
    page = watched.page
    watched.open("/")
    watched.menu("Data")
    watched.assert_well()
    watched.follow(page.get_by_role("link", name=re.compile("^Inspections reported")))
    watched.assert_well()
    rows = page.locator("table.rows-and-columns tbody tr")
    before = rows.count()
    watched.follow(page.locator(".facet-results a[href*='inspectorates=']").first)
    assert 0 < rows.count() < before
    watched.assert_well()
    page.get_by_label("Column", exact=True).last.select_option("grade")
    page.get_by_label("Value", exact=True).last.fill("good")
    watched.follow(page.get_by_role("button", name="Apply"))
    assert rows.count() >= 1
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


def test_a_query_of_ones_own_is_run(watched: Watched) -> None:
    page = watched.page
    watched.open("/demo")
    watched.follow(page.get_by_role("button", name="Run"))
    watched.assert_well()
    assert page.locator("table.rows-and-columns tbody tr").count() >= 5
    page.get_by_label("SQL", exact=True).fill("select 42 as answer")
    watched.follow(page.get_by_role("button", name="Run SQL"))
    assert page.locator("td.col-answer").inner_text() == "42"
    watched.assert_well()


def test_the_story_stands_above_its_evidence_or_beside_it(watched: Watched) -> None:
    watched.open("/")
    watched.follow(watched.page.locator("table.reports .story a").first)
    text = watched.page.locator("section.text").bounding_box()
    evidence = watched.page.locator("section.evidence-list").bounding_box()
    assert text
    assert evidence
    if watched.narrow:
        assert evidence["y"] >= text["y"] + text["height"]
    else:
        assert evidence["y"] == text["y"]
        assert evidence["x"] >= text["x"] + text["width"]
