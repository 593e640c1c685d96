"""Rows of the archive as dicts, read through Datasette."""

from __future__ import annotations

from typing import Any

from datasette.database import Database

from pipeline.publish.listing import Row


async def rows(db: Database, sql: str, *params: object, **named: object) -> list[Row]:
    """The rows of a query, with parameters by place or by name."""
    result = await db.execute(sql, named or list(params))
    return [dict(row) for row in result.rows]


async def first(db: Database, sql: str, *params: object, **named: object) -> Row | None:
    """The first row of a query, None where there is none."""
    found = await rows(db, sql, *params, **named)
    return found[0] if found else None


async def tables(db: Database) -> frozenset[str]:
    """Names of the tables there are: a public copy has fewer."""
    return frozenset(await db.table_names())


def flag(value: Any) -> bool | None:
    """SQLite's 0 and 1 as a truth value; None stays None."""
    return None if value is None else bool(value)
