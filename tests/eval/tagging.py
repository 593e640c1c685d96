"""Scores what the tagger says of outcomes: our own stories always, `../shared/eval` where it is.

report: accuracy. judgements: micro F1 of (body, grade, status), and with the aspect. stated: how
many of the grades whose confidence is "stated" are right. presence:
whether strengths, weaknesses are there, by inspectors or by a current grade. actions: micro F1 of
kinds on report stories. statistics: micro F1 of value and denominator on report stories. Labels are
read through `crosswalk.yaml`. Every gain and loss is printed,
save with `--brief`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline import tag
from pipeline.models import Story, Tags
from pipeline.tag.numbers import digits, in_words

HERE = Path(__file__).parent
OWN = HERE.parent / "tag" / "stories"
#: Stories of our own whose author had not seen the rules.
BLIND = HERE / "own_outcomes.yaml"
#: Real pages restated by readers who did not know the rules, with every name changed.
RESTATED = HERE / "restated"
#: Of these, the files that nobody may mend the rules by: only their totals are printed.
HELD = ("mixed-held", "places-held")
#: What is reached must not be lost. (set, measure) → floor.
FLOORS = {
    ("own", "report"): 0.99,
    ("own", "judgements"): 0.99,
    ("own", "actions"): 0.99,
    ("own", "statistics"): 0.99,
    ("blind", "report"): 0.99,
    ("blind", "judgements"): 0.98,
    ("blind", "actions"): 0.93,
    ("blind", "statistics"): 0.99,
    ("told", "report"): 0.94,
    ("told", "judgements"): 0.74,
    ("told", "with aspect"): 0.70,
    ("told", "stated"): 0.87,
    ("told", "presence"): 0.90,
    ("told", "actions"): 0.81,
    ("told", "statistics"): 0.77,
    ("held", "report"): 0.87,
    ("held", "judgements"): 0.51,
    ("held", "with aspect"): 0.35,
    ("held", "stated"): 0.80,
    ("held", "presence"): 0.83,
    ("held", "actions"): 0.63,
    ("held", "statistics"): 0.56,
    ("shared", "report"): 0.99,
    ("shared", "judgements"): 0.97,
    ("shared", "with aspect"): 0.97,
    ("shared", "stated"): 0.99,
    ("shared", "presence"): 0.97,
    ("shared", "actions"): 0.96,
    ("shared", "statistics"): 0.99,
}


#: Measures told as a share of right answers; the others are F1.
SHARES = ("report", "presence", "stated")
MEASURES = (
    "report", "judgements", "with aspect", "stated", "presence", "actions", "statistics",
)  # fmt: skip

#: A story as it is read from a file, and what a reader took from it.
Labelled = tuple[dict[str, Any], dict[str, Any]]


@dataclass
class Score:
    """True and false positives, false negatives of one measure, with the cases behind them."""

    hits: int = 0
    extra: int = 0
    missed: int = 0
    cases: list[str] = field(default_factory=list)

    def add(self, identity: str, got: Counter[Any], wanted: Counter[Any]) -> None:
        both = got & wanted
        self.hits += both.total()
        self.extra += (got - both).total()
        self.missed += (wanted - both).total()
        self.cases += [f"{identity}: + {item}" for item in (got - both)]
        self.cases += [f"{identity}: - {item}" for item in (wanted - both)]

    def yes(self, identity: str, got: bool, wanted: bool) -> None:
        self.hits += got == wanted
        if got != wanted:
            self.missed += 1
            self.cases.append(f"{identity}: said {got}, is {wanted}")

    @property
    def accuracy(self) -> float:
        return self.hits / max(1, self.hits + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, 2 * self.hits + self.extra + self.missed)


def crosswalk() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((HERE / "crosswalk.yaml").read_text("utf-8"))
    return loaded


def mapped(rules: list[list[Any]], phrase: str) -> tuple[bool, str | None]:
    """Whether a rule covers the phrase, and what it is then."""
    for pattern, value in rules:
        if re.search(pattern, phrase.lower()):
            return True, value
    return False, None


_COMMON = frozenset(
    re.findall(
        r"\w+",
        "the of and council county city borough metropolitan district london nhs foundation trust "
        "hmp hmyoi rc service royal unitary police constabulary",
    )
)


def plain(name: str | None) -> frozenset[str]:
    """The words of a body's name that tell it from others."""
    words = set(re.findall(r"[a-z0-9]+", (name or "").lower().replace("'", "").replace("’", "")))
    return frozenset(words - _COMMON or words)


