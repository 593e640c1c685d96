"""Every way in which a server can fail us, and the record that it must leave."""

from __future__ import annotations

import asyncio
import gzip
import resource
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from pipeline.models import Failure, Response
from pipeline.watch.fetch import Fetcher, Limits
from tests import web as misbehaving
from tests.web import Behaviour, Web, rss

URL = "http://paper.example/feed"
FEED = rss(("http://paper.example/a", "Council praised")).encode()
LIMITS = Limits(delay=0.0, feed_bytes=1_000_000, page_bytes=1_000_000)
HASTY = replace(LIMITS, feed_seconds=0.4, silence_seconds=0.2)  #: for answers that never come
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def fetch(
    web: Web,
    url: str = URL,
    *,
    page: bool = False,
    limits: Limits = LIMITS,
    etag: str | None = None,
    allow_private: bool = False,
    contact: str = "mailto:desk@example.org",
) -> Response | Failure:
    async def go() -> Response | Failure:
        async with Fetcher(
            contact=contact, limits=limits, connect=web.connect, clock=lambda: NOW
        ) as f:
            if page:
                return await f.page(url, allow_private=allow_private)
            return await f.feed(url, etag=etag, allow_private=allow_private)

    return asyncio.run(go())


def answers(status: int, **headers: str) -> Behaviour:
    sent = {k.replace("_", "-"): v for k, v in headers.items()}
    return lambda h: h.reply(b"<html>sorry</html>", status=status, headers=sent)


def encoded(body: bytes, encoding: str) -> Behaviour:
    return lambda h: h.reply(body, headers={"Content-Encoding": encoding})


