"""CPU time of tagging a story, whole and by stage, on our own stories. Prints; asserts nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from pipeline import tag
from pipeline.models import Story
from pipeline.tag import agencies, findings, frameworks, grades, judgements, statistics, themes
from pipeline.tag.reading import read

STORIES = Path(__file__).parent.parent / "tag" / "stories"


def stories() -> list[Story]:
    """Our own stories, three joined to one, so that a story is about as long as in a newspaper."""
    records = [
        r for f in sorted(STORIES.glob("*.yaml")) for r in yaml.safe_load(f.read_text("utf-8"))
    ]
    texts = [r["text"] for r in records]
    return [
        Story(
            id=str(i), url=None, title=None, text="\n\n".join(texts[i : i + 3]), published_at=None
        )
        for i in range(0, len(texts) - 2)
    ]


def cpu(work: Callable[[Any], Any], items: list[Any], rounds: int = 3) -> float:
    """The best of `rounds`, in milliseconds an item."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        for item in items:
            work(item)
        best = min(best, time.process_time() - begun)
    return best / len(items) * 1000


def main() -> int:
    items = stories()
    size = sum(len(s.text) for s in items) / len(items)
    whole = cpu(tag.tags, items)
    readings = []
    for story in items:
        mentions = agencies.mentions(story)
        readings.append(read(story, mentions, *agencies.inspectorates_and_bodies(story, mentions)))
    chosen = {id(r): (frameworks.choose(r), grades.marks(r)) for r in readings}
    parts = {
        "agencies": cpu(agencies.mentions, items),
        "reading": cpu(lambda r: read(r.story, r.mentions, r.inspectorates, r.bodies), readings),
        "grades": cpu(grades.marks, readings),
        "judgements": cpu(lambda r: judgements.judgements(r, *chosen[id(r)]), readings),
        "findings": cpu(lambda r: findings.findings(r, chosen[id(r)][1]), readings),
        "statistics": cpu(statistics.statistics, readings),
        "themes": cpu(themes.themes, readings),
    }
    print(f"  {len(items)} stories of {size:.0f} characters")
    print(f"  {'whole':12} {whole:7.2f} ms a story, {size / whole:.0f} characters a millisecond")
    for name, value in parts.items():
        print(f"  {name:12} {value:7.2f} ms {value / whole:6.0%}")
    return 0


if __name__ == "__main__":
    main()
