"""A newsroom of N feeds on loopback, in a process of its own: what `watching` is timed against.

    with Newsroom(1000) as room:
        room.urls  # one address a feed, spread over the hosts 127.0.0.2 … 127.0.0.51
        room.news()  # every tenth feed gains one story and loses its oldest

A feed is 16 KB: 20 invented stories, newest first; four of five are RSS as WordPress writes it,
the fifth is Atom. All have an ETag and Last-Modified, and answer 304 when those still hold.
Standard library only, and as cheap as Python allows: the clients are what is measured.
"""

from __future__ import annotations

import asyncio
import random
import re
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Self
from xml.sax.saxutils import escape

ITEMS = 20
HOSTS = tuple(f"127.0.0.{n}" for n in range(2, 52))
#: every how manieth feed gains a story when there is news
SHARE = 10

#: papers are not silent: their first story is two days old
_FIRST = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
_PLACES = ("Aldermere", "Brackwell", "Castle Orton", "Dunsby", "Eastmoor", "Farrowdale", "Greyford",
           "Holm Parva", "Inglesham Cross", "Kettlebury", "Long Marling", "Netherby")  # fmt: skip
_NAMES = (
    "Priya Ahlström",
    "Tom Okafor-Wells",
    "Morag Pettigrew",
    "Yusuf Haldane",
    "Gwen Pritchett",
)
_WHAT = ("primary school", "care home", "library", "bus station", "leisure centre", "market hall",
         "children’s services", "police station", "community hospital", "prison")  # fmt: skip
_HEADLINES = (
    "{place} {what} told to improve after inspection",
    "Inspectors praise ‘calm and caring’ {what} in {place}",
    "Plans for {place} {what} go to public meeting",
    "Roof of {what} in {place} to be mended by spring",
    "{place} {what} reopens after £2.4m of works",
    "Families & staff celebrate ‘good’ report for {place} {what}",
)
_SENTENCES = (
    "The {what} in {place} was visited over two days in the autumn, and the report was published "
    "this week.",
    "Inspectors said that leaders knew what had to change and had begun to change it.",
    "A spokesman for the council said that it took the findings seriously and had drawn up a plan.",
    "Parents who spoke to this newspaper said that they had seen a difference since the summer.",
    "“We are proud of what everybody at the {what} has done in a hard year,” said {name}.",
    "Work is expected to take until March, and the {what} will stay open throughout.",
    "The last report, three years ago, had found that records were not kept as they should be.",
    "More than forty residents came to the meeting at {place} town hall on Tuesday evening.",
    "The full report can be read at the {what} and in the library at {place}.",
)


def story(feed: int, number: int) -> tuple[str, str, str, str, datetime]:
    """(title, slug, author, text of some 350 characters, published) of a feed's n-th story."""
    dice = random.Random(feed * 100_003 + number)
    place, what, name = dice.choice(_PLACES), dice.choice(_WHAT), dice.choice(_NAMES)
    title = dice.choice(_HEADLINES).format(place=place, what=what)
    text = " ".join(dice.sample(_SENTENCES, 4)).format(place=place, what=what, name=name)
    published = _FIRST + timedelta(minutes=97 * number + dice.randrange(90))
    return title, f"{feed}-{number}-{place.lower().replace(' ', '-')}", name, text, published


def rss(feed: int, version: int) -> bytes:
    site = f"https://paper{feed}.example"
    items = []
    for number in range(version + ITEMS - 1, version - 1, -1):
        title, slug, name, text, at = story(feed, number)
        items.append(
            f"<item>\n<title>{escape(title)}</title>\n<link>{site}/news/{slug}/</link>\n"
            f"<dc:creator><![CDATA[{name}]]></dc:creator>\n<pubDate>{format_datetime(at)}</pubDate>\n"
            f"<category><![CDATA[News]]></category>\n<category><![CDATA[Local]]></category>\n"
            f'<guid isPermaLink="false">{site}/?p={number}</guid>\n'
            f"<description><![CDATA[<p>{text}</p>]]></description>\n"
            f'<media:content url="{site}/pictures/{slug}.jpg" medium="image" type="image/jpeg"/>\n'
            "</item>\n"
        )
    at = story(feed, version + ITEMS - 1)[4]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>Paper {feed}</title>\n<link>{site}/</link>\n<description>News</description>\n"
        f'<atom:link href="{site}/feed/" rel="self" type="application/rss+xml"/>\n'
        f"<lastBuildDate>{format_datetime(at)}</lastBuildDate>\n<language>en-GB</language>\n"
        f"{''.join(items)}</channel>\n</rss>\n"
    ).encode()


