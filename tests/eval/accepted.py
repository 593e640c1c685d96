"""What cleaning has been accepted with: a score for each page, and floors for each set.

Both are files beside this one and change only by `python -m tests.eval.cleaning --accept`; a floor
is then raised to the figure reached, and lowered only where `--lower` is said as well.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
PAGES = HERE / "cleaning_accepted.csv"
FLOORS = HERE / "cleaning_floors.json"
#: figures that must not rise; all others must not fall
MOST = ("unwanted",)


def pages(of: str, path: Path = PAGES) -> dict[str, float]:
    """page → F1, as last accepted; {} where nothing was."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["page"]: float(row["f1"]) for row in csv.DictReader(file) if row["set"] == of}


def accept_pages(of: str, scores: Mapping[str, float], path: Path = PAGES) -> None:
    """Replaces what was accepted of one set."""
    rows = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["set"] != of]
    rows += [{"set": of, "page": page, "f1": f"{f1:.4f}"} for page, f1 in scores.items()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["set", "page", "f1"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["set"], row["page"])))


def floors(of: str, path: Path = FLOORS) -> dict[str, float]:
    found: dict[str, float] = json.loads(path.read_text(encoding="utf-8")).get(of, {})
    return found


def broken(of: str, figures: Mapping[str, float], path: Path = FLOORS) -> list[str]:
    """A sentence for each figure on the wrong side of its floor."""
    return [
        f"{of}: {name} {figures[name]:.4f} is {'above' if name in MOST else 'below'} {bound}"
        for name, bound in floors(of, path).items()
        if (figures[name] > bound if name in MOST else figures[name] < bound)
    ]


def accept_floors(
    of: str, figures: Mapping[str, float], *, lower: bool, path: Path = FLOORS
) -> None:
    """Sets the floors of a set to three places of its figures, on their safe side."""
    every: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))
    for name, bound in every[of].items():
        most = name in MOST
        reached = (math.ceil if most else math.floor)(figures[name] * 1000) / 1000
        better = reached < bound if most else reached > bound
        every[of][name] = reached if better or lower else bound
    path.write_text(json.dumps(every, indent=1) + "\n", encoding="utf-8")
