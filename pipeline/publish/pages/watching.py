"""What changed for the areas that somebody follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from datasette.database import Database

from pipeline.archive.pace import as_text
from pipeline.publish.listing import Row
from pipeline.publish.pages.reports import inspections, reports
from pipeline.publish.reading import first, rows

#: days back in which something counts as changed; inspections that are shown of an area
DAYS, _SHOWN = 30, 3
#: areas of one address; more would be a slow page
_MOST = 20

#: sources.yaml may give a body by its id or code; people read its name
_WATCHED = """
SELECT coalesce(g.name, w.name) AS name, w.kind, w.value FROM watched AS w
LEFT JOIN agencies AS g ON w.kind = 'agency' AND g.id = w.value
ORDER BY w.place
"""
_AGENCY = """
SELECT id, name FROM agencies
WHERE id = :word OR code = upper(:word) OR lower(name) = lower(:word)
    OR (kind = 'council' AND lower(area) = lower(:word))
ORDER BY id = :word DESC, code = upper(:word) DESC, valid_until IS NOT NULL, id LIMIT 1
"""
_REGION = """
SELECT value FROM facet_values WHERE facet = 'region' AND lower(value) = lower(:word)
"""
_OF_AGENCY = """
SELECT a.id FROM article_agencies x JOIN articles a ON a.id = x.article_id
WHERE x.agency_id = ? AND x.role = 'inspected' AND a.is_report = 1
ORDER BY a.first_seen_at DESC LIMIT 12
"""
_OF_REGION = """
SELECT a.id FROM facet_values v JOIN story_facets f ON f.facet_value_id = v.id
JOIN articles a ON a.id = f.article_id
WHERE v.facet = 'region' AND v.value = ? AND a.is_report = 1
ORDER BY f.article_id DESC LIMIT 30
"""


_NATION = "SELECT nation FROM agencies WHERE lower(nation) = lower(:word) LIMIT 1"
#: the region of a story's body stands among its facets; its nation does not
_OF_NATION = """
SELECT DISTINCT n.id FROM (
    SELECT id FROM articles WHERE is_report = 1 ORDER BY first_seen_at DESC LIMIT 1000
) AS n JOIN article_agencies x ON x.article_id = n.id AND x.role = 'inspected'
JOIN agencies g ON g.id = x.agency_id WHERE g.nation = ? LIMIT 30
"""
_NEWEST_OF = {"agency": _OF_AGENCY, "region": _OF_REGION, "nation": _OF_NATION}


async def watched_areas(db: Database, asked: Sequence[str], *, now: datetime) -> list[Row]:
    """One row an area: {name, kind, id, groups (inspections of the last 30 days), last (the newest
    report before), known}. `asked` are ids, codes or names; none: those of sources.yaml.
    """
    if asked:
        areas = [await _resolved(db, word) for word in list(dict.fromkeys(asked))[:_MOST]]
    else:
        areas = [
            {"name": row["name"], "kind": row["kind"], "id": row["value"], "known": True}
            for row in await rows(db, _WATCHED)
        ][:_MOST]
    since = as_text(now - timedelta(days=DAYS))
    return [{**area, **await _changes(db, area, since)} for area in areas]


async def _resolved(db: Database, word: str) -> Row:
    found = await first(db, _AGENCY, word=word.strip())
    if found:
        return {"name": found["name"], "kind": "agency", "id": found["id"], "known": True}
    region = await first(db, _REGION, word=word.strip())
    if region:
        return {"name": region["value"], "kind": "region", "id": region["value"], "known": True}
    nation = await first(db, _NATION, word=word.strip())
    if nation:
        name = nation["nation"]
        return {"name": name, "kind": "nation", "id": name, "known": True}
    return {"name": word, "kind": "agency", "id": word, "known": False}


async def _changes(db: Database, area: Row, since: str) -> Row:
    ids = [row["id"] for row in await rows(db, _NEWEST_OF[area["kind"]], area["id"])]
    found = await reports(db, ids)
    lately = [report for report in found if report["first_seen_at"] >= since]
    return {
        "groups": inspections(lately)[:_SHOWN],
        "more": max(0, len(inspections(lately)) - _SHOWN),
        "last": found[0] if found and not lately else None,
    }
