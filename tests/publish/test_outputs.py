"""Every list as data: CSV, JSON, Atom, JSON Feed, iCalendar, each with the same rows."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import feedparser
import pytest
from icalendar import Calendar

from pipeline.publish.listing import Listing
from pipeline.publish.outputs import to_csv
from pipeline.publish.syndication import moment
from pipeline.words import spreadsheet_cell

LISTS = ["/search", "/search?q=council&report=yes", "/story/1", "/agency/unlisted:council:lowmoor",
         "/inspectorate/ofsted", "/framework/jtai", "/theme/neglect", "/source/weekly", "/map",
         "/question/up-or-down?year=2026", "/reported", "/frameworks", "/themes",
         "/questions"]  # fmt: skip
#: lists whose rows are stories, so that their feeds bring them
STORIES = ["/search?q=council&report=yes", "/agency/unlisted:council:lowmoor", "/story/1",
           "/inspectorate/ofsted", "/question/up-or-down?year=2026", "/source/courier",
           "/reported"]  # fmt: skip


def get(site: Any, path: str) -> Any:
    response = asyncio.run(site.client.get(path))
    assert response.status_code == 200, path
    return response


def form(path: str, suffix: str) -> str:
    """The address of a list in another form."""
    before, mark, query = path.partition("?")
    return f"{before}.{suffix}{mark}{query}"


@pytest.mark.parametrize("path", LISTS)
def test_a_list_offers_every_form_and_each_holds_its_rows(path: str, site: Any) -> None:
    html = get(site, path).text
    for suffix in ("csv", "json", "atom", "feed.json", "ics"):
        assert f'href="{form(path, suffix)}"'.replace("&", "&amp;") in html
    data = get(site, form(path, "json")).json()
    assert data["title"]
    assert data["statement"]["rows"] == len(data["rows"])
    told = get(site, form(path, "csv")).text
    rows = list(csv.reader(io.StringIO(told)))
    empty = rows.index([])
    assert rows[0] == list(data["rows"][0]) if data["rows"] else rows[0]
    assert empty - 1 == len(data["rows"])
    assert all(len(row) == 1 and row[0].startswith("# ") for row in rows[empty + 1 :])
    assert any("Address: http://localhost" + path in row[0] for row in rows[empty + 1 :])


@pytest.mark.parametrize("path", STORIES)
def test_a_list_of_stories_can_be_subscribed_to(path: str, site: Any) -> None:
    atom = get(site, form(path, "atom"))
    assert atom.headers["content-type"].startswith("application/atom+xml")
    read = feedparser.parse(atom.content)
    assert not read.bozo
    assert read.feed.title.endswith(": Inspection Watch")
    assert read.feed.links[0].href == "http://localhost" + form(path, "atom")
    assert len(read.entries) >= 1
    assert len({entry.id for entry in read.entries}) == len(read.entries)
    assert all(entry.link.startswith("https://") and entry.updated for entry in read.entries)
    feed = get(site, form(path, "feed.json")).json()
    assert [item["external_url"] for item in feed["items"]] == [e.id for e in read.entries]
    days = Calendar.from_ical(get(site, form(path, "ics")).content)
    assert [str(day["uid"]) for day in days.walk("VEVENT")] == [e.id for e in read.entries]
    assert all(len(str(day["dtstart"].dt)) == 10 for day in days.walk("VEVENT"))


def test_a_story_in_a_feed_has_its_outcome_and_leads_to_the_evidence(site: Any) -> None:
    read = feedparser.parse(get(site, "/agency/unlisted:council:lowmoor.atom").content)
    entry = next(e for e in read.entries if "fall to inadequate" in e.title)
    assert entry.link == "https://courier.example/lowmoor-down"
    related = next(link.href for link in entry.links if link.rel == "related")
    page = asyncio.run(site.client.get(related.removeprefix("http://localhost")))
    assert page.status_code == 302
    assert "Lowmoor County Council; inadequate" in entry.summary
    assert entry.published == "2026-11-10T07:30:00+00:00"


def test_csv_without_the_statement_is_rows_alone(site: Any) -> None:
    told = get(site, "/search.csv?statement=no").text
    assert all(len(row) > 1 for row in csv.reader(io.StringIO(told)))


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("=cmd()", "'=cmd()"),
        ("+44 1632", "'+44 1632"),
        ("-12.5", "-12.5"),
        ("- a dash", "'- a dash"),
        ("@here", "'@here"),
        ("good", "good"),
        (-3, -3),
        (None, None),
    ],
)
def test_no_cell_is_a_formula(value: Any, wanted: Any) -> None:
    assert spreadsheet_cell(value) == wanted


def test_a_header_stands_also_above_no_rows() -> None:
    nothing = Listing(title="", description="", columns=("a", "b"), rows=(), asked="")
    assert to_csv(nothing, None) == "a,b\r\n"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2026-11-03", "2026-11-03T00:00:00+00:00"),
        ("2026-11-03T09:30:00+01:00", "2026-11-03T09:30:00+01:00"),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_moment_has_an_offset(value: str | None, wanted: str | None) -> None:
    assert moment(value) == wanted


@pytest.mark.parametrize(
    "path",
    ["/story/999", "/agency/nobody", "/inspectorate/nobody", "/framework/none", "/theme/none",
     "/source/nobody", "/question/none", "/story?url=https://nowhere.example/"],
)  # fmt: skip
def test_what_is_not_there_is_said_in_a_sentence(path: str, site: Any) -> None:
    response = asyncio.run(site.client.get(path))
    assert response.status_code == 404
    assert "is in the archive." in response.text


def test_an_inspectorate_has_one_address(site: Any) -> None:
    response = asyncio.run(site.client.get("/agency/ofsted.csv"))
    assert response.headers["location"] == "/inspectorate/ofsted.csv"
