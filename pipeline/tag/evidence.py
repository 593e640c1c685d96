"""What speaks for a body being the one that was inspected: words around its mentions, its place.

Each mention collects points from the patterns in `knowledge/agencies/roles.yaml`, of which those
that are `strong` say outright who was inspected; a body also gains by standing in the title, in the
first lines, or over a paragraph of its own, and by being named again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from pipeline.knowledge import load_yaml
from pipeline.models import Confidence, Role
from pipeline.tag.literals import Sought
from pipeline.tag.peers import counted, counts, listed, several
from pipeline.tag.sentences import Span

_AROUND = 200  #: code points before and after a mention, of its sentence, that are read
_READ = 5  #: mentions of a body, beside which nothing speaks against it, that are read
_READ_FIRST = 1_000  #: code points in which a story says whom it is about
_AGAINST = -3  #: points of a mention that speaks against its body, whatever others say
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What is known of a story from outside its text: its title, its address, its site."""

    told: frozenset[str] = field(default_factory=frozenset)  #: ids named there
    hinted: frozenset[str] = field(default_factory=frozenset)  #: ids whose area the title names
    inspectorates: frozenset[str] = field(default_factory=frozenset)
    others: frozenset[str] = field(default_factory=frozenset)  #: kinds of bodies named only there
    headline: str = ""  #: folded


@dataclass(frozen=True, slots=True)
class Cues:
    evidence: tuple[tuple[bool, str, int, re.Pattern[str]], ...]  # strong, side, points, pattern
    joint: Sought
    send: Sought
    national: re.Pattern[str]
    bystander: re.Pattern[str]
    says: re.Pattern[str]
    spokesman: re.Pattern[str]
    specific: frozenset[str]
    partners: frozenset[str]


