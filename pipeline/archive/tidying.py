"""What quiet hours are for: old routine records go, indexes are merged, the log is emptied."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from pipeline.archive import open_archive
from pipeline.archive.pace import as_text

#: "Nothing had changed" and "nothing was new" are of no interest after a season. Every fetch that
#: brought something or failed is kept for good: it is the history of the source.
ROUTINE_KEPT = timedelta(days=90)


def tidy(path: Path, *, now: datetime) -> None:
    """Forgets routine records, renews the planner's statistics, merges the full-text index.

    Raises ArchiveError when the archive cannot be used.
    """
    before = as_text(now - ROUTINE_KEPT)
    with open_archive(path, create=False) as archive:
        with archive.transaction() as db:
            db.execute(
                """DELETE FROM fetches WHERE fetched_at < ? AND outcome = 'not_modified'
                   AND id NOT IN (SELECT max(id) FROM fetches WHERE what = 'feed' GROUP BY url)""",
                (before,),
            )
            db.execute(
                """DELETE FROM passes WHERE started_at < ? AND ended_at IS NOT NULL
                   AND NOT (entries_new OR pages_fetched OR pages_failed OR feeds_failed
                            OR articles_cleaned OR articles_failed OR articles_tagged)""",
                (before,),
            )
        archive.db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('optimize')")
        archive.db.execute("PRAGMA analysis_limit = 1000")
        archive.db.execute("ANALYZE")
        for database in (archive.db, archive.pages):
            # A reader may be in the way; then the log is emptied another night.
            database.execute("PRAGMA busy_timeout = 0")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
