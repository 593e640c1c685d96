"""Where inspected bodies are, and their latest outcome: the map, and the list behind it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from datasette.database import Database
from markupsafe import Markup

from pipeline.knowledge import load_csv
from pipeline.publish.drawing import legend
from pipeline.publish.links import path_of
from pipeline.publish.listing import Listing, Page, Row, of_rows
from pipeline.publish.maps import MOST_LINKS, Point, uk_map
from pipeline.publish.pages.reports import level
from pipeline.publish.reading import rows

#: marks on the map of the front page
_FRONT = 200
#: reports that are looked at for the latest outcome of each body, newest first
NEWEST = 3000
COLUMNS = ("body", "kind", "region", "nation", "code", "latitude", "longitude", "grade",
           "grade_rank", "scale_size", "inspectorate", "headline", "publisher", "published_at",
           "first_seen_at", "access", "article_url", "body_id")  # fmt: skip

_WITH_NEWEST = f"""WITH newest AS (
    SELECT id FROM articles WHERE is_report = 1 ORDER BY first_seen_at DESC LIMIT {NEWEST}
)"""
_BODIES = f"""
{_WITH_NEWEST}
SELECT g.id AS body_id, g.name AS body, g.kind, g.region, g.nation, g.code, g.area,
    coalesce(g.latitude, p.latitude) AS latitude, coalesce(g.longitude, p.longitude) AS longitude,
    max(x.article_id) AS article_id
FROM newest AS n JOIN article_agencies AS x ON x.article_id = n.id AND x.role = 'inspected'
JOIN agencies AS g ON g.id = x.agency_id LEFT JOIN agencies AS p ON p.id = g.parent
WHERE (:region IS NULL OR :region IN (g.region, g.nation)) AND (:kind IS NULL OR g.kind = :kind)
GROUP BY g.id
"""
_GRADES = f"""
{_WITH_NEWEST}
SELECT f.article_id, f.body_id, f.aspect, f.grade, f.rank, f.scale, i.name AS inspectorate
FROM newest AS n JOIN findings AS f ON f.article_id = n.id AND f.kind = 'judgement'
LEFT JOIN agencies AS i ON i.id = f.inspectorate_id
WHERE f.status = 'current' AND f.body_id IS NOT NULL
    AND (:inspectorate IS NULL OR f.inspectorate_id = :inspectorate)
"""
_STORIES = """
SELECT id, headline, publisher, published_at, first_seen_at, access, url AS article_url
FROM articles WHERE id IN (SELECT value FROM json_each(?))
"""


async def places(db: Database, chosen: dict[str, str | None]) -> list[Row]:
    """One row an inspected body: where it is, its latest outcome (COLUMNS without the story's).

    `chosen`: `region`, `kind`, `inspectorate`, each None for all. The outcome is the overall grade
    of the newest report that gives one, else the only grade in it; no single grade: None.
    """
    wanted = {key: chosen.get(key) for key in ("region", "kind")}
    bodies = await rows(db, _BODIES, **wanted)
    outcomes = _latest(await rows(db, _GRADES, inspectorate=chosen.get("inspectorate")))
    if chosen.get("inspectorate"):
        bodies = [body for body in bodies if body["body_id"] in outcomes]
    return [_placed({**body, **outcomes.get(body["body_id"], _NO_GRADE)}) for body in bodies]


_NO_GRADE = {"grade": None, "grade_rank": None, "scale_size": None, "inspectorate": None}


def _latest(judged: list[Row]) -> dict[str, Row]:
    """By body, the outcome of its newest report with a single grade."""
    stories: dict[tuple[str, int], list[Row]] = {}
    for row in judged:
        stories.setdefault((row["body_id"], row["article_id"]), []).append(row)
    latest: dict[str, Row] = {}
    for (body, article), given in sorted(stories.items(), key=lambda item: -item[0][1]):
        overall = [g for g in given if g["aspect"].startswith("overall")] or given
        single = len({g["grade"] for g in overall}) == 1 and (
            overall is not given or len({g["aspect"] for g in given}) == 1
        )
        if single and body not in latest:
            grade = overall[0]
            latest[body] = {"grade": grade["grade"], "grade_rank": grade["rank"],
                            "scale_size": grade["scale"], "inspectorate": grade["inspectorate"],
                            "article_id": article}  # fmt: skip
    return latest


@lru_cache(maxsize=1)
def _towns() -> dict[tuple[str, str], tuple[float, float]]:
    """Position of each town whose name is alone in its nation."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in load_csv("agencies/towns.csv"):
        at = (float(row["latitude"]), float(row["longitude"]))
        found.setdefault((row["name"].lower(), row["nation"]), []).append(at)
    return {name: at[0] for name, at in found.items() if len(at) == 1}


def _placed(body: Row) -> Row:
    """With the position of its town, where the body itself has none."""
    if body["latitude"] is None and body["area"]:
        nations = [body["nation"]] if body["nation"] else ["England", "Wales", "Scotland",
                                                           "Northern Ireland"]  # fmt: skip
        at = [_towns()[key] for n in nations if (key := (body["area"].lower(), n)) in _towns()]
        if len(at) == 1:
            body["latitude"], body["longitude"] = at[0]
    return body


def draw(found: list[Row], *, most: int = MOST_LINKS) -> dict[str, Any]:
    """`svg` and `legend` of the newest of these places.

    `no_place`: how many have none; `left_out`: how many older ones than `most` are not drawn.
    """
    points = [
        Point(
            name=body["body"],
            latitude=body["latitude"],
            longitude=body["longitude"],
            level=level(body["grade_rank"], body["scale_size"]),
            label=f"{body['body']}: {body['grade'] or 'no single grade'}",
            link=path_of("agency", body["body_id"]),
        )
        for body in sorted(found, key=lambda b: -b["article_id"])
        if body["latitude"] is not None and body["longitude"] is not None
    ]
    no_place = len(found) - len(points)
    left_out = max(0, len(points) - most)
    points = points[:most]
    if not points:
        return {"svg": None, "legend": Markup(""), "no_place": no_place, "left_out": 0}
    svg = uk_map(
        points,
        title="Inspected bodies by their latest outcome",
        description="A mark for each body that a story shows as inspected.",
    )
    return {"svg": svg, "legend": legend({p.level for p in points}), "no_place": no_place,
            "left_out": left_out}  # fmt: skip


async def drawn_map(db: Database) -> dict[str, Any]:
    """The map of the front page: the bodies of the newest reports."""
    return draw(await places(db, {}), most=_FRONT)


async def map_page(db: Database, chosen: dict[str, str | None]) -> Page:
    """The map, larger, with the list behind it; by region or nation, kind, inspectorate."""
    found = await places(db, chosen)
    stories = {
        row["id"]: row
        for row in await rows(db, _STORIES, json.dumps([body["article_id"] for body in found]))
    }
    full = [
        {**body, **stories.get(body["article_id"], {}),
         "where": body["region"] or body["nation"] or "~"}
        for body in found
    ]  # fmt: skip
    full.sort(key=lambda b: (b["where"], b["body"]))
    asked = "; ".join(f"{key}: {value}" for key, value in chosen.items() if value)
    listing = Listing(
        title="Where inspections were reported",
        description="Each inspected body with the latest outcome that a story gives, "
        f"from the newest {NEWEST:,} reports.",
        columns=COLUMNS,
        rows=of_rows(full, COLUMNS),
        asked="inspected bodies by latest outcome" + (f" ({asked})" if asked else ""),
    )
    context = {"map": draw(found), "places": full, "chosen": chosen}
    return Page(template="map.html", context=context, listing=listing, facts={})