def presence(tags: Tags) -> tuple[bool, bool]:
    said = {f.polarity for f in tags.findings if f.speaker == "inspectors"}
    for j in tags.judgements:
        if j.status == "current" and j.rank and j.scale:
            said.add(
                "strength" if j.rank <= (j.scale + 1) // 2 and j.grade not in _LOW else "weakness"
            )
    return "strength" in said, "weakness" in said


_LOW = {"requires improvement", "adequate", "satisfactory", "inconsistent experiences and outcomes"}


def body_of(tags: Tags, identity: str | None, labels: list[frozenset[str]]) -> frozenset[str]:
    """The label's name of our body: the one whose telling words agree."""
    names = {a.id: a.name for a in tags.bodies} | {m.id: m.name for m in tags.mentions}
    return same_body(plain(names.get(identity or "", identity)), labels)


def same_body(own: frozenset[str], labels: list[frozenset[str]]) -> frozenset[str]:
    """Of the labels' names that whose telling words agree with `own`; `own` where none does."""
    return next((n for n in labels if n == own), None) or next(
        (n for n in labels if n and own and (n <= own or own <= n)), own
    )


def number(value: str | None) -> str | None:
    """As our tagger writes it: digits alone, a per cent sign kept."""
    if value is None:
        return None
    found = re.search(r"\d[\d,.]*", value)
    if not found:
        return in_words(value)  # "over half" is "more than half"
    return digits(found[0].rstrip(".,")) + ("%" if "%" in value else "")


def whole(of: str | None) -> str | None:
    """The denominator of a label; "prisoners surveyed" names none."""
    return number(of) if of and re.search(r"\d", of) else None


def restated_files() -> dict[str, list[Path]]:
    """The files the rules were mended by, and those held back."""
    files = sorted(RESTATED.glob("*.jsonl"))
    return {
        "told": [f for f in files if f.stem not in HELD],
        "held": [f for f in files if f.stem in HELD],
    }


def shared_folder() -> Path:
    return Path(os.environ.get("EVAL_DATA", "../shared/data")).parent / "eval"


def shared(folder: Path) -> Iterable[Labelled]:
    """The stories of a folder with articles.jsonl and labels.jsonl, each with its label."""
    labels = {d["id"]: d for d in map(json.loads, (folder / "labels.jsonl").open(encoding="utf-8"))}
    for article in map(json.loads, (folder / "articles.jsonl").open(encoding="utf-8")):
        yield article, labels[article["id"]]


