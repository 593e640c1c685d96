"""Names of people in prose, as British papers write them: with titles, initials, particles.

A name is read by its form alone; who it belongs to is for others to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.knowledge import load_yaml
from pipeline.tag.sentences import straight

FILE = "responses.yaml"

_CAPITAL = "A-ZÀ-ÖØ-ÞĀ-Ž"
#: "Roe", "O'Hara", "Roe-Smith", "McRoe", "J."; a possessive is no part of it.
_WORD = rf"[{_CAPITAL}](?:\.|[^\W\d_]*(?:['-](?!s\b)[^\W\d_]+)*)"
_PARTICLE = r"(?:van|von|de|der|den|di|da|del|la|le|du|bin|al|el|ap|ab|ten|ter|af|zu)"
_RUN = re.compile(rf"(?<![\w'-]){_WORD}(?:[^\S\n](?:{_PARTICLE}[^\S\n])*{_WORD})*(?![\w-])")
_MOST_WORDS = 4
_SOLID = re.compile(r"\S+")


class Name(NamedTuple):
    """`name` is without titles; `family` is lower case, by which it is known later."""

    start: int
    end: int
    name: str
    family: str
    title: str  #: lower case, without a full stop; "" where none stands there


def names(text: str) -> Iterator[Name]:
    """Names of two words or more, or of one after a title, in the order of `text`.

    Words of jobs, bodies, days and the like end a name. Offsets are those of `text`.
    """
    plain = straight(text)
    for run in _RUN.finditer(plain):
        for part in _parts(plain, run.start(), run.end()):
            if made := _name(plain, part):
                yield made


def lone(text: str, known: Iterable[str]) -> Iterator[Name]:
    """Single words of `text` that are family names already known, "Roe" for Jane Roe."""
    families = set(known)
    if not families:
        return
    plain = straight(text)
    for run in _RUN.finditer(plain):
        for part in _parts(plain, run.start(), run.end()):
            if len(part) == 1 and plain[slice(*part[0])].lower() in families:
                start, end = part[0]
                yield Name(start, end, plain[start:end], plain[start:end].lower(), "")


def _parts(plain: str, start: int, end: int) -> list[list[tuple[int, int]]]:
    """The words of a run of capitals, parted where one belongs to no name."""
    parts: list[list[tuple[int, int]]] = [[]]
    for word in _SOLID.finditer(plain[start:end]):
        a, b = start + word.start(), start + word.end()
        low = word[0].lower().strip(".")
        if low in _no_names() and not (low in _surnames() and _may_end(plain, parts[-1])):
            parts.append([])
        else:
            if low in _titles() and any(plain[slice(*w)].lower().strip(".") not in _titles()
                                        for w in parts[-1]):  # fmt: skip
                parts.append([])
            parts[-1].append((a, b))
    return [p for p in parts if p]


def _name(plain: str, part: list[tuple[int, int]]) -> Name | None:
    words = [plain[a:b] for a, b in part]
    titled = 0
    while titled < len(words) and words[titled].lower().strip(".") in _titles():
        titled += 1
    rest = words[titled:]
    while rest and rest[0].lower() in _PARTICLES:
        rest = rest[1:]
    least = 1 if titled else 2
    if not least <= len([w for w in rest if w.lower() not in _PARTICLES]) <= _MOST_WORDS:
        return None
    family = rest[-1].lower()
    if rest[0].lower() == "st" or len(family) < 2 or family.endswith("."):
        return None
    if len(rest) > 1 and _shouts(rest[0]) and not rest[-1].isupper():
        return None  # "CQC Rowan" is two
    title = words[titled - 1].lower().strip(".") if titled else ""
    return Name(part[0][0], part[-1][1], " ".join(rest), family, title)


def _shouts(word: str) -> bool:
    return word.isupper() and len(word.strip(".")) > 2


def _may_end(plain: str, part: list[tuple[int, int]]) -> bool:
    """Whether a word that is also a street's or a party's may be the family name after `part`."""
    return bool(part) and not plain[slice(*part[-1])].isupper()


_PARTICLES = frozenset(_PARTICLE[3:-1].split("|"))


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    return frozenset(load_yaml(FILE)["people"]["titles"])


@lru_cache(maxsize=1)
def _surnames() -> frozenset[str]:
    return frozenset(load_yaml(FILE)["people"]["surnames"])


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    return frozenset(load_yaml(FILE)["people"]["no_names"])
