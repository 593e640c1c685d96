"""Counts by month, distributions and time lines, each one SVG or a list with SVG in it.

Each comes with its numbers: `table` has those of `stacked_months`, `bars` is a list of text with
bars beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

from pipeline.publish import drawing
from pipeline.publish.drawing import element, joined

Counts = Mapping[str, Mapping[str, int]]
#: the address of the stories of a month ("2026-11") and a series; None: no link
Link = Callable[[str, str], str | None]

#: months of one chart, the newest; series that are told apart, the largest
MOST_MONTHS, MOST_SERIES = 24, 6
OTHERS, _OTHERS = "others", "series-others"
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December")  # fmt: skip
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")

#: the drawing and the borders of its plot, in its units; letters are twice as large on a phone
_WIDTH, _HEIGHT = 640.0, 340.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 600.0, 24.0, 296.0
_WIDEST_BAR, _LABEL_EVERY = 56.0, 125.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Series:
    """One layer of a chart: its name as given, its class, its count a month."""

    name: str
    class_: str
    counts: Mapping[str, int]


def stacked_months(
    counts: Counts, *, title: str, description: str, link: Link | None = None,
    noun: tuple[str, str] = ("report", "reports"),
) -> Markup:  # fmt: skip
    """A figure: a bar a month, up to `MOST_MONTHS`, stacked by series, with its legend.

    `counts`: month ("2026-11") → series → how many `noun`s; months without any are shown as zero.
    Beyond the `MOST_SERIES` largest all series are "others". Raises ValueError for a month that is
    written otherwise.
    """
    months, series = _layers(counts)
    if not series:
        return drawing.nothing(f"No {noun[1]} to show by month yet.")
    name = drawing.identifier("months", title)
    top = max(sum(s.counts.get(m, 0) for s in series) for m in months)
    step = _round_step(top)
    highest = step * ceil(top / step)
    content = (
        _patterns(name)
        + _values(highest, step)
        + joined(
            _bar(month, n, len(months), highest, series, name, link, noun)
            for n, month in enumerate(months)
        )
        + _month_labels(months)
    )
    svg = drawing.canvas(
        content, size=(_WIDTH, _HEIGHT), title=title, description=description,
        class_="chart months", links=link is not None,
    )  # fmt: skip
    return element("figure", _series_legend(series, name) + svg, class_="drawing")


def table(
    counts: Counts,
    *,
    caption: str,
    link: Link | None = None,
    heads: tuple[str, str] = ("Month", "All"),
) -> Markup:
    """The numbers of `stacked_months` as an HTML table, a row a month, the newest first.

    It stands in a box that scrolls sideways where it is wider than the page.
    """
    months, series = _layers(counts)
    if not series:
        return drawing.nothing("No numbers to show yet.")
    head = joined(
        element("th", h, scope="col")
        for h in (heads[0], *(drawing.named(s.name) for s in series), heads[1])
    )
    rows = []
    for month in reversed(months):
        cells = [element("th", month_in_words(month), scope="row")]
        for s in series:
            value = Markup(f"{s.counts.get(month, 0):,}")
            href = _address(link, month, s) if s.counts.get(month) else None
            cells.append(element("td", element("a", value, href=href) if href else value))
        cells.append(element("td", f"{sum(s.counts.get(month, 0) for s in series):,}"))
        rows.append(element("tr", joined(cells)))
    body = element("thead", element("tr", head)) + element("tbody", joined(rows))
    return element(
        "div", element("table", element("caption", caption) + body), class_="numbers",
        role="region", aria_label=caption, tabindex="0",
    )  # fmt: skip


def bars(items: Sequence[tuple[str, int, str | None, str]]) -> Markup:
    """A list of (label, count, link or None, class of the bar), each with a bar to scale.

    The class is one of `series-1` … `series-6`, `series-others` or `level-best` … `level-none`.
    """
    if not items:
        return drawing.nothing("Nothing to count yet.")
    longest = max(1, *(count for _, count, _, _ in items))
    return element("ul", joined(_list_bar(*item, longest) for item in items), class_="bar-list")


def _list_bar(label: str, count: int, link: str | None, class_: str, longest: int) -> Markup:
    href = drawing.address(link)
    name = element("a" if href else "span", drawing.named(label), href=href)
    bar = element("rect", class_=class_, x=0, y=0, width=100 * max(count, 0) / longest, height=8)
    return element(
        "li",
        name
        + element("span", f"{count:,}", class_="count")
        + element("svg", bar, viewBox="0 0 100 8", preserveAspectRatio="none",
                  aria_hidden="true", focusable="false"),
    )  # fmt: skip


def month_in_words(month: str) -> str:
    """'November 2026' of '2026-11'. Raises ValueError for another form."""
    year, number = _year_and_month(month)
    return f"{_MONTHS[number - 1]} {year}"


def _year_and_month(month: str) -> tuple[int, int]:
    found = _MONTH.fullmatch(month)
    if not found:
        raise ValueError(f"not a month written YYYY-MM: {month!r}")
    return int(found[1]), int(found[2])


def _layers(counts: Counts) -> tuple[list[str], list[_Series]]:
    """The months from first to last and the series, largest first, others last; none if empty."""
    real = {m: {s: n for s, n in row.items() if n > 0} for m, row in counts.items()}
    present = sorted(
        12 * y + m - 1 for y, m in (_year_and_month(m) for m, row in real.items() if row)
    )
    if not present:
        return [], []
    first = max(present[0], present[-1] - MOST_MONTHS + 1)
    months = [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, present[-1] + 1)]
    totals: Counter[str] = Counter()
    for month in months:
        totals.update(real.get(month, {}))
    names = sorted(totals, key=lambda s: (-totals[s], s))
    layers = [
        _Series(name=s, class_=f"series-{n}", counts={m: real.get(m, {}).get(s, 0) for m in months})
        for n, s in enumerate(names[:MOST_SERIES], 1)
    ]
    if rest := names[MOST_SERIES:]:
        each = {m: sum(real.get(m, {}).get(s, 0) for s in rest) for m in months}
        layers.append(_Series(name=OTHERS, class_=_OTHERS, counts=each))
    return months, layers


def _address(link: Link | None, month: str, series: _Series) -> str | None:
    if link is None or series.class_ == _OTHERS:
        return None
    return drawing.address(link(month, series.name))


def _round_step(top: float) -> int:
    """1, 2 or 5 times a power of ten: a value axis up to `top` has no more than five of them."""
    power: int = 10 ** max(0, floor(log10(max(top, 1) / 5)))
    return next(power * n for n in (1, 2, 5, 10, 20) if power * n * 5 >= top)


def _values(highest: int, step: int) -> Markup:
    parts = []
    for value in range(0, highest + 1, step):
        y = _BOTTOM - (_BOTTOM - _TOP) * value / highest
        line = drawing.path([(_LEFT, y), (_WIDTH, y)], close=False)
        parts.append(element("path", class_="axis" if value == 0 else "grid", d=line))
        parts.append(element("text", f"{value:,}", class_="end", x=_LEFT - 6, y=y, dy="0.35em"))
    return element("g", joined(parts), aria_hidden="true")


def _slot(months: int) -> float:
    return (_RIGHT - _LEFT) / months


def _bar(
    month: str, n: int, months: int, highest: int, series: Sequence[_Series], name: str,
    link: Link | None, noun: tuple[str, str],
) -> Markup:  # fmt: skip
    slot = _slot(months)
    width = min(_WIDEST_BAR, slot * 0.8)
    x, y = _LEFT + slot * (n + 0.5) - width / 2, _BOTTOM
    parts = []
    for s in series:
        if not (value := s.counts.get(month, 0)):
            continue
        height = (_BOTTOM - _TOP) * value / highest
        y -= height
        rect = _filled(s.class_, name, x, y, width, height)
        label = f"{month_in_words(month)}, {drawing.named(s.name)}: {value:,} {noun[value != 1]}"
        parts.append(drawing.linked(rect, label=label, link=_address(link, month, s)))
    return joined(parts)


#: series with a pattern of lines over their colour: in greyscale, no two of one lightness are alike
_LINES = {
    "series-2": "M0 8L8 0M-2 2L2 -2M6 10L10 6",
    "series-3": "M1 2H3M5 6H7",
    "series-4": "M0 4H8",
    "series-5": "M0 0L8 8M-2 6L2 10M6 -2L10 2",
    "series-6": "M4 0V8",
}


def _patterns(name: str) -> Markup:
    return element("defs", joined(
        element("pattern", element("rect", class_=class_, width=8, height=8)
                + element("path", class_=f"lines lines-{class_}", d=d),
                id=f"{name}-{class_}", width=8, height=8, patternUnits="userSpaceOnUse")
        for class_, d in _LINES.items()
    ))  # fmt: skip


def _filled(class_: str, name: str, x: float, y: float, width: float, height: float) -> Markup:
    """A rectangle in the colour of its class or, where it has one, its pattern."""
    lined = class_ in _LINES
    return element("rect", class_="bar" if lined else f"bar {class_}", x=x, y=y, width=width,
                   height=height, fill=f"url(#{name}-{class_})" if lined else None)  # fmt: skip


def _series_legend(series: Sequence[_Series], name: str) -> Markup:
    return element("ul", joined(
        element("li", element("svg", _filled(s.class_, name, 2, 2, 20, 20), class_="key",
                              viewBox="0 0 24 24", aria_hidden="true", focusable="false")
                + drawing.words(drawing.named(s.name)))
        for s in series
    ), class_="legend")  # fmt: skip


def _month_labels(months: Sequence[str]) -> Markup:
    """As many as have room, the newest always."""
    every = ceil(_LABEL_EVERY / _slot(len(months)))
    parts = []
    for n in range(len(months) - 1, -1, -every):
        x = _LEFT + _slot(len(months)) * (n + 0.5)
        year, month = _year_and_month(months[n])
        tick = drawing.path([(x, _BOTTOM), (x, _BOTTOM + 7)], close=False)
        parts.append(element("path", class_="axis", d=tick))
        parts.append(element("text", f"{_MONTHS[month - 1][:3]} {year}", class_="middle",
                             x=x, y=_BOTTOM + 12, dy="0.8em"))  # fmt: skip
    return element("g", joined(parts), aria_hidden="true")
