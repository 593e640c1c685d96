"""Scores who inspected, who was inspected and where, against the labelled stories.

Reads `articles.jsonl` and `labels.jsonl` of `eval/` beside EVAL_DATA. Labels name bodies in words,
current names as the gazetteer has them, so that a name is right when its letters are; bodies count
in labelled reports. `--cases` prints gains and losses. Exit 1 below the floors.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

from pipeline.models import Story
from pipeline.tag.agencies import inspectorates_and_bodies, mentions
from pipeline.tag.places import places

HERE = Path(__file__).parent
FLOORS = {"inspectorates": 0.97, "inspected": 0.95, "places": 0.90}


def norm(name: str) -> str:
    """One spelling of a name: what a label and a tag have in common."""
    plain = name.lower().replace("’", "'").replace("&", "and").replace("'", "")
    plain = re.sub(r"\((.*?)\)", " ", plain)
    plain = re.sub(r"\bhm(yoi|p/yoi|p and yoi)\b", "hmp", plain)
    return re.sub(r"[^a-z0-9]+", " ", plain).strip().removeprefix("the ")


def story_of(article: dict[str, str]) -> Story:
    return Story(
        id=article["id"], url=article["url"], title=article.get("title"), text=article["text"],
        published_at=article.get("published_at"),
    )  # fmt: skip


def main() -> int:
    folder = Path(os.environ.get("EVAL_DATA", "../shared/data")).parent / "eval"
    verbose = "--cases" in sys.argv
    if not folder.is_dir():
        print(f"{folder}: not there, skipped")
        return 0
    articles = [json.loads(line) for line in (folder / "articles.jsonl").open(encoding="utf-8")]
    labels = {r["id"]: r for line in (folder / "labels.jsonl").open(encoding="utf-8")
              if (r := json.loads(line))}  # fmt: skip
    totals = {field: [0, 0, 0] for field in FLOORS}
    for article in articles:
        story, label = story_of(article), labels[article["id"]]
        found = mentions(story)
        inspectorates, bodies = inspectorates_and_bodies(story, found)
        said = {
            "inspectorates": {norm(a.name) for a in inspectorates},
            "inspected": {norm(a.name) for a in bodies} if label["is_inspection_report"] else set(),
            "places": {norm(p.name) for p in places(story, found)},
        }
        truth = {
            "inspectorates": {norm(n) for n in label["inspectorates"]},
            "inspected": {norm(n) for n in label["inspected_bodies"]},
            "places": {norm(n) for n in label["places"]},
        }
        for field, total in totals.items():
            hit = said[field] & truth[field]
            extra, missed = said[field] - truth[field], truth[field] - said[field]
            total[0] += len(hit)
            total[1] += len(extra)
            total[2] += len(missed)
            if verbose and (extra or missed):
                print(f"{article['id']} {field}: extra {sorted(extra)} missed {sorted(missed)}")
    failed = False
    for field, (hit, extra, missed) in totals.items():
        f1 = 2 * hit / (2 * hit + extra + missed or 1)
        failed |= f1 < FLOORS[field]
        print(f"{field:14} right {hit:3}  extra {extra:3}  missed {missed:3}  F1 {f1:.3f}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
