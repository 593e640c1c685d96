"""Publish: the views that people query, their descriptions, and Datasette on top.

`refresh` runs at the end of every pass. The views are the `.sql` files in `views/`, the words are
in `metadata.yaml` and `questions.yaml`; everything else in this folder shows them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from pipeline.archive import published

FOLDER = Path(__file__).parent
VIEWS = FOLDER / "views"


class Opened(Protocol):
    """What `refresh` needs of an open archive."""

    @property
    def db(self) -> Any:
        """A sqlite_utils.Database."""


def view_statements() -> dict[str, str]:
    """The `CREATE VIEW` statement of each view by name, as SQLite will keep it."""
    statements = {}
    for path in sorted(VIEWS.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        statements[path.stem] = text[text.index("CREATE VIEW") :].strip()
    return statements


def refresh(archive: Opened) -> tuple[str, ...]:
    """Brings the views of an archive up to date, notes its state, renews SQLite's statistics.

    Idempotent; all views change in one transaction, so that a reader sees the old ones or the new
    ones. Returns the names of the views that were made anew.
    """
    wanted = view_statements()
    there = {
        row[0]: row[1]
        for row in archive.db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    }
    changed = tuple(name for name, sql in wanted.items() if there.get(name) != sql)
    if changed:
        with archive.db.atomic():
            for name in changed:
                archive.db.execute(f'DROP VIEW IF EXISTS "{name}"')
                archive.db.execute(wanted[name])
    published.record(archive.db)
    # Bounded by analysis_limit: a few milliseconds, and nothing when little has changed.
    archive.db.execute("PRAGMA analysis_limit = 400")
    archive.db.execute("PRAGMA optimize")
    return changed
