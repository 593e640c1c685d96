"""Bodies that were inspected together: what the words say of some holds for the others of them.

"Three colleges", of which three are named; a list with a line for each; a name in the sentence in
which another was graded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from pipeline.knowledge import load_yaml
from pipeline.tag.numbers import NUMBER, digits

_FIRST = 900  #: code points in which a story says how many bodies it is about
_SHORT = 160  #: code points of a line of a list
_MANY = 3  #: lines with a body each, that make a list
_MOST = 60  #: bodies that a story counts


class Name(Protocol):
    """What is read of a name in the text."""

    @property
    def start(self) -> int: ...
    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...


@lru_cache(maxsize=1)
def _plurals() -> tuple[dict[str, frozenset[str]], re.Pattern[str]]:
    """The kinds that a plural may mean, and "three of the [plural]" with up to four words between.

    Not "one of three schools", "three other schools", "three years of schools".
    """
    kinds: dict[str, frozenset[str]] = {
        word: frozenset(p["kinds"]) for p in load_yaml("agencies/roles.yaml")["plurals"]
        for word in p["words"]
    }  # fmt: skip
    words = "|".join(sorted(kinds, key=len, reverse=True))
    return kinds, re.compile(
        rf"(?<!one of )(?<!one of the )(?<![\w.,£-])(?P<count>{NUMBER}|a (?:pair|trio))"
        rf"(?: of (?:the |its |our |their )?(?:{NUMBER} )?)? "
        rf"(?P<between>(?:(?!other\b|of\b|in\b|at\b|and\b|per\b|out\b)[a-z'-]+ ){{0,4}}?)"
        rf"(?P<plural>{words})(?![\w-])"
    )


_COUNTS = {"a pair": 2, "a trio": 3}
_TIME = re.compile(r"\b(?:years?|months?|weeks?|days?|hours?|inspectors?|reports?|times)\b")


@lru_cache(maxsize=1)
def _many() -> re.Pattern[str]:
    """A plural that a story may be about: "three schools", "Harwick's schools"."""
    words = "|".join(sorted(_plurals()[0], key=len, reverse=True))
    return re.compile(
        rf"(?<!one of )(?<!one of the )(?<!other )(?<![\w.,£-])"
        rf"(?:{NUMBER}|several|more|many|every|all|these|number|new|latest|some|both|"
        rf"[a-z]+'s?|[a-z]+s'|[a-z]+shire|private|independent|local)"
        rf"(?: of)? (?:(?!other\b|in\b|at\b|and\b|per\b|out\b)[a-z'-]+ ){{0,3}}?"
        rf"(?P<plural>{words})(?![\w-])"
    )


def several(folded: str) -> frozenset[str]:
    """The kinds of bodies that the beginning of a story tells of in the plural."""
    kinds = _plurals()[0]
    return frozenset(k for m in _many().finditer(folded, 0, _FIRST) for k in kinds[m["plural"]])


def counts(folded: str) -> Iterator[tuple[int, frozenset[str]]]:
    """How many bodies, and of which kinds, the beginning of a story says that it is about."""
    kinds, pattern = _plurals()
    for m in pattern.finditer(folded, 0, _FIRST):
        count = _COUNTS.get(m["count"]) or int(float(digits(m["count"])))
        if 1 < count < _MOST and not _TIME.search(m["between"]):
            yield count, kinds[m["plural"]]


def all_of_them(low: str, bodies: int, kinds: frozenset[str]) -> list[tuple[int, int]]:
    """Where a number in folded words is that of all the bodies of a story, which are of `kinds`.

    In a story of three councils "three councils were rated good" tells the grade of each.
    """
    if bodies < 2:
        return []
    known, pattern = _plurals()
    return [
        m.span("count") for m in pattern.finditer(low)
        if known[m["plural"]] & kinds and not _TIME.search(m["between"])
        and (_COUNTS.get(m["count"]) or int(float(digits(m["count"])))) == bodies
    ]  # fmt: skip


def all_of_some_kind(low: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    """As `all_of_them`, of bodies of these kinds and of those of each kind: "each of the four
    trusts" in a story of four trusts and a hospital."""
    found = all_of_them(low, len(kinds), frozenset(kinds))
    for kind, many in Counter(kinds).items() if len(kinds) <= _MOST else ():
        if 1 < many < len(kinds):
            found += all_of_them(low, many, frozenset({kind}))
    return found


def counted(folded: str, named: Sequence[Name], points: Mapping[str, int]) -> Iterator[set[str]]:
    """Sets of bodies of which the beginning of the story tells how many they are.

    "Three more colleges were rated inadequate", where just three are named that nothing speaks
    against (`points` by id).
    """
    for count, kinds in counts(folded):
        ids = {n.id for n in named if n.kind in kinds and points[n.id] > -3}
        if len(ids) == count:
            yield ids


def listed(folded: str, named: Sequence[Name]) -> Iterator[set[str]]:
    """Bodies of one kind in a list of three lines or more, each of which names one of them."""
    run: dict[str, str] = {}  # id → kind
    by_start = sorted(named, key=lambda n: n.start)
    at = 0
    for line in re.finditer(r"[^\n]+", folded):
        while at < len(by_start) and by_start[at].start < line.start():
            at += 1
        inside = []
        while at < len(by_start) and by_start[at].start < line.end():
            inside.append(by_start[at])
            at += 1
        ids = {n.id: n.kind for n in inside}
        kind = next(iter(ids.values()), None)
        fits = len(ids) == 1 and len(line[0]) < _SHORT and _ITEM.match(line[0])
        if fits and (not run or kind in run.values()):
            run |= ids
            continue
        if len(run) >= _MANY:
            yield set(run)
        run = dict(ids) if fits else {}
    if len(run) >= _MANY:
        yield set(run)


#: A line of a list: with a bullet or a number, or without the mark that ends a sentence.
_ITEM = re.compile(r"\s*(?:[•*·–—-]|\d{1,2}[.)]) |[^\n]*[^.!?:\"\s]\s*$")
