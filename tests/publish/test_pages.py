"""What a browser gets, asked of Datasette in this process."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.publish import metadata
from pipeline.publish.cells import said
from pipeline.publish.links import web_link
from pipeline.publish.pages.source import rhythm
from pipeline.publish.pages.story import framework_name
from pipeline.publish.words import day, quotes, sentence
from tests.publish.conftest import get

HARWICK = "https://weekly.example/news/harwick-neglect"
SQL = "/archive/-/query" if metadata.is_datasette_1() else "/archive"
PAGES = [
    "/", "/archive", "/archive/articles/1", "/archive/articles/6", "/archive/articles",
    "/archive/inspections_reported", "/archive/judgements", "/archive/agency_coverage",
    "/archive/source_health", "/archive/search?q=script", "/archive/reported-lately?days=36500",
    "/archive/near-misses", "/inspectorate/ofsted", "/archive/findings",
    "/archive/sources/weekly", "/archive/sources/lowmoor-post", "/archive/robots",
    f"{SQL}?sql=select+headline%2C+publisher%2C+url+from+articles",
]  # fmt: skip
HOSTILE = ["<script>document", "<script>alert", "<svg onload", "<img src=x", "<style>body{",
           "<iframe", "<b onclick", "<u>kind"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_answers_safely_and_lets_no_story_speak_html(path: str, site: Any) -> None:
    response = get(site, path)
    assert response.status_code == 200
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert '<html lang="en-GB">' in response.text
    assert not [h for h in HOSTILE if h in response.text]
    assert "49 </dd>" not in response.text
    hosts = re.findall(
        r'(?:src|<link rel="(?!alternate)[^>]* href|action)="(?:https?:)?//', response.text
    )
    assert not hosts


def test_the_front_page_shows_who_what_and_the_words_that_prove_it(site: Any) -> None:
    html = get(site, "/").text
    for words in ("Lowmoor County Council", "by Ofsted", "Inadequate", "grade 4 of 4",
                  "worse than before", "down from requires improvement in 2022", "Harwick Courier",
                  "text is cut", "registration wall", "What was reported this week?",
                  "Failed four times in a row"):  # fmt: skip
        assert words in html
    assert html.index("Care home told") < html.index("Round-up") < html.index("fall to inadequate")
    assert "Closed Gazette" not in html  # disabled on purpose is no trouble


def test_a_story_has_its_evidence_marked_and_what_was_removed(site: Any) -> None:
    html = get(site, "/archive/articles/1").text
    assert '<mark class="ev-strength">Children benefit from timely decisions' in html
    assert 'id="e2" href="#evidence"' in html
    assert 'href="/agency/unlisted:council:harwick">Harwick Borough Council</a>' in html
    assert f'href="{HARWICK}"' in html
    assert "Join today: from £15 / month" in html
    assert "7 of 19 · children attending their conference" in html


def test_a_story_tells_who_answered(site: Any) -> None:
    where = get(site, "/archive/-/story?url=https://courier.example/lowmoor-down")
    html = get(site, where.headers["location"]).text
    assert "<h3>Who answered</h3>" in html
    assert '<mark class="ev-response">Ada Pryce, its leader' in html
    assert "Ada Pryce · leader · apologises · Lowmoor County Council" in html
    assert "<h3>What must get better</h3>" in html
    assert "inspected from · 2026-10" in html


def test_a_story_leads_to_the_official_report_and_says_where_sources_differ(site: Any) -> None:
    html = get(site, "/archive/articles/1").text
    assert 'href="https://files.ofsted.example/letter">the inspectors&#39; letter</a>' in html
    assert "https://harwick.example/statement" not in html
    assert "Rhona Tillet, Local Democracy Reporting Service" in html
    assert "<li>date by feed: 2026-11-02T23:30:00+00:00</li>" in html


def test_a_story_names_its_framework_and_a_grade_without_aspect_stands_alone(site: Any) -> None:
    where = get(site, "/archive/-/story?url=https://courier.example/beech-lane").headers["location"]
    story = get(site, where).text
    assert 'RQIA inspection</a> <span class="watch-small">rqia</span>' in story
    front = get(site, "/").text
    assert '<li><span class="grade">good</span> ' in front
    assert '<li>kitchen: <span class="grade">clean</span> ' in front
    listed = get(site, "/archive/judgements").text
    assert "Beech Lane is good" in listed
    for html in (story, front, listed):
        assert "not stated" not in html.lower()
    assert framework_name(None) is None
    assert framework_name("of-the-future") == "of-the-future"


@pytest.mark.parametrize("name", ["articles", "inspections_reported", "source_health", "findings"])
def test_what_the_columns_mean_is_folded_above_a_list(name: str, site: Any) -> None:
    html = get(site, f"/archive/{name}").text
    folded = html.index('<details class="glossary"><summary>What the columns mean</summary>')
    assert html.count('<dl class="column-descriptions">') == 1
    assert folded < html.index("column-descriptions") < html.index("<table")
    assert 'data-column-description="' in html  # beside the column's own name


def test_a_story_is_found_by_each_of_its_addresses(site: Any) -> None:
    mobile = HARWICK.replace("https://", "https://m.")
    for url in (HARWICK, mobile):
        response = get(site, f"/archive/-/story?url={url}")
        assert response.status_code == 302
        assert response.headers["location"] == "/story/1"
    html = get(site, "/archive/articles/1").text
    assert "Also at another address" in html
    assert mobile in html
    assert get(site, "/archive/-/story?url=https://nowhere.example/").status_code == 404
    assert get(site, "/archive/-/story").status_code == 404
    assert get(site, "/archive/articles/999").status_code == 404


def test_what_could_not_be_read_leads_to_the_publisher_not_to_a_story_that_is_not_there(
    site: Any,
) -> None:
    html = get(site, "/archive/not-read").text
    assert 'href="https://weekly.example/news/gone"' in html
    assert "/-/story?" not in html


def test_the_raw_pages_and_the_file_itself_are_out_of_reach(site: Any) -> None:
    assert get(site, "/archive-pages").status_code == 404
    assert get(site, "/archive.db").status_code == 403
    answer = get(site, f"{SQL}.json?sql=attach+'archive-pages.db'+as+p").json()
    assert not answer["ok"]
    assert get(site, f"{SQL}.json?sql=delete+from+articles").status_code == 400


def test_a_query_that_takes_too_long_is_stopped(site: Any) -> None:
    endless = "with+recursive+n(i)+as+(select+1+union+all+select+i%2B1+from+n)+select+max(i)+from+n"
    answer = get(site, f"{SQL}.json?sql={endless}&_timelimit=50")
    assert answer.status_code == 400
    assert "limit" in answer.json()["error"].lower()


def test_search_marks_the_words(site: Any) -> None:
    html = get(site, "/archive/search?q=neglected").text
    assert "<mark>neglected</mark>" in html
    assert '<a href="/story/1">' in html


def test_public_shows_evidence_and_links_but_no_text(public: Any) -> None:
    story = get(public, "/archive/articles/1").text
    assert "Children benefit from timely decisions when they are referred" in story
    assert "screening tool was singled out" not in story
    assert "Article text is not shown here" in story
    assert HARWICK in story
    assert get(public, "/archive/removals").status_code == 404
    assert get(public, "/archive/removed").status_code == 404
    assert "What was removed as furniture?" not in get(public, "/").text
    assert "Inspectors <mark>praise</mark> Harwick" in get(public, "/archive/search?q=praise").text


@pytest.mark.parametrize("words", ["screening tool was singled out", "Join today", "SECRETSUMMARY",
                                   "front door team in Harwick", "have been praised",
                                   "SECRETROBOTS", "SECRETCAPTION"])  # fmt: skip
def test_the_public_file_holds_no_publishers_words(words: str, public: Any) -> None:
    path = next(db.path for n, db in public.databases.items() if not n.startswith("_"))
    assert words.encode() not in Path(path).read_bytes()


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("https://weekly.example/a", "https://weekly.example/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//weekly.example", ""),
        ("https://", ""),
        ("http://[", ""),
        (None, ""),
    ],
)
def test_only_web_addresses_become_links(value: str | None, wanted: str) -> None:
    assert web_link(value) == wanted


@pytest.mark.parametrize(
    ("value", "time", "wanted"),
    [
        ("2026-11-03", True, "3 Nov 2026"),
        ("2026-11-03T09:30:00+00:00", True, "3 Nov 2026, 09:30"),
        ("2026-11-03T09:30:00+00:00", False, "3 Nov 2026"),
        ("2026-13-03", False, "2026-13-03"),
        ("yesterday", False, "yesterday"),
        (None, False, ""),
    ],
)
def test_a_date_is_written_as_people_read_it(value: str | None, time: bool, wanted: str) -> None:
    assert day(value, time=time) == wanted


def test_an_error_is_one_sentence_and_prints_nothing(
    site: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    response = get(site, "/archive/nothing-of-that-name")
    assert response.status_code == 404
    assert '<p class="message-error">' in response.text
    response = get(site, f"{SQL}?sql=drop+table+articles")
    assert response.status_code == 400
    assert "Statement must be a SELECT" in response.text
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err


def test_an_agency_has_its_grades_and_its_stories(site: Any) -> None:
    html = get(site, "/archive/agencies/unlisted~3Acouncil~3Alowmoor").text
    assert "<h1>Lowmoor County Council</h1>" in html
    assert "2 stories name it; inspected in 2" in html
    grades = html[html.index('id="grades"') :]
    assert grades.index("Requires improvement") < grades.index("Inadequate")  # newest first
    assert "Lowmoor County Council requires improvement overall" in html
    assert "<q>requires improvement in 2022</q>" not in html  # the previous grade is no current one
    assert "Lowmoor children&#39;s services fall to inadequate" in html
    assert "none known" in html


@pytest.mark.parametrize(
    ("evidence", "wanted"),
    [
        (None, []),
        ("It was good; very good.", ["It was good; very good."]),
        ("It was good.; Help came late.", ["It was good.", "Help came late."]),
        ("“It works.”; “It does not.”", ["“It works.”", "“It does not.”"]),
    ],
)
def test_joined_sentences_are_told_apart(evidence: str | None, wanted: list[str]) -> None:
    assert quotes(evidence) == wanted


def test_a_source_in_trouble_says_what_is_wrong_since_when_and_what_it_may_have_missed(
    site: Any,
) -> None:
    html = " ".join(get(site, "/archive/sources/lowmoor-post").text.split())
    for words in (
        "<h1>Lowmoor Post</h1>", '<span class="badge badge-strong">failing</span>',
        "Needs a person", "Failed four times in a row: the server does not answer in time.",
        "What “failing” means, and what to do", "News sitemap", "failed 4 times in a row",
        "South East", "all 20 stories of the list were new", "about 31 were to be expected",
        "20 of 20 new", "Nothing changed", "Not learned yet", "could not be read",
        'href="/archive/robots/https~3A~2F~2Flowmoor-post~2Eexample"',
        'href="/question/last-week?source=lowmoor-post"',
        'href="/archive/articles?source_id=lowmoor-post">2</a>, of which 1 reports',
    ):  # fmt: skip
        assert words in html, words
    assert "Moved for good" not in html


def test_a_source_shows_its_rhythm_and_where_it_moved(site: Any) -> None:
    html = " ".join(get(site, "/archive/sources/weekly").text.split())
    for words in (
        "Half of them between 7:00 and 10:00, UK time; Monday is the busiest day",
        "About 3 a week lately", "The longest silence while it was watched: 2 days",
        "Stories by hour of the day", "Moved for good", "25 items in its list",
        '<a rel="noopener noreferrer" href="https://www.weekly.example/feed">', "it has none",
        "in sources.yaml it is https://weekly.example/feed", "Nowhere that was noticed",
    ):  # fmt: skip
        assert words in html, words
    assert html.count("<rect ") == 24 + 7


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("closed", "switched off"),
        ("fresh", "not looked at yet"),
        ("courier", "all 20 stories of the list were new"),
        ("courier", "<p>Half of them between 8:00 and 9:00, UK time; Friday is the busiest day."),
        ("former", "It is no longer in sources.yaml"),
    ],
)
def test_every_source_has_a_page(source: str, words: str, site: Any, public: Any) -> None:
    for datasette in (site, public):
        html = get(datasette, f"/archive/sources/{source}").text
        assert words in html
        assert html.count("<h1>") == 1


def test_lists_lead_to_the_page_of_a_source(site: Any) -> None:
    assert '<a href="/source/lowmoor-post"><strong>Lowmoor Post' in get(site, "/").text
    for path in ("source_health", "sources-in-trouble", "missed"):
        html = get(site, f"/archive/{path}").text
        assert 'href="/source/lowmoor-post">Lowmoor Post</a>' in html
    assert get(site, "/archive/sources/nobody").status_code == 404


def test_a_diagnosis_shows_what_to_type_and_speaks_no_html() -> None:
    assert said("set `enabled: false` <b>") == "Set <code>enabled: false</code> &lt;b&gt;."


def test_a_rhythm_in_a_list_is_words(site: Any) -> None:
    html = get(site, "/archive/feeds").text
    assert "half between 7:00 and 10:00" in html
    assert "longest_seconds" not in html
    row = get(site, "/archive/feeds.json?_shape=array&source_id=weekly").json()[0]
    assert json.loads(row["rhythm"])["longest_seconds"] == 200000


def test_robots_rules_are_shown_as_they_are_written(site: Any) -> None:
    for path in ("/archive/robots/https~3A~2F~2Fweekly~2Eexample", "/archive/robots"):
        assert "<pre>User-agent: *\nDisallow: /SECRETROBOTS\n</pre>" in get(site, path).text


def test_no_robots_rules_in_public(public: Any) -> None:
    row = get(public, "/archive/robots.json?_shape=array").json()[0]
    assert row["body"] is None


@pytest.mark.parametrize(
    ("reason", "wanted"),
    [
        ("answers 404", "Answers 404."),
        ("www.paper.example fell silent", "www.paper.example fell silent."),
        ("https://a.example/: gone", "https://a.example/: gone."),
        ("it answers. Is it empty?", "It answers. Is it empty?"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_reason_is_a_sentence(reason: str | None, wanted: str) -> None:
    assert sentence(reason) == wanted


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [
        ({9: 5}, "between 9:00 and 10:00"),
        ({23: 5, 0: 4}, "between 23:00 and 0:00"),
        ({22: 2, 23: 4, 0: 4, 12: 1}, "between 23:00 and 1:00"),
        (dict.fromkeys(range(24), 1), "between 0:00 and 12:00"),
    ],
)
def test_busy_hours_in_words(hours: dict[int, float], wanted: str) -> None:
    counts = [hours.get(n, 0) for n in range(24)]
    said = json.dumps({"hours": counts, "days": [1] * 7, "longest_seconds": 5400})
    told = rhythm([said])
    assert told
    assert told["busiest_hours"] == wanted
    assert told["silence"] == "90 minutes"
    assert rhythm([]) is None
