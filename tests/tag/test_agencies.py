"""Agencies: sentences with what must be read out of them, and what the gazetteer promises."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.knowledge import load_yaml
from pipeline.models import Story
from pipeline.tag.agencies import agency_of, inspectorates_and_bodies, mentions
from pipeline.tag.gazetteer import explain, fingerprint, gazetteer
from pipeline.tag.places import places

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("agencies.yaml").read_text(encoding="utf-8")
)
NAME_OF_EXAMPLE = r"borset(?: academy| health)? (?:council|college|hospital|trust|academy|board)"
UPPER_TIER = ("E06", "E08", "E09", "E10")


def story(case: Mapping[str, Any]) -> Story:
    return Story(
        id="s",
        url=case.get("url"),
        title=case.get("title"),
        text=case["text"],
        published_at=case.get("date"),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:50])
def test_sentence(case: dict[str, Any]) -> None:
    found = mentions(story(case))
    inspectorates, bodies = inspectorates_and_bodies(story(case), found)
    ids = list(dict.fromkeys(m.id for m in found))
    known = {
        "ids": lambda want: ids == want,
        "not": lambda want: not set(want) & set(ids),
        "roles": lambda want: want.items() <= {m.id: m.role for m in found}.items(),
        "confidence": lambda want: want.items() <= {m.id: m.confidence for m in found}.items(),
        "codes": lambda want: want.items() <= {m.id: agency_of(m).code for m in found}.items(),
        "inspectorates": lambda want: [a.id for a in inspectorates] == want,
        "inspected": lambda want: {a.id for a in bodies} == set(want),
        "places": lambda want: {p.name: p.code for p in places(story(case), found)} == want,
        "back": lambda want: {
            m.quote: m.id for m in found if m.rule == "points back"
        } == {k[0].lower() + k[1:] if k not in case["text"] else k: v for k, v in want.items()},
    }  # fmt: skip
    for key in case.keys() - {"text", "date", "title", "url"}:
        assert known[key](case[key]), (key, case[key], found, bodies, places(story(case), found))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:50])
def test_spans_hold_the_words_and_do_not_overlap(case: dict[str, Any]) -> None:
    found = mentions(story(case))
    for m in (*found, *places(story(case), found)):
        assert case["text"][m.start : m.end] == m.quote
    for a, b in itertools.pairwise(found):
        assert a.end <= b.start


def test_every_inspectorate_carries_examples_that_hold() -> None:
    inspectorates = [r for r in gazetteer().all() if r.inspects]
    assert len(inspectorates) >= 19
    for r in inspectorates:
        assert r.examples, r.id
        assert r.counterexamples, r.id
        for text in r.examples:
            assert r.id in {m.id for m in mentions(story({"text": text}))}, (r.id, text)
        for text in r.counterexamples:
            assert r.id not in {m.id for m in mentions(story({"text": text}))}, (r.id, text)


def test_contract_ids() -> None:
    ids = (
        "ofsted cqc hmicfrs hmi-probation hmi-prisons hmcpsi isi estyn ciw hiw care-inspectorate "
        "education-scotland his hmics hmips hmfsi rqia eti cji council:stockton-on-tees "
        "police:cleveland"
    )
    assert [i for i in ids.split() if gazetteer().get(i) is None] == []


def test_every_english_upper_tier_council_is_found_by_its_own_name() -> None:
    current = [
        r for r in gazetteer().all()
        if r.kind == "council" and (r.code or "")[:3] in UPPER_TIER and not r.valid_until
    ]  # fmt: skip
    assert len(current) == 153
    assert len({r.code for r in current}) == 153
    for r in current:
        found = gazetteer().find(f"Inspectors visited {r.name} in May.")
        assert [c.id for c in found] == [r.id]


def test_every_police_force_of_england_and_wales_has_its_code() -> None:
    forces = [r for r in gazetteer().all() if r.kind == "police"]
    coded = {r.code for r in forces if (r.code or "").startswith(("E23", "W15"))}
    assert len(coded) == 43
    for r in forces:
        assert r.id in {c.id for c in gazetteer().find(f"Inspectors praised {r.name}.")}


def test_successors_exist_and_outlive() -> None:
    for r in gazetteer().all():
        for heir in r.successor:
            assert gazetteer().get(heir) is not None, (r.id, heir)


def test_explain_says_why_a_near_miss_is_none() -> None:
    rows = explain("Stockton Heath; Cleveland police; HMIC", None)
    by_quote = {r["quote"]: r for r in rows}
    assert by_quote["Stockton"]["accepted"] is False
    assert "Heath" in by_quote["Stockton"]["why"]
    assert by_quote["Cleveland police"]["id"] == "police:cleveland"
    assert by_quote["HMIC"]["confidence"] == "stated"


def test_text_of_any_kind_is_read() -> None:
    for text in ("", "\n\n", "İstanbul’s Ofsted – “CQC”", "🎓 Ofsted 🎓", "A" * 5000, "St. " * 900):
        found = mentions(story({"text": text}))
        assert all(text[m.start : m.end] == m.quote for m in found)


def test_fingerprint_is_stable_within_a_run() -> None:
    assert fingerprint() == fingerprint() != ""


def test_patterns_of_roles_hold_on_their_own_examples() -> None:
    for rule in load_yaml("agencies/roles.yaml")["evidence"]:
        pattern = re.compile(rule["pattern"])
        for text, wanted in [
            *((t, True) for t in rule["examples"]),
            *((t, False) for t in rule["counterexamples"]),
        ]:
            low = text.lower()
            at = low.index("borset")
            name = re.match(NAME_OF_EXAMPLE, low[at:])
            assert name is not None, text
            side = low[:at] if rule["side"] == "before" else low[at + name.end() :]
            assert bool(pattern.search(side)) is wanted, (rule["id"], text)
