"""Whatever lists stories → one `Feed`: the one door for feeds, news sitemaps and listing pages.

Pure. What stands at an address is told by its bytes, not by its name: a feed's address that
answers with a news sitemap is read as one, and the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping

from pipeline.clean import listing as listings
from pipeline.errors import FeedError
from pipeline.models import FeedKind, Hints, Listing
from pipeline.watch import feeds, sitemap
from pipeline.watch.encoding import Decoding, DecodingError, TooLargeError
from pipeline.watch.feeds import Feed, always
from pipeline.watch.items import Item
from pipeline.watch.splitting import digest

#: what sitemaps.org allows a sitemap to be when unpacked
MOST_UNPACKED = 50 * 1024 * 1024

_GZIP = b"\x1f\x8b"


def read(
    kind: FeedKind,
    body: bytes,
    *,
    url: str,
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    base: str | None = None,
    listing: Listing | None = None,
    known: Container[bytes] = frozenset(),
    going: Callable[[], bool] = always,
) -> Feed:
    """What one answer lists; arguments as in `feeds.read`, which all kinds follow.

    Args:
        kind: what `sources.yaml` says stands at `url`.
        listing: the selectors; needed for a page.

    Raises:
        FeedError: it is something else, or holds nothing that can be used.
        Stopped: `going` said so; nothing was decided.
    """
    if kind == "page":
        if listing is None:
            raise ValueError("a page is read by selectors")
        return _page(body, url, base or url, content_type, listing, known)
    body = unpacked(body, url=url)
    if sitemap.looks_like(body):
        return sitemap.read(body, url=url, base=base, known=known, going=going)
    if kind == "sitemap" and body.strip() and not feeds.looks_like(body):
        raise FeedError(f"{feeds.what_it_is(body)}, not a sitemap", url=url)
    return feeds.read(body, url=url, content_type=content_type, headers=headers, base=base,
                      known=known, going=going)  # fmt: skip


def unpacked(body: bytes, *, url: str) -> bytes:
    """Of a file that is gzip itself (`sitemap.xml.gz`) the content; any other as it is.

    Raises:
        FeedError: `decoding` for a damaged one, `too_large` for a bomb.
    """
    if not body.startswith(_GZIP):
        return body
    try:
        unpacking = Decoding("gzip", most=MOST_UNPACKED)
        unpacking.add(body)
        return unpacking.end()
    except TooLargeError:
        raise FeedError("a gzip file that unpacks to more than 50 MB, the most that a sitemap may "
                        "have", url=url, kind="too_large") from None  # fmt: skip
    except DecodingError:
        raise FeedError("a damaged gzip file", url=url, kind="decoding") from None


def _page(
    body: bytes, url: str, base: str, content_type: str, listing: Listing, known: Container[bytes]
) -> Feed:
    if not body.strip():
        raise FeedError("nothing at all", url=url, kind="empty")
    found = listings.read(body, url=base, content_type=content_type, listing=listing)
    if not found.items:
        titled = f" (title: {found.title[:80]})" if found.title else ""
        what = f"whose selector `{listing.item}` finds nothing"
        if found.matches:
            what = f"where `{listing.item}` matches, but without a link or a headline in it"
        raise FeedError(f"a page{titled} {what}: it may have been rebuilt", url=url)
    context = f"page 1 {base} {url}"
    marks: list[bytes] = []
    new: list[Item] = []
    for item in found.items:
        facts = [item.link, item.headline, item.date, item.summary]
        marks.append(digest(json.dumps(facts).encode(), context=context))
        if marks[-1] not in known:
            new.append(Item(guid=None, link=item.link, headline=item.headline,
                            summary=item.summary, content_html=None, author=None,
                            published_at=item.date))  # fmt: skip
    return Feed(title=found.title, entries=feeds.entries_of(new, url, base), hints=Hints(),
                unchanged=len(marks) - len(new), items=tuple(marks))  # fmt: skip
