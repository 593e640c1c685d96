"""`python -m pipeline.knowledge.build_agencies LISTS`: writes `agencies/listed.csv` anew."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from pipeline.errors import WatchError
from pipeline.knowledge import folder
from pipeline.knowledge.build_agencies import build
from pipeline.knowledge.build_agencies.rows import COLUMNS


def main(argv: list[str]) -> int:
    if len(argv) != 1:
        print("usage: python -m pipeline.knowledge.build_agencies LISTS_FOLDER", file=sys.stderr)
        return 2
    try:
        rows = build(Path(argv[0]))
    except (WatchError, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    target = folder() / "agencies" / "listed.csv"
    with target.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} agencies written to {target.name}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
