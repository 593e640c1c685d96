"""One look at an address: a feed, or a page that announces one? For `sources add` and `check`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from pipeline.clean.feedlinks import feed_links
from pipeline.errors import FeedError, FetchError
from pipeline.models import Failure, Response
from pipeline.watch import feeds
from pipeline.watch.fetch import Connect, Fetcher, Limits


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """A feed that answers. `announced`: it was found through a page, at `homepage`."""

    feed_url: str
    homepage: str | None
    title: str | None
    entries: int
    newest: str | None  #: latest `published_at` among the entries
    announced: bool


def probe(
    url: str, *, contact: str, allow_private: bool, connect: Connect | None = None,
    limits: Limits | None = None,
) -> Probe:  # fmt: skip
    """Fetch `url`, and the first feed that works among those it announces.

    Raises:
        FetchError: it does not answer usefully.
        FeedError: it is neither a feed nor a page that announces a working one.
    """
    return asyncio.run(_probe(url, contact, allow_private, connect, limits))


async def _probe(
    url: str, contact: str, allow_private: bool, connect: Connect | None, limits: Limits | None
) -> Probe:
    async with Fetcher(contact=contact, connect=connect, limits=limits) as fetcher:
        first = _good(await fetcher.feed(url, allow_private=allow_private))
        try:
            return _described(first, homepage=None)
        except FeedError as not_a_feed:
            links = feed_links(first.body, url=first.final_url)
            if not links:
                raise FeedError(f"{not_a_feed.problem}; and it announces no feed",
                                url=url) from None  # fmt: skip
        for link in links:
            answer = await fetcher.feed(link, allow_private=allow_private)
            if isinstance(answer, Response):
                try:
                    return _described(answer, homepage=first.final_url)
                except FeedError:
                    continue
    raise FeedError(f"it announces {', '.join(links)}, and none of them works", url=url)


def _good(answer: Response | Failure) -> Response:
    if isinstance(answer, Failure):
        raise FetchError(answer.reason, url=answer.url)
    return answer


def _described(answer: Response, *, homepage: str | None) -> Probe:
    url = answer.moved_to or answer.url
    feed = feeds.read(answer.body, url=url, content_type=answer.content_type,
                      headers=answer.headers, base=answer.final_url)  # fmt: skip
    dates = [e.published_at for e in feed.entries if e.published_at]
    return Probe(feed_url=url, homepage=homepage, title=feed.title, entries=len(feed.entries),
                 newest=max(dates, default=None), announced=homepage is not None)  # fmt: skip
