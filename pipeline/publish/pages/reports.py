"""Stories that report an inspection, as lists show them, and which of them report the same one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from datasette.database import Database

from pipeline.publish.drawing import Level
from pipeline.publish.listing import Row
from pipeline.publish.reading import rows

#: what a list of reports holds as data
COLUMNS = ("headline", "bodies", "inspectorates", "inspection_type", "grade", "grade_rank",
           "scale_size", "direction", "evidence", "publisher", "published_at", "first_seen_at",
           "access", "article_url")  # fmt: skip

#: Papers pick a report up within days, weeklies later, and a follow-up after three weeks is news
#: of its own.
SAME_DAYS = 21

#: the aspect of a grade where the story does not say what the grade is of; never shown to a reader
NOT_STATED = "not stated"

_REPORTS = """
SELECT a.id, r.*, s.name AS source FROM articles AS a
JOIN inspections_reported AS r ON r.article_url = a.url
LEFT JOIN sources AS s ON s.id = a.source_id
WHERE a.id IN (SELECT value FROM json_each(?))
ORDER BY r.first_seen_at DESC, r.published_at DESC, a.id
"""
_JUDGED = """
SELECT f.article_id AS id, b.name AS body, f.aspect, f.grade, f.rank, f.scale, f.direction,
    f.inspectorate_id, f.body_id
FROM findings AS f LEFT JOIN agencies AS b ON b.id = f.body_id
WHERE f.kind = 'judgement' AND f.status = 'current'
    AND f.article_id IN (SELECT value FROM json_each(?))
ORDER BY f.article_id, f.start
"""
_WHO = """
SELECT x.article_id AS id, x.agency_id, x.role, g.name
FROM article_agencies AS x JOIN agencies AS g ON g.id = x.agency_id
WHERE x.article_id IN (SELECT value FROM json_each(?)) ORDER BY g.name
"""


async def reports(db: Database, ids: Iterable[int]) -> list[Row]:
    """The reports among these stories, newest first.

    The columns of `inspections_reported`, and: `id`, `source`; `judgements` (its current grades);
    `overall` (pairs of body and overall grade); `body_ids` and `inspectorate_ids` (sets);
    `inspected` (its bodies, each with `id` and `name`).
    """
    wanted = json.dumps(list(ids))
    found = await rows(db, _REPORTS, wanted)
    judged, who = await rows(db, _JUDGED, wanted), await rows(db, _WHO, wanted)
    for report in found:
        report["judgements"] = [j for j in judged if j["id"] == report["id"]]
        report["overall"] = {(j["body_id"], j["grade"]) for j in report["judgements"]
                             if j["aspect"].startswith("overall")}  # fmt: skip
        for key, role in (("body_ids", "inspected"), ("inspectorate_ids", "inspectorate")):
            report[key] = {w["agency_id"] for w in who
                           if w["id"] == report["id"] and w["role"] == role}  # fmt: skip
        report["inspected"] = [{"id": w["agency_id"], "name": w["name"]} for w in who
                               if w["id"] == report["id"] and w["role"] == "inspected"]  # fmt: skip
    return found


def day_of(report: Row) -> date | None:
    """The day on which a story was published, else first seen."""
    try:
        return date.fromisoformat(str(report["published_at"] or report["first_seen_at"])[:10])
    except ValueError:
        return None


def same_inspection(one: Row, other: Row, *, of: str | None = None) -> bool:
    """Whether two reports seem to tell of the same inspection.

    They name the same inspected bodies (or, with `of`, both name that one: a round-up of three
    councils tells of each), no inspectorate speaks against it, nor a framework, nor another overall
    grade, and they were published within three weeks of each other.
    """
    bodies, theirs = one["body_ids"], other["body_ids"]
    if not (of in bodies & theirs if of else bodies and bodies == theirs):
        return False
    who, others = one["inspectorate_ids"], other["inspectorate_ids"]
    if who and others and not who & others:
        return False
    grades = [{p for p in r["overall"] if p[0] == of or not of} for r in (one, other)]
    if all(grades) and not grades[0] & grades[1]:
        return False
    types = {one["inspection_type"], other["inspection_type"]} - {None}
    days = (day_of(one), day_of(other))
    near = days[0] and days[1] and abs((days[0] - days[1]).days) <= SAME_DAYS
    return len(types) < 2 and bool(near)


def inspections(found: Sequence[Row], *, of: str | None = None) -> list[list[Row]]:
    """Reports in groups of the same inspection (of one body), in the order of their first."""
    groups: list[list[Row]] = []
    for report in found:
        home = next((g for g in groups if same_inspection(g[0], report, of=of)), None)
        if home is None:
            groups.append([report])
        else:
            home.append(report)
    return groups


def best_of(group: Sequence[Row]) -> Row:
    """The report that tells most: first by its grades, then evidence, then whole text."""

    def told(report: Row) -> tuple[Any, ...]:
        return (bool(report["grade"]), len(report["judgements"]), bool(report["evidence"]),
                report["access"] == "open")  # fmt: skip

    return max(group, key=told)


def told_first(groups: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """The groups with the report that tells most in front, the others as they were."""
    arranged = []
    for group in groups:
        best = best_of(group)
        arranged.append([best, *(report for report in group if report is not best)])
    return arranged


def level(rank: int | None, scale: int | None) -> Level:
    """Where a grade stands on its scale: best, upper, lower or worst; none without a grade."""
    if not rank or not scale:
        return "none"
    if rank == 1:
        return "best"
    if rank == scale:
        return "worst"
    return "upper" if rank * 2 <= scale else "lower"
