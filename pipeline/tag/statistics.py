"""Figures that inspectors give: how many, of how many, of what. No prices, dates, ages, grades."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.knowledge import load_yaml
from pipeline.models import Statistic
from pipeline.tag.counting import counted, noun_of
from pipeline.tag.figures import EXPRESSIONS, read
from pipeline.tag.graded_counts import graded_counts, wholes
from pipeline.tag.hits import Figure
from pipeline.tag.numbers import NUMBER, digits
from pipeline.tag.partitions import Part, Partitions, Whole
from pipeline.tag.reading import Reading, Sentence

#: What other modules read numbers with, too.
__all__ = ["NUMBER", "digits", "statistics"]

_DIVIDED = frozenset(load_yaml("statistics.yaml")["divided"])
_CAPACITY = re.compile(
    rf"(?:up to|maximum of|places for|capacity (?:for|of)) ({NUMBER}) (?:[a-z]+ ){{0,2}}?"
    r"(?:people|children|residents|patients|adults)(?!\w)"
)
_USING = re.compile(
    r" (?:people|children|young people|residents|patients|adults) (?:were |was |are |now )*"
    r"(?:using|living|lived|staying|stayed|in residence|being cared|cared for|receiving|placed)"
)


def _kind_of(what: str | None) -> str:
    """What is counted, so that "failure to comply notices" and "notices" are one kind."""
    words_ = (what or "").split()
    notices = next((w for w in words_ if w.startswith("notice")), None)
    more = "more" if {"further", "more", "additional", "other"} & set(words_) else ""
    return notices or more + "".join(words_[-1:])[:12]


_SHARES = frozenset({"share", "one in", "fraction", "percent"})


def statistics(reading: Reading) -> tuple[Statistic, ...]:
    """The figures of a story that are the inspectors' own, in order, none twice.

    `value` and `of` are digits ("8", "22"), of a wait in days or weeks as well; a percentage is
    "51%", a share in words stays in words ("more than three quarters"). The quote is the figure
    with what it counts.
    """
    made: list[tuple[Sentence, Figure]] = []
    areas, everything = wholes(reading.low), _everything(reading.low)
    whole: Whole | None = None
    looked_at: _LookedAt | None = None
    for sentence in reading.sentences:
        if sentence.furniture or sentence.low.endswith("?") or not _ANY.search(sentence.low):
            continue
        if not _theirs(sentence):  # how many pupils a school has anybody may tell
            found = _sentence(sentence.low, [], None, frozenset())
            made += [(sentence, f) for f in found if f.rule == "size"]
            continue
        if _ITEM.match(reading.quote(sentence.start, sentence.start + 12)):
            continue
        parts, whole = _PARTITIONS.parts(sentence.low, whole, _divides, noun_of)
        found = _sentence(sentence.low, parts, whole, areas)
        found = [_some_of(f, sentence.low, everything) for f in found]
        found = [f for f in found if f.rule != "frame"]
        looked_at = _with_wholes(sentence, found, parts, looked_at, made)
        made += [(sentence, f) for f in found]
        if looked_at and whole is None:
            whole = Whole(looked_at.figure.value, looked_at.figure.noun, 0, looked_at=True)
    return _told_once(reading, _of_places(reading, made))


#: A sentence without a number or a share needs no reading.
_ANY = re.compile(rf"\d|(?<!\w)(?:half|(?:[a-z]+[- ])?(?:third|quarter|fifth|sixth|seventh|eighth|"
                  rf"tenth)s?|{NUMBER})(?!\w)")  # fmt: skip


#: "The report has 36 recommendations", "Ofsted had found it inadequate in seven areas, he said".
_TOLD_BY_OTHERS = re.compile(
    r"(?<!\w)(?:(?:the |its )report (?:has|had|makes?|made|found|says?|said)|(?:inspectors|ofsted|"
    r"cqc|estyn|rqia|inspectorate|watchdog|regulator) (?:has |have |had )?(?:also )?(?:found|made|"
    r"identified|noted|raised|rated|looked at|spoke|gave)|said (?:the )?(?:report|inspectors)|"
    r"according to (?:the |its )?(?:report|inspectors|inspectorate|inspection|ofsted|cqc|estyn|"
    r"rqia|watchdog|regulator)(?:'s|')?)"
    r"(?!\w)"
)


def _theirs(sentence: Sentence) -> bool:
    """Whether the figures of a sentence are the inspectors' own."""
    return sentence.speaker == "inspectors" or _TOLD_BY_OTHERS.search(sentence.low) is not None


