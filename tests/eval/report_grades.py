"""Real reports of inspections, cleaned and tagged as a page is: is every grade read, none invented?

Reads `reports/` of EVAL_DATA. The grades of children's services reports stand in `ilacs-dev.csv`,
by another project; where it could read none (older frameworks), what is read here is printed to be
compared by a person. An Area SEND report gives one of three outcomes, a JTAI letter no grade.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from pipeline.clean.files import clean_files
from pipeline.tag.files import tag_files

#: Columns of ilacs-dev.csv and the aspects that they are.
ASPECTS = {
    "overall_effectiveness": ("overall",),
    "impact_of_leaders": ("impact of leaders",),
    "help_and_protection": ("help and protection",),
    "in_care": ("children in care", "children in care and care leavers"),
    "care_leavers": ("care leavers",),
}
NONE = ("inspection_pre_dates_judgement", "not_reported_post_reform")
UNREADABLE = "data_unreadable"

Tags = dict[str, Any]


def tagged(files: list[Path]) -> dict[str, Tags]:
    """What `clean` and then `tag` print of each file, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "reports.jsonl"
        with lines.open("w", encoding="utf-8") as out:
            for path, record in zip(files, clean_files([str(f) for f in files]), strict=True):
                out.write(json.dumps({**record, "id": path.name}) + "\n")
        return {str(record["id"]): record for record in tag_files([str(lines)])}


def current(tags: Tags) -> dict[str, set[str]]:
    """Aspect → the grades now given for it."""
    grades = defaultdict(set)
    for j in tags["judgements"]:
        if j["status"] == "current":
            grades[j["aspect"]].add(j["grade"])
    return grades


def compare(row: dict[str, str], tags: Tags) -> tuple[int, list[str]]:
    """How many of a report's five cells are right, and a line for each that is not."""
    said, right, wrong = current(tags), 0, []
    for column, names in ASPECTS.items():
        want = set() if row[column] in (*NONE, UNREADABLE) else {row[column]}
        got = next((said[n] for n in names if said.get(n)), set())
        right += got == want
        if got != want:
            wrong.append(f"{row['file']}: {column} is {sorted(want)}, said {sorted(got)}")
    known = {n for names in ASPECTS.values() for n in names}
    wrong += [f"{row['file']}: {a} {sorted(g)} is invented" for a, g in said.items()
              if a not in known]  # fmt: skip
    return right, wrong


def _graded(folder: Path, wrong: list[str]) -> tuple[int, int]:
    rows = list(csv.DictReader((folder.parent / "ilacs-dev.csv").open(encoding="utf-8")))
    there = [r for r in rows if (folder / r["file"]).is_file()]
    made = tagged([folder / r["file"] for r in there])
    right, all_ = 0, 0
    for row in there:
        if row["overall_effectiveness"]:
            n, lines = compare(row, made[row["file"]])
            right, all_ = right + n, all_ + len(ASPECTS)
            wrong += lines
    older = [r["file"] for r in there if not r["overall_effectiveness"]]
    print("\n| report of an older framework | grades read |\n|---|---|")
    for name in older:
        said = current(made[name])
        cells = [f"{a}: {', '.join(sorted(g))}" for a, g in said.items()]
        print(f"| {name} | {'; '.join(cells)} |")
        if len(said) < 3 or any(len(g) != 1 for g in said.values()):
            wrong.append(f"{name}: {dict(said)}")
    return right, all_


def main() -> int:
    reports = Path(os.environ.get("EVAL_DATA", "../shared/data")) / "reports"
    if not (reports / "ilacs-dev.csv").is_file():
        print(f"{reports}: not there, skipped")
        return 0
    wrong: list[str] = []
    right, cells = _graded(reports / "ilacs", wrong)
    print(f"\nchildren's services reports: {right} of {cells} grades right")
    send = tagged(sorted((reports / "area-send").glob("*.pdf")))
    outcomes = Counter(len({g for v in current(t).values() for g in v}) for t in send.values())
    print(f"Area SEND reports with one outcome of three: {outcomes[1]} of {len(send)}")
    jtai = tagged(sorted((reports / "jtai").glob("*.pdf")))
    ungraded = sum(t["is_report"] and not current(t) for t in jtai.values())
    print(f"joint targeted area letters, reports without a grade: {ungraded} of {len(jtai)}")
    if outcomes[1] < len(send) or ungraded < len(jtai):
        wrong.append("an outcome or a letter: see above")
    for line in wrong:
        print(f"WRONG: {line}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
