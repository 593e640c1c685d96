"""What a visitor may not do: change anything, see the machine, ask without end, use any name."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from pipeline.errors import ArchiveError
from pipeline.publish.guard import is_known_host
from pipeline.publish.limits import OWN, PUBLIC
from pipeline.publish.serve import build, check, opened, serve
from tests.publish.test_hostile import asked, raw

# Datasette leaves facets that it began when one of them is refused.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def archive(archive_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with its raw pages beside it."""
    folder = tmp_path_factory.mktemp("somewhere-private")
    (folder / "archive-pages.db").write_bytes(archive_file.read_bytes())
    return Path(shutil.copy(archive_file, folder / "archive.db"))


@pytest.fixture(scope="module")
def site(archive: Path) -> Iterator[Any]:
    with opened(archive, hosts=("archive.example",)) as datasette:
        yield datasette


def sql(datasette: Any, query: str, **parameters: str) -> Any:
    (answer,) = asked(datasette, [f"/archive.json?{urlencode({'sql': query, **parameters})}"])
    return answer


# ---------------------------------------------------------------- nothing changes


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM articles", "WITH x AS (SELECT 1) DELETE FROM articles",
     "WITH x AS (SELECT 1) INSERT INTO robots SELECT 1, 2, 3, 4, 5, 6",
     "WITH x AS (SELECT 1) UPDATE articles SET headline = ''",
     "ATTACH 'archive-pages.db' AS pages", "SELECT 1; ATTACH 'archive-pages.db' AS pages",
     "PRAGMA writable_schema = 1", "PRAGMA journal_mode = DELETE", "PRAGMA user_version = 7",
     "VACUUM INTO 'copy.db'", "CREATE TABLE x (y)", "CREATE TEMP TABLE x (y)",
     "DROP VIEW judgements", "REINDEX", "ANALYZE", "SAVEPOINT x", "SELECT load_extension('evil')",
     "SELECT readfile('/etc/passwd')", "SELECT writefile('x', 'y')", "SELECT edit('x')",
     "SELECT fts3_tokenizer('simple')", "EXPLAIN DELETE FROM articles",
     "SELECT * FROM pragma_user_version(7)", "/**/DELETE FROM articles",
     "--\nDELETE FROM articles"],
)  # fmt: skip
def test_no_query_changes_anything(query: str, site: Any, archive: Path) -> None:
    folder = archive.parent
    before = {p.name: digest(p) for p in folder.glob("*.db")}
    answer = sql(site, query)
    assert answer.status_code == 400 or answer.json()["rows"] in ([], [[0]])
    assert {p.name: digest(p) for p in folder.glob("*.db")} == before


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
@pytest.mark.parametrize(
    "path", ["/", "/search", "/archive", "/archive/articles", "/archive/articles/1",
             "/archive/near-misses", "/-/messages", "/-/static-watch/watch.css", "/nothing"],
)  # fmt: skip
def test_other_methods_are_refused_everywhere(method: str, path: str, site: Any) -> None:
    status, headers, _ = raw(site, path, method=method)
    assert status == 405
    assert headers["allow"] == "GET, HEAD"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/story/1", "/archive/articles", "/-/static/app.css"])
def test_head_is_answered_like_get(path: str, site: Any) -> None:
    assert raw(site, path, method="HEAD")[0] == 200


# ---------------------------------------------------------------- nothing of the machine is seen


