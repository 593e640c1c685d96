"""What the search page shows of each story that it lists."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.publish.named import Named

# Private to us within a story's words: Unicode keeps them for no character.
_ON, _OFF = "\ufdd0", "\ufdd1"
_PIECE = re.compile(f"({_ON}[^{_ON}{_OFF}]*{_OFF})")
_BEGINNING = 240  #: characters shown of a story that was found without words

_STORIES = """
SELECT id, url, headline, publisher, published_at, first_seen_at, access, is_report,
    substr(coalesce(nullif(standfirst, ''), text), 1, :beginning) AS beginning
FROM articles WHERE id IN (SELECT value FROM json_each(:ids))
"""
_REPORTED = """
SELECT a.id, r.grade, r.grade_rank, r.scale_size, r.direction, r.evidence
FROM articles AS a JOIN inspections_reported AS r ON r.article_url = a.url
WHERE a.id IN (SELECT value FROM json_each(?))
"""
_AGENCIES = """
SELECT x.article_id, x.role, g.id, g.name, g.kind FROM article_agencies AS x
JOIN agencies AS g ON g.id = x.agency_id
WHERE x.article_id IN (SELECT value FROM json_each(?)) ORDER BY x.article_id, g.name
"""
_MARKED = """
SELECT rowid, highlight(articles_fts, 0, :on, :off),
    CASE WHEN :column > 0 THEN snippet(articles_fts, :column, :on, :off, '…', 30) END
FROM articles_fts WHERE articles_fts MATCH :match AND {}
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a story, and whether they are those that were looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One story. `grade` and what follows it are as in the view `inspections_reported`."""

    id: int
    url: str
    headline: str
    publisher: str | None
    published_at: str | None
    first_seen_at: str
    access: str
    is_report: bool | None
    bodies: tuple[Named, ...]
    inspectorates: tuple[Named, ...]
    grade: str | None
    grade_rank: int | None
    scale_size: int | None
    direction: str | None
    evidence: str | None
    marked: tuple[Piece, ...]  #: the headline
    snippet: tuple[Piece, ...]  #: of the text; in a public copy, which has none, nothing


def hits(db: sqlite3.Connection, ids: Sequence[int], match: str) -> tuple[Hit, ...]:
    """The stories with these ids, in this order, where `match` is what FTS5 looked for."""
    given = json.dumps(list(ids))
    rows = {r[0]: r for r in db.execute(_STORIES, {"ids": given, "beginning": _BEGINNING})}
    reported = {r[0]: r for r in db.execute(_REPORTED, (given,))}
    named: dict[tuple[int, str], list[Named]] = defaultdict(list)
    for article, role, id_, name, kind in db.execute(_AGENCIES, (given,)):
        named[article, role].append(Named(id=id_, name=name, kind=kind))
    marked = _marked(db, ids, match) if match and ids else {}
    return tuple(
        _hit(rows[i], reported.get(i), tuple(named[i, "inspected"]),
             tuple(named[i, "inspectorate"]), marked.get(i)) for i in ids if i in rows
    )  # fmt: skip


def _hit(
    row: Any, reported: Any, bodies: tuple[Named, ...], inspectorates: tuple[Named, ...],
    marked: tuple[str | None, str | None] | None,
) -> Hit:  # fmt: skip
    id_, url, headline, publisher, published, seen, access, is_report, beginning = row
    grade, rank, scale, direction, evidence = tuple(reported)[1:] if reported else [None] * 5
    title, words = marked or (headline, beginning)
    return Hit(
        id=id_, url=url, headline=headline or "", publisher=publisher, published_at=published,
        first_seen_at=seen, access=access, is_report=None if is_report is None else bool(is_report),
        bodies=bodies, inspectorates=inspectorates, grade=grade, grade_rank=rank, scale_size=scale,
        direction=direction, evidence=evidence, marked=_pieces(title), snippet=_pieces(words),
    )  # fmt: skip


def _marked(
    db: sqlite3.Connection, ids: Sequence[int], match: str
) -> dict[int, tuple[str | None, str | None]]:
    """Headline and some of the text with marks, by story.

    Each story is looked up by itself; but FTS5 puts the list of a prefix together for each query,
    so that with one the stories between the oldest and the newest are gone through once.
    """
    columns = db.execute("SELECT count(*) FROM pragma_table_info('articles_fts')").fetchone()[0]
    inside = "rowid IN (SELECT value FROM json_each(:ids))"
    if "*" in match:
        inside = f"+{inside} AND rowid BETWEEN {min(ids)} AND {max(ids)}"
    values = {"on": _ON, "off": _OFF, "column": columns - 1, "match": match,
              "ids": json.dumps(list(ids))}  # fmt: skip
    return {r[0]: (r[1], r[2]) for r in db.execute(_MARKED.format(inside), values)}


def _pieces(text: str | None) -> tuple[Piece, ...]:
    pieces = []
    for part in _PIECE.split(" ".join((text or "").split())):
        if words := part.replace(_ON, "").replace(_OFF, ""):
            pieces.append(Piece(words, marked=bool(_PIECE.fullmatch(part))))
    return tuple(pieces)
