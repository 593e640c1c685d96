"""How a value stands in a table: headlines and names lead to our pages, snippets are marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from pipeline.publish.links import path_of, web_link
from pipeline.publish.pages.reports import NOT_STATED
from pipeline.publish.pages.source import rhythm
from pipeline.publish.words import day, sentence

#: column with a name → (the column beside it that has the id, the kind of page)
_NAMES = {
    "body": ("body_id", "agency"),
    "name": ("agency_id", "agency"),
    "neighbour": ("neighbour_id", "agency"),
    "source": ("source_id", "source"),
    "inspectorate": ("inspectorate_id", "inspectorate"),
    "theme": ("theme_id", "theme"),
}
#: column with an id → the kind of page
_IDS = {
    "agency_id": "agency",
    "body_id": "agency",
    "neighbour_id": "agency",
    "inspectorate_id": "inspectorate",
    "theme_id": "theme",
    "inspection_type": "framework",
    "framework": "framework",
    "article_id": "story",
    "source_id": "source",
}
#: bytes of a robots.txt that are shown; some are half a megabyte
_ROBOTS_SHOWN = 20_000
_CODE = re.compile(r"`([^`]+)`")
_MARKED = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def cell(row: Mapping[str, Any], column: str, *, table: str | None = None) -> Markup | None:
    """The HTML of a cell; None where the plain value will do. Everything is escaped."""
    value = row[column]
    if isinstance(value, bytes) and table == "robots":
        return Markup("<pre>{}</pre>").format(value[:_ROBOTS_SHOWN].decode("utf-8", "replace"))
    if isinstance(value, int) and column == "article_id":
        return Markup('<a href="{}">{}</a>').format(path_of("story", value), value)
    if not isinstance(value, str):
        return None
    where = _page(row, column, table)
    if where:
        return Markup('<a href="{}">{}</a>').format(where, value)
    if column in ("article_url", "url") or column.endswith("_url"):
        return _address(value)
    return _words(row, column, value, table)


def _address(value: str) -> Markup | None:
    if not web_link(value):
        return None
    return Markup('<a href="{}" rel="noopener noreferrer" title="{}">{}</a>').format(
        value, value, urlsplit(value).hostname
    )


def _words(row: Mapping[str, Any], column: str, value: str, table: str | None) -> Markup | None:
    if column == "aspect" and value == NOT_STATED:
        return Markup("&nbsp;")  # as Datasette writes an empty cell: the grade stands alone
    if column == "reason" and "source_id" in row.keys():  # noqa: SIM118 (a sqlite3.Row is no dict)
        return said(value)
    if column == "rhythm" and table == "feeds":
        learned = rhythm([value])
        words = f"half {learned['busiest_hours']}" if learned else "too few stories yet"
        return Markup("{}").format(words)
    if column == "snippet":
        return Markup(_MARKED.sub(r"<mark>\1</mark>", str(escape(value))))
    if column.endswith("_at"):
        return Markup('<time datetime="{}">{}</time>').format(value, day(value, time=True))
    return None


def _page(row: Mapping[str, Any], column: str, table: str | None) -> str:
    """Path of the page of what a cell names, '' where it names nothing that has one."""
    columns = row.keys()
    if column == "headline" and "article_url" in columns:
        return f"/story?url={quote(row['article_url'] or '', safe='')}"
    if column == "headline" and table == "articles":
        return path_of("story", row["id"])
    if column == "name" and "source_id" in columns:
        return path_of("source", row["source_id"])
    if column == "id" and table in ("agencies", "sources"):
        return path_of({"agencies": "agency", "sources": "source"}[table], row["id"])
    if column in _NAMES and _NAMES[column][0] in columns:
        id_, kind = row[_NAMES[column][0]], _NAMES[column][1]
        return path_of(kind, id_) if id_ else ""
    if column in _IDS:
        return path_of(_IDS[column], row[column])
    return ""


def said(reason: str | None) -> Markup:
    """A diagnosis as a sentence; what stands between backticks is something to type."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(sentence(reason)))))
