"""What tagging made of an article, written and read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.archive import Archive
from pipeline.archive.facets import renew
from pipeline.errors import TagError
from pipeline.models import Agency, Link, Story, Tags

_TABLES = ("mentions", "findings", "article_agencies", "article_themes", "article_places",
           "responses", "inspection_details", "cautions")  # fmt: skip
_AGENCY = ("id", "name", "kind", "code", "nation", "region", "latitude", "longitude", "valid_from",
           "valid_until", "successor", "source", "other_names", "identifiers", "area",
           "parent")  # fmt: skip
_EMPTY = {"identifiers": "{}"}
_FINDING = ("kind", "body_id", "inspectorate_id", "framework", "aspect", "grade", "rank", "scale",
            "status", "direction", "speaker", "action", "value", "of", "what", "start", "end",
            "quote", "rule", "confidence")  # fmt: skip


def story(archive: Archive, url: str) -> Story:
    """What the tagger reads of an article. Raises TagError when there is none."""
    row = archive.db.execute(_STORY, {"url": url}).fetchone()
    if row is None:
        raise TagError("is not in the archive", record=url)
    links = tuple(Link(url=r["url"], text=r["text"]) for r in json.loads(row[5] or "[]"))
    return Story(id=url, url=url, title=row[0], standfirst=row[1], text=row[2], published_at=row[3],
                 access=row[4], links=links, region=row[6])  # fmt: skip


_STORY = """
SELECT headline, standfirst, text, published_at, access, links, (
    SELECT min(s.region) FROM entries e JOIN sources s ON s.id = e.source_id WHERE e.url = a.url
) FROM articles a WHERE url = :url
"""


def save_tags(archive: Archive, url: str, tags: Tags, *, now: datetime) -> None:
    """Replaces the tags of an article, within the caller's transaction."""
    db = archive.db
    (article_id,) = db.execute("SELECT id FROM articles WHERE url = ?", (url,)).fetchone()
    _clear(archive, article_id)
    save_agencies(archive, _named(tags), replace=False)
    db.execute(
        "UPDATE articles SET is_report = ?, inspection_type = ?, reasons = ?, updated_at = ?"
        " WHERE id = ?",
        (tags.is_report, tags.inspection_type, json.dumps(tags.reasons, ensure_ascii=False),
         now.astimezone(UTC).isoformat(timespec="seconds"), article_id),
    )  # fmt: skip
    for table, rows in _rows(tags).items():
        for row in rows:
            values = {"article_id": article_id, **row}
            names = ", ".join(f'"{c}"' for c in values)
            marks = ", ".join("?" * len(values))
            db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
    _agree(archive, (a.id for a in tags.bodies))
    renew(archive, article_id)


def clear_tags(archive: Archive, article_id: int) -> None:
    """Takes an article's tags away; it counts as not tagged yet."""
    _clear(archive, article_id)
    renew(archive, article_id)


def _clear(archive: Archive, article_id: int) -> None:
    had = archive.db.execute(
        "SELECT agency_id FROM article_agencies WHERE article_id = ?", (article_id,)
    ).fetchall()
    for table in _TABLES:
        archive.db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
    _agree(archive, (agency_id for (agency_id,) in had))
    archive.db.execute(
        "UPDATE articles SET is_report = NULL, inspection_type = NULL, reasons = '[]'"
        " WHERE id = ? AND is_report IS NOT NULL",
        (article_id,),
    )


def save_agencies(
    archive: Archive, records: Iterable[Mapping[str, Any]], *, replace: bool = True
) -> None:
    """Upserts bodies by id. `replace=False` leaves those alone that are there already."""
    others = _AGENCY[1:]
    action = (
        "UPDATE SET " + ", ".join(f"{c} = excluded.{c}" for c in others)
        + f" WHERE ({', '.join(others)}) IS NOT ({', '.join('excluded.' + c for c in others)})"
        if replace else "NOTHING"
    )  # fmt: skip
    archive.db.conn.executemany(
        f"INSERT INTO agencies ({', '.join(_AGENCY)}) VALUES ({', '.join('?' * len(_AGENCY))})"
        f" ON CONFLICT (id) DO {action}",
        [tuple(record.get(c, _EMPTY.get(c)) for c in _AGENCY) for record in records],
    )


