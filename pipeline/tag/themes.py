"""What a story is about: the themes of a small vocabulary, each with the words that name it."""

from __future__ import annotations

from functools import lru_cache

from pipeline.knowledge import folder, load_yaml
from pipeline.models import Theme
from pipeline.tag.cues import Cues
from pipeline.tag.reading import Reading

FILE = "themes.yaml"


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[Cues, dict[str, str]]:
    records = tuple(load_yaml(FILE))
    return Cues(records, path=str(folder() / FILE)), {r["id"]: r["name"] for r in records}


def themes(reading: Reading) -> tuple[Theme, ...]:
    """Each theme once, at its first mention in the story's own sentences, in order."""
    vocabulary, names = _vocabulary()
    found: dict[str, Theme] = {}
    for sentence in reading.sentences:
        if sentence.furniture:
            continue
        for hit in vocabulary.all(sentence.low):
            if hit.id not in found:
                start, end = sentence.start + hit.start, sentence.start + hit.end
                found[hit.id] = Theme(
                    id=hit.id,
                    name=names[hit.id],
                    start=start,
                    end=end,
                    quote=reading.quote(start, end),
                )
    return tuple(found.values())
