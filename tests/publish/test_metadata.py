"""Everything that is served is described, and every question has an answer."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from pipeline.archive.fulltext import search_terms
from pipeline.models import HealthState
from pipeline.publish import metadata
from pipeline.publish.public import make_public_copy
from pipeline.publish.reference import schema_markdown, states_markdown

HERE = Path(__file__).parent
QUESTIONS: list[dict[str, Any]] = yaml.safe_load(
    (HERE / "questions.yaml").read_text(encoding="utf-8")
)
OF_TWO_YEARS: list[dict[str, Any]] = yaml.safe_load(
    (HERE / "two_years.yaml").read_text(encoding="utf-8")
)["questions"]
AWKWARD = ["", " ", "'", '"', "%", "a-b", "OR", "😀", "0", "-1", "99999999999999999999",
           "-99999999999999999999", "1e400", "\0", "x' OR 1=1 --"]  # fmt: skip


def real_columns(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Columns of every table and view, the shadow tables of full-text search left out."""
    names = db.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow'"
        " AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    ).fetchall()
    return {
        name: [row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (name,))]
        for (name,) in names
    }


def opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    connection.create_function("search_terms", 1, search_terms)
    return connection


@pytest.fixture
def db(archive_file: Path) -> Any:
    connection = opened(archive_file)
    yield connection
    connection.close()


@pytest.fixture
def two_years(two_years_file: Path) -> Any:
    connection = opened(two_years_file)
    yield connection
    connection.close()


def test_every_table_view_and_column_is_described_in_its_order(db: sqlite3.Connection) -> None:
    described = {name: list(r["columns"]) for name, r in metadata.relations().items()}
    assert described == real_columns(db)
    for name, relation in metadata.relations().items():
        assert relation["title"], name
        assert relation["description"].endswith("."), name
        assert all(relation["columns"].values()), name


def test_every_state_is_explained_and_says_what_to_do() -> None:
    states = metadata.described()["states"]
    assert set(states) == set(get_args(HealthState))
    for name, state in states.items():
        assert state["label"], name
        assert state["means"].endswith("."), name
        assert state["do"].endswith("."), name


def test_options_name_columns_that_exist() -> None:
    for name, relation in metadata.relations().items():
        named = [*relation.get("facets", []), *relation.get("sortable", [])]
        named += [relation[key] for key in ("sort", "sort_desc", "label") if key in relation]
        assert set(named) <= set(relation["columns"]), name
        if "sortable" in relation:  # Datasette refuses to sort by any other column
            order = {relation[key] for key in ("sort", "sort_desc") if key in relation}
            assert order <= set(relation["sortable"]), name


def check(case: dict[str, Any], db: sqlite3.Connection) -> None:
    query = metadata.queries()[case["ask"]]
    rows = db.execute(
        query["sql"], {**dict.fromkeys(query["params"], ""), **case["with"]}
    ).fetchall()
    assert len(rows) == case["rows"]
    for name, wanted in case.get("first", {}).items():
        if isinstance(wanted, str) and len(wanted) > 1 and wanted[0] == wanted[-1] == "/":
            assert re.search(wanted[1:-1], rows[0][name])
        else:
            assert rows[0][name] == wanted
    for name, unwanted in case.get("never", {}).items():
        assert unwanted not in [row[name] for row in rows]


@pytest.mark.parametrize("case", QUESTIONS, ids=lambda c: f"{c['ask']} {c['with']}")
def test_a_question_is_answered(case: dict[str, Any], db: sqlite3.Connection) -> None:
    check(case, db)


@pytest.mark.parametrize("case", OF_TWO_YEARS, ids=lambda c: f"{c['ask']} {c['with']}")
def test_a_question_across_stories_is_answered(
    case: dict[str, Any], two_years: sqlite3.Connection
) -> None:
    check(case, two_years)


def test_every_question_is_asked_above() -> None:
    assert {case["ask"] for case in (*QUESTIONS, *OF_TWO_YEARS)} == set(metadata.queries())
    assert len(metadata.queries()) >= 20


def test_questions_stand_in_groups() -> None:
    in_groups = metadata.grouped_queries()
    assert list(in_groups) == [
        "What was found", "Who and where", "Who covered it", "Can I trust it?", "Sources",
    ]  # fmt: skip
    assert [name for group in in_groups.values() for name in group] == list(metadata.queries())
    public = metadata.grouped_queries(public=True)
    assert {n for group in public.values() for n in group} == set(metadata.queries(public=True))
    assert "removed" not in public["Can I trust it?"]