def save_neighbours(archive: Archive, rows: Iterable[tuple[str, int, str]]) -> None:
    """Makes the table `neighbours` what `rows` say (council, place, neighbour).

    Rows that are there already are not written.
    """
    wanted = set(rows)
    found = archive.db.execute("SELECT agency_id, place, neighbour_id FROM neighbours").fetchall()
    kept = set(found)
    archive.db.conn.executemany(
        "DELETE FROM neighbours WHERE (agency_id, place, neighbour_id) = (?, ?, ?)",
        sorted(kept - wanted),
    )
    archive.db.conn.executemany("INSERT INTO neighbours VALUES (?, ?, ?)", sorted(wanted - kept))


def _named(tags: Tags) -> Iterator[dict[str, Any]]:
    """Every body that the tags name, best described first: an unlisted one is new to the table."""
    for agency in (*tags.inspectorates, *tags.bodies):
        code = None if agency.id.startswith(_UNLISTED) else agency.code
        yield {"id": agency.id, "name": agency.name, "kind": agency.kind, "code": code,
               "source": _source(agency.id)}  # fmt: skip
    names = {m.id: m.name for m in tags.mentions}
    ids = [*names]
    ids += [x for j in tags.judgements for x in (j.body, j.inspectorate) if x]
    ids += [f.body for f in tags.findings if f.body]
    ids += [a.body for a in tags.actions if a.body]
    ids += [r.body for r in tags.responses if r.body]
    for id_ in dict.fromkeys(ids):
        *kind, slug = id_.split(":")
        yield {"id": id_, "name": names.get(id_) or slug.replace("-", " "),
               "kind": kind[-1] if kind else "inspectorate", "source": _source(id_)}  # fmt: skip


def _source(id_: str) -> str | None:
    return "recognised by the form of its name" if id_.startswith(_UNLISTED) else None


_UNLISTED = "unlisted:"
_AGREED = """
UPDATE agencies SET (area, identifiers, code) = (
    SELECT CASE count(DISTINCT x.area) WHEN 1 THEN max(x.area) END,
        CASE count(DISTINCT nullif(x.identifiers, '{}'))
            WHEN 1 THEN max(nullif(x.identifiers, '{}')) ELSE '{}' END,
        CASE count(DISTINCT json_extract(x.identifiers, '$.urn'))
            WHEN 1 THEN max(json_extract(x.identifiers, '$.urn')) END
    FROM article_agencies AS x WHERE x.agency_id = agencies.id
) WHERE id = ?
"""


def _agree(archive: Archive, ids: Iterable[str]) -> None:
    """Gives unlisted bodies the town and the numbers on which all stories that tell them agree.

    Two homes of one name share an id; where their towns differ, `agencies` names none, whichever
    story came first.
    """
    unlisted = sorted(i for i in set(ids) if i.startswith(_UNLISTED))
    archive.db.conn.executemany(_AGREED, [(i,) for i in unlisted])


def _rows(tags: Tags) -> dict[str, list[dict[str, Any]]]:
    """Table → rows, without the article's id."""
    roles = [("inspectorate", a) for a in tags.inspectorates]
    roles += [("inspected", a) for a in tags.bodies]
    return {
        "article_agencies": [
            {"agency_id": a.id, "role": role, "rule": a.rule, "confidence": a.confidence,
             "area": a.place, "identifiers": json.dumps(dict(a.identifiers))}
            for role, a in _distinct(roles)
        ],
        "mentions": [
            {"agency_id": m.id, "role": m.role, "start": m.start, "end": m.end, "quote": m.quote,
             "rule": m.rule, "confidence": m.confidence}
            for m in tags.mentions
        ],
        "findings": [_finding(**row) for row in _findings(tags)],
        "article_themes": [
            {"theme_id": t.id, "name": t.name, "start": t.start, "end": t.end, "quote": t.quote}
            for t in tags.themes
        ],
        "article_places": [
            {"name": p.name, "code": p.code, "start": p.start, "end": p.end, "quote": p.quote}
            for p in tags.places
        ],
        "responses": [
            {"body_id": r.body, "name": r.name, "role": r.role, "stance": r.stance,
             **_evidence(r), "confidence": r.confidence}
            for r in tags.responses
        ],
        "inspection_details": [
            {"kind": d.kind, "value": d.value, **_evidence(d)} for d in tags.details
        ],
        "cautions": [{"kind": c.kind, **_evidence(c)} for c in tags.cautions],
    }  # fmt: skip


