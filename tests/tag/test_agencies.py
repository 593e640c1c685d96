"""Agencies: sentences with what must be read out of them; `agencies/*.yaml` specify it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import tag
from pipeline.models import Story
from pipeline.tag.agencies import agency_of, inspectorates_and_bodies, mentions
from pipeline.tag.explaining import explain
from pipeline.tag.gazetteer import fingerprint
from pipeline.tag.places import places

FOLDER = Path(__file__).with_name("agencies")


def records(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


CASES = [*records("sentences.yaml"), *records("names.yaml")]
STORIES = records("stories.yaml")


def story(case: Mapping[str, Any]) -> Story:
    return Story(
        id="s", url=case.get("url"), title=case.get("title"), text=case["text"],
        published_at=case.get("date"), region=case.get("region"),
    )  # fmt: skip


def faults(case: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """What of a case does not hold: the key, what is wanted, what was read."""
    found = mentions(story(case))
    inspectorates, bodies = inspectorates_and_bodies(story(case), found)
    ids = {m.id for m in found}
    every = ids | {a.id for a in (*inspectorates, *bodies)}
    roles = {m.id: m.role for m in found}
    sure = {(m.id, m.confidence) for m in found}
    codes = {m.id: agency_of(m).code for m in found}
    back = {(m.quote.lower(), m.id) for m in found}
    where = {p.name: p.code for p in places(story(case), found)}
    holds = {
        "ids": (lambda want: sorted(ids) == sorted(want), ids),
        "has": (lambda want: set(want) <= every, every),
        "not": (lambda want: not set(want) & every, every),
        "roles": (lambda want: want.items() <= roles.items(), roles),
        "confidence": (lambda want: set(want.items()) <= sure, sure),
        "codes": (lambda want: want.items() <= codes.items(), codes),
        "inspectorates": (lambda want: {a.id for a in inspectorates} == set(want), inspectorates),
        "inspected": (lambda want: {a.id for a in bodies} == set(want), bodies),
        "places": (lambda want: where == want, where),
        "back": (lambda want: {(k.lower(), v) for k, v in want.items()} <= back, back),
    }
    checked = case.keys() & holds.keys()
    assert checked, f"nothing is asked of {case['text']}"
    return [
        (key, case[key], holds[key][1]) for key in sorted(checked) if not holds[key][0](case[key])
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:50])
def test_sentence(case: dict[str, Any]) -> None:
    wrong = faults(case)
    known = set(case.get("missed", ()))
    assert {key for key, _, _ in wrong} == known, wrong


def test_few_faults_are_known_and_none_is_of_a_code() -> None:
    missed = [key for case in CASES for key in case.get("missed", ())]
    assert len(CASES) > 400
    assert len(missed) <= 10
    assert "codes" not in missed


@pytest.mark.parametrize("case", [*CASES, *STORIES], ids=lambda c: c["text"][:50])
def test_spans_hold_the_words_and_do_not_overlap(case: dict[str, Any]) -> None:
    found = mentions(story(case))
    for m in (*found, *places(story(case), found)):
        assert case["text"][m.start : m.end] == m.quote
    for a, b in itertools.pairwise(found):
        one_name = (a.start, a.end) == (b.start, b.end)
        assert a.end <= b.start or (one_name and a.confidence == b.confidence == "ambiguous")


def test_what_may_be_two_bodies_is_counted_as_none() -> None:
    made = tag.tags(story({"text": "HMIP has moved to a new office after its inspection."}))
    assert {(m.id, m.confidence) for m in made.mentions} == {
        ("hmi-prisons", "ambiguous"),
        ("hmi-probation", "ambiguous"),
    }
    assert made.inspectorates == ()


def test_a_joint_team_is_filled_up_and_says_by_which_rule() -> None:
    text = "The joint targeted area inspection found good early help in the borough, Ofsted said."
    inspectorates, _ = inspectorates_and_bodies(
        story({"text": text}), mentions(story({"text": text}))
    )
    assert {a.id: (a.rule, a.confidence) for a in inspectorates} == {
        "ofsted": ("name", "stated"),
        "cqc": ("joint team: jtai", "implied"),
        "hmicfrs": ("joint team: jtai", "implied"),
    }


def test_a_team_that_the_story_tells_is_not_filled_up() -> None:
    text = "The joint targeted area inspection by Ofsted and the CQC found good early help."
    inspectorates, _ = inspectorates_and_bodies(
        story({"text": text}), mentions(story({"text": text}))
    )
    assert {a.id for a in inspectorates} == {"ofsted", "cqc"}


@pytest.mark.parametrize(
    ("url", "text", "rule"),
    [
        ("https://www.cqc.org.uk/x", "Elm Court Care Home is rated good.", "stands on its site"),
        ("https://paper.example/x", "The CQC rated Elm Court Care Home good.", "short name"),
    ],
)  # fmt: skip
def test_how_an_inspectorate_is_known(url: str, text: str, rule: str) -> None:
    one = story({"text": text, "url": url})
    inspectorates, bodies = inspectorates_and_bodies(one, mentions(one))
    assert [(a.id, a.rule) for a in inspectorates] == [("cqc", rule)]
    assert [b.id for b in bodies] == ["unlisted:care-home:elm-court-care-home"]


def test_explain_says_why_a_near_miss_is_none() -> None:
    rows = explain("Stockton Heath; Cleveland police; HMIC", None)
    by_quote = {r["quote"]: r for r in rows}
    assert by_quote["Stockton"]["accepted"] is False
    assert "Heath" in by_quote["Stockton"]["why"]
    assert by_quote["Cleveland police"]["id"] == "police:cleveland"
    assert by_quote["HMIC"]["confidence"] == "stated"


def test_explain_takes_the_publishers_region_as_a_hint() -> None:
    ids = [
        [r["id"] for r in explain("Newcastle council was pleased.", region=region) if r["accepted"]]
        for region in (None, "Staffordshire")
    ]
    assert ids == [["council:newcastle-upon-tyne"], ["council:newcastle-under-lyme"]]


def test_text_of_any_kind_is_read() -> None:
    for text in ("", "\n\n", "İstanbul’s Ofsted – “CQC”", "🎓 Ofsted 🎓", "A" * 5000, "St. " * 900):
        found = mentions(story({"text": text}))
        assert all(text[m.start : m.end] == m.quote for m in found)


def test_fingerprint_is_stable_within_a_run() -> None:
    assert fingerprint() == fingerprint() != ""