@pytest.mark.parametrize("name", metadata.queries())
def test_no_input_makes_a_question_fail(
    name: str, db: sqlite3.Connection, two_years: sqlite3.Connection
) -> None:
    query = metadata.queries()[name]
    for awkward in AWKWARD:
        for archive in (db, two_years):
            archive.execute(query["sql"], dict.fromkeys(query["params"], awkward)).fetchall()


def add_looks(db: sqlite3.Connection, start: int, end: int) -> None:
    """Entries `start` to `end` of one feed, each found by a look of its own, every tenth unread."""
    feed, source = db.execute("SELECT url, source_id FROM feeds ORDER BY url").fetchone()
    seen = "2026-01-01T00:00:00+00:00"
    for n in range(start, end):
        url, at = f"https://grown.example/{n}", f"2026-02-{1 + n % 28:02}T{n % 24:02}:30:00+00:00"
        state = "failed" if n % 10 == 0 else "stored"
        db.execute(
            "INSERT INTO entries (feed_url, source_id, guid, url, link, headline, published_at,"
            " digest, first_seen_at, page_state) VALUES (?, ?, ?, ?, ?, 'Council', ?, '', ?, ?)",
            (feed, source, url, url, url, seen, at, state),
        )
        db.execute(
            "INSERT INTO fetches (url, source_id, what, fetched_at, outcome)"
            " VALUES (?, ?, 'feed', ?, 'entries')",
            (feed, source, at),
        )
        db.execute(
            "INSERT INTO derivations (article_url, stage, made_from, made_by, made_at, error)"
            " VALUES (?, 'clean', '', '', ?, 'no story')",
            (url, at),
        )


def add_reports(db: sqlite3.Connection, start: int, end: int) -> None:
    """Stories `start` to `end`, ten for each of ever more councils, with every grade by turns."""
    grades = ["outstanding", "good", "requires improvement", "inadequate"]
    for n in range(start, end):
        at = f"2025-{1 + n % 12:02}-{1 + n % 28:02}T09:00:00+00:00"
        body, rank = f"council:grown-{n // 10}", n % 4 + 1
        db.execute("INSERT INTO agencies (id, name, kind) VALUES (?, 'Grown', 'council')"
                   " ON CONFLICT DO NOTHING", (body,))  # fmt: skip
        story = db.execute(
            "INSERT INTO articles (url, headline, publisher, published_at, first_seen_at,"
            " updated_at, access, text, digest, is_report) VALUES (?, 'H', ?, ?, ?, ?, 'open',"
            " 'weak', '', 1)",
            (f"https://grown.example/{n}", f"Paper {n % 3}", at, at, at),
        ).lastrowid
        for agency, role in ((body, "inspected"), ("ofsted", "inspectorate")):
            db.execute("INSERT INTO article_agencies (article_id, agency_id, role)"
                       " VALUES (?, ?, ?)", (story, agency, role))  # fmt: skip
        for kind in ("judgement", "weakness"):
            db.execute(
                "INSERT INTO findings (article_id, kind, body_id, inspectorate_id, aspect, grade,"
                ' rank, scale, status, speaker, start, "end", quote, rule)'
                " VALUES (?, ?, ?, 'ofsted', 'overall', ?, ?, 4, 'current', 'inspectors', 0, 4,"
                " 'weak', '')",
                (story, kind, body, grades[rank - 1], rank),
            )
        db.execute('INSERT INTO article_themes (article_id, theme_id, name, start, "end", quote)'
                   " VALUES (?, 'staffing', 'Staffing', 0, 4, 'weak')", (story,))  # fmt: skip
        db.execute("INSERT INTO inspection_details (article_id, kind, value, start, \"end\", quote,"
                   " rule) VALUES (?, 'inspected_until', '2025-01-01', 0, 4, 'weak', '')",
                   (story,))  # fmt: skip


