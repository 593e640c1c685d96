"""From one item of any feed format to an `Entry`, and from an entry to a page of its own. Pure."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from pipeline.models import FEED_CONTENT, Entry, Page
from pipeline.urls import canonical
from pipeline.watch import identity

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """What a format's reader found, in one shape: text plain, HTML as it came, links as written."""

    guid: str | None
    link: str | None
    headline: str | None
    summary: str | None
    content_html: str | None
    author: str | None
    published_at: str | None
    dated_by: str = "published"  #: `updated` where that is all the item has: it lies, so no digest


def entry(item: Item, *, feed_url: str, base: str) -> Entry:
    """An `Entry` with an address whatever the item lacks.

    No link: a guid that is an address serves. No guid: the link serves. Neither: a digest does.
    Without a link the address is the feed's own, with the guid or that digest as a fragment
    (`has_page` is then False).
    """
    headline, summary, content, author = (
        tidy(v) for v in (item.headline, item.summary, item.content_html, item.author)
    )
    link = _absolute(item.link, base) or _absolute(item.guid, None)
    dated = item.published_at if item.dated_by == "published" else None
    facts = (headline, summary, content, author, dated, link)
    digest = hashlib.sha256("\x1f".join(v or "" for v in facts).encode()).hexdigest()
    guid = _without_password(tidy(item.guid)) or link or f"digest:{digest[:32]}"
    named = identity.fragment(guid) if item.guid else digest[:16]
    url = canonical(link) if link else f"{feed_url}#{named}"
    return Entry(feed_url=feed_url, guid=guid, url=url, link=link or url, headline=headline,
                 summary=summary, content_html=content, author=author,
                 published_at=item.published_at, digest=digest)  # fmt: skip


def has_page(entry: Entry) -> bool:
    """False for a story that has no address of its own: there is nothing to fetch."""
    return "#" not in entry.url  # a canonical address has no fragment but one of ours


def feed_page(entry: Entry, at: datetime) -> Page | None:
    """The feed's own content as a page, or None where the item carries no text to make one of."""
    body = entry.content_html or ""
    if not body and entry.summary:
        body = paragraphs(entry.summary)
    if not body.strip():
        return None
    meta = "".join(
        f'<meta {key} content="{html.escape(value)}">\n'
        for key, value in (
            ('property="og:title"', entry.headline),
            ('property="article:published_time"', entry.published_at),
            ('name="author"', entry.author),
            ('property="og:url"', entry.url),
        )
        if value
    )
    headline = html.escape(entry.headline or "")
    page = (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{headline}</title>\n'
        f"{meta}</head>\n<body>\n<article>\n<h1>{headline}</h1>\n{body}\n</article>\n</body>\n</html>\n"
    ).encode()
    return Page(url=entry.url, final_url=entry.link, body=page, content_type=FEED_CONTENT,
                fetched_at=at, digest=hashlib.sha256(page).hexdigest())  # fmt: skip


def paragraphs(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs."""
    parts = (p.strip() for p in re.split(r"\n\s*\n", text))
    return "\n".join(f"<p>{html.escape(p, quote=False)}</p>" for p in parts if p)


def tidy(text: str | None) -> str | None:
    """Without control characters and half surrogates, which no database takes; '' is None."""
    return _CONTROLS.sub("", text or "").strip() or None


def _absolute(link: str | None, base: str | None) -> str | None:
    """`link` as an http(s) address, resolved against `base` if one is given; else None.

    A user name or password in it is left out: a story's address is shown to everybody.
    """
    link = (link or "").strip()
    if not link:
        return None
    try:
        link = urljoin(base, link) if base else link
    except ValueError:
        return None
    if not re.match(r"https?://[^\s/]", link, re.IGNORECASE):
        return None
    return tidy(_without_password(link))


def _without_password(address: str | None) -> str | None:
    return address and re.sub(r"^(https?://)[^/?#\s]*@", r"\1", address, flags=re.IGNORECASE)
