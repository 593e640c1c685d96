"""Who is who: what the gazetteer promises, and the examples of every hand-written record."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from pipeline.knowledge import load_yaml
from pipeline.models import Story
from pipeline.tag.agencies import inspectorates_and_bodies, mentions
from pipeline.tag.gazetteer import AS_OF, AgencyRecord, gazetteer

UPPER_TIER = ("E06", "E08", "E09", "E10")
NAME_OF_EXAMPLE = r"borset(?: academy| health)? (?:council|college|hospital|trust|academy|board)"
CODES = re.compile(
    r"[EWSNK]\d{8}"  # GSS
    r"|[A-Z][A-Z0-9]{2,4}|\d[A-Z0-9]{2}"  # ODS
)


@cache
def everybody() -> tuple[AgencyRecord, ...]:
    return gazetteer().all()


def of_kind(kind: str) -> list[AgencyRecord]:
    return [r for r in everybody() if r.kind == kind]


def named(text: str) -> set[str]:
    one = Story(id="s", url=None, title=None, text=text, published_at=None)
    found = mentions(one)
    inspectorates, bodies = inspectorates_and_bodies(one, found)
    return {m.id for m in found} | {a.id for a in (*inspectorates, *bodies)}


# ------------------------------------------------------------------ complete


def test_contract_ids() -> None:
    ids = (
        "ofsted cqc hmicfrs hmi-probation hmi-prisons hmcpsi isi estyn ciw hiw care-inspectorate "
        "education-scotland his hmics hmips hmfsi rqia eti cji council:stockton-on-tees "
        "police:cleveland"
    )
    assert [i for i in ids.split() if gazetteer().get(i) is None] == []


@pytest.mark.parametrize(
    ("kind", "living", "former"),
    [
        # councils: 153 upper-tier and 164 districts of England, 22 of Wales, 32 of Scotland, 11 of
        # Northern Ireland (ONS, 2026); ended: 40 and more in 2009, 26 in 2015, some 70 in 2019–2023
        ("council", 382, 112),
        ("police", 45, 8),  # 43 of England and Wales, Police Scotland, PSNI, and BTP, MDP, CNC, …
        ("fire", 47, 10),  # 44 of England, 3 of Wales, Scotland, Northern Ireland
        ("trust", 200, 60),
        ("icb", 36, 6),
        ("ccg", 0, 240),
        ("health-board", 21, 2),
        ("prison", 130, 25),
        ("secure-centre", 2, 1),
        ("youth-justice", 160, 5),
        ("safeguarding-children", 150, 150),
        ("safeguarding-adults", 150, 0),
        ("childrens-trust", 6, 2),
        ("probation", 13, 40),
        ("community-rehabilitation-company", 0, 21),
        ("combined-authority", 14, 0),
        ("partnership", 31, 0),
    ],
)
def test_every_kind_is_there(kind: str, living: int, former: int) -> None:
    found = of_kind(kind)
    assert sum(r.living for r in found) >= living
    assert sum(not r.living for r in found) >= former


def test_every_english_upper_tier_council_is_found_by_its_own_name() -> None:
    current = [r for r in of_kind("council") if (r.code or "")[:3] in UPPER_TIER and r.living]
    assert len(current) == 153
    assert len({r.code for r in current}) == 153
    for r in current:
        found = gazetteer().find(f"Inspectors visited {r.name} in May.")
        assert [c.id for c in found] == [r.id]


def test_every_police_force_of_england_and_wales_has_its_code() -> None:
    coded = {r.code for r in of_kind("police") if (r.code or "").startswith(("E23", "W15"))}
    assert len(coded) == 43
    for r in of_kind("police"):
        assert r.id in {
            c.id for c in gazetteer().find(f"Inspectors praised {r.name}.", r.valid_until)
        }


def test_ons_wins_over_the_list_of_councils() -> None:
    codes = {i: gazetteer().get(f"council:{i}") for i in ("barnsley", "sheffield")}
    assert {i: r and r.code for i, r in codes.items()} == {
        "barnsley": "E08000038",
        "sheffield": "E08000039",
    }
    assert all(r and r.identifiers["former-gss"] for r in codes.values())


# ------------------------------------------------------------------ sound


def test_successors_and_parents_exist_and_outlive() -> None:
    for r in everybody():
        for other in (*r.successor, *([r.parent] if r.parent else [])):
            assert gazetteer().get(other) is not None, (r.id, other)
        for heir in map(gazetteer().get, r.successor):
            assert heir is not None
            ends = (heir.valid_until, r.valid_until)
            assert None in ends or heir.valid_until >= r.valid_until, r.id  # type: ignore[operator]


def test_who_has_a_successor_has_ended() -> None:
    # Sites of merged prisons (Albany) go on under their names; of small bodies the day is lost.
    kinds = ("council", "police", "fire", "trust", "icb", "ccg", "health-board")
    undated = [r.id for k in kinds for r in of_kind(k) if r.successor and not r.valid_until]
    assert undated == []


def test_codes_and_dates_are_well_formed() -> None:
    for r in everybody():
        assert r.code is None or CODES.fullmatch(r.code), (r.id, r.code)
        assert not (r.valid_from and r.valid_until) or r.valid_from <= r.valid_until, r.id
        assert r.latitude is None or 49 < r.latitude < 61.5, r.id
        assert r.longitude is None or -9 < r.longitude < 2.5, r.id
        assert r.source, r.id


def test_a_gss_code_is_of_one_living_body() -> None:
    holders = defaultdict(list)
    for r in everybody():
        if r.code and r.living and r.code[1:].isdigit() and len(r.code) == 9:
            holders[r.code].append(r.id)
    assert {c: ids for c, ids in holders.items() if len(ids) > 1} == {}


@pytest.mark.parametrize(
    "kind", ["council", "police", "trust", "icb", "prison", "youth-justice", "fire"]
)
def test_bodies_stand_somewhere(kind: str) -> None:
    living = [r for r in of_kind(kind) if r.living and r.nation in ("England", "Wales")]
    nowhere = [r.id for r in living if r.latitude is None]
    assert len(nowhere) <= len(living) // 20, nowhere


def test_no_two_living_bodies_of_one_kind_share_a_name_without_a_rule() -> None:
    ruled = {n.lower() for r in load_yaml("agencies/shared-names.yaml") for n in r["names"]}
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for r in everybody():
        if r.lives_on(AS_OF):
            for name in (r.name, *r.names, *r.exact):
                holders[r.kind, name.lower().replace("-", " ")].add(r.id)
    shared = {n: ids for (_, n), ids in holders.items() if len(ids) > 1 and n not in ruled}
    assert shared == {}


def test_every_living_listed_body_is_found_by_its_name_alone() -> None:
    missed = []
    for r in everybody():
        if r.living and not r.near:
            found = {c.id for c in gazetteer().find(f"Inspectors wrote to {r.name} in May.")}
            if r.id not in found:
                missed.append((r.id, found))
    assert missed == []


# ------------------------------------------------------------------ examples


def hand_written() -> list[tuple[str, list[str], dict[str, Any]]]:
    """(file, ids that the examples must give, record) of every record with examples."""
    renamed = {i: p["set"]["id"] for p in load_yaml("agencies/patches.yaml")
               for i in p["ids"] if "id" in p.get("set", {})}  # fmt: skip
    found = [
        (f, [r["id"]], r)
        for f in ("inspectorates", "others")
        for r in load_yaml(f"agencies/{f}.yaml")
    ]
    for p in load_yaml("agencies/patches.yaml"):
        if "names" in p or "bare" in p:
            found.append(("patches", [renamed.get(i, i) for i in p["ids"]], p))
    return found


@pytest.mark.parametrize(("file", "ids", "record"), hand_written(), ids=lambda v: str(v)[:40])
def test_examples_of_a_record(file: str, ids: list[str], record: dict[str, Any]) -> None:
    assert record["examples"], (file, ids)
    assert record["counterexamples"], (file, ids)
    given = [named(text) for text in record["examples"]]
    for id_ in ids:
        assert any(id_ in found for found in given), (id_, given)
    assert all(found & set(ids) for found in given), given
    for text in record["counterexamples"]:
        assert not named(text) & set(ids), text


@pytest.mark.parametrize(
    "record", load_yaml("agencies/shared-names.yaml"), ids=lambda r: r["names"][0]
)
def test_examples_of_a_shared_name(record: dict[str, Any]) -> None:
    assert record["why"]
    assert record["examples"]
    for text, ids in record["examples"].items():
        assert {c.id for c in gazetteer().find(text)} & set(record["bodies"]) == set(ids), text


@pytest.mark.parametrize("team", load_yaml("agencies/teams.yaml"), ids=lambda t: t["id"])
def test_examples_of_a_team(team: dict[str, Any]) -> None:
    for text in team["examples"]:
        assert set(team["members"]) <= named(text), text
    for text in team["counterexamples"]:
        assert not set(team["members"]) <= named(text), text


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
            before, after = low[:at], low[at + name.end() :]
            side = {"before": before, "after": after, "both": f"{before}|{after}"}[rule["side"]]
            assert bool(pattern.search(side)) is wanted, (rule["id"], text)
