"""The map: true places, nothing hidden, nothing believed that a story says."""

from __future__ import annotations

from itertools import combinations
from math import dist
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.knowledge import folder, load_csv
from pipeline.knowledge.build_land import outline
from pipeline.publish import maps
from pipeline.publish.drawing import LEVELS, Level, legend
from pipeline.publish.maps import MARK, MOST_LINKS, Point, uk_map
from tests.publish.drawn import HOSTILE, links, middle, outside, parsed

STOCKTON, LEEDS, CAMDEN = (54.5561, -1.3137), (53.8227, -1.5074), (51.5429, -0.1573)
PLACES = {  # council's area: degrees north and east, from agencies/listed.csv
    "Shetland": (60.3949, -1.2540), "Orkney": (59.0292, -3.0360), "Scilly": (49.9369, -6.3172),
    "Eilean Siar": (57.9076, -6.8747), "Fermanagh": (54.4513, -7.6017), "Stockton": STOCKTON,
}  # fmt: skip


def point(
    name: str = "Thornmere Council", at: tuple[float | None, float | None] = STOCKTON,
    level: Level = "upper", link: str = "/-/agency/x",
) -> Point:  # fmt: skip
    return Point(name=name, latitude=at[0], longitude=at[1], level=level,
                 label=f"{name}: good, 3 Nov 2026", link=link)  # fmt: skip


def drawn(*points: Point) -> ET.Element:
    return parsed(uk_map(points, title="Outcomes", description="A mark a council."))


def marks(tree: ET.Element) -> list[ET.Element]:
    return [e for e in tree.iter() if (e.get("class") or "").startswith("mark ")]


def test_a_point_is_a_link_with_a_name() -> None:
    tree = drawn(point())
    assert links(tree) == [("Thornmere Council: good, 3 Nov 2026", "/-/agency/x")]
    svg = next(tree.iter("svg"))
    assert svg.findtext("title") == "Outcomes"
    assert "better half, not the best: 1" in (svg.findtext("desc") or "")


def test_places_lie_where_they_lie() -> None:
    at = {name: middle(marks(drawn(point(at=xy)))[0]) for name, xy in PLACES.items()}
    assert at["Stockton"] == pytest.approx((449, 561), abs=10)  # NZ 44 18, km east; down from 1,075
    assert at["Fermanagh"][0] < at["Scilly"][0] < at["Eilean Siar"][0] < at["Orkney"][0]
    assert at["Orkney"][1] < at["Eilean Siar"][1] < at["Stockton"][1] < at["Scilly"][1]
    assert maps._SHETLAND.holds(*at["Shetland"])


def test_nothing_to_show_is_a_sentence() -> None:
    assert "".join(drawn().itertext()) == "Nothing to show on a map yet."
    tree = drawn(point(at=(None, None)))
    assert not list(tree.iter("svg"))
    assert "1 has no known place" in "".join(tree.itertext())


@pytest.mark.parametrize(
    ("place", "at"),
    [("Dublin", (53.35, -6.26)), ("Man", (54.15, -4.48)), ("Calais", (50.95, 1.86)),
     ("St Helier, Jersey", (49.18, -2.10)), ("the North Sea", (56.5, 1.0)), ("Null Island", (0, 0)),
     ("nowhere", (float("nan"), float("inf")))],
)  # fmt: skip
def test_places_elsewhere_are_counted_and_not_drawn(place: str, at: tuple[float, float]) -> None:
    tree = drawn(point(), point(place, at))
    assert len(links(tree)) == 1, place
    assert tree.findtext(".//figcaption", "").startswith("1 has no known place")


def test_every_area_we_know_is_on_land() -> None:
    known = [r for r in load_csv("agencies/listed.csv") if r["latitude"]]
    lost = [r["id"] for r in known if not maps._place(float(r["latitude"]), float(r["longitude"]))]
    assert not lost


def test_points_of_one_place_are_spread_and_all_reachable() -> None:
    tree = drawn(*(point(f"Body {n}") for n in range(40)))
    assert len(links(tree)) == 40
    middles = [middle(m) for m in marks(tree)]
    assert min(dist(a, b) for a, b in combinations(middles, 2)) >= MARK * 0.9
    assert tree.find(".//path[@class='leader']") is not None