def bomb(size: int) -> bytes:
    """`size` bytes of nothing, gzipped to a thousandth."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b"\0" * 1_000_000
    return b"".join(packer.compress(piece) for _ in range(size // 1_000_000)) + packer.flush()


@dataclass(frozen=True)
class Fault:
    name: str
    behaviour: Behaviour
    kind: str
    grade: str
    says: str
    status: int | None = None


FAULTS = (
    Fault("forbidden", answers(403), "refused", "permanent", "403 Forbidden", 403),
    Fault("login", answers(401), "refused", "permanent", "wants a login", 401),
    Fault("legal", answers(451), "refused", "permanent", "legal reasons", 451),
    Fault("challenge", answers(503, cf_mitigated="challenge"), "refused", "permanent",
          "refuses robots", 503),
    Fault("not there", answers(404), "status", "permanent", "404 Not Found", 404),
    Fault("gone", answers(410), "gone", "permanent", "taken down for good", 410),
    Fault("bad request", answers(400), "status", "permanent", "400 Bad Request", 400),
    Fault("too many", answers(429, Retry_After="120"), "status", "transient", "2 minutes", 429),
    Fault("broken", answers(500), "status", "transient", "500 Internal Server Error", 500),
    Fault("overloaded", answers(503), "status", "transient", "503", 503),
    Fault("made-up status", answers(599), "status", "transient", "answers 599", 599),
    Fault("unasked 304", answers(304), "status", "transient", "304 Not Modified", 304),
    Fault("no body", answers(204), "empty", "transient", "nothing in it", 204),
    Fault("blank body", lambda h: h.reply(b" \n "), "empty", "transient", "nothing in it", 200),
    Fault("slow", misbehaving.slow(2), "timeout", "transient", "silent"),
    Fault("stalls half-way", misbehaving.stalls(FEED, 2), "timeout", "transient", "silent"),
    Fault("drips for ever", misbehaving.drips(0.1), "timeout", "transient", "within 0.4 seconds"),
    Fault("cut short", misbehaving.cut(FEED), "connection", "transient", "broke the answer off"),
    Fault("hangs up", misbehaving.hangs_up, "connection", "transient", "broke the answer off"),
    Fault("no HTTP", misbehaving.gibberish, "connection", "transient", "not HTTP"),
    Fault("damaged gzip", encoded(gzip.compress(FEED)[:20] + b"\xff" * 99, "gzip"), "decoding",
          "transient", "compression is damaged"),
    Fault("gzip in name only", encoded(FEED, "gzip"), "decoding", "transient",
          "compression is damaged"),
    Fault("announces 50 MB", lambda h: h.reply(b"<", headers={"Content-Length": "50000000"}),
          "too_large", "permanent", "sends 50 MB; the most that is read of a feed is 1 MB", 200),
    Fault("endless", misbehaving.endless(), "too_large", "permanent", "more than 1 MB", 200),
    Fault("gzip bomb", encoded(bomb(9_000_000), "gzip"), "too_large", "permanent",
          "more than 1 MB", 200),
    Fault("redirects to itself", misbehaving.redirects("/feed"), "redirects", "permanent",
          "in a circle"),
    Fault("redirects to a file", misbehaving.redirects("file:///etc/hosts"), "bad_url",
          "permanent", "not an http or https address"),
    Fault("redirects to nonsense", misbehaving.redirects("http://[bad"), "redirects",
          "permanent", "to nowhere"),
    Fault("redirects to this machine", misbehaving.redirects("http://127.0.0.1:1/"),
          "forbidden_address", "permanent", "private address"),
    Fault("redirects to metadata", misbehaving.redirects("http://169.254.169.254/latest"),
          "forbidden_address", "permanent", "private address"),
    Fault("redirects to localhost", misbehaving.redirects("http://localhost:1/"),
          "forbidden_address", "permanent", "private address"),
    Fault("redirects to v6 of this machine", misbehaving.redirects("http://[::ffff:127.0.0.1]/"),
          "forbidden_address", "permanent", "private address"),
    Fault("redirects to a number", misbehaving.redirects("http://2130706433/"),
          "bad_url", "permanent", "cannot be fetched"),
    Fault("redirect without a place", answers(302), "status", "permanent", "302 Found", 302),
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_each_fault_is_a_value_with_kind_grade_and_sentence(web: Web, fault: Fault) -> None:
    web.behave(URL, fault.behaviour)
    got = fetch(web, limits=HASTY if fault.kind == "timeout" else LIMITS)
    assert isinstance(got, Failure)
    assert (got.kind, got.grade, got.status) == (fault.kind, fault.grade, fault.status)
    assert fault.says in got.reason
    assert got.url == URL
    assert got.at == NOW


def test_a_host_that_takes_no_connection(web: Web) -> None:
    web.serve(URL)
    nowhere = {"paper.example": ("127.0.0.1", 1)}

    async def go() -> Response | Failure:
        async with Fetcher(contact="x", limits=LIMITS, connect=nowhere) as f:
            return await f.feed(URL)

    got = asyncio.run(go())
    assert isinstance(got, Failure)
    assert (got.kind, got.grade) == ("connection", "transient")
    assert "takes no connection" in got.reason


def test_a_host_that_nobody_knows(web: Web) -> None:
    got = fetch(web, "http://no-such-host.invalid/feed")
    assert isinstance(got, Failure)
    assert (got.kind, got.grade) == ("dns", "transient")


def test_a_host_without_encryption_where_it_was_promised(web: Web) -> None:
    web.serve(URL, FEED)
    got = fetch(web, URL.replace("http:", "https:"))
    assert isinstance(got, Failure)
    assert (got.kind, got.grade) == ("tls", "transient")


@pytest.mark.parametrize("url", ["ftp://paper.example/feed", "nonsense", "http://", "http://a:b/"])
def test_what_is_no_web_address_is_said_to_be_none(web: Web, url: str) -> None:
    got = fetch(web, url)
    assert isinstance(got, Failure)
    assert (got.kind, got.grade) == ("bad_url", "permanent")


def test_a_good_answer_comes_whole_with_its_headers(web: Web) -> None:
    web.serve(URL, FEED, type="application/rss+xml", headers={"ETag": '"1"', "X-Two": "a"})
    got = fetch(web)
    assert isinstance(got, Response)
    assert (got.status, got.body, got.final_url, got.moved_to) == (200, FEED, URL, None)
    assert got.content_type == "application/rss+xml"
    assert got.headers["etag"] == '"1"'
    sent = web.asked(URL)[0].headers
    assert sent["user-agent"].startswith("InspectionWatch/")
    assert sent["user-agent"].endswith("(+mailto:desk@example.org)")
    assert "application/atom+xml" in sent["accept"]
    assert "cookie" not in sent


def test_validators_are_sent_and_304_is_a_response(web: Web) -> None:
    web.serve(URL, FEED, headers={"ETag": '"1"'})
    got = fetch(web, etag='"1"')
    assert isinstance(got, Response)
    assert (got.status, got.body) == (304, b"")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_compressed_answers_come_decompressed(web: Web, encoding: str) -> None:
    brotli = pytest.importorskip("brotli")
    pack: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress,
    }  # fmt: skip
    web.behave(URL, encoded(pack[encoding](FEED), encoding))
    got = fetch(web)
    assert isinstance(got, Response)
    assert got.body == FEED
    assert encoding in web.asked(URL)[0].headers["accept-encoding"]


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((301,), True), ((308, 301), True), ((302,), False), ((301, 307), False), ((303,), False)],
)
def test_only_a_wholly_permanent_chain_says_where_it_moved(
    web: Web, statuses: tuple[int, ...], moved: bool
) -> None:
    steps = [URL, *(f"http://paper.example/{n}" for n in range(len(statuses)))]
    for (here, there), status in zip(pairwise(steps), statuses, strict=True):
        web.behave(here, misbehaving.redirects(there, status))
    web.serve(steps[-1], FEED)
    got = fetch(web)
    assert isinstance(got, Response)
    assert got.final_url == steps[-1]
    assert got.moved_to == (steps[-1] if moved else None)


def test_five_redirects_are_followed_and_six_are_not(web: Web) -> None:
    for n in range(7):
        web.behave(f"http://paper.example/{n}", misbehaving.redirects(f"/{n + 1}"))
    web.serve("http://paper.example/7", FEED)
    assert isinstance(fetch(web, "http://paper.example/2"), Response)
    got = fetch(web, "http://paper.example/1")
    assert isinstance(got, Failure)
    assert (got.kind, got.reason) == ("redirects", "redirects more than 5 times")


def test_private_addresses_are_for_sources_that_may(web: Web) -> None:
    web.serve("http://127.0.0.1/feed", FEED)  # the route; the port is in the address asked for
    url = f"http://127.0.0.1:{web.port}/feed"
    refused = fetch(web, url.replace("127.0.0.1", "127.0.0.2"))
    assert isinstance(refused, Failure)
    assert refused.kind == "forbidden_address"
    assert not web.requests
    assert isinstance(fetch(web, url, allow_private=True), Response)


def test_no_password_reaches_a_sentence_or_a_record(web: Web) -> None:
    web.behave(URL, answers(404))
    got = fetch(web, "http://user:secret@paper.example/feed")
    assert isinstance(got, Failure)
    assert "secret" not in f"{got.url} {got.reason}"


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Tue, 03 Nov 2026 10:00:00 GMT", timedelta(hours=1)),
        ("Mon, 02 Nov 2026 10:00:00 GMT", None),
        ("99999999999999999999", timedelta(days=2)),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_in_both_forms(web: Web, value: str, wait: timedelta | None) -> None:
    web.behave(URL, answers(503, Retry_After=value))
    got = fetch(web)
    assert isinstance(got, Failure)
    assert got.retry_after == wait


def test_fifty_megabytes_do_not_fill_the_memory(web: Web) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    web.behave(URL, encoded(bomb(100_000_000), "gzip"))
    got = fetch(web, limits=replace(LIMITS, feed_bytes=10_000_000))
    assert isinstance(got, Failure)
    assert got.kind == "too_large"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 60_000, f"{grown} kB"


# ---------------------------------------------------------------- manners

PAGE = "http://paper.example/news/story"
ROBOTS = "http://paper.example/robots.txt"


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /admin\n", True),
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /\nUser-agent: InspectionWatch\nAllow: /\n", True),
        ("User-agent: InspectionWatch\nDisallow: /news/\n", False),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/story\n", True),
        ("<html>we have no robots.txt</html>", True),
    ],
)
def test_robots_txt_decides_about_pages(web: Web, rules: str, allowed: bool) -> None:
    web.serve(ROBOTS, rules, type="text/plain")
    web.serve(PAGE, "<p>story</p>")
    got = fetch(web, PAGE, page=True)
    assert isinstance(got, Response) is allowed
    assert web.count(PAGE) == allowed
    if isinstance(got, Failure):
        assert (got.kind, got.grade) == ("robots", "permanent")


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False)])
def test_a_robots_txt_that_cannot_be_read(web: Web, status: int, allowed: bool) -> None:
    web.behave(ROBOTS, answers(status))
    web.serve(PAGE, "<p>story</p>")
    got = fetch(web, PAGE, page=True)
    assert isinstance(got, Response) is allowed
    if isinstance(got, Failure):
        assert (got.kind, got.grade) == ("robots", "transient")
        assert "500" in got.reason


def test_robots_txt_is_asked_once_for_many_pages_and_never_for_feeds(web: Web) -> None:
    web.serve(URL, FEED)
    for n in range(10):
        web.serve(f"http://paper.example/{n}", "<p>story</p>")

    async def go() -> None:
        async with Fetcher(contact="x", limits=LIMITS, connect=web.connect) as f:
            assert isinstance(await f.feed(URL), Response)
            assert not web.asked(ROBOTS)
            pages = (f.page(f"http://paper.example/{n}") for n in range(10))
            assert all(isinstance(p, Response) for p in await asyncio.gather(*pages))

    asyncio.run(go())
    assert web.count(ROBOTS) == 1


def test_one_host_is_asked_one_thing_at_a_time(web: Web) -> None:
    under_way = 0
    most = 0

    def slowly(handler: misbehaving.Handler) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        handler.hold(0.03)
        under_way -= 1
        handler.reply(FEED)

    for n in range(5):
        web.behave(f"http://paper.example/{n}", slowly)

    async def go() -> None:
        async with Fetcher(contact="x", limits=LIMITS, connect=web.connect) as f:
            await asyncio.gather(*(f.feed(f"http://paper.example/{n}") for n in range(5)))

    asyncio.run(go())
    assert most == 1
    assert len(web.requests) == 5
