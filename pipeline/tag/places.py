"""Where it was: the areas that a story is about, with their GSS codes; towns without a code.

A place is the area or town in an inspected body's name, the town named beside it ("… in Eastwood",
"the nursery at …"), and an area named in the headline or the first lines. What other bodies are
called after is no place of the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.models import Mention, Place, Story
from pipeline.tag.areas import areas, code_of, is_place, key
from pipeline.tag.elsewhere import story_date
from pipeline.tag.furniture import furniture
from pipeline.tag.gazetteer import gazetteer
from pipeline.tag.locations import STREET, at_a_kind, beside
from pipeline.tag.name_forms import proper_part
from pipeline.tag.sentences import Taken
from pipeline.tag.spoken import LARGE, OF_AREAS, spoken_of, tells_where


def places(story: Story, mentions: Sequence[Mention]) -> tuple[Place, ...]:
    """One record for each place, at its first mention in the text, left to right."""
    text, day = story.text, story_date(story)
    inspected = [m for m in mentions if m.role == "inspected" and m.rule != "points back"]
    others = [m for m in mentions if m.role != "inspected" and not tells_where(m, inspected)]
    formed = Taken((m.start, m.end) for m in mentions if m.id.startswith("unlisted:"))
    spans = [s for m in inspected for s in beside(text, m) if not formed.overlaps(*s)]
    areal = any(m.id.startswith("council:") for m in inspected)
    if any(m.id.partition(":")[0] not in OF_AREAS for m in inspected):
        spans += at_a_kind(text, others, mentions)
    spans += spoken_of(story, inspected, others, tuple(mentions))
    located = any(_is_town(text[a:b]) for a, b in spans)
    spans += [s for m in inspected for s in _inside(story, m, located=located, areal=areal)]
    aside = furniture(text)
    pointing = _pointing(mentions, spans)
    spans += [(m.start, m.end) for m in pointing]
    names = {(m.start, m.end): r.area
             for m in (*pointing, *(m for m in inspected if m.rule == "short name"))
             if (r := gazetteer().get(m.id))}  # fmt: skip
    found: dict[str, Place] = {}
    furthest = 0  # where the last of those found ends: what ends before lies in one of them
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        if end <= furthest or aside.overlaps(start, end):
            continue
        name = names.get((start, end)) or text[start:end]
        if key(name) not in found:
            furthest = end
            found[key(name)] = Place(name=name, code=code_of(name, day), start=start, end=end,
                                     quote=text[start:end])  # fmt: skip
    return tuple(found.values())


def _pointing(mentions: Sequence[Mention], spans: Sequence[tuple[int, int]]) -> list[Mention]:
    """ "The council" on the site of an inspected one: all that the text has of whose it is."""
    inspected = [m for m in mentions if m.role == "inspected"]
    if spans or any(m.rule != "points back" for m in inspected):
        return []
    return [m for m in inspected if m.id.partition(":")[0] in OF_AREAS][:1]


def _is_town(name: str) -> bool:
    """Whether a place is narrower than a council's area: it says where a school stands."""
    known = is_place(name)
    return known is None or not known.council or known.people > 0


def _inside(story: Story, m: Mention, *, located: bool, areal: bool) -> Iterator[tuple[int, int]]:
    """Areas in the body's own name; in joined names ("Kent and Medway …") each of them.

    A town that is all of a school's proper name counts, unless the story says where the school
    stands (`located`). Where a council was inspected (`areal`), boards and trusts tell no area.
    """
    record, text = gazetteer().get(m.id), story.text
    if areal and record is not None and record.kind in ("icb", "ccg", "trust", "health-board"):
        return
    if record is None and m.id.split(":")[1] not in OF_AREAS:
        name = proper_part(m.quote.removeprefix("The "))
        place = is_place(name)
        at = text.find(name, m.start, m.end)
        if at >= 0 and (
            (place and not located and not name.startswith("St") and not STREET.search(name))
            or _spoken_of(text, name)
            or (not located and _called_after_a_village(m.name, name))
            or (not located and _sounds_like_a_place(m.id, name))
        ):
            yield at, at + len(name)
        elif not located and _HOSPITAL.search(m.quote):  # "Royal Derby Hospital"
            yield from ((a.start, a.end) for a in areas(text, m.start, m.end)
                        if a.council or a.people >= LARGE)  # fmt: skip
        return
    found = [
        a for a in areas(text, m.start, m.end) if a.council or a.people >= LARGE or record is None
    ]
    yield from ((a.start, a.end) for a in found)
    if not found and m.rule == "short name" and m.id.startswith("council:"):
        yield m.start, m.end  # an acronym: CWaC
    elif not found and record is None:
        name = proper_part(m.quote)
        if name and name[0].isupper():
            at = text.find(name, m.start, m.end)
            yield at, at + len(name)  # an area that nobody lists
    elif not found and record is not None and record.area:
        at = text.find(record.area, m.start, m.end)
        prison = record.kind == "prison" and not located and is_place(record.area)
        if at >= 0 and (record.kind in OF_AREAS or prison):
            yield at, at + len(record.area)


