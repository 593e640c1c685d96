"""The archive: two SQLite files, opened here and nowhere else.

`archive.db` is what people query and what is served; `archive-pages.db` beside it holds the raw
pages and is never served. One process writes at a time (`archive.lock`); any number may read.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database, Migrations

from pipeline.archive.errors import translated
from pipeline.archive.schema import archive_migrations, pages_migrations
from pipeline.errors import ArchiveError, Unwritable

#: Seconds that a statement waits for another connection: longer than any transaction of ours.
BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Archive:
    """Both files, open. Use it in a `with` block: sqlite3 errors inside it become ArchiveErrors."""

    db: Database
    pages: Database  #: one table, `bodies`: see archive/bodies.py
    path: Path
    pages_path: Path
    readonly: bool = False

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()
        if isinstance(error, sqlite3.Error):
            with translated(self.path):
                raise error

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """One transaction (or savepoint within one) on `archive.db`: all of it or nothing."""
        with translated(self.path), self.db.atomic():
            yield self.db

    @contextmanager
    def scratch(self) -> Iterator[Archive]:
        """A copy to try things on, gone at the end of the block; the raw pages are shared."""
        with closing(sqlite3.connect("")) as copy:  # a private temporary file
            with translated(self.path):
                self.db.conn.backup(copy)
            yield replace(self, db=Database(copy), readonly=False)

    def close(self) -> None:
        """What is not committed is taken back; the last to close a file removes its `-wal`."""
        for database in (self.db, self.pages):
            database.close()


def pages_path(path: Path) -> Path:
    """Where the raw pages of the archive at `path` lie."""
    return path.with_name(f"{path.stem}-pages.db")


def open_archive(path: Path | str, *, readonly: bool = False, create: bool = True) -> Archive:
    """Opens the archive at `path`, brought up to this version's tables.

    Args:
        readonly: nothing can be written; works beside a writer and on a read-only medium.
        create: make what is missing (the folder too); without it a missing archive is an error.

    Raises:
        ArchiveError: missing, not a database, of another program, of a newer version, read-only, on
            a full disk, or locked. The file is left as it was.
    """
    path = Path(path)
    if path.is_dir():
        raise ArchiveError("is a folder, not an archive", path=str(path))
    if (readonly or not create) and not path.exists():
        raise ArchiveError(
            "there is no archive here yet; `make run` or `make demo` makes one", path=str(path)
        )
    if not readonly:
        _make_folder(path)
    db = _open(path, archive_migrations, readonly=readonly)
    try:
        raw = pages_path(path)
        pages = _open(raw if raw.exists() or not readonly else None, pages_migrations,
                      readonly=readonly)  # fmt: skip
    except BaseException:
        db.close()
        raise
    return Archive(db=db, pages=pages, path=path, pages_path=raw, readonly=readonly)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise Unwritable(f"its folder cannot be made: {e.strerror}", path=str(path)) from e


def _open(path: Path | None, migrations: Migrations, *, readonly: bool) -> Database:
    """One file, checked and migrated; `None` gives an empty one in memory."""
    if path is None:
        db = Database(memory=True)
        migrations.apply(db)
        return db
    is_new = not path.exists()
    address = _address(path, readonly)
    with translated(path):
        try:
            return _connected(path, migrations, address, readonly=readonly)
        except sqlite3.OperationalError:
            if is_new:
                _remove_unfinished(path)
            # A full disk has no room for the `-shm` of a reader either; without a log that matters,
            # the file can be read as it lies.
            log = path.with_name(path.name + "-wal")
            if not readonly or "immutable" in address or (log.exists() and log.stat().st_size):
                raise
            still = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            return _connected(path, migrations, still, readonly=True)
        except sqlite3.Error:
            if is_new:
                _remove_unfinished(path)
            raise


def _connected(path: Path, migrations: Migrations, address: str, *, readonly: bool) -> Database:
    conn = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)
    try:
        db = Database(conn)
        current = _is_current(db, path, migrations)
        _prepare(db, path, migrations, current=current, readonly=readonly)
    except BaseException:
        conn.close()
        raise
    return db


def _address(path: Path, readonly: bool) -> str:
    """As a URI. A reader too opens for writing if it may, else its `-shm` file would stay."""
    uri = path.resolve().as_uri()
    if not readonly:
        return uri
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return f"{uri}?mode=rw"
    has_log = path.with_name(path.name + "-wal").exists()
    return f"{uri}?mode=ro" if has_log else f"{uri}?mode=ro&immutable=1"


def _is_current(db: Database, path: Path, migrations: Migrations) -> bool:
    """True when the file has this version's tables, False when some are still to be made.

    Raises ArchiveError for a file that is not ours or comes from a newer version.
    """
    applied = {m.name for m in migrations.applied(db)}
    if not applied:
        _refuse_others(db, path)
    ours = _names(migrations)
    newer = [name for name in sorted(applied) if name not in ours]
    if newer:
        raise ArchiveError(
            f"was written by a newer version of this program (it has {', '.join(newer)});"
            " upgrade, then try again",
            path=str(path),
        )
    return applied == ours


def _refuse_others(db: Database, path: Path) -> None:
    tables = set(db.table_names())
    unfinished = (
        tables == {Migrations.migrations_table} and db[Migrations.migrations_table].count == 0
    )
    if tables and not unfinished:
        is_pages = bool(pages_migrations.applied(db))
        kept = " (it holds the raw pages of an archive)" if is_pages else ""
        raise ArchiveError(
            f"is a database of another program{kept}; it was left as it is", path=str(path)
        )


@cache
def _names(migrations: Migrations) -> frozenset[str]:
    return frozenset(m.name for m in migrations.pending(Database(memory=True)))


def _prepare(
    db: Database, path: Path, migrations: Migrations, *, current: bool, readonly: bool
) -> None:
    if readonly:
        if not current:
            raise ArchiveError(
                "was made by an older version; `derive` brings it up to date", path=str(path)
            )
        db.execute("PRAGMA query_only = ON")
        return
    db.execute("PRAGMA journal_mode = WAL")
    # A power cut may take the last commits of archive.db back, and the next pass makes them again;
    # it must never leave a row in `pages` whose body is gone, so bodies are synced to the disk.
    is_pages = migrations is pages_migrations
    db.execute(f"PRAGMA synchronous = {'FULL' if is_pages else 'NORMAL'}")
    if not current:
        migrations.apply(db)
    db.execute("PRAGMA foreign_keys = ON")


def _remove_unfinished(path: Path) -> None:
    """A file that we began and could not finish (a full disk) would be in the way next time."""
    for name in (path.name, path.name + "-wal", path.name + "-shm", path.name + "-journal"):
        path.with_name(name).unlink(missing_ok=True)
