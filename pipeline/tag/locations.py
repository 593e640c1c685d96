"""Where the text says that a body stands: the towns beside its name, its postal address.

"… School in Eastwood", "… Surgery, Ryde", "a nursing home in Ballygarrow", "Deal, Sandwich and
Dover schools".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.models import Mention
from pipeline.tag.areas import Area, areas, is_place
from pipeline.tag.evidence import lead_of
from pipeline.tag.matcher import fold, words

_NAME = (
    r"(?:St\.? )?[A-Z][a-z]+(?:[ -](?:(?:on|upon|by|le|under|the|super|of|next)[ -]|in-){0,2}"
    r"[A-Z][a-z]+)*"
)
_AT = r"(?:in|near|at|(?:just )?outside|close to|based in|located in|situated in)"
_TOWN = re.compile(
    rf"^(?: \([A-Z][\w/ ]*\))?,? (?:{_AT}(?: the (?:village|town|city) of)? "
    rf"(?:(?:north|south|east|west|central) )?)?({_NAME})"
    r"(?![\w-])(?! [A-Z])"
)
_IN = re.compile(rf"^(?: \([A-Z][\w/ ]*\))?,? {_AT} |^, ")
_OPENING = 600  #: code points in which a story says which home it is about
STREET = re.compile(r" (?:Road|Street|Avenue|Lane|Drive|Close|Way|Crescent|Place|Terrace|Gardens|"
                     r"Hill|Park|Square|Court|Parade|Row|Walk)$")  # fmt: skip
_KIND = (
    r"(?:(?:primary|secondary|infant|junior|high|village|special) )?(?:school|academy|nursery|"
    r"pre-?school|playgroup|(?:care|nursing|residential|children's|retirement) home|home|surgery|"
    r"practice|hospital|prison|jail|hospice|college|centre|unit|setting|facility|trust|provider|agency|"
    r"young offenders?'? institution)"
)
_OF_KIND = re.compile(
    rf"(?<!other )(?<!sister )(?<!another )(?P<a>\b(?:an?|some|other) (?:[\w-]+ ){{0,3}})?"
    rf"\b{_KIND}(?: for [a-z' ]{{3,50}}?)?(?=,? {_AT} )"
)
_BEFORE_A_KIND = re.compile(
    rf"(?:'s)? (?:[a-z-]+ ){{0,2}}(?:{_KIND}|schools|primaries|secondaries|academies|nurseries|"
    r"homes|surgeries|practices|hospitals|prisons|units)\b|-based\b"
)
_OWNED = re.compile(rf"({_NAME})['’]s (?:the )?$")


def beside(text: str, m: Mention) -> Iterator[tuple[int, int]]:
    """The town after the name: "… School in Eastwood", "… Surgery, Ryde"."""
    if not m.id.startswith(("council:", "police:", "fire:")):
        owner = _OWNED.search(text, max(0, m.start - 30), m.start)
        if owner and is_place(owner[1]):
            yield owner.span(1)
        yield from _towns_after(text, m.end, bare=m.id.startswith("trust:"))
        yield from _address(text, m)


_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_ADDRESS = 160  #: code points of a postal address, from the name to the postcode


def _address(text: str, m: Mention) -> Iterator[tuple[int, int]]:
    """Places of the postal address after a body's name, or in a line under it, to the postcode."""
    end = _POSTCODE.search(text, m.end, m.end + 400)
    if end is None:
        return
    line = text.rfind("\n", m.end, end.start()) + 1
    start = m.end if end.start() - m.end <= _ADDRESS else line
    if ". " not in text[start : end.start()]:
        yield from ((a.start, a.end) for a in areas(text, start, end.start()))


def _towns_after(text: str, at: int, *, bare: bool = False) -> Iterator[tuple[int, int]]:
    """Towns from `at` on: "in Benvenue Avenue, Eastwood", "at Spetchley, Worcester".

    The first may be one that nobody lists; what follows it is a known place.
    """
    first = True
    for _ in range(4):
        found = _TOWN.match(text[at : at + 90]) or _IN_CAPITALS.match(text[at : at + 60])
        if found is None or not (_IN.match(text[at : at + 40]) or (bare and first)):
            return
        before = at
        start, end = _known_part(text, at + found.start(1), at + found.end(1))
        at, name = at + found.end(1), text[start:end]
        if STREET.search(name):
            continue
        if name.split()[0] in words("not_towns"):
            return
        if not is_place(name) and not (
            first and (_NO_COMMA.match(text, before) or _ENDS.match(text, end))
        ):
            return  # "Elm School, Big wood School"
        yield start, end
        at, first = end, False


_IN_CAPITALS = re.compile(r"^, ([A-Z][A-Z' -]{2,25})$", re.M)  #: "THE LINDENS, EYE"
_NO_COMMA = re.compile(rf"(?: \([^)]*\))?,? {_AT} ")
_ENDS = re.compile(r"\W*(?:[.,;:)\n]|$| (?:has|have|was|were|is|are)\b)")
_COMPASS = re.compile(r"(?:North|South|East|West|Central) ")


def _known_part(text: str, start: int, end: int) -> tuple[int, int]:
    """Of a run of capitals the place: "Belfast" of "West Belfast", "Co Down" before a caption."""
    name = text[start:end]
    if is_place(name) is None:
        if (compass := _COMPASS.match(name)) and is_place(name[compass.end() :]):
            return start + compass.end(), end
        known = [a for a in areas(text, start, end) if a.start == start]
        if known and name.count(" ") > 1:
            return start, known[0].end
    return start, end


def at_a_kind(
    text: str, others: Sequence[Mention], mentions: Sequence[Mention]
) -> Iterator[tuple[int, int]]:
    """ "A nursing home in Ballygarrow", "the nursery at Spetchley, Worcester"."""
    lead = lead_of(text)
    for m in _OF_KIND.finditer(fold(text)):
        if m["a"] and m.start() > max(lead, _OPENING):
            continue  # "the head of a school in Ammanford" is to help the one inspected
        if not any(o.start < m.end() and m.start() < o.end for o in others):
            yield from (
                (a, b) for a, b in _towns_after(text, m.end())
                if not any(o.start < b and a < o.end for o in mentions)
            )  # fmt: skip


LISTED = re.compile(r",? (?:and )?")


def before_a_kind(text: str, known: Sequence[Area]) -> set[int]:
    """Where the areas begin that say what schools are meant: "Deal, Sandwich and Dover schools"."""
    folded, found = fold(text), set[int]()
    for a, after in zip(reversed(known), (None, *reversed(known)), strict=False):
        joined = after is not None and after.start in found
        if _BEFORE_A_KIND.match(folded, a.end) or (
            joined and after and LISTED.fullmatch(text, a.end, after.start)
        ):
            found.add(a.start)
    return found
