"""Who did what in the story: inspected, was inspected, took part, commented, was only mentioned.

The bodies that the words show outright (`evidence.py`) are the inspected ones, else those most
spoken of. What the named inspectorates do not inspect is left out. A joint inspection of an area
has the council as inspected and the other agencies as partners.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.models import Role
from pipeline.tag.context import speaks_of_inspection
from pipeline.tag.evidence import (
    ENOUGH,
    Evidence,
    Named,
    Outside,
    around,
    cues,
    evidence_of,
    lead_of,
)
from pipeline.tag.gazetteer import gazetteer
from pipeline.tag.matcher import fold
from pipeline.tag.name_forms import proper_part
from pipeline.tag.sentences import Span


def roles(
    folded: str, named: Sequence[Named], sentences: Sequence[Span], outside: Outside
) -> dict[str, Role]:
    """The role of each agency of the story, by id."""
    named = _without_firms_inspected(folded, named, sentences, outside)
    inspecting = _inspecting(folded, named) | outside.inspectorates
    remit = remit_of(inspecting)
    given = _given(named, inspecting, remit)
    free = [n for n in named if n.id not in given]
    kinds = {n.id: n.kind for n in free}
    evidence = evidence_of(folded, free, sentences, outside)
    joint = len(inspecting) > 2 or joint_of_area(folded)
    inspected = _inspected(folded, kinds, evidence, remit, outside, joint=joint)
    title_alone = bool(outside.others & (remit or cues().specific))
    if _national(folded, outside.headline, inspected | (outside.told & set(kinds)), named):
        inspected = set()
    elif not inspected and not title_alone:
        speaks = not remit and speaks_of_inspection(f"{outside.headline}\n{folded}")
        looked_at = cues().specific if speaks else remit
        inspected = _first_named(evidence, kinds, looked_at, free, sentences)
        if not inspected and speaks_of_inspection(f"{outside.headline}\n{folded}"):
            inspected = _alone(folded, free, evidence)
    inspected |= _running(inspected, kinds, evidence)
    inspected |= {a for a in _of_one_house(free, inspected) if evidence[a].points >= 0}
    speaking = _speaking(folded, named)
    rest = {
        a: _bystander(a, kinds, joint=joint, inspected=inspected, speaking=a in speaking)
        for a in kinds if a not in inspected
    }  # fmt: skip
    return given | dict.fromkeys(inspected, "inspected") | rest


def _without_firms_inspected(
    folded: str, named: Sequence[Named], sentences: Sequence[Span], outside: Outside
) -> Sequence[Named]:
    """The names, those of companies that were themselves inspected now names of providers.

    A company is who runs a home, unless the words show outright that it was rated ("Elm Training
    Ltd jumped from good to outstanding"), or it is the only body of the story.
    """
    firms = [n for n in named if n.kind == "company" and n.rule == "form of name"]
    if not firms:
        return named
    shown = evidence_of(folded, firms, sentences, Outside())
    running = {
        n.id for n in firms
        if _RUNS.search(folded, max(0, n.start - 40), n.start) or _ALSO.match(folded, n.end)
    }  # fmt: skip
    others = outside.others or any(n.kind != "company" and n.role is None for n in named)
    freed = {
        i for i, e in shown.items()
        if e.points >= (ENOUGH if others else 0) and (e.own or not others)
    } - running  # fmt: skip
    return [replace(n, kind="provider", role=None) if n.id in freed else n for n in named]


_RUNS = re.compile(
    r"\b(?:run|owned|operated|managed|provided) by:?\s+(?:the )?(?:[a-z'-]+ ){0,3}$|"
    r"\b(?:owners?|operators?|landlords?),? $"
)
_ALSO = re.compile(
    r",? (?:which|who)(?: also)? (?:runs|ran|owns|owned|operates|operated|manages)\b"
)


def _inspected(
    folded: str,
    kinds: Mapping[str, str],
    evidence: Mapping[str, Evidence],
    remit: frozenset[str],
    outside: Outside,
    *,
    joint: bool,
) -> set[str]:
    """The bodies that the words show to be inspected, of kinds that the inspectorates inspect."""
    fit = {a: e for a, e in evidence.items() if not remit or kinds[a] in remit}
    points = {a: e.points for a, e in evidence.items()}
    title_alone = bool(outside.others & (remit or cues().specific))
    inspected = _led(fit, kinds, title_alone=title_alone)
    if joint and "council" in kinds.values():
        begin = f"{outside.headline}\n{folded[: lead_of(folded)]}"
        return _of_an_area(inspected, points, kinds, begin, folded)
    inspected = _competed(inspected, points, kinds)
    if _TITLE_OF_REPORT.match(outside.headline):
        inspected = inspected & outside.told or inspected
    return inspected


def joint_of_area(folded: str) -> bool:
    """Whether the story speaks of a joint inspection of an area: a JTAI, Area SEND."""
    return bool(cues().joint.search(folded))


def _given(
    named: Sequence[Named], inspecting: frozenset[str], remit: frozenset[str]
) -> dict[str, Role]:
    """Roles that bodies always play; a partner may be inspected by whoever inspects its kind.

    Unless its units are named: in a story of "Harwick PDU" the Probation Service runs it.
    """
    units = {n.kind for n in named if n.role is None}
    given: dict[str, Role] = {
        n.id: n.role for n in named
        if n.role and not (n.role == "partner" and n.kind in remit - units)
    }  # fmt: skip
    for agency in given:
        if given[agency] == "inspectorate" and agency not in inspecting:
            given[agency] = "mentioned"
    return given


def _led(
    evidence: Mapping[str, Evidence], kinds: Mapping[str, str], *, title_alone: bool
) -> set[str]:
    """The bodies that the words show; where none is shown outright, the ones most spoken of.

    `title_alone`: the title names one that the text does not; no weak evidence stands against it.
    """
    own = {a for a, e in evidence.items() if e.own and e.points >= ENOUGH}
    if own or title_alone:
        own_kinds = {kinds[a] for a in own}
        if own_kinds == {"academy-trust"}:  # what is done to a trust is done for a school of its
            run = {a for a, e in evidence.items()
                   if kinds[a] in _RUN_BY_TRUSTS and e.points > ENOUGH}  # fmt: skip
            own = run or own
        own |= _running(own, kinds, evidence)
        top = max((evidence[a].points for a in own), default=_SURE)  # as much spoken of as these
        own |= {a for a, e in evidence.items()
                if kinds[a] in own_kinds and e.points >= max(top, _SURE)}  # fmt: skip
        if own_kinds <= _RUNS_HOSPITALS:
            sites = {a: e for a, e in evidence.items() if kinds[a] == "hospital"}
            own |= {a for a, e in sites.items() if e.points >= ENOUGH}
        return own
    if any(kinds[a] in _RUN_BY_TRUSTS for a in evidence):
        evidence = {a: e for a, e in evidence.items() if kinds[a] != "academy-trust"}
    sited = {a: e for a, e in evidence.items() if kinds[a] in cues().specific and e.points > 0}
    evidence = sited or evidence
    top = max((e.points for e in evidence.values()), default=0)
    return {a for a, e in evidence.items() if e.points >= ENOUGH and e.points == top}


def _running(
    inspected: set[str], kinds: Mapping[str, str], evidence: Mapping[str, Evidence]
) -> set[str]:
    """Of a hospital that was inspected: the one trust or board that is named, which runs it."""
    if {kinds[a] for a in inspected} != {"hospital"}:
        return set()
    over = {a for a, e in evidence.items() if kinds[a] in _RUNS_HOSPITALS and e.points >= 0}
    return over if len(over) == 1 else set()


def _alone(folded: str, named: Sequence[Named], evidence: Mapping[str, Evidence]) -> set[str]:
    """The only place or service that a story names, in its beginning: whoever inspects such."""
    places = {n.id for n in named if n.kind in cues().specific}
    early = {n.id for n in named if n.start < lead_of(folded)}
    return {a for a in places & early if evidence[a].points >= 0} if len(places) == 1 else set()


def _of_one_house(named: Sequence[Named], inspected: set[str]) -> set[str]:
    """The nursery of a school that was inspected, and the other way: one proper name."""
    young = {n.id: (n.kind, proper_part(n.name)) for n in named if n.kind in _OF_CHILDREN}
    houses = {proper: kind for i, (kind, proper) in young.items() if i in inspected}
    return {i for i, (kind, proper) in young.items() if houses.get(proper, kind) != kind}


_OF_CHILDREN = frozenset({"school", "nursery"})


def _national(folded: str, headline: str, inspected: set[str], named: Sequence[Named]) -> bool:
    """Whether the story begins with the state of the country, and with none of these bodies."""
    lead = lead_of(folded)
    if not cues().national.search(f"{headline}\n{folded[:lead]}"):
        return False
    return not any(n.id in inspected and n.start < lead for n in named)


def _first_named(
    evidence: Mapping[str, Evidence],
    kinds: Mapping[str, str],
    remit: frozenset[str],
    named: Sequence[Named],
    sentences: Sequence[Span],
) -> set[str]:
    """Where no words decide: the body with the most points, and those named beside it as well.

    `remit`: the kinds that the inspectorate inspects; where none is named but inspectors speak,
    kinds that are one place or service.
    """
    points = {a: e.points for a, e in evidence.items()}
    fit = [n for n in named if n.id in kinds and n.kind in remit and points[n.id] >= 0]
    fit = [n for n in fit if n.kind in cues().specific] or fit
    if not fit:
        return set()
    first = max(fit, key=lambda n: (points[n.id], -n.start))
    sentence = around(sentences, first.start)
    same = (n for n in fit if sentence.start <= n.start < sentence.end)
    return {n.id for n in same if points[n.id] == points[first.id]}


def _inspecting(folded: str, named: Sequence[Named]) -> frozenset[str]:
    """Inspectorates that inspected; one that was only told or quoted drops out beside others."""
    ids: dict[str, bool] = {}
    for n in named:
        if n.role == "inspectorate":
            quoted = bool(cues().bystander.search(folded[max(0, n.start - 60) : n.start]))
            ids[n.id] = ids.get(n.id, False) or not quoted
    acting = frozenset(i for i, acts in ids.items() if acts)
    return acting or frozenset(ids)


def remit_of(inspectorates: Iterable[str]) -> frozenset[str]:
    """The kinds that these inspectorates inspect; empty where none is known. Other ids are none."""
    records = [gazetteer().get(i) for i in inspectorates]
    return frozenset(kind for r in records if r for kind in r.inspects)


def _of_an_area(
    inspected: set[str],
    points: Mapping[str, int],
    kinds: Mapping[str, str],
    begin: str,
    folded: str,
) -> set[str]:
    """A joint inspection of an area is of its council, although it may be named only in passing.

    That is the one that the words show, else the one whose area the story begins with, else the
    only one named. Area SEND reports are addressed to the board that commissions health as well.
    """
    named = {a for a in kinds if kinds[a] == "council"}
    shown, begun = inspected & named, {a for a in named if _begins_with(a, begin)}
    councils = shown | begun if not shown or shown & begun else shown
    councils = councils or (named if len(named) == 1 else set())
    specific = {a for a in inspected if kinds[a] in _SITES}
    if (
        specific
        and not _TARGETED.search(folded)
        and max(points[a] for a in specific) > max([points[a] for a in councils] or [0])
    ):
        return specific
    boards = {a for a in points if kinds[a] in ("icb", "ccg") and points[a] >= 0}
    return councils | (boards if cues().send.search(folded) else set())


_TITLE_OF_REPORT = re.compile(r"\W*(?:re-?)?inspection of ")
_TARGETED = re.compile(r"\bjoint targeted area|\bjtai\b")
#: One place or unit: what a joint inspection of it finds is about it, not about the area.
_SITES = frozenset({"secure-centre", "youth-justice", "probation", "immigration-removal-centre",
                    "hospice", "surgery", "juvenile-justice-centre", "prison", "school", "hospital",
                    "care-home", "childrens-home", "nursery", "college"})  # fmt: skip


def _begins_with(agency: str, begin: str) -> bool:
    record = gazetteer().get(agency)
    areas = (record.area, *record.bare) if record else ()
    return any(re.search(rf"\b{re.escape(fold(a))}\b", begin) for a in areas if a)


def _competed(inspected: set[str], points: Mapping[str, int], kinds: Mapping[str, str]) -> set[str]:
    """Between a council and what it runs, between the main body and those named in passing."""
    councils = {a for a in inspected if kinds[a] == "council"}
    specific = {a for a in inspected if kinds[a] in cues().specific}
    if specific and len(councils) == 1:
        first, other = max(points[a] for a in specific), max(points[a] for a in councils)
        inspected = inspected - (councils if first + 2 >= other else specific)
    if specific & inspected:
        inspected = {a for a in inspected if kinds[a] not in ("icb", "ccg")}
    if any(kinds[a] in _RUN_BY_TRUSTS for a in inspected):
        inspected = {a for a in inspected if kinds[a] != "academy-trust"}
    forces, brigades = ({a for a in inspected if kinds[a] == k} for k in ("police", "fire"))
    if forces and brigades:  # one report is of one of them
        first, other = (max(points[a] for a in found) for found in (forces, brigades))
        if abs(first - other) > 1:
            inspected = inspected - (brigades if first > other else forces)
    if not inspected:
        return inspected
    top = max(points[a] for a in inspected)
    of_trusts = {kinds[a] for a in inspected if points[a] == top} <= _RUNS_HOSPITALS
    of_hospitals = {kinds[a] for a in inspected if points[a] == top} == {"hospital"}
    return {
        a for a in inspected
        if (points[a] >= ENOUGH and points[a] * 3 >= top)
        or (of_trusts and kinds[a] == "hospital")
        or (of_hospitals and kinds[a] in _RUNS_HOSPITALS)
    }  # fmt: skip


def _speaking(folded: str, named: Sequence[Named]) -> frozenset[str]:
    """Bodies that say something in the story, or that somebody speaks for."""
    return frozenset(
        n.id for n in named
        if cues().says.match(folded, n.end)
        or cues().spokesman.search(folded[max(0, n.start - 60) : n.start])
    )  # fmt: skip


def _bystander(
    agency: str, kinds: Mapping[str, str], *, joint: bool, inspected: set[str], speaking: bool
) -> Role:
    """The role of a body that was not inspected."""
    kind = kinds[agency]
    council = any(kinds[a] == "council" for a in inspected)
    if kind in cues().partners and (joint or (council and kind.startswith("safeguarding"))):
        return "partner"
    if kind == "academy-trust" and any(kinds[a] in _RUN_BY_TRUSTS for a in inspected):
        return "operator"
    return "commentator" if speaking else "mentioned"


_SURE = 3  #: points of a body that is the inspected one, though no words say it outright
_RUNS_HOSPITALS = frozenset({"trust", "health-board"})
_RUN_BY_TRUSTS = frozenset({"school", "college", "nursery"})
