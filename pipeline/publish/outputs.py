"""A page in the form that was asked for: HTML, JSON, CSV, Atom, JSON Feed or iCalendar.

Each form says where it comes from: a statement to cite stands in JSON under `statement`, in CSV
below the rows (`?statement=no` leaves it out).
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils.asgi import Request, Response

from pipeline.publish.links import served, web_link
from pipeline.publish.listing import Listing, Page, Row
from pipeline.publish.statement import Statement, statement
from pipeline.publish.syndication import Feed, Item, atom, calendar, json_feed
from pipeline.words import spreadsheet_cell

#: of our own pages: they need no inline script or style, so none that a story smuggled in can run
STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: suffix → what it is called beside a list
FORMS = {
    "csv": "CSV",
    "json": "JSON",
    "atom": "Atom",
    "feed.json": "JSON Feed",
    "ics": "iCalendar",
}


async def respond(datasette: Any, request: Request, page: Page, form: str | None) -> Response:
    """`page` in the `form` that was asked for (a suffix of FORMS; None: HTML)."""
    base = request.path.removesuffix(f".{form}") if form else request.path
    base = "/reported" if base == "/" else base  # the front page as data needs a name
    asked = _asked(request)
    address = datasette.absolute_url(request, base + asked)
    if form in ("atom", "feed.json", "ics"):
        return _feed(datasette, request, page, address, form)
    told = await statement(served(datasette), page.listing, address)
    if form == "json":
        return _json(page, told)
    if form == "csv":
        whole = request.args.get("statement") != "no"
        return _answer(to_csv(page.listing, told if whole else None), "text/csv; charset=utf-8")
    context = {
        **page.context,
        "listing": page.listing,
        "statement": told,
        "forms": [{"name": name, "href": f"{base}.{key}{asked}"} for key, name in FORMS.items()],
        "atom": f"{base}.atom{asked}",
        "strict": True,
    }
    html = await datasette.render_template(page.template, context, request=request)
    return Response.html(html, headers={"content-security-policy": STRICT})


def _asked(request: Request) -> str:
    """The query string without what only shapes the answer, with its question mark."""
    pairs = [
        (name, value) for name, value in parse_qsl(request.query_string) if name != "statement"
    ]
    return f"?{urlencode(pairs)}" if pairs else ""


def _answer(body: str | bytes, content_type: str) -> Response:
    return Response(body, content_type=content_type, headers={"content-security-policy": STRICT})


def _json(page: Page, told: Statement) -> Response:
    content = {
        "title": page.listing.title,
        "description": page.listing.description,
        **page.facts,
        "rows": page.listing.rows,
        "statement": told.as_dict(),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
    return _answer(text, "application/json; charset=utf-8")


def to_csv(listing: Listing, told: Statement | None) -> str:
    """The rows, a header first; below them, after an empty line, the statement, a line a fact."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(listing.columns)
    for row in listing.rows:
        writer.writerow(spreadsheet_cell(row[name]) for name in listing.columns)
    if told is not None:
        writer.writerow([])
        for label, words in told.lines():
            writer.writerow([f"# {label}: {' '.join(words.split())}"])
    return out.getvalue()


def _feed(datasette: Any, request: Request, page: Page, address: str, form: str) -> Response:
    listing = page.listing
    rows = listing.rows if page.stories is None else page.stories
    stories = [_item(datasette, request, row) for row in rows if row.get("headline")]
    items = list({item.url: item for item in reversed(stories)}.values())[::-1]
    feed = Feed(
        title=f"{listing.title}: Inspection Watch",
        description=listing.description,
        page=address,
        address=datasette.absolute_url(request, request.full_path),
        updated_at=max((item.seen_at for item in items), default=""),
        items=items,
    )
    if form == "atom":
        return _answer(atom(feed), "application/atom+xml; charset=utf-8")
    if form == "ics":
        return _answer(calendar(feed), "text/calendar; charset=utf-8")
    text = json.dumps(json_feed(feed), ensure_ascii=False, indent=1)
    return _answer(text, "application/feed+json; charset=utf-8")


def _item(datasette: Any, request: Request, row: Row) -> Item:
    address = row.get("article_url") or row.get("url") or ""
    page = datasette.absolute_url(
        request, datasette.urls.path("/story?" + urlencode({"url": address}))
    )
    words = row.get("evidence") or row.get("quote") or row.get("snippet") or ""
    outcome = "; ".join(str(row[key]) for key in ("bodies", "body", "grade") if row.get(key))
    return Item(
        url=web_link(address) or page,
        page=page,
        title=row["headline"],
        summary=" – ".join(part for part in (outcome, words) if part),
        seen_at=row.get("first_seen_at") or row.get("published_at") or "",
        published_at=row.get("published_at"),
        publisher=row.get("publisher"),
        labels=tuple(str(row[key]) for key in ("inspectorates", "inspectorate") if row.get(key)),
    )
