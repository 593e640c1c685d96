"""One story: its text with the evidence marked, what was removed, who else reported it."""

from __future__ import annotations

import json
from typing import Any

from datasette.database import Database

from pipeline.publish.links import path_of
from pipeline.publish.listing import Listing, Page, Row, of_rows
from pipeline.publish.marking import Mark, paragraphs
from pipeline.publish.pages.reports import (
    COLUMNS,
    NOT_STATED,
    SAME_DAYS,
    reports,
    same_inspection,
)
from pipeline.publish.reading import first, flag, rows, tables
from pipeline.publish.versions import changes
from pipeline.tag.frameworks import frameworks

_STORY = """
SELECT a.*, s.name AS source FROM articles a LEFT JOIN sources s ON s.id = a.source_id
WHERE a.id = ?
"""
_AGENCIES = """
SELECT x.role, x.rule, x.confidence, g.id, g.name, g.code FROM article_agencies x
JOIN agencies g ON g.id = x.agency_id WHERE x.article_id = ? ORDER BY x.role, g.name
"""
_FINDINGS = """
SELECT f.*, b.name AS body, i.name AS inspectorate FROM findings f
LEFT JOIN agencies b ON b.id = f.body_id LEFT JOIN agencies i ON i.id = f.inspectorate_id
WHERE f.article_id = ? ORDER BY f.start, f.id
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
_MENTIONS = """
SELECT m.agency_id, m.role, m.start, m."end", m.quote, g.name
FROM mentions m JOIN agencies g ON g.id = m.agency_id
WHERE m.article_id = ? ORDER BY m.start
"""
_THEMES = "SELECT DISTINCT theme_id, name FROM article_themes WHERE article_id = ? ORDER BY name"
_PLACES = "SELECT DISTINCT name, code FROM article_places WHERE article_id = ? ORDER BY name"
_REMOVALS = "SELECT kind, rule, text FROM removals WHERE article_id = ? ORDER BY id"
_ALSO_AT = "SELECT url FROM aliases WHERE story_url = ? ORDER BY url"
_REVISIONS = """
SELECT seen_at, headline, standfirst, text FROM revisions WHERE article_id = ? ORDER BY seen_at, id
"""
_CAUTIONS = "SELECT DISTINCT kind FROM cautions WHERE article_id = ? ORDER BY kind"
#: stories that name the same inspected body within three weeks; who reports the same is told later
_OTHERS = f"""
SELECT DISTINCT y.article_id AS id FROM article_agencies x
JOIN article_agencies y ON y.agency_id = x.agency_id AND y.role = 'inspected'
    AND y.article_id <> x.article_id
JOIN articles a ON a.id = x.article_id JOIN articles b ON b.id = y.article_id
WHERE x.article_id = ? AND x.role = 'inspected' AND b.is_report = 1
    AND abs(julianday(substr(coalesce(a.published_at, a.first_seen_at), 1, 10))
        - julianday(substr(coalesce(b.published_at, b.first_seen_at), 1, 10))) <= {SAME_DAYS}
