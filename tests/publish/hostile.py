"""Archives whose every word is an attack, beside one of the same shape that is harmless."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from sqlite_utils import Database

from pipeline import publish
from pipeline.archive.schema import archive_migrations
from pipeline.archive.schema_serving import FACETS

HERE = Path(__file__).parent
SEEN = "2026-11-01T00:00:00+00:00"
#: by table, what is ours to choose and never a stranger's word
OURS: dict[str, dict[str, Any]] = {
    "sources": {"enabled": 1, "pages": 1, "first_seen_at": SEEN},
    "feeds": {"due_at": SEEN, "checked_at": SEEN, "kind": "feed", "retired_at": None, "hints": None,
              "rhythm": None, "moved_at": SEEN},
    "fetches": {"what": "feed", "outcome": "failed", "fetched_at": SEEN},
    "entries": {"first_seen_at": SEEN, "page_state": "failed"},
    "articles": {"first_seen_at": "2026-11-03T09:00:00+00:00", "updated_at": SEEN, "is_report": 1,
                 "access": "partial"},
    "findings": {"kind": "judgement", "rank": 4, "scale": 4, "status": "current",
                 "direction": "down", "speaker": "inspectors", "confidence": "stated"},
    "responses": {"stance": "disputes", "confidence": "stated"},
    "mentions": {"role": "inspected", "confidence": "stated"},
    "article_agencies": {"role": "inspected", "identifiers": "{}"},
    "inspection_details": {"kind": "recommendation"},
    "agencies": {"latitude": 54.5, "longitude": -1.3, "identifiers": "{}", "parent": None},
    "health": {"state": "failing", "failures": 3, "needs_person": 1, "since_at": SEEN,
               "last_ok_at": SEEN, "last_new_at": SEEN, "checked_at": SEEN},
    "gaps": {"since_at": SEEN, "until_at": "2026-11-02T00:00:00+00:00", "entries": 20},
    "moves": {"moved_at": SEEN},
    "revisions": {"seen_at": SEEN},
    "derivations": {"made_at": SEEN, "stage": "clean"},
    "passes": {"started_at": SEEN, "beat_at": SEEN, "ended_at": SEEN},
    "robots": {"fetched_at": SEEN, "tried_at": None, "status": 200},
    "linked_reports": {"state": "failed", "first_seen_at": SEEN},
    "aliases": {"seen_at": SEEN},
    "holds": {"asked_at": SEEN, "until_at": SEEN},
    "watched": {"kind": "region"},
    "cautions": {"kind": "child"},
    "publications": {"published_at": SEEN, "ledger_at": SEEN},
    "heartbeat": {"id": 1, "beat_at": SEEN, "started_at": SEEN},
}  # fmt: skip
_RHYTHM = json.dumps({"since": SEEN, "at": SEEN, "hours": [2] * 24, "days": [7] * 7,
                      "longest_seconds": 9000})  # fmt: skip
_KINDS = ("strength", "weakness", "action", "statistic")
#: made by the code that keeps them, or read by nobody
_LEFT_OUT = ("story_facets", "facet_values", "feed_items", "page_names", "page_lines", "site_lines",
             "readings", "_sqlite_migrations", "neighbours", "pages")  # fmt: skip


def payloads() -> dict[str, str]:
    """Name → what to inject."""
    with (HERE / "hostile.yaml").open(encoding="utf-8") as f:
        given = yaml.safe_load(f)["payloads"]
    return {name: text.replace("{long}", "W" * 100_000) for name, text in given.items()}


def harmless(names: Mapping[str, str]) -> dict[str, str]:
    """As many words that do no harm, under the same names; some are addresses, one is marked."""
    said = {name: f"word{number}" for number, name in enumerate(names)}
    said |= {name: f"https://weekly.example/{name}" for name in names if name.startswith("web")}
    return said | {"image_backticks": "`word`"}


def make(path: Path, words: Mapping[str, str]) -> None:
    """Writes an archive to `path`: for each word one row in each table, made of nothing else."""
    db = Database(path)
    archive_migrations.apply(db)
    db.enable_wal()
    tables = [t for t in db.table_names()
              if t not in _LEFT_OUT and not t.startswith(("articles_fts", "sqlite_"))]  # fmt: skip
    with db.atomic():
        for number, word in enumerate(words.values(), 1):
            for table in tables:
                if table != "heartbeat" or number == 1:
                    _insert(db, table, number, word)
            _story(db, number, word)
        _facets(db)
    publish.refresh(SimpleNamespace(db=db))
    db.close()


def _insert(db: Database, table: str, number: int, word: str, **more: Any) -> None:
    ours = {**OURS.get(table, {}), **more}
    values: dict[str, Any] = {}
    for _, name, kind, _, default, key in db.execute(f'PRAGMA table_info("{table}")'):
        if name in ours:
            values[name] = ours[name]
        elif name == "article_id":
            values[name] = number
        elif name == "start":
            values[name] = 0
        elif name == "end":
            values[name] = len(word)
        elif default == "'[]'":
            values[name] = _as_json(name, word)
        elif kind == "TEXT":
            values[name] = word
        elif kind == "BLOB":
            values[name] = word.encode()
        elif key and table in ("watched",):
            values[name] = number
        elif kind in ("INTEGER", "REAL") and not key:
            values[name] = 1
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(values.values()))


def _as_json(column: str, word: str) -> str:
    one: Any = word
    if column == "links":
        one = {"url": word, "text": word, "official": True}
    if column == "disagreements":
        one = {"field": word, "source": word, "value": word}
    return json.dumps([one])


def _story(db: Database, number: int, word: str) -> None:
    """What only some rows have: an inspectorate, other kinds of findings, half of all dates."""
    _insert(db, "article_agencies", number, word, role="inspectorate")
    for kind in _KINDS:
        _insert(db, "findings", number, word, kind=kind, direction=None)
    _insert(db, "revisions", number, word, digest="later", seen_at="2026-11-04T00:00:00+00:00",
            text=word * 2)  # fmt: skip
    if number % 2:
        db.execute("UPDATE articles SET published_at = '2026-11-03' WHERE id = ?", [number])
        db.execute("UPDATE feeds SET rhythm = ? WHERE source_id = ?", [_RHYTHM, word])
        db.execute("UPDATE agencies SET kind = 'inspectorate' WHERE id = ?", [word])
        db.execute("UPDATE findings SET aspect = 'overall' WHERE article_id = ?", [number])


#: table → columns that hold a publisher's words and are never public
PRIVATE = {
    "articles": ("standfirst", "text", "captions", "links", "image_caption"),
    "entries": ("summary", "content_html"),
    "removals": ("text", "rule", "kind"),
    "revisions": ("headline", "standfirst", "text"),
    "robots": ("body",),
    "cautions": ("quote",),
}


def make_canaries(path: Path) -> set[str]:
    """Writes an archive with a word of its own in each private place; returns the words."""
    make(path, {"shown": "Sparrow"})
    canaries = set()
    db = Database(path)
    with db.atomic():
        for table, columns in PRIVATE.items():
            for column in columns:
                canary = f"canary{table}{column}".replace("_", "")
                word = _as_json(column, canary) if column in ("captions", "links") else canary
                db.execute(f'UPDATE "{table}" SET "{column}" = ?',
                           [word.encode() if column == "body" else word])  # fmt: skip
                canaries.add(canary)
        db.execute("UPDATE findings SET quote = 'The Sparrow sentence proves it.'")
        db.execute("UPDATE articles SET headline = 'The Sparrow headline', byline = 'Rhona Tillet',"
                   " url = 'https://weekly.example/sparrow'")  # fmt: skip
        _insert(db, "cautions", 1, "Sparrow", kind="restriction", quote="canarycautionsquote")
    db.close()
    return canaries


def _facets(db: Database) -> None:
    wanted = db.execute(FACETS.format("true", "true")).fetchall()
    db.conn.executemany(
        "INSERT INTO facet_values (facet, value) VALUES (?, ?)",
        sorted({(facet, value) for _, facet, value in wanted}),
    )
    db.conn.executemany(
        "INSERT INTO story_facets SELECT ?, id FROM facet_values WHERE facet = ? AND value = ?",
        wanted,
    )