#: "- 2 More than 600 laptops given": an item of a numbered list, as of what is most read.
_ITEM = re.compile(r"[-•*\s]*\d{1,2} [\"'“‘]?[A-Z]")


def _told_once(reading: Reading, made: list[tuple[Sentence, Figure]]) -> tuple[Statistic, ...]:
    """The figures as statistics, each once."""
    told: dict[tuple[str, str | None, str], Statistic] = {}
    for sentence, f in made:
        start, end = sentence.start + f.start, sentence.start + f.end
        after = sentence.low[f.end - len(f.what) - 1 :][:20]
        kind = after if f.rule == "part" else _kind_of(f.what)
        statistic = Statistic(
            value=f.value, of=f.of, what=f.what or None, start=start, end=end, rule=f.rule,
            quote=reading.quote(start, end),
        )  # fmt: skip
        told.setdefault((f.value, f.of, kind), statistic)
    return tuple(told.values())


def _of_places(
    reading: Reading, made: list[tuple[Sentence, Figure]]
) -> list[tuple[Sentence, Figure]]:
    """Those who live in a home are some of those it has places for: "three of up to seven"."""
    places = _CAPACITY.search(reading.low)
    if not places:
        return made
    of, at = digits(places[1]), places.start(1)
    using = [
        (s, f._replace(of=of))
        if f.rule == "count" and _USING.match(s.low, max(0, f.end - len(f.what) - 1))
        else (s, f)
        for s, f in made
    ]
    if using == made:
        return made
    return [(s, f) for s, f in using if s.start + f.start != at]


_ALL_OF = re.compile(rf"(?<!\w)all (?:of )?(?:the |its )?(?P<of>{NUMBER})(?=(?P<what> [^.;:()]*))")


def _everything(low: str) -> dict[str, int]:
    """How many there are in all, by their noun: "all 43 police forces"."""
    found: dict[str, int] = {}
    for m in _ALL_OF.finditer(low):
        thing, of = counted(m["what"][:80]), digits(m["of"])
        if thing and of.isdigit():
            found[thing.noun] = max(int(of), found.get(thing.noun, 0))
    return found


_INSPECTED = re.compile(
    r"(?<!\w)(?:inspected|visited|assessed|reviewed|first|so far|tranche|round|published|"
    r"publishes)(?!\w)"
)


def _some_of(f: Figure, low: str, everything: dict[str, int]) -> Figure:
    """Of bodies some of all: "the first 14 forces" of "all 43 forces"."""
    of = everything.get(f.noun, 0)
    if f.rule not in ("frame", "count") or f.of or not f.value.isdigit() or of <= int(f.value):
        return f
    near = low[max(0, f.start - 60) : f.end + 60]
    return f._replace(of=str(of), rule="count") if _INSPECTED.search(near) else f


class _LookedAt(NamedTuple):
    """What inspectors looked at, where it was told, and for how many sentences it still holds."""

    figure: Figure
    place: tuple[Sentence, Figure]
    left: int


_LOOK = (
    r"(?:inspected|examined|reviewed|looked at|assessed|sampled|surveyed|checked|audited|"
    r"evaluated|analysed|scrutinised|studied|considered|looked into)"
)
_LOOKED = re.compile(rf"(?<!\w){_LOOK}(?: (?:a total of|about|some|around|just|only|over))* $")
_WAS_LOOKED = re.compile(rf"(?: [a-z]+){{0,3}}? {_LOOK}(?!\w)")
_SOME_OF_THEM = re.compile(r"[\w,]+ of (?:these|those)(?!\w)")
_OF_THEM = re.compile(r"(?<!\w)of (?:them|these|those)(?!\w)")
_HAS = 40  #: letters between a count and the share of it: "has 1,600 homes; roughly 18% are …"


