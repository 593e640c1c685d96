"""What patterns cannot do without: told rightly of every pattern, so that none is passed over.

`needed` is held against what patterns really match, those of the knowledge files and any others;
`Cues`, `Sought` and `Sieve` against the same expressions without a sieve.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tag
from pipeline.knowledge import load_yaml
from pipeline.tag import cautions
from pipeline.tag.cues import Cues, words
from pipeline.tag.literals import Sieve, Sought, needed
from pipeline.tag.sentences import fold, sentences, straight

TESTS = Path(__file__).parents[1]
OUTCOMES = (*sorted((TESTS / "tag" / "stories").glob("*.yaml")),
            *sorted((TESTS / "tag" / "sentences").glob("*.yaml")),
            TESTS / "eval" / "own_outcomes.yaml")  # fmt: skip
TOLD: list[tuple[str, set[str] | None]] = [
    ("watchdog", {"watchdog"}),
    ("inspect(?:ed|ion)s? found", {"inspected found", "inspecteds found",
                                   "inspection found", "inspections found"}),
    ("(?:we|our) [a-z]+ing", {"ing"}),  # the longer of two, each of which must be there
    ("(?:[a-z]+ ){0,2}ministers?", {"minister"}),  # "ministers" holds "minister"
    ("organi[sz]ed", {"organised", "organized"}),
    ("(?:no )+doubt", {"doubt"}),
    ("(?P<one>good|fair) (?=report)", {"good ", "fair "}),  # what follows may lie outside
    ("(?<=the )council(?! tax)", {"council"}),
    ("(?>ab|a)c", {"c"}),
    ("[0-9]+ days|£", {" days", "£"}),
    ("(?:rated|) good", {" good"}),
    ("a?b*", None),
    ("(?:cat|)", None),
    ("[a-z]+", None),
    ("good|[a-z]+", None),
    ("(?i)good", None),
    ("(?i:good) work", {" work"}),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "wanted"), TOLD, ids=[p for p, _ in TOLD])
def test_what_a_pattern_needs(pattern: str, wanted: set[str] | None) -> None:
    assert needed(pattern) == wanted


def test_a_sieve_tells_of_each_pattern_whether_it_may_match() -> None:
    sieve = Sieve(["inspectors?", "[a-z]+", "care (?:home|worker)"])
    assert [bin(sieve.passing(text)) for text in ("", "inspector", "care worker")] == [
        "0b10", "0b11", "0b110",
    ]  # fmt: skip


@cache
def texts() -> tuple[str, ...]:
    """The sentences of all our stories, folded and as written, and the stories whole."""
    stories = [r["text"] for f in OUTCOMES for r in yaml.safe_load(f.read_text("utf-8"))]
    cut = [story[s.start : s.end] for story in stories for s in sentences(story)]
    every = [fold(t) for t in (*stories, *cut, *_examples())] + [straight(s) for s in stories]
    return tuple(dict.fromkeys(every))


@cache
def sections() -> tuple[tuple[str, tuple[dict[str, Any], ...]], ...]:
    """The lists of records with patterns, of all files that the tagger reads."""
    return tuple((file, found) for file in tag.FILES if file != cautions.FILE
                 for found in _lists(load_yaml(file)))  # fmt: skip


def _lists(content: Any) -> Iterator[tuple[dict[str, Any], ...]]:
    if isinstance(content, dict):
        for value in content.values():
            yield from _lists(value)
    elif isinstance(content, list):
        kept = tuple(r for r in content if isinstance(r, dict) and isinstance(r.get("any"), list)
                     and "{" + "who}" not in str(r["any"]))  # fmt: skip
        if kept:
            yield kept


def _examples() -> Iterator[str]:
    for _, records in sections():
        for record in records:
            for key in ("examples", "counterexamples"):
                yield from (e for e in record.get(key, ()) if isinstance(e, str))


SECTIONS = [pytest.param(records, id=f"{file}-{i}") for i, (file, records) in enumerate(sections())]


@pytest.mark.slow
@pytest.mark.parametrize("records", SECTIONS)
def test_every_match_of_the_knowledge_holds_what_it_needs(
    records: tuple[dict[str, Any], ...],
) -> None:
    for pattern in (p for r in records for p in r["any"]):
        wanted, expression = needed(pattern), re.compile(pattern)
        for text in texts() if wanted else ():
            for m in expression.finditer(text):
                assert any(literal in m[0] for literal in wanted or ()), (pattern, m[0])


@pytest.mark.slow
@pytest.mark.parametrize("records", SECTIONS)
def test_cues_find_the_same_without_a_sieve(records: tuple[dict[str, Any], ...]) -> None:
    own = Cues(records, path="x")
    assert not own.expression.match("")
    for text in texts():
        assert [(h.id, h.start, h.end) for h in own.all(text)] == _plainly(own, text), text


def _plainly(own: Cues, text: str) -> list[tuple[str, int, int]]:
    return [(own.records[m.lastgroup]["id"], m.start(m.lastgroup), m.end())
            for m in own.expression.finditer(text) if m.lastgroup and m[0]]  # fmt: skip


FRAGMENTS = [w for t in ("inspectors said the council requires improvement", "she was sorry",
                         "“we’re proud”", "rated good in 2023", "no, 12% of 3 homes. not safe")
             for w in re.findall(r"\W+|\w+", t)]  # fmt: skip
ANY_TEXT = st.one_of(
    st.text(max_size=200), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
)


@given(ANY_TEXT, st.sampled_from(sections()))
def test_cues_find_the_same_in_any_text(
    text: str, section: tuple[str, tuple[dict[str, Any], ...]]
) -> None:
    own, low = _cues(section[0], sections().index(section)), fold(text)
    assert [(h.id, h.start, h.end) for h in own.all(low)] == _plainly(own, low)


@cache
def _cues(file: str, number: int) -> Cues:
    return Cues(sections()[number][1], path=file)


@pytest.mark.slow
@pytest.mark.parametrize("records", SECTIONS)
def test_words_are_found_the_same_without_a_sieve(records: tuple[dict[str, Any], ...]) -> None:
    own = words([p for r in records for p in r["any"]])
    expression = re.compile(own.pattern)
    for text in texts():
        assert [m.span() for m in own.finditer(text)] == [
            m.span() for m in expression.finditer(text)
        ]


@pytest.mark.parametrize("name", ["joint", "send", "furniture"])
def test_patterns_of_roles_match_only_where_what_they_need_stands(name: str) -> None:
    pattern = load_yaml("agencies/roles.yaml")[name]
    wanted = needed(pattern)
    assert wanted
    for text in texts():
        for m in re.finditer(pattern, text, re.MULTILINE):
            assert any(literal in m[0] for literal in wanted), m[0]


def test_words_that_ask_for_care_are_found_the_same_without_a_sieve() -> None:
    records = [r for kind in ("child", "restriction") for r in load_yaml(cautions.FILE)[kind]]
    for text in (*texts(), *(e for r in records for e in r["examples"])):
        low, written = fold(text), straight(text)
        alone = {(r.kind, *span, r.id) for r in cautions.rules() for span in r.spans(low, written)}
        for found in cautions.cautions(text):
            assert (found.kind, found.start, found.end, found.rule) in alone
        assert {kind for kind, *_ in alone} == {c.kind for c in cautions.cautions(text)}


def _patterns() -> st.SearchStrategy[str]:
    """Patterns of the sorts that knowledge files are written in."""
    letters = st.sampled_from(
        ["a", "b", "ab", "ba", " ", "[ab]", "[a-c]", "[^a]", ".", r"\d", r"\b"]
    )

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        group = inner.map(lambda p: f"(?:{p})")
        counted = st.sampled_from(["?", "*", "+", "{2}", "{0,2}", "{1,3}", "??", "*?", "?+"])
        return st.one_of(
            st.lists(inner, min_size=1, max_size=3).map("".join),
            st.lists(inner, min_size=1, max_size=3).map(lambda ps: f"(?:{'|'.join(ps)})"),
            st.tuples(group, counted).map("".join),
            inner.map(lambda p: f"({p})"), inner.map(lambda p: f"(?={p})"),
            inner.map(lambda p: f"(?!{p})"), inner.map(lambda p: f"(?i:{p})"),
        )  # fmt: skip

    return st.recursive(letters, larger, max_leaves=8)


@given(_patterns(), st.text("abcAB 1", max_size=30))
def test_any_pattern_matches_only_where_what_it_needs_stands(pattern: str, text: str) -> None:
    wanted, sought = needed(pattern), Sought(pattern)
    found = [m.span() for m in re.finditer(pattern, text)]
    if wanted is not None:
        assert all(any(literal in text[a:b] for literal in wanted) for a, b in found)
    assert [m.span() for m in sought.finditer(text)] == found
    assert bool(sought.search(text)) == bool(found)
    assert bool(sought.match(text)) == bool(re.match(pattern, text))
    assert sought.sub(lambda _: "-", text) == re.sub(pattern, "-", text)
