"""A map of the United Kingdom with points on it: one SVG, no tiles, no scripts.

One unit of the drawing is a kilometre of the National Grid. Shetland and, where points crowd,
London stand in frames in the North Sea. Marks that would cover each other are moved apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import cos, hypot, isfinite, pi, sin

from markupsafe import Markup

from pipeline.grid import national_grid
from pipeline.knowledge import load_csv
from pipeline.publish import drawing
from pipeline.publish.drawing import LEVELS, Level, element, joined

#: the most links of one map, for those who go through them by keyboard
MOST_LINKS = 400
#: a mark's width: 9.9 px where the map is 335 px wide, as on a phone of 375 px
MARK = 20.0

XY = tuple[float, float]
Ring = tuple[XY, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """A window of the drawing: its corners, top left and bottom right, in its units."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether a point is inside, at least `margin` from the border (outside: less than 0)."""
        across = self.left + margin <= x <= self.right - margin
        return across and self.top + margin <= y <= self.bottom - margin

    def rectangle(self, class_: str) -> Markup:
        return element("rect", class_=class_, x=self.left, y=self.top,
                       width=self.right - self.left, height=self.bottom - self.top)  # fmt: skip


#: the drawing: 5 km west of the grid's origin to 670 east, 1,075 km north to 10 south
_WHOLE = Frame(left=0, top=0, right=675, bottom=1085)
_WEST, _NORTH = -5.0, 1075.0
#: Shetland lies north of this km, and is drawn so many km further east and south
_SHETLAND_FROM, _SHETLAND_BY = 1090.0, (118.0, 195.0)
_SHETLAND = Frame(left=532, top=30, right=637, bottom=185)
#: Greater London in the drawing, and where and how much larger it is shown
_LONDON = Frame(left=506, top=872, right=568, bottom=921)
_LONDON_SHOWN, _LONDON_TIMES = Frame(left=487, top=400, right=673, bottom=547), 3.0
#: so many points in London are shown enlarged
_LONDON_FROM = 4
#: least distance of two marks' middles; further from its place than this, a line leads to it
_GAP, _FAR = 20.0, 24.0
#: km off our rough coast that are still taken for land; Man and Ireland lie further off
_OFF_SHORE = 12.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One body on the map. `latitude` and `longitude` in degrees (WGS 84), None where unknown.

    `label` is what is said of it, its name included; `link` where its mark leads.
    """

    name: str
    latitude: float | None
    longitude: float | None
    level: Level
    label: str
    link: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Placed:
    point: Point
    true: XY
    shown: XY


def uk_map(points: Sequence[Point], *, title: str, description: str) -> Markup:
    """A figure: the map with a mark a point, and a sentence on what it leaves out.

    Give the newest points first: of more than `MOST_LINKS`, and of more than there is room for
    about one place, the worst and then the newest have links. The rest are dots, and are counted;
    so are points without a place in the United Kingdom.
    """
    found = [(p, place) for p in points if (place := _place(p.latitude, p.longitude))]
    missing = len(points) - len(found)
    if not found:
        return drawing.nothing(_left_out(missing, 0) or "Nothing to show on a map yet.")
    found.sort(key=lambda f: -_SEVERITY[f[0].level])
    shown, rest = found[:MOST_LINKS], found[MOST_LINKS:]
    enlarged = sum(_LONDON.holds(*place) for _, place in found) >= _LONDON_FROM
    placed, crowded_out = _spread(shown, enlarged)
    rest += crowded_out
    content = _ground(enlarged) + _dots(rest) + _leaders(placed) + _marks(placed)
    svg = drawing.canvas(
        content, size=(_WHOLE.right, _WHOLE.bottom), title=title,
        description=f"{description} {_summary([p for p, _ in found])}".strip(),
        class_="uk-map", links=True,
    )  # fmt: skip
    left_out = _left_out(missing, len(rest))
    caption = element("figcaption", left_out) if left_out else Markup("")
    return element("figure", svg + caption, class_="drawing")


_SEVERITY: dict[Level, int] = {"worst": 4, "lower": 3, "upper": 2, "best": 1, "none": 0}


@lru_cache(maxsize=8192)
def _place(latitude: float | None, longitude: float | None) -> XY | None:
    """Where a point of the United Kingdom lies in the drawing; None elsewhere."""
    if latitude is None or longitude is None or not (isfinite(latitude) and isfinite(longitude)):
        return None
    if not (49.5 < latitude < 61.5 and -9 < longitude < 2.5):
        return None
    east, north = (metres / 1000 for metres in national_grid(latitude, longitude))
    return _drawn(east, north) if _is_land(east, north) else None


def _drawn(east: float, north: float) -> XY:
    """Units of the drawing of km of the National Grid; Shetland in its frame."""
    if north > _SHETLAND_FROM:
        east, north = east + _SHETLAND_BY[0], north - _SHETLAND_BY[1]
    return east - _WEST, _NORTH - north


def _enlarged(x: float, y: float) -> XY:
    """Where a point of London stands in its frame."""
    return (_LONDON_SHOWN.left + (x - _LONDON.left) * _LONDON_TIMES,
            _LONDON_SHOWN.top + (y - _LONDON.top) * _LONDON_TIMES)  # fmt: skip


@cache
def _land() -> tuple[Ring, ...]:
    """The outline in km of the National Grid, largest ring first."""
    rings: dict[str, list[XY]] = defaultdict(list)
    for row in load_csv("land.csv"):
        rings[row["ring"]].append((float(row["east"]), float(row["north"])))
    return tuple(map(tuple, rings.values()))


def _is_land(east: float, north: float) -> bool:
    near = False
    for ring in _land():
        inside = False
        for (x1, y1), (x2, y2) in pairwise((*ring, ring[0])):
            if (y1 > north) != (y2 > north):
                inside ^= east < x1 + (x2 - x1) * (north - y1) / (y2 - y1)
            near = near or _distance(east, north, x1, y1, x2, y2) <= _OFF_SHORE
        if inside:
            return True
    return near


def _distance(x: float, y: float, x1: float, y1: float, x2: float, y2: float) -> float:
    """Of a point from a line between two others."""
    dx, dy = x2 - x1, y2 - y1
    along = ((x - x1) * dx + (y - y1) * dy) / ((dx * dx + dy * dy) or 1)
    along = min(1.0, max(0.0, along))
    return hypot(x - x1 - along * dx, y - y1 - along * dy)


@cache
def _ground(enlarged: bool) -> Markup:
    """Land, the frame of Shetland and, if so asked, London enlarged."""
    outline = "".join(_curve([_drawn(*xy) for xy in ring]) for ring in _land())
    parts = [
        _SHETLAND.rectangle("frame"),
        element("path", class_="land", d=outline),
        _caption("Shetland", _SHETLAND),
    ]
    if enlarged:
        parts += [
            _LONDON.rectangle("frame"),
            _LONDON_SHOWN.rectangle("frame land"),
            _caption("London", _LONDON_SHOWN),
        ]
    return element("g", joined(parts), aria_hidden="true")


def _caption(name: str, frame: Frame) -> Markup:
    return element("text", name, x=frame.left, y=frame.top - 6)


def _curve(ring: Sequence[XY]) -> str:
    """A closed line that is round at its corners: from the middle of each side to the next."""
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise((*ring, ring[0]))]
    bends = zip((*ring[1:], ring[0]), (*middles[1:], middles[0]), strict=True)
    return drawing.path(middles[:1], close=False) + "".join(
        f"Q{x:.0f} {y:.0f} {mx:.0f} {my:.0f}" for (x, y), (mx, my) in bends
    )


def _spread(
    found: Sequence[tuple[Point, XY]], enlarged: bool
) -> tuple[list[_Placed], list[tuple[Point, XY]]]:
    """Each point at its place or at the nearest free one, those given first nearest to theirs.

    They come in the order of the keyboard, north to south; then those that found no free place.
    """
    free = _Free(closed=(_SHETLAND, *((_LONDON, _LONDON_SHOWN) if enlarged else ())))
    placed: list[tuple[XY, _Placed]] = []
    crowded_out = []
    for point, (x, y) in found:
        home, true = _WHOLE, (x, y)
        if enlarged and _LONDON.holds(x, y):
            home, true = _LONDON_SHOWN, _enlarged(x, y)
        elif _SHETLAND.holds(x, y):
            home = _SHETLAND
        spot = free.nearest(*true, home)
        if spot is None:  # a full frame overflows to the open map
            true = (x, y) if home is _LONDON_SHOWN else true
            spot = free.nearest(*true, _WHOLE)
        if spot is None:
            crowded_out.append((point, (x, y)))
        else:
            # bands of 0.1° (11 km) from north to south, west to east in each
            turn = (-round((point.latitude or 0) * 10), point.longitude or 0.0)
            placed.append((turn, _Placed(point=point, true=true, shown=spot)))
    placed.sort(key=lambda p: p[0])
    return [p for _, p in placed], crowded_out


class _Free:
    """The places that are still free. Deterministic: the same points end up in the same places."""

    def __init__(self, closed: Sequence[Frame]) -> None:
        self._closed = closed
        self._taken: dict[tuple[int, int], list[XY]] = defaultdict(list)
        #: where a place was searched before, all nearer ones are taken by now
        self._tried: Counter[tuple[float, float, Frame]] = Counter()

    def nearest(self, x: float, y: float, home: Frame) -> XY | None:
        """The nearest free place within `home`, taken from now on; None if there is none."""
        closed = [f for f in self._closed if f is not home]
        for n, (dx, dy) in enumerate(_OFFSETS[self._tried[x, y, home] :]):
            spot = x + dx, y + dy
            if not home.holds(*spot, MARK * 0.6) or any(f.holds(*spot, -MARK / 2) for f in closed):
                continue
            if self._is_free(*spot):
                self._tried[x, y, home] += n + 1
                self._taken[int(spot[0] // _GAP), int(spot[1] // _GAP)].append(spot)
                return spot
        self._tried[x, y, home] = len(_OFFSETS)
        return None

    def _is_free(self, x: float, y: float) -> bool:
        column, row = int(x // _GAP), int(y // _GAP)
        return not any(
            hypot(x - a, y - b) < _GAP - 0.01
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for a, b in self._taken.get((i, j), ())
        )


def _rings(most: int) -> Iterator[XY]:
    """Offsets from a place, nearest first: rings half a gap apart, six more places each."""
    yield 0.0, 0.0
    for ring in range(1, most + 1):
        for n in range(6 * ring):
            angle = 2 * pi * n / (6 * ring)
            yield ring * _GAP / 2 * cos(angle), ring * _GAP / 2 * sin(angle)


#: no mark stands further than 100 km from its place: the map would no longer be true
_OFFSETS = tuple(_rings(10))


def _marks(placed: Sequence[_Placed]) -> Markup:
    return joined(
        drawing.linked(
            drawing.mark(p.point.level, *p.shown, MARK),
            label=drawing.named(p.point.label, p.point.name), link=p.point.link,
        )
        for p in placed
    )  # fmt: skip


def _leaders(placed: Sequence[_Placed]) -> Markup:
    """Thin lines from a place to the mark that had to stand aside."""
    moved = [p for p in placed if hypot(p.true[0] - p.shown[0], p.true[1] - p.shown[1]) > _FAR]
    if not moved:
        return Markup("")
    lines = "".join(drawing.path((p.true, p.shown), close=False) for p in moved)
    ends = "".join(f"M{p.true[0]:.0f} {p.true[1]:.0f}h0" for p in moved)
    return element("path", class_="leader", d=lines) + element("path", class_="home", d=ends)


def _dots(rest: Sequence[tuple[Point, XY]]) -> Markup:
    """The points beyond those with links, one path a level."""
    places: dict[Level, str] = defaultdict(str)
    for point, (x, y) in rest:
        places[point.level] += f"M{x:.0f} {y:.0f}h0"
    return joined(element("path", class_=f"dots dots-{level}", d=d) for level, d in places.items())


def _summary(points: Sequence[Point]) -> str:
    """How many points of each level, in words."""
    counts = Counter(p.level for p in points)
    each = [f"{meaning}: {counts[level]}" for level, meaning in LEVELS.items() if counts[level]]
    return f"On the map, {'; '.join(each)}."


def _left_out(missing: int, dots: int) -> str:
    parts = []
    if dots:
        parts.append(f"{dots:,} more {'is a small dot' if dots == 1 else 'are small dots'}"
                     " without a link.")  # fmt: skip
    if missing:
        parts.append(f"{missing:,} {'has' if missing == 1 else 'have'} no known place"
                     " in the United Kingdom and cannot be shown.")  # fmt: skip
    return " ".join(parts)
