"""Which connections wait for another request."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pipeline.models import Response
from pipeline.watch.fetch import Fetcher, Limits
from tests.web import Web

QUICK = Limits(delay=0.0)
MOST = 100
HOSTS = [f"http://paper{n}.example/feed" for n in range(MOST + 30)]


def descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_connections_to_the_first_hundred_servers_wait_and_are_used_again(web: Web) -> None:
    """The server's ends are in this process too, so each connection that waits counts twice."""
    for url in HOSTS:
        web.serve(url, "<rss/>")

    async def go() -> list[int]:
        open_files = []
        async with Fetcher(contact="x", limits=QUICK, connect=web.connect) as f:
            for _ in range(2):
                for url in HOSTS:
                    assert isinstance(await f.feed(url), Response)
                open_files.append(descriptors())
            return open_files

    before = descriptors()
    first, second = asyncio.run(go())
    asked = [request.headers.get("connection") for request in web.requests]
    assert asked == 2 * (MOST * [None] + 30 * ["close"]), "HTTP/1.1 keeps what is not closed"
    # a closed connection's other end may live for a moment
    assert 2 * MOST <= first - before < 2 * MOST + 30
    assert abs(second - first) < 30
