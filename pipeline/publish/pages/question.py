"""One question with its answer, and all of them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from datasette.database import Database, QueryInterrupted

from pipeline.archive.pace import as_text
from pipeline.publish import metadata
from pipeline.publish.cells import cell
from pipeline.publish.listing import Listing, Page, Row

_DEFAULT = re.compile(r"(\d+) when empty")


async def question(
    db: Database, name: str, given: Mapping[str, str], *, public: bool
) -> Page | None:
    """The page of a question by its name, None where there is none (or none in public).

    `given`: what stands in its boxes. A query that fails or takes too long is told in a sentence.
    """
    query = metadata.queries(public=public).get(name)
    if query is None:
        return None
    values = {key: given.get(key, "")[:1000] for key in query["params"]}
    error, columns, found, truncated = None, (), [], False
    try:
        result = await db.execute(query["sql"], values, truncate=True)
        columns, truncated = tuple(result.columns), bool(result.truncated)
        found = [dict(zip(columns, row, strict=True)) for row in result.rows]
    except QueryInterrupted:
        error = "This took too long and was stopped. Fill in a box to ask for less."
    except sqlite3.Error as e:
        error = f"The archive could not answer: {e}."
    since, until = _period(query, values)
    filled = {key: value for key, value in values.items() if value.strip()}
    listing = Listing(
        title=query["title"],
        description=query["description"],
        columns=columns,
        rows=tuple(found),
        asked=query["title"] + "".join(f" {key}: {value}." for key, value in filled.items()),
        truncated=truncated or len(found) in stops_at(query["sql"]),
        since=since,
        until=until,
    )
    context = {
        "name": name,
        "query": query,
        "boxes": _boxes(query, values),
        "error": error,
        "answers": [_cells(row) for row in found],
        "sql": query["sql"].strip(),
        "sql_values": filled,
    }
    facts = {"sql": query["sql"].strip(), "parameters": values, "error": error}
    return Page(template="question.html", context=context, listing=listing, facts=facts)


def _cells(row: Row) -> list[tuple[str, Any, bool]]:
    """Column, what stands in its cell, and whether that is nothing."""
    told = []
    for column in row:
        html = cell(row, column)
        shown = row[column] if html is None else html
        blank = shown is None or str(shown) in ("", "&nbsp;")
        told.append((column, "" if blank else shown, blank))
    return told


def _boxes(query: dict[str, Any], values: dict[str, str]) -> list[Row]:
    return [
        {"name": key, "value": values[key], "words": words,
         "label": "Words" if key == "q" else key.replace("_", " ").capitalize()}
        for key, words in query.get("parameters", {}).items()
    ]  # fmt: skip


def stops_at(sql: str) -> set[int]:
    """Where the SQL itself stops: an answer of just that size is no total."""
    return {int(number) for number in re.findall(r"\bLIMIT (\d+)\s*$", sql.strip())}


def _period(query: dict[str, Any], values: dict[str, str]) -> tuple[str | None, str | None]:
    """The time that a question is about, from its boxes for days and for a year."""
    words = query.get("parameters", {})
    if "days" in values:
        default = _DEFAULT.search(words["days"])
        days = values["days"].strip() or (default[1] if default else "")
        if days.isdigit() and 0 < int(days) < 100_000:
            since = datetime.now(UTC) - timedelta(days=int(days))
            return as_text(since), None
    year = values.get("year", "").strip()
    if re.fullmatch(r"(?:19|20)\d\d", year):
        return f"{year}-01-01T00:00:00+00:00", f"{year}-12-31T23:59:59+00:00"
    return None, None


def questions_page(*, public: bool) -> Page:
    """All questions as a page."""
    groups = metadata.grouped_queries(public=public)
    columns = ("name", "title", "description", "group")
    listed = [{"name": name, **query} for found in groups.values() for name, query in found.items()]
    listing = Listing(
        title="Questions",
        description="Each is a query with boxes to fill in; its SQL can be opened and changed.",
        columns=columns,
        rows=tuple({key: q.get(key) for key in columns} for q in listed),
        asked="every question",
        stories=(),
    )
    return Page(template="questions.html", context={"groups": groups}, listing=listing, facts={},
                stories=())  # fmt: skip
