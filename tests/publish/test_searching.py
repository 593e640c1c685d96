"""Search with facets, on the small archive and on its public copy."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml
from datasette.database import QueryInterrupted
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.public import make_public_copy
from pipeline.publish.searching import (
    FACETS,
    Found,
    Search,
    address,
    find,
    found_in,
    from_arguments,
    toggled,
)
from pipeline.publish.serve import opened

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "searches.yaml").read_text(encoding="utf-8")
)


def asked(query: str) -> Search:
    return from_arguments(parse_qs(query, keep_blank_values=True))


def names(found: Found) -> list[str]:
    return [hit.url.rsplit("/", 1)[-1] for hit in found.hits]


@pytest.fixture(scope="module")
def db(archive_file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{archive_file.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


@pytest.fixture(scope="module")
def public(
    archive_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    copy = tmp_path_factory.mktemp("public") / "archive.db"
    make_public_copy(archive_file, copy)
    with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def check(found: Found, case: dict[str, Any], wanted: list[str], *, in_order: bool) -> None:
    assert (names(found) if in_order else sorted(names(found))) == (
        wanted if in_order else sorted(wanted)
    )
    assert found.total == len(wanted)
    counted = {f.name: {v.label: v.stories for v in f.values} for f in found.facets}
    for facet, values in case.get("facets", {}).items():
        assert {label: counted[facet].get(label) for label in values} == values


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["ask"])
def test_a_search_finds(case: dict[str, Any], db: sqlite3.Connection) -> None:
    found = found_in(db, asked(case["ask"]))
    in_order = "finds" in case
    check(found, case, case["finds" if in_order else "set"], in_order=in_order)
    if "last" in case:
        assert names(found)[-1] == case["last"]
    if "agencies" in case:
        assert [a.name for a in found.agencies] == case["agencies"]
    if "marked" in case:
        assert [p.text for p in found.hits[0].snippet if p.marked] == case["marked"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["ask"])
def test_the_public_copy_finds_by_headline_and_facet(
    case: dict[str, Any], public: sqlite3.Connection
) -> None:
    found = found_in(public, asked(case["ask"]))
    if "public" in case:
        assert names(found) == case["public"]
    else:
        check(found, case, case.get("finds") or case.get("set", []), in_order="finds" in case)
    assert not any(hit.snippet for hit in found.hits)


def test_every_facet_is_asked_for_above() -> None:
    asked_for = {facet for case in CASES for facet in asked(case["ask"]).chosen}
    assert asked_for == set(FACETS)


# ---------------------------------------------------------------- what a story shows


def test_a_hit_says_who_what_and_the_words_that_prove_it(db: sqlite3.Connection) -> None:
    (hit,) = found_in(db, asked("q=larch+records")).hits
    assert [(b.id, b.name) for b in hit.bodies] == [("unlisted:home:larch-house", "Larch House")]
    assert [i.name for i in hit.inspectorates] == ["Care Quality Commission"]
    assert (hit.grade, hit.grade_rank, hit.scale_size, hit.direction) == (
        "requires improvement", 3, 4, "first")  # fmt: skip
    assert hit.evidence == "Larch House requires improvement for being well-led"
    assert (hit.publisher, hit.access, hit.is_report) == ("Lowmoor Post", "registration", True)
    assert [p.text for p in hit.marked if p.marked] == ["records"]
    assert "".join(p.text for p in hit.marked) == hit.headline
    assert "".join(p.text for p in hit.snippet).startswith("Larch House requires improvement")


def test_marks_are_pieces_and_the_storys_own_html_is_text(db: sqlite3.Connection) -> None:
    (hit,) = found_in(db, asked("q=officers")).hits
    assert '<b onclick="x()">' in "".join(p.text for p in hit.snippet)
    assert [p.text for p in hit.snippet if p.marked] == ["officers"]


def test_without_words_the_beginning_is_shown(db: sqlite3.Connection) -> None:
    (hit,) = found_in(db, asked("theme=neglect")).hits
    assert "".join(p.text for p in hit.snippet) == "Agencies in Harwick have been praised."
    assert not any(p.marked for p in hit.snippet + hit.marked)


# ---------------------------------------------------------------- windows and pages


def test_what_was_not_counted_is_said(db: sqlite3.Connection) -> None:
    everything = found_in(db, Search(), window=2)
    assert (everything.total, everything.how_many(), everything.caveat()) == (7, "7 stories", "")
    some = found_in(db, asked("q=said"), window=2)
    assert (some.total, some.window, some.ranking) == (3, 2, "bm25")
    assert set(names(some)) == {"larch-house", "beech-lane"}  # the newest two that have the word
    assert "the newest 2 of them" in some.caveat()
    assert {f.counted for f in some.facets} == {2}
    prefix = found_in(db, asked("q=sai*"), window=2)
    assert (prefix.total, prefix.how_many()) == (None, "more than 2 stories")
    assert prefix.ranking == "headline"
    assert "headlines" in prefix.caveat()
    old = found_in(db, asked("q=said&sort=oldest"), window=2)
    assert names(old) == ["lowmoor-down", "larch-house"]
    assert "the oldest 2 of them" in old.caveat()
    one = found_in(db, asked("q=larch"))
    assert (one.how_many(), one.caveat(), one.is_all) == ("1 story", "", True)


def test_a_body_that_the_words_name_comes_first_from_before_the_window(
    db: sqlite3.Connection,
) -> None:
    assert names(found_in(db, asked("q=eastmere"), window=1)) == ["round-up", "job"]
    assert names(found_in(db, asked("q=eastmere&report=no"), window=1)) == ["job"]


@pytest.mark.parametrize("query", [c["ask"] for c in CASES])
def test_a_window_holds_the_newest_of_all_that_are_found(
    query: str, db: sqlite3.Connection
) -> None:
    search = replace(asked(query), sort="newest", page=1)
    everything = found_in(db, search)
    some = found_in(db, search, window=2)
    newest = sorted(everything.hits, key=lambda hit: -hit.id)[:2]
    assert {hit.id for hit in some.hits} == {hit.id for hit in newest}
    assert some.total in (everything.total, None)


def test_counts_are_those_of_the_search_that_a_click_makes(db: sqlite3.Connection) -> None:
    for query in ("", "q=council", "report=yes", "inspectorate=ofsted", "q=council&grade=good"):
        search = asked(query)
        for facet in found_in(db, search).facets:
            for value in facet.values:
                alone = replace(search, chosen={**search.chosen, facet.name: (value.value,)})
                assert found_in(db, alone).total == value.stories, (query, facet.name, value)


def test_pages_follow_each_other_and_end(db: sqlite3.Connection) -> None:
    pages = [names(found_in(db, Search(page=n), size=3)) for n in (1, 2, 3, 4)]
    assert [len(p) for p in pages] == [3, 3, 1, 1]
    assert pages[3] == pages[2]
    found = found_in(db, Search(page=4), size=3)
    assert (found.page, found.pages) == (3, 3)


# ---------------------------------------------------------------- addresses


ADDRESSES = [
    ("", ""),
    ("q=neglect&sort=best", "q=neglect"),
    ("sort=newest", ""),
    ("sort=best", ""),
    ("q=neglect&sort=newest", "q=neglect&sort=newest"),
    ("q=++two++words+", "q=two+words"),
    ("grade=good&grade=clean&grade=good&year=", "grade=clean&grade=good"),
    ("year=2026&access=open&page=1", "access=open&year=2026"),
    ("page=2&q=x", "page=2&q=x"),
    ("q=x&page=0&colour=red&since=2026-13-01&until=2026-11-01", "q=x&until=2026-11-01"),
]


@pytest.mark.parametrize(("given", "canonical"), ADDRESSES)
def test_the_same_search_has_one_address(given: str, canonical: str) -> None:
    assert address(asked(given)) == canonical
    assert asked(canonical) == asked(given)


def test_an_address_with_something_changed() -> None:
    search = asked("q=neglect&grade=good&page=3")
    assert address(search, page=4) == "grade=good&page=4&q=neglect"
    assert address(search, sort="oldest") == "grade=good&q=neglect&sort=oldest"
    assert address(search, words="") == "grade=good"
    assert address(search, chosen={}) == "q=neglect"


def test_a_value_is_chosen_and_let_go() -> None:
    search = asked("q=neglect&grade=good&page=3")
    more = toggled(search, "grade", "inadequate")
    assert address(more) == "grade=good&grade=inadequate&q=neglect"
    assert address(toggled(more, "grade", "good")) == "grade=inadequate&q=neglect"
    assert address(toggled(toggled(search, "year", "2026"), "grade", "good")) == (
        "q=neglect&year=2026"
    )


def test_a_thousand_values_are_no_search_of_a_thousand_values(db: sqlite3.Connection) -> None:
    many = {name: [str(n) * 300 for n in range(1000)] for name in FACETS}
    search = from_arguments({**many, "q": ["word " * 10_000]})
    assert all(len(values) <= 20 for values in search.chosen.values())
    assert len(search.words) <= 1000
    assert found_in(db, search).total == 0


# ---------------------------------------------------------------- whatever is typed

TEXTS = st.one_of(
    st.text(max_size=30),
    st.text("abco OR\"*'-():^{}\0é\ud800", max_size=30),
    st.sampled_from(["good", "ofsted", "2026-11-10", "9999-12-31", "newest", "published", "2"]),
)
ARGUMENTS = st.dictionaries(
    st.sampled_from(["q", "sort", "page", "since", "until", "colour", *FACETS]),
    st.lists(TEXTS, max_size=3),
    max_size=5,
)


@given(ARGUMENTS)
def test_whatever_is_in_an_address_is_answered(arguments: dict[str, list[str]]) -> None:
    search = from_arguments(arguments)
    assert from_arguments(parse_qs(address(search))) == search
    found = found_in(SMALL[0], search, size=2)
    assert found.total is not None
    assert len(found.hits) == min(2, found.total - 2 * (found.page - 1))


SMALL: list[sqlite3.Connection] = []  # hypothesis wants no fixture of a function's scope


@pytest.fixture(scope="module", autouse=True)
def _small(db: sqlite3.Connection) -> Iterator[None]:
    SMALL.append(db)
    yield
    SMALL.clear()


# ---------------------------------------------------------------- served


def test_it_is_answered_through_datasette_within_its_time_limit(archive_file: Path) -> None:
    with opened(archive_file) as datasette:
        database = datasette.get_database(archive_file.stem)
        found = asyncio.run(find(database, asked("q=larch&report=yes")))
        assert names(found) == ["larch-house"]
        datasette.sql_time_limit_ms = 0
        with pytest.raises(QueryInterrupted):
            asyncio.run(find(database, asked("q=council")))
