"""What our own pages show, read through Datasette: the front page and one story.

Every function takes a Datasette database and returns plain values for a template; Datasette's time
limit holds for each query.
"""

from __future__ import annotations

import json
from typing import Any

from datasette.database import Database
from datasette.utils import tilde_encode

from pipeline.knowledge import load_yaml
from pipeline.publish.marking import Mark, paragraphs

_LATELY = """
SELECT a.id, r.*, s.name AS source
FROM (
    SELECT id, url, source_id FROM articles WHERE is_report = 1
    ORDER BY first_seen_at DESC, published_at DESC LIMIT 25
) AS a
JOIN inspections_reported AS r ON r.article_url = a.url
LEFT JOIN sources AS s ON s.id = a.source_id
ORDER BY r.first_seen_at DESC, r.published_at DESC, a.id
"""
_JUDGED = """
SELECT a.id, j.body, j.aspect, j.grade, j.rank, j.scale, j.direction
FROM judgements AS j JOIN articles AS a ON a.url = j.article_url
WHERE j.status = 'current' AND a.id IN (SELECT value FROM json_each(?))
ORDER BY a.id, j.start
"""
_COUNTS = """
SELECT
    (SELECT count(*) FROM articles) AS stories,
    (SELECT count(*) FROM articles WHERE is_report = 1) AS reports,
    (SELECT count(*) FROM sources WHERE listed) AS sources,
    (SELECT max(coalesce(ended_at, beat_at)) FROM passes) AS updated_at,
    (SELECT count(*) FROM articles WHERE is_report = 1 AND access <> 'open') AS not_whole
"""
_TROUBLE = """
SELECT source_id, name, state, reason, needs_person, last_ok_at FROM source_health
WHERE state NOT IN ('healthy', 'quiet', 'moved', 'disabled', 'never_run') OR needs_person
ORDER BY needs_person DESC, state, name LIMIT 12
"""
_STORY = """
SELECT a.*, s.name AS source FROM articles a LEFT JOIN sources s ON s.id = a.source_id
WHERE a.id = ?
"""
_AGENCIES = """
SELECT x.role, g.id, g.name, g.code FROM article_agencies x JOIN agencies g ON g.id = x.agency_id
WHERE x.article_id = ? ORDER BY x.role, g.name
"""
_FINDINGS = """
SELECT f.*, b.name AS body, i.name AS inspectorate FROM findings f
LEFT JOIN agencies b ON b.id = f.body_id LEFT JOIN agencies i ON i.id = f.inspectorate_id
WHERE f.article_id = ? ORDER BY f.start, f.id
"""
_AGENCY = """
SELECT g.*, n.name AS successor_name, p.name AS parent_name,
    (SELECT group_concat(area, '; ') FROM (
        SELECT DISTINCT area FROM article_agencies WHERE agency_id = g.id ORDER BY area
    )) AS towns
FROM agencies g
LEFT JOIN agencies n ON n.id = g.successor LEFT JOIN agencies p ON p.id = g.parent WHERE g.id = ?
"""
_GRADES_OF = """
SELECT f.aspect, f.grade, f.rank, f.scale, f.direction, f.quote, i.name AS inspectorate,
    a.id, a.headline, a.publisher, a.published_at
FROM findings f JOIN articles a ON a.id = f.article_id
LEFT JOIN agencies i ON i.id = f.inspectorate_id
WHERE f.body_id = ? AND f.kind = 'judgement' AND f.status = 'current'
ORDER BY coalesce(a.published_at, a.first_seen_at) DESC, a.id, f.start LIMIT 40
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
_MENTIONS = """
SELECT m.agency_id, m.role, m.start, m."end", m.quote, g.name
FROM mentions m JOIN agencies g ON g.id = m.agency_id
WHERE m.article_id = ? ORDER BY m.start
"""
_RESPONSES = """
SELECT r.*, 'response' AS kind, b.name AS body FROM responses r
LEFT JOIN agencies b ON b.id = r.body_id WHERE r.article_id = ? ORDER BY r.start, r.id
"""
_DETAILS = """
SELECT d.start, d."end", d.quote, d.rule, d.value, d.kind AS what, NULL AS confidence,
    CASE d.kind WHEN 'recommendation' THEN 'recommendation' ELSE 'detail' END AS kind
