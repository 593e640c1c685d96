"""Which of the names in no list are kept beside others, and by what name a body goes in a story."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.tag.gazetteer import gazetteer
from pipeline.tag.matcher import Candidate
from pipeline.tag.name_forms import is_but_a_place, is_proper, proper_part
from pipeline.tag.unlisted import BY_STREET, PLACE_AND_KIND, Unlisted
from pipeline.tag.verdicts import PEOPLE_OF


def one_name_each(found: list[Unlisted], text: str) -> list[Unlisted]:
    """A body of one kind and proper name goes by one name all through a story: the fullest.

    "Coldwell School" is "Coldwell Primary School" where that is named too; Coldwell Infant School
    and Coldwell Junior School are two.
    """
    if found and found[0].end <= _HEADLINE:
        found = [_described(u, found, text) if u.end <= _HEADLINE else u for u in found]
    names = {u.called: (u.kind, proper_part(u.called).lower().removeprefix("the "),
                        frozenset(u.called.lower().split())) for u in found}  # fmt: skip
    fullest: dict[str, str] = {}
    related: dict[tuple[str, str], set[str]] = defaultdict(set)  # by kind and part, or what ends it
    for name, (kind, proper, _) in names.items():
        related[kind, proper].add(name)
        for gap in re.finditer(" ", name):
            related[kind, f" {name[gap.end() :]}"].add(name)
    for name, (kind, proper, said) in names.items():
        wider = [
            n for n in related[kind, proper]
            if names[n][2] - said and said - names[n][2] <= _WITH_NURSERY
        ]  # fmt: skip
        wider += [n for n in related.get((kind, f" {name}"), ()) if n not in wider]
        if proper and len(wider) == 1:
            fullest[name] = wider[0]
    often = Counter(u.quote for u in found)
    surely = {u.kind for u in found if u.rule not in (PLACE_AND_KIND, BY_STREET, PEOPLE_OF)}
    return [
        replace(u, named=fullest.get(u.called)) for u in found
        if not (u.rule == PLACE_AND_KIND and (u.kind in surely or " " not in _place_of(u.quote)))
        and not (u.rule == BY_STREET and u.kind in surely)
        and not (u.rule == PEOPLE_OF and u.kind in surely and often[u.quote] < 2)
    ]  # fmt: skip


_HEADLINE = 300  #: code points in which a headline has ended

#: "Harwick School and Nursery" is Harwick Primary School.
_WITH_NURSERY = frozenset({"school", "and", "nursery", "class"})


def _described(u: Unlisted, found: list[Unlisted], text: str) -> Unlisted:
    """A headline's "Harwick Care Home", never named again, in a story of Elm Court: where it is."""
    if u.rule != "form of name" or not u.end <= text.find("\n", len(text) - len(text.lstrip())):
        return u
    if any(o.called == u.called and o.start != u.start for o in found):
        return u
    other = any(o.kind == u.kind and o.called != u.called for o in found)
    placed = other and is_but_a_place(proper_part(u.called))
    return replace(u, rule=PLACE_AND_KIND) if placed else u


def _place_of(quote: str) -> str:
    return proper_part(quote) or quote


class Listed:
    """Listed names by where they stand, left to right: few of them touch another name."""

    def __init__(self, names: Sequence[Candidate]) -> None:
        self._names = sorted(names, key=lambda c: c.start)
        self._starts = [c.start for c in self._names]
        self._longest = max((c.end - c.start for c in names), default=0)

    def touching(self, start: int, end: int) -> list[Candidate]:
        """Those that have a point in common with `start:end`."""
        first = bisect_left(self._starts, start - self._longest)
        near = self._names[first : bisect_left(self._starts, end)]
        return [c for c in near if start < c.end]


def silenced(u: Unlisted, listed: Listed) -> bool:
    """A listed name wins, save over a longer one that merely has it inside ("… Council School")."""
    for c in listed.touching(u.start, u.end):
        inside = u.start <= c.start and c.end <= u.end and u.end - u.start > c.end - c.start
        joined = c.end == u.end and _JOINED.search(u.quote[: c.start - u.start])
        if not inside or joined or u.rule != "form of name" or _same_kind(u, c):
            return True
    return False


def past_listed(u: Unlisted, listed: Listed) -> Unlisted:
    """What is left of a name that a listed one of its kind, and "and", were read into.

    "Ipswich Hospital NHS Trust and Royal Harwick NHS Trust": the second.
    """
    for c in listed.touching(u.start, u.end):
        if c.accepted and u.start <= c.start < c.end < u.end and c.start - u.start <= len("The "):
            link = _LINKED.match(u.quote, c.end - u.start)
            if link and _same_kind(u, c) and is_proper(proper_part(u.quote[link.end() :])):
                return replace(u, start=u.start + link.end(), quote=u.quote[link.end() :])
    return u


_LINKED = re.compile(r",? (?:and |& )(?:the )?|, (?:the )?")

#: "NHS Highland and the Highland Council": two names, of which the second is a listed one.
_JOINED = re.compile(r"(?:\band(?: the)?|&|,) $")


def _same_kind(u: Unlisted, c: Candidate) -> bool:
    record = gazetteer().get(c.id)
    return bool(record and (record.kind == u.kind or record.role == "inspectorate"))
