"""Published states of the archive: a fingerprint that two archives share when their stories do."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from pipeline.archive.pace import as_text

_LEDGER = """
SELECT article_url || char(31) || stage || char(31) || made_from || char(31) || made_by
    || char(31) || coalesce(error, '') || char(30)
FROM derivations ORDER BY article_url, stage
"""
_NEWEST = "SELECT max(made_at) FROM derivations"
_LAST = "SELECT published_at, ledger_at, fingerprint FROM publications ORDER BY id DESC LIMIT 1"
_INSERT = """
INSERT INTO publications (published_at, ledger_at, fingerprint, stories, reports)
SELECT ?, ?, ?, count(*), count(*) FILTER (WHERE is_report = 1) FROM articles
"""
#: rows of the ledger that are hashed at a time
_CHUNK = 2000


def fingerprint(db: Database) -> str:
    """16 hex digits of the whole ledger: what each story was made from, and by which rules.

    The same pages under the same rules give the same digits, on any machine and at any time; the
    times of the work are not in it.
    """
    digest = hashlib.sha256()
    rows = db.execute(_LEDGER)
    while chunk := rows.fetchmany(_CHUNK):
        digest.update("".join(row[0] for row in chunk).encode())
    return digest.hexdigest()[:16]


def record(db: Database, *, now: datetime | None = None) -> bool:
    """Adds the archive's state to `publications`, if it differs from the last one there.

    Cheap where nothing was derived since. Returns whether a row was added.
    """
    now = now or datetime.now(UTC)
    newest = db.execute(_NEWEST).fetchone()[0]
    last = db.execute(_LAST).fetchone()
    if last and last[1] == newest and (newest is None or _settled(last[0], newest)):
        return False
    found = fingerprint(db)
    stamp = as_text(now)
    with db.atomic():
        if last and last[2] == found:
            db.execute(
                "UPDATE publications SET ledger_at = ?, published_at = ?"
                " WHERE id = (SELECT max(id) FROM publications)",
                (newest, stamp),
            )
            return False
        db.execute(_INSERT, (stamp, newest, found))
    return True


def _settled(published_at: str, ledger_at: str) -> bool:
    """Whether the second of the newest line was over: another line of it may have come later."""
    over = datetime.fromisoformat(ledger_at) + timedelta(seconds=1)
    return datetime.fromisoformat(published_at) >= over
