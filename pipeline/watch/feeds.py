"""Bytes of a feed → entries. The only module that knows feedparser. Pure.

feedparser's `bozo` is a warning, not a verdict: half the feeds of small publishers break a rule.
Entries that can be read are taken; what is no feed at all is told apart from a feed with nothing
in it, because a challenge page that counted as "nothing new" would hide a dead source for ever.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import feedparser
from feedparser.encodings import convert_to_utf8

from pipeline.clean.html import plain_text
from pipeline.errors import FeedError, Stopped
from pipeline.models import Entry, Hints
from pipeline.watch import guard, hints, jsonfeed, splitting
from pipeline.watch.dates import iso, iso_utc
from pipeline.watch.items import Item, entry

# Python's own tokeniser, wherever this runs; feedparser would look for another at every feed.
feedparser.api.PREFERRED_XML_PARSERS.clear()

#: items that are read in one go, between two looks at whether to go on
AT_ONCE = 100
#: part of every item's digest: another number here has every feed read anew
_READING = "1"

_TITLE = re.compile(rb"<title[^>]{0,200}>(.{0,500}?)</title", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_EMAIL = re.compile(r"\s*[(<]?\b[\w.+-]+@[\w-]+\.[\w.-]+\b[)>]?\s*")
_UTF8 = "application/xml; charset=utf-8"
# What feedparser lets through on inputs that nobody foresaw (bad encodings, absurd nesting).
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError,
           ArithmeticError)  # fmt: skip
_MAGIC = (
    (b"%PDF", "a PDF"), (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"), (b"PK\x03\x04", "a ZIP file"),
)  # fmt: skip


def always() -> bool:
    """Go on: nobody asks for a stop."""
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A feed as it stood in one answer, less what was known of it before."""

    title: str | None  #: None also where every item was known: then it was not looked for
    entries: tuple[Entry, ...]  #: of items that were not known, in the feed's order
    unchanged: int  #: items left out because their digest was known
    items: tuple[bytes, ...]  #: digest of every item in the answer, also of those left out
    hints: Hints


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
    known: Container[bytes] = frozenset(),
    going: Callable[[], bool] = always,
) -> Feed:
    """RSS 0.9 to 2.0, Atom, CDF or JSON Feed, in any encoding.

    Args:
        url: the feed's address, as it is known in the archive.
        content_type: what the server called it, charset included; "" where unknown.
        headers: of the answer, lower case; language and Content-Location are used.
        base: what relative links stand against, where a redirect led elsewhere than `url`.
        known: digests of items (`Feed.items` of former answers) that need not be read again.
        going: asked between each hundred items; once False, the work is given up.

    Raises:
        FeedError: `not_a_feed`, with what it is instead; `decoding` for an entity bomb; `empty`.
        Stopped: `going` said so; nothing was decided about the feed.
    """
    if not body.strip():
        raise FeedError("nothing at all", url=url, kind="empty")
    base = base or url
    body = guard.mended(body)
    if jsonfeed.looks_like(body):
        return _read_json(body, url, base, known, going)
    if _MARKUP.search(body[:4096]) and not _ROOT.search(body[:4096]):
        # Before parsing: feedparser takes a minute to find no entry in a long page.
        raise FeedError(f"{what_it_is(body)}, not a feed", url=url)
    sent = {"content-location": base, "content-type": content_type or "application/xml"}
    if "content-language" in (headers or {}):
        sent["content-language"] = (headers or {})["content-language"]
    data = _utf8(body, sent, url)
    parts = splitting.split(data, context=f"{_READING} {base} {url}", known=known)
    if parts and parts.items:
        feed = _read_parts(parts, url, base, sent, known, going)
        if feed is not None:
            return feed
    return _read_whole(body, data, url, base, sent, known)


def looks_like(body: bytes) -> bool:
    """True for what begins as a feed, whether it can be read or not."""
    return jsonfeed.looks_like(body) or _ROOT.search(body[:4096].replace(b"\0", b"")) is not None


