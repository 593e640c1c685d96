"""A consistent copy of both files, also while a pass is writing."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from pipeline.archive import open_archive, pages_path
from pipeline.archive.errors import translated
from pipeline.errors import ArchiveError


def backup(path: Path, to: Path | None = None, *, now: datetime | None = None) -> tuple[Path, Path]:
    """Copies the archive at `path`; returns the copies of the archive and of its raw pages.

    Args:
        to: the copy's file, or a folder for it; if not given, `backups/<stem>-<time>.db` beside the
            archive. The pages go to `<that stem>-pages.db`. Nothing is ever overwritten.

    The archive is copied first: a raw page is written before the row that refers to it, so every
    row in the copy finds its page. Each file is checked and only then gets its name.

    Raises:
        ArchiveError: missing, damaged, already there, or no room; no half a copy is left.
    """
    target = _target(path, to, now or datetime.now(UTC))
    pairs = ((path, target), (pages_path(path), pages_path(target)))
    for _, copy in pairs:
        if copy.exists():
            raise ArchiveError("is there already; a copy never overwrites one", path=str(copy))
    # Opening makes sure that it is an archive of ours, of this version.
    with open_archive(path, readonly=True) as archive:
        done: list[Path] = []
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            for database, (_, copy) in zip((archive.db, archive.pages), pairs, strict=True):
                _copy(database.conn, copy)
                done.append(copy)
        except BaseException as e:
            for copy in done:
                copy.unlink()
            if isinstance(e, OSError):
                raise ArchiveError(f"cannot be made: {e.strerror}", path=str(target)) from e
            raise
    return target, pages_path(target)


def _target(path: Path, to: Path | None, now: datetime) -> Path:
    name = f"{path.stem}-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.db"
    if to is None:
        return path.parent / "backups" / name
    return to / name if to.is_dir() else to


def _copy(source: sqlite3.Connection, copy: Path) -> None:
    """`source` → a checked file at `copy`, written under another name first."""
    part = copy.with_name(copy.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with translated(part):
            target = sqlite3.connect(part)
            try:
                # In one go: in steps, SQLite would begin again whenever the writer commits.
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
                problem = target.execute("PRAGMA integrity_check(1)").fetchone()[0]
            finally:
                target.close()
        if problem != "ok":
            raise ArchiveError(f"the copy is damaged, as its original may be: {problem}",
                               path=str(copy))  # fmt: skip
        copy.touch(exist_ok=False)  # fails where another process took the name meanwhile
        part.replace(copy)
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            part.with_name(part.name + end).unlink(missing_ok=True)