_VILLAGE_SCHOOL = re.compile(
    r"(?:primary|infants?|junior|first|village|community|prep|preparatory) school$|"
    r"playgroup$|play group$|pre-?school$",
    re.I,
)
_NO_VILLAGE = re.compile(
    r"(?:side|view|woods?|fields?|lands|brook|hill|meadows?|bank|gate|ways?|haven|crest|dene|croft|"
    r"oaks?|park|road|lane|street|avenue|green|bridge|church|saint|st|our|lady|holy|sacred|queen|king|prince|"
    r"lodge|grange|court|cross|mill|manor|castle|valley|river|spring|star|sun|all|christ|trinity|"
    r"little|busy|happy|tiny|dolphins?|elms?|ash|beech|willows?|cedars?|hall|house|tree|tots|stars|bears|hands|feet|steps|"
    r"kids)'?s?$",
    re.I,
)


def _called_after_a_village(name: str, proper: str) -> bool:
    """Whether a small school's name is a village's: one or two words, none that schools choose."""
    parts = proper.split()
    return (
        0 < len(parts) < 3
        and bool(_VILLAGE_SCHOOL.search(name))
        and all(p[0].isupper() and p.isalpha() and not _NO_VILLAGE.search(p) for p in parts)
    )


#: How names of English, Scottish, Welsh and Irish places are made; schools choose them as well, and
#: so only a body that people call after where it stands counts, and one word.
_PLACE_ENDS = re.compile(
    r"[A-Z][a-z]+(?:ton|ham|bury|thorpe|wick|wich|worth|stead|cote|cester|minster|mouth|hurst|"
    r"combe|coombe|ness|well|ington|by|burgh|borough|ley)|"
    r"(?:Llan|Aber|Pont|Tre|Pen|Rhyd|Inver|Kil|Dun|Bally|Strath|Auch|Kin|Drum|Car)[a-z]{3,}"
)
_HOSPITAL = re.compile(r"\b(?:Hospital|Infirmary)\b")
_AFTER_WHERE_IT_STANDS = frozenset({"surgery", "hospital", "dentist", "college",
                                     "school"})  # fmt: skip


def _sounds_like_a_place(agency_id: str, name: str) -> bool:
    """ "Wilnecote Surgery": called after where it stands, which nobody lists."""
    kind = agency_id.split(":")[1]
    return kind in _AFTER_WHERE_IT_STANDS and bool(_PLACE_ENDS.fullmatch(name))


def _spoken_of(text: str, name: str) -> bool:
    """Whether the text says elsewhere that something is in a place of that name."""
    if not name or f"\n{name[:_BEGINNING]}" not in _where_things_are(text):
        return False
    return bool(re.search(rf"{_IN}{re.escape(name)}(?![\w-]| [A-Z])", text))


_IN = r"\b(?:in|near|around|across|(?:village|town|city) of) "
_BEGINNING = 20  #: code points by which most names are told from one another


@lru_cache(maxsize=2)
def _where_things_are(text: str) -> str:
    """How the words begin that something is said to be in, each after a line break."""
    return "\n".join(["", *(text[m.end() : m.end() + _BEGINNING] for m in _SAID_IN.finditer(text))])


_SAID_IN = re.compile(_IN)
