"""What a story is about: the themes of a small vocabulary, each with the words that name it."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from pipeline.knowledge import folder, load_yaml
from pipeline.models import Finding, Judgement, Theme
from pipeline.tag.cues import Cues
from pipeline.tag.reading import Reading
from pipeline.tag.sentences import fold

FILE = "themes.yaml"
_LEAD = 2  # sentences


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[Cues, dict[str, str], frozenset[str]]:
    records = tuple(load_yaml(FILE))
    names = {r["id"]: r["name"] for r in records}
    passing = frozenset(r["id"] for r in records if r.get("passing"))
    return Cues(records, path=str(folder() / FILE)), names, passing


def themes(reading: Reading, proved: tuple[Finding | Judgement, ...] = ()) -> tuple[Theme, ...]:
    """Each theme once, at its first mention in the story's own sentences, in order.

    Not every word that brushes by: a theme stands in headline, standfirst or opening, or in two
    sentences, or in one of the inspectors' findings (not enough for a theme marked `passing`,
    whose words are used of much else) or current grades. Names of agencies say nothing: "HM
    Inspectorate of Probation". `proved`: the findings and judgements of the story.
    """
    vocabulary, names, passing = _vocabulary()
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    prose = [s for s in reading.sentences if not s.furniture]
    for sentence in prose:
        told: set[str] = set()
        for hit in vocabulary.all(reading.bare(sentence)):
            if hit.id not in told:
                told.add(hit.id)
                found[hit.id].append((sentence.start + hit.start, sentence.start + hit.end))
    lead = prose[_LEAD - 1].end if len(prose) >= _LEAD else len(reading.low)
    head = _named(f"{reading.story.title or ''} . {reading.story.standfirst or ''}")
    spans = [(p.start, p.end) for p in proved if _counts(p)]
    made = []
    for identity, places in found.items():
        start, end = places[0]
        finding = identity not in passing and any(a <= at < b for at, _ in places for a, b in spans)
        if identity in head or start < lead or len(places) > 1 or finding:
            quote = reading.quote(start, end)
            made.append(Theme(id=identity, name=names[identity], start=start, end=end, quote=quote))
    return tuple(made)


def _counts(proof: Finding | Judgement) -> bool:
    if isinstance(proof, Finding):
        return proof.speaker == "inspectors"
    return proof.status == "current"


def _named(text: str) -> set[str]:
    return {hit.id for hit in _vocabulary()[0].all(fold(text))}