@pytest.mark.parametrize(
    "path",
    [f"/-/{name}{form}" for name in ("databases", "threads", "versions", "plugins", "settings",
                                     "config", "metadata", "actor") for form in ("", ".json")]
    + ["/-/messages", "/-/logout", "/-/allow-debug", "/-/permissions", "/-/auth-token",
       "/-/patterns", "/-/jump", "/-/", "/-/anything", "/-/static", "/-/%64atabases.json"],
)  # fmt: skip
def test_datasettes_pages_about_itself_are_closed(path: str, site: Any) -> None:
    assert raw(site, path)[0] in (404, 302)
    answer = asked(site, [path], follow_redirects=True)[0]
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/archive-pages", "/archive-pages.json", "/archive-pages.db", "/archive.db", "/_internal",
     "/_internal/databases", "/_memory", "/:memory:", "/-/static/../archive-pages.db",
     "/-/static-watch/%2e%2e/plugin.py", "/-/static-watch/..%2fplugin.py",
     "/-/static-watch//etc/passwd", "/-/static-watch/../../publish/plugin.py",
     "/-/static/%2fetc%2fpasswd", "/archive/../archive-pages.db"],
)  # fmt: skip
def test_no_other_file_can_be_reached(path: str, site: Any) -> None:
    status, headers, body = raw(site, path)
    assert status in (301, 302, 400, 403, 404)
    assert b"SQLite format" not in body
    assert b"hookimpl" not in body
    assert headers.get("location", "/").startswith("/")


@pytest.mark.parametrize(
    "query", ["SELECT * FROM pragma_database_list", "SELECT * FROM main.pragma_database_list()",
              "select file from PRAGMA_DATABASE_LIST where seq = 0", "PRAGMA database_list"],
)  # fmt: skip
def test_where_the_file_lies_is_no_visitors_business(query: str, site: Any, archive: Path) -> None:
    answer = sql(site, query)
    assert answer.status_code == 400 or answer.json()["rows"] == []
    for path in ("/archive", "/archive.json", "/.json", "/nothing", "/archive?sql=nonsense"):
        assert str(archive.parent) not in asked(site, [path])[0].text


def test_other_pragmas_still_answer(site: Any) -> None:
    found = sql(site, "SELECT name FROM pragma_table_info('sources') WHERE pk").json()["rows"]
    assert found == [["id"]]


# ---------------------------------------------------------------- nothing goes on without end


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "


@pytest.mark.parametrize(
    "query",
    [ENDLESS + "SELECT max(i) FROM n", ENDLESS + "SELECT count(*) FROM n a JOIN n b",
     ENDLESS + "SELECT sum(length(search_terms('a' || i))) FROM n"],
)  # fmt: skip
def test_a_slow_query_is_stopped(query: str, site: Any) -> None:
    answer = sql(site, query, _timelimit="50")
    assert answer.status_code == 400
    assert "limit" in answer.json()["error"]


@pytest.mark.parametrize(
    "query",
    ["SELECT zeroblob(900000000)", "SELECT length(hex(zeroblob(400000000)))",
     "SELECT replace(hex(zeroblob(1000)), '0', hex(zeroblob(99999)))",
     ENDLESS + "SELECT group_concat(printf('%10000d', i)) FROM n",
     ENDLESS + "SELECT json_group_array(printf('%10000d', i)) FROM n",
     ENDLESS + "SELECT zeroblob(1900000) FROM n LIMIT 2000",
     ENDLESS + "SELECT hex(zeroblob(9000)), hex(zeroblob(9000)) FROM n LIMIT 2000"],
)  # fmt: skip
def test_a_huge_answer_is_not_made(query: str, public: Any) -> None:
    answer = sql(public, query, _timelimit="500")
    assert answer.status_code == 400
    assert "too" in answer.json()["error"]
    assert len(answer.content) < 10_000


def test_an_ordinary_large_answer_is(site: Any, public: Any) -> None:
    rows = sql(public, ENDLESS + "SELECT hex(zeroblob(4000)) FROM n LIMIT 2000").json()["rows"]
    assert len(rows) == 2000
    for datasette, most in ((site, OWN.value), (public, PUBLIC.value)):
        just = f"SELECT length(zeroblob({most - 9})), length(hex(zeroblob({most // 2 - 9})))"
        assert sql(datasette, just).json()["rows"] == [[most - 9, most - 18]]
        assert sql(datasette, f"SELECT hex(zeroblob({most // 2 + 1}))").status_code == 400


