"""What the archive knows of hosts: their robots.txt, and which of them asked to be left alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pipeline.archive import Archive
from pipeline.archive.pace import as_text, as_time
from pipeline.models import Failure, RobotsRecord


def robots(archive: Archive) -> dict[str, RobotsRecord]:
    """Every robots.txt that was asked for, by origin."""
    return {
        r["origin"]: RobotsRecord(
            origin=r["origin"], fetched_at=datetime.fromisoformat(r["fetched_at"]),
            status=r["status"], body=r["body"], reason=r["reason"],
            tried_at=as_time(r["tried_at"]),
        )
        for r in archive.db.query("SELECT * FROM robots")
    }  # fmt: skip


def record_robots(archive: Archive, found: Iterable[RobotsRecord]) -> None:
    """One row an origin; a newer one takes its place."""
    with archive.transaction() as db:
        db.conn.executemany(
            """INSERT INTO robots (origin, fetched_at, status, body, reason, tried_at)
               VALUES (?, ?, ?, ?, ?, ?)
               ON CONFLICT (origin) DO UPDATE SET fetched_at = excluded.fetched_at,
                   status = excluded.status, body = excluded.body, reason = excluded.reason,
                   tried_at = excluded.tried_at""",
            [
                (r.origin, as_text(r.fetched_at), r.status, r.body, r.reason, as_text(r.tried_at))
                for r in found
            ],
        )


def busy_hosts(archive: Archive, now: datetime) -> dict[str, Failure]:
    """By host, its request to be left alone, where its time is not over."""
    rows = archive.db.query("SELECT * FROM holds WHERE until_at > ?", (as_text(now),))
    found = {}
    for row in rows:
        asked_at = datetime.fromisoformat(row["asked_at"])
        found[row["host"]] = Failure(
            url=row["host"], kind="status", grade="transient", reason=row["reason"], at=asked_at,
            status=row["status"], retry_after=datetime.fromisoformat(row["until_at"]) - asked_at,
        )  # fmt: skip
    return found


def record_busy(archive: Archive, found: Mapping[str, Failure]) -> None:
    """One row a host; those whose time is over go."""
    with archive.transaction() as db:
        for host, asked in found.items():
            db.execute("DELETE FROM holds WHERE until_at <= ?", (as_text(asked.at),))
            db.execute(
                """INSERT INTO holds (host, asked_at, until_at, status, reason)
                   VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT (host) DO UPDATE SET asked_at = excluded.asked_at,
                       until_at = excluded.until_at, status = excluded.status,
                       reason = excluded.reason""",
                (host, as_text(asked.at), as_text(asked.at + (asked.retry_after or timedelta(0))),
                 asked.status, asked.reason),
            )  # fmt: skip
