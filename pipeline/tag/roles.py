"""Who did what in the story: inspected, was inspected, took part, commented, was only mentioned.

Each mention of a body that could be inspected collects points from the words around it (the
patterns in `knowledge/agencies/roles.yaml`), from where it stands (title, first lines, a heading of
its own), and from being named again. What the named inspectorates do not inspect is left out. A
joint inspection of an area has the council as inspected and the other agencies as partners.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.knowledge import load_yaml
from pipeline.models import Confidence, Role
from pipeline.tag.context import speaks_of_inspection
from pipeline.tag.gazetteer import gazetteer
from pipeline.tag.matcher import fold
from pipeline.tag.sentences import Span

ENOUGH = 2  #: points that make a body the inspected one
_LEAD = 3  #: lines that count as the beginning of a story, its headline among them


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A name in the text whose role is not yet known."""

    start: int
    end: int
    quote: str
    id: str
    name: str
    kind: str
    rule: str
    confidence: Confidence
    role: Role | None  #: one that it always plays


@dataclass(frozen=True, slots=True)
class _Cues:
    evidence: tuple[tuple[str, str, int, re.Pattern[str]], ...]  # id, side, points, pattern
    joint: re.Pattern[str]
    send: re.Pattern[str]
    national: re.Pattern[str]
    bystander: re.Pattern[str]
    specific: frozenset[str]
    partners: frozenset[str]


@lru_cache(maxsize=1)
def _cues() -> _Cues:
    r: dict[str, Any] = load_yaml("agencies/roles.yaml")
    return _Cues(
        tuple((e["id"], e["side"], e["points"], re.compile(e["pattern"])) for e in r["evidence"]),
        re.compile(r["joint"]),
        re.compile(r["send"]),
        re.compile(r["national"]),
        re.compile(r["bystander"]),
        frozenset(r["specific"]),
        frozenset(r["partners"]),
    )


def roles(
    folded: str,
    named: Sequence[Named],
    sentences: Sequence[Span],
    *,
    told: frozenset[str] = frozenset(),
    headline: str = "",
    inspectorates: frozenset[str] = frozenset(),
) -> dict[str, Role]:
    """The role of each agency of the story, by id.

    `told`: ids named by the headline or the address; `headline`: folded; `inspectorates`: ids known
    from elsewhere (title, domain).
    """
    inspecting = _inspecting(folded, named) | inspectorates
    given: dict[str, Role] = {n.id: n.role for n in named if n.role}
    for agency in given:
        if given[agency] == "inspectorate" and agency not in inspecting:
            given[agency] = "mentioned"
    kinds = {n.id: n.kind for n in named if n.id not in given}
    points = _points(folded, [n for n in named if n.id in kinds], sentences)
    for agency in told & set(kinds):
        points[agency] += 3
    remit = _remit(inspecting)
    inspected = {a for a, p in points.items() if p >= ENOUGH and (not remit or kinds[a] in remit)}
    joint = len(inspecting) > 2 or bool(_cues().joint.search(folded))
    councils = {a for a in kinds if kinds[a] == "council"}
    if joint and councils:
        begin = f"{headline}\n{folded[: lead_of(folded)]}"
        inspected = _of_an_area(inspected, points, kinds, begin, folded)
    elif inspected:
        inspected = _competed(inspected, points, kinds)
    if _national(folded, headline, inspected | (told & set(kinds)), named):
        inspected = set()
    elif not inspected:
        speaks = not remit and speaks_of_inspection(f"{headline}\n{folded}")
        looked_at = _cues().specific if speaks else remit
        inspected = _first_named(points, kinds, looked_at, named, sentences)
    rest = {a: _bystander(kinds[a], joint, inspected, kinds) for a in kinds if a not in inspected}
    return given | dict.fromkeys(inspected, "inspected") | rest


def _national(folded: str, headline: str, inspected: set[str], named: Sequence[Named]) -> bool:
    """Whether the story begins with the state of the country, and with none of these bodies."""
    lead = lead_of(folded)
    if not _cues().national.search(f"{headline}\n{folded[:lead]}"):
        return False
    return not any(n.id in inspected and n.start < lead for n in named)


