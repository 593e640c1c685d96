"""The statement to cite: every part of it, for a period, before and after the archive changed."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlite_utils import Database

from pipeline import publish
from pipeline.publish import metadata
from pipeline.publish.links import served
from pipeline.publish.listing import Listing
from pipeline.publish.pages.question import stops_at
from pipeline.publish.serve import opened
from pipeline.publish.statement import accuracy, statement

README = Path(__file__).parents[2] / "README.md"


def told(site: Any, path: str) -> dict[str, Any]:
    data: dict[str, Any] = asyncio.run(site.client.get(path)).json()
    return dict(data["statement"])


def test_it_says_what_was_asked_of_what_and_how_far_to_trust_it(site: Any) -> None:
    made = told(site, "/search.json?q=council&report=yes")
    assert made["asked"].startswith("stories with “council”; reports an inspection: Yes; ")
    assert made["address"] == "http://localhost/search?q=council&report=yes"
    assert re.fullmatch("[0-9a-f]{16}", made["fingerprint"])
    assert made["updated_at"] == "2026-11-16T10:00:00+00:00"
    assert not made["truncated"]
    assert made["stories"] == made["rows"]
    assert 0 < made["stories_partial"] < made["stories"]
    assert made["accuracy"] == list(accuracy())
    assert made["sources_watched"] == 4


def test_sources_that_were_silent_in_the_period_are_named(site: Any) -> None:
    whole = told(site, "/question/reports-by-month.json")
    assert set(whole["sources_silent"]) == {"Fresh Herald", "Harwick Courier", "Lowmoor Post"}
    assert whole["gaps"] == 2
    year = told(site, "/question/reports-by-month.json?year=2020")
    assert year["since"] == "2020-01-01T00:00:00+00:00"
    assert year["until"] == "2020-12-31T23:59:59+00:00"
    assert year["sources_watched"] == 0  # nothing was watched yet
    assert year["gaps"] == 0


def test_a_list_that_is_cut_off_is_called_no_total(site: Any) -> None:
    def text(**values: Any) -> str:
        listing = Listing(title="", description="", columns=("a",), rows=({"a": 1},), asked="all",
                          stories=(), **values)  # fmt: skip
        return asyncio.run(statement(served(site), listing, "http://localhost/")).as_text()

    assert "Answer: 1 row\n" in text()
    assert "Answer: 1 row; there are more, so this is no total\n" in text(truncated=True)
    assert "Answer: 1,234 rows\n" in text(count=1234)


@pytest.mark.parametrize("name", metadata.queries())
def test_a_question_knows_where_its_sql_stops(name: str) -> None:
    assert len(stops_at(metadata.queries()[name]["sql"])) == (name != "sources-in-trouble")


def test_silent_sources_are_told_on_the_page(site: Any) -> None:
    html = asyncio.run(site.client.get("/question/near-misses")).text
    assert "3 brought nothing in the period: Fresh Herald, Harwick Courier, Lowmoor Post" in html


def test_the_same_archive_has_the_same_fingerprint_and_another_a_different_one(
    archive_file: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(archive_file, tmp_path / "copy.db"))
    with opened(archive_file) as one, opened(path) as other:
        first, second = told(one, "/search.json"), told(other, "/search.json")
    assert first["fingerprint"] == second["fingerprint"]
    db = Database(path)
    db.execute(
        "INSERT INTO derivations VALUES"
        " ('https://weekly.example/new', 'tag', '1', '1', '2026-11-20T00:00:00+00:00', NULL)"
    )
    with opened(path) as changed:
        later = told(changed, "/search.json")
        assert later["fingerprint"] == first["fingerprint"]
        assert later["changed_since"]
        assert (
            "were added or tagged again since"
            in asyncio.run(changed.client.get("/search.csv")).text
        )
    publish.refresh(SimpleNamespace(db=db))
    db.close()
    with opened(path) as published:
        newest = told(published, "/search.json")
    assert newest["fingerprint"] != first["fingerprint"]
    assert not newest["changed_since"]


def test_an_archive_that_was_never_published_has_no_fingerprint(
    archive_file: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(archive_file, tmp_path / "copy.db"))
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM publications")
    db.close()
    with opened(path) as site:
        assert told(site, "/search.json")["fingerprint"] is None
        assert "without a fingerprint as yet" in asyncio.run(site.client.get("/search")).text


def test_its_figures_are_those_of_the_readme() -> None:
    table = README.read_text(encoding="utf-8")
    rows = {
        "tells a report": (r"\| is it a report of an inspection\? accuracy \|[^|]*\| ([\d.]+)",
                           r"\| report or not, accuracy \|.* ([\d.]+) \|\n"),
        "names who was inspected": (r"\| who was inspected, F1 \|[^|]*\| ([\d.]+)", None),
        "grades:": (r"\| grades \(body, grade and status\), F1 \| the same \| ([\d.]+)",
                   r"\| grades \(body, grade and status\), F1 \|.* ([\d.]+) \|\n"),
        "required actions": (r"\| required actions, F1 \| the same \| ([\d.]+)",
                             r"\| required actions, F1 \|.* ([\d.]+) \|\n"),
        "grades marked stated": (
            r"\| grades marked `stated` that are right \| the same \| ([\d.]+)",
            r"\| grades marked `stated` that are right \|.* ([\d.]+) \|\n",
        ),
    }  # fmt: skip
    for beginning, (labelled, unseen) in rows.items():
        said = next(words for words in accuracy() if words.startswith(beginning))
        found = re.search(labelled, table)
        assert found, beginning
        assert f" {found[1]}" in said
        if unseen:
            last = re.search(unseen, table)
            assert last, beginning
            assert said.endswith(f"on unseen stories {last[1]}")
