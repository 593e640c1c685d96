"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), in the shape that every format comes to. Pure.

The standard asks readers to be tolerant: an id may be a number, and unknown keys are left alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pipeline.clean.html import plain_text
from pipeline.errors import FeedError
from pipeline.watch.dates import iso
from pipeline.watch.items import Item, paragraphs, tidy

_VERSION = "jsonfeed.org/version/"


def looks_like(body: bytes) -> bool:
    """True for bytes that can only be JSON: an XML feed never begins with a brace."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonFeed:
    """A JSON Feed taken apart, its items not yet read."""

    title: str | None
    author: str | None  #: of items that name none
    records: tuple[dict[str, Any], ...]
    raw: tuple[bytes, ...]  #: each record in one form, with what it inherits: for its digest


def load(body: bytes, *, url: str) -> JsonFeed:
    """Raises FeedError for JSON that is broken or no JSON Feed."""
    try:
        content = json.loads(body.decode("utf-8-sig"))
        if not isinstance(content, dict) or _VERSION not in str(content.get("version", "")):
            raise FeedError("JSON, but not a JSON Feed", url=url)
        items = content.get("items")
        records = tuple(r for r in items if isinstance(r, dict)) if isinstance(items, list) else ()
        author = _authors(content)
        raw = tuple(json.dumps([author, record]).encode() for record in records)
    except (ValueError, RecursionError) as e:
        raise FeedError(f"JSON that is cut short or broken ({type(e).__name__})", url=url) from e
    return JsonFeed(title=_text(content.get("title")), author=author, records=records, raw=raw)


def item(record: dict[str, Any], feed: JsonFeed) -> Item:
    """One record in the shape that every format comes to."""
    content = _text(record.get("content_html"))
    as_text = _text(record.get("content_text"))
    summary = _text(record.get("summary")) or as_text
    if summary is None and content is not None:
        summary = plain_text(content)
    guid = record.get("id")
    published = iso(_text(record.get("date_published")))
    modified = iso(_text(record.get("date_modified")))
    return Item(
        guid=None if guid is None or isinstance(guid, (dict, list)) else str(guid),
        link=_text(record.get("url")) or _text(record.get("external_url")),
        headline=_text(record.get("title")),
        summary=summary,
        content_html=content or (paragraphs(as_text) if as_text else None),
        author=_authors(record) or feed.author,
        published_at=published or modified,
        dated_by="published" if published else "updated",
    )


def _authors(record: dict[str, Any]) -> str | None:
    """1.1 has `authors`, 1.0 had one `author`."""
    authors = record.get("authors") or [record.get("author")]
    if not isinstance(authors, list):
        return None
    names = (_text(a.get("name")) for a in authors if isinstance(a, dict))
    return "; ".join(n for n in names if n) or None


def _text(value: Any) -> str | None:
    return tidy(value) if isinstance(value, str) else None