def test_london_is_enlarged_where_its_points_crowd() -> None:
    boroughs = [point(f"Borough {n}", (CAMDEN[0] + n / 50, CAMDEN[1])) for n in range(4)]
    few, many = drawn(*boroughs[:3]), drawn(*boroughs)
    assert not any(maps._LONDON_SHOWN.holds(*middle(m)) for m in marks(few))
    assert all(maps._LONDON_SHOWN.holds(*middle(m)) for m in marks(many))
    assert "London" in [t.text for t in many.iter("text")]


def test_the_keyboard_goes_from_north_to_south() -> None:
    tree = drawn(*(point(n, PLACES[n]) for n in ("Scilly", "Stockton", "Shetland", "Orkney")))
    said = [name.split(":")[0] for name, _ in links(tree)]
    assert said == ["Shetland", "Orkney", "Stockton", "Scilly"]


def test_there_are_only_so_many_links() -> None:
    known = [r for r in load_csv("agencies/listed.csv") if r["latitude"]]
    tree = drawn(*(point(at=(float(r["latitude"]), float(r["longitude"]))) for r in known))
    assert 300 < len(links(tree)) <= MOST_LINKS
    rest = len(known) - len(links(tree))
    assert f"{rest:,} more are small dots" in tree.findtext(".//figcaption", "")
    assert f"better half, not the best: {len(known)}" in (tree.findtext(".//desc") or "")


def test_of_too_many_the_worst_and_newest_have_links() -> None:
    levels: list[Level] = ["best", "worst"]
    tree = drawn(*(point(f"{n}", level=levels[n % 2]) for n in range(800)))
    said = {int(name.split(":")[0]) for name, _ in links(tree)}
    assert said == set(range(1, 2 * len(said), 2))


def test_more_than_fit_about_one_place_become_dots() -> None:
    tree = drawn(*(point(f"Body {n}", PLACES["Shetland"]) for n in range(300)))
    shown = len(links(tree))
    assert 40 < shown < 300
    assert f"{300 - shown} more are small dots" in tree.findtext(".//figcaption", "")
    assert not outside(tree)


@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_never_markup(text: str) -> None:
    tree = drawn(point(text, link=text))
    parsed(uk_map([point()], title=text, description=text))
    assert not list(tree.iter("script"))
    assert not list(tree.iter("img"))


@pytest.mark.parametrize("link", ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "",
                                  "java\nscript:alert(1)", "http://[x"])  # fmt: skip
def test_a_link_that_leads_to_no_page_is_no_link(link: str) -> None:
    tree = drawn(point(link=link))
    assert not links(tree)
    assert len(marks(tree)) == 1


POINTS = st.lists(
    st.builds(
        Point,
        name=st.text(max_size=20),
        latitude=st.none() | st.floats(49, 61.5) | st.floats(),
        longitude=st.none() | st.floats(-9, 2.5) | st.floats(),
        level=st.sampled_from(list(LEVELS)),
        label=st.text(max_size=40) | st.sampled_from(HOSTILE),
        link=st.text(max_size=20) | st.sampled_from(["/a", *HOSTILE]),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(POINTS)
def test_whatever_comes_each_point_is_drawn_or_counted(points: list[Point]) -> None:
    markup = uk_map(points, title="Outcomes", description="")
    tree = parsed(markup)
    assert not outside(tree)
    placed = [p for p in points if maps._place(p.latitude, p.longitude)]
    assert len(marks(tree)) == len(placed)
    if missing := len(points) - len(placed):
        assert f"{missing} ha" in "".join(tree.itertext())
    assert uk_map(points, title="Outcomes", description="") == markup


def test_each_level_has_a_shape_of_its_own() -> None:
    shapes = {}
    for level in LEVELS:
        mark = marks(drawn(point(level=level)))[0]
        shapes[level] = (mark.tag, mark.get("r"), mark.get("d", "").count("L"))
    assert len(set(shapes.values())) >= 4
    assert shapes["upper"] != shapes["worst"]


def test_the_legend_says_what_is_there_best_first() -> None:
    items = parsed(legend({"worst", "best"})).findall(".//li")
    assert ["".join(i.itertext()) for i in items] == [
        "best grade of its scale", "worst grade of its scale"
    ]  # fmt: skip
    assert legend(()) == ""


def test_the_outline_is_that_of_its_towns() -> None:
    stored = [[(round(float(x)), round(float(y))) for x, y in ring] for ring in maps._land()]
    assert stored == [[(round(x), round(y)) for x, y in ring] for ring in outline()]
    assert (folder() / "land.csv").stat().st_size < 15_000
