"""Names of places: the areas of councils, counties and regions, and the towns of the country.

What a name is of, where it stands in a text, and which GSS code its area has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from pipeline.knowledge import load_csv, load_yaml
from pipeline.tag.gazetteer import AS_OF, AgencyRecord, gazetteer
from pipeline.tag.matcher import fold, spaced, words

_OTHER_NAME = re.compile(
    r"^ (?:Heath|Town|Borough of|FC|United|City FC|Street|Road|Avenue|Lane|Evening|Gazette|"
    r"Chronicle|Herald|Star|Post|Echo|Times|Standard|Live|Reader|Argus|Mail|Telegraph|Express|"
    r"University|Rovers|Advertiser|Guardian|News|Today|Observer|Mercury)\b"
)
_PERSON = re.compile(r"(?:\b(?:Lord|Lady|Mr|Mrs|Ms|Dr|Sir|Earl|Duke|Bishop|Cllr|[A-Z][a-z]+) )$")
_TITLE = re.compile(r"(?:\b(?:Lord|Lady|Mr|Mrs|Ms|Dr|Sir|Earl|Duke|Bishop|Cllr) )$")


@dataclass(frozen=True, slots=True)
class Area:
    """A place name in a text. `council`: a council, county or region has it; else a town."""

    start: int
    end: int
    council: bool
    people: int  #: who live in the largest town of that name; 0 where it is unknown


def key(name: str) -> str:
    """One spelling of a place's name."""
    return spaced(fold(name)).replace(".", "")


@dataclass(frozen=True, slots=True)
class _Known:
    automaton: AhoCorasick
    names: tuple[tuple[bool, int], ...]  #: of each pattern: a council's area, people
    councils: dict[str, tuple[AgencyRecord, ...]]
    codes: dict[str, str | None]  #: of areas that no council is called after


@lru_cache(maxsize=1)
def _known() -> _Known:
    councils: dict[str, list[AgencyRecord]] = {}
    names: dict[str, tuple[bool, int]] = {}
    people: dict[str, int] = {}
    for town in load_csv("agencies/towns.csv"):
        people.setdefault(key(town["name"]), int(town["population"]))
    codes = {key(n): r.get("code") for r in load_yaml("agencies/places.yaml")
             for n in r.get("names", [r.get("name")])}  # fmt: skip
    for r in gazetteer().all():
        if r.kind == "council" and r.area:
            for name in dict.fromkeys((r.area, *r.bare)):
                councils.setdefault(key(name), []).append(r)
    names |= {k: (False, n) for k, n in people.items()}
    names |= {key(n): (r.get("code") is not None or "name" in r, people.get(key(n), 0))
              for r in load_yaml("agencies/places.yaml")
              for n in r.get("names", [r.get("name")])}  # fmt: skip
    names |= {k: (True, people.get(k, 0)) for k in councils}
    names |= {k.replace(" and ", " & "): v for k, v in names.items() if " and " in k}
    automaton = AhoCorasick(list(names), matchkind=MatchKind.LeftmostLongest)
    return _Known(
        automaton, tuple(names.values()), {k: tuple(v) for k, v in councils.items()}, codes
    )


def areas(text: str, start: int = 0, stop: int | None = None) -> list[Area]:
    """Place names in `text[start:stop]`: with a capital, whole words, no part of another name."""
    known, found = _known(), []
    part = spaced(fold(text)[start : len(text) if stop is None else stop])
    for i, a, b in known.automaton.find_matches_as_indexes(part):
        a, b = a + start, b + start
        before, after = text[a - 1 : a], text[b : b + 2]
        if not text[a].isupper() or before.isalnum() or before in ("-", "@") or after[:1].isalnum():
            continue
        if after[:1] == "-" and after[1:].isalpha() and not text[b + 1].islower():
            continue
        council, people = known.names[i]
        lead = text[max(0, a - 12) : a]
        if _OTHER_NAME.match(text[b : b + 20]) or (_TITLE if council else _PERSON).search(lead):
            continue
        found.append(Area(a, b, council, people))
    return found


@lru_cache(maxsize=4096)  # every stage asks it of the same names
def is_place(name: str) -> Area | None:
    """The name as an area or a town, where all of it is one."""
    found = areas(name)
    whole = len(found) == 1 and found[0].start == 0 and found[0].end == len(name)
    return found[0] if whole and name not in words("not_towns") else None


def code_of(name: str, day: date | None) -> str | None:
    """The GSS code of the area: of the authority alive that day, the upper-tier one first."""
    known, spelt = _known(), key(name)
    alive = [r for r in known.councils.get(spelt, ()) if r.lives_on(day or AS_OF) and r.code]
    alive.sort(key=lambda r: (not r.bare, r.id))
    return alive[0].code if alive else known.codes.get(spelt)
