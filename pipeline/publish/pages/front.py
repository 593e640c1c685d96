"""The front page: what was reported lately, watched areas, map and chart, silent sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from datasette.database import Database

from pipeline.archive.pace import as_text
from pipeline.publish.charts import stacked_months, table
from pipeline.publish.listing import Listing, Page, Row, of_rows
from pipeline.publish.pages.places import drawn_map
from pipeline.publish.pages.reports import COLUMNS, inspections, reports, told_first
from pipeline.publish.pages.watching import watched_areas
from pipeline.publish.reading import first, rows

#: reports that are read for the page, inspections that are shown on it, and the fewest of them: a
#: quiet week is filled up with what came before
_READ, _SHOWN, _FEWEST = 60, 14, 8
#: months of the chart
MONTHS = 24

_NEWEST = f"""
SELECT id FROM articles WHERE is_report = 1
ORDER BY first_seen_at DESC, published_at DESC LIMIT {_READ}
"""
_SINCE = "SELECT count(*) AS n FROM articles WHERE is_report = 1 AND first_seen_at >= ?"
_COUNTS = """
SELECT
    (SELECT count(*) FROM articles) AS stories,
    (SELECT count(*) FROM articles WHERE is_report = 1) AS reports,
    (SELECT count(*) FROM sources WHERE listed) AS sources,
    (SELECT max(coalesce(ended_at, beat_at)) FROM passes) AS updated_at
"""
_TROUBLE = """
SELECT source_id, name, state, reason, needs_person, last_ok_at FROM source_health
WHERE state NOT IN ('healthy', 'quiet', 'moved', 'disabled', 'never_run') OR needs_person
ORDER BY needs_person DESC, state, name LIMIT 12
"""
#: the month as the index `articles_reports_month` has it
MONTH = "substr(coalesce(a.published_at, a.first_seen_at), 1, 7)"
_BY_MONTH = f"""
SELECT {MONTH} AS month, g.name AS inspectorate, count(*) AS stories
FROM articles AS a
JOIN article_agencies AS x ON x.article_id = a.id AND x.role = 'inspectorate'
JOIN agencies AS g ON g.id = x.agency_id
WHERE a.is_report = 1 AND {MONTH} BETWEEN :first AND :last
    AND (:inspectorate IS NULL OR x.agency_id = :inspectorate)
GROUP BY month, g.id
"""
_LONDON = ZoneInfo("Europe/London")


async def front(db: Database, watch: Sequence[str], *, now: datetime | None = None) -> Page:
    """The front page. `watch`: areas to follow instead of those that sources.yaml names."""
    now = now or datetime.now(UTC)
    yesterday, week = since_yesterday(now), as_text(now - timedelta(days=7))
    newest = [row["id"] for row in await rows(db, _NEWEST)]
    groups = inspections(await reports(db, newest))
    sections = _sections(groups, yesterday, week)
    counts = await first(db, _COUNTS) or {}
    shown = [report for section in sections for group in section["groups"] for report in group]
    context = {
        "front": {
            "counts": counts,
            "since_yesterday": (await first(db, _SINCE, yesterday) or {})["n"],
            "this_week": (await first(db, _SINCE, week) or {})["n"],
            "sections": sections,
            "watched": await watched_areas(db, watch, now=now),
            "asked_to_watch": list(watch),
            "trouble": await rows(db, _TROUBLE),
            "map": await drawn_map(db),
            **await months(db, now),
        }
    }
    listing = Listing(
        title="What inspectors reported",
        description="Inspections of public services, as the news reported them, newest first.",
        columns=COLUMNS,
        rows=of_rows(shown, COLUMNS),
        asked="the newest reports of inspections",
        truncated=counts["reports"] > len(shown),
        since=min((report["first_seen_at"] for report in shown), default=None),
    )
    return Page(template="front.html", context=context, listing=listing, facts={"counts": counts})


def since_yesterday(now: datetime) -> str:
    """When yesterday began in the UK, as the archive writes times."""
    local = now.astimezone(_LONDON)
    return as_text(local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1))


def _sections(groups: list[list[Row]], yesterday: str, week: str) -> list[Row]:
    """Inspections by when their newest story came: {title, groups (best report first)}."""
    named: dict[str, list[list[Row]]] = {"Since yesterday": [], "Earlier this week": [],
                                         "Before that": []}  # fmt: skip
    for number, group in enumerate(groups[:_SHOWN]):
        seen = group[0]["first_seen_at"]
        if seen >= yesterday:
            named["Since yesterday"].append(group)
        elif seen >= week:
            named["Earlier this week"].append(group)
        elif number < _FEWEST:
            named["Before that"].append(group)
    sections = [
        {"title": title, "groups": told_first(found)} for title, found in named.items() if found
    ]
    if len(sections) == 1 and sections[0]["title"] == "Before that":
        sections[0]["title"] = "Nothing new this week; the newest before it"
    return sections


async def months(db: Database, now: datetime, *, inspectorate: str | None = None) -> dict[str, Any]:
    """`chart` and `chart_table`: reports by month and inspectorate, of the last two years."""
    last = now.year * 12 + now.month - 1
    names = [f"{m // 12}-{m % 12 + 1:02}" for m in range(last - MONTHS + 1, last + 1)]
    found = await rows(db, _BY_MONTH, first=names[0], last=names[-1], inspectorate=inspectorate)
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    for row in found:
        if row["month"] in counts:  # a date may be anything
            counts[row["month"]][row["inspectorate"]] = row["stories"]
    while len(counts) > 1 and not next(iter(counts.values())):
        del counts[next(iter(counts))]
    if not found:
        return {"chart": None, "chart_table": None}
    title = "Stories that report an inspection, by month and inspectorate"
    words = "A joint inspection counts for each inspectorate that took part."
    return {
        "chart": stacked_months(counts, title=title, description=words),
        "chart_table": table(counts, caption=title),
    }
