"""Where it was: the areas that a story is about, with their GSS codes; towns without a code.

A place is the area in an inspected body's name, the town named beside it, and an area named in the
headline or the first lines. What other bodies are called after is no place of the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from pipeline.knowledge import load_yaml
from pipeline.models import Mention, Place, Story
from pipeline.tag.agencies import story_date
from pipeline.tag.gazetteer import AgencyRecord, gazetteer
from pipeline.tag.matcher import fold, words
from pipeline.tag.roles import lead_of
from pipeline.tag.sentences import Span, sentences_of

_TOWN = re.compile(
    r"^(?: \([A-Z][\w/ ]*\))?,? (?:(?:in|near|at) (?:(?:north|south|east|west|central) )?)?"
    r"((?:St\.? )?[A-Z][a-z]+"
    r"(?:[ -](?:(?:on|upon|by|le|in|under|the|super|of|next)[ -]){0,2}[A-Z][a-z]+)*)"
    r"(?=[,.;:'’]|$| (?:has|have|had|was|were|is|are|which|that|and|by|to|of|for|after|from|near|"
    r"in)\b)"
)
_IN = re.compile(r"^(?: \([A-Z][\w/ ]*\))?,? (?:in|near|at) |^, ")
_STREET = re.compile(r" (?:Road|Street|Avenue|Lane|Drive|Close|Way|Crescent|Place|Terrace|Gardens|"
                     r"Hill|Park|Square|Court)$")  # fmt: skip
_VERDICT = re.compile(
    r"\b(?:inadequate|outstanding|requires improvement|rated|praised|inspected|visited|inspection|"
    r"failure|failings)\b"
)


def places(story: Story, mentions: Sequence[Mention]) -> tuple[Place, ...]:
    """One record for each place, at its first mention in the text, left to right."""
    text, day = story.text, story_date(story)
    cut = sentences_of(text)
    inspected = [m for m in mentions if m.role == "inspected" and m.rule != "points back"]
    # A council beside a school tells where that is; beside an inspected council it is another.
    council = any(m.id.startswith("council:") for m in inspected)
    others = [
        m for m in mentions if m.role != "inspected" and (council or ":council" not in f":{m.id}")
    ]
    spans = [s for m in inspected for s in (*_inside(text, m), *_beside(text, m))]
    spans += _of_the_story(text, cut, inspected, others, story.title)
    acronyms = {(m.start, m.end): r.area for m in mentions
                if m.rule == "short name" and (r := gazetteer().get(m.id))}  # fmt: skip
    found: dict[str, Place] = {}
    for start, end in sorted(spans):
        name = acronyms.get((start, end)) or text[start:end]
        key = _key(name)
        if key not in found:
            found[key] = Place(name=name, code=_code(key, day), start=start, end=end,
                               quote=text[start:end])  # fmt: skip
    return tuple(found.values())


def _inside(text: str, m: Mention) -> list[tuple[int, int]]:
    """Areas in the body's own name; in joined names ("Kent and Medway …") each of them."""
    found = _areas(text, m.start, m.end)
    acronym = not found and m.id.startswith("council:") and m.rule == "short name"
    return [(m.start, m.end)] if acronym else found


def _beside(text: str, m: Mention) -> Iterator[tuple[int, int]]:
    """The town after the name: "… School in Eastwood", "… Surgery, Ryde"."""
    if m.id.startswith(("council:", "police:", "fire:")):
        return
    at = m.end
    for _ in range(2):  # "… in Benvenue Avenue, Eastwood"
        found = _TOWN.match(text[at : at + 90])
        if found is None or not (_IN.match(text[at : at + 40]) or m.id.startswith("trust:")):
            return
        name, at = found[1], at + found.end(1)
        if _STREET.search(name):
            continue
        if name.split()[0] not in words("not_towns"):
            yield at - len(name), at
        return


