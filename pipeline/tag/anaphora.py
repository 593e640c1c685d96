""" "The council", "the trust", "the watchdog": names that point back to what was last named.

Only where one agency of that kind was named before; the mention is `implied`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.models import Role
from pipeline.tag.roles import Named

_KINDS: dict[str, tuple[str, ...]] = {
    "council": ("council",), "county council": ("council",), "city council": ("council",),
    "borough council": ("council",), "authority": ("council",), "local authority": ("council",),
    "trust": ("trust",), "hospital trust": ("trust",), "health board": ("health-board",),
    "force": ("police",), "constabulary": ("police",), "fire service": ("fire",),
    "prison": ("prison",), "jail": ("prison",), "school": ("school",), "college": ("college",),
    "academy": ("school",), "nursery": ("nursery",), "care home": ("care-home",),
    "home": ("care-home", "childrens-home"), "hospital": ("hospital",), "surgery": ("surgery",),
    "practice": ("surgery", "dentist"), "board": ("health-board", "safeguarding-children"),
    "watchdog": ("inspectorate",), "regulator": ("inspectorate",),
    "inspectorate": ("inspectorate",), "centre": ("secure-centre", "juvenile-justice-centre"),
}  # fmt: skip
_WORDS = "|".join(sorted(_KINDS, key=len, reverse=True))
_THE = re.compile(
    rf"\bthe (?:(?:education|care|health|prisons|police|probation|schools) (?=watchdog|regulator|"
    rf"inspectorate))?({_WORDS})\b(?! (?:tax|leaders' union|of the|officers' association|estate))"
)


def resolve(folded: str, named: Sequence[Named], role_of: Mapping[str, Role]) -> list[Named]:
    """The pointing words, as mentions of what they point to. Never overlaps a name."""
    found: list[Named] = []
    ordered = sorted(named, key=lambda n: n.start)
    for m in _THE.finditer(folded):
        if any(n.start < m.end() and m.start() < n.end for n in ordered):
            continue
        target = _last(ordered, _KINDS[m[1]], m.start(), role_of)
        if target is not None:
            found.append(_pointing(target, m, folded))
    return found


def _last(
    named: Sequence[Named], kinds: tuple[str, ...], at: int, role_of: Mapping[str, Role]
) -> Named | None:
    """The last one named before, where only one such body plays a part in the story."""
    before = [n for n in named if n.start < at and n.kind in kinds]
    leading = {n.id for n in before if role_of.get(n.id) in ("inspected", "inspectorate")}
    if len(leading) == 1:
        before = [n for n in before if n.id in leading]
    return (
        before[-1] if before and (len(leading) <= 1 or len({n.id for n in before}) == 1) else None
    )


def _pointing(target: Named, m: re.Match[str], folded: str) -> Named:
    return Named(
        start=m.start(), end=m.end(), quote=folded[m.start() : m.end()], id=target.id,
        name=target.name, kind=target.kind, rule="points back", confidence="implied",
        role=target.role,
    )  # fmt: skip
