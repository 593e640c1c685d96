"""Charts: the numbers are those given, each is named, the picture stays in its frame."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.publish import charts
from pipeline.publish.charts import bars, stacked_months, table
from pipeline.publish.drawing import LEVELS, Level
from pipeline.publish.timelines import MOST_EVENTS, Event, timeline
from tests.publish.drawn import HOSTILE, corners, links, middle, outside, parsed

FEW = {"2026-11": {"Ofsted": 3, "Estyn": 1}, "2026-09": {"Ofsted": 1}}


def address(month: str, series: str) -> str:
    return f"/reports?month={month}&by={series}"


def months(counts: charts.Counts, **more: charts.Link) -> ET.Element:
    return parsed(stacked_months(counts, title="Reports by month", description="Bars.", **more))


def said(tree: ET.Element) -> list[str]:
    return [t.text or "" for t in tree.iter("title")][1:]


def test_each_part_of_a_bar_says_its_number_and_leads_to_its_stories() -> None:
    tree = months(FEW, link=address)
    assert said(tree) == ["September 2026, Ofsted: 1 report", "November 2026, Ofsted: 3 reports",
                          "November 2026, Estyn: 1 report"]  # fmt: skip
    assert links(tree)[0][1] == "/reports?month=2026-09&by=Ofsted"
    roles = [s.get("role") for s in tree.iter("svg") if s.get("aria-hidden") != "true"]
    assert roles == ["group"]


def test_without_addresses_it_is_a_picture() -> None:
    tree = months(FEW)
    roles = [s.get("role") for s in tree.iter("svg") if s.get("aria-hidden") != "true"]
    assert roles == ["img"]
    assert not links(tree)


def test_a_month_without_any_keeps_its_place() -> None:
    labels = [t.text for t in months(FEW).iter("text")]
    assert labels[-3:] == ["Nov 2026", "Oct 2026", "Sep 2026"]
    rows = parsed(table(FEW, caption="Reports by month")).findall(".//tbody/tr")
    assert ["".join(r.itertext()) for r in rows] == [
        "November 2026314", "October 2026000", "September 2026101"
    ]  # fmt: skip


def test_the_height_of_a_bar_is_its_number() -> None:
    boxes = [corners(r) for r in months(FEW).iter("rect") if "bar" in (r.get("class") or "")]
    heights = [b - a for (_, a), (_, b) in boxes[2:]]  # two stand in the legend
    assert heights == pytest.approx([68, 204, 68])


def test_beyond_six_series_the_smallest_are_others() -> None:
    counts = {"2026-01": {f"Body {n}": n for n in range(1, 10)}}
    tree = months(counts, link=address)
    items = ["".join(i.itertext()) for i in tree.iter("li")]
    assert items == [*(f"Body {n}" for n in range(9, 3, -1)), "others"]
    assert "January 2026, others: 6 reports" in said(tree)
    assert len(links(tree)) == 6
    head = [h.text for h in parsed(table(counts, caption="x")).findall(".//thead//th")]
    assert head == ["Month", *items, "All"]


def test_the_newest_two_years_are_shown() -> None:
    counts = {f"{y}-{m:02}": {"Ofsted": 1} for y in (2023, 2024, 2025, 2026) for m in range(1, 13)}
    tree = months(counts)
    assert (len(said(tree)), said(tree)[0]) == (24, "January 2025, Ofsted: 1 report")


def test_nothing_to_show_is_a_sentence() -> None:
    for empty in ({}, {"2026-01": {}}, {"2026-01": {"Ofsted": 0}}):
        assert "".join(months(empty).itertext()) == "No reports to show by month yet."
        assert "".join(parsed(table(empty, caption="x")).itertext()) == "No numbers to show yet."
    assert parsed(bars([])).find("p") is not None
    assert parsed(timeline([])).find("p") is not None


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-1", "<b>", "2026-01-01"])
def test_a_month_is_written_in_one_way(month: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        months({month: {"Ofsted": 1}})


@pytest.mark.parametrize(
    ("top", "step"),
    [(1, 1), (5, 1), (6, 2), (11, 5), (26, 10), (51, 20), (250, 50), (251, 100), (10**6, 200_000)],
)
def test_values_of_the_axis_are_round_and_few(top: int, step: int) -> None:
    assert charts._round_step(top) == step


@settings(deadline=None)
@given(
    st.dictionaries(
        st.builds("{:04}-{:02}".format, st.integers(2020, 2027), st.integers(1, 12)),
        st.dictionaries(st.text(max_size=9) | st.sampled_from(HOSTILE), st.integers(-2, 10**7)),
        max_size=6,
    )
)
def test_whatever_is_counted_is_well_formed_and_within_its_frame(counts: charts.Counts) -> None:
    tree = months(counts, link=lambda _, series: series)
    assert not outside(tree)
    parsed(table(counts, caption="Numbers", link=lambda _, series: series))


def test_a_distribution_is_a_list() -> None:
    tree = parsed(bars([("good", 8, "/g", "level-upper"), ("weak <b>", 4, None, "level-worst")]))
    assert ["".join(i.itertext()) for i in tree.iter("li")] == ["good8", "weak <b>4"]
    assert [r.get("width") for r in tree.iter("rect")] == ["100", "50"]
    assert links(tree) == [("good", "/g")]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_never_markup(text: str) -> None:
    parsed(bars([(text, 1, text, text)]))
    parsed(timeline([event("2026-01-01", text, link=text)], title=text, description=text))
    parsed(
        stacked_months({"2026-01": {text: 1}}, title=text, description=text, link=lambda *_: text)
    )


def event(day: str, by: str = "Ofsted", level: Level = "upper", link: str | None = "#e") -> Event:
    return Event(date=date.fromisoformat(day), inspectorate=by, level=level,
                 label=f"{by}, {day}", link=link)  # fmt: skip


def test_a_time_line_has_a_lane_for_each_inspectorate_and_goes_forward() -> None:
    tree = parsed(
        timeline([event("2026-05-01"), event("2019-02-03", "Estyn"), event("2021-07-01")])
    )
    assert [g.get("aria-label") for g in tree.iter("g") if g.get("role")] == ["Ofsted", "Estyn"]
    assert [n for n, _ in links(tree)] == ["Ofsted, 2021-07-01", "Ofsted, 2026-05-01",
                                           "Estyn, 2019-02-03"]  # fmt: skip
    assert "3 inspections from 2019-02-03 to 2026-05-01." in (tree.findtext(".//desc") or "")
    years = [t.text for t in tree.iter("text") if (t.text or "").isdecimal()]
    assert years == [str(y) for y in range(2019, 2027)]


def test_events_of_one_day_do_not_cover_each_other() -> None:
    tree = parsed(timeline([event("2026-05-01") for _ in range(5)]))
    middles = {middle(e[1]) for e in tree.iter("a")}
    assert len(middles) == 5
    assert not outside(tree)


def test_of_very_many_the_newest_are_drawn() -> None:
    many = [event(f"{2000 + n // 12}-{n % 12 + 1:02}-01") for n in range(MOST_EVENTS + 5)]
    tree = parsed(timeline(many))
    assert len(links(tree)) == MOST_EVENTS
    assert "5 older ones are not" in tree.findtext(".//figcaption", "")


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Event,
            date=st.dates(date(1990, 1, 1), date(2030, 12, 31)),
            inspectorate=st.sampled_from(["Ofsted", "Estyn", *HOSTILE]),
            level=st.sampled_from(list(LEVELS)),
            label=st.text(max_size=20),
            link=st.none() | st.text(max_size=9),
        ),
        max_size=40,
    )
)
def test_whatever_happened_is_within_its_frame(events: list[Event]) -> None:
    tree = parsed(timeline(events))
    assert not outside(tree)
    assert timeline(events) == timeline(list(reversed(events)))
