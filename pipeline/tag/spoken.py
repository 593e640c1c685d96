"""Areas that a story itself speaks of: in its title, its first lines, beside the bodies it names.

In a story of bodies that are called after areas, the areas of those bodies; in another, areas that
tell where its bodies are. Of a story without an inspected body: what judgements are said of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.models import Mention, Story
from pipeline.tag.agencies import inspectorates_and_bodies
from pipeline.tag.areas import Area, areas, key
from pipeline.tag.evidence import lead_of
from pipeline.tag.gazetteer import gazetteer
from pipeline.tag.locations import LISTED, before_a_kind
from pipeline.tag.matcher import fold, words
from pipeline.tag.sentences import Span, Taken, sentences_of

_LOCATIVE = re.compile(
    r"(?:\b(?:in|near|at|of|across|outside|around|from|north|south|east|west|central|the)|,|^|\n) $"
    r"|^$|\n$"
)
_GRADED = re.compile(
    r"\b(?:inadequate|outstanding|requires improvement|rated|failures?|failings)\b"
)
#: Kinds that are called after the area that they serve.
OF_AREAS = frozenset({"council", "police", "fire", "youth-justice", "probation", "icb", "ccg",
                       "safeguarding-children", "safeguarding-adults", "childrens-trust",
                       "partnership", "community-rehabilitation-company"})  # fmt: skip
LARGE = 10_000  #: people of a town that a listed body is surely called after


def spoken_of(
    story: Story,
    inspected: Sequence[Mention],
    others: Sequence[Mention],
    mentions: tuple[Mention, ...],
) -> list[tuple[int, int]]:
    """Spans of the areas. `others`: mentions whose names tell no place of the story."""
    text = story.text
    titled, own = _in_title(story), _of_nameless(story, mentions)
    elsewhere, beside = set(others), not _of_a_council(inspected)
    formed = (m for m in mentions if m.rule not in ("bare name", "points back")
              and not (m in elsewhere or (beside and _is_council(m))))  # fmt: skip
    taken = Taken((m.start, m.end) for m in (*others, *formed))
    known = areas(text)
    sited = [m for m in inspected if m.id.partition(":")[0] not in OF_AREAS]
    of_kinds = before_a_kind(text, known) if sited else set()
    found = [a for a in known if key(text[a.start : a.end]) in own]
    for a in _of_no_life(text, known):
        of_kind = a.start in of_kinds
        if (
            taken.overlaps(a.start, a.end)
            or not (a.council or a.people >= LARGE or of_kind)
            or text[a.start : a.end] in words("not_towns")  # March
            or _is_dateline(text, a)
        ):
            continue
        told = _told(text, a, inspected, sited, of_kind=of_kind)
        if told or key(text[a.start : a.end]) in titled:
            found.append(a)
    return [(a.start, a.end) for a in found]


def _told(
    text: str, a: Area, inspected: Sequence[Mention], sited: Sequence[Mention], *, of_kind: bool
) -> bool:
    """Whether the place stands where a story says what it is about, and is said to be it."""
    if inspected and not sited and not a.council:
        return False  # a force or a council is of an area, not of the towns in it
    if sited and not of_kind and not _stands_at(text, a.start, inspected):
        return False
    cut = sentences_of(text)
    sentence = next((s for s in cut if s.start <= a.start < s.end), Span(a.start, a.end))
    judged = not inspected and _GRADED.search(fold(text), sentence.start, sentence.end)
    beside = any(sentence.start <= m.start < sentence.end for m in sited)
    return bool(a.start < lead_of(text) or judged or beside)


def _of_no_life(text: str, known: Sequence[Area]) -> Iterator[Area]:
    """The areas without those, and the lists of those, that are told of a person or an office."""
    folded, aside = fold(text), -1
    for a in known:
        listed = aside >= 0 and LISTED.fullmatch(text, aside, a.start)
        if listed or _OF_A_LIFE.search(folded, max(0, a.start - 40), a.start):
            aside = a.end
        else:
            yield a


def _is_dateline(text: str, a: Area) -> bool:
    """ "OAKHAM, Friday - Too many men …": where the paper wrote it."""
    first = a.start == 0 or text[a.start - 1] == "\n"
    return first and _DATELINE.match(text, a.end) is not None


def tells_where(m: Mention, inspected: Sequence[Mention]) -> bool:
    """A council beside a school tells where that is; beside an inspected council it is another."""
    return _is_council(m) and not _of_a_council(inspected)


def _is_council(m: Mention) -> bool:
    return m.id.startswith("council:")


def _of_a_council(inspected: Sequence[Mention]) -> bool:
    return any(map(_is_council, inspected))


def _in_title(story: Story) -> set[str]:
    """Keys of the councils' areas and of the larger towns that the title names."""
    title = story.title or ""
    return {key(title[a.start : a.end]) for a in areas(title) if a.council or a.people >= LARGE}


def _of_nameless(story: Story, mentions: tuple[Mention, ...]) -> set[str]:
    """Keys of the areas of inspected bodies that the text itself does not name."""
    _, bodies = inspectorates_and_bodies(story, mentions)
    named = {m.id for m in mentions if m.rule != "points back"}
    records = (gazetteer().get(b.id) for b in bodies if b.id not in named)
    return {key(r.area) for r in records if r and r.area}


#: "Grew up in Leicester": what is told of a person's life is no place of the story.
_OF_A_LIFE = re.compile(
    r"\b(?:(?:grew up|born|lives?|lived|living|studied|trained|educated|graduated|taught|worked|"
    r"(?:moves?|moved|comes?|came|hails|travel(?:s|led)) (?:to|from)|raised|university|career|"
    r"worker|deputy|director|inspector|offices?|nhs)(?: [a-z]+){0,2}"
    r" (?:in|at|near|from|of|for|for the|of the|in the)|"
    r"(?:moves?|moved|comes?|came|hails|travel(?:s|led)) (?:to|from)|inspection for(?: the)?|"
    r"(?:councillors|officers|visitors|colleagues|teams?|staff|experts|peers|people) from|"
    r"covers?|covering) $"
)


_DATELINE = re.compile(r",? ?(?:\w+day|\d{1,2} \w+)? ?[-–—:] ?[A-Z]")


def _stands_at(text: str, start: int, inspected: Sequence[Mention]) -> bool:
    """Whether the words before an area make it where something is, and that nothing else is."""
    at = _LOCATIVE.search(fold(text), max(0, start - 25), start)
    return at is not None and not _at_another(text, start, inspected)


_AT_A_NAME = re.compile(r"[A-Z][\w'’]+,? (?:in|near|at) $")


def _at_another(text: str, start: int, inspected: Sequence[Mention]) -> bool:
    """ "Ardlaw Court in Elgin": the place of something else that has a name."""
    name = _AT_A_NAME.search(text, max(0, start - 40), start)
    return name is not None and not any(m.start <= name.start() < m.end for m in inspected)
