"""What our pages say of a morning, an area, a body, a framework, a theme, a story's versions."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from pipeline.publish import metadata
from pipeline.publish.links import path_of, served
from pipeline.publish.pages.front import front, since_yesterday
from pipeline.publish.pages.places import places
from pipeline.publish.pages.reports import level, same_inspection
from pipeline.publish.routes import routes
from pipeline.publish.serve import opened
from pipeline.publish.versions import changes

LOWMOOR, HARWICK = "unlisted:council:lowmoor", "unlisted:council:harwick"


@pytest.fixture(scope="module")
def site(archive_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The small archive, with a past for its councils, neighbours and words that ask for care."""
    path = Path(shutil.copy(archive_file, tmp_path_factory.mktemp("things") / "archive.db"))
    with sqlite3.connect(path) as db:
        db.executescript(f"""
        INSERT INTO agencies (id, name, kind, valid_until, successor)
        VALUES ('council:old-moor', 'Old Moor District Council', 'council', '2009-03-31',
            '{LOWMOOR}; {HARWICK}'), ('council:x', 'Exmere Council', 'council', NULL, NULL);
        INSERT INTO neighbours VALUES ('{LOWMOOR}', 1, '{HARWICK}'), ('{LOWMOOR}', 2, 'council:x');
        INSERT INTO cautions (article_id, kind, start, "end", quote, rule)
        VALUES (2, 'restriction', 0, 6, 'Ofsted', 'by-hand');
        INSERT INTO revisions (article_id, seen_at, digest, headline, text)
        VALUES (2, '2026-11-10T12:00:00+00:00', '2', 'Lowmoor falls',
            'Ofsted has rated Lowmoor inadequate. Ada Pryce said nothing.');
        INSERT INTO articles (id, url, headline, publisher, first_seen_at, published_at, updated_at,
            access, text, digest, is_report)
        VALUES (90, 'https://post.example/lowmoor', 'Council told to improve', 'The Post',
            '2026-11-11T06:00:00+00:00', '2026-11-11', '2026-11-11', 'open', 'It was.', '90', 1);
        INSERT INTO article_agencies (article_id, agency_id, role)
        VALUES (90, '{LOWMOOR}', 'inspected'), (90, 'ofsted', 'inspectorate');
        UPDATE agencies SET latitude = 54.9, longitude = -1.6 WHERE id = '{HARWICK}';
        UPDATE agencies SET area = 'Abberton' WHERE id = '{LOWMOOR}';
        """)
    db.close()
    with opened(path) as datasette:
        yield datasette


def get(site: Any, path: str) -> str:
    response = asyncio.run(site.client.get(path))
    assert response.status_code == 200, path
    return " ".join(response.text.split())


def morning(site: Any, now: str, *watch: str) -> dict[str, Any]:
    page = asyncio.run(front(served(site), watch, now=datetime.fromisoformat(now)))
    return dict(page.context["front"])


def test_a_morning_begins_with_what_came_since_yesterday(site: Any) -> None:
    shown = morning(site, "2026-11-14T20:00:00+00:00")
    assert [s["title"] for s in shown["sections"]] == ["Since yesterday", "Earlier this week",
                                                       "Before that"]  # fmt: skip
    first, earlier, before = (
        [group[0]["headline"] for group in section["groups"]] for section in shown["sections"]
    )
    assert "Care home told to keep better records" in first
    assert earlier == ["Round-up: three councils, three grades",
                       "Lowmoor children's services fall to inadequate"]  # fmt: skip
    assert before == ["Inspectors praise Harwick agencies & partners for work on neglect"]
    assert shown["since_yesterday"] == len(first)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-01-15T00:30:00+00:00", "2026-01-14T00:00:00+00:00"),
        ("2026-07-15T22:30:00+00:00", "2026-07-13T23:00:00+00:00"),  # summer time
        ("2026-07-15T23:30:00+00:00", "2026-07-14T23:00:00+00:00"),  # already the 16th in London
        ("2026-03-29T12:00:00+00:00", "2026-03-28T00:00:00+00:00"),  # the day the clocks go forward
    ],
)
def test_yesterday_is_londons(now: str, wanted: str) -> None:
    assert since_yesterday(datetime.fromisoformat(now)) == wanted


