"""Our Datasette plugin: data for our templates, links in cells, safe headers, one SQL function."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from datasette import hookimpl
from datasette.database import Database
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import Base400, NotFound, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup, escape

from pipeline.archive.fulltext import search_terms
from pipeline.publish import metadata, pages, sourcepage
from pipeline.publish.words import sentence

log = structlog.get_logger()

#: Datasette's own pages carry inline scripts and styles; nothing may come from another host.
_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        b"frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
#: columns with an agency's name → the column that has its id
_AGENCY_NAMES = {"name": "agency_id", "body": "body_id"}
#: columns with a source's name, beside its id in `source_id`
_SOURCE_NAMES = ("name", "source")
#: between two sentences that a view has joined; a "; " inside a sentence is left alone
_JOINT = re.compile(r"""(?<=[.!?"”’]); (?=["“‘A-Z])""")
#: bytes of a robots.txt that are shown; some are half a megabyte
_ROBOTS_SHOWN = 20_000
_CODE = re.compile(r"`([^`]+)`")
_MARKED = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def served(datasette: Any) -> Database:
    """The archive: the one database that was given."""
    return next(db for name, db in datasette.databases.items() if not name.startswith("_"))


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection) -> None:
    conn.create_function("search_terms", 1, search_terms, deterministic=True)


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    # Globals, not template variables: pages that report an error get no variables from plugins.
    env.globals["archive"] = served(datasette).name
    env.globals["public"] = datasette.plugin_config("inspection-watch")["public"]
    env.filters["web_link"] = web_link
    env.filters["day"] = day
    env.filters["quotes"] = quotes
    env.filters["tilde"] = tilde_encode
    env.filters["sentence"] = said
    env.globals["directions"] = pages.DIRECTIONS
    env.globals["not_stated"] = pages.NOT_STATED
    env.globals["described"] = metadata.described


#: tables whose rows have a page of our own: its template, and what it shows as `thing`
_PAGES: dict[str, tuple[str, Callable[[Database, str], Awaitable[dict[str, Any]]]]] = {
    "articles": ("story.html", pages.story),
    "agencies": ("agency.html", pages.agency),
    "sources": ("source.html", sourcepage.source),
}


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(
    datasette: Any, view_name: str, table: str | None, request: Request | None
) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def variables() -> dict[str, Any]:
        db = served(datasette)
        known: dict[str, Any] = {}
        if view_name == "index":
            known["front"] = await pages.front(db)
        if view_name == "row" and table in _PAGES and request is not None:
            key = tilde_decode(request.url_vars["pks"])
            known["page"] = _PAGES[table][0]
            known["thing"] = await _PAGES[table][1](db, key)
        if view_name == "table" and table is not None:
            # Datasette shows the columns' meanings openly, a screen of them above the first row:
            # our template has them folded instead.
            words = datasette.table_metadata(db.name, table)
            known["glossary"] = words.get("columns", {})
            if words:
                known["metadata"] = {**words, "columns": {}}
        return known

    return variables


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any
) -> Markup | None:
    """Headlines lead to our page of the story, addresses to the publisher, snippets are marked."""
    if isinstance(value, bytes) and table == "robots":
        return Markup("<pre>{}</pre>").format(value[:_ROBOTS_SHOWN].decode("utf-8", "replace"))
    if not isinstance(value, str):
        return None
    columns = row.keys()
    where = _page_of(row, column, table, datasette.urls, database)
    if where:
        return Markup('<a href="{}">{}</a>').format(where, value)
    if column in ("article_url", "url") and web_link(value):
        host = urlsplit(value).hostname
        return Markup('<a href="{}" rel="noopener noreferrer" title="{}">{}</a>').format(
            value, value, host
        )
    if column == "aspect" and value == pages.NOT_STATED:
        return Markup("&nbsp;")  # as Datasette writes an empty cell: the grade stands alone
    if column == "reason" and "source_id" in columns:
        return said(value)
    if column == "rhythm" and table == "feeds":
        learned = sourcepage.rhythm([value])
        return Markup("{}").format(
            f"half {learned['busiest_hours']}" if learned else "too few stories yet"
        )
    if column == "snippet":
        return Markup(_MARKED.sub(r"<mark>\1</mark>", str(escape(value))))
    if column.endswith("_at"):
        return Markup('<time datetime="{}">{}</time>').format(value, day(value, time=True))
    return None


def _page_of(row: Any, column: str, table: str | None, urls: Any, database: str) -> str:
    """Address of our page of the story, agency or source that a cell names, '' if it names none."""
    columns = row.keys()
    if column == "headline" and "article_url" in columns:
        return f"{urls.database(database)}/-/story?url={quote(row['article_url'] or '')}"
    if column == "headline" and table == "articles":
        return f"{urls.table(database, 'articles')}/{row['id']}"
    if column in _AGENCY_NAMES and _AGENCY_NAMES[column] in columns:
        agency = tilde_encode(row[_AGENCY_NAMES[column]] or "")
        return f"{urls.table(database, 'agencies')}/{agency}"
    if column in _SOURCE_NAMES and "source_id" in columns:
        return f"{urls.table(database, 'sources')}/{tilde_encode(row['source_id'])}"
    return ""


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(r"/(?P<database>[^/]+)/-/story$", _story_of_url)]


#: by any of its addresses; an article's own comes first
_STORY_OF = """
SELECT id FROM articles WHERE url = ? OR url = (SELECT story_url FROM aliases WHERE url = ?)
ORDER BY id LIMIT 1
"""


async def _story_of_url(request: Request, datasette: Any) -> Response:
    """`/archive/-/story?url=…`: from a story's address, which is stable, to its page."""
    db = served(datasette)
    url = request.args.get("url") or ""
    found = await pages.rows(db, _STORY_OF, url, url)
    if not found:
        raise NotFound("No story with that address is in the archive.")
    return Response.redirect(f"{datasette.urls.table(db.name, 'articles')}/{found[0]['id']}")


