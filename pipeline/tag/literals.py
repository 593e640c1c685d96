"""Which patterns may match in a text at all: told in one pass, by letters that each must have.

"(?:inspector|report)s? [a-z]+" matches nowhere in a text that has neither "inspector" nor "report".
The letters are read out of the patterns themselves; a pattern of which none can be read may always
match. Nothing is decided here but which patterns need not be tried: results are the same without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import product
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick

_parse: Any = re._parser.parse  # type: ignore[attr-defined]

_MOST = 64  #: strings that one part of a pattern may be: with more it is taken to be anything
_LONG = 8  #: letters from which on a literal is rare enough, and fewer literals are better
_FEW = 10  #: literals that are found sooner one by one than by an automaton
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_NO_WIDTH = ("AT", "ASSERT", "ASSERT_NOT")


class _Part(NamedTuple):
    """What is known of a part of a pattern; None: nothing.

    `exact`: all that it can match. `needed`: strings of which each of its matches holds one.
    """

    exact: frozenset[str] | None
    needed: frozenset[str] | None


_ANYTHING = _Part(None, None)
_NOTHING = _Part(frozenset({""}), None)


class Sieve:
    """Several patterns, of which a text lets some through."""

    def __init__(self, patterns: Sequence[str], flags: int = 0) -> None:
        self.always = 0  #: those that may match in any text
        owners: dict[str, int] = {}
        for i, pattern in enumerate(patterns):
            literals = needed(pattern, flags)
            if literals is None:
                self.always |= 1 << i
            for literal in literals or ():
                owners[literal] = owners.get(literal, 0) | 1 << i
        self._owners = tuple(owners.values())
        self._automaton = AhoCorasick(list(owners))

    def passing(self, text: str) -> int:
        """A bit for each pattern that may match somewhere in `text`, the first pattern's lowest.

        Raises UnicodeEncodeError for half a surrogate pair, which no text read from UTF-8 holds.
        """
        found = self.always
        for literal, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            found |= self._owners[literal]
        return found


def _any_in(literals: tuple[str, ...], text: str) -> bool:
    for literal in literals:  # noqa: SIM110 - a generator costs more than the search
        if literal in text:
            return True
    return False


class Sought:
    """An expression that is tried only on a text in which it may match."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._expression = re.compile(pattern, flags)
        self.pattern = pattern
        literals = needed(pattern, flags)
        if literals is not None and len(literals) <= _FEW:
            self._may: Callable[[str], object] = partial(_any_in, tuple(literals))
        else:
            self._may = Sieve([pattern], flags).passing

    def search(self, text: str) -> re.Match[str] | None:
        """As of `re.Pattern`."""
        return self._expression.search(text) if self._may(text) else None

    def match(self, text: str) -> re.Match[str] | None:
        """As of `re.Pattern`."""
        return self._expression.match(text) if self._may(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As of `re.Pattern`."""
        return self._expression.finditer(text) if self._may(text) else iter(())

    def sub(self, told: Callable[[re.Match[str]], str], text: str) -> str:
        """As of `re.Pattern`."""
        return self._expression.sub(told, text) if self._may(text) else text


def leftmost(
    own: Iterable[re.Pattern[str]], text: str, start: int, stop: int
) -> Iterator[re.Match[str]]:
    """As `finditer` of all of them joined by "|", save that none may match nothing."""
    ahead = [(one, m) for one in own if (m := one.search(text, start, stop))]
    while ahead:
        _, first = min(ahead, key=lambda a: a[1].start())  # of two the one listed first
        yield first
        at = first.end()
        ahead = [
            (one, after) for one, m in ahead
            if (after := m if m.start() >= at else one.search(text, at, stop))
        ]  # fmt: skip


def bits(number: int) -> Iterator[int]:
    """Each bit that is set, by itself, the lowest first."""
    while number:
        yield number & -number
        number &= number - 1


@lru_cache(maxsize=512)  # several frameworks have one aspect
def needed(pattern: str, flags: int = 0) -> frozenset[str] | None:
    """Strings of which every match of `pattern` holds at least one; None where none can be told.

    What a look-ahead or look-behind asks for is left aside: it may lie outside the text searched.
    """
    parsed = _parse(pattern, flags)
    if parsed.state.flags & re.IGNORECASE:
        return None
    return _shortest(_sequence(parsed).needed)


def _shortest(literals: frozenset[str] | None) -> frozenset[str] | None:
    """Without those that hold another one: "inspectors" where "inspect" will do."""
    if literals is None:
        return None
    kept: list[str] = []
    for literal in sorted(literals, key=len):
        if not any(other in literal for other in kept):
            kept.append(literal)
    return frozenset(kept)


def _sequence(items: Iterable[tuple[Any, Any]]) -> _Part:
    """Of parts that follow one another the best that any run of them needs."""
    run, best, whole = frozenset({""}), None, True
    for op, argument in items:
        part = _part(str(op), argument)
        joined = _joined(run, part.exact)
        if joined is not None:
            run = joined
            continue
        best, whole = _better(_better(best, run), part.needed), False
        run = part.exact or frozenset({""})
    best = _better(best, run)
    return _Part(run if whole else None, best)


def _joined(first: frozenset[str], second: frozenset[str] | None) -> frozenset[str] | None:
    """Each of the first with each of the second; None where that is too many."""
    if second is None or len(first) * len(second) > _MOST:
        return None
    return frozenset(a + b for a, b in product(first, second))


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The set that lets fewer texts through, as far as its shortest string tells."""
    good = [s for s in (one, other) if s and "" not in s]
    return max(good, default=None, key=lambda s: (min(_LONG, *map(len, s)), -len(s)))


def _part(op: str, argument: Any) -> _Part:
    if op == "LITERAL":
        return _of({chr(argument)})
    if op == "IN":
        return _class(argument)
    if op == "BRANCH":
        return _any_of([_sequence(branch) for branch in argument[1]])
    if op == "SUBPATTERN":
        _, added, _, inner = argument
        return _ANYTHING if added & re.IGNORECASE else _sequence(inner)
    if op == "ATOMIC_GROUP":
        return _Part(None, _sequence(argument).needed)
    if op in _REPEATS:
        return _repeated(*argument)
    return _NOTHING if op in _NO_WIDTH else _ANYTHING


def _of(exact: Iterable[str]) -> _Part:
    strings = frozenset(exact)
    return _Part(strings, None if "" in strings else strings)


def _class(items: list[tuple[Any, Any]]) -> _Part:
    """A class of a few characters; a range or a category is anything."""
    if all(str(op) == "LITERAL" for op, _ in items):
        return _of(chr(c) for _, c in items)
    return _ANYTHING


def _any_of(parts: list[_Part]) -> _Part:
    exact, wanted = frozenset[str](), frozenset[str]()
    known = all(p.exact is not None for p in parts)
    for part in parts:
        exact |= part.exact or frozenset()
        wanted |= part.needed or frozenset()
    return _Part(
        exact if known and len(exact) <= _MOST else None,
        wanted if all(p.needed for p in parts) else None,
    )


def _repeated(least: int, most: int, inner: Any) -> _Part:
    part = _sequence(inner)
    if (least, most) == (0, 1) and part.exact is not None:
        return _of(part.exact | {""})
    if least == most == 1:
        return part
    return _Part(None, part.needed if least else None)
