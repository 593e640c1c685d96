"""One agency: its timeline of inspections, its grades by framework, neighbours, who came before."""

from __future__ import annotations

from typing import Any

from datasette.database import Database

from pipeline.publish.links import path_of
from pipeline.publish.listing import Listing, Page, Row, of_rows
from pipeline.publish.pages.reports import (
    COLUMNS,
    day_of,
    inspections,
    level,
    reports,
    told_first,
)
from pipeline.publish.pages.story import framework_name
from pipeline.publish.reading import first, rows
from pipeline.publish.timelines import Event, timeline

#: reports that the timeline goes back over, and inspections that are told one by one
_REPORTS, _TOLD = 200, 30

_AGENCY = """
SELECT g.*, p.name AS parent_name,
    (SELECT group_concat(area, '; ') FROM (
        SELECT DISTINCT area FROM article_agencies WHERE agency_id = g.id ORDER BY area
    )) AS towns
FROM agencies g LEFT JOIN agencies p ON p.id = g.parent WHERE g.id = ?
"""
_SUCCESSORS = """
SELECT id, name FROM agencies
WHERE instr('; ' || (SELECT successor FROM agencies WHERE id = :id) || '; ', '; ' || id || '; ')
"""
_PREDECESSORS = """
SELECT id, name, valid_until FROM agencies
WHERE instr('; ' || successor || '; ', '; ' || :id || '; ') ORDER BY name
"""
_INSPECTED_IN = f"""
SELECT x.article_id AS id FROM article_agencies x JOIN articles a ON a.id = x.article_id
WHERE x.agency_id = ? AND x.role = 'inspected' AND a.is_report = 1
ORDER BY a.first_seen_at DESC LIMIT {_REPORTS}
"""
_GRADES_OF = """
SELECT f.aspect, f.grade, f.rank, f.scale, f.direction, f.framework, f.quote,
    i.id AS inspectorate_id, i.name AS inspectorate,
    a.id, a.headline, a.publisher, a.published_at
FROM findings f JOIN articles a ON a.id = f.article_id
LEFT JOIN agencies i ON i.id = f.inspectorate_id
WHERE f.body_id = ? AND f.kind = 'judgement' AND f.status = 'current'
ORDER BY coalesce(a.published_at, a.first_seen_at) DESC, a.id, f.start LIMIT 120
"""
_STORIES_OF = """
SELECT a.id, a.headline, a.publisher, a.published_at, a.access, a.is_report, s.roles
FROM (
    SELECT article_id, group_concat(DISTINCT role) AS roles
    FROM (
        SELECT article_id, role FROM mentions WHERE agency_id = :id
        UNION SELECT article_id, role FROM article_agencies WHERE agency_id = :id
    )
    GROUP BY article_id ORDER BY article_id DESC LIMIT 200
) AS s JOIN articles a ON a.id = s.article_id
ORDER BY a.first_seen_at DESC LIMIT 50
"""
_COVERAGE = "SELECT stories, inspected, last_at FROM agency_coverage WHERE agency_id = ?"
_NO_COVERAGE = {"stories": 0, "inspected": 0, "last_at": None}
_NEIGHBOURS = """
SELECT n.place, n.neighbour_id AS id, coalesce(g.name, n.neighbour_id) AS name
FROM neighbours n LEFT JOIN agencies g ON g.id = n.neighbour_id
WHERE n.agency_id = ? ORDER BY n.place
"""
_NEWEST_GRADE = """
SELECT f.aspect, f.grade, f.rank, f.scale, a.id, a.published_at, i.name AS inspectorate
FROM findings f JOIN articles a ON a.id = f.article_id
LEFT JOIN agencies i ON i.id = f.inspectorate_id
WHERE f.body_id = ? AND f.kind = 'judgement' AND f.status = 'current'
ORDER BY a.first_seen_at DESC, f.aspect LIKE 'overall%' DESC, f.start LIMIT 1
"""

_FACTS = ("id", "name", "kind", "code", "nation", "region", "latitude", "longitude", "valid_from",
          "valid_until", "stories", "inspected", "last_at")  # fmt: skip


async def agency(db: Database, agency_id: str) -> Page | None:
    """The page of an agency by its id, None where there is no such agency."""
    record = await first(db, _AGENCY, agency_id)
    if record is None:
        return None
    ids = [row["id"] for row in await rows(db, _INSPECTED_IN, agency_id)]
    found = await reports(db, ids)
    thing: Row = {
        **record,
        **(await first(db, _COVERAGE, agency_id) or _NO_COVERAGE),
        **await around(db, agency_id),
        "events": _events(found, agency_id),
        "frameworks": by_framework(await rows(db, _GRADES_OF, agency_id)),
        "named_in": await rows(db, _STORIES_OF, id=agency_id),
    }
    thing["timeline"] = _drawn(thing["events"]) if len(thing["events"]) > 1 else None
    thing["more"] = max(0, len(thing["events"]) - _TOLD)
    thing["events"] = thing["events"][:_TOLD]
    listing = Listing(
        title=record["name"],
        description=f"Inspections of {record['name']}, as the news reported them, newest first.",
        columns=COLUMNS,
        rows=of_rows(found, COLUMNS),
        asked=f"reports of inspections of {record['name']} ({agency_id})",
        truncated=len(ids) == _REPORTS,
    )
    facts: dict[str, Any] = {key: thing[key] for key in _FACTS}
    facts |= {key: thing[key] for key in ("successors", "predecessors", "neighbours")}
    return Page(template="agency.html", context={"thing": thing}, listing=listing, facts=facts)


async def around(db: Database, agency_id: str) -> Row:
    """`successors`, `predecessors` and statistical `neighbours`, each with its newest grade."""
    near = await rows(db, _NEIGHBOURS, agency_id)
    for neighbour in near:
        neighbour["newest"] = await first(db, _NEWEST_GRADE, neighbour["id"])
    return {
        "successors": await rows(db, _SUCCESSORS, id=agency_id),
        "predecessors": await rows(db, _PREDECESSORS, id=agency_id),
        "neighbours": near,
    }


def _events(found: list[Row], agency_id: str) -> list[Row]:
    """Inspections, newest first: the report that tells most, its day, all that reported it."""
    events = []
    for number, group in enumerate(told_first(inspections(found, of=agency_id)), 1):
        told = group[0]
        day = min((d for d in map(day_of, group) if d), default=None)
        events.append({**told, "anchor": f"i{number}", "day": day, "reports": group,
                       "framework": framework_name(told["inspection_type"])})  # fmt: skip
    return events


def _drawn(events: list[Row]) -> Any:
    return timeline([
        Event(
            date=event["day"],
            inspectorate=event["inspectorates"] or "inspectorate not named",
            level=level(event["grade_rank"], event["scale_size"]),
            label=event["grade"] or "no single grade",
            link=f"#{event['anchor']}" if number < _TOLD else path_of("story", event["id"]),
        )
        for number, event in enumerate(events)
        if event["day"]
    ])  # fmt: skip


def by_framework(grades: list[Row]) -> list[Row]:
    """Grades under the framework that gave them: {id, name, inspectorate, grades}, newest first."""
    groups: dict[tuple[str | None, str | None], Row] = {}
    for grade in grades:
        key = (grade["framework"], grade["inspectorate_id"])
        group = groups.setdefault(
            key,
            {"id": grade["framework"], "name": framework_name(grade["framework"]),
             "inspectorate_id": grade["inspectorate_id"], "inspectorate": grade["inspectorate"],
             "grades": []},
        )  # fmt: skip
        group["grades"].append(grade)
    return list(groups.values())
