"""One inspectorate: what it found lately, how its grades are spread, its frameworks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from datasette.database import Database

from pipeline.publish.charts import bars
from pipeline.publish.listing import Listing, Page, Row, of_rows
from pipeline.publish.pages.front import months
from pipeline.publish.pages.reports import COLUMNS, inspections, level, reports, told_first
from pipeline.publish.reading import first, rows
from pipeline.tag.frameworks import Framework, frameworks

#: inspections that are shown
_SHOWN = 12
_RECORD = "SELECT * FROM agencies WHERE id = ? AND kind = 'inspectorate'"
_NEWEST = """
SELECT x.article_id AS id FROM article_agencies x JOIN articles a ON a.id = x.article_id
WHERE x.agency_id = ? AND x.role = 'inspectorate' AND a.is_report = 1
ORDER BY x.article_id DESC LIMIT 40
"""
_COUNTS = """
SELECT count(DISTINCT x.article_id) AS reports, count(DISTINCT b.agency_id) AS bodies
FROM article_agencies x JOIN articles a ON a.id = x.article_id
LEFT JOIN article_agencies b ON b.article_id = x.article_id AND b.role = 'inspected'
WHERE x.agency_id = ? AND x.role = 'inspectorate' AND a.is_report = 1
"""
#: overall grades of the last two years; a grade of no framework is read on no known scale
_GRADES = """
SELECT f.framework, f.grade, f.rank, f.scale, count(DISTINCT f.article_id) AS stories
FROM findings f JOIN articles a ON a.id = f.article_id
WHERE f.inspectorate_id = ? AND f.kind = 'judgement' AND f.status = 'current'
    AND f.rank IS NOT NULL AND a.published_at >= ?
GROUP BY f.framework, f.grade, f.rank, f.scale
"""


async def is_one(db: Database, id_: str) -> bool:
    """Whether an agency is an inspectorate."""
    return await first(db, _RECORD, id_) is not None


async def inspectorate(db: Database, id_: str, *, now: datetime | None = None) -> Page | None:
    """The page of an inspectorate by its id, None where there is none of that id."""
    record = await first(db, _RECORD, id_)
    if record is None:
        return None
    now = now or datetime.now(UTC)
    newest = [row["id"] for row in await rows(db, _NEWEST, id_)]
    found = await reports(db, newest)
    since = f"{now.year - 2}-{now.month:02}"
    thing: Row = {
        **record,
        **(await first(db, _COUNTS, id_) or {}),
        "inspections": told_first(inspections(found)[:_SHOWN]),
        "spread": spread(await rows(db, _GRADES, id_, since)),
        "since": since,
        "frameworks": [described(f) for f in {f.id: f for f in reversed(frameworks())}.values()
                       if id_ in f.inspectorates],
        **await months(db, now, inspectorate=id_),
    }  # fmt: skip
    listing = Listing(
        title=record["name"],
        description=f"The newest reports of inspections by {record['name']}.",
        columns=COLUMNS,
        rows=of_rows(found, COLUMNS),
        asked=f"the newest reports of inspections by {record['name']} ({id_})",
        truncated=thing["reports"] > len(found),
    )
    facts = {key: thing[key] for key in ("id", "name", "nation", "reports", "bodies", "frameworks")}
    return Page(template="inspectorate.html", context={"thing": thing}, listing=listing,
                facts=facts)  # fmt: skip


def spread(graded: list[Row]) -> list[Row]:
    """By framework, how its grades are spread: {id, name, drawn, total}, largest first."""
    groups: dict[str | None, list[Row]] = {}
    for row in graded:
        groups.setdefault(row["framework"], []).append(row)
    names = {f.id: f.name for f in frameworks()}
    told: list[Row] = []
    for framework, grades in groups.items():
        grades.sort(key=lambda g: (g["scale"], g["rank"]))
        told.append({
            "id": framework,
            "name": names.get(framework or "", "Framework not told"),
            "total": sum(g["stories"] for g in grades),
            "drawn": bars([
                (g["grade"], g["stories"], None, f"level-{level(g['rank'], g['scale'])}")
                for g in grades
            ]),
        })  # fmt: skip
    return sorted(told, key=lambda t: -t["total"])


def described(framework: Framework) -> dict[str, Any]:
    """A framework as pages show it: dates None where it has none, scales with their grades."""
    return {
        "id": framework.id,
        "name": framework.name,
        "inspectorates": list(framework.inspectorates),
        "since": None if framework.since == "0000" else framework.since,
        "until": None if framework.until == "9999-12-31" else framework.until,
        "scales": [
            {"id": scale.id, "grades": list(scale.grades),
             "since": None if since == "0000" else since,
             "until": None if until == "9999-12-31" else until}
            for scale, since, until in framework.scales
        ],
        "aspects": list(framework.aspects),
        "actions": list(framework.actions),
        "overall": _overall(framework),
    }  # fmt: skip


def _overall(framework: Framework) -> str:
    """Whether there is an overall grade, in words."""
    if not framework.graded:
        return "It gives no new grades."
    if framework.overall_until is None:
        return "It gives an overall grade." if framework.scales else "It gives no grades."
    if framework.overall_until == "":
        return "It gives no overall grade, and none is made up here."
    return f"It gave an overall grade until {framework.overall_until}, and none since."
