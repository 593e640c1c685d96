"""What a page lists: the rows that its HTML shows and that its JSON, CSV and feeds hold as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A list with what it takes to cite it.

    `rows` are uniform dicts with the keys `columns`, in the order that is shown. `asked` says in
    words, or in SQL, what was asked. `since` and `until` bound the time that was asked about (ISO
    8601, None: all of it). `truncated`: there are more rows than these. `count`: how many there are
    in all, where only a part of them is at hand. `stories`: ids of the stories behind the rows, for
    the share that could be read in part only; None: the rows' `article_url` tell.
    """

    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    asked: str
    since: str | None = None
    until: str | None = None
    truncated: bool = False
    count: int | None = None
    stories: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page: the template with its context, and the same as data.

    `facts` are the values beside the rows that a JSON reader gets, such as an agency's code.
    `stories`: the stories that its feeds bring (rows with `headline` and `article_url`); None: the
    rows of the listing are stories.
    """

    template: str
    context: dict[str, Any]
    listing: Listing
    facts: dict[str, Any]
    stories: tuple[Row, ...] | None = None


def of_rows(rows: list[Row], columns: tuple[str, ...]) -> tuple[Row, ...]:
    """Uniform rows: every column, in this order, absent ones None."""
    return tuple({name: row.get(name) for name in columns} for row in rows)
