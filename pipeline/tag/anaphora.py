""" "The council", "the trust", "inspectors": words that point back to what was last named.

Only where one agency of that kind plays a part, or one was named last and nothing speaks for
another; the mention is `implied`. Where the text names none, the title and the site may have, and
"the county council" of a regional paper is that of its county.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.models import Role
from pipeline.tag.evidence import Named
from pipeline.tag.gazetteer import AgencyRecord, gazetteer
from pipeline.tag.matcher import Candidate, fold
from pipeline.tag.sentences import Taken

_HEALTH = ("trust", "health-board")
_KINDS: dict[str, tuple[str, ...]] = {
    "council": ("council",), "county council": ("council",), "city council": ("council",),
    "borough council": ("council",), "district council": ("council",),
    "authority": ("council",), "local authority": ("council",),
    "trust": (*_HEALTH, "academy-trust", "childrens-trust"), "hospital trust": ("trust",),
    "academy trust": ("academy-trust",), "health board": ("health-board",),
    "force": ("police",), "constabulary": ("police",), "county force": ("police",),
    "fire service": ("fire",), "brigade": ("fire",), "fire authority": ("fire",),
    "prison": ("prison",), "jail": ("prison",), "school": ("school",), "college": ("college",),
    "academy": ("school",), "nursery": ("nursery",), "care home": ("care-home",),
    "home": ("care-home", "childrens-home"), "children's home": ("childrens-home",),
    "nursing home": ("care-home",), "hospice": ("hospice",), "hospital": ("hospital",),
    "surgery": ("surgery",), "practice": ("surgery", "dentist"),
    "board": ("health-board", "safeguarding-adults", "safeguarding-children", "icb"),
    "service": ("fire", "youth-justice", "home-care", "fostering"),
    "watchdog": ("inspectorate",), "regulator": ("inspectorate",),
    "inspectorate": ("inspectorate",), "centre": ("secure-centre", "juvenile-justice-centre",
                                                  "immigration-removal-centre"),
}  # fmt: skip
_WORDS = "|".join(sorted(_KINDS, key=len, reverse=True))
_OF = {  # "the police watchdog": what it must inspect
    "education": "school", "schools": "school", "care": "care-home", "health": "hospital",
    "healthcare": "hospital", "prisons": "prison", "prison": "prison", "police": "police",
    "policing": "police", "probation": "probation", "fire": "fire",
}  # fmt: skip
#: Begins with its letters, which the search goes by, and then asks what stands before them.
_THE = re.compile(
    rf"the (?<!\wthe )(?:(?P<of>{'|'.join(_OF)})(?:'s)? (?=watchdog|regulator|inspectorate))?"
    rf"(?P<what>{_WORDS})\b"
    r"(?! (?:tax|leaders' union|of the|officers' association|estate|secretary|boundary|leaders|"
    r"users?|manager|years?|days?|terms?|holidays?|gates?|meals?|bus|class|sector|population))"
)
_INSPECTORS = re.compile(
    r"(?<![\w'] )(?<![\w-])inspectors\b(?! (?:from|of|for) )|"
    r"(?<=(?:the|and|but|her|his) )inspectors\b(?! (?:from|of|for) )"
)


def resolve(
    folded: str,
    named: Sequence[Named],
    role_of: Mapping[str, Role],
    *,
    ahead: Sequence[Named] = (),
) -> list[Named]:
    """The pointing words, as mentions of what they point to. Never overlaps a name.

    `ahead`: bodies of the title and the address, as if named before the text.
    """
    ordered = [*ahead, *sorted(named, key=lambda n: n.start)]
    taken = Taken((n.start, n.end) for n in named)
    found: list[Named] = []
    for m in _THE.finditer(folded):
        if taken.overlaps(m.start(), m.end()):
            continue
        target = _last(ordered, m, role_of, folded)
        if target is not None:
            found.append(_pointing(target, m, folded))
    inspectorates = {n.id: n for n in ordered if n.kind == "inspectorate"}
    acting = {i: n for i, n in inspectorates.items() if role_of.get(i, "inspectorate") == n.role}
    if len(acting) == 1:
        (one,) = acting.values()
        first = min(n.start for n in ordered if n.id == one.id)
        found += [
            _pointing(one, m, folded) for m in _INSPECTORS.finditer(folded, max(0, first))
            if not taken.overlaps(m.start(), m.end())
        ]  # fmt: skip
    return found


def pointing(folded: str) -> Iterator[tuple[str, ...]]:
    """The kinds that each pointing word of a text may mean: of "the school" a school."""
    return (_KINDS[m["what"]] for m in _THE.finditer(folded))


def _last(
    ordered: Sequence[Named], m: re.Match[str], role_of: Mapping[str, Role], folded: str
) -> Named | None:
    """The last one named before, where only one such body plays a part in the story."""
    kinds, at = _KINDS[m["what"]], m.start()
    before = [n for n in ordered if n.start < at and n.kind in kinds]
    if m["of"]:
        before = [n for n in ordered if n.kind in kinds and _inspects(n.id, _OF[m["of"]])]
    before = [n for n in before if n.confidence != "ambiguous"]
    if m["what"].endswith(" council"):  # "the city council" is none of a county
        word = m["what"].partition(" ")[0]
        before = [n for n in before if word in fold(n.name)] or before
    if not before:
        return None
    leading = {n.id for n in before if role_of.get(n.id) in ("inspected", "inspectorate")}
    if len({n.id for n in before}) > 1 and m["what"] == "trust":
        before = _by_world(before, folded, at) or before
        leading &= {n.id for n in before}
    if len(leading) == 1:
        before = [n for n in before if n.id in leading]
    elif (
        len(leading) > 1 and before[-1].kind != "inspectorate" and _beside(before, leading, folded)
    ):
        return None
    return before[-1]


def _beside(before: Sequence[Named], leading: set[str], folded: str) -> bool:
    """Whether the last two bodies that lead stand side by side: none of them is the last named."""
    led = [n for n in before if n.id in leading]
    last = led[-1]
    other = next((n for n in reversed(led) if n.id != last.id), None)
    return other is not None and not re.search(r"[.!?\n]", folded[max(0, other.end) : last.start])


def _by_world(before: Sequence[Named], folded: str, at: int) -> list[Named]:
    """Of an NHS trust and an academy trust, the one whose world the sentence is of."""
    start = max(folded.rfind(". ", 0, at), folded.rfind("\n", 0, at)) + 1
    stop = min((i for i in (folded.find(". ", at), folded.find("\n", at)) if i >= 0),
               default=len(folded))  # fmt: skip
    sentence = folded[start:stop]
    schools, health = _SCHOOLS.search(sentence), _HOSPITALS.search(sentence)
    if bool(schools) == bool(health):
        return []
    return [n for n in before if (n.kind == "academy-trust") == bool(schools)]


_SCHOOLS = re.compile(
    r"\b(?:teach\w*|pupils?|school|academy|curriculum|head ?teacher|governors?)\b"
)
_HOSPITALS = re.compile(r"\b(?:patients?|wards?|hospital|nhs|nurses?|doctors?|a&e|maternity)\b")


def _inspects(agency_id: str, kind: str) -> bool:
    record = gazetteer().get(agency_id)
    return bool(record and kind in record.inspects)


def of_area(
    folded: str,
    named: Sequence[Named],
    refused: Sequence[Candidate],
    title: Collection[str],
    region: str | None,
) -> list[Named]:
    """ "The council", "the county force" of a story that names none: of the one area it speaks of.

    That is the only council area named before as a place (`refused`), else the county of a regional
    publisher. Nothing where the headline names a council (`title`: the words of its bodies).
    """
    if any("ouncil" in words for words in title):
        return []
    found: list[Named] = []
    for m in _OF_AREA.finditer(folded):
        kind = {"force": "police"}.get(m["what"], "council")
        if any(n.kind == kind and n.start < m.start() for n in named):
            break
        before = {c.id for c in refused if c.fits and c.rule == "bare name" and c.end <= m.start()
                  and c.id.startswith("council:")}  # fmt: skip
        record, rule = None, "the area that the story speaks of"
        if kind == "council" and len(before) == 1:
            record = gazetteer().get(next(iter(before)))
        if record is None and m["county"] and region:
            record, rule = _by_county().get((kind, fold(region))), "the publisher's county"
        if record is not None:
            found.append(
                Named(
                    start=m.start(), end=m.end(), quote=m[0], id=record.id, name=record.name,
                    kind=kind, rule=rule, confidence="implied", role=None,
                )
            )  # fmt: skip
    return found


_OF_AREA = re.compile(
    r"the (?<!\wthe )(?P<county>county )?(?:city |borough |local )?"
    r"(?P<what>council|force|authority)\b(?! tax)"
)


@lru_cache(maxsize=1)
def _by_county() -> dict[tuple[str, str], AgencyRecord]:
    """By kind and folded area, of living county councils and forces."""
    return {
        (r.kind, fold(r.area)): r for r in gazetteer().all()
        if r.area and r.living
        and (r.kind == "police" or (r.kind == "council" and (r.code or "").startswith("E10")))
    }  # fmt: skip


def _pointing(target: Named, m: re.Match[str], folded: str) -> Named:
    return replace(
        target, start=m.start(), end=m.end(), quote=folded[m.start() : m.end()],
        rule="points back", confidence="implied",
    )  # fmt: skip