FROM inspection_details d WHERE d.article_id = ? ORDER BY d.start, d.id
"""
_THEMES = "SELECT DISTINCT theme_id, name FROM article_themes WHERE article_id = ? ORDER BY name"
_PLACES = "SELECT DISTINCT name, code FROM article_places WHERE article_id = ? ORDER BY name"
_REMOVALS = "SELECT kind, rule, text FROM removals WHERE article_id = ? ORDER BY id"
_ALSO_AT = "SELECT url FROM aliases WHERE story_url = ? ORDER BY url"
_VERSIONS = "SELECT seen_at, headline FROM revisions WHERE article_id = ? ORDER BY seen_at"

#: the aspect of a grade where the story does not say what the grade is of; never shown to a reader
NOT_STATED = "not stated"

#: what a reader calls the fields of which sources say different things
ABOUT = {"published_at": "date", "byline": "author"}

#: kinds of findings in the order in which a reader wants them, with the heading of each
KINDS = {
    "judgement": "Judgements",
    "weakness": "Weaknesses",
    "strength": "Strengths",
    "action": "Required actions",
    "statistic": "Figures",
    "response": "Who answered",
    "recommendation": "What must get better",
    "detail": "The inspection itself",
}


async def rows(db: Database, sql: str, *params: object) -> list[dict[str, Any]]:
    """The rows of a query as dicts."""
    result = await db.execute(sql, list(params))
    return [dict(row) for row in result.rows]


async def front(db: Database) -> dict[str, Any]:
    """The front page: counts, what was reported lately, sources in trouble."""
    reports = await rows(db, _LATELY)
    judged = await rows(db, _JUDGED, json.dumps([r["id"] for r in reports]))
    for report in reports:
        report["judgements"] = [j for j in judged if j["id"] == report["id"]]
    return {
        "database": db.name,
        "counts": (await rows(db, _COUNTS))[0],
        "reports": reports,
        "trouble": await rows(db, _TROUBLE),
    }


async def agency(db: Database, agency_id: str) -> dict[str, Any]:
    """One agency: what it is, the grades it was given, the newest fifty stories that name it."""
    stories = await db.execute(_STORIES_OF, {"id": agency_id})
    coverage = await rows(db, _COVERAGE, agency_id)
    return {
        **(await rows(db, _AGENCY, agency_id))[0],
        **(coverage[0] if coverage else {"stories": 0, "inspected": 0, "last_at": None}),
        "grades": await rows(db, _GRADES_OF, agency_id),
        "named_in": [dict(row) for row in stories.rows],
    }


async def story(db: Database, article_id: str) -> dict[str, Any]:
    """One story with its evidence marked. `whole` is False in a public copy, which has no text."""
    article = (await rows(db, _STORY, article_id))[0]
    there = set(await db.table_names())
    findings = await rows(db, _FINDINGS, article_id)
    if "responses" in there:  # an archive that this version has not written to yet has none
        findings += await rows(db, _RESPONSES, article_id)
    if "inspection_details" in there:
        findings += await rows(db, _DETAILS, article_id)
    for number, finding in enumerate(findings, 1):
        finding["number"] = number
        finding["explanation"] = explain(finding)
    mentions = await rows(db, _MENTIONS, article_id)
    agencies = await rows(db, _AGENCIES, article_id)
    return {
        **article,
        "framework": framework_name(article["inspection_type"]),
        "reasons": json.loads(article["reasons"]),
        "captions": json.loads(article["captions"]),
        "reports": [x for x in json.loads(article["links"]) if x.get("official")],
        "disagreements": [
            {**x, "about": ABOUT.get(x["field"], x["field"])}
            for x in json.loads(article["disagreements"])
        ],
        "whole": bool(article["text"]),
        "paragraphs": paragraphs(article["text"], _marks(findings, mentions, db.name)),
        "inspectorates": [a for a in agencies if a["role"] == "inspectorate"],
        "bodies": [a for a in agencies if a["role"] == "inspected"],
        "groups": [
            (heading, [f for f in findings if f["kind"] == kind])
            for kind, heading in KINDS.items()
            if any(f["kind"] == kind for f in findings)
        ],
        "named": _named(mentions),
        "themes": await rows(db, _THEMES, article_id),
        "places": await rows(db, _PLACES, article_id),
        "removals": await rows(db, _REMOVALS, article_id) if "removals" in there else [],
        "also_at": await rows(db, _ALSO_AT, article["url"]),
        "versions": await rows(db, _VERSIONS, article_id) if "revisions" in there else [],
    }


def framework_name(framework: str | None) -> str | None:
    """A framework's name by its id; the id itself where it is no longer known."""
    named = (r["name"] for r in load_yaml("frameworks.yaml") if r["id"] == framework)
    return next(named, framework)


