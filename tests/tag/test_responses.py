"""Who answers for an inspected body: our own stories, and the vocabulary's own examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import tag
from pipeline.knowledge import load_yaml
from pipeline.models import Story, Tags
from pipeline.tag import people, quotations, stance
from pipeline.tag.cues import Cues
from pipeline.tag.sentences import Span, fold
from pipeline.tag.somebody import everybody, persons
from pipeline.tag.speech import part, said

FILE = "responses.yaml"
RECORDS = yaml.safe_load((Path(__file__).parent / FILE).read_text("utf-8"))
KNOWN = {k: v for k, v in load_yaml(FILE).items() if k not in ("people", "forms")}
WORDS = [(section, record) for section, records in KNOWN.items() for record in records]


def tags_of(text: str, **other: Any) -> Tags:
    return tag.tags(
        Story(id="x", url=None, title=None, text=text, published_at="2024-07-10", **other)
    )


@pytest.mark.parametrize("record", RECORDS, ids=[r["id"] for r in RECORDS])
def test_who_answers_and_how(record: dict[str, Any]) -> None:
    found = tags_of(record["text"]).responses
    assert [[r.name, r.role, r.stance] for r in found] == record["expect"]
    if "implied" in record:
        assert [r.name for r in found if r.confidence == "implied"] == record["implied"]
    for one in found:
        assert record["text"][one.start : one.end] == one.quote
        assert one.body
        assert one.rule


@pytest.mark.parametrize(("section", "record"), WORDS, ids=[f"{s}-{r['id']}" for s, r in WORDS])
def test_record_matches_its_examples_only(section: str, record: dict[str, Any]) -> None:
    assert section
    own = Cues((record,), path=FILE)
    for example in record["examples"]:
        assert own.find(fold(example)), example
    for example in record["counterexamples"]:
        assert not own.find(fold(example)), example


def forms_of(text: str) -> list[tuple[str, str]]:
    one = part(text, fold(text), Span(0, len(text)), quotations.quotations(text), ())
    nobody = frozenset[str]()
    who = everybody(one, persons(one, nobody), nobody, nobody)
    return [(s.form, s.who.kind) for s in said(one, who)]


@pytest.mark.parametrize("record", load_yaml(FILE)["forms"], ids=lambda r: r["id"])
def test_form_says_who_speaks(record: dict[str, Any]) -> None:
    for example in record["examples"]:
        assert any(form == record["id"] for form, _ in forms_of(example)), forms_of(example)
    for example in record["counterexamples"]:
        assert not any(form == record["id"] for form, _ in forms_of(example)), example


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Headteacher Jane Roe said", ["Jane Roe"]),
        ("the chief nurse, Dr Jane O'Roe-McKay, added", ["Jane O'Roe-McKay"]),
        ("the chief nurse, Dr Jane O’Roe, added", ["Jane O'Roe"]),
        ("Cllr Jan van der Roe and Coun Ann McRoe", ["Jan van der Roe", "Ann McRoe"]),
        ("Sir J. P. Roe of Halberd Council", ["J. P. Roe"]),
        ("Jane Roe's school", ["Jane Roe"]),
        ("Jane Green, MBE, and John Park said", ["Jane Green", "John Park"]),
        ("On Monday North Tyneside Council said", []),
        ("Mrs Roe said", ["Roe"]),
        ("Étienne Šmíd said", ["Étienne Šmíd"]),
    ],
)
def test_names_of_people(text: str, wanted: list[str]) -> None:
    assert [n.name for n in people.names(text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('He said: "We try." They do.', ['"We try."']),
        ("She said: “We try.\n\n“We do.”", ["“We try.", "“We do.”"]),
        ("She said: 'We try.' They're here.", ["'We try.'"]),
        ("The children's home and parents' evening", []),
        ('"We try," he said, "and do."', ['"We try,"', '"and do."']),
    ],
)
def test_quotations(text: str, wanted: list[str]) -> None:
    assert [text[s.start : s.end] for s in quotations.quotations(text)] == wanted


def test_how_it_is_taken_is_decided_by_the_grade_where_words_are_even() -> None:
    words = stance.words(["we are proud, but we recognise that more is needed"])
    good, low = (stance.decide(words, good=g) for g in (True, False))
    assert good is not None
    assert low is not None
    assert (good.stance, low.stance) == ("welcomes", "accepts")
    assert stance.decide([], good=True) is None
