"""One contender's one pass, in a process of its own, so that its CPU and its memory are its own.

    python contenders.py NAME FOLDER < addresses

Prints one line of JSON. Run by `watching.py`, each contender with the Python that has it; only the
standard library is imported before the measured contender is known. FOLDER is the contender's own
and keeps what it remembers between two passes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

#: requests under way at once: what `Limits` of ours says by default, for everybody
AT_ONCE = 20

Counts = dict[str, int]
#: what is measured, and what is asked of its store afterwards
Work = tuple[Callable[[], Counts], Callable[[], Counts]]


def ours(folder: Path, urls: list[str]) -> Work:
    """`run_pass` on an archive file, with logging and progress as in `make run`."""
    from pipeline import terminal
    from pipeline.archive import open_archive
    from pipeline.models import Config, Source
    from pipeline.watch.run import run_pass

    sources = tuple(
        Source(id=f"paper-{n}", name=f"Paper {n}", homepage=None, feeds=(url,),
               every=timedelta(minutes=30), at_most=timedelta(days=1), enabled=True, pages=True,
               allow_private=True, region=None, note=None)
        for n, url in enumerate(urls)
    )  # fmt: skip
    config = Config(path="sources.yaml", contact="watch@council.example", sources=sources)
    terminal.configure_logging(0)

    def work() -> Counts:
        with terminal.progress() as progress, open_archive(folder / "archive.db") as archive:
            totals = run_pass(
                archive, config, everything=True, pages=False, now=datetime.now(UTC),
                stop=lambda: False, progress=progress,
            )  # fmt: skip
        return {"unchanged": totals.feeds_not_modified, "failed": totals.feeds_failed}

    def count() -> Counts:
        with open_archive(folder / "archive.db", readonly=True) as archive:
            return {"stories": archive.db.execute("SELECT count(*) FROM entries").fetchone()[0]}

    return work, count


def reader(folder: Path, urls: list[str], workers: int) -> Work:
    """lemon24/reader. Its feeds are added before the clock starts; ours adds them in the pass."""
    from reader import make_reader

    path = str(folder / "reader.sqlite")
    if not os.path.exists(path):
        with contextlib.closing(make_reader(path)) as made:
            for url in urls:
                made.add_feed(url)

    def work() -> Counts:
        with contextlib.closing(make_reader(path)) as made:
            made.update_feeds(scheduled=False, workers=workers)  # all, as `everything=True`
        return {}

    def count() -> Counts:
        with contextlib.closing(make_reader(path)) as made:
            return {"stories": made.get_entry_counts().total,
                    "failed": made.get_feed_counts(broken=True).total}  # fmt: skip

    return work, count


# ---------------------------------------------------------------- bare loops of requests


def bare(folder: Path, urls: list[str], client: str) -> Work:
    """Conditional requests and nothing else: the answer is read and thrown away."""
    path = folder / "etags.json"
    etags: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    asked = [(url, {"If-None-Match": etags[url]} if url in etags else {}) for url in urls]
    loop = {"aiohttp": _aiohttp, "httpx": _httpx, "httpx2": _httpx2, "requests": _requests,
            "urllib3": _urllib3, "pycurl": _pycurl}[client](asked)  # fmt: skip
    found: list[tuple[int, str]] = []

    def work() -> Counts:
        found.extend(loop())
        return {}

    def count() -> Counts:
        path.write_text(json.dumps({url: etag for url, (_, etag) in zip(urls, found, strict=True)}))
        seen = Counter(status for status, _ in found)
        return {"unchanged": seen[304], "failed": len(urls) - seen[304] - seen[200]}

    return work, count


Asked = list[tuple[str, dict[str, str]]]
Loop = Callable[[], list[tuple[int, str]]]


def _aiohttp(asked: Asked) -> Loop:
    import aiohttp

    async def run() -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = [(0, "")] * len(asked)
        left = iter(enumerate(asked))
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def worker() -> None:
                for number, (url, headers) in left:
                    async with session.get(url, headers=headers) as answer:
                        await answer.read()
                        found[number] = answer.status, answer.headers["etag"]

            await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        return found

    return lambda: asyncio.run(run())


def _httpx(asked: Asked) -> Loop:
    import httpx

    return _like_httpx(httpx, asked)


def _httpx2(asked: Asked) -> Loop:
    import httpx2

    return _like_httpx(httpx2, asked)


def _like_httpx(module: Any, asked: Asked) -> Loop:
    async def run() -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = [(0, "")] * len(asked)
        left = iter(enumerate(asked))
        limits = module.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        async with module.AsyncClient(limits=limits, trust_env=False) as client:

            async def worker() -> None:
                for number, (url, headers) in left:
                    answer = await client.get(url, headers=headers)
                    found[number] = answer.status_code, answer.headers["etag"]

            await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        return found

    return lambda: asyncio.run(run())


def _requests(asked: Asked) -> Loop:
    import threading

    import requests

    here = threading.local()

    def one(ask: tuple[str, dict[str, str]]) -> tuple[int, str]:
        if not hasattr(here, "session"):
            here.session = requests.Session()
            here.session.trust_env = False
        answer = here.session.get(ask[0], headers=ask[1])
        return answer.status_code, answer.headers["etag"]

    return lambda: _threaded(one, asked)


def _urllib3(asked: Asked) -> Loop:
    import urllib3

    pool = urllib3.PoolManager(num_pools=60, maxsize=AT_ONCE)

    def one(ask: tuple[str, dict[str, str]]) -> tuple[int, str]:
        answer = pool.request("GET", ask[0], headers=ask[1])
        return answer.status, answer.headers["etag"]

    return lambda: _threaded(one, asked)


def _pycurl(asked: Asked) -> Loop:
    import threading

    import pycurl

    here = threading.local()

    def one(ask: tuple[str, dict[str, str]]) -> tuple[int, str]:
        if not hasattr(here, "curl"):
            here.curl = pycurl.Curl()
        etag: list[str] = []

        def header(line: bytes) -> None:
            if line[:5].lower() == b"etag:":
                etag.append(line[5:].decode().strip())

        for option, value in (
            (pycurl.URL, ask[0]),
            (pycurl.HTTPHEADER, [f"{k}: {v}" for k, v in ask[1].items()]),
            (pycurl.HEADERFUNCTION, header),
            (pycurl.WRITEFUNCTION, lambda piece: len(piece)),
        ):
            here.curl.setopt(option, value)
        here.curl.perform()
        return here.curl.getinfo(pycurl.RESPONSE_CODE), etag[0]

    return lambda: _threaded(one, asked)


def _threaded(one: Callable[..., tuple[int, str]], asked: Asked) -> list[tuple[int, str]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, asked))


# ---------------------------------------------------------------- measuring


def cpu() -> float:
    """Seconds of processor time of this process, its threads and its children, so far."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in both)


def peak() -> float:
    """Most memory held at once, in MB. `ru_maxrss` would count what the parent held at the fork."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def main(name: str, folder: Path) -> None:
    urls = sys.stdin.read().split()
    kind, _, detail = name.partition(":")
    if kind == "ours":
        work, count = ours(folder, urls)
    elif kind == "reader":
        work, count = reader(folder, urls, int(detail))
    else:
        work, count = bare(folder, urls, detail)
    started, before = time.monotonic(), cpu()
    counts = work()
    measured = {"cpu": cpu() - before, "wall": time.monotonic() - started, "memory": peak(),
                "whole": cpu()}  # fmt: skip
    print(json.dumps({**measured, **counts, **count()}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main(sys.argv[1], Path(sys.argv[2]))
