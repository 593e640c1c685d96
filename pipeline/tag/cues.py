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
from pipeline.tag.literals import Sieve, Sought


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
        expression = self._of_one(passing) if passing.bit_count() == 1 else self.expression
        for m in expression.finditer(low, start, len(low) if end is None else end):
            if m.lastgroup and m.end() > m.start():
                yield Hit(self.records[m.lastgroup]["id"], m.start(m.lastgroup), m.end())

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
    return Sought(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")
