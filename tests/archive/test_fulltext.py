"""What people type never makes SQLite's full-text search fail."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive.fulltext import search_terms

CASES = [
    ("neglect", '"neglect"'),
    ("neglect Harwick", '"neglect" "Harwick"'),
    ('"sense of purpose" neglect', '"sense of purpose" "neglect"'),
    ("“sense of purpose”", '"sense of purpose"'),
    ("negl*", '"negl"*'),
    ("neglect OR abuse", '"neglect" OR "abuse"'),
    ("OR neglect OR OR abuse OR", '"neglect" OR "abuse"'),
    ("care-leavers' view: good?", '"care-leavers\'" "view:" "good?"'),
    ("-- ( ) * ^", '""'),
    ("", '""'),
    (None, '""'),
    ('"not closed', '"not closed"'),
    ("and not near", '"and" "not" "near"'),
    ("AND NOT NEAR", '"AND" "NOT" "NEAR"'),
    ("a " * 60_000, " ".join(['"a"'] * 500)),
]


@pytest.mark.parametrize(("typed", "wanted"), CASES)
def test_words_become_a_query(typed: str | None, wanted: str) -> None:
    assert search_terms(typed) == wanted


def index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='porter unicode61')")
    db.execute("INSERT INTO t VALUES ('the council''s care-leavers and its well-led front door')")
    return db


INDEX = index()
PARTS = st.lists(
    st.sampled_from(["OR", '"', "*", "-", "a", "NOT", "NEAR(", ":", "^", "'", "é", "😀", "\0", "{"])
)


@given(st.one_of(st.text(), PARTS.map(" ".join), PARTS.map("".join)))
def test_fts5_takes_whatever_comes_out(typed: str) -> None:
    try:
        typed.encode()
    except UnicodeEncodeError:
        return  # half a surrogate pair cannot come in through a form
    INDEX.execute("SELECT * FROM t WHERE t MATCH ?", (search_terms(typed),)).fetchall()
