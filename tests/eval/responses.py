"""Scores who answers for an inspected body: micro F1 of names, and of names with their stance.

Our own short stories (`tests/tag/responses.yaml`) always; RESPONSES_DATA may name a folder with
`articles.jsonl` and `labels.jsonl` of another set, whose labels have `responses` ({name, stance}).
`--cases` prints every gain and loss.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from pipeline import tag
from pipeline.models import Story
from tests.eval.tagging import Score

OWN = Path(__file__).parent.parent / "tag" / "responses.yaml"
#: What is reached must not be lost.
FLOOR = 0.98

Case = tuple[Story, list[tuple[str | None, str | None]]]


def own() -> Iterator[Case]:
    for record in yaml.safe_load(OWN.read_text("utf-8")):
        story = Story(id=record["id"], url=None, title=None, text=record["text"],
                      published_at="2024-07-10")  # fmt: skip
        yield story, [(name, stance) for name, _, stance in record["expect"]]


def others(folder: Path) -> Iterator[Case]:
    """The stories of another set that its labels call reports."""
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    labels: dict[str, Any] = {label["id"]: label for label in map(json.loads, lines)}
    for article in map(json.loads, (folder / "articles.jsonl").read_text("utf-8").splitlines()):
        label = labels[article["id"]]
        if label["is_inspection_report"]:
            known = {key: article.get(key) for key in ("url", "title", "published_at")}
            story = Story(id=article["id"], text=article["text"], **known)
            yield story, [(r["name"], r["stance"]) for r in label["responses"]]


def score(cases: Iterable[Case]) -> dict[str, Score]:
    scores = {"names": Score(), "stances": Score()}
    for story, wanted in cases:
        got = [(r.name, r.stance) for r in tag.tags(story).responses]
        scores["stances"].add(story.id, Counter(got), Counter(wanted))
        scores["names"].add(story.id, Counter(n for n, _ in got), Counter(n for n, _ in wanted))
    return scores


def report(name: str, scores: dict[str, Score], floor: float | None, *, cases: bool) -> bool:
    """Prints a line a measure; whether the floor holds."""
    held = True
    for measure, one in scores.items():
        broken = floor is not None and one.f1 < floor
        held = held and not broken
        note = "" if floor is None else f"  floor {floor:.2f}{'  BROKEN' if broken else ''}"
        print(f"  {name:10} {measure:8} {one.f1:6.3f}  (+{one.extra} -{one.missed}){note}")
        if cases:
            print("".join(f"      {case}\n" for case in one.cases), end="")
    return held


def main() -> int:
    cases = "--cases" in sys.argv
    held = report("own", score(own()), FLOOR, cases=cases)
    for folder in filter(None, os.environ.get("RESPONSES_DATA", "").split(os.pathsep)):
        report(Path(folder).name, score(others(Path(folder))), None, cases=cases)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
