"""The inspections of one body along a line of time, a lane for each inspectorate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from markupsafe import Markup

from pipeline.publish import drawing
from pipeline.publish.drawing import Level, element, joined

#: the newest events are drawn, no more
MOST_EVENTS = 200

#: the drawing and its plot, in its units; letters are twice as large on a phone
_WIDTH, _LEFT, _RIGHT, _TOP = 640.0, 16.0, 624.0, 36.0
_MARK, _ROW, _LABEL, _BELOW = 20.0, 24.0, 32.0, 12.0
_YEAR_EVERY = 75.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One inspection: its day, who inspected, the level of its grade, what is said of it."""

    date: date
    inspectorate: str
    level: Level
    label: str
    link: str | None


def timeline(
    events: Sequence[Event], *, title: str = "Inspections over time", description: str = ""
) -> Markup:
    """A figure: a mark an event, from the first of January of the first year to the last's end.

    Lanes stand in the order of the number of their events; where marks would cover each other, a
    lane has more rows.
    """
    if not events:
        return drawing.nothing("No inspections to show over time yet.")
    newest = sorted(events, key=_order)[-MOST_EVENTS:]
    first, last = newest[0].date.year, newest[-1].date.year
    lanes: dict[str, list[Event]] = defaultdict(list)
    for event in newest:
        lanes[event.inspectorate].append(event)
    parts, top = [], _TOP
    for name in sorted(lanes, key=lambda n: (-len(lanes[n]), n)):
        lane, height = _lane(name, lanes[name], top, first, last)
        parts.append(lane)
        top += height
    svg = drawing.canvas(
        _years(first, last, top) + joined(parts), size=(_WIDTH, top), title=title,
        description=description or _summary(newest), class_="chart timeline",
        links=any(e.link for e in newest),
    )  # fmt: skip
    left_out = len(events) - len(newest)
    caption = f"The newest {MOST_EVENTS} are drawn; {left_out:,} older ones are not."
    return element(
        "figure", svg + (element("figcaption", caption) if left_out else Markup("")),
        class_="drawing",
    )  # fmt: skip


def _order(event: Event) -> tuple[date, str, str, str, str]:
    return event.date, event.inspectorate, event.label, event.level, event.link or ""


def _across(day: date, first: int, last: int) -> float:
    start, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
    room = _RIGHT - _LEFT - _MARK
    return _LEFT + _MARK / 2 + room * (day.toordinal() - start) / (end - start)


def _lane(
    name: str, events: Sequence[Event], top: float, first: int, last: int
) -> tuple[Markup, float]:
    """A lane whose label begins at `top`, and its height. Events come in order of their days."""
    rows: list[float] = []
    marks = []
    for event in events:
        x = _across(event.date, first, last)
        row = next((n for n, end in enumerate(rows) if end <= x), len(rows))
        rows[row : row + 1] = [x + _MARK + 1]
        y = top + _LABEL + _ROW * (row + 0.5)
        label = drawing.named(event.label, f"{event.inspectorate}, {event.date}")
        sign = drawing.mark(event.level, x, y, _MARK)
        marks.append(drawing.linked(sign, label=label, link=event.link))
    height = _LABEL + _ROW * len(rows) + _BELOW
    line = drawing.path([(0, top + height), (_WIDTH, top + height)], close=False)
    label = element("text", drawing.named(name, longest=44), class_="lane", x=_LEFT, y=top,
                    dy="1.1em", aria_hidden="true")  # fmt: skip
    content = element("path", class_="grid", d=line, aria_hidden="true") + label + joined(marks)
    return element("g", content, role="group", aria_label=drawing.named(name)), height


def _years(first: int, last: int, bottom: float) -> Markup:
    years = last - first + 1
    every = ceil(_YEAR_EVERY / ((_RIGHT - _LEFT) / years))
    parts = []
    for year in range(first, last + 1):
        x = _across(date(year, 1, 1), first, last) - _MARK / 2
        named = (last - year) % every == 0
        if named or every == 1:
            line = drawing.path([(x, 0 if named else _TOP), (x, bottom)], close=False)
            parts.append(element("path", class_="grid", d=line))
        if named:
            parts.append(element("text", str(year), x=min(x + 5, _WIDTH - 60), y=4, dy="0.8em"))
    return element("g", joined(parts), aria_hidden="true")


def _summary(events: Sequence[Event]) -> str:
    first, last = events[0].date.isoformat(), events[-1].date.isoformat()
    between = f"on {first}" if first == last else f"from {first} to {last}"
    return f"{len(events)} {'inspection' if len(events) == 1 else 'inspections'} {between}."
