"""Names with a letter too few or too many, or two changed round: "Bedforshire Police".

And trusts that papers call by a name of before. Only of kinds whose bodies are all listed, where
the written name is in no list: no other body can be meant. A letter put for another is left alone:
that makes other names (Harwick, Warwick).
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.tag.gazetteer import AgencyRecord, gazetteer
from pipeline.tag.matcher import fold

_COMPLETE = frozenset({"council", "police", "fire", "health-board", "icb"})
_SHORTEST = 9  #: letters of the name, of which the first is right: shorter ones have neighbours


@lru_cache(maxsize=256)
def meant(name: str, kind: str) -> AgencyRecord | None:
    """The one body of that kind whose name was meant, if there is just one: a living one first."""
    written = fold(name)
    if (
        kind == "hospital"
    ):  # "Borset Teaching Hospital's": the trust called Borset Teaching Hospitals
        several = {r.id: r for r, known in _stems() if known == f"{written}s"}
        return next(iter(several.values())) if len(several) == 1 else None
    if kind == "council" and (council := _by_first_word().get(written)):
        return council
    if kind not in (*_COMPLETE, "trust") or len(name) < _SHORTEST:
        return None
    if kind == "trust":
        return _loosely(written)
    found = {r.id: r for known, r in _names(kind) if _slip(written, known)}
    return next(iter(found.values())) if len(found) == 1 else None


@lru_cache(maxsize=1)
def _by_first_word() -> dict[str, AgencyRecord]:
    """ "Redcar Council": the one council whose area of several words begins so."""
    found: dict[str, list[AgencyRecord]] = {}
    for r in gazetteer().all():
        if r.kind == "council" and r.living and r.area:
            found.setdefault(f"{fold(r.area).split()[0]} council", []).append(r)
    return {name: rs[0] for name, rs in found.items() if len(rs) == 1 and len(name) > _SHORTEST + 3}


@lru_cache(maxsize=8)
def _names(kind: str) -> tuple[tuple[str, AgencyRecord], ...]:
    living = (r for r in gazetteer().all() if r.kind == kind and r.living)
    return tuple((fold(n), r) for r in living for n in r.names)


def _loosely(written: str) -> AgencyRecord | None:
    """The one trust whose name has the same words, those left aside that trusts gain and lose.

    West Midlands Ambulance Service became a University trust; papers say Hospital for Hospitals.
    """
    words = _significant(written)
    found = {r.id: r for r, known in _trusts() if known == words}
    living = [r for r in found.values() if r.living] or list(found.values())
    return living[0] if len(living) == 1 and len(words) > 1 else None


@lru_cache(maxsize=1)
def _stems() -> tuple[tuple[AgencyRecord, str], ...]:
    """Living trusts whose name without its kind is of several hospitals."""
    cut = re.compile(r"(?: nhs)?(?: foundation)? trust$")
    living = (r for r in gazetteer().all() if r.kind == "trust" and r.living)
    named = ((r, cut.sub("", fold(r.name))) for r in living)
    return tuple((r, n) for r, n in named if n.endswith("hospitals"))


_PASSING = frozenset({"the", "of", "and", "nhs", "foundation", "trust", "university", "teaching",
                      "hospital", "hospitals", "service", "services", "healthcare", "health",
                      "care"})  # fmt: skip


def _significant(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", name)) - _PASSING


@lru_cache(maxsize=1)
def _trusts() -> tuple[tuple[AgencyRecord, frozenset[str]], ...]:
    return tuple((r, _significant(fold(r.name))) for r in gazetteer().all() if r.kind == "trust")


def _slip(written: str, known: str) -> bool:
    """Whether one letter was dropped, doubled or added, or two neighbours changed places."""
    if written[0] != known[0] or abs(len(written) - len(known)) > 1 or written == known:
        return False
    short, long = sorted((written, known), key=len)
    i = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) != len(long):
        return long[i].isalpha() and short[i:] == long[i + 1 :]
    swapped = short[:i] + short[i + 1 : i + 2] + short[i : i + 1] + short[i + 2 :]
    return swapped == long
