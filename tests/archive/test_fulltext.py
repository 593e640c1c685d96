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


STORY = "the council's care-leavers and its well-led front door"


def index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='porter unicode61')")
    db.execute("INSERT INTO t VALUES (?)", (STORY,))
    return db


INDEX = index()


def found(typed: str) -> list[str]:
    sql = "SELECT text FROM t WHERE t MATCH ?"
    return [text for (text,) in INDEX.execute(sql, (search_terms(typed),))]


PARTS = st.lists(
    st.sampled_from(["OR", '"', "*", "-", "a", "NOT", "NEAR(", ":", "^", "'", "é", "😀", "\0", "{"])
)


@given(st.one_of(st.text(), PARTS.map(" ".join), PARTS.map("".join)))
def test_fts5_takes_whatever_comes_out_and_signs_alone_find_nothing(typed: str) -> None:
    try:
        typed.encode()
    except UnicodeEncodeError:
        return  # half a surrogate pair cannot come in through a form
    stories = found(typed)
    if not any(c.isalnum() for c in typed):
        assert stories == []


@given(
    st.lists(st.sampled_from(STORY.split()), min_size=1),
    st.sampled_from([" ", "\t", " - ", " * ", " ( ", ' "" ', " OR ", " : "]),
)
def test_the_words_of_a_story_find_it_whatever_stands_between(words: list[str], sign: str) -> None:
    assert found(sign.join(words)) == [STORY]
