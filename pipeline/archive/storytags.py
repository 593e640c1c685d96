"""The questions behind `show`: what tagging and cleaning said of one article."""

from __future__ import annotations

_BODIES = (
    "SELECT g.id, g.name, g.kind, g.code FROM article_agencies AS x"
    " JOIN agencies AS g ON g.id = x.agency_id"
    " WHERE x.article_id = ? AND x.role = '{}' ORDER BY g.name"
)
_SPAN = 'f.start, f."end", f.quote, f.rule'
_FINDINGS = (
    "SELECT {}, " + _SPAN + " FROM findings AS f WHERE f.article_id = ? AND {} ORDER BY start, id"
)
#: key → the query of its rows, for one article
TAGS = {
    "inspectorates": _BODIES.format("inspectorate"),
    "bodies": _BODIES.format("inspected"),
    "mentions": "SELECT m.agency_id AS id, g.name, m.role, m.start, m.\"end\", m.quote, m.rule,"
    " m.confidence FROM mentions AS m JOIN agencies AS g ON g.id = m.agency_id"
    " WHERE m.article_id = ? ORDER BY m.start, m.id",
    "judgements": _FINDINGS.format(
        "body_id AS body, inspectorate_id AS inspectorate, framework, aspect, grade, rank, scale,"
        " status, direction, confidence", "kind = 'judgement'"),
    "findings": _FINDINGS.format("kind AS polarity, body_id AS body, speaker, confidence",
                                 "kind IN ('strength', 'weakness')"),
    "actions": _FINDINGS.format("action AS kind, status, body_id AS body", "kind = 'action'"),
    "statistics": _FINDINGS.format('value, "of", what', "kind = 'statistic'"),
    "themes": 'SELECT theme_id AS id, name, start, "end", quote FROM article_themes'
    " WHERE article_id = ? ORDER BY start",
    "places": 'SELECT name, code, start, "end", quote FROM article_places'
    " WHERE article_id = ? ORDER BY start",
    "responses": "SELECT f.body_id AS body, f.name, f.role, f.stance, f.confidence, " + _SPAN
    + " FROM responses AS f WHERE f.article_id = ? ORDER BY f.start, f.id",
    "details": "SELECT f.kind, f.value, " + _SPAN
    + " FROM inspection_details AS f WHERE f.article_id = ? ORDER BY f.start, f.id",
    "cautions": "SELECT f.kind, " + _SPAN
    + " FROM cautions AS f WHERE f.article_id = ? ORDER BY f.start, f.id",
    "removed": "SELECT rule, kind, text FROM removals WHERE article_id = ? ORDER BY id",
    "revisions": "SELECT seen_at, digest, headline FROM revisions WHERE article_id = ? ORDER BY id",
}  # fmt: skip
