"""Words that ask for care before a story is shown: a named child, a reporting restriction.

By form alone, whatever the story is about, and meant to find too much rather than too little: a
person looks. The law and the words stand in `knowledge/cautions.yaml`. Time grows with the length
of the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, Literal, get_args

from pipeline.errors import KnowledgeError
from pipeline.knowledge import folder, load_yaml
from pipeline.models import Caution
from pipeline.tag.literals import Sieve
from pipeline.tag.sentences import fold, straight

FILE = "cautions.yaml"
Kind = Literal["child", "restriction"]
_BEFORE, _AFTER = 150, 150  #: code points round a sign, more than any name and age take
_PART = re.compile(r"<([a-z_]+)>")


@dataclass(frozen=True, slots=True)
class Rule:
    """One record, compiled. `near` only spares work: it stands wherever the rest can match."""

    id: str
    kind: Kind
    near: re.Pattern[str] | None
    expression: re.Pattern[str]

    def spans(self, low: str, written: str) -> Iterator[tuple[int, int]]:
        """Where it matches: a name as it is `written`, a restriction in folded text."""
        text = written if self.kind == "child" else low
        if self.near is None:
            yield from (m.span() for m in self.expression.finditer(text))
            return
        reached = 0
        for sign in self.near.finditer(text):
            first = max(reached, sign.start() - _BEFORE)
            m = self.expression.search(text, first, sign.end() + _AFTER)
            if m:
                reached = m.end()
                yield m.span()


def cautions(text: str) -> tuple[Caution, ...]:
    """What in a text asks for care, in order; of one kind, none overlaps another.

    `text[start:end] == quote`, in code points. Never raises for any text that UTF-8 can hold.
    `kind` is `child` (a name with an age under 18, or with a word that only a child is called) or
    `restriction` (words of a court's order, or of anonymity). Of two that overlap the first stands,
    and of two that begin together the longer.
    """
    written = straight(text)
    low = written.lower()
    if len(low) != len(text):  # some letters are two in lower case
        low = fold(text)
    found = [
        (rule.kind, start, -end, rule.id)
        for rule in _possible(low, written)
        for start, end in rule.spans(low, written)
    ]
    told = [
        Caution(kind=kind, start=start, end=end, quote=text[start:end], rule=rule)
        for _, ones in groupby(sorted(found), key=lambda one: one[0])
        for kind, start, end, rule in _apart(ones)
    ]
    return tuple(sorted(told, key=lambda one: (one.start, one.kind)))


def _possible(low: str, written: str) -> Iterator[Rule]:
    """The rules that may match in a text: most texts hold the letters of none."""
    for kind, text in (("child", written), ("restriction", low)):
        own, sieve = _sieves()[kind]
        passing = sieve.passing(text)
        yield from (rule for i, rule in enumerate(own) if passing >> i & 1)


@lru_cache(maxsize=1)
def _sieves() -> dict[str, tuple[tuple[Rule, ...], Sieve]]:
    kinds = {kind: tuple(r for r in rules() if r.kind == kind) for kind in get_args(Kind)}
    return {
        kind: (own, Sieve([(r.near or r.expression).pattern for r in own]))
        for kind, own in kinds.items()
    }


def _apart(
    ones: Iterator[tuple[Kind, int, int, str]],
) -> Iterator[tuple[Kind, int, int, str]]:
    """Those of one kind, sorted, without what overlaps one before."""
    reached = 0
    for kind, start, minus_end, rule in ones:
        if start >= reached:
            reached = -minus_end
            yield kind, start, reached, rule


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """All records. Raises KnowledgeError naming file and record where one cannot be read."""
    content = load_yaml(FILE)
    words = "|".join(sorted(content["no_name"].split()))
    parts = {"no_name": rf"(?:{words})(?!\w)", **content["parts"]}
    return tuple(rule(r, kind, parts) for kind in get_args(Kind) for r in content[kind])


def rule(record: dict[str, Any], kind: Kind, parts: dict[str, str]) -> Rule:
    """A record with its parts put in. Raises KnowledgeError naming file and record."""
    patterns = [record.get("near", ""), "|".join(f"(?:{p})" for p in record["any"])]
    if kind == "restriction":
        patterns[1] = rf"(?<!\w)(?:{patterns[1]})(?!\w)"
    try:
        near, whole = (re.compile(_with_parts(p, parts)) for p in patterns)
    except (re.error, KeyError) as e:
        raise KnowledgeError(f"pattern: {e}", path=str(folder() / FILE),
                             record=record["id"]) from e  # fmt: skip
    return Rule(record["id"], kind, near if near.pattern else None, whole)


def _with_parts(pattern: str, parts: dict[str, str]) -> str:
    """A pattern without angle brackets; a part may hold others. Raises KeyError for no part."""
    return _PART.sub(lambda m: _with_parts(parts[m[1]], parts), pattern)