@lru_cache(maxsize=1)
def cues() -> Cues:
    r: dict[str, Any] = load_yaml("agencies/roles.yaml")
    return Cues(
        tuple(
            (e.get("strong", False), e["side"], e["points"], re.compile(e["pattern"]))
            for e in r["evidence"]
        ),
        Sought(r["joint"]),
        Sought(r["send"]),
        re.compile(r["national"]),
        re.compile(r["bystander"]),
        re.compile(r["says"]),
        re.compile(r["spokesman"]),
        frozenset(r["specific"]),
        frozenset(r["partners"]),
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a body being the one that was inspected."""

    points: int
    own: bool  #: the words say it outright, or the title or a heading names it


def evidence_of(
    folded: str, named: Sequence[Named], sentences: Sequence[Span], outside: Outside
) -> dict[str, Evidence]:
    """Of each body: its best mention, how often it is named, if it leads or is in the title."""
    told, hinted = outside.told, outside.hinted
    best: dict[str, int] = {}
    seen: dict[str, int] = defaultdict(int)
    own = set(told)
    early: set[str] = set()
    against: set[str] = set()
    lead = lead_of(folded)
    for n in named:
        if seen[n.id] >= _READ:
            continue
        score, outright = _of_mention(folded, n, sentences)
        best[n.id] = max(best.get(n.id, -9), score)
        if score <= _AGAINST:
            against.add(n.id)
        seen[n.id] += score >= 0
        if outright and score >= ENOUGH:
            own.add(n.id)
        if n.start < lead and score >= 0:
            early.add(n.id)
    begin = f"{outside.headline}\n{folded[:_READ_FIRST]}"
    for host in _hosts(folded, named):
        best[host] = -4
        own.discard(host)
    _share(folded, named, own, best, begin)
    for a in _of_many(folded, begin, named, own, sentences) - against:
        own.add(a)
        best[a] = max(best[a], ENOUGH)
    sited = any(n.kind in cues().specific for n in named)  # then an area in the title is where
    own = {a for a in own if best.get(a, 0) > -3}
    return {
        a: Evidence(
            score + min(2, max(0, seen[a] - 1))
            + (a in early) + 3 * (a in told) + 2 * (a in hinted),
            a in own or (a in hinted and score >= 0 and not sited),
        )
        for a, score in best.items()
    }  # fmt: skip


_HOSTED = re.compile(
    r",? (?:(?:which is |is )?(?:based|housed|found|located|set|held) )?(?:at|in) "
)
_HOSTS = frozenset({"school", "college", "hospital", "university"})


def _hosts(folded: str, named: Sequence[Named]) -> set[str]:
    """Schools and the like that only tell where a nursery is: "Alder Preschool at Birch School"."""
    often = Counter(n.id for n in named)
    return {
        host.id for guest, host in pairwise(named)
        if guest.kind == "nursery" and host.kind in _HOSTS and often[host.id] == 1
        and _HOSTED.fullmatch(folded, guest.end, host.start)
    }  # fmt: skip


def _share(
    folded: str, named: Sequence[Named], own: set[str], best: dict[str, int], begin: str
) -> None:
    """Let bodies that stand together share what the words say of some of them."""
    times = Counter(n.id for n in named)
    for group in _lists(folded, named):
        led = [n.id for n in group if n.id in own and best[n.id] >= ENOUGH]
        all_seen = _ALL_SEEN.match(folded, group[-1].end)
        if all_seen and len(group) == _HOW_MANY.get(all_seen[1], len(group)):
            own |= {n.id for n in group}
            best |= {n.id: max(best[n.id], ENOUGH) for n in group}
        elif (
            best[group[0].id] <= _AGAINST
        ):  # "shared with X and Y", "his other homes, X and Y, are"
            own -= {n.id for n in group if times[n.id] == 1}
            best |= {n.id: -4 for n in group if n.id not in own}
        elif led:
            top = max(best[i] for i in led)
            own |= {n.id for n in group}
            best |= {n.id: max(best[n.id], top) for n in group if best[n.id] > _AGAINST}
    for together in (*counted(begin, named, best), *listed(folded, named)):
        if together & own:
            own |= together
            best |= {a: max(best[a], ENOUGH) for a in together if best[a] > -3}
    for a in _with_own_paragraphs(folded, named, own):
        if best[a] >= 0:
            own.add(a)
            best[a] = max(best[a], ENOUGH)


def _of_many(
    folded: str, begin: str, named: Sequence[Named], own: set[str], sentences: Sequence[Span]
) -> set[str]:
    """Bodies of a story that begins with several: each is in a sentence that tells of an outcome.

    "Three schools have had reports. … At Elm School, said Estyn, pupils are kind."
    """
    kinds = several(begin)
    leads = {n.kind for n in named if n.id in own}
    leads |= _OF_LEARNING if leads & kinds & _OF_LEARNING else set()
    kinds |= _OF_LEARNING if kinds & _OF_LEARNING else frozenset()
    told = [n for n in named if n.kind in kinds & leads and n.role is None]
    leading = {n.id for n in told if n.id in own}
    if not leading or any(len(leading) >= n and k & kinds for n, k in counts(begin)):
        return set()  # of none, or of as many as the story is about
    starts = [s.start for s in sentences]
    found = set()
    for n in told:
        if n.id not in own:
            sentence = sentences[max(0, bisect_right(starts, n.start) - 1)]
            if _TOLD.search(folded, sentence.start, sentence.end):
                found.add(n.id)
    return found


#: "The trust runs Elm Hospital and Rowan Hospital. Both were inspected in May."
_ALL_SEEN = re.compile(
    r"[^.\n]{0,60}\.\s+(?:the )?(both|two|all three|three|all four|four|all five|five|all|each)"
    r"(?: (?:of (?:them|these|those)|hospitals|sites|schools|homes|services|units|nurseries|"
    r"colleges|prisons))? (?:was|were|have been|has been|had been) "
    r"(?:re-?)?(?:inspected|visited|rated|judged|graded|looked at|examined)\b"
)
_HOW_MANY = {"both": 2, "two": 2, "all three": 3, "three": 3, "all four": 4, "four": 4,
             "all five": 5, "five": 5}  # fmt: skip
_OF_LEARNING = frozenset({"school", "college", "nursery", "training", "provider"})

_LINE = re.compile(r"[^\n]{60,}")
_TOLD = re.compile(
    r"\b(?:inspect(?:ed|ion|ions|ors)|inspectorate|ofsted|cqc|estyn|isi|hmie|rqia|watchdog|visited|"
    r"rated|judged|graded|grades?|ratings?|marks|special measures|inadequate|outstanding|"
    r"requires? improvement|failed|failing|failings|praised?|criticis\w+|commended|notices?|"
    r"reports?|improved|recommendations?)\b"
)
_MANY = 3  #: paragraphs about a body each, that make a round-up


def _with_own_paragraphs(folded: str, named: Sequence[Named], own: set[str]) -> set[str]:
    """Bodies of a round-up: each has a paragraph that begins with it and tells of inspection."""
    found: set[str] = set()
    for m in _LINE.finditer(folded):
        inside = [n for n in named if m.start() <= n.start < m.end() and n.role is None]
        ids = {n.id for n in inside if n.kind in cues().specific}
        first = min((n.start for n in inside), default=m.end())
        if len(ids) == 1 and first - m.start() < _BEGINS and _TOLD.search(m[0]):
            found |= ids
    return found if len(found) >= _MANY and found & own else set()


_BEGINS = 40  #: code points at the beginning of a paragraph, in which it names its body

#: Where a body is: words among which no verb stands.
_TOWN = (
    r"(?!(?:[a-z'’-]+ ){0,4}(?:was|were|is|are|has|have|had|said|who|which|while|but|after|when)\b)"
    r"[a-z'’ -]{3,30}?"
)
_BETWEEN = re.compile(
    r"(?:,|;| and| &|, and| as well as|,? both| in| at| the| of| \([a-z]{2,8}\)| )*"
    r"(?: (?:the|at|in))? ?"
    r"|, (?:[a-z'’-]+ ){1,3}(?:school|academy|college|home|house|lodge|surgery|nursery), (?:the )?"
    r"|,? (?:and|with) its (?:[a-z]+ )?(?:branch|sister|satellite|second)"
    r"(?: (?:surgery|practice|site|home|school|nursery))?,? (?:at |the )?"
    rf"|, {_TOWN}(?: \([^()]{{3,50}}\))?; (?:and )?(?:the )?"
    rf"|,? (?:in|near|at|on) {_TOWN}(?:[,;] and|[,;]| and) (?:(?:in|at) )?(?:the )?"
)


def _lists(folded: str, named: Sequence[Named]) -> list[list[Named]]:
    """Runs of two or more bodies of one kind with nothing but commas and "and" between them.

    Schools and colleges may stand in one list; one name in it may be none that is recognised.
    """
    runs: list[list[Named]] = []
    for n in sorted(named, key=lambda n: n.start):
        last = runs[-1][-1] if runs else None
        gap = folded[last.end : n.start] if last else ""
        if last and _alike(last.kind, n.kind) and len(gap) < 60 and _BETWEEN.fullmatch(gap):
            runs[-1].append(n)
        else:
            runs.append([n])
    return [r for r in runs if len(r) > 1]


def _alike(kind: str, other: str) -> bool:
    return kind == other or {kind, other} <= {"school", "college", "nursery"}


def lead_of(text: str) -> int:
    """Where the beginning of a story ends: after its first lines, blank ones not counted."""
    ends = [m.end() for m in re.finditer(r"[^\n]+", text)]
    return ends[min(_LEAD, len(ends)) - 1] if ends else 0


def _of_mention(folded: str, n: Named, sentences: Sequence[Span]) -> tuple[int, bool]:
    """The points of what stands around a mention; whether it says outright who was inspected."""
    sentence = around(sentences, n.start)
    before = folded[max(sentence.start, n.start - _AROUND) : n.start]
    after = folded[n.end : min(sentence.end, n.end + _AROUND)]
    before = _NUMBER.sub("", before)
    if len(before.strip()) + len(after.strip(" :()")) < 3 or (
        not before.strip() and _TOWN_AFTER.fullmatch(after) and n.kind not in _AREAL
    ):
        return (4, True) if _heads(folded, sentence.end) else (0, False)
    if n.kind in _OWNERS and _RUN_BY.search(before):
        return -4, False
    verdict = n.rule in _BY_VERDICT
    total, outright, best = 0, verdict, ENOUGH * verdict
    sides = {"both": f"{before}|{after}", "before": before, "after": after}
    for strong, side, points, pattern in cues().evidence:
        if side == "both" and n.rule == "bare name":
            continue  # "Gwynedd: urgent improvements required": where it was
        if pattern.search(sides[side]):
            outright |= strong
            best = max(best, points)
            total += min(points, 0)
    return best + total, outright


#: Rules that found the name by what was done to it: what else is it but inspected?
_BY_VERDICT = frozenset({"subject of a verdict", "object of a verdict", "object of an inspection"})
#: "Elm Academy, sponsored by Redby Learning": who runs it; a trust or a council has its part in it.
_RUN_BY = re.compile(r"\b(?:sponsored|run|owned|operated|managed|overseen) by (?:the )?$")
_OWNERS = frozenset({"training", "provider", "university", "college", "school", "academy-trust",
                     "care-home", "home-care", "nursery"})  # fmt: skip
_NUMBER = re.compile(r"^\W*\d{1,2}[.)] $")  # of a heading: "12. Elm Lodge"
#: "Cairnie Lodge, Arbroath": still a heading.
_TOWN_AFTER = re.compile(r",? (?:in )?[a-z'][a-z' -]{2,24}")
_AREAL = frozenset({"council", "police", "fire", "icb", "trust"})
_PROSE = re.compile(
    r"\s*(?:[^\n]{60,}|(?:re-?)?inspection\b|review\b|area send\b|joint targeted\b|report of\b|"
    r"focused visit\b|monitoring visit\b|(?:previous |new |overall |current |latest )?"
    r"(?:ratings?|grades?)\b|(?:[•*·-]\s*)?[\"']?(?:overall|inadequate|requir\w+ improvement|good|"
    r"outstanding|excellent|very good|adequate|weak|unsatisfactory|satisfactory)[\"']?\s*[:-])"
)


def _heads(folded: str, end: int) -> bool:
    """Whether a line that is nothing but a name has prose, or a report's title, under it.

    In a job advert it has neither.
    """
    return _PROSE.match(folded, end) is not None


def around(sentences: Sequence[Span], at: int) -> Span:
    last = bisect_right(sentences, at, key=lambda s: s.start) - 1
    if last >= 0 and at < sentences[last].end:
        return sentences[last]
    return Span(max(0, at - 200), at + 200)
