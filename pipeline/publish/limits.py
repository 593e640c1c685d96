"""What a visitor's SQL may not do. That it cannot write is the read-only file's own doing.

Time is bounded by `sql_time_limit_ms`; but SQLite looks at the clock between steps only, and a
single step can make, or go through, as much as one value may hold.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """`value`: bytes of one value, made or read. `answer`: of all long rows of one answer together,
    which JSON may make six times longer.
    """

    value: int
    answer: int


#: for the owner: no feed or page that is fetched is longer than a value may be
OWN = Limits(value=20_000_000, answer=200_000_000)
#: for anyone: a public copy has no texts. To look for one half of such a value in another takes a
#: minute of one thread, and SQLite cannot be interrupted meanwhile; of ten times as much two hours.
PUBLIC = Limits(value=2_000_000, answer=32_000_000)
#: a row up to this is not counted: 2,000 such rows are no danger
_LONG_ROW = 10_000


class AnswerTooLarge(sqlite3.OperationalError):
    """An answer is larger than memory should hold."""


def limit(conn: sqlite3.Connection, most: Limits) -> None:
    """Bounds what the queries of a connection can make, and hides where file and code lie."""
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most.value)
    conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    conn.set_authorizer(_authorize)
    conn.row_factory = _counted(most.answer)


def _authorize(action: int, what: str | None, more: str | None, *_: object) -> int:
    if action == sqlite3.SQLITE_PRAGMA and (what or "").lower() == "database_list":
        # It shows the file's path. Ignored, not denied: Datasette asks for it, and finds nothing.
        return sqlite3.SQLITE_IGNORE
    if action == sqlite3.SQLITE_FUNCTION and (more or "").lower() == "fts3_tokenizer":
        return sqlite3.SQLITE_DENY  # it shows an address in memory
    return sqlite3.SQLITE_OK


def _counted(most: int) -> Callable[[sqlite3.Cursor, tuple[Any, ...]], sqlite3.Row]:
    """A row factory that ends an answer which grows too large."""
    sizes: WeakKeyDictionary[sqlite3.Cursor, int] = WeakKeyDictionary()

    def row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        size = 0
        for value in values:
            if value.__class__ is str or value.__class__ is bytes:
                size += len(value)
        if size > _LONG_ROW:
            sizes[cursor] = size = sizes.get(cursor, 0) + size
            if size > most:
                raise AnswerTooLarge("the answer is too large; ask for fewer rows or columns")
        return sqlite3.Row(cursor, values)

    return row
