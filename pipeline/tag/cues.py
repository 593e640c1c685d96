"""Patterns as data: the records of a knowledge file, compiled once into one expression a section.

A record has `id`, `any` (patterns on folded text), and `examples` with `counterexamples`, which run
as tests. Whole words only: a match neither starts nor ends inside a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from pipeline.errors import KnowledgeError
from pipeline.knowledge import folder, load_yaml
from pipeline.tag.literals import Sieve, Sought, bits, leftmost

_FEW = 3  #: records of which each is sought by itself; the expression of all of them is slow


class Hit(NamedTuple):
    """Where a record matched."""

    id: str
    start: int
    end: int


class Cues:
    """Several records as one expression; the earliest match wins, then the first record listed."""

    def __init__(self, records: tuple[dict[str, Any], ...], *, path: str, anchored: bool = False):
        self.records = {f"r{i}": r for i, r in enumerate(records)}
        self._around = (r"[\s*•>|-]{0,4}", "") if anchored else (r"(?<!\w)", r"(?!\w)")
        sources = ["|".join(record["any"]) for record in records]
        for record, source in zip(records, sources, strict=True):
            try:
                re.compile(source)
            except re.error as e:
                raise KnowledgeError(f"pattern: {e}", path=path, record=record.get("id")) from e
        self.weights = {r["id"]: int(r.get("weight", 1)) for r in reversed(records)}
        self._parts = [f"(?P<r{i}>{source})" for i, source in enumerate(sources)]
        self.expression = self._any_of(self._parts)
        self._alone: dict[int, re.Pattern[str]] = {}  # a record's own, once it was asked for
        self._sieve = Sieve(sources)

    def find(self, low: str, start: int = 0, end: int | None = None) -> Hit | None:
        """The first hit in `low[start:end]`."""
        return next(self.all(low, start, end), None)

    def all(self, low: str, start: int = 0, end: int | None = None) -> Iterator[Hit]:
        """All hits in `low[start:end]`, left to right, none overlapping another."""
        passing = self._sieve.passing(low[start:end])
        if not passing:
            return
        stop = len(low) if end is None else end
        few = passing.bit_count() <= _FEW and not passing & self._sieve.always
        for m in (self._few if few else self._many)(passing, low, start, stop):
            if m.lastgroup and m.end() > m.start():
                yield Hit(self.records[m.lastgroup]["id"], m.start(m.lastgroup), m.end())

    def _many(self, passing: int, low: str, start: int, stop: int) -> Iterator[re.Match[str]]:
        expression = self._of_one(passing) if passing.bit_count() == 1 else self.expression
        return expression.finditer(low, start, stop)

    def _few(self, passing: int, low: str, start: int, stop: int) -> Iterator[re.Match[str]]:
        """As `_many`, by the expressions of the passing records alone; none matches nothing."""
        if passing.bit_count() == 1:
            yield from self._of_one(passing).finditer(low, start, stop)
            return
        own = (self._of_one(bit) for bit in bits(passing))
        yield from leftmost(own, low, start, stop)

    def _of_one(self, bit: int) -> re.Pattern[str]:
        """The expression of one record alone."""
        if bit not in self._alone:
            self._alone[bit] = self._any_of([self._parts[bit.bit_length() - 1]])
        return self._alone[bit]

    def _any_of(self, parts: list[str]) -> re.Pattern[str]:
        left, right = self._around
        return re.compile(f"{left}(?:{'|'.join(parts)}){right}")

    def opens(self, low: str, start: int, end: int) -> Hit | None:
        """A hit that begins exactly at `start`."""
        m = self.expression.match(low, start, end)
        if m is None or not m.lastgroup:
            return None
        return Hit(self.records[m.lastgroup]["id"], m.start(), m.end())


@lru_cache(maxsize=64)
def cues(file: str, section: str, *, anchored: bool = False) -> Cues:
    """The compiled section of a knowledge file. Raises KnowledgeError naming file and record."""
    content = load_yaml(file)
    records = content.get(section) if isinstance(content, dict) else None
    if not records:
        raise KnowledgeError(f"has no section {section}", path=str(folder() / file))
    return Cues(tuple(records), path=str(folder() / file), anchored=anchored)


def words(patterns: list[str] | tuple[str, ...]) -> Sought:
    """One expression for any of `patterns`, whole words only."""
    return _whole_words("|".join(patterns))


@lru_cache(maxsize=1024)  # lists of the knowledge are asked for in every story
def _whole_words(source: str) -> Sought:
    return Sought(rf"(?<!\w)(?:{source})(?!\w)")
