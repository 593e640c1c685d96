"""The search page: stories that have the words, narrowed down by facets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from datasette.database import Database

from pipeline.publish.asking import FACETS, Search, address, from_arguments, toggled
from pipeline.publish.counting import Facet
from pipeline.publish.hits import Hit
from pipeline.publish.listing import Listing, Page, Row, of_rows
from pipeline.publish.pages.reports import COLUMNS
from pipeline.publish.searching import Found, find

#: stories of a list that is taken away as data; its feeds hold the newest of them
WHOLE, FEED = 1000, 100

SORTS = {
    "best": "best first",
    "newest": "newest first",
    "oldest": "oldest first",
    "published": "by day of publication",
}
_COLUMNS = tuple(c for c in COLUMNS if c != "inspection_type")


async def search(db: Database, arguments: Mapping[str, Sequence[str]], *, form: str | None) -> Page:
    """The page of a search; as data (`form`) it holds more stories, from the first on.

    A feed is always newest first, or nobody would see what is new.
    """
    asked = from_arguments(arguments)
    if form in ("atom", "feed.json", "ics"):
        found = await find(db, replace(asked, sort="newest", page=1), size=FEED)
    elif form is not None:
        found = await find(db, replace(asked, page=1), size=WHOLE)
    else:
        found = await find(db, asked)
    rows = of_rows([_row(hit) for hit in found.hits], _COLUMNS)
    total = found.total
    listing = Listing(
        title=_title(found),
        description="Stories, as the newspapers wrote them; the outcome stands with the words that "
        "prove it.",
        columns=_COLUMNS,
        rows=rows,
        asked=in_words(found),
        since=asked.since,
        # A day is asked about to its end; times are compared as text.
        until=asked.until and f"{asked.until}T23:59:59+00:00",
        truncated=total is None or total > len(rows),
    )
    facts = {
        "total": total,
        "how_many": found.how_many(),
        "caveat": found.caveat() or None,
        "facets": {
            facet.name: {value.value: value.stories for value in facet.values}
            for facet in found.facets
        },
    }
    return Page(template="search.html", context=_context(found), listing=listing, facts=facts)


def _row(hit: Hit) -> Row:
    return {
        **{name: getattr(hit, name) for name in hit.__slots__},
        "bodies": "; ".join(body.name for body in hit.bodies) or None,
        "inspectorates": "; ".join(i.name for i in hit.inspectorates) or None,
        "article_url": hit.url,
    }


def _title(found: Found) -> str:
    words, chosen = found.search.words, chosen_values(found)
    if words:
        return f"Search: {words}"
    if chosen == [("report", "yes", "Yes")]:
        return "Inspections reported"
    return ", ".join(label for _, _, label in chosen) or "All stories"


def chosen_values(found: Found) -> list[tuple[str, str, str]]:
    """What was chosen: facet, value, and its label."""
    labels = {(f.name, v.value): v.label for f in found.facets for v in f.values}
    return [
        (facet, value, labels.get((facet, value), value))
        for facet, values in found.search.chosen.items()
        for value in values
    ]


def in_words(found: Found) -> str:
    """The search as a sentence part, for the statement."""
    asked = found.search
    parts = [f"stories with “{asked.words}”" if asked.words else "stories"]
    for facet in asked.chosen:
        labels = [label for name, _, label in chosen_values(found) if name == facet]
        parts.append(f"{FACETS[facet].lower()}: {' or '.join(labels)}")
    if asked.since or asked.until:
        parts.append(f"first seen {asked.since or 'ever'} to {asked.until or 'now'}")
    parts.append(f"{found.how_many()} in all")
    return "; ".join(parts)


def _context(found: Found) -> Row:
    asked = found.search
    chosen = [
        {"title": FACETS[facet], "label": label, "href": _href(toggled(asked, facet, value))}
        for facet, value, label in chosen_values(found)
    ]
    dated = asked.since or asked.until
    if dated:
        words = f"{asked.since or '…'} to {asked.until or '…'}"
        without = replace(asked, since=None, until=None, page=1)
        chosen.append({"title": "First seen", "label": words, "href": _href(without)})
    return {
        "found": found,
        "asked": asked,
        "sorts": SORTS if asked.words else {k: v for k, v in SORTS.items() if k != "best"},
        "chosen": chosen,
        "kept": [(facet, value) for facet, values in asked.chosen.items() for value in values],
        "facets": [_facet(asked, facet) for facet in found.facets],
        "previous": _paged(asked, found.page - 1) if found.page > 1 else None,
        "next": _paged(asked, found.page + 1) if found.page < found.pages else None,
    }


def _facet(asked: Search, facet: Facet) -> Row:
    values = [
        {"label": v.label, "stories": v.stories, "chosen": v.chosen,
         "href": _href(toggled(asked, facet.name, v.value))}
        for v in facet.values
    ]  # fmt: skip
    return {"name": facet.name, "title": facet.title, "values": values, "more": facet.more,
            "counted": facet.counted, "open": any(v.chosen for v in facet.values)
            or facet.name in ("report", "inspectorate", "grade", "region")}  # fmt: skip


def _href(search: Search) -> str:
    query = address(search)
    return f"/search?{query}" if query else "/search"


def _paged(search: Search, page: int) -> str:
    return f"/search?{address(search, page=page)}"
