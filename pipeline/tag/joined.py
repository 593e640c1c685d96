"""Where one name ends and the next begins: "Elm House and Rowan Court", units of several areas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.tag.kinds import HOME_LIKE
from pipeline.tag.name_forms import TOKEN, is_proper

#: Units of several areas: "Harwick, Borset and Redby PDU".
UNITS = frozenset({"PDU", "Probation Delivery Unit", "YOT", "YJS", "Youth Justice Service"})
_AREAS = re.compile(rf"(?:{TOKEN}(?: {TOKEN})?, )+\Z")


def with_areas(text: str, start: int) -> int:
    """The start of a list of areas that one unit is of, before the last two of them."""
    ahead = text[max(0, start - 90) : start]
    found = _AREAS.search(ahead[max(ahead.rfind(f"{u},") + len(u) + 1 for u in UNITS) :])
    return start - len(found[0]) if found else start


#: "Harwick College Borset and Elm College": a name whose head is not its end, then another.
_INNER_HEAD = re.compile(r" (College|School|Academy|Hospital|University)(?: [A-Z][\w'’-]+){0,2}$")
#: "Redby Skills and Harwick Training Solutions".
_FIRM = re.compile(r" (?:Skills|Training|Learning|Solutions|Group|Homecare|Education|Services)$")
_WARDS = re.compile(r" (?:Royal|General|Infirmary|Memorial)$")
_HOUSE = re.compile(rf"^[A-Z].* (?:{HOME_LIKE})$")


def before_and(text: str, start: int, head: re.Match[str]) -> list[tuple[int, int, str]]:
    """Of what stands before a head, a whole name that "and" joins to the last, with its head."""
    link = text.rfind(" and ", start, head.start("head"))
    after = text[link + len(" and ") : head.start("head")].strip()
    if link < 0 or not is_proper(text[start:link]) or not after or not is_proper(after):
        return []
    found = _INNER_HEAD.search(text[start:link])
    own = found[1].lower() if found else head["head"].replace("’", "'").lower()
    alike = own == "hospital" and _WARDS.search(text[start:link])
    firm = _FIRM.search(text[start:link]) and " " in after
    whole = found or alike or firm or _HOUSE.match(text[start:link])
    return [(start, link, own)] if whole else []


_OF_SEVERAL = re.compile(r",? (?:both |all )?(?:were|are|have|require|remain|need|both)\b")


def each(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The names that "and" joins before a verb of several: "Elm Lodge and Rowan Court were"."""
    left, link, right = text[start:end].partition(" and ")
    if not (link and " " in left and " " in right and _OF_SEVERAL.match(text, end)):
        return [(start, end)]
    return [(start, start + len(left)), (end - len(right), end)]


_PLURAL = {
    "surger": "surgery", "practice": "surgery", "home": "care-home", "school": "school",
    "academ": "school", "nurser": "nursery", "hospital": "hospital", "college": "college",
}  # fmt: skip
_VERDICT = r"rated|judged|graded|inspected|visited|told|placed|put|praised|found|good|inadequate"
_ONE = rf"(?:The )?{TOKEN}(?: {TOKEN}){{0,3}}"
#: "Three GP surgeries – Park View, Mill House and The Limes – have been rated good".
_LISTED = re.compile(
    rf"\b(?P<kind>{'|'.join(_PLURAL)})(?:ies|ys|s|es)(?:,| [-–—]|:) "
    rf"(?P<names>{_ONE}(?:, {_ONE}){{0,8}},? and {_ONE})"
    r"(?= [-–—]|[.,;\n]| (?:have|were|are|all)\b)"
)
#: "Alder, Birch and Coldwell primary schools".
_THEIR_KIND = re.compile(
    rf"(?P<names>{_ONE}(?:, {_ONE}){{0,8}},? and {_ONE}) "
    r"(?:primary |infant |junior |secondary |high |nursery |care |nursing |special )?"
    rf"(?P<kind>{'|'.join(_PLURAL)})(?:ies|ys|s|es)\b"
    rf"(?= (?:in [A-Z]\w+ )?(?:(?:have|were|are|both|all|had|been) ){{1,3}}(?:{_VERDICT})\b|"
    rf" (?:as )?(?:good|outstanding|inadequate)\b)"
)
_COMMA = re.compile(r",? and |, ")


def beside_their_kind(text: str) -> Iterator[tuple[int, int, str]]:
    """The names of a list that stands beside the word for what they are, each with its kind."""
    for m in (*_LISTED.finditer(text), *_THEIR_KIND.finditer(text)):
        at = m.start("names")
        for gap in [*_COMMA.finditer(text, at, m.end("names")), None]:
            end = gap.start() if gap else m.end("names")
            yield at, end, _PLURAL[m["kind"]]
            at = gap.end() if gap else end