def test_a_quiet_month_says_so_and_shows_what_came_before(site: Any) -> None:
    shown = morning(site, "2027-02-01T08:00:00+00:00")
    assert [s["title"] for s in shown["sections"]] == [
        "Nothing new this week; the newest before it"
    ]
    assert shown["since_yesterday"] == shown["this_week"] == 0


def test_an_area_that_is_watched_tells_what_changed(site: Any) -> None:
    shown = morning(site, "2026-11-20T08:00:00+00:00", LOWMOOR, "x00000001", "south east",
                    "Larch House", "Atlantis")  # fmt: skip
    lowmoor, eastmere, region, larch, unknown = shown["watched"]
    assert [g[0]["headline"] for g in lowmoor["groups"]] == [
        "Round-up: three councils, three grades",
        "Council told to improve",  # the other report of the same inspection stands beside it
    ]
    assert lowmoor["groups"][1][1]["headline"] == "Lowmoor children's services fall to inadequate"
    assert eastmere["name"] == "Eastmere City Council"
    assert region["kind"] == "region"
    assert region["groups"][-1][0]["headline"] == "Lowmoor children's services fall to inadequate"
    assert larch["groups"][0][0]["grade"] == "requires improvement"
    assert not unknown["known"]
    later = morning(site, "2027-02-01T08:00:00+00:00", LOWMOOR)["watched"][0]
    assert later["groups"] == []
    assert later["last"]["headline"].startswith("Round-up")


def report(
    bodies: str, day: str, by: str = "ofsted", type_: str | None = None, grade: str = ""
) -> dict[str, Any]:
    overall = {(body, grade) for body in bodies.split() if grade}
    return {"body_ids": set(bodies.split()), "inspectorate_ids": set(by.split()),
            "overall": overall,
            "inspection_type": type_, "published_at": day,
            "first_seen_at": "2026-11-30T00:00:00+00:00"}  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "of", "wanted"),
    [
        (report("a", "2026-11-01"), report("a", "2026-11-09"), None, True),
        (report("a", "2026-11-01"), report("a", "2026-11-23"), None, False),  # weeks later
        (report("a", "2026-11-01"), report("b", "2026-11-01"), None, False),
        (report("a", "2026-11-01"), report("a b", "2026-11-01"), None, False),  # a round-up
        (report("a", "2026-11-01"), report("a b", "2026-11-01"), "a", True),
        (report("a", "2026-11-01"), report("a", "2026-11-01", "cqc"), None, False),
        (report("a", "2026-11-01"), report("a", "2026-11-01", ""), None, True),  # it names none
        (report("a", "2026-11-01", type_="ilacs"), report("a", "2026-11-01", type_="school"),
         None, False),
        (report("", "2026-11-01"), report("", "2026-11-01"), None, False),  # nobody recognised
        (report("a", "2026-11-01", grade="good"), report("a", "2026-11-02", grade="good"),
         None, True),
        (report("a", "2026-11-01", grade="good"), report("a", "2026-11-02", grade="inadequate"),
         None, False),
        (report("a", "2026-11-01", grade="good"), report("a", "2026-11-02"), None, True),
    ],
)  # fmt: skip
def test_reports_of_the_same_inspection(
    one: dict[str, Any], other: dict[str, Any], of: str | None, wanted: bool
) -> None:
    assert same_inspection(one, other, of=of) is wanted
    assert same_inspection(other, one, of=of) is wanted