def _distinct(roles: list[tuple[str, Agency]]) -> list[tuple[str, Agency]]:
    return list({(role, agency.id): (role, agency) for role, agency in roles}.values())


def _finding(**values: Any) -> dict[str, Any]:
    """Uniform rows: every column, absent ones NULL."""
    return {c: values.get(c) for c in _FINDING}


def _findings(tags: Tags) -> Iterator[dict[str, Any]]:
    for j in tags.judgements:
        yield {**_evidence(j), "kind": "judgement", "body_id": j.body,
               "inspectorate_id": j.inspectorate, "framework": j.framework, "aspect": j.aspect,
               "grade": j.grade, "rank": j.rank, "scale": j.scale, "status": j.status,
               "direction": j.direction, "confidence": j.confidence}  # fmt: skip
    for f in tags.findings:
        yield {**_evidence(f), "kind": f.polarity, "body_id": f.body, "speaker": f.speaker,
               "confidence": f.confidence}  # fmt: skip
    for a in tags.actions:
        yield {**_evidence(a), "kind": "action", "body_id": a.body, "action": a.kind,
               "status": a.status}  # fmt: skip
    for s in tags.statistics:
        yield {**_evidence(s), "kind": "statistic", "value": s.value, "of": s.of,
               "what": s.what}  # fmt: skip


def _evidence(tag: Any) -> dict[str, Any]:
    return {"start": tag.start, "end": tag.end, "quote": tag.quote, "rule": tag.rule}


# ---------------------------------------------------------------- tags as sentences, to compare

_SAID = """
SELECT x.role || ': ' || x.agency_id FROM article_agencies AS x WHERE x.article_id = :id
UNION ALL
SELECT CASE kind
    WHEN 'judgement' THEN 'judgement: ' || coalesce(body_id, '?') || ', ' || aspect || ': ' || grade
        || ' (' || status || coalesce(', ' || direction, '') || ')'
    WHEN 'action' THEN 'action: ' || action || ' (' || status || ')'
    WHEN 'statistic' THEN 'statistic: ' || quote
    ELSE kind || ': ' || quote END
FROM findings WHERE article_id = :id
UNION ALL SELECT 'theme: ' || theme_id FROM article_themes WHERE article_id = :id
UNION ALL SELECT CASE WHEN is_report THEN 'a report of an inspection' ELSE 'not a report' END
FROM articles WHERE id = :id AND is_report IS NOT NULL
UNION ALL SELECT 'answer: ' || coalesce(name, role, 'the body itself')
    || coalesce(', ' || stance, '') FROM responses WHERE article_id = :id
UNION ALL SELECT replace(kind, '_', ' ') || ': ' || value FROM inspection_details
WHERE article_id = :id
UNION ALL SELECT 'ask for care (' || kind || '): ' || quote FROM cautions WHERE article_id = :id
UNION ALL SELECT 'type: ' || inspection_type FROM articles WHERE id = :id
    AND inspection_type IS NOT NULL
"""


def said(archive: Archive, url: str) -> frozenset[str]:
    """The tags of an article, one short line each, for `derive --dry-run` to compare."""
    row = archive.db.execute("SELECT id FROM articles WHERE url = ?", (url,)).fetchone()
    if row is None:
        return frozenset()
    return frozenset(line for (line,) in archive.db.execute(_SAID, {"id": row[0]}))
