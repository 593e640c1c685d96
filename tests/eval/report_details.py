"""Real reports of inspections: are their days, lead inspector and recommendations read?

Reads `reports/` of EVAL_DATA. The days of children's services reports stand in `ilacs-dev.csv`, by
another project, for those of newer frameworks; of the others it is counted whether any are read. A
JTAI letter names no lead inspector. What a list asks for is counted; a person compares a sample.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from pathlib import Path

from tests.eval.report_grades import Tags, tagged

#: Shares of reports that must not be lost: (kind of report, kind of detail) → floor.
FLOORS = {
    ("ilacs", "inspected_from"): 1.0,
    ("ilacs", "lead_inspector"): 1.0,
    ("ilacs", "recommendation"): 0.99,
    ("area-send", "inspected_from"): 1.0,
    ("area-send", "lead_inspector"): 1.0,
    ("area-send", "previous_inspection"): 0.94,
    ("area-send", "recommendation"): 1.0,
    ("jtai", "inspected_from"): 1.0,
    ("jtai", "recommendation"): 1.0,
}
KINDS = ("inspected_from", "lead_inspector", "previous_inspection", "recommendation")


def first(tags: Tags, kind: str) -> str | None:
    return next((d["value"] for d in tags["details"] if d["kind"] == kind), None)


def iso(day: str) -> str:
    """DD/MM/YYYY as ISO."""
    return "-".join(reversed(day.split("/")))


def wrong_days(reports: Path, made: dict[str, Tags]) -> tuple[int, list[str]]:
    """How many reports have labelled days, and a line for each that is read otherwise."""
    rows = csv.DictReader((reports / "ilacs-dev.csv").open(encoding="utf-8"))
    labelled = [r for r in rows if r["inspection_start"] and r["file"] in made]
    lines = []
    for row in labelled:
        want = (iso(row["inspection_start"]), iso(row["inspection_end"]))
        tags = made[row["file"]]
        got = (first(tags, "inspected_from"), first(tags, "inspected_until"))
        if got != want:
            lines.append(f"{row['file']}: inspected {want}, said {got}")
    return len(labelled), lines


def main() -> int:
    reports = Path(os.environ.get("EVAL_DATA", "../shared/data")) / "reports"
    if not (reports / "ilacs-dev.csv").is_file():
        print(f"{reports}: not there, skipped")
        return 0
    print("| reports | n | " + " | ".join(KINDS) + " | recommendations each |")
    print("|---" * (len(KINDS) + 3) + "|")
    wrong: list[str] = []
    right = ""
    for kind in ("ilacs", "area-send", "jtai"):
        made = tagged(sorted((reports / kind).glob("*.pdf")))
        found = Counter(k for t in made.values() for k in KINDS if first(t, k))
        asked = sum(d["kind"] == "recommendation" for t in made.values() for d in t["details"])
        n = max(1, len(made))
        cells = " | ".join(str(found[k]) for k in KINDS)
        print(f"| {kind} | {len(made)} | {cells} | {asked / n:.1f} |")
        wrong += [f"{kind}: {k} in {found[k]} of {n}" for k in KINDS
                  if found[k] / n < FLOORS.get((kind, k), 0)]  # fmt: skip
        if kind == "ilacs":
            labelled, lines = wrong_days(reports, made)
            right = f"{labelled - len(lines)} of {labelled}"
            wrong += lines
    print(f"\ndays as labelled in children's services reports: {right}")
    for line in wrong:
        print(f"WRONG: {line}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
