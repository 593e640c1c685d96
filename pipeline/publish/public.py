"""A copy of the archive that may be shown to anyone: headlines, links, evidence; no article text.

Hiding a table in Datasette does not hide it from SQL, so what must not be shown must not be there.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from pipeline.archive.schema_serving import PRIVATE
from pipeline.errors import ArchiveError
from pipeline.publish import view_statements


def make_public_copy(db: Path, target: Path) -> None:
    """Writes the public copy of `db` to `target`, which must not exist.

    One read transaction, so the copy is consistent also while a pass writes. Full-text search is
    over headlines alone. Raises ArchiveError when either file cannot be used.
    """
    try:
        copy = sqlite3.connect(target.resolve().as_uri(), uri=True, isolation_level=None)
        try:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("ATTACH ? AS kept", (f"{db.resolve().as_uri()}?mode=ro",))
            copy.execute("BEGIN")
            _copy_tables(copy)
            for statement in view_statements().values():
                copy.execute(statement)
            copy.execute("COMMIT")
            copy.execute("DETACH kept")
        finally:
            copy.close()
    except sqlite3.Error as e:
        raise ArchiveError(f"cannot be copied for the public: {e}", path=str(db)) from e


def _copy_tables(copy: sqlite3.Connection) -> None:
    kept = copy.execute(
        "SELECT name, tbl_name, type, sql FROM kept.sqlite_master"
        " WHERE sql IS NOT NULL AND type IN ('table', 'index')"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND tbl_name NOT LIKE 'articles\\_fts%' ESCAPE '\\' ORDER BY type = 'index'"
    ).fetchall()
    for name, table, kind, sql in kept:
        if PRIVATE.get(table, frozenset()) is not None:
            copy.execute(sql)
            if kind == "table":
                _copy_rows(copy, name)
    copy.execute(
        "CREATE VIRTUAL TABLE articles_fts USING fts5(headline, content='articles',"
        " content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
    )
    copy.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")


def _copy_rows(copy: sqlite3.Connection, table: str) -> None:
    private = PRIVATE.get(table) or frozenset()
    values, names = [], []
    for _, name, _, not_null, default, _ in copy.execute(f'PRAGMA main.table_info("{table}")'):
        names.append(f'"{name}"')
        # What must not be shown is emptied, to whatever the column takes as nothing.
        nothing = (default or "''") if not_null else "NULL"
        values.append(nothing if name in private else f'"{name}"')
    copy.execute(
        f'INSERT INTO main."{table}" ({", ".join(names)})'
        f' SELECT {", ".join(values)} FROM kept."{table}"'
    )
