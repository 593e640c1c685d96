"""Which address leads to which page of ours.

Ours come before Datasette's own, on both of its lines. The pages of rows and questions stand at
Datasette's addresses too (`/archive/articles/1`, `/archive/search`), for links that people keep.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response

from pipeline.publish import metadata
from pipeline.publish.links import THINGS, path_of, served
from pipeline.publish.listing import Page
from pipeline.publish.outputs import FORMS, respond
from pipeline.publish.pages import (
    agency,
    framework,
    front,
    inspectorate,
    places,
    question,
    search,
    source,
    story,
    theme,
)
from pipeline.publish.reading import first

View = Callable[..., Awaitable[Response]]

#: pages that list things, each at /name
LISTS = ("reported", "search", "map", "frameworks", "themes", "questions")
_FORM = r"(?:\.(?P<form>" + "|".join(f.replace(".", r"\.") for f in FORMS) + r"))?$"

#: by any of its addresses; an article's own comes first
_STORY_OF = """
SELECT id FROM articles WHERE url = ? OR url = (SELECT story_url FROM aliases WHERE url = ?)
ORDER BY id LIMIT 1
"""


def is_public(datasette: Any) -> bool:
    """Whether a public copy is served."""
    return bool(datasette.plugin_config("inspection-watch")["public"])


async def _answer(datasette: Any, request: Request, page: Page | None, what: str) -> Response:
    if page is None:
        raise NotFound(f"No {what} with that address is in the archive.")
    return await respond(datasette, request, page, request.url_vars.get("form"))


async def _front(request: Request, datasette: Any) -> Response:
    watch = [word for word in request.args.getlist("watch") if word.strip()]
    return await _answer(datasette, request, await front.front(served(datasette), watch), "page")


async def _thing(request: Request, datasette: Any) -> Response:
    """The page of a thing by its kind and id."""
    kind, id_ = request.url_vars["kind"], unquote(request.url_vars["id"])
    db = served(datasette)
    if kind == "question":
        return await _asked(request, datasette, id_)
    if kind == "story":
        page = await story.story(db, id_)
    elif kind == "agency":
        if await inspectorate.is_one(db, id_):
            return _moved(request, "inspectorate", id_)
        page = await agency.agency(db, id_)
    elif kind == "source":
        page = await source.source(db, id_)
    elif kind == "inspectorate":
        page = await inspectorate.inspectorate(db, id_)
    elif kind == "framework":
        page = await framework.framework(db, id_)
    else:
        page = await theme.theme(db, id_)
    return await _answer(datasette, request, page, kind)


def _moved(request: Request, kind: str, id_: str) -> Response:
    form = request.url_vars.get("form")
    return Response.redirect(path_of(kind, id_) + (f".{form}" if form else ""))


async def _asked(request: Request, datasette: Any, name: str) -> Response:
    """The answer to a question; the search has a page of its own."""
    if name == "search":
        request.url_vars["name"] = name
        return await _list(request, datasette)
    given = {key: request.args.get(key) or "" for key in request.args.keys()}  # noqa: SIM118
    db, public = served(datasette), is_public(datasette)
    page = await question.question(db, name, given, public=public)
    if page is not None:
        page.context["sql_path"] = sql_path(datasette)
    return await _answer(datasette, request, page, "question")


async def _list(request: Request, datasette: Any) -> Response:
    """The pages that list things."""
    db, name = served(datasette), request.url_vars["name"]
    if name == "reported":
        return await _front(request, datasette)
    if name == "frameworks":
        page = await framework.all_frameworks(db)
    elif name == "themes":
        page = await theme.all_themes(db)
    elif name == "questions":
        page = question.questions_page(public=is_public(datasette))
    elif name == "map":
        keys = ("region", "kind", "inspectorate")
        page = await places.map_page(db, {key: request.args.get(key) or None for key in keys})
    else:
        page = await search.search(db, arguments(request), form=request.url_vars.get("form"))
    return await _answer(datasette, request, page, "page")


def arguments(request: Request) -> dict[str, list[str]]:
    """What stands behind the question mark: name → values."""
    return {key: request.args.getlist(key) for key in request.args.keys()}  # noqa: SIM118


async def _story_of_url(request: Request, datasette: Any) -> Response:
    """`/story?url=…`: from a story's address, which is stable, to its page."""
    url = request.args.get("url") or ""
    found = await first(served(datasette), _STORY_OF, url, url)
    if not found:
        raise NotFound("No story with that address is in the archive.")
    return Response.redirect(path_of("story", found["id"]))


async def _row(request: Request, datasette: Any) -> Response:
    """Our page at Datasette's address of a row."""
    kinds = {"articles": "story", "agencies": "agency", "sources": "source"}
    request.url_vars["kind"] = kinds[request.url_vars["table"]]
    request.url_vars["id"] = tilde_decode(request.url_vars["id"])
    return await _thing(request, datasette)


async def _query(request: Request, datasette: Any) -> Response:
    """Our page at Datasette's address of a canned query."""
    return await _asked(request, datasette, request.url_vars["id"])


async def _nothing() -> Response:
    """Datasette's pages about itself: the file's path, threads, versions. No visitor needs them."""
    raise NotFound("There is no such page.")


def sql_path(datasette: Any) -> str:
    """Where a query of one's own is asked: Datasette 1.0 moved it."""
    db = datasette.urls.database(served(datasette).name)
    return f"{db}/-/query" if metadata.is_datasette_1() else str(db)


def routes() -> list[tuple[str, View]]:
    """For Datasette: pattern of the path → view."""
    names = "|".join(metadata.queries())
    kinds = "|".join(THINGS)
    return [
        (r"/-/(?!static(?:-watch|-plugins)?/)", _nothing),
        (r"/$", _front),
        (rf"/(?P<name>{'|'.join(LISTS)})" + _FORM, _list),
        (r"/story$", _story_of_url),
        (r"/(?P<database>[^/]+)/-/story$", _story_of_url),
        (rf"/(?P<kind>{kinds})/(?P<id>[^/]+?)" + _FORM, _thing),
        (r"/(?P<database>[^/]+)/(?P<table>articles|agencies|sources)/(?P<id>[^/.]+)$", _row),
        (rf"/(?P<database>[^/]+)/(?P<id>{names})$", _query),
    ]
