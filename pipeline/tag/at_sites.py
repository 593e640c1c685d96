"""Services of several bodies in a sentence: "good for maternity at Alder, surgery at Birch"."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.tag.aspects import OVERALL, aspects
from pipeline.tag.drafts import Draft
from pipeline.tag.frameworks import Framework
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.whose import named_in

_AT = re.compile(
    r"(?: (?:services?|care|wards?|units?|departments?|provision))? (?:at|in) (?:the )?"
)
_AND = re.compile(r"(?: (?:services?|care))?(?:,|,? and|,? &)(?: (?:the|for|its))? ")
_FEWEST = 2  #: bodies, each with a service of its own, among which grades are dealt


def at_their_sites(
    reading: Reading, sentence: Sentence, drafts: list[Draft], framework: Framework | None
) -> list[Draft]:
    """The drafts of a sentence, each with the body at which its service is said to be."""
    if len(drafts) < _FEWEST or len(reading.bodies) < _FEWEST:
        return drafts
    ours = named_in(reading, sentence, reading.ids)
    if len({m.id for m in ours}) < _FEWEST:
        return drafts
    where: dict[str, set[str | None]] = {}
    following: tuple[int, set[str | None]] = (0, set())
    for found in reversed(aspects(sentence.low, framework)):
        at: set[str | None] = {
            m.id for m in ours if (start := m.start - sentence.start) >= found.end
            and _AT.fullmatch(sentence.low, found.end, start)
        }  # fmt: skip
        if not at and following[1] and _AND.fullmatch(sentence.low, found.end, following[0]):
            at = following[1]  # "surgery and critical care at Alder"
        following = (found.start, at)
        if found.id != OVERALL and at:
            where[found.id] = where.get(found.id, set()) | at
    if len({i for ids in where.values() for i in ids}) < _FEWEST:
        return drafts
    return [
        replace(d, bodies=tuple(sorted(where[d.aspect], key=str)))
        if d.aspect in where and not set(d.bodies) & where[d.aspect]
        else d
        for d in drafts
    ]
