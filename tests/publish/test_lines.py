"""What must hold on both lines of Datasette, 0.65 and 1.0.

It runs on whichever is installed; test_datasette_1.py runs it, and the tests of the pages, on 1.0.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import html
import io
import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from pipeline.publish import metadata
from pipeline.publish.outputs import FORMS
from pipeline.publish.serve import opened
from tests.publish.conftest import get

ON_1 = metadata.is_datasette_1()
SQL = "/archive/-/query" if ON_1 else "/archive"
LISTS = [
    "/reported", "/search", "/map", "/frameworks", "/themes", "/questions", "/story/1",
    "/agency/unlisted:council:lowmoor", "/source/weekly", "/inspectorate/ofsted",
    "/framework/rqia", "/question/reported-lately", "/question/search",
]  # fmt: skip
OWN = [
    "/archive", "/archive/articles", "/archive/inspections_reported?_facet=bodies",
    "/archive/findings/1", "/archive/robots", f"{SQL}?sql=select+1+as+one",
]  # fmt: skip
#: every address through which 1.0 changes something, were it allowed
WRITING = [
    ("POST", "/archive/-/execute-write", {"sql": "delete from articles"}),
    ("POST", "/archive/-/execute-write/analyze", {"sql": "delete from articles"}),
    ("GET", "/archive/-/execute-write", None),
    ("POST", "/archive/-/create", {"table": "t", "columns": [{"name": "a", "type": "text"}]}),
    ("POST", "/archive/-/queries/store", {"query": {"name": "mine", "sql": "select 1"}}),
    ("GET", "/archive/-/queries/store", None),
    ("POST", "/archive/-/queries/analyze", {"sql": "select 1"}),
    ("POST", "/archive/search/-/update", {"update": {"sql": "select 1"}}),
    ("POST", "/archive/search/-/delete", {}),
    ("POST", "/archive/search/-/edit", {}),
    ("GET", "/archive/search/-/edit", None),
    ("GET", "/archive/search/-/delete", None),
    ("POST", "/archive/articles/-/insert", {"row": {"url": "https://weekly.example/x"}}),
    ("POST", "/archive/articles/-/upsert", {"rows": [{"id": 1, "url": "x"}]}),
    ("POST", "/archive/articles/-/alter", {"operations": []}),
    ("POST", "/archive/articles/-/set-column-type", {"column": "url", "column_type": None}),
    ("POST", "/archive/articles/-/drop", {"confirm": True}),
    ("POST", "/archive/articles/1/-/update", {"update": {"headline": "x"}}),
    ("POST", "/archive/articles/1/-/delete", {}),
    ("POST", "/archive/search", {"q": "x"}),
    ("POST", SQL, {"sql": "delete from articles"}),
    ("PUT", "/archive/articles/1", {}),
    ("PATCH", "/archive/articles/1", {}),
    ("DELETE", "/archive/articles/1", None),
    ("POST", "/-/create-token", {}),
    ("GET", "/-/create-token", None),
    ("GET", "/-/auth-token?token=0", None),
    ("POST", "/-/permissions", {}),
    ("POST", "/-/messages", {}),
]  # fmt: skip


def ask(datasette: Any, method: str, path: str, body: Any = None) -> Any:
    given = {} if body is None else {"json": body}
    return asyncio.run(datasette.client.request(method, path, **given))


def digest(path: Path) -> str:
    with sqlite3.connect(path) as db:
        text = "\n".join(db.iterdump())
    db.close()
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("path", LISTS)
def test_each_list_comes_in_each_form(path: str, site: Any) -> None:
    texts = {}
    for form in FORMS:
        response = get(site, f"{path}.{form}")
        assert response.status_code == 200, form
        assert "script-src" not in response.headers["content-security-policy"]
        texts[form] = response.text
    rows = json.loads(texts["json"])["rows"]
    table = list(csv.reader(io.StringIO(texts["csv"])))
    assert table[: len(rows) + 1][-1] != []
    assert table[len(rows) + 1] == []
    assert ET.fromstring(texts["atom"]).tag == "{http://www.w3.org/2005/Atom}feed"
    assert json.loads(texts["feed.json"])["version"] == "https://jsonfeed.org/version/1.1"
    assert texts["ics"].startswith("BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize("path", OWN)
def test_what_datasettes_own_pages_ask_for_is_there(path: str, site: Any) -> None:
    response = get(site, path)
    assert response.status_code == 200
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert 'href="/archive"' in response.text
    asked = re.findall(r'<script[^>]* src="([^"]+)"|<link rel="stylesheet" href="', response.text)
    asked += re.findall(r'<link rel="stylesheet" href="([^"]+)"', response.text)
    for address in filter(None, asked):
        assert get(site, html.unescape(address)).status_code == 200, address


def test_a_table_is_sorted_filtered_and_counted_by_facet(site: Any) -> None:
    text = get(site, "/archive/articles?id__gt=1&_sort_desc=id&_facet=source_id").text
    assert "where id &gt; 1 sorted by id descending" in text
    assert "<h1>Stories</h1>" in text
    facet = text[text.index('id="facet-source_id"') :]
    assert "source_id=courier" in html.unescape(facet)
    ids = [int(n) for n in re.findall(r'<td class="col-id type-[^>]*><a[^>]*>(\d+)<', text)]
    assert len(ids) > 1
    assert ids == sorted(ids, reverse=True)


def test_a_row_and_its_labels(site: Any) -> None:
    text = get(site, "/archive/findings/1").text
    assert "findings: 1" in text
    assert re.search(r'<td class="col-article_id[^>]*><a href="/(story|archive/articles)/\d', text)


@pytest.mark.parametrize("name", ["articles", "inspections_reported", "sources"])
def test_a_table_as_data(name: str, site: Any) -> None:
    rows = get(site, f"/archive/{name}.json?_shape=array&_size=max").json()
    table = list(csv.DictReader(io.StringIO(get(site, f"/archive/{name}.csv?_size=max").text)))
    assert set(rows[0]) == set(metadata.relations()[name]["columns"])
    assert len(table) == len(rows)
    assert "rows" in get(site, f"/archive/{name}.json").json()


def test_a_row_as_data(site: Any) -> None:
    answer = get(site, "/archive/articles/1.json?_shape=objects").json()
    assert [row["url"] for row in answer["rows"]] == ["https://weekly.example/news/harwick-neglect"]


@pytest.mark.parametrize("name", metadata.queries())
def test_a_question_as_data_is_what_our_page_says(name: str, site: Any) -> None:
    params = "?q=neglected" if name == "search" else "?days=36500"
    rows = get(site, f"/archive/{name}.json{params}&_shape=array").json()
    assert isinstance(rows, list)
    assert "rows" in get(site, f"/archive/{name}.json{params}").json()
    table = list(csv.DictReader(io.StringIO(get(site, f"/archive/{name}.csv{params}").text)))
    assert len(table) == len(rows)
    if name != "search":  # it has a page of its own
        assert len(get(site, f"/question/{name}.json{params}").json()["rows"]) == len(rows)


def test_change_it_leads_to_the_sql_with_its_boxes_filled(site: Any) -> None:
    given = "days=36500&inspectorate=Ofsted"
    page = get(site, f"/question/reported-lately?{given}").text
    link = html.unescape(re.findall(r'<a href="([^"]+)">Change it</a>', page)[0])
    assert link.startswith(f"{SQL}?sql=")
    changed = get(site, link)
    assert changed.status_code == 200
    sql = metadata.queries()["reported-lately"]["sql"].strip()
    shown = re.findall(r"<textarea[^>]*>(.*?)</textarea>", changed.text, re.DOTALL)[0]
    assert html.unescape(shown).strip() == sql
    assert re.search(r'<input[^>]* name="days" value="36500"', changed.text)
    assert re.search(r'<input[^>]* name="inspectorate" value="Ofsted"', changed.text)
    wanted = len(get(site, f"/question/reported-lately.json?{given}").json()["rows"])
    assert wanted
    assert changed.text.count('<td class="col-headline">') == wanted


def test_sql_of_ones_own_as_data(site: Any) -> None:
    sql = "sql=select+id,headline+from+articles+where+id=:n&n=1"
    assert get(site, f"{SQL}.json?{sql}&_shape=array").json()[0]["id"] == 1
    assert get(site, f"{SQL}.csv?{sql}").text.splitlines()[0] == "id,headline"
    # Links that people kept from 0.65 still lead there.
    answer = asyncio.run(site.client.get(f"/archive?{sql}", follow_redirects=True))
    assert answer.status_code == 200
    assert "n</label>" in answer.text


@pytest.mark.parametrize(
    "sql",
    ["delete from articles", "attach 'x.db' as x", "pragma query_only = off",
     "with x as (select 1) insert into sources(id) select 2", "select load_extension('x')"],
)  # fmt: skip
def test_sql_of_ones_own_only_reads(sql: str, site: Any) -> None:
    answer = asyncio.run(site.client.get(f"{SQL}.json", params={"sql": sql}))
    assert answer.status_code == 400
    assert answer.json()["ok"] is False
    assert answer.json()["error"]


def test_nothing_is_written_through_any_address(archive_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(archive_file, tmp_path / "archive.db"))
    before = digest(path)
    with opened(path) as datasette:
        for method, address, body in WRITING:
            response = ask(datasette, method, address, body)
            # 0.65 knows no such address and takes some of them for rows of a table named "-".
            refused = (403, 404, 405) if ON_1 or method != "GET" else (400, 403, 404)
            assert response.status_code in refused, f"{method} {address}"
            assert "content-security-policy" in response.headers
        kept = get(datasette, "/archive/search.json?q=neglected&_shape=array").json()
        assert kept[0]["headline"]
    assert digest(path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["archive.db"]


def test_not_even_code_in_this_process_writes(archive_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(archive_file, tmp_path / "archive.db"))

    async def write(datasette: Any) -> None:
        await datasette.client.get("/")
        await datasette.get_database("archive").execute_write("DELETE FROM articles")

    with opened(path) as datasette, pytest.raises(sqlite3.OperationalError, match="readonly"):
        asyncio.run(write(datasette))


def test_rows_are_counted_when_a_reader_asks(site: Any) -> None:
    answer = ask(site, "POST", "/archive/articles/-/count")
    assert answer.status_code == (200 if ON_1 else 404)
    if ON_1:
        rows = get(site, "/archive/articles.json?_shape=array&_size=max").json()
        assert answer.json() == {"ok": True, "count": len(rows)}


@pytest.mark.parametrize(
    "path",
    ["/archive.db", "/_internal", "/__INTERNAL__", "/_internal/queries", "/__INTERNAL__/queries",
     "/_memory", "/archive-pages", "/-/permissions", "/-/threads.json"],
)  # fmt: skip
def test_what_is_not_for_readers_is_out_of_reach(path: str, site: Any) -> None:
    assert get(site, path).status_code in {403, 404}


def test_in_public_no_question_needs_what_was_left_out(public: Any) -> None:
    left_out = set(metadata.queries()) - set(metadata.queries(public=True))
    assert left_out
    for name in left_out:
        for path in (f"/question/{name}", f"/archive/{name}", f"/archive/{name}.json"):
            assert get(public, path).status_code == 404, path
    for name in metadata.queries(public=True):
        assert get(public, f"/archive/{name}.json?_shape=array").status_code == 200, name


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/archive/nothing.json", 404, "not found"),
        ("/nothing.json", 404, "not found"),
        ("/archive/articles/999.json", 404, "not found"),
        (f"{SQL}.json?sql=select+nothing", 400, "nothing"),
    ],
)
def test_an_error_says_why(
    path: str, status: int, words: str, site: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = get(site, path)
    assert answer.status_code == status
    assert answer.json()["ok"] is False
    assert words in answer.json()["error"].lower()
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err


def test_datasettes_own_lists_can_be_cited(site: Any) -> None:
    html = get(site, "/archive/findings?kind=judgement").text
    told = html[html.index("A statement to cite") :]
    rows = get(site, "/archive/findings.json?kind=judgement&_shape=array&_size=max").json()
    assert f"{len(rows)} rows" in told
    assert "Findings where kind = &#34;judgement&#34;" in told
    assert "http://localhost/archive/findings?kind=judgement" in told
    assert "fingerprint " in told