def _with_wholes(
    sentence: Sentence,
    found: list[Figure],
    parts: list[Part],
    before: _LookedAt | None,
    made: list[tuple[Sentence, Figure]],
) -> _LookedAt | None:
    """Gives shares the whole that stands before them; a whole is no figure by itself then.

    "They looked at 135 cases. Just 7% were good." Returns what the next sentence may go back to.
    """
    used = parts and before and parts[0].of == before.figure.value
    for i, f in enumerate(found):  # "335 incidents; 80 of those were of five men"
        if f.of is None and f.value.isdigit() and _SOME_OF_THEM.match(sentence.low, f.start):
            wholes_ = [c.value for c in found[:i] if c.rule == "count" and c.value.isdigit()]
            if wholes_ and int(wholes_[-1]) > int(f.value):
                found[i] = f._replace(of=wholes_[-1])
    for i, f in enumerate(found):
        if f.rule not in ("percent", "fraction") or f.of:
            continue
        counts = [c for c in found[:i] if c.rule == "count" and c.value.isdigit()]
        if _OF_THEM.search(sentence.low, f.start, f.start + 40) and counts:
            found[i] = f._replace(of=counts[-1].value)
            continue
        near = next((c for c in reversed(counts) if 0 <= f.start - c.end < _HAS), None)
        if near and not f.noun and int(near.value) >= _A_WHOLE:
            found[i] = f._replace(of=near.value)
            found.remove(near)
            break
        if before and f.noun in ("", before.figure.noun):
            found[i], used = f._replace(of=before.figure.value), True
    if used and before and before.place in made:
        made.remove(before.place)
    for f in found:
        if f.rule == "count" and not f.of and f.value.isdigit() and int(f.value) >= _A_WHOLE:
            told = sentence.low
            if _LOOKED.search(told, 0, f.start) or _WAS_LOOKED.match(told, f.end):
                return _LookedAt(f, (sentence, f), 2)
    return before._replace(left=before.left - 1) if before and before.left > 1 else None


_A_WHOLE = 10  #: fewer are seldom told in per cent


def _sentence(
    low: str, parts: list[Part], whole: Whole | None, areas: frozenset[int]
) -> list[Figure]:
    """The figures of a folded sentence, in order."""
    taken: list[tuple[int, int]] = [(p.start, p.end) for p in parts]
    if whole and whole.at:
        taken.append(whole.at)
    parts = parts or graded_counts(low, areas, taken)
    taken += [(p.start, p.end) for p in parts]
    found = [
        Figure(p.start, p.end, digits(low[p.start : p.end]), p.of, p.what, "part") for p in parts
    ]
    for rule, pattern in EXPRESSIONS:
        if rule == "elided" and not any(f.rule == "count" for f in found):
            continue
        for m in pattern.finditer(low):
            stop = m.end("of") if rule in ("share", "one in") else m.end("value")
            if any(a < stop and m.start("value") < b for a, b in taken):
                continue
            made = read(rule, m, low)
            if made and not _said_already(made, m, low, found):
                found.append(made)
                taken.append((m.start(), max(stop, made.end)))
    return _once(sorted(found))


_MORE = re.compile(r" (?:more|further|additional|extra)(?!\w)")


def _said_already(made: Figure, m: re.Match[str], low: str, found: list[Figure]) -> bool:
    """Whether another figure of the sentence is this one, or what it leads up to.

    "One in five waited longer than 28 days": the share is the figure. "Two more had died, bringing
    deaths to five": five.
    """
    if made.rule == "wait":
        return any(f.rule in _SHARES for f in found)
    if made.rule == "count" and _MORE.match(low, m.end("value")):
        return any(f.rule == "total" for f in found)
    return False


def _once(found: list[Figure]) -> list[Figure]:
    """Without a share that says the one before it in other words: "4% of practices, one in 25"."""
    kept: list[Figure] = []
    for f in found:
        share = _as_share(f)
        before = _as_share(kept[-1]) if kept else None
        if share is None or before is None or abs(share - before) > _ROUNDED:
            kept.append(f)
    return kept


def _as_share(f: Figure) -> float | None:
    """A percentage or "one in" as a number from 0 to 1."""
    if f.rule == "percent":
        return float(f.value.rstrip("%")) / 100
    return float(f.value) / float(f.of) if f.rule == "one in" and f.of else None


_ROUNDED = 0.005  #: how far apart a percentage and a share in small numbers may be


def _divides(phrase: str) -> str:
    """What is divided into parts, where inspectors count it; else ""."""
    thing = counted(phrase)
    if thing:
        return thing.what
    few = phrase.split()[:4]
    return "" if _DIVIDED.isdisjoint(few) else " ".join(few)


_PARTITIONS = Partitions(NUMBER, digits)