@hookimpl  # type: ignore[untyped-decorator]
def handle_exception(
    datasette: Any, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]]:
    """One sentence for the reader, one line in the log; a traceback only for what is our fault.

    Datasette's own handler prints every 404 with the values of all local variables.
    """

    async def answer() -> Response:
        status, words = _complaint(exception)
        if status >= 500:
            log.error("page_failed", path=request.path, exc_info=exception)
        else:
            log.info("page_refused", path=request.path, status=status, reason=words)
        info = {"ok": False, "error": words, "status": status, "title": None}
        if request.path.endswith(".json"):
            return Response.json(info, status=status)
        html = await datasette.render_template("refused.html", info, request=request)
        return Response.html(html, status=status)

    return answer


def _complaint(exception: Exception) -> tuple[int, str]:
    if isinstance(exception, Base400):
        return exception.status, str(exception.args[0]) if exception.args else "Bad request"
    if isinstance(exception, DatasetteError):
        words = exception.message
        if exception.message_is_html:
            words = Markup(words).striptags()
        return exception.status, str(words)
    return 500, "Something went wrong here; the log of `serve -v` says what."


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper() -> Callable[[Any], Any]:
    def wrap(app: Any) -> Any:
        async def safe(scope: Any, receive: Any, send: Any) -> None:
            async def send_with_headers(event: dict[str, Any]) -> None:
                if event["type"] == "http.response.start":
                    event = {**event, "headers": [*event.get("headers", []), *_HEADERS]}
                await send(event)

            await app(scope, receive, send_with_headers)

        return safe

    return wrap


def web_link(value: str | None) -> str:
    """The address if it is http or https, else '': nothing else may become a link."""
    try:
        parts = urlsplit(value or "")
    except ValueError:
        return ""
    return str(value) if parts.scheme in ("http", "https") and parts.netloc else ""


def said(reason: str | None) -> Markup:
    """A diagnosis as a sentence; what stands between backticks is something to type."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(sentence(reason)))))


def quotes(evidence: str | None) -> list[str]:
    """The sentences of a view's `evidence`, where they can be told apart."""
    return _JOINT.split(evidence) if evidence else []


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d))?")


def day(value: str | None, *, time: bool = False) -> str:
    """`2026-11-03T09:30:00+00:00` as `3 Nov 2026`, or with `time` `3 Nov 2026, 09:30`."""
    match = _DATE.match(value or "")
    if not match or not 1 <= int(match[2]) <= 12:
        return value or ""
    words = f"{int(match[3])} {_MONTHS[int(match[2]) - 1]} {match[1]}"
    return f"{words}, {match[4]}" if time and match[4] else words