@pytest.mark.parametrize(
    ("rank", "scale", "wanted"),
    [(1, 4, "best"), (2, 4, "upper"), (3, 4, "lower"), (4, 4, "worst"), (3, 6, "upper"),
     (4, 6, "lower"), (2, 3, "lower"), (None, 4, "none"), (None, None, "none")],
)  # fmt: skip
def test_where_a_grade_stands_on_its_scale(
    rank: int | None, scale: int | None, wanted: str
) -> None:
    assert level(rank, scale) == wanted


def test_a_body_has_a_timeline_its_frameworks_its_neighbours_and_its_past(site: Any) -> None:
    html = get(site, f"/agency/{LOWMOOR}")
    timeline = html[html.index('id="timeline"') : html.index('id="grades"')]
    assert timeline.index("12 Nov 2026") < timeline.index("10 Nov 2026")
    assert 'href="/framework/ilacs"' in timeline
    assert '<a href="/agency/council:old-moor">Old Moor District Council</a> (until 31 Mar' in html
    near = html[html.index('id="neighbours"') : html.index('id="stories"')]
    assert "Harwick Borough Council" in near
    assert '<span class="grade">good</span>' in near
    assert 'Exmere Council</a> <span class="none">no grade in the archive' in near
    old = get(site, "/agency/council:old-moor")
    assert "Lowmoor County Council" in old
    assert "Harwick Borough Council" in old
    assert "No story in the archive reports an inspection of it." in old


def test_the_map_has_each_body_with_its_latest_single_grade(site: Any) -> None:
    found = {p["body"]: p for p in asyncio.run(places(served(site), {}))}
    assert found["Lowmoor County Council"]["grade"] == "requires improvement"  # the newer story
    assert found["Larch House"]["grade"] == "requires improvement"
    assert found["Harwick Borough Council"]["latitude"] == 54.9
    assert found["Lowmoor County Council"]["latitude"] == 51.8344  # of its town
    assert found["Larch House"]["latitude"] is None
    only = asyncio.run(places(served(site), {"region": "North East", "inspectorate": "ofsted"}))
    assert [p["body"] for p in only] == ["Harwick Borough Council"]
    html = get(site, "/map?region=South+East")
    assert "Lowmoor County Council" in html
    assert "Harwick Borough Council" not in html
    assert "No inspected body fits" in get(site, "/map?kind=nothing")


def test_a_framework_shows_its_scale_and_whether_there_is_an_overall_grade(site: Any) -> None:
    html = get(site, "/framework/ilacs")
    assert "It gave an overall grade until 2026-03-31, and none since." in html
    steps = ("1 outstanding", "2 good", "3 requires improvement", "4 inadequate")
    assert [html.index(s) for s in steps] == sorted(html.index(s) for s in steps)
    assert "Lowmoor children&#39;s services fall to inadequate" in html
    assert "It gives no new grades." in get(site, "/framework/jtai")
    assert "2 reports" in get(site, "/frameworks")


def test_a_theme_quotes_what_was_weak_and_knows_its_broader_one(site: Any) -> None:
    html = get(site, "/theme/staffing")
    weak = html[html.index('id="weak"') : html.index('id="strong"')]
    assert "a lack of resilience in two of the partnership teams" in weak
    assert '<a href="/theme/workforce">Workforce and training</a>' in html
    assert '<a href="/theme/staffing">Staffing</a>' in get(site, "/theme/workforce")
    assert "Nothing yet." in get(site, "/theme/adoption")


def test_an_inspectorate_counts_its_reports_and_spreads_its_grades(site: Any) -> None:
    html = get(site, "/inspectorate/ofsted")
    assert ">4</a></dd>" in html
    assert "Inspection of local authority children&#39;s services" in html
    assert html.index('id="spread"') < html.rindex("requires improvement")


def test_a_story_asks_for_care_shows_its_versions_and_who_else_wrote(site: Any) -> None:
    html = get(site, "/story/2")
    assert "Take care before you show this to others." in html
    assert "It speaks of a reporting restriction" in html
    assert "Versions (2), and what changed" in html
    assert "<ins>Ada Pryce said nothing.</ins>" in html
    others = html[html.index('id="others"') :]
    assert "Council told to improve" in others
    assert "Round-up" not in others  # it tells of another grade
    assert "Take care" not in get(site, "/story/1")