LIMIT 60
"""

#: what a reader calls the fields of which sources say different things
_ABOUT = {"published_at": "date", "byline": "author"}

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

#: what a direction means, in words (an arrow alone is not read aloud)
DIRECTIONS = {
    "up": "better than before",
    "down": "worse than before",
    "same": "same as before",
    "first": "first grade",
}

#: what asks for care, in words
CARE = {
    "child": "It may name a child.",
    "restriction": "It speaks of a reporting restriction, or of somebody who may not be named.",
}

_EVIDENCE = ("number", "kind", "means", "body", "inspectorate", "framework", "aspect", "grade",
             "rank", "scale", "status", "direction", "speaker", "action", "value", "of", "what",
             "name", "role", "stance", "start", "end", "quote", "rule", "confidence")  # fmt: skip
_FACTS = ("id", "url", "headline", "byline", "publisher", "section", "language", "published_at",
          "modified_at", "first_seen_at", "updated_at", "access", "inspection_type")  # fmt: skip


async def story(db: Database, article_id: str) -> Page | None:
    """The page of a story by its number, None where there is no such story.

    `whole` is False in a public copy, which has no text.
    """
    article = await first(db, _STORY, article_id)
    if article is None:
        return None
    there = await tables(db)
    findings = await _evidence(db, article_id)
    mentions = await rows(db, _MENTIONS, article_id)
    agencies = await rows(db, _AGENCIES, article_id)
    versions = await rows(db, _REVISIONS, article_id) if "revisions" in there else []
    others = await _others(db, article["id"])
    thing = {
        **article,
        **_told(article),
        "paragraphs": paragraphs(article["text"], _marks(findings, mentions)),
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
        "versions": changes(versions),
        "others": others,
        "care": [CARE[c["kind"]] for c in await rows(db, _CAUTIONS, article_id)],
    }
    return _page(thing, findings, others)


def _told(article: Row) -> Row:
    """What stands in the row as JSON, and what it means."""
    return {
        "framework": framework_name(article["inspection_type"]),
        "reasons": json.loads(article["reasons"]),
        "captions": json.loads(article["captions"]),
        "reports": [x for x in json.loads(article["links"]) if x.get("official")],
        "disagreements": [
            {**x, "about": _ABOUT.get(x["field"], x["field"])}
            for x in json.loads(article["disagreements"])
        ],
        "whole": bool(article["text"]),
    }


async def _evidence(db: Database, article_id: str) -> list[Row]:
    findings = await rows(db, _FINDINGS, article_id)
    findings += await rows(db, _RESPONSES, article_id)
    findings += await rows(db, _DETAILS, article_id)
    for number, finding in enumerate(findings, 1):
        finding["number"] = number
        finding["means"] = explain(finding)
    return findings


async def _others(db: Database, article_id: int) -> list[Row]:
    """Other reports of the same inspection, newest first."""
    near = [row["id"] for row in await rows(db, _OTHERS, article_id)]
    found = await reports(db, [article_id, *near])
    this = next((r for r in found if r["id"] == article_id), None)
    if this is None:
        return []
    return [
        r
        for r in found
        if r["id"] != article_id and any(same_inspection(this, r, of=b) for b in this["body_ids"])
    ]


def _page(thing: Row, findings: list[Row], others: list[Row]) -> Page:
    headline = thing["headline"] or "Untitled story"
    facts = {key: thing[key] for key in _FACTS}
    facts |= {
        "is_report": flag(thing["is_report"]),
        "reasons": thing["reasons"],
        "bodies": thing["bodies"],
        "inspectorates": thing["inspectorates"],
        "themes": [t["theme_id"] for t in thing["themes"]],
        "care": thing["care"],
        "text": thing["text"] or None,
        "others": list(of_rows(others, COLUMNS)),
    }
    listing = Listing(
        title=headline,
        description=f"What the story of {thing['publisher'] or thing['source']} says, with the "
        "words that prove it.",
        columns=_EVIDENCE,
        rows=of_rows(findings, _EVIDENCE),
        asked=f"the evidence in {thing['url']}",
        stories=(thing["id"],),
    )
    itself = {**thing, "article_url": thing["url"],
              "evidence": " ".join(f["quote"] for f in findings[:3])}  # fmt: skip
    return Page(template="story.html", context={"story": thing}, listing=listing, facts=facts,
                stories=of_rows([_named_row(itself), *others], COLUMNS))  # fmt: skip


def _named_row(thing: Row) -> Row:
    """A story with its agencies as lists show them."""
    return {**thing, "bodies": "; ".join(a["name"] for a in thing["bodies"]),
            "inspectorates": "; ".join(a["name"] for a in thing["inspectorates"])}  # fmt: skip


def framework_name(framework: str | None) -> str | None:
    """A framework's name by its id; the id itself where it is no longer known."""
    return next((f.name for f in frameworks() if f.id == framework), framework)


def _marks(findings: list[Row], mentions: list[Row]) -> list[Mark]:
    found = [
        Mark(start=f["start"], end=f["end"], kind=f["kind"], number=f["number"]) for f in findings
    ]
    named = [
        Mark(
            start=m["start"],
            end=m["end"],
            kind="mention",
            number=0,
            link=path_of("agency", m["agency_id"]),
        )
        for m in mentions
    ]
    return found + named


def _named(mentions: list[Row]) -> list[Row]:
    """Agencies in the order of their first mention, with all their roles."""
    named: dict[str, Row] = {}
    for m in mentions:
        agency = named.setdefault(
            m["agency_id"], {"id": m["agency_id"], "name": m["name"], "roles": [], "times": 0}
        )
        agency["times"] += 1
        if m["role"] not in agency["roles"]:
            agency["roles"].append(m["role"])
    return list(named.values())


def explain(finding: Row) -> str:
    """What a finding says beyond its words, in one line."""
    kind = finding["kind"]
    parts: list[Any]
    if kind == "judgement":
        parts = _explain_judgement(finding)
    elif kind == "action":
        parts = [finding["action"].replace("-", " "), finding["status"], finding["body"]]
    elif kind == "statistic":
        of = f"{finding['value']} of {finding['of']}" if finding["of"] else finding["value"]
        parts = [of, finding["what"]]
    elif kind == "recommendation":
        parts = []  # its words say it
    elif kind == "detail":
        parts = [finding["what"].replace("_", " "), finding["value"]]
    elif kind == "response":
        who = [finding["name"], finding["role"]]
        parts = [*(who if any(who) else ["itself"]), finding["stance"], finding["body"]]
    else:
        said = {"body": "said by the body itself", "other": "said by somebody else"}
        parts = [finding["body"], said.get(finding["speaker"])]
    return " · ".join(part for part in parts if part)


def _explain_judgement(finding: Row) -> list[Any]:
    aspect, grade = finding["aspect"], finding["grade"]
    parts = [finding["body"], grade if aspect == NOT_STATED else f"{aspect}: {grade}"]
    if finding["rank"] and finding["scale"]:
        parts.append(f"grade {finding['rank']} of {finding['scale']}")
    parts.append(DIRECTIONS.get(finding["direction"] or "", ""))
    parts.append(finding["inspectorate"])
    if finding["status"] != "current":
        parts.append(finding["status"])
    return parts
