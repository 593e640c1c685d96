"""Reports that stories link to: which are wanted, which came, and why the others did not.

They are no entries of a feed: neither a source's rhythm nor its health hangs on them. What comes is
a page like any other, and cleaned and tagged as one.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.archive import Archive
from pipeline.archive.pace import as_text
from pipeline.archive.pages import insert_fetch, store_bodies, upsert_page
from pipeline.clean.official import leads_to_a_report
from pipeline.models import Failure, Page
from pipeline.urls import canonical

#: A story's reports are looked for while it is news: an old archive asks nobody for years of them.
_FRESH = timedelta(days=30)
_A_STORY = 3  #: reports of one story, in the order of its links

_LINKS = """
SELECT a.url AS story_url, a.source_id, l.value ->> 'url' AS link
FROM articles AS a, json_each(a.links) AS l
WHERE a.is_report = 1 AND a.first_seen_at >= :since AND l.value ->> 'official'
    AND a.source_id IN (SELECT value FROM json_each(:sources))
ORDER BY a.id, l.key
"""
_QUEUE = """
INSERT INTO linked_reports (url, story_url, source_id, first_seen_at)
SELECT :url, :story_url, :source_id, :now
WHERE NOT EXISTS (SELECT 1 FROM pages WHERE url = :url)
    AND NOT EXISTS (SELECT 1 FROM entries WHERE url = :url)
ON CONFLICT (url) DO NOTHING
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingReport:
    """A report that is wanted. `attempts`: how many failed so far."""

    url: str
    source_id: str
    attempts: int


def queue(archive: Archive, source_ids: Collection[str], now: datetime) -> None:
    """Notes the reports that fresh stories of these sources link to and that nobody has yet."""
    given = {"since": as_text(now - _FRESH), "sources": json.dumps(sorted(source_ids))}
    found = list(archive.db.query(_LINKS, given))
    taken: dict[str, int] = {}
    with archive.transaction() as db:
        for row in found:
            url = canonical(row["link"])
            number = taken.get(row["story_url"], 0)
            if number >= _A_STORY or not leads_to_a_report(url):
                continue
            taken[row["story_url"]] = number + 1
            db.execute(_QUEUE, {"url": url, "story_url": row["story_url"],
                                "source_id": row["source_id"], "now": as_text(now)})  # fmt: skip


def due(archive: Archive, source_ids: Collection[str], now: datetime) -> tuple[WaitingReport, ...]:
    """The reports that may be asked for now, newest first."""
    rows = archive.db.query(
        """SELECT url, source_id, attempts FROM linked_reports
           WHERE state = 'waiting' AND (due_at IS NULL OR due_at <= ?)
               AND source_id IN (SELECT value FROM json_each(?))
           ORDER BY first_seen_at DESC, url""",
        (as_text(now), json.dumps(sorted(source_ids))),
    )
    return tuple(WaitingReport(**r) for r in rows)


def record(
    archive: Archive, report: WaitingReport, page: Page, *, status: int | None, seconds: float
) -> None:
    """Stores a report that came, as a page."""
    store_bodies(archive, [page])
    with archive.transaction() as db:
        insert_fetch(archive, page.url, report.source_id, "report", page.fetched_at, "page",
                     status=status, bytes_=len(page.body), seconds=seconds)  # fmt: skip
        upsert_page(archive, page, report.source_id, replace=False)
        db.execute("UPDATE linked_reports SET state = 'stored', due_at = NULL, reason = NULL"
                   " WHERE url = ?", (page.url,))  # fmt: skip


def record_failure(
    archive: Archive, report: WaitingReport, failure: Failure, *, retry_at: datetime | None
) -> None:
    """Stores why a report could not be had; `retry_at` None gives it up."""
    with archive.transaction() as db:
        insert_fetch(archive, report.url, report.source_id, "report", failure.at, "failed",
                     status=failure.status, failure=failure)  # fmt: skip
        db.execute(
            """UPDATE linked_reports SET state = ?, attempts = attempts + 1, due_at = ?, reason = ?
               WHERE url = ?""",
            ("waiting" if retry_at else "failed", as_text(retry_at), failure.reason, report.url),
        )


def put_off(archive: Archive, report: WaitingReport, until: datetime, reason: str) -> None:
    """Leaves a report for later without asking: its host wants to be left alone."""
    with archive.transaction() as db:
        db.execute("UPDATE linked_reports SET due_at = ?, reason = ? WHERE url = ?",
                   (as_text(until), reason, report.url))  # fmt: skip