def test_versions_are_compared_sentence_by_sentence() -> None:
    old = {"seen_at": "1", "headline": "A", "standfirst": None, "text": "One. Two.\n\nThree."}
    new = {"seen_at": "2", "headline": "B", "standfirst": None, "text": "One. Four.\n\nThree."}
    newest, oldest = changes([old, new])
    assert (newest["taken"], newest["put"]) == (["A", "Two."], ["B", "Four."])
    assert oldest["taken"] == oldest["put"] == []
    long = {**old, "seen_at": "3", "text": " ".join(f"Sentence {n}." for n in range(100))}
    assert changes([old, long])[0]["more"] == 60


@pytest.mark.parametrize(
    ("kind", "id_", "wanted"),
    [
        ("agency", "council:harwick", "/agency/council:harwick"),
        ("agency", "a/b?c#d", "/agency/a%2Fb%3Fc%23d"),
        ("story", 7, "/story/7"),
    ],
)
def test_a_thing_has_one_address(kind: str, id_: object, wanted: str) -> None:
    assert path_of(kind, id_) == wanted


def test_now_is_todays(site: Any) -> None:
    page = asyncio.run(front(served(site), ()))
    assert page.listing.since
    assert page.listing.since[:4] == str(datetime.now(UTC).year)


#: an example of each address of ours, for what differs in it
EXAMPLES = {
    "<body or region>": LOWMOOR,
    "<number>": "1",
    "<address>": "https://weekly.example/news/harwick-neglect",
    "<id>": {"agency": LOWMOOR, "inspectorate": "ofsted", "framework": "ilacs", "theme": "neglect",
             "source": "weekly"},
    "<name>": "answers",
}  # fmt: skip


@pytest.mark.parametrize("page", metadata.described()["pages"], ids=lambda p: p["address"])
def test_every_address_that_is_described_is_there(page: dict[str, str], site: Any) -> None:
    address = page["address"]
    for gap, example in EXAMPLES.items():
        kind = address.split("/")[1]
        words = example[kind] if isinstance(example, dict) and gap in address else example
        address = address.replace(gap, str(words))
    status = asyncio.run(site.client.get(address)).status_code
    assert status == (302 if "/story?url" in address else 200)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    ["/", f"/?watch={LOWMOOR}&watch=North+East", "/search", "/search?q=council&report=yes", "/map",
     "/story/1", "/story/2", f"/agency/{LOWMOOR}", f"/agency/{HARWICK}", "/agency/council:old-moor",
     "/inspectorate/ofsted", "/framework/ilacs", "/frameworks", "/theme/staffing", "/themes",
     "/source/weekly", "/source/lowmoor-post", "/questions", "/question/required-actions",
     "/question/missed", "/question/near-misses", "/archive", "/archive/judgements"],
)  # fmt: skip
def test_every_link_of_a_page_leads_somewhere(path: str, site: Any) -> None:
    html = asyncio.run(site.client.get(path)).text
    links = {unescape(href).partition("#")[0] for href in re.findall(r'href="(/[^"]*)"', html)}
    dead = {link for link in links if asyncio.run(site.client.get(link)).status_code >= 400}
    assert len(links) > 5
    assert not dead


def test_every_address_that_is_there_is_described() -> None:
    described = {page["address"].strip("/").split("/")[0] for page in metadata.described()["pages"]}
    ours = re.findall(
        r"\b[a-z]{3,}\b", " ".join(p for p, _ in routes() if "/-/" not in p and "database" not in p)
    )
    names = set(ours) - {"name", "form", "kind", "csv", "json", "atom", "feed", "ics", "reported"}
    assert names == {d.partition("?")[0] for d in described if d and not d.startswith("?")}