def atom(feed: int, version: int) -> bytes:
    site = f"https://paper{feed}.example"
    items = []
    for number in range(version + ITEMS - 1, version - 1, -1):
        title, slug, name, text, at = story(feed, number)
        items.append(
            f"<entry>\n<title>{escape(title)}</title>\n"
            f'<link rel="alternate" type="text/html" href="{site}/news/{slug}/"/>\n'
            f"<id>tag:paper{feed}.example,2026:{number}</id>\n<author><name>{name}</name></author>\n"
            f"<published>{at.isoformat()}</published>\n<updated>{at.isoformat()}</updated>\n"
            f'<category term="News"/>\n<category term="Local"/>\n'
            f'<summary type="html">{escape(f"<p>{text}</p>")}</summary>\n</entry>\n'
        )
    at = story(feed, version + ITEMS - 1)[4]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>Paper {feed}</title>\n<id>{site}/</id>\n<updated>{at.isoformat()}</updated>\n"
        f'<link rel="self" href="{site}/feed/"/>\n{"".join(items)}</feed>\n'
    ).encode()


# ---------------------------------------------------------------- the server's own process


class _State:
    """Which version each feed is at."""

    def __init__(self, feeds: int) -> None:
        self.versions = [0] * feeds
        self.news = 0

    def more(self) -> None:
        for feed in range(self.news % SHARE, len(self.versions), SHARE):
            self.versions[feed] += 1
        self.news += 1


class _Server(asyncio.Protocol):
    """HTTP/1.1, GET only, connections kept open."""

    def __init__(self, state: _State) -> None:
        self.state = state
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self.rest = (self.rest + data).split(b"\r\n\r\n")
        for request in requests:
            self.transport.write(self.answer(request))

    def answer(self, request: bytes) -> bytes:
        path = request.split(b" ", 2)[1].decode()
        found = re.fullmatch(r"/(\d+)/feed", path)
        if path == "/news":
            self.state.more()
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        if found is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        feed = int(found[1])
        version = self.state.versions[feed]
        etag = f'"{feed}-{version}"'
        at = story(feed, version + ITEMS - 1)[4]
        validators = f"ETag: {etag}\r\nLast-Modified: {format_datetime(at, usegmt=True)}\r\n"
        if re.search(rb"\r\nif-none-match: *" + etag.encode(), request, re.IGNORECASE):
            return f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n".encode()
        is_atom = feed % 5 == 4
        body = (atom if is_atom else rss)(feed, version)
        kind = "application/atom+xml" if is_atom else "application/rss+xml"
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=UTF-8\r\n{validators}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _serve(feeds: int) -> None:
    """Says its port on standard output, and ends when standard input does."""
    loop, state, port = asyncio.get_running_loop(), _State(feeds), 0
    for host in HOSTS:  # the first takes a port that is free, the others the same one
        server = await loop.create_server(lambda: _Server(state), host, port, backlog=512)
        port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


# ---------------------------------------------------------------- the other side


class Newsroom:
    """The server's process; a context manager."""

    def __init__(self, feeds: int) -> None:
        self.feeds = feeds
        self.told = 0  #: how often there was news

    def __enter__(self) -> Self:
        """Raises OSError where the hosts cannot be had (only Linux gives all of 127.0.0.0/8)."""
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__), str(self.feeds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout
        port = self._process.stdout.readline().strip()
        if not port:
            self._process.wait()
            raise OSError("no server on 127.0.0.2 and its neighbours")
        self._port = int(port)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    @property
    def urls(self) -> list[str]:
        spread = (HOSTS[n % len(HOSTS)] for n in range(self.feeds))
        return [f"http://{host}:{self._port}/{n}/feed" for n, host in enumerate(spread)]

    @property
    def stories(self) -> int:
        """How many all feeds together have had so far."""
        return self.feeds * ITEMS + self.told * (self.feeds // SHARE)

    def news(self) -> None:
        """One new story in every tenth feed, each time in others."""
        with urllib.request.urlopen(f"http://{HOSTS[0]}:{self._port}/news") as answer:
            answer.read()
        self.told += 1


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
