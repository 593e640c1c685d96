"""Scores who inspected, who was inspected and where: precision, recall, F1, by id.

Four sets: our own sentences and stories of `tests/tag/agencies/` (each by somebody who had not seen
the rules, then kept as a guard), the labelled stories of `eval/` beside EVAL_DATA, and the first
pages of the real reports there. Labels that are names go through `agencies_crosswalk.csv`.
`--cases` prints what was extra and what was missed. Exit 1 below the floors.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.models import Place, Story
from pipeline.tag import tags
from pipeline.tag.agencies import agency_of, inspectorates_and_bodies, mentions
from pipeline.tag.places import places
from tests.eval import reports
from tests.eval.crosswalk import key_of_label, key_of_tag, plain

OWN = Path(__file__).parents[1] / "tag" / "agencies"
#: Of each set the lowest F1 (of reports and codes: share, number) that passes.
FLOORS = {
    "sentences": {"mentions": 0.995, "inspectorates": 0.99, "inspected": 0.98, "places": 0.96},
    "stories": {"inspectorates": 0.99, "inspected": 0.96, "places": 0.91},
    "shared": {"inspectorates": 0.98, "inspected": 0.97, "places": 0.94},
}


@dataclass
class Score:
    """Counts of one field over a set."""

    hit: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, said: set[str], truth: set[str]) -> str:
        """Counts one story; in words what was wrong with it."""
        self.hit += len(said & truth)
        self.extra += len(said - truth)
        self.missed += len(truth - said)
        wrong = [f"extra {sorted(said - truth)}"] if said - truth else []
        return " ".join([*wrong, *([f"missed {sorted(truth - said)}"] if truth - said else [])])

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.extra or 1)

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed or 1)

    @property
    def f1(self) -> float:
        return 2 * self.hit / (2 * self.hit + self.extra + self.missed or 1)


@dataclass
class Result:
    """A set scored: each field, the wrong codes for right names, what was wrong in each case."""

    fields: dict[str, Score] = field(default_factory=dict)
    codes_right: int = 0
    codes_wrong: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)

    def add(self, case: str, name: str, said: Iterable[str], truth: Iterable[str]) -> None:
        wrong = self.fields.setdefault(name, Score()).add(set(said), set(truth))
        if wrong:
            self.cases.append(f"{case} {name}: {wrong}")

    def code(self, case: str, name: str, said: str | None, truth: str | None) -> None:
        if said == truth:
            self.codes_right += 1
        else:
            self.codes_wrong.append(f"{case}: {name} has {said}, not {truth}")


def story_of(record: dict[str, Any]) -> Story:
    """A story of any of the sets."""
    day = record.get("date", record.get("published_at"))
    return Story(
        id=str(record.get("id", "s")), url=record.get("url"), title=record.get("title"),
        text=record["text"], published_at=str(day) if day else None, region=record.get("region"),
    )  # fmt: skip


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((OWN / name).read_text(encoding="utf-8"))
    return found


def sentences() -> Result:
    """Our sentences: every agency named, by id; the rest where a sentence tells of it."""
    result = Result()
    for name in ("sentences.yaml", "names.yaml"):
        for number, record in enumerate(_read(name)):
            _sentence(result, f"{name} {number + 1}", record)
    return result


def _sentence(result: Result, case: str, record: dict[str, Any]) -> None:
    story = story_of(record)
    found = mentions(story)
    inspectorates, bodies = inspectorates_and_bodies(story, found)
    said = {
        "ids": {m.id for m in found}, "inspectorates": {a.id for a in inspectorates},
        "inspected": {b.id for b in bodies},
    }  # fmt: skip
    for key, ids in said.items():
        if key in record:
            result.add(case, "mentions" if key == "ids" else key, ids, record[key])
    for id_, code in record.get("codes", {}).items():
        if id_ in said["ids"]:
            result.code(case, id_, next(agency_of(m).code for m in found if m.id == id_), code)
    if "places" in record:
        _places(result, case, places(story, found), record["places"])


def _places(
    result: Result, case: str, found: Iterable[Place], truth: dict[str, str | None]
) -> None:
    said = {plain(p.name): p.code for p in found}
    wanted = {plain(name): code for name, code in truth.items()}
    result.add(case, "places", said, wanted)
    for name in said.keys() & wanted.keys():
        result.code(case, name, said[name], wanted[name])


def stories() -> Result:
    """Our stories; bodies count in reports, as in the labelled set."""
    result = Result()
    for record in _read("stories.yaml"):
        story = story_of(record)
        found = mentions(story)
        inspectorates, bodies = inspectorates_and_bodies(story, found)
        said = (a.id for a in inspectorates)
        result.add(story.id, "inspectorates", said, record["inspectorates"])
        if record["is_inspection_report"]:
            result.add(story.id, "inspected", (b.id for b in bodies), record["inspected"])
        _places(result, story.id, tags(story).places, record["places"])
    return result


def shared(folder: Path) -> Result:
    """The labelled stories of a folder with `articles.jsonl` and `labels.jsonl`."""
    result = Result()
    labels = {r["id"]: r for r in _lines(folder / "labels.jsonl")}
    for record in _lines(folder / "articles.jsonl"):
        story, label = story_of(record), labels[record["id"]]
        found = mentions(story)
        inspectorates, bodies = inspectorates_and_bodies(story, found)
        result.add(story.id, "inspectorates", (key_of_tag(a.id, a.name) for a in inspectorates),
                   (key_of_label(n) for n in label["inspectorates"]))  # fmt: skip
        if label["is_inspection_report"]:
            result.add(story.id, "inspected", (key_of_tag(b.id, b.name) for b in bodies),
                       (key_of_label(n) for n in label["inspected_bodies"]))  # fmt: skip
        result.add(story.id, "places", (plain(p.name) for p in tags(story).places),
                   (plain(n) for n in label["places"]))  # fmt: skip
    return result


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def below(name: str, result: Result) -> list[str]:
    """What of a set is under its floor, in words."""
    low = [f"{name} {k}: F1 {result.fields[k].f1:.3f} is under {floor}"
           for k, floor in FLOORS[name].items() if result.fields[k].f1 < floor]  # fmt: skip
    return low + result.codes_wrong


def main() -> int:
    data = Path(os.environ.get("EVAL_DATA", "../shared/data"))
    sets = {"sentences": sentences(), "stories": stories()}
    if (data.parent / "eval" / "labels.jsonl").is_file():
        sets["shared"] = shared(data.parent / "eval")
    else:
        print(f"{data.parent / 'eval'}: not there, skipped")
    failed: list[str] = []
    print("| set | | right | extra | missed | precision | recall | F1 |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for name, result in sets.items():
        for key, s in result.fields.items():
            print(f"| {name} | {key} | {s.hit} | {s.extra} | {s.missed} | {s.precision:.3f} | "
                  f"{s.recall:.3f} | {s.f1:.3f} |")  # fmt: skip
        print(f"| {name} | wrong code for a right name | {len(result.codes_wrong)} of "
              f"{result.codes_right + len(result.codes_wrong)} | | | | | |")  # fmt: skip
        failed += below(name, result)
        if "--cases" in sys.argv:
            print("\n".join(result.cases))
    right, all_, wrong = reports.score(data)
    print(f"real reports with the inspected council's code: {right} of {all_}"
          if all_ else f"{data / 'reports'}: not there, skipped")  # fmt: skip
    for line in failed + wrong:
        print(f"FLOOR: {line}")
    return int(bool(failed or wrong))


if __name__ == "__main__":
    sys.exit(main())
