"""A row of `agencies/listed.csv`, and reading the lists that it is made of."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

#: What each column means stands in README ("Who is who"); lists in a cell are joined by "|" or ";".
COLUMNS = (
    "id", "name", "kind", "code", "identifiers", "nation", "region", "latitude", "longitude",
    "valid_from", "valid_until", "successor", "parent", "source", "area", "names", "bare",
)  # fmt: skip
Row = dict[str, str]


def slug(name: str) -> str:
    """`St. Helens` → `st-helens`."""
    plain = name.lower().replace("'", "").replace("’", "").replace(".", "").replace("&", "and")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def row(**cells: str) -> Row:
    """A row with every column, empty where nothing is said."""
    return {column: cells.get(column, "") for column in COLUMNS}


def join(names: Iterable[str]) -> str:
    """Names in one cell, each once, spaces put right."""
    return "|".join(dict.fromkeys(" ".join(n.split()) for n in names if n.strip()))


def identifiers(**codes: str) -> str:
    """`gss=E06000004|urn=80567`, without those that are unknown."""
    return "|".join(f"{name.replace('_', '-')}={code}" for name, code in codes.items() if code)


def records(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """The records of a list with a header line."""
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f, delimiter=delimiter))
