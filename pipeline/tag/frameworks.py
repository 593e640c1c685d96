"""Which kind of inspection a story reports, and on which scale its grades are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.errors import KnowledgeError
from pipeline.knowledge import folder, load_yaml
from pipeline.tag.cues import words
from pipeline.tag.literals import Sought
from pipeline.tag.reading import Reading
from pipeline.tag.sentences import fold

_FAR = "9999-12-31"
_OPENING = 700  #: code points of a report's first lines, which say what it reports
#: Kinds of body that one inspectorate alone inspects: no need for the story to name it.
_SOLE = frozenset(("police", "fire", "prison", "probation", "youth-justice"))


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """Grades best first; `aliases` maps other wordings to them."""

    id: str
    grades: tuple[str, ...]
    aliases: dict[str, str]
    row: bool = True  #: its grades are a row such as "good" and "poor"

    def rank(self, grade: str) -> int | None:
        """1 is best; None where the scale does not know the grade."""
        known = self.aliases.get(grade, grade)
        return self.grades.index(known) + 1 if known in self.grades else None


@dataclass(frozen=True, slots=True, eq=False)
class Framework:
    id: str
    name: str
    inspectorates: tuple[str, ...]
    since: str
    until: str
    opening: Sought | None  #: how reports of such inspections begin
    cues: Sought | None
    kinds: tuple[str, ...]
    words: Sought | None
    unnamed: Sought | None  #: grade words that tell it where no inspectorate is named
    scales: tuple[tuple[Scale, str, str], ...]
    aspects: tuple[str, ...]
    expand: tuple[str, ...]
    fixed: bool  #: "all areas" are those of `expand`, in any year and for any kind of provider
    plain: bool  #: its reports give grades in plain sentences: "standards are good"
    graded: bool  #: False: its stories give no new grade
    actions: tuple[str, ...]  #: kinds that it can lead to
    pillars: tuple[str, ...]  #: aspects of which a report may be about one alone
    overall_until: str | None  #: None: there is an overall grade without end; "" never one

    def has_overall(self, date: str | None) -> bool:
        """Whether an inspection reported on `date` gives an overall grade."""
        return self.overall_until is None or (date or "0000") <= self.overall_until

    def on(self, date: str | None) -> tuple[Scale, ...]:
        """The scales in force on `date`; all of them where the date is not known."""
        return tuple(s for s, a, b in self.scales if date is None or a <= date <= b)


@lru_cache(maxsize=1)
def scales() -> dict[str, Scale]:
    """Every scale by its id."""
    return {
        r["id"]: Scale(r["id"], tuple(r["grades"]), dict(r.get("aliases", {})), r.get("row", True))
        for r in load_yaml("scales.yaml")
    }


@lru_cache(maxsize=1)
def frameworks() -> tuple[Framework, ...]:
    """Every framework, in the order in which they are tried. Raises KnowledgeError."""
    return tuple(_framework(r) for r in load_yaml("frameworks.yaml"))


def _framework(r: dict[str, Any]) -> Framework:
    try:
        used = tuple(
            (scales()[s["id"]], str(s.get("from", "0000")), str(s.get("until", _FAR)))
            for s in r.get("scales", ())
        )
    except KeyError as e:
        path = str(folder() / "frameworks.yaml")
        raise KnowledgeError(f"no such scale: {e}", path=path, record=r.get("id")) from e
    ends = r.get("overall_until")
    return Framework(
        r["id"],
        r["name"],
        tuple(r["inspectorates"]),
        str(r.get("from", "0000")),
        str(r.get("until", _FAR)),
        words(r["opening"]) if r.get("opening") else None,
        words(r["cues"]) if r.get("cues") else None,
        tuple(r.get("kinds", ())),
        words(r["words"]) if r.get("words") else None,
        words(r["unnamed"]) if r.get("unnamed") else None,
        used,
        tuple(r.get("aspects", ())),
        tuple(r.get("expand", r.get("aspects", ()))),
        r.get("fixed", False),
        r.get("plain", False),
        r.get("grades", True),
        tuple(r["actions"]),
        tuple(r.get("pillars", ())),
        str(ends) if ends else ("" if r.get("overall") is False else None),
    )


#: "Rated inadequate for the impact of leaders": no visit without grades, whatever it names besides.
_GIVES_GRADES = re.compile(
    r"(?:rated|judged|graded)[^.]{0,80}(?:inadequate|requires improvement|good|outstanding)"
    r"[^.]{0,60}(?:impact of leaders|experiences and progress of|overall effectiveness)"
)


def choose(reading: Reading) -> Framework | None:
    """The framework of the inspection that the story reports, or None.

    First what a report says in its first lines; then what the story names, by a cue in title,
    address or text; then what inspectorate,
    kind of body and subject allow. Dates decide between frameworks that followed each other.
    """
    named = {a.id for a in reading.inspectorates}
    date = reading.day
    title = (reading.story.title or "").lower()
    prose = " ".join(s.low for s in reading.sentences if not s.furniture)
    everything = f"{title} . {_address(reading.story.url)} . {prose}"[:20000]
    guessed = reading.date is None and reading.inspected is None
    possible = [f for f in frameworks() if _possible(f, named, date, guessed=guessed)]
    begin = prose[:_OPENING]
    for f in frameworks():  # whatever days the text names: what it is stands at its head
        if (
            f.opening
            and f.opening.search(begin)
            and _possible(f, named, reading.date, guessed=False)
        ):
            return f
    told = [
        f for f in possible
        if f.cues and f.cues.search(everything) and (named or "inspect" in everything)
        and (f.graded or not _GIVES_GRADES.search(prose))
    ]  # fmt: skip
    if told:
        eras = [f for f in told if f.inspectorates == told[0].inspectorates and f.graded]
        return _by_aspects(eras, everything) if guessed and told[0].graded else told[0]
    kinds = {_kind(b.id, b.kind) for b in reading.bodies}
    of_kind = [f for f in possible if kinds & set(f.kinds) and (named or kinds & _SOLE)
               and f.words and f.words.search(everything)]  # fmt: skip
    if of_kind:
        return _by_aspects(of_kind, everything) if guessed else of_kind[0]
    fitting = [f for f in possible if f.words and named and f.words.search(everything)]
    known = {k for f in frameworks() for k in f.kinds}
    free = [f for f in fitting if not kinds & known or not f.kinds]
    if not named:
        return next((f for f in possible if f.unnamed and f.unnamed.search(everything)), None)
    eras = [f for f in free if f.id == free[0].id]
    return (_by_aspects(eras, everything) if guessed else eras[0]) if eras else None


def _by_aspects(possible: list[Framework], text: str) -> Framework:
    """Of frameworks of several times the one whose aspects the text names most; else the first."""
    return max(possible, key=lambda f: sum(len(a) for a in f.aspects if a in text))


def _possible(f: Framework, named: set[str], date: str | None, *, guessed: bool) -> bool:
    """Whether inspectorate and day allow it; a year that the text names may be long before it."""
    if named and not named & set(f.inspectorates):
        return False
    if date is None or (guessed and date <= f.until):
        return True
    return f.since[: len(date)] <= date <= f.until


def _address(url: str | None) -> str:
    return re.sub(r"[/_\W]+", " ", (url or "").lower())


def _kind(identity: str, kind: str) -> str:
    """The kind as the framework file spells it: `unlisted:care-home:…` is a care-home."""
    parts = identity.split(":")
    if parts[0] == "unlisted" and len(parts) > 1:
        return parts[1]
    return parts[0] if len(parts) > 1 else kind


def default_scales(
    inspectorates: set[str], date: str | None, kinds: tuple[str, ...] = ()
) -> tuple[Scale, ...]:
    """The scales that the named inspectorates use on `date`, of bodies of these kinds if given."""
    found = [
        s
        for f in frameworks()
        if (not inspectorates or inspectorates & set(f.inspectorates))
        and (not kinds or not f.kinds or set(kinds) & set(f.kinds))
        for s in f.on(date)
    ]
    return tuple({s.id: s for s in found}.values())


def pillar_of(reading: Reading, framework: Framework | None) -> str | None:
    """The one aspect that the whole report is about: where title, address or first lines name it
    and no other."""
    address = re.sub(r"\W+", " ", (reading.story.url or "").lower())
    for said in (fold(reading.story.title or ""), address, reading.low[:_BEGIN]):
        named = [p for p in (framework.pillars if framework else ()) if p in said]
        if len(named) == 1:
            return named[0]
    return None


_BEGIN = 300  #: code points that tell what a story is about