def assert_in_proportion(db: sqlite3.Connection, name: str, values: Any, grow: Any) -> None:
    """The work of a question, in steps of SQLite's machine, grows with what it is asked of."""
    work = []
    for start, end in ((0, 500), (500, 2000)):
        grow(db, start, end)
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        db.set_progress_handler(step, 100)
        rows = db.execute(metadata.queries()[name]["sql"], values).fetchall()
        db.set_progress_handler(None, 0)
        assert rows
        work.append(steps)
    assert work[1] < 8 * work[0]  # four times as much; what compares all with all takes sixteen


@pytest.mark.parametrize("name", ["time-to-reach-us", "last-week", "not-read"])
def test_a_question_of_a_long_past_takes_no_more_than_its_share(
    name: str, archive_file: Path, tmp_path: Path
) -> None:
    db = sqlite3.connect(shutil.copy(archive_file, tmp_path))
    source = db.execute("SELECT source_id FROM feeds ORDER BY url").fetchone()[0]
    params = metadata.queries()[name]["params"]
    values = {name: source if name == "source" else "" for name in params}
    assert_in_proportion(db, name, values, add_looks)
    db.close()


ACROSS = ["after-inadequate", "worst-grades", "latest-judgement", "repeated-weaknesses",
          "nobody-else", "several-covered", "inspection-to-coverage", "conflicting-grades",
          "no-story-for-months", "grades-by-year"]  # fmt: skip


@pytest.mark.parametrize("name", ACROSS)
def test_a_question_across_many_stories_takes_no_more_than_its_share(
    name: str, two_years_file: Path, tmp_path: Path
) -> None:
    db = sqlite3.connect(shutil.copy(two_years_file, tmp_path))
    values = dict.fromkeys(metadata.queries()[name]["params"], "")
    assert_in_proportion(db, name, values, add_reports)
    db.close()


@pytest.mark.parametrize("name", metadata.queries())
def test_a_question_says_what_it_asks_and_every_box_has_words(name: str) -> None:
    query = metadata.queries()[name]
    assert query["title"]
    assert query["description"].endswith(".")
    in_sql = dict.fromkeys(re.findall(r"(?<!\w):([a-z_]+)\b", query["sql"]))
    assert set(in_sql) == set(query["params"])
    assert "limit" in query["sql"].lower() or name == "sources-in-trouble"


def test_what_is_public_works_without_the_text(archive_file: Path, tmp_path: Path) -> None:
    make_public_copy(archive_file, tmp_path / "archive.db")
    db = sqlite3.connect(tmp_path / "archive.db")
    db.create_function("search_terms", 1, search_terms)
    for query in metadata.queries(public=True).values():
        db.execute(query["sql"], dict.fromkeys(query["params"], "")).fetchall()
    served = {n for n in real_columns(db) if n != "articles_fts"}
    db.close()
    assert served == set(metadata.relations(public=True)) - {"articles_fts"}


def test_datasette_0_65_gets_it_in_one_document() -> None:
    made = metadata.metadata("demo")["databases"]["demo"]
    assert made["tables"]["articles"]["label_column"] == "headline"
    assert made["tables"]["articles"]["columns"]["url"].startswith("Canonical")
    assert made["tables"]["inspections_reported"]["sort_desc"] == "first_seen_at"
    assert made["queries"]["search"]["params"] == ["q"]


def test_datasette_1_gets_behaviour_and_words_apart() -> None:
    config = yaml.safe_load(metadata.datasette_yaml("demo"))
    assert set(config) == {"settings", "permissions", "databases"}
    assert not any(config["permissions"].values())
    tables = config["databases"]["demo"]["tables"]
    assert tables["articles"]["facets"] == ["publisher", "access", "is_report", "inspection_type"]
    assert not any("description" in t or "columns" in t for t in tables.values())
    assert set(config["databases"]["demo"]["queries"]) == set(metadata.queries())
    words = metadata.metadata_1("demo")["databases"]["demo"]
    assert "queries" not in words
    assert all(set(t) == {"title", "description", "columns"} for t in words["tables"].values())


def test_the_reference_has_every_column_that_is_listed() -> None:
    text = schema_markdown()
    for name, relation in metadata.relations().items():
        if not relation.get("hidden"):
            assert f"<summary><code>{name}</code>: " in text
            assert all(f"| `{column}` | " in text for column in relation["columns"])


def test_the_reference_has_every_state() -> None:
    lines = states_markdown().splitlines()
    assert len(lines) == 2 + len(get_args(HealthState))
    assert all(line.count(" | ") == 2 for line in lines[2:])
