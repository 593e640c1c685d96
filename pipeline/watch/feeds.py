"""Bytes of a feed → entries. The only module that knows feedparser. Pure.

feedparser's `bozo` is a warning, not a verdict: half the feeds of small publishers break a rule.
Entries that can be read are taken; what is no feed at all is told apart from a feed with nothing
in it, because a challenge page that counted as "nothing new" would hide a dead source for ever.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import feedparser

from pipeline.clean.html import plain_text
from pipeline.errors import FeedError
from pipeline.models import Entry
from pipeline.watch import jsonfeed
from pipeline.watch.dates import iso, iso_utc
from pipeline.watch.items import Item, entry

#: entities that a feed declares for itself may make it grow by this much, in bytes
MOST_GROWTH = 1_000_000

_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?([^\s>]+)\s+(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_EMAIL = re.compile(r"\s*[(<]?\b[\w.+-]+@[\w-]+\.[\w.-]+\b[)>]?\s*")
# What feedparser lets through on inputs that nobody foresaw (bad encodings, absurd nesting).
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
_MAGIC = (
    (b"%PDF", "a PDF"), (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"), (b"PK\x03\x04", "a ZIP file"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A feed as it stood in one answer."""

    title: str | None
    entries: tuple[Entry, ...]
    ttl: timedelta | None  #: RSS `<ttl>`: how long the publisher says it stays fresh


def parse(
    body: bytes, *, url: str, content_type: str = "", headers: Mapping[str, str] | None = None
) -> tuple[Entry, ...]:
    """The entries alone; see `read`."""
    return read(body, url=url, content_type=content_type, headers=headers).entries


def read(
    body: bytes,
    *,
    url: str,
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    base: str | None = None,
) -> Feed:
    """RSS 0.9 to 2.0, Atom, CDF or JSON Feed, in any encoding.

    Args:
        url: the feed's address, as it is known in the archive.
        content_type: what the server called it, charset included; "" where unknown.
        headers: of the answer, lower case; language and Content-Location are used.
        base: what relative links stand against, where a redirect led elsewhere than `url`.

    Raises:
        FeedError: `not_a_feed`, with what it is instead; `decoding` for an entity bomb; `empty`.
    """
    if not body.strip():
        raise FeedError("nothing at all", url=url, kind="empty")
    base = base or url
    if jsonfeed.looks_like(body):
        title, items = jsonfeed.read(body, url=url, plain_text=plain_text)
        return Feed(title=title, entries=_entries(items, url, base), ttl=None)
    if _MARKUP.search(body[:4096]) and not _ROOT.search(body[:4096]):
        # Before parsing: feedparser takes a minute to find no entry in a long page.
        raise FeedError(f"{_what_it_is(body)}, not a feed", url=url)
    _refuse_bombs(body, url)
    parsed = _feedparser(body, content_type, headers or {}, base)
    if not parsed.get("version") and not parsed.entries:
        raise FeedError(f"{_what_it_is(body)}, not a feed", url=url)
    items = tuple(_item(record) for record in parsed.entries)
    title = _headline(parsed.feed) if parsed.get("feed") else None
    return Feed(title=title, entries=_entries(items, url, base), ttl=_ttl(parsed))


def _feedparser(body: bytes, content_type: str, headers: Mapping[str, str], base: str) -> Any:
    sent = {"content-location": base, "content-type": content_type or "application/xml"}
    if "content-language" in headers:
        sent["content-language"] = headers["content-language"]
    try:
        return feedparser.parse(io.BytesIO(body), response_headers=sent)
    except _BROKEN as e:
        raise FeedError(f"bytes on which the parser gives up ({type(e).__name__})", url=base,
                        kind="decoding") from e  # fmt: skip


def _refuse_bombs(body: bytes, url: str) -> None:
    """feedparser drops nested entities; a long one, used often, it would still write out."""
    text = body.replace(b"\0", b"") if b"\0" in body[:64] else body  # UTF-16, UTF-32
    if b"<!entity" not in text[:65536].lower():
        return
    growth = sum(
        len(value) * text.count(b"&" + name + b";") for name, value in _ENTITY.findall(text)
    )
    if growth > MOST_GROWTH:
        raise FeedError("XML whose entities would swell it beyond measure", url=url,
                        kind="decoding")  # fmt: skip


def _entries(items: tuple[Item, ...], url: str, base: str) -> tuple[Entry, ...]:
    """One entry a (guid, address): a feed that lists an item twice has it once."""
    unique: dict[tuple[str, str], Entry] = {}
    for item in items:
        made = entry(item, feed_url=url, base=base)
        unique.setdefault((made.guid, made.url), made)
    return tuple(unique.values())


def _item(record: Any) -> Item:
    published, by = _date(record)
    summary = record.get("summary_detail") or {}
    pieces = [c for c in record.get("content") or () if isinstance(c, dict)]
    marked = [c.get("value") or "" for c in [*pieces, summary] if "html" in (c.get("type") or "")]
    return Item(
        guid=record.get("id"),
        # FeedBurner and its heirs keep the paper's own address beside their own.
        link=record.get("feedburner_origlink") or record.get("link"),
        headline=_headline(record),
        summary=_plain(summary) or next((t for t in map(_plain, pieces) if t), None),
        content_html=max(marked, key=len, default="") or None,
        author=_author(record),
        published_at=published,
        dated_by=by,
    )


def _headline(record: Any) -> str | None:
    """Plain text on one line. WordPress writes `&#8217;` into titles that it declares plain."""
    detail = record.get("title_detail") or {}
    return " ".join((_plain(detail) or "").split()) or None


def _plain(detail: Mapping[str, Any]) -> str | None:
    value = detail.get("value") or ""
    if "html" in (detail.get("type") or "") and ("<" in value or "&" in value):
        return plain_text(value).strip() or None
    return html.unescape(value).strip() or None


def _author(record: Any) -> str | None:
    found = record.get("author") or ""
    if "@" not in found:  # feedparser splits names from addresses wrongly where a domain is long
        details = [d for d in record.get("authors") or () if isinstance(d, dict)]
        found = "; ".join(d["name"] for d in details if d.get("name")) or found
    return _EMAIL.sub(" ", found).strip(" ()<>;,") or None


def _date(record: Any) -> tuple[str | None, str]:
    """(ISO date, which field gave it). `dict.get`: feedparser's own would alias one to another."""
    for by in ("published", "created", "updated"):
        found = iso(dict.get(record, by)) or iso_utc(dict.get(record, f"{by}_parsed"))
        if found:
            return found, "updated" if by == "updated" else "published"
    return None, "updated"


def _ttl(parsed: Any) -> timedelta | None:
    value = str(parsed.feed.get("ttl") or "").strip() if parsed.get("feed") else ""
    if not (value.isascii() and value.isdigit()) or int(value[:9]) == 0:
        return None
    return timedelta(minutes=min(int(value[:9]), 10_080))


def _what_it_is(body: bytes) -> str:
    for magic, what in _MAGIC:
        if body.startswith(magic):
            return what
    title = _TITLE.search(body[:100_000])
    named = plain_text(title[1].decode("utf-8", "replace")).strip()[:80] if title else ""
    if _MARKUP.search(body[:4096]) and not _ROOT.search(body[:4096]):
        return f"an HTML page{f' (title: {named})' if named else ''}"
    if body.lstrip()[:1] == b"<":
        return "XML of another kind" if not _ROOT.search(body[:4096]) else "XML too broken to read"
    return "text" if b"\0" not in body[:4096] else "binary data"
