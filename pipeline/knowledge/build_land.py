"""Makes `land.csv`, the outline of the United Kingdom: `python -m pipeline.knowledge.build_land`.

No coastline is bought in: the outline is drawn round the towns of `agencies/towns.csv`, the areas
of `agencies/listed.csv` and, where few people live, the capes and hamlets of `headlands.csv`,
typed by hand to a hundredth of a degree. The places of a part of the country are swollen until
they meet, and shrunk again: empty hills fill up, most firths stay open. It is true to a few
kilometres: a ground for points, no chart for sailors.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from math import hypot

from pipeline.grid import national_grid
from pipeline.knowledge import folder, load_csv

COLUMNS = ("ring", "east", "north")
Cell = tuple[int, int]
Ring = list[tuple[float, float]]

#: side of a cell, in km
_CELL = 2.0
#: places that are swollen together: nations, degrees south, north, west, east → km; sparse lands
#: need more, narrow firths and sounds bear less
_PARTS = (
    (("England", "Wales"), 49, 56, -7, 2, 8.0),
    (("Northern Ireland",), 54, 56, -9, -5, 15.0),
    (("Scotland",), 54.5, 56.5, -5.3, -1.5, 11.0),  # the south
    (("Scotland",), 55.2, 56.6, -5.85, -4.9, 12.0),  # Argyll and Arran
    (("Scotland",), 56.3, 57.6, -5.9, -2, 24.0),  # from sea to sea
    (("Scotland",), 56.5, 57.9, -4.35, -1.5, 15.0),  # Moray and Aberdeenshire
    (("Scotland",), 57.2, 58.7, -5.95, -3.9, 22.0),  # the north-west
    (("Scotland",), 57.8, 58.7, -4.8, -3, 17.0),  # Sutherland and Caithness
    (("Scotland",), 57.72, 58.6, -7.6, -6.1, 14.0),  # Lewis and Harris
    (("Scotland",), 56.7, 57.75, -7.7, -6.9, 14.0),  # the Uists and Barra
    (("Scotland",), 57, 57.72, -6.85, -5.7, 14.0),  # Skye
    (("Scotland",), 56.2, 56.7, -6.95, -5.68, 11.0),  # Mull, Coll, Tiree
    (("Scotland",), 55.5, 56.2, -6.6, -5.65, 12.0),  # Islay and Jura
    (("Scotland",), 58.75, 59.5, -3.5, -2.2, 11.0),  # Orkney
    (("Scotland",), 59.8, 61, -2, -0.5, 16.0),  # Shetland
)
#: km of land about the outermost places
_COAST = 3.0
#: islands of fewer square km, and straightenings of so many km, are not seen at this scale
_SMALLEST, _STRAIGHT = 30.0, 1.0


def land(cells: set[Cell], reach: float) -> set[Cell]:
    """Cells within `reach` km of others that have none but such cells within `reach` km of them."""
    swollen = _about(cells, reach + _COAST)
    sea = _about(_edge(swollen), reach)
    return swollen - sea


def _about(cells: Iterable[Cell], reach: float) -> set[Cell]:
    n = int(reach / _CELL)
    disc = [(dx, dy) for dx in range(-n, n + 1) for dy in range(-n, n + 1)
            if hypot(dx, dy) * _CELL <= reach]  # fmt: skip
    return {(x + dx, y + dy) for x, y in cells for dx, dy in disc}


def _edge(cells: set[Cell]) -> set[Cell]:
    """The cells just outside."""
    return {(x + dx, y + dy) for x, y in cells for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
            if (x + dx, y + dy) not in cells}  # fmt: skip


def rings(cells: set[Cell]) -> list[Ring]:
    """The outer borders of groups of cells in km, largest first; lakes are land."""
    after: dict[Cell, list[Cell]] = {}
    for x, y in sorted(cells):
        for out, a, b in (((x, y - 1), (x, y), (x + 1, y)),
                          ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
                          ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
                          ((x - 1, y), (x, y + 1), (x, y))):  # fmt: skip
            if out not in cells:
                after.setdefault(a, []).append(b)
    found = []
    while after:
        start = at = min(after)
        ring: Ring = []
        while not ring or at != start:
            ring.append((at[0] * _CELL, at[1] * _CELL))
            followers = after[at]
            following = followers.pop()
            if not followers:
                del after[at]
            at = following
        if area(ring) >= _SMALLEST:
            found.append(ring)
    return sorted(found, key=area, reverse=True)


def area(ring: Ring) -> float:
    """Square km; less than nothing for a hole."""
    return sum(
        a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
    ) / 2  # fmt: skip


def smooth(ring: Ring, times: int = 3) -> Ring:
    """Each corner moved to the mean of itself and the middle of its neighbours."""
    for _ in range(times):
        before, behind = ring[-1:] + ring[:-1], ring[1:] + ring[:1]
        ring = [((a[0] + 2 * b[0] + c[0]) / 4, (a[1] + 2 * b[1] + c[1]) / 4)
                for a, b, c in zip(before, ring, behind, strict=True)]  # fmt: skip
    return ring


def simplified(line: Ring, straight: float = _STRAIGHT) -> Ring:
    """Fewer corners, none of those left out further than `straight` km from the line."""
    (x1, y1), (x2, y2) = line[0], line[-1]
    length = hypot(x2 - x1, y2 - y1)

    def off(point: tuple[float, float]) -> float:
        if not length:
            return hypot(point[0] - x1, point[1] - y1)
        return abs((x2 - x1) * (y1 - point[1]) - (x1 - point[0]) * (y2 - y1)) / length

    far = max(range(1, len(line) - 1), key=lambda n: off(line[n]), default=0)
    if not far or off(line[far]) <= straight:
        return [line[0], line[-1]]
    return simplified(line[: far + 1], straight)[:-1] + simplified(line[far:], straight)


def outline() -> list[Ring]:
    """The rings of the land in km of the National Grid."""
    places = [*load_csv("agencies/towns.csv"), *load_csv("agencies/listed.csv"),
              *load_csv("headlands.csv")]  # fmt: skip
    whole: set[Cell] = set()
    for nations, south, north, west, east, reach in _PARTS:
        here = [(float(p["latitude"]), float(p["longitude"])) for p in places
                if p["nation"] in nations and p["latitude"]]  # fmt: skip
        grid = [national_grid(lat, lon) for lat, lon in here
                if south <= lat <= north and west <= lon <= east]  # fmt: skip
        side = 1000 * _CELL
        whole |= land({(int(e // side), int(n // side)) for e, n in grid}, reach)
    return [simplified([*r, r[0]])[:-1] for r in map(smooth, rings(whole))]


def main() -> int:
    made = outline()
    target = folder() / "land.csv"
    with target.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((n, round(e), round(m)) for n, ring in enumerate(made) for e, m in ring)
    print(f"{sum(map(len, made))} corners written to {target.name}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