def _marks(findings: list[dict[str, Any]], mentions: list[dict[str, Any]], name: str) -> list[Mark]:
    found = [
        Mark(start=f["start"], end=f["end"], kind=f["kind"], number=f["number"]) for f in findings
    ]
    named = [
        Mark(
            start=m["start"],
            end=m["end"],
            kind="mention",
            number=0,
            link=f"/{tilde_encode(name)}/agencies/{tilde_encode(m['agency_id'])}",
        )
        for m in mentions
    ]
    return found + named


def _named(mentions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Agencies in the order of their first mention, with all their roles."""
    named: dict[str, dict[str, Any]] = {}
    for m in mentions:
        agency = named.setdefault(
            m["agency_id"], {"id": m["agency_id"], "name": m["name"], "roles": [], "times": 0}
        )
        agency["times"] += 1
        if m["role"] not in agency["roles"]:
            agency["roles"].append(m["role"])
    return list(named.values())


def explain(finding: dict[str, Any]) -> str:
    """What a finding says beyond its words, in one line."""
    kind = finding["kind"]
    if kind == "judgement":
        return _explain_judgement(finding)
    if kind == "action":
        parts = [finding["action"].replace("-", " "), finding["status"], finding["body"]]
    elif kind == "statistic":
        of = f"{finding['value']} of {finding['of']}" if finding["of"] else finding["value"]
        parts = [of, finding["what"]]
    elif kind in ("recommendation", "detail"):
        parts = _explain_detail(finding)
    elif kind == "response":
        who = (
            [finding["name"], finding["role"]] if finding["name"] or finding["role"] else ["itself"]
        )
        parts = [*who, finding["stance"], finding["body"]]
    else:
        said = {"body": "said by the body itself", "other": "said by somebody else"}
        parts = [finding["body"], said.get(finding["speaker"])]
    return " · ".join(part for part in parts if part)


def _explain_detail(detail: dict[str, Any]) -> list[str]:
    if detail["kind"] == "recommendation":
        return []  # its words say it
    return [detail["what"].replace("_", " "), detail["value"]]


def _explain_judgement(finding: dict[str, Any]) -> str:
    aspect, grade = finding["aspect"], finding["grade"]
    parts = [finding["body"], grade if aspect == NOT_STATED else f"{aspect}: {grade}"]
    if finding["rank"] and finding["scale"]:
        parts.append(f"grade {finding['rank']} of {finding['scale']}")
    parts.append(DIRECTIONS.get(finding["direction"] or "", ""))
    parts.append(finding["inspectorate"])
    if finding["status"] != "current":
        parts.append(finding["status"])
    return " · ".join(part for part in parts if part)


#: what a direction means, in words (an arrow alone is not read aloud)
DIRECTIONS = {
    "up": "better than before",
    "down": "worse than before",
    "same": "same as before",
    "first": "first grade",
}