def _of_the_story(
    text: str,
    cut: Sequence[Span],
    inspected: Sequence[Mention],
    others: Sequence[Mention],
    title: str | None,
) -> list[tuple[int, int]]:
    """Areas in the first lines, in the title, and in judgements, in a story about councils."""
    folded, found = fold(text), []
    lead = lead_of(text)
    in_title = {_key(title[a:b]) for a, b in _areas(title, 0, len(title))} if title else set()
    councils = not inspected or any(m.id.startswith("council:") for m in inspected)
    taken = [(m.start, m.end) for m in others]
    for start, end in _areas(text, 0, len(text)):
        if any(a < end and start < b for a, b in taken):
            continue
        sentence = next((s for s in cut if s.start <= start < s.end), Span(start, end))
        judged = councils and _VERDICT.search(folded, sentence.start, sentence.end)
        beside = any(sentence.start <= m.start < sentence.end for m in inspected)
        if start < lead or judged or beside or _key(text[start:end]) in in_title:
            found.append((start, end))
    return found


# ---------------------------------------------------------------------------- the areas


def _key(name: str) -> str:
    return fold(name).replace("-", " ")


@lru_cache(maxsize=1)
def _known() -> tuple[AhoCorasick, tuple[str, ...], dict[str, tuple[AgencyRecord, ...]]]:
    """The matcher, its names, and the councils called after each area."""
    by_key: dict[str, list[AgencyRecord]] = {}
    names: dict[str, str] = {}
    for r in gazetteer().all():
        if r.kind == "council" and r.area:
            for name in dict.fromkeys((r.area, *r.bare)):
                by_key.setdefault(_key(name), []).append(r)
                names.setdefault(fold(name), name)
    for name in _plain_codes():
        names.setdefault(fold(name), name)
    automaton = AhoCorasick(list(names), matchkind=MatchKind.LeftmostLongest)
    return automaton, tuple(names.values()), {k: tuple(v) for k, v in by_key.items()}


def _areas(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Spans of known areas in `text[start:stop]`, written with a capital, whole words."""
    automaton, _, _ = _known()
    folded, found = fold(text[start:stop]), []
    for _, a, b in automaton.find_matches_as_indexes(folded):
        a, b = a + start, b + start
        before, after = text[a - 1 : a], text[b : b + 2]
        if not text[a].isupper() or before.isalnum() or before in ("-", "@") or after[:1].isalnum():
            continue
        if after[:1] == "-" and after[1:].isalpha() and not text[b + 1].islower():
            continue
        if _part_of_another(text, a, b):
            continue
        found.append((a, b))
    return found


_OTHER_NAME = re.compile(
    r"^ (?:Heath|Town|Borough of|FC|United|City FC|Street|Road|Avenue|Lane|Evening|"
    r"Gazette|Chronicle|Herald|Star|Post|Echo|Times|Standard|Live|Reader|Argus|Mail|Telegraph|Express|University|Rovers)\b"
)
_PERSON = re.compile(r"(?:\b(?:Lord|Lady|Mr|Mrs|Ms|Dr|Sir|Earl|Duke|Bishop|Cllr) )$")


def _part_of_another(text: str, start: int, end: int) -> bool:
    return bool(
        _OTHER_NAME.match(text[end : end + 20]) or _PERSON.search(text[max(0, start - 8) : start])
    )


@lru_cache(maxsize=1)
def _plain_codes() -> dict[str, str | None]:
    """Areas that no council is called after, and towns, as written: their code, if any."""
    codes: dict[str, str | None] = {}
    for record in load_yaml("agencies/places.yaml"):
        for name in record.get("names", [record.get("name")]):
            codes[name] = record.get("code")
    return codes


def _code(key: str, day: date | None) -> str | None:
    """The GSS code of the area: of the authority alive that day, the upper-tier one first."""
    _, _, by_key = _known()
    alive = [r for r in by_key.get(key, ()) if r.lives_on(day or date.max) and r.code]
    alive.sort(key=lambda r: (not r.bare, r.id))
    if alive:
        return alive[0].code
    return next((code for name, code in _plain_codes().items() if _key(name) == key), None)