def records(file: Path) -> list[dict[str, Any]]:
    """The stories of a file of `restated/`: a line each, with its label beside it."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def restated(files: Iterable[Path]) -> Iterable[Labelled]:
    return ((record, record["label"]) for file in files for record in records(file))


def score_labelled(stories: Iterable[Labelled]) -> dict[str, Score]:
    scores = {k: Score() for k in MEASURES}
    rules, unknown = crosswalk(), []
    for article, label in stories:
        identity = article["id"]
        story = Story(id=identity, url=article.get("url"), title=article.get("title"),
                      text=article["text"], published_at=article.get("published_at"))  # fmt: skip
        tags = tag.tags(story)
        scores["report"].yes(identity, tags.is_report, label["is_inspection_report"])
        _judgements(scores, identity, tags, label, rules)
        got = presence(tags)
        scores["presence"].yes(identity + " strengths", got[0], label["has_strengths"])
        scores["presence"].yes(identity + " weaknesses", got[1], label["has_weaknesses"])
        if label["is_inspection_report"]:
            unknown += _actions(scores["actions"], identity, tags, label, rules)
            _statistics(scores["statistics"], identity, tags, label, rules)
    scores["actions"].cases += [f"unscored, no kind for it: {phrase}" for phrase in unknown]
    return scores


def _judgements(
    scores: dict[str, Score],
    identity: str,
    tags: Tags,
    label: dict[str, Any],
    rules: dict[str, Any],
) -> None:
    names = [plain(j["body"]) for j in label["judgements"]]
    got, wanted = Counter[Any](), Counter[Any]()
    got_aspect, wanted_aspect = Counter[Any](), Counter[Any]()
    stated = set()
    for j in tags.judgements:
        body = " ".join(sorted(body_of(tags, j.body, names)))
        grade = grade_of(j.grade, rules)
        got[(body, grade, j.status)] += 1
        if j.confidence == "stated":
            stated.add((body, grade, j.status))
        got_aspect[(body, aspect_of(j.aspect, rules), grade, j.status)] += 1
    for j in label["judgements"]:
        body = " ".join(sorted(plain(j["body"])))
        wanted[(body, grade_of(j["grade"], rules), j["status"])] += 1
        wanted_aspect[
            (body, aspect_of(j["aspect"], rules), grade_of(j["grade"], rules), j["status"])
        ] += 1
    for told in sorted(stated):
        scores["stated"].yes(f"{identity} {told}", told in wanted, True)
    scores["judgements"].add(identity, got, wanted)
    scores["with aspect"].add(identity, got_aspect, wanted_aspect)


def grade_of(grade: str, rules: dict[str, Any]) -> str:
    """The grade without what some reports add to it: "adequate and needs improvement"."""
    named: dict[str, str] = rules["grades"]
    return named.get(grade) or re.sub(r" (?:to be good|and needs .*)$", "", grade.lower())


_COUNTED = r"\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|some|several|most|many"


def aspect_of(aspect: str, rules: dict[str, Any]) -> str:
    covered, value = mapped(rules["aspects"], aspect)
    if covered and value:
        return value
    plain = aspect.lower().replace(" other ", " ")
    return re.sub(
        rf"^({_COUNTED})(?: of \w+)? (?:inspection |key |headline |sub-)?"
        r"(?:areas|categories|criteria|"
        r"themes|measures|fields|standards|tests|questions)$",
        r"\1 areas",
        plain,
    )


def _actions(
    score: Score, identity: str, tags: Tags, label: dict[str, Any], rules: dict[str, Any]
) -> list[str]:
    wanted, unknown = set(), []
    for phrase in label["required_actions"]:
        covered, kind = mapped(rules["actions"], phrase)
        if covered and kind:
            wanted.add(kind)
        elif not covered:
            unknown.append(f"{identity}: {phrase}")
    score.add(identity, Counter({a.kind for a in tags.actions}), Counter(wanted))
    return unknown


def _statistics(
    score: Score, identity: str, tags: Tags, label: dict[str, Any], rules: dict[str, Any]
) -> None:
    background = re.compile("|".join(rules["unscored-statistics"]))
    wanted = Counter(
        (number(s["value"]), whole(s["of"]))
        for s in label["statistics"]
        if not background.search(f"{s['what']} {s.get('note') or s.get('notes') or ''}".lower())
    )
    left_out = {
        number(s["value"]) for s in label["statistics"] if background.search(str(s).lower())
    }
    got = Counter((s.value, s.of) for s in tags.statistics if s.value not in left_out)
    score.add(identity, got, wanted)


def score_own(files: Iterable[Path]) -> dict[str, Score]:
    """Our own stories: aspect, grade and status of each judgement; kind and status of actions."""
    scores = {k: Score() for k in ("report", "judgements", "actions", "statistics")}
    for file in files:
        for record in yaml.safe_load(file.read_text("utf-8")):
            expect = record["expect"]
            tags = tag.tags(
                Story(id=record["id"], url=record.get("url"), title=record.get("title"),
                      text=record["text"], published_at=record.get("published_at"))
            )  # fmt: skip
            scores["report"].yes(record["id"], tags.is_report, expect["report"])
            if "judgements" in expect:
                got = Counter((j.aspect, j.grade, j.status) for j in tags.judgements)
                wanted = Counter((j[1], j[2], j[3]) for j in expect["judgements"])
                scores["judgements"].add(record["id"], got, wanted)
            if "actions" in expect:
                kinds = Counter((a.kind, a.status) for a in tags.actions)
                scores["actions"].add(record["id"], kinds, Counter(map(tuple, expect["actions"])))
            if "statistics" in expect:
                figures = Counter((s.value, s.of) for s in tags.statistics)
                scores["statistics"].add(
                    record["id"], figures, Counter(map(tuple, expect["statistics"]))
                )
    return scores


def report(name: str, scores: dict[str, Score], *, cases: bool) -> bool:
    """Prints a table; whether every floor holds."""
    held = True
    for measure, score in scores.items():
        value = score.accuracy if measure in SHARES else score.f1
        floor = FLOORS.get((name, measure))
        broken = floor is not None and value < floor
        held = held and not broken
        note = "" if floor is None else f"  floor {floor:.2f}{'  BROKEN' if broken else ''}"
        print(f"  {name:7} {measure:12} {value:6.3f}  (+{score.extra} -{score.missed}){note}")
        if cases:
            for case in score.cases:
                print(f"      {case}")
    return held


def main() -> int:
    cases = "--brief" not in sys.argv
    held = report("own", score_own(sorted(OWN.glob("*.yaml"))), cases=cases)
    held = report("blind", score_own([BLIND]), cases=cases) and held
    for name, files in restated_files().items():
        shown = cases and name != "held"
        held = report(name, score_labelled(restated(files)), cases=shown) and held
    folder = shared_folder()
    if (folder / "labels.jsonl").exists():
        held = report("shared", score_labelled(shared(folder)), cases=cases) and held
    else:
        print(f"  skipped: {folder} is not there")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