def _read_parts(
    parts: splitting.Split, url: str, base: str, sent: Mapping[str, str],
    known: Container[bytes], going: Callable[[], bool],
) -> Feed | None:  # fmt: skip
    """Only the items that are not known; None where they do not come out one for one."""
    wanted = [n for n, raw in enumerate(parts.items) if raw.digest not in known]
    around = parts.outside()
    # What stands around the items is read each time: a second reading of the feed at the most.
    at_once = max(AT_ONCE, len(wanted) * len(around) // len(parts.data))
    records: list[Item] = []
    title = None
    for first in range(0, len(wanted), at_once):
        if not going():
            raise Stopped("was not read to its end", url=url)
        some = wanted[first : first + at_once]
        bare = first > 0 or len(wanted) < len(parts.items)  # the title was asked for before
        parsed = _feedparser(parts.only(some, bare=bare), {**sent, "content-type": _UTF8}, url)
        if len(parsed.entries) != len(some):
            return None
        records += map(item, parsed.entries)
        title = title or _title(parsed)
    return Feed(title=title, entries=entries_of(records, url, base), hints=hints.read(around),
                unchanged=len(parts.items) - len(wanted),
                items=tuple(raw.digest for raw in parts.items))  # fmt: skip


def _read_whole(
    body: bytes, data: bytes, url: str, base: str, sent: Mapping[str, str], known: Container[bytes]
) -> Feed:
    """What could not be taken apart; the digests are of the entries as they were read."""
    try:
        parsed = _feedparser(body, sent, url)
    except FeedError:
        possible = guard.with_possible_characters(data)
        if possible == data:
            raise
        parsed = _feedparser(possible, {**sent, "content-type": _UTF8}, url)
    if not parsed.get("version") and not parsed.entries:
        raise FeedError(f"{what_it_is(body)}, not a feed", url=url)
    entries = entries_of(map(item, parsed.entries), url, base)
    items = digests(entries)
    new = tuple(e for e, mark in zip(entries, items, strict=True) if mark not in known)
    return Feed(title=_title(parsed), entries=new, unchanged=len(entries) - len(new), items=items,
                hints=hints.read(hints.around_items(data)))  # fmt: skip


def _read_json(
    body: bytes, url: str, base: str, known: Container[bytes], going: Callable[[], bool]
) -> Feed:
    feed = jsonfeed.load(body, url=url)
    items = tuple(splitting.digest(record, context=f"{_READING} {base} {url}")
                  for record in feed.raw)  # fmt: skip
    new = [record for record, mark in zip(feed.records, items, strict=True) if mark not in known]
    found: list[Item] = []
    for number, record in enumerate(new):
        if number % AT_ONCE == 0 and not going():
            raise Stopped("was not read to its end", url=url)
        found.append(jsonfeed.item(record, feed))
    return Feed(title=feed.title, entries=entries_of(found, url, base), hints=Hints(), items=items,
                unchanged=len(items) - len(new))  # fmt: skip


def _utf8(body: bytes, sent: Mapping[str, str], url: str) -> bytes:
    """The feed in UTF-8 by feedparser's own judgement of its encoding, else as it came."""
    try:
        data: bytes = convert_to_utf8(sent, body, {})
    except _BROKEN as e:
        raise _gave_up(e, url) from e
    return data


def _feedparser(body: bytes, sent: Mapping[str, str], url: str) -> Any:
    # UTF-16 and UTF-32 have a NUL beside every letter that matters here.
    guard.refuse(body.replace(b"\0", b"") if b"\0" in body[:64] else body, url=url)
    try:
        return feedparser.parse(io.BytesIO(body), response_headers=sent)
    except _BROKEN as e:
        raise _gave_up(e, url) from e


def _gave_up(error: Exception, url: str) -> FeedError:
    return FeedError(f"bytes on which the parser gives up ({type(error).__name__})", url=url,
                     kind="decoding")  # fmt: skip


def entries_of(items: Iterable[Item], url: str, base: str) -> tuple[Entry, ...]:
    """Entries of the feed at `url`, whose relative links stand against `base`."""
    return unique(entry(found, feed_url=url, base=base) for found in items)


def unique(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """One entry a (guid, address): a feed that lists an item twice has it once."""
    found: dict[tuple[str, str], Entry] = {}
    for made in entries:
        found.setdefault((made.guid, made.url), made)
    return tuple(found.values())


def digests(entries: Iterable[Entry]) -> tuple[bytes, ...]:
    """Of entries whose raw items could not be told apart."""
    return tuple(splitting.digest(repr(e).encode("utf-8", "replace"), context=_READING)
                 for e in entries)  # fmt: skip


def item(record: Any) -> Item:
    """One entry of feedparser's in the shape that every format comes to."""
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


def _title(parsed: Any) -> str | None:
    return _headline(parsed.feed) if parsed.get("feed") else None


def what_it_is(body: bytes) -> str:
    """Bytes that are no feed, in two or three words."""
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
