"""The row of each pass, and what was found about the health of each source."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pipeline.archive import Archive
from pipeline.archive.pace import as_text, as_time
from pipeline.models import Health, Report

_HEALTH = ("source_id", "state", "since_at", "last_ok_at", "last_new_at", "failures", "reason",
           "needs_person")  # fmt: skip


def record_health(archive: Archive, found: Sequence[Health], now: datetime) -> None:
    """One row a source; sources that left sources.yaml lose theirs, others keep what they have.

    `checked_at` is when a row last changed: what is the same as before is not written again.
    """
    rows = {
        h.source_id: (h.source_id, h.state, as_text(h.since_at), as_text(h.last_ok_at),
                      as_text(h.last_new_at), h.failures, h.reason, int(h.needs_person))
        for h in found
    }  # fmt: skip
    with archive.transaction() as db:
        stored = {r[0]: tuple(r) for r in db.execute(f"SELECT {', '.join(_HEALTH)} FROM health")}
        db.execute(
            "DELETE FROM health WHERE source_id IN (SELECT id FROM sources WHERE NOT listed)"
        )
        db.conn.executemany(
            f"""INSERT INTO health ({", ".join(_HEALTH)}, checked_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (source_id) DO UPDATE SET state = excluded.state,
                    since_at = excluded.since_at, last_ok_at = excluded.last_ok_at,
                    last_new_at = excluded.last_new_at, failures = excluded.failures,
                    reason = excluded.reason, needs_person = excluded.needs_person,
                    checked_at = excluded.checked_at""",
            [(*row, as_text(now)) for id_, row in rows.items() if stored.get(id_) != row],
        )


def record_still_well(archive: Archive, source_ids: Collection[str], now: datetime) -> None:
    """For sources that are as they were, and were heard from: their rows say when last."""
    with archive.transaction() as db:
        db.execute(
            """UPDATE health SET last_ok_at = f.at, checked_at = :now
               FROM (SELECT source_id, max(last_ok_at) AS at FROM feeds
                     WHERE listed AND source_id IN (SELECT value FROM json_each(:ids))
                     GROUP BY source_id) f
               WHERE f.source_id = health.source_id AND f.at IS NOT health.last_ok_at""",
            {"now": as_text(now), "ids": json.dumps(sorted(source_ids))},
        )


def record_check(archive: Archive, now: datetime) -> None:
    """Write into the latest pass's row that every source was judged."""
    with archive.transaction() as db:
        db.execute(f"UPDATE passes SET checked_at = ? WHERE id = {_LATEST}", (as_text(now),))


def last_check(archive: Archive) -> datetime | None:
    """When the latest pass had judged every source; None: it did not come to that."""
    row = archive.db.execute(f"SELECT checked_at FROM passes WHERE id = {_LATEST}").fetchone()
    return as_time(row[0]) if row else None


def access_counts(archive: Archive, since: datetime) -> Mapping[str, Mapping[str, int]]:
    """By source, how many of its stories first seen since then have which `access`."""
    counts: dict[str, dict[str, int]] = {}
    for source_id, access, count in archive.db.execute(
        """SELECT source_id, access, count(*) FROM articles
           WHERE first_seen_at >= ? AND source_id IS NOT NULL GROUP BY 1, 2""",
        (as_text(since),),
    ):
        counts.setdefault(source_id, {})[access] = count
    return counts


def begin_pass(archive: Archive, now: datetime) -> None:
    """A row in `passes`; its `beat_at` is the heartbeat until `finish_pass`."""
    with archive.transaction() as db:
        db.execute("INSERT INTO passes (started_at, beat_at) VALUES (?, ?)", (as_text(now),) * 2)


def finish_pass(archive: Archive, report: Report) -> None:
    """Complete the row that `begin_pass` made with what the whole pass came to."""
    with archive.transaction() as db:
        db.execute(
            f"""UPDATE passes SET beat_at = :ended_at, ended_at = :ended_at, stopped = :stopped,
                    feeds_due = :feeds_due, feeds_failed = :feeds_failed,
                    entries_new = :entries_new, pages_fetched = :pages_fetched,
                    pages_failed = :pages_failed, articles_cleaned = :articles_cleaned,
                    articles_failed = :articles_failed, articles_tagged = :articles_tagged
                WHERE id = {_LATEST}""",
            {"ended_at": as_text(report.ended_at), "stopped": report.stopped,
             "feeds_due": report.feeds_due, "feeds_failed": report.feeds_failed,
             "entries_new": report.entries_new, "pages_fetched": report.pages_fetched,
             "pages_failed": report.pages_failed, "articles_cleaned": report.articles_cleaned,
             "articles_failed": report.articles_failed,
             "articles_tagged": report.articles_tagged},
        )  # fmt: skip


_LATEST = "(SELECT max(id) FROM passes)"
