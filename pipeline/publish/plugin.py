"""Our Datasette plugin: our pages, links in cells, safe headers, one SQL function."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.utils import tilde_encode
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from pipeline.archive.fulltext import search_terms
from pipeline.publish import metadata
from pipeline.publish.cells import cell, said
from pipeline.publish.csvcells import harmless_csv
from pipeline.publish.guard import App, guarded
from pipeline.publish.labels import labelled
from pipeline.publish.limits import OWN, PUBLIC, limit
from pipeline.publish.links import path_of, served, web_link
from pipeline.publish.listing import Listing
from pipeline.publish.outputs import STRICT
from pipeline.publish.pages.reports import NOT_STATED
from pipeline.publish.pages.story import DIRECTIONS
from pipeline.publish.routes import View, is_public, routes, sql_path
from pipeline.publish.statement import Statement, statement
from pipeline.publish.words import day, quotes

log = structlog.get_logger()


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    conn.create_function("search_terms", 1, search_terms, deterministic=True)
    if not database.startswith("_"):  # those are Datasette's own, which it writes to
        conn.execute("PRAGMA query_only = ON")
        limit(conn, PUBLIC if is_public(datasette) else OWN)


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    # Globals, not template variables: pages that report an error get no variables from plugins.
    env.globals["archive"] = served(datasette).name
    env.globals["datasette_1"] = metadata.is_datasette_1()
    env.globals["public"] = is_public(datasette)
    env.filters["web_link"] = web_link
    env.filters["day"] = day
    env.filters["quotes"] = quotes
    env.filters["tilde"] = tilde_encode
    env.filters["sentence"] = said
    env.filters["labelled"] = labelled
    env.globals["path_of"] = path_of
    env.globals["directions"] = DIRECTIONS
    env.globals["not_stated"] = NOT_STATED
    env.globals["described"] = metadata.described
    env.globals["sql_path"] = lambda: sql_path(datasette)


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(
    datasette: Any, view_name: str, table: str | None, request: Request | None
) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def variables() -> dict[str, Any]:
        if view_name != "table" or table is None:
            return {}
        # Datasette shows the columns' meanings openly, a screen of them above the first row: our
        # template has them folded instead.
        relation = metadata.relations().get(table)
        if relation is None:
            return {}
        words = {"title": relation["title"], "description": relation["description"]}
        return {
            "glossary": relation["columns"],
            "metadata": {**words, "columns": {}},
            "cited": _citing(datasette, request, relation["title"]),
        }

    return variables


def _citing(datasette: Any, request: Request | None, title: str) -> Callable[..., Any]:
    """For Datasette's own lists: a statement, given how many rows there are and what was asked."""

    async def cited(count: int | None, asked: str, truncated: bool) -> Statement | None:
        if request is None or count is None:
            return None
        listing = Listing(
            title=title,
            description="",
            columns=(),
            rows=(),
            asked=" ".join(f"{title} {asked}".split()),
            truncated=truncated,
            count=count,
            stories=(),
        )
        address = datasette.absolute_url(request, request.full_path)
        return await statement(served(datasette), listing, address)

    return cited


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(row: Any, value: Any, column: str, table: str | None) -> Markup | None:
    """Headlines lead to our page of the story, addresses to the publisher, snippets are marked."""
    return cell(row, column, table=table) if isinstance(value, str | bytes | int) else None


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, View]]:
    return routes()


@hookimpl  # type: ignore[untyped-decorator]
def handle_exception(
    datasette: Any, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]]:
    """One sentence for the reader, one line in the log; a traceback only for what is our fault.

    Datasette's own handler prints every 404 with the values of all local variables.
    """

    async def answer() -> Response:
        status, words = _complaint(exception, request)
        if status >= 500:
            log.error("page_failed", path=request.path, exc_info=exception)
        else:
            log.info("page_refused", path=request.path, status=status, reason=words)
        info = {"ok": False, "error": words, "errors": [words], "status": status, "title": None}
        if request.path.endswith(".json"):
            return Response.json(info, status=status)
        info["strict"] = True
        html = await datasette.render_template("refused.html", info, request=request)
        return Response.html(html, status=status, headers={"content-security-policy": STRICT})

    return answer


def _complaint(exception: Exception, request: Request) -> tuple[int, str]:
    if isinstance(exception, Base400):
        return exception.status, str(exception.args[0]) if exception.args else "Bad request"
    if isinstance(exception, DatasetteError):
        words = exception.message
        if exception.message_is_html:
            words = Markup(words).striptags()
        # Each is raised for what a visitor asked, also where Datasette gives it no status: 500.
        return exception.status if exception.status < 500 else 400, str(words)
    if isinstance(exception, QueryInterrupted):
        return 400, "This took too long and was stopped. Ask for less."
    names = request.args.keys()
    if any(n.startswith("_") or "__" in n or not n.isprintable() for n in names):
        # Datasette's own arguments, which it does not all look through, and names that it takes
        # for a column's: "\0" is none. Pages of ours have neither.
        return 400, "What stands behind the question mark makes no sense here."
    return 500, "Something went wrong here; the log of `serve -v` says what."


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    hosts = datasette.plugin_config("inspection-watch")["hosts"]
    return lambda app: guarded(harmless_csv(app), hosts)
