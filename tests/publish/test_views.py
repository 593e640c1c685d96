"""The views of the contract, on the small archive."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from sqlite_utils import Database

from pipeline import publish
from pipeline.archive.schema import archive_migrations

EXPECTED: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "views.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("view", EXPECTED)
def test_a_view_has_the_columns_and_rows_of_the_contract(view: str, archive_file: Path) -> None:
    db = sqlite3.connect(archive_file)
    found = db.execute(f'SELECT * FROM "{view}"')
    columns = [column[0] for column in found.description]
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    db.close()
    assert columns == EXPECTED[view]["columns"]
    by_key = {row[EXPECTED[view]["key"]]: row for row in rows}
    assert len(by_key) == len(rows)
    assert set(by_key) == set(EXPECTED[view]["rows"])
    for key, wanted in EXPECTED[view]["rows"].items():
        assert {name: by_key[key][name] for name in wanted} == wanted


def test_every_view_of_the_folder_is_expected() -> None:
    assert set(publish.view_statements()) == set(EXPECTED)


def test_refreshing_makes_what_is_missing_or_different_and_nothing_else(tmp_path: Path) -> None:
    db = Database(tmp_path / "a.db")
    archive_migrations.apply(db)
    archive = SimpleNamespace(db=db)
    assert set(publish.refresh(archive)) == set(EXPECTED)
    assert publish.refresh(archive) == ()
    db.execute("DROP VIEW judgements")
    db.execute("CREATE VIEW judgements AS SELECT 1 AS old")
    db.execute("CREATE VIEW of_the_user AS SELECT 2 AS two")
    assert publish.refresh(archive) == ("judgements",)
    assert db.execute("SELECT count(*) FROM judgements").fetchone() == (0,)
    assert db.execute("SELECT two FROM of_the_user").fetchone() == (2,)
    db.close()


def test_newest_reports_are_read_in_the_order_of_an_index(archive_file: Path) -> None:
    db = sqlite3.connect(archive_file)
    plan = db.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM inspections_reported ORDER BY first_seen_at DESC LIMIT 50"
    ).fetchall()
    db.close()
    # Sorting first would work out evidence and grade of every story to show fifty.
    assert not any("TEMP B-TREE FOR ORDER BY" in row[3] for row in plan if row[1] == 0), plan
