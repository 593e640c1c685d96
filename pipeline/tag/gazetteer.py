"""Who is who: every agency that we know by name, with its official code and its years.

Records come from `knowledge/agencies/`: `listed.csv` (made from public lists), and the hand-written
`inspectorates.yaml`, `others.yaml` and `extra.yaml`. They are read once and kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from pipeline.errors import KnowledgeError
from pipeline.knowledge import fingerprint as _fingerprint
from pipeline.knowledge import load_csv, load_yaml
from pipeline.models import Agency, Role
from pipeline.tag import short_forms
from pipeline.tag.matcher import Candidate, Form, Matcher, fold
from pipeline.tag.sentences import Span, sentences
from pipeline.tag.unlisted import unlisted

VERSION = 1  #: of the code of this stage: raised when it reads the same records differently
_YAML = ("inspectorates", "others", "extra")
FILES = (
    "agencies/listed.csv",
    *(f"agencies/{n}.yaml" for n in (*_YAML, "forms", "places", "roles", "words")),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AgencyRecord:
    """One agency. `names` match in any case, `exact` as written, `near` only beside other words."""

    id: str
    name: str
    kind: str
    code: str | None = None  #: current GSS code, else ODS, else URN
    nation: str | None = None
    region: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    successor: tuple[str, ...] = ()
    source: str | None = None
    area: str | None = None
    names: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    near: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shared: dict[str, tuple[str, ...]] = field(default_factory=dict)  #: HMIP: neighbours decide
    bare: tuple[str, ...] = ()  #: short forms that mean the agency only where the story says so
    domains: tuple[str, ...] = ()
    inspects: frozenset[str] = frozenset()  #: kinds of bodies, of an inspectorate
    role: Role | None = None  #: the role it always plays, if it does
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()

    @property
    def agency(self) -> Agency:
        return Agency(id=self.id, name=self.name, kind=self.kind, code=self.code)

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
        self._matcher = Matcher([form for r in records for form in _forms(r)], self._by_id)

    def get(self, agency_id: str) -> AgencyRecord | None:
        """The record with this id; None for an unlisted body."""
        return self._by_id.get(agency_id)

    def all(self) -> tuple[AgencyRecord, ...]:
        return tuple(self._by_id.values())

    def find(self, text: str, day: date | None = None) -> list[Candidate]:
        """Every name that stands in the text and was accepted, left to right, none overlapping.

        Bare short forms ("Stockton") are not among them: they need the story (see `short_forms`).
        """
        return [c for c in self.explain(text, day) if c.accepted]

    def explain(self, text: str, day: date | None = None) -> list[Candidate]:
        """As `find`, with what was rejected, each with its reason."""
        return self._matcher.candidates(text, day)


def _forms(record: AgencyRecord) -> list[Form]:
    names = list(dict.fromkeys(v for n in record.names for v in _variants(n)))
    forms = [Form(n, record.id, _mode(n)) for n in names]
    forms += [Form(n, record.id, "exact") for n in record.exact]
    forms += [Form(n, record.id, "near", words) for n, words in record.near.items()]
    forms += [Form(n, record.id, "shared", words) for n, words in record.shared.items()]
    return forms + [Form(n, record.id, "bare") for n in record.bare]


def _mode(name: str) -> str:
    """Acronyms (CWaC, GMP) only as written: in lower case they may be words."""
    acronym = " " not in name and sum(c.isupper() for c in name) > 1
    return "exact" if acronym else "any"


def _variants(name: str) -> list[str]:
    """`HM X` is also Her and His Majesty's X; `and` is also `&`."""
    forms = [name]
    if name.startswith("HM ") and not name.startswith(("HM Prison", "HM YOI", "HM Young")):
        forms += [f"{who} Majesty's {name[3:]}" for who in ("Her", "His")]
    return [v for f in forms for v in (f, f.replace(" & ", " and "))]


# ---------------------------------------------------------------------------- reading records


def _day(value: Any, record: str) -> date | None:
    if not value:
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as e:
        raise KnowledgeError(f"{value} is not a date", path="agencies/", record=record) from e


def _listed(r: dict[str, str]) -> AgencyRecord:
    def split(cell: str, by: str = "|") -> tuple[str, ...]:
        return tuple(cell.split(by)) if cell else ()

    return AgencyRecord(
        id=r["id"],
        name=r["name"],
        kind=r["kind"],
        code=r["code"] or None,
        nation=r["nation"] or None,
        region=r["region"] or None,
        latitude=float(r["latitude"]) if r["latitude"] else None,
        longitude=float(r["longitude"]) if r["longitude"] else None,
        valid_from=_day(r["valid_from"], r["id"]),
        valid_until=_day(r["valid_until"], r["id"]),
        successor=split(r["successor"], ";"),
        source=r["source"] or None,
        area=r["area"] or None,
        names=split(r["names"]),
        bare=split(r["bare"]),
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
        shared={name: tuple(words) for name, words in r.get("shared", {}).items()},
        domains=tuple(r.get("domains", ())),
        inspects=frozenset(r.get("inspects", ())),
        role=r.get("role") or ("inspectorate" if "inspects" in r else None),
        examples=tuple(r.get("examples", ())),
        counterexamples=tuple(r.get("counterexamples", ())),
    )


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The one gazetteer, read and built on first use (about half a second)."""
    records = [_listed(r) for r in load_csv("agencies/listed.csv")]
    for name in _YAML:
        records += [_written(r) for r in load_yaml(f"agencies/{name}.yaml")]
    return Gazetteer(tuple(records))


def fingerprint() -> str:
    """Changes when a record of `knowledge/agencies/` or the version of this stage changes."""
    return f"{VERSION}-{_fingerprint(*FILES)}"


def explain(text: str, day: str | None = None) -> list[dict[str, Any]]:
    """For a person: every body that the text names, and every near miss, each with its reason.

    Keys: id, name, code, start, end, quote, rule, confidence, accepted, why. `day` is YYYY-MM-DD;
    a wrong one raises KnowledgeError.
    """
    known, folded, cut = gazetteer(), fold(text), sentences(text)
    found = known.explain(text, _day(day, "--date"))
    bare = frozenset(w.lower() for c in found if c.rule == "bare name" for w in c.quote.split())
    rows = []
    for c in found:
        accepted, why = c.accepted, c.why
        if c.rule == "bare name" and c.quote[0].isupper():
            span = next((s for s in cut if s.start <= c.start < s.end), Span(c.start, c.end))
            accepted, why = short_forms.means_council(c, text, folded, span, bare)
            if accepted and not short_forms.about_councils(folded):
                accepted, why = False, "nothing in the text is about councils"
        record = known.get(c.id)
        rows.append(_explained(c.id, record, c.start, c.end, text, c.rule, accepted, why)
                    | {"confidence": c.confidence if accepted else None})  # fmt: skip
    for u in unlisted(text):
        if not any(r["accepted"] and r["start"] < u.end and u.start < r["end"] for r in rows):
            why = f"in no list; known as {u.kind} by: {u.rule}"
            rows.append(_explained(u.id, None, u.start, u.end, text, u.rule, True, why)
                        | {"confidence": "stated"})  # fmt: skip
    return sorted(rows, key=lambda r: (r["start"], not r["accepted"]))


def _explained(
    agency_id: str, record: AgencyRecord | None, start: int, end: int, text: str, rule: str,
    accepted: bool, why: str,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": agency_id, "name": record.name if record else text[start:end],
        "code": record.code if record else None, "start": start, "end": end,
        "quote": text[start:end], "rule": rule, "accepted": accepted, "why": why,
    }  # fmt: skip
