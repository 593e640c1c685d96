"""What stands at an address, and where a site keeps its feed: for `sources add` and `check`.

    the address itself ─▶ feeds its page announces ─▶ links that look like feeds ─▶ usual places
    ─▶ a news sitemap that robots.txt names (or that an index there names)

One request after the other, at the pace of a pass, and never more than MOST_REQUESTS of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from pipeline.clean.feedlinks import feed_links, likely_links
from pipeline.errors import FeedError, FetchError
from pipeline.models import Failure, FeedKind, Listing, Response
from pipeline.watch import formats, robots, sitemap
from pipeline.watch.failures import NETWORK_KINDS
from pipeline.watch.fetch import Connect, Fetcher, Limits

#: of one search, the first look included
MOST_REQUESTS = 24
#: where publishing systems keep a feed, likeliest first
USUAL = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_MOST_LINKS = 6
_MOST_SITEMAPS = 4
#: a host that answers so is not asked again, nor is one that cannot be reached
_BUSY = {429, 503}


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """Something that can be watched. `announced`: it was found through a page, at `homepage`."""

    feed_url: str
    kind: FeedKind
    homepage: str | None
    title: str | None
    entries: int
    newest: str | None  #: latest `published_at` among the entries
    headline: str | None  #: of the first entry that has one
    announced: bool


def probe(
    url: str, *, contact: str, allow_private: bool, connect: Connect | None = None,
    limits: Limits | None = None,
) -> Probe:  # fmt: skip
    """Look at `url`, and where that is a page, for the feed or news sitemap of its site.

    Raises:
        FetchError: it does not answer usefully.
        FeedError: nothing that can be watched was found from there.
    """
    search = _Search(url, allow_private)
    return asyncio.run(_with(search.run, contact, connect, limits))


def look(
    url: str, *, contact: str, allow_private: bool, kind: FeedKind = "feed",
    listing: Listing | None = None, connect: Connect | None = None, limits: Limits | None = None,
) -> Probe:  # fmt: skip
    """One look at one address that is known to be a feed, a sitemap or a page, as in a pass.

    Raises:
        FetchError: it does not answer usefully.
        FeedError: it is not what it should be; names the feed that stands there instead.
    """

    async def once(fetcher: Fetcher) -> Probe:
        answer = _good(await fetcher.feed(url, allow_private=allow_private, robots=kind == "page"))
        try:
            return _described(answer, kind, listing=listing)
        except FeedError as e:
            links = feed_links(answer.body, url=answer.final_url) if kind == "feed" else ()
            if not links:
                raise
            raise FeedError(f"{e.problem}; it announces {links[0]}", url=url) from None

    return asyncio.run(_with(once, contact, connect, limits))


async def _with(
    work: Callable[[Fetcher], Awaitable[Probe]], contact: str, connect: Connect | None,
    limits: Limits | None,
) -> Probe:  # fmt: skip
    async with Fetcher(contact=contact, connect=connect, limits=limits) as fetcher:
        return await work(fetcher)


class _Search:
    """One search from one address."""

    def __init__(self, url: str, allow_private: bool) -> None:
        self.url = url
        self.allow_private = allow_private
        self.asked: set[str] = set()
        self.closed = False  #: the host will not answer any more

    async def run(self, fetcher: Fetcher) -> Probe:
        self.fetcher = fetcher
        self.asked.add(self.url)
        first = _good(await fetcher.feed(self.url, allow_private=self.allow_private))
        try:
            return _described(first, "feed")
        except FeedError as e:
            problem = e.problem
        if sitemap.looks_like(formats.unpacked(first.body, url=self.url)):
            found = await self._below(first, None)
            if found is None:
                raise FeedError(problem, url=self.url)
            return found
        announced = feed_links(first.body, url=first.final_url)
        found = await self._elsewhere(first, announced)
        if found is not None:
            return found
        if announced:
            problem += f"; it announces {', '.join(announced[:3])}, and none of them works"
        raise FeedError(
            f"{problem}; no feed or news sitemap was found from there, so a `page:` record with "
            "CSS selectors is the way to watch it (the head of sources.yaml says how)",
            url=self.url,
        )

    async def _elsewhere(self, first: Response, announced: tuple[str, ...]) -> Probe | None:
        """The likeliest that works. A guess must hold entries, an announced feed need not."""
        home = first.final_url
        for link in announced[:_MOST_LINKS]:
            if found := await self._try(link, home):
                return found
        folder = urlsplit(home).path.rstrip("/")
        usual = [*([f"{folder}/feed/"] if folder else []), *USUAL]
        guesses = [*likely_links(first.body, url=home)[:_MOST_LINKS],
                   *(urljoin(home, path) for path in usual)]  # fmt: skip
        for guess in guesses:
            found = await self._try(guess, home)
            if found and found.entries:
                return found
        return await self._sitemap(home)

    async def _sitemap(self, home: str) -> Probe | None:
        """A news sitemap that robots.txt names, itself or through an index."""
        answer = await self._get(urljoin(home, "/robots.txt"))
        if answer is None:
            return None
        named = robots.sitemaps(answer.body)
        for address in _newest((urljoin(home, n), None) for n in named):
            answer = await self._get(address)
            if answer and (found := await self._below(answer, home)):
                return found
        return None

    async def _below(self, answer: Response, home: str | None) -> Probe | None:
        """A news sitemap that holds news: this answer, or one that it names."""
        found = _tried(answer, "sitemap", home)
        if found:
            return found if found.entries else None
        try:
            body = formats.unpacked(answer.body, url=answer.url)
            children = sitemap.children(body, url=answer.url)
        except FeedError:
            return None
        for address in _newest(children):
            answer_below = await self._get(address)
            found = _tried(answer_below, "sitemap", home) if answer_below else None
            if found and found.entries:
                return found
        return None

    async def _try(self, address: str, home: str) -> Probe | None:
        answer = await self._get(address)
        return _tried(answer, "feed", home) if answer else None

    async def _get(self, address: str) -> Response | None:
        """The answer, or None: there is none, it was had before, or enough was asked."""
        if self.closed or address in self.asked or len(self.asked) >= MOST_REQUESTS:
            return None
        self.asked.add(address)
        answer = await self.fetcher.feed(address, allow_private=self.allow_private)
        if isinstance(answer, Response):
            return answer
        if urlsplit(address).hostname == urlsplit(self.url).hostname:
            self.closed = answer.kind in NETWORK_KINDS or answer.status in _BUSY
        return None


def _newest(found: Iterable[sitemap.Child]) -> list[str]:
    """The likeliest news sitemaps: those that say so, then those that changed last."""
    by_date = sorted(found, key=lambda c: c[1] or "", reverse=True)
    by_name = sorted(by_date, key=lambda c: "news" not in c[0].lower())
    return list(dict.fromkeys(address for address, _ in by_name))[:_MOST_SITEMAPS]


def _good(answer: Response | Failure) -> Response:
    if isinstance(answer, Failure):
        raise FetchError(answer.reason, url=answer.url)
    return answer


def _tried(answer: Response, kind: FeedKind, homepage: str | None) -> Probe | None:
    try:
        return _described(answer, kind, homepage=homepage)
    except FeedError:
        return None


def _described(
    answer: Response, kind: FeedKind, *, homepage: str | None = None, listing: Listing | None = None
) -> Probe:
    url = answer.moved_to or answer.url
    feed = formats.read(kind, answer.body, url=url, content_type=answer.content_type,
                        headers=answer.headers, base=answer.final_url, listing=listing)  # fmt: skip
    if kind == "feed" and sitemap.looks_like(formats.unpacked(answer.body, url=url)):
        kind = "sitemap"
    dates = [e.published_at for e in feed.entries if e.published_at]
    headline = next((e.headline for e in feed.entries if e.headline), None)
    return Probe(feed_url=url, kind=kind, homepage=homepage, title=feed.title,
                 entries=len(feed.entries), newest=max(dates, default=None), headline=headline,
                 announced=homepage is not None)  # fmt: skip
