"""What quiet hours are for: old routine records go, indexes are merged, the log is emptied.

No raw page goes, also none that a newer version of the same page took the place of: it is what an
earlier revision of a story was made from, and what a better cleaner could be shown again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.archive import Archive
from pipeline.archive.errors import translated
from pipeline.archive.pace import as_text

#: "Nothing had changed" and "nothing was new" are of no interest after a season. Every fetch that
#: brought something or failed is kept for good: it is the history of the source.
ROUTINE_KEPT = timedelta(days=90)
#: where no service has nights, between two tidyings
_WEEK = 7


def tidy(archive: Archive, *, now: datetime) -> None:
    """Forgets routine records, renews the planner's statistics, merges the full-text index.

    The latest answer of each feed stays, whatever it brought. Raises ArchiveError when the archive
    cannot be used.
    """
    before = as_text(now - ROUTINE_KEPT)
    with translated(archive.path):
        with archive.transaction() as db:
            db.execute(
                """DELETE FROM fetches WHERE fetched_at < ?
                   AND (outcome = 'not_modified' OR (outcome = 'entries' AND entries_new = 0))
                   AND id NOT IN (SELECT max(id) FROM fetches WHERE what = 'feed' GROUP BY url)""",
                (before,),
            )
            db.execute(
                """DELETE FROM passes WHERE started_at < ? AND ended_at IS NOT NULL
                   AND NOT (entries_new OR pages_fetched OR pages_failed OR feeds_failed
                            OR articles_cleaned OR articles_failed OR articles_tagged)""",
                (before,),
            )
            _remember(archive, now)
        archive.db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('optimize')")
        archive.db.execute("PRAGMA analysis_limit = 1000")
        archive.db.execute("ANALYZE")
        for database in (archive.db, archive.pages):
            # A reader may be in the way; then the log is emptied another night.
            patience = database.execute("PRAGMA busy_timeout").fetchone()[0]
            database.execute("PRAGMA busy_timeout = 0")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute(f"PRAGMA busy_timeout = {patience}")


def tidy_weekly(archive: Archive, *, now: datetime) -> bool:
    """`tidy`, if that was a week ago: for single passes, which have no night. True if it was done.

    An archive's first week begins with the first call. Raises as `tidy` does.
    """
    last = int(archive.db.execute("PRAGMA user_version").fetchone()[0])
    if not last:
        with archive.transaction():
            _remember(archive, now)
    # A day in the future was written by a clock that was wrong.
    elif not 0 <= now.toordinal() - last < _WEEK:
        tidy(archive, now=now)
        return True
    return False


def _remember(archive: Archive, now: datetime) -> None:
    """The day, counted from 1 Jan 1: SQLite keeps one number for its user in the file's head."""
    archive.db.execute(f"PRAGMA user_version = {now.toordinal()}")
