"""`python -m pipeline.knowledge.build_agencies LISTS`: writes its two files in `agencies/` anew."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import WatchError
from pipeline.knowledge import folder
from pipeline.knowledge.build_agencies import build, neighbours
from pipeline.knowledge.build_agencies.rows import COLUMNS, Row


def main(argv: list[str]) -> int:
    if len(argv) != 1:
        print("usage: python -m pipeline.knowledge.build_agencies LISTS_FOLDER", file=sys.stderr)
        return 2
    try:
        lists = Path(argv[0])
        rows = build(lists)
        compared = list(neighbours.neighbours(lists, rows))
    except (WatchError, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    _write("listed.csv", COLUMNS, rows)
    _write("neighbours.csv", neighbours.COLUMNS, compared)
    return 0


def _write(name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    target = folder() / "agencies" / name
    with target.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} rows written to {name}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
