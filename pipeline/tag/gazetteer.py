"""Who is who: every agency that we know by name, with its official code and its years.

Records come from `knowledge/agencies/`: `listed.csv` (made of public lists and of what was typed
where there are none), and the hand-written `inspectorates.yaml` and `others.yaml`. Names that
several bodies share stand in `shared-names.yaml`. They are read once and kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from pipeline.errors import KnowledgeError
from pipeline.knowledge import fingerprint as _fingerprint
from pipeline.knowledge import load_csv, load_yaml
from pipeline.models import Agency, Role
from pipeline.tag.matcher import Candidate, Form, Matcher, fold

#: A story without a date is read as of this day: about when the lists were made.
AS_OF = date(2026, 11, 1)
VERSION = 4  #: of the code of this stage: raised when it reads the same records differently
_YAML = ("inspectorates", "others")
_SHARED = "agencies/shared-names.yaml"
FILES = (
    "agencies/listed.csv",
    "agencies/towns.csv",
    _SHARED,
    *(f"agencies/{n}.yaml" for n in (*_YAML, "forms", "places", "roles", "teams", "words")),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AgencyRecord:
    """One agency. `names` match in any case, `exact` as written, `near` only beside other words."""

    id: str
    name: str
    kind: str
    code: str | None = None  #: current GSS code, else ODS, else URN
    identifiers: dict[str, str] = field(default_factory=dict)  #: gss, former-gss, ods, urn, dfe, …
    nation: str | None = None
    region: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    successor: tuple[str, ...] = ()
    parent: str | None = None  #: id of the body in whose area, or under which, it stands
    source: str | None = None
    area: str | None = None
    names: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    near: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bare: tuple[str, ...] = ()  #: short forms that mean the agency only where the story says so
    domains: tuple[str, ...] = ()
    inspects: frozenset[str] = frozenset()  #: kinds of bodies, of an inspectorate
    role: Role | None = None  #: the role it always plays, if it does
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()

    @property
    def agency(self) -> Agency:
        return Agency(id=self.id, name=self.name, kind=self.kind, code=self.code)

    @property
    def living(self) -> bool:
        return self.lives_on(AS_OF)

    def lives_on(self, day: date | None) -> bool:
        """Whether it existed that day; True where the day is unknown."""
        if day is None:
            return True
        return not (
            (self.valid_from and day < self.valid_from)
            or (self.valid_until and day > self.valid_until)
        )


class Gazetteer:
    """All records, and the matcher over their names."""

    def __init__(self, records: tuple[AgencyRecord, ...]) -> None:
        self._by_id = {r.id: r for r in records}
        if len(self._by_id) != len(records):
            twice = sorted({r.id for r in records if sum(x.id == r.id for x in records) > 1})
            raise KnowledgeError("stands twice", path="agencies/", record=twice[0])
        self._matcher = Matcher(self.forms(), self._by_id, as_of=AS_OF)

    def get(self, agency_id: str) -> AgencyRecord | None:
        """The record with this id; None for an unlisted body."""
        return self._by_id.get(agency_id)

    def all(self) -> tuple[AgencyRecord, ...]:
        return tuple(self._by_id.values())

    def forms(self) -> list[Form]:
        """Every way to write every body."""
        return [f for r in self.all() for f in _forms(r)] + _shared_forms(self._by_id)

    def find(
        self, text: str, day: date | None = None, region: str | None = None
    ) -> list[Candidate]:
        """Every name that stands in the text and was accepted, left to right, none overlapping
        another unless both are `ambiguous`.

        Bare short forms ("Stockton") are not among them: they need the story (see `short_forms`).
        """
        return [c for c in self.explain(text, day, region) if c.accepted]

    def explain(
        self, text: str, day: date | None = None, region: str | None = None
    ) -> list[Candidate]:
        """As `find`, with what was rejected, each with its reason."""
        return self._matcher.candidates(text, day, region)


def _forms(record: AgencyRecord) -> list[Form]:
    written = record.names
    if record.kind == "trust" and "University Hospitals" in record.name:  # names no one hospital
        written = (*written, re.sub(r"(?: NHS)?(?: Foundation)? Trust$", "", record.name))
    if record.kind == "prison" and record.area:
        written = (*written, *(f"{record.area} {what}" for what in _PRISONS))
    names = dict.fromkeys(v for n in written for v in _variants(n))
    forms = [Form(n, record.id, _mode(n)) for n in names]
    forms += [Form(n, record.id, "exact") for n in record.exact]
    forms += [Form(n, record.id, "near", words) for n, words in record.near.items()]
    bare = [*record.bare]
    for kind in ("City", "Borough"):
        if record.kind == "council" and record.bare and record.name.endswith(f" {kind} Council"):
            bare.append(f"{record.bare[0]} {kind}")  # "Leicester City", "Bedford Borough"
    return forms + [Form(v, record.id, "bare") for n in bare for v in _variants(n)]


#: What papers call a prison, save what the lists have.
_PRISONS = (
    "Young Offender Institute", "Young Offenders Institute", "Young Offenders' Institute",
    "Women's Prison", "Open Prison", "Women's Jail", "Category B Prison", "Category C Prison",
)  # fmt: skip


def _mode(name: str) -> str:
    """Acronyms (CWaC, GMP) only as written: in lower case they may be words."""
    acronym = " " not in name and sum(c.isupper() for c in name) > 1
    return "exact" if acronym else "any"


_SAINT = re.compile(r"\bSt (?=[A-Z])")


def _variants(name: str) -> list[str]:
    """`HM X` is also Her and His Majesty's X; `and` is also `&`; St is also St. and Saint; the
    apostrophe is left out by many. Hyphens are the matcher's business.
    """
    if name.startswith("The ") and name.count(" ") > 1:
        name = name[4:]  # it is in the text or it is not
    forms = [name]
    if name.startswith("HM ") and not name.startswith(("HM Prison ", "HM YOI", "HM Young")):
        forms += [f"{who} Majesty's {name[3:]}" for who in ("Her", "His")]
    if " & " in name:
        forms += [f.replace(" & ", " and ") for f in forms]
    elif " and " in name:
        forms += [f.replace(" and ", " & ") for f in forms]
    if _SAINT.search(name):
        forms += [_SAINT.sub(saint, f) for f in forms for saint in ("St. ", "Saint ")]
    if "'" in name:
        forms += [f.replace("'", "") for f in forms]
    return forms


def _shared_forms(known: dict[str, AgencyRecord]) -> list[Form]:
    """The names of `shared-names.yaml`. Raises KnowledgeError where a body is in no list."""
    forms = []
    for r in load_yaml(_SHARED):
        for agency_id, near in r["bodies"].items():
            if agency_id not in known:
                raise KnowledgeError(
                    f"{agency_id} is in no list", path=_SHARED, record=r["names"][0]
                )
            near, preferred = tuple(fold(w) for w in near), r.get("preferred") == agency_id
            mode = "shared, any case" if r.get("any_case") else "shared"
            forms += [Form(v, agency_id, mode, near, preferred)
                      for n in r["names"] for v in _variants(n)]  # fmt: skip
    return forms


# ---------------------------------------------------------------------------- reading records


def _day(value: Any, record: str) -> date | None:
    if not value:
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as e:
        raise KnowledgeError(f"{value} is not a date", path="agencies/", record=record) from e


#: Kinds of which the bare area may be said: "Humberside was graded good".
_BARE = frozenset({"police", "fire", "prison", "immigration-removal-centre"})


def _listed(r: dict[str, str]) -> AgencyRecord:
    def split(cell: str, by: str = "|") -> tuple[str, ...]:
        return tuple(cell.split(by)) if cell else ()

    return AgencyRecord(
        id=r["id"],
        name=r["name"],
        kind=r["kind"],
        code=r["code"] or None,
        identifiers=dict(i.split("=", 1) for i in split(r["identifiers"])),
        nation=r["nation"] or None,
        region=r["region"] or None,
        latitude=float(r["latitude"]) if r["latitude"] else None,
        longitude=float(r["longitude"]) if r["longitude"] else None,
        valid_from=_day(r["valid_from"], r["id"]),
        valid_until=_day(r["valid_until"], r["id"]),
        successor=split(r["successor"], ";"),
        parent=r["parent"] or None,
        source=r["source"] or None,
        area=r["area"] or None,
        names=split(r["names"]),
        bare=split(r["bare"]) or ((r["area"],) if r["kind"] in _BARE and r["area"] else ()),
        role="commentator" if r["kind"] == "police-commissioner" else None,
    )


def _written(r: dict[str, Any]) -> AgencyRecord:
    known = set(AgencyRecord.__slots__) | {"former"}
    for key in r:
        if key not in known:
            raise KnowledgeError(f"unknown key {key}", path="agencies/", record=r.get("id"))
    for key in ("id", "name", "kind"):
        if key not in r and not (key == "kind" and "inspects" in r):
            raise KnowledgeError(f"lacks {key}", path="agencies/", record=r.get("id"))
    near = {name: tuple(words) for name, words in r.get("near", {}).items()}
    return AgencyRecord(
        id=r["id"],
        name=r["name"],
        kind=r.get("kind", "inspectorate"),
        code=r.get("code"),
        nation=r.get("nation"),
        region=r.get("region"),
        valid_from=_day(r.get("valid_from"), r["id"]),
        valid_until=_day(r.get("valid_until"), r["id"]),
        successor=tuple(r["successor"].split(";")) if "successor" in r else (),
        source="typed by hand",
        area=r.get("area"),
        names=(*r.get("names", ()), *(n for n in r.get("former", ()) if not n.isupper())),
        exact=(*r.get("exact", ()), *(n for n in r.get("former", ()) if n.isupper())),
        near=near,
        domains=tuple(r.get("domains", ())),
        inspects=frozenset(r.get("inspects", ())),
        role=r.get("role") or ("inspectorate" if "inspects" in r else None),
        examples=tuple(r.get("examples", ())),
        counterexamples=tuple(r.get("counterexamples", ())),
    )


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The one gazetteer, read and built on first use (some tenths of a second)."""
    records = [_listed(r) for r in load_csv("agencies/listed.csv")]
    for name in _YAML:
        records += [_written(r) for r in load_yaml(f"agencies/{name}.yaml")]
    return Gazetteer(tuple(records))


def fingerprint() -> str:
    """Changes when a record of `knowledge/agencies/` or the version of this stage changes."""
    return f"{VERSION}-{_fingerprint(*FILES)}"