def test_a_pattern_that_makes_others_search_for_ever_is_answered(site: Any) -> None:
    query = f"SELECT replace(hex(zeroblob(90000)), '0', 'a') LIKE '{'%a' * 90}%b'"
    assert sql(site, query).json()["rows"] == [[0]]


def test_what_is_asked_wrongly_is_no_failure_of_ours(site: Any) -> None:
    for path in ("/archive/articles?_sort=nope", "/archive/articles?_sort=id&_sort_desc=id",
                 "/archive/articles?_facet=nope", "/archive/articles?_through=%5B",
                 "/archive/articles.json?_where=nonsense"):  # fmt: skip
        assert asked(site, [path])[0].status_code == 400


# ---------------------------------------------------------------- by whatever name


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:8001", True),
        ("127.0.0.1", True),
        ("localhost:8001", True),
        ("LOCALHOST", True),
        ("[::1]:8001", True),
        ("192.168.1.20:8001", True),  # a number needs no DNS
        ("archive.example", True),
        ("Archive.Example.:8001", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example#localhost", False),
        ("127.0.0.1@evil.example", False),
        ("0x7f000001.evil.example", False),
        ("[::1", False),
        ("", False),
        (":8001", False),
        ("x archive.example", False),
    ],
)
def test_only_names_of_this_machine_are_answered(host: str, known: bool, site: Any) -> None:
    assert is_known_host(host, ["archive.example"]) is known
    for path in ("/", "/archive.json", "/-/static-watch/watch.css"):
        status, headers, body = raw(site, path, host=host)
        assert status == (200 if known else 421)
        assert headers["x-content-type-options"] == "nosniff"
        assert known or (b"archive" not in body.lower() and len(body) < 100)


def test_a_public_archive_answers_to_every_name(public: Any) -> None:
    assert raw(public, "/", host="anything.example")[0] == 200


# ---------------------------------------------------------------- the operator's own words


@pytest.mark.parametrize(
    "name", ["archive<script>.db", "a b & c's \"d\".db", "../x.db", "{{7*7}}.db", "é—.db",
             "a.b.c.db", "A" * 200 + ".db", "~.db", "archive&x=1.db", "'; DROP TABLE x;.db"],
)  # fmt: skip
def test_a_strange_file_name_does_no_harm(name: str, archive_file: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = Path(shutil.copy(archive_file, tmp_path / "in" / name))
    with opened(path) as datasette:
        base = datasette.urls.database(path.stem)
        answers = asked(
            datasette,
            ["/", "/search", "/story/1", str(base), f"{base}/articles", f"{base}/articles/1"],
        )
    for answer in answers:
        assert answer.status_code == 200
        assert "<script>." not in answer.text
        assert "49" not in answer.text.split("</title>")[0]


@pytest.mark.parametrize(
    "name", ["%41.db", "archive?mode=rwc.db", "archive#.db", "_internal.db", "-.db", "search.db",
             "story.db"],
)  # fmt: skip
def test_a_name_that_means_something_else_is_refused(
    name: str, archive_file: Path, tmp_path: Path
) -> None:
    with pytest.raises(ArchiveError, match="under that name"):
        check(Path(shutil.copy(archive_file, tmp_path / name)))


def test_it_listens_on_this_machine_alone_unless_told() -> None:
    assert signature(serve).parameters["host"].default == "127.0.0.1"
    said = subprocess.run([sys.executable, "-m", "pipeline", "serve", "--help"],
                          check=True, capture_output=True, text=True)  # fmt: skip
    assert "[default: 127.0.0.1]" in " ".join(said.stdout.split())
    assert "--allow-host" in said.stdout


def test_our_own_writes_are_not_in_its_way(archive_file: Path) -> None:
    """Datasette keeps a database of its own in memory, which the limits leave alone."""
    datasette = build(archive_file)
    assert "_internal" in datasette.databases
    with sqlite3.connect(":memory:") as conn:
        assert conn.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED) > 0
    conn.close()
