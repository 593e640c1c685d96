"""What a story tells of an inspected body that stands in no list: its town, its official numbers.

Ofsted and the Department for Education number schools and nurseries (URN), CQC numbers the
locations of care; a story or its links may give them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.models import Agency, Mention, Place, Story

_EDUCATION = frozenset({"school", "college", "nursery", "childrens-home", "fostering",
                        "childminder"})  # fmt: skip
_CARE = frozenset({"care-home", "home-care", "surgery", "dentist", "hospice", "hospital",
                   "provider"})  # fmt: skip
_URN = re.compile(
    r"(?i:\bURN|unique reference number|Ofsted (?:reference|number))\W{0,3}(?:is |number )?"
    r"(\d{5,7})\b|"
    r"reports\.ofsted\.gov\.uk/provider/(?:\w+/){1,2}((?:EY)?\d{5,7})\b|"
    r"(?:get-information-schools\.service|compare-school-performance\.service|"
    r"edubase)\.gov\.uk/\S*?/(\d{6})\b"
)
_LOCATION = re.compile(r"\bcqc\.org\.uk/(?:location|directory)/(1-\d{6,12})\b|"
                       r"(?i:\blocation id)\W{0,3}(1-\d{6,12})\b")  # fmt: skip


def with_particulars(
    story: Story,
    bodies: tuple[Agency, ...],
    mentions: Sequence[Mention],
    places: Sequence[Place],
) -> tuple[Agency, ...]:
    """The bodies, unlisted ones with `place`, `code` and `identifiers` where the story gives them.

    A number is given to the only body that it can be of, or to the one whose name its link bears.
    """
    named: dict[str, list[Mention]] = defaultdict(list)
    for m in mentions:
        if m.rule != "points back":
            named[m.id].append(m)
    kinds = Counter(b.kind for b in bodies)
    return tuple(
        _told(story, b, kinds, named[b.id], places) if b.id.startswith("unlisted:") else b
        for b in bodies
    )


def _told(
    story: Story,
    body: Agency,
    kinds: Counter[str],
    named: Sequence[Mention],
    places: Sequence[Place],
) -> Agency:
    """`kinds`: how many bodies of each there are. `named`: where the body is named."""
    urn = _number(story, body, kinds, _URN, _EDUCATION)
    location = _number(story, body, kinds, _LOCATION, _CARE)
    numbers = (("urn", urn), ("cqc-location", location))
    return replace(
        body, place=_town(named, places), code=urn,
        identifiers=tuple((name, n) for name, n in numbers if n),
    )  # fmt: skip


def _town(named: Sequence[Mention], places: Sequence[Place]) -> str | None:
    """The place that stands nearest after a body's name, else the only one of the story."""
    near = [
        (p.start - m.end, p.name) for m in named for p in places[
            bisect_left(places, m.start, key=_start) : bisect_left(places, m.start + 90, key=_start)
        ]
    ]  # fmt: skip
    if near:
        return min(near, key=lambda n: abs(n[0]))[1]
    return places[0].name if len(places) == 1 else None


def _start(place: Place) -> int:
    return place.start


def _number(
    story: Story,
    body: Agency,
    count: Counter[str],
    pattern: re.Pattern[str],
    kinds: frozenset[str],
) -> str | None:
    if body.kind not in kinds:
        return None
    for link in story.links:
        found = pattern.search(link.url)
        if found and link.text and link.text.lower() in body.name.lower():
            return found[found.lastindex or 0]
    if sum(count[k] for k in kinds) > 1:
        return None
    everywhere = " ".join([story.text, story.url or "", *(link.url for link in story.links)])
    numbers = {m[m.lastindex or 0] for m in pattern.finditer(everywhere)}
    return numbers.pop() if len(numbers) == 1 else None