def _first_named(
    points: Mapping[str, int],
    kinds: Mapping[str, str],
    remit: frozenset[str],
    named: Sequence[Named],
    sentences: Sequence[Span],
) -> set[str]:
    """Where no words decide: the body with the most points, and those named beside it as well.

    `remit`: the kinds that the inspectorate inspects; where none is named but inspectors speak,
    kinds that are one place or service.
    """
    fit = [n for n in named if n.id in kinds and n.kind in remit and points[n.id] >= 0]
    fit = [n for n in fit if n.kind in _cues().specific] or fit
    if not fit:
        return set()
    first = max(fit, key=lambda n: (points[n.id], -n.start))
    sentence = _around(sentences, first.start)
    same = (n for n in fit if sentence.start <= n.start < sentence.end)
    return {n.id for n in same if points[n.id] == points[first.id]}


def _inspecting(folded: str, named: Sequence[Named]) -> frozenset[str]:
    """Inspectorates that inspected; one that was only told or quoted drops out beside others."""
    ids: dict[str, bool] = {}
    for n in named:
        if n.role == "inspectorate":
            quoted = bool(_cues().bystander.search(folded[max(0, n.start - 60) : n.start]))
            ids[n.id] = ids.get(n.id, False) or not quoted
    acting = frozenset(i for i, acts in ids.items() if acts)
    return acting or frozenset(ids)


def _remit(inspectorates: frozenset[str]) -> frozenset[str]:
    """The kinds that these inspectorates inspect; empty where none is known."""
    records = [gazetteer().get(i) for i in inspectorates]
    return frozenset(kind for r in records if r for kind in r.inspects)


def _points(folded: str, named: Sequence[Named], sentences: Sequence[Span]) -> dict[str, int]:
    points: dict[str, int] = defaultdict(int)
    best: dict[str, int] = {}
    seen: dict[str, int] = defaultdict(int)
    lead = lead_of(folded)
    for n in named:
        score = _of_mention(folded, n, sentences)
        best[n.id] = max(best.get(n.id, -9), score)
        seen[n.id] += score >= 0
        if n.start < lead and score >= 0:
            points[n.id] = max(points[n.id], 1)
    for agency, score in best.items():
        points[agency] += score + min(2, max(0, seen[agency] - 1))
    return points


def lead_of(text: str) -> int:
    """Where the beginning of a story ends: after its first lines, blank ones not counted."""
    ends = [m.end() for m in re.finditer(r"[^\n]+", text)]
    return ends[min(_LEAD, len(ends)) - 1] if ends else 0


def _of_mention(folded: str, n: Named, sentences: Sequence[Span]) -> int:
    sentence = _around(sentences, n.start)
    before, after = folded[sentence.start : n.start], folded[n.end : sentence.end]
    if len(before.strip()) + len(after.strip(" :()")) < 3:
        return 3  # a heading of its own
    total, seen = 0, 0
    for _, side, points, pattern in _cues().evidence:
        if pattern.search(before if side == "before" else after):
            total += points
            seen += 1
    return total


def _around(sentences: Sequence[Span], at: int) -> Span:
    for s in sentences:
        if s.start <= at < s.end:
            return s
    return Span(max(0, at - 200), at + 200)


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
    if specific and max(points[a] for a in specific) > max([points[a] for a in councils] or [0]):
        return specific
    boards = {a for a in points if kinds[a] in ("icb", "ccg") and points[a] >= 0}
    return councils | (boards if _cues().send.search(folded) else set())


#: One place with walls: what a joint inspection of it finds is about it, not about the area.
_SITES = frozenset({"secure-centre", "juvenile-justice-centre", "prison", "school", "hospital",
                    "care-home", "childrens-home", "nursery", "college"})  # fmt: skip


def _begins_with(agency: str, begin: str) -> bool:
    record = gazetteer().get(agency)
    areas = (record.area, *record.bare) if record else ()
    return any(re.search(rf"\b{re.escape(fold(a))}\b", begin) for a in areas if a)


def _competed(inspected: set[str], points: Mapping[str, int], kinds: Mapping[str, str]) -> set[str]:
    """Between a council and what it runs, between the main body and those named in passing."""
    councils = {a for a in inspected if kinds[a] == "council"}
    specific = {a for a in inspected if kinds[a] in _cues().specific}
    if specific and councils:
        first, other = max(points[a] for a in specific), max(points[a] for a in councils)
        inspected = inspected - (councils if first >= other else specific)
    if not inspected:
        return inspected
    top = max(points[a] for a in inspected)
    return {a for a in inspected if points[a] >= ENOUGH and points[a] * 3 >= top}


def _bystander(kind: str, joint: bool, inspected: set[str], kinds: Mapping[str, str]) -> Role:
    council = any(kinds[a] == "council" for a in inspected)
    if kind in _cues().partners and (joint or (council and kind.startswith("safeguarding"))):
        return "partner"
    return "mentioned"
