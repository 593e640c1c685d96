"""Addresses of our pages, and which addresses of others may become links."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from datasette.database import Database

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
#: kinds of things that have a page of their own at /kind/id
THINGS = ("story", "agency", "inspectorate", "framework", "theme", "source", "question")


def served(datasette: Any) -> Database:
    """The archive: the one database that was given."""
    return next(db for name, db in datasette.databases.items() if not name.startswith("_"))


def path_of(kind: str, id_: object) -> str:
    """The path of a thing's page, such as /agency/council:stockton-on-tees."""
    return f"/{kind}/{quote(str(id_), safe=':~')}"


def web_link(value: str | None) -> str:
    """The address if it is http or https, else '': nothing else may become a link.

    Nor one with control characters, which each reader of an address drops in its own way.
    """
    if _CONTROL.search(value or ""):
        return ""
    try:
        parts = urlsplit(value or "")
    except ValueError:
        return ""
    return str(value) if parts.scheme in ("http", "https") and parts.netloc else ""
