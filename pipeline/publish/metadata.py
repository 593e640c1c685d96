"""`metadata.yaml` and `questions.yaml` read once, and turned into what Datasette wants.

0.65 has one metadata document; 1.0 keeps descriptions there and moved queries, plugins' settings
and table options into `datasette.yaml`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import datasette
import yaml

from pipeline.publish import FOLDER

#: of a table in metadata.yaml → Datasette's name for it
_OPTIONS = {
    "label": "label_column",
    "sort": "sort",
    "sort_desc": "sort_desc",
    "sortable": "sortable_columns",
    "facets": "facets",
    "hidden": "hidden",
}


def is_datasette_1() -> bool:
    """Whether the Datasette that is installed is of the 1.0 line."""
    return not datasette.__version__.startswith("0.")


@lru_cache(maxsize=1)
def described() -> dict[str, Any]:
    """The parsed `metadata.yaml`, with the questions of `questions.yaml` as its `queries`."""
    return {**_parsed("metadata.yaml"), "queries": _parsed("questions.yaml")}


def _parsed(name: str) -> dict[str, Any]:
    with (FOLDER / name).open(encoding="utf-8") as f:
        parsed: dict[str, Any] = yaml.safe_load(f)
    return parsed


def relations(*, public: bool = False) -> dict[str, dict[str, Any]]:
    """Tables and views by name; in public without those that carry article text."""
    every = {**described()["tables"], **described()["views"]}
    return {name: r for name, r in every.items() if not (public and r.get("text"))}


def queries(*, public: bool = False) -> dict[str, dict[str, Any]]:
    """The questions as Datasette takes them. `parameters` stays for our own template."""
    return {
        name: {**q, "params": list(q.get("parameters", {}))}
        for name, q in described()["queries"].items()
        if not (public and q.get("text"))
    }


def grouped_queries(*, public: bool = False) -> dict[str, dict[str, dict[str, Any]]]:
    """The questions by name under the heading of their group, in the order of the file."""
    groups: dict[str, dict[str, dict[str, Any]]] = {}
    for name, query in queries(public=public).items():
        groups.setdefault(query["group"], {})[name] = query
    return groups


def _words(relation: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": relation["title"],
        "description": relation["description"],
        "columns": dict(relation["columns"]),
    }


def _options(relation: dict[str, Any]) -> dict[str, Any]:
    return {ours: relation[key] for key, ours in _OPTIONS.items() if key in relation}


def metadata(database: str, *, public: bool = False) -> dict[str, Any]:
    """Datasette 0.65: everything in one document, for a database of that name."""
    tables = {n: {**_words(r), **_options(r)} for n, r in relations(public=public).items()}
    top = _top()
    return {
        **top,
        "databases": {database: {**top, "tables": tables, "queries": queries(public=public)}},
    }


def metadata_1(database: str, *, public: bool = False) -> dict[str, Any]:
    """Datasette 1.0: the words alone, for its `--metadata`."""
    tables = {n: _words(r) for n, r in relations(public=public).items()}
    top = _top()
    return {**top, "databases": {database: {**top, "tables": tables}}}


def config_1(database: str, *, public: bool = False) -> dict[str, Any]:
    """Datasette 1.0: what changes behaviour, as its `datasette.yaml` has it. It allows no writing.

    1.0 can change an archive over HTTP. Nobody may unless allowed; here nobody can be.
    """
    tables = {n: _options(r) for n, r in relations(public=public).items()}
    return {
        "settings": {**SETTINGS, "allow_signed_tokens": False},
        "permissions": dict.fromkeys(WRITING, False),
        "databases": {database: {"tables": tables, "queries": queries(public=public)}},
    }


def datasette_yaml(database: str, *, public: bool = False) -> str:
    """`config_1` as the text of a `datasette.yaml`."""
    config = config_1(database, public=public)
    return yaml.safe_dump(config, allow_unicode=True, sort_keys=False, width=110)


def _top() -> dict[str, Any]:
    return {key: described()[key] for key in ("title", "description")}


#: what Datasette 1.0 lets people be allowed beyond reading, by its names of the permissions
WRITING = (
    "execute-write-sql", "create-table", "create-view", "store-query", "update-query",
    "delete-query", "insert-row", "update-row", "delete-row", "alter-table", "set-column-type",
    "drop-table", "drop-view",
)  # fmt: skip

#: of Datasette, both lines. Times in milliseconds, sizes in rows or characters.
SETTINGS: dict[str, Any] = {
    "default_page_size": 50,
    "max_returned_rows": 2000,
    "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 1000,
    "default_facet_size": 12,
    "suggest_facets": False,  # each suggestion is a query over the whole table
    "truncate_cells_html": 400,
    "allow_download": False,
    "default_cache_ttl": 0,  # a pass may have ended since
}
