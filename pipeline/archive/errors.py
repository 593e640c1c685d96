"""The one place where what SQLite says becomes a sentence for a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import ArchiveError, Locked, Unwritable

#: primary result code → what to say of a disk that may do it another time
_PASSING = {
    sqlite3.SQLITE_FULL: "the disk is full: the last step was taken back, everything before it is"
    " kept; free some space and run the command again",
    sqlite3.SQLITE_READONLY: "is read-only: the file or its folder may not be written to",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened or created: is its folder there and writable?",
    sqlite3.SQLITE_PERM: "may not be opened by this user",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written: the last step was taken back",
}
#: the same for what no waiting mends; any other code is a mistake of ours and keeps its traceback
_LASTING = {
    sqlite3.SQLITE_NOTADB: "is not a database: name another file with --db, or move this one away",
    sqlite3.SQLITE_CORRUPT: "is damaged: put the latest good copy from the backups in its place",
}
_LOCKED = "is locked by another program: close whatever is writing to it, then try again"


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns an sqlite3 error inside the block into an ArchiveError that names `path`.

    Raises:
        Locked: another connection held the file for longer than the busy timeout.
        Unwritable: the disk is full, the file is read-only or cannot be reached.
        ArchiveError: the file is damaged, or no database.
    """
    try:
        yield
    except sqlite3.Error as e:
        # the low byte is the primary code, the rest says more than a person needs
        code = getattr(e, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Locked(_LOCKED, path=str(path)) from e
        if code in _PASSING:
            raise Unwritable(_PASSING[code], path=str(path)) from e
        if code not in _LASTING:
            raise
        raise ArchiveError(_LASTING[code], path=str(path)) from e
