"""Every way in which a server can fail us, and the record that it must leave."""

from __future__ import annotations

import asyncio
import gzip
import resource
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from yarl import URL as Address

from pipeline.models import Failure, Response
from pipeline.watch import addresses
from pipeline.watch.client import Client, Trouble
from pipeline.watch.fetch import Fetcher, Limits
from tests import web as misbehaving
from tests.web import Behaviour, Web, answers, bomb, encoded, raw, rss

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


@dataclass(frozen=True)
class Fault:
    name: str
    behaviour: Behaviour
    kind: str
    grade: str
    says: str
    status: int | None = None


#: what `faults.yaml` has no record of: odd spellings, statuses nobody knows, the two limits of time
FAULTS = (
    Fault("bad request", answers(400), "status", "permanent", "400 Bad Request", 400),
    Fault("made-up status", answers(599), "status", "transient", "answers 599", 599),
    Fault("slow", misbehaving.slow(2), "timeout", "transient", "silent"),
    Fault("stalls half-way", misbehaving.stalls(FEED, 2), "timeout", "transient", "silent"),
    Fault("drips for ever", misbehaving.drips(0.1), "timeout", "transient", "within 0.4 seconds"),
    Fault("a part unasked", answers(206), "status", "transient", "with a part", 206),
    Fault("announces 50 MB", lambda h: h.reply(b"<", headers={"Content-Length": "50000000"}),
          "too_large", "permanent", "sends 50 MB; the most that is read of a feed is 1 MB", 200),
    Fault("redirects to this machine in circled digits",
          misbehaving.redirects("http://①②⑦.⓪.⓪.①:1/".encode().decode("latin-1")),
          "forbidden_address", "permanent", "private address"),
    Fault("redirects to this machine in wide digits",
          misbehaving.redirects("http://１２７.0.0.1:1/".encode().decode("latin-1")),
          "forbidden_address", "permanent", "private address"),
    Fault("redirects to this machine behind a tab", misbehaving.redirects("http://127.0.0.1\t:1/"),
          "forbidden_address", "permanent", "private address"),
    Fault("names its compression in no known letters",
          misbehaving.raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: g\xb0p\r\n\r\n<rss>"),
          "decoding", "transient", "“g\ufffdp”"),
    Fault("redirects to a script", misbehaving.redirects("javascript:alert(1)"), "bad_url",
          "permanent", "not an http or https address"),
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_each_fault_is_a_value_with_kind_grade_and_sentence(web: Web, fault: Fault) -> None:
    web.behave(URL, fault.behaviour)
    got = fetch(web, limits=HASTY if fault.kind == "timeout" else LIMITS)
    assert isinstance(got, Failure)
    assert (got.kind, got.grade, got.status) == (fault.kind, fault.grade, fault.status)
    assert fault.says in got.reason
    assert got.reason.isprintable()
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


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_compressed_answers_come_decompressed(web: Web, encoding: str) -> None:
    pack: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress,
        "zstd": zstandard.compress,
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


def test_a_hundred_megabytes_do_not_fill_the_memory(web: Web) -> None:
    web.behave(URL, encoded(bomb(100), "gzip"))
    tracemalloc.start()
    try:
        got = fetch(web, limits=replace(LIMITS, feed_bytes=10_000_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(got, Failure)
    assert got.kind == "too_large"
    assert peak < 20_000_000, f"{peak} bytes for 100 MB"


# ---------------------------------------------------------------- HTTP as it is spoken

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 5\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"

READ = {
    "chunks": OK + CHUNKED + b"2\r\n<r\r\n3;a=b\r\nss>\r\n0\r\nX-After: 1\r\n\r\n",
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK + LENGTH + b"\r\n<rss>",
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH + b"\r\n<rss>",
    "a policy of 60 kB": OK + b"X: " + b"y" * 60_000 + b"\r\n" + LENGTH + b"\r\n<rss>",
    "200 headers": OK + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + LENGTH + b"\r\n<rss>",
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n<rss>",
    "no length": OK + b"\r\n<rss>",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n<rss>",
    "bare line ends": b"HTTP/1.1 200 OK\nContent-Length: 5\n\n<rss>",
    "a folded header": OK + b"X: a\r\n b\r\n" + LENGTH + b"\r\n<rss>",
    "bytes in a header": OK + b"X: caf\xe9\r\n" + LENGTH + b"\r\n<rss>",
}

UNREAD = {
    "a length too long": (OK + b"Content-Length: 9\r\n\r\n<rss>", "broke the answer off"),
    "a length too short": (OK + b"Content-Length: 4\r\n\r\n<rss>more", "not HTTP"),
    "two lengths": (OK + LENGTH + b"Content-Length: 9\r\n\r\n<rss>", "not HTTP"),
    "a length below nothing": (OK + b"Content-Length: -5\r\n\r\n<rss>", "not HTTP"),
    "a length and chunks": (OK + LENGTH + CHUNKED + b"5\r\n<rss>\r\n0\r\n\r\n", "not HTTP"),
    "a chunk of no number": (OK + CHUNKED + b"zz\r\n<rss>\r\n0\r\n\r\n", "not HTTP"),
    "a chunk of everything": (OK + CHUNKED + b"F" * 18 + b"\r\n<rss>\r\n", "not HTTP"),
    "no last chunk": (OK + CHUNKED + b"5\r\n<rss>\r\n", "broke the answer off"),
    "a header of 100 kB": (OK + b"X: " + b"y" * 100_000 + b"\r\n\r\n<rss>", "not HTTP"),
    "400 headers": (OK + b"".join(b"X-%d: y\r\n" % n for n in range(400)) + b"\r\n", "not HTTP"),
    "a header with a zero": (OK + b"X: a\0b\r\n" + LENGTH + b"\r\n<rss>", "not HTTP"),
    "no header at all": (b"<rss>hello</rss>", "not HTTP"),
    "a status beyond all": (b"HTTP/1.1 1000 OK\r\n\r\n<rss>", "not HTTP"),
    "nothing": (b"", "broke the answer off"),
}


@pytest.mark.parametrize("answer", READ.values(), ids=READ)
def test_http_that_is_odd_but_clear_is_read(web: Web, answer: bytes) -> None:
    web.behave(URL, raw(answer))
    got = fetch(web)
    assert isinstance(got, Response)
    assert got.body == b"<rss>"
    "".join(got.headers.values()).encode()  # nothing that a database would not take


@pytest.mark.parametrize(("answer", "says"), UNREAD.values(), ids=UNREAD)
def test_http_that_may_mean_two_things_is_not_read(web: Web, answer: bytes, says: str) -> None:
    web.behave(URL, raw(answer))
    got = fetch(web)
    assert isinstance(got, Failure)
    assert (got.kind, got.grade) == ("connection", "transient")
    assert says in got.reason


def test_the_first_of_headers_that_mean_one_thing_and_all_of_a_list(web: Web) -> None:
    web.behave(URL, raw(OK + LENGTH + b'ETag: "a"\r\nETag: "b"\r\nVary: x\r\nVary: y\r\n\r\n<rss>'))
    got = fetch(web)
    assert isinstance(got, Response)
    assert (got.headers["etag"], got.headers["vary"]) == ('"a"', "x, y")


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (b"/caf\xc3\xa9", "/caf%C3%A9"),
        (b"/caf\xe9?a=%20b", "/caf%E9?a=%20b"),
        (b"/two words", "/two%20words"),
        (b"http://paper.example/up#part", "/up"),
        (b"?page=2", "/feed?page=2"),
    ],
)
def test_a_redirect_is_read_as_browsers_do(web: Web, location: bytes, path: str) -> None:
    web.behave(URL, raw(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\n\r\n"))
    web.serve(f"http://paper.example{path}", FEED)
    got = fetch(web)
    assert isinstance(got, Response)
    assert got.final_url == f"http://paper.example{path}"


def test_no_cookie_is_kept_or_shown(web: Web) -> None:
    web.serve(URL, FEED, headers={"Set-Cookie": "who=you; Path=/"})

    async def go() -> Response | Failure:
        async with Fetcher(contact="x", limits=LIMITS, connect=web.connect) as f:
            await f.feed(URL)
            return await f.feed(URL)

    got = asyncio.run(go())
    assert isinstance(got, Response)
    assert "set-cookie" not in got.headers
    assert [r.headers.get("cookie") for r in web.asked(URL)] == [None, None]


@pytest.mark.parametrize("etag", ['"caf\ufffd"', '"a\r\nX-Evil: 1"', '"\0"'])
def test_a_garbled_validator_is_not_sent(web: Web, etag: str) -> None:
    web.serve(URL, FEED)
    assert isinstance(fetch(web, etag=etag), Response)
    assert "if-none-match" not in web.asked(URL)[0].headers


# ---------------------------------------------------------------- where it may go

PRIVATE = """
    127.0.0.1 127.9.9.9 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
    192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 localhost
    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 fe80::1 fe80::1%eth0
    fc00::1 fd00::1 fec0::1 ff02::1 100::1 2001:db8::1 3fff::1 5f00::1 64:ff9b::7f00:1
    64:ff9b::a9fe:a9fe 64:ff9b:1::808:808 2002:7f00:1:: 2002:a00:1:: 2001:0:4136:e378::1 2001:20::1
"""
PUBLIC = """
    8.8.8.8 1.1.1.1 2606:4700::1111 2a00:1450::1 64:ff9b::808:808 2002:808:808::1 ::ffff:8.8.8.8
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_what_is_not_the_open_internet_is_private(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_what_is_the_open_internet_is_public(address: str) -> None:
    assert addresses.is_public(address)


def test_names_that_dns_is_slow_about_delay_no_other(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as may be asked for at once but one: the one that DNS knows still gets its turn."""
    web.serve("http://localhost/feed", FEED)
    ask, over = socket.getaddrinfo, threading.Event()

    def lookup(host: str, *rest: Any) -> Any:
        if host.startswith("slow"):
            over.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return ask(host, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)

    async def go() -> tuple[Response | Failure, list[Response | Failure]]:
        async with Fetcher(contact="x", limits=replace(LIMITS, concurrency=20)) as f:
            slow = (f.feed(f"http://slow{n}.example/", allow_private=True) for n in range(19))
            waiting = [asyncio.create_task(one) for one in slow]
            await asyncio.sleep(0)
            good = await f.feed(f"http://localhost:{web.port}/feed", allow_private=True)
            over.set()
            return good, await asyncio.gather(*waiting)

    good, others = asyncio.run(go())
    assert isinstance(good, Response)
    assert {getattr(o, "kind", None) for o in others} == {"dns"}


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_the_socket_itself_looks_where_it_goes(web: Web, host: str) -> None:
    """Even had every check of the address been got round."""

    async def go(private: bool) -> object:
        client = Client("agent", LIMITS, {}, None)
        try:
            url = Address(f"http://{host}:{web.port}/")
            return await client.get(url, "feed", {}, spent=0.0, private=private)
        finally:
            await client.close()

    got = asyncio.run(go(private=False))
    assert isinstance(got, Trouble)
    assert got.kind == "forbidden_address"
    assert not web.requests
    if host != "[::1]":
        assert not isinstance(asyncio.run(go(private=True)), Trouble)


def test_an_address_that_no_request_can_hold_is_a_value_too(web: Web) -> None:
    """Joining odd redirects can come to one."""

    async def go() -> object:
        client = Client("agent", LIMITS, {"paper.example": ("127.0.0.1", web.port)}, None)
        try:
            url = Address("http://paper.example/a\x01b", encoded=True)
            return await client.get(url, "feed", {}, spent=0.0, private=False)
        finally:
            await client.close()

    got = asyncio.run(go())
    assert isinstance(got, Trouble)
    assert (got.kind, got.grade) == ("bad_url", "permanent")
    assert got.reason.isprintable()
    assert not web.requests


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("http://user:secret@paper.example/feed", "http://paper.example/feed"),
        ("http://user:secret@[bad/feed", "[bad/feed"),
        ("http://paper.example/@someone", "http://paper.example/@someone"),
        ("http://paper.example/?mail=a@b.example", "http://paper.example/?mail=a@b.example"),
        ("http://paper.example/a\r\nb\udcb0", "http://paper.example/a\ufffd\ufffdb\ufffd"),
        ("http://paper.example/" + "x" * 400, "http://paper.example/" + "x" * 276 + "…"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, seen: str) -> None:
    assert addresses.shown(url) == seen


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


def descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_a_pass_over_many_hosts_keeps_few_connections_open(web: Web) -> None:
    """The server's ends are in this process too, so each connection that waits counts twice."""
    for n in range(200):
        web.serve(f"http://paper{n}.example/feed", FEED)

    async def go() -> int:
        async with Fetcher(contact="x", limits=LIMITS, connect=web.connect) as f:
            before = descriptors()
            for n in range(200):
                assert isinstance(await f.feed(f"http://paper{n}.example/feed"), Response)
            return descriptors() - before

    assert asyncio.run(go()) < 250


def test_when_this_machine_has_no_file_left_no_publisher_is_blamed(web: Web) -> None:
    web.serve(URL, FEED)

    async def go() -> Response | Failure:
        async with Fetcher(contact="x", limits=LIMITS, connect=web.connect) as f:
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
            try:
                return await f.feed(URL)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    got = asyncio.run(go())
    assert isinstance(got, Failure)
    assert (got.kind, got.grade) == ("connection", "ours")
    assert "this machine has no room left: too many open files" in got.reason


# ---------------------------------------------------------------- who said no


def in_one_pass(
    web: Web, *steps: str, limits: Limits = LIMITS, seconds: float = 0.0
) -> tuple[list[Response | Failure], Sequence[Failure | None]]:
    """Each step ("feed URL" or "page URL") after another on a clock that goes so much further
    each time it is looked at, and what is then held: the page PAGE and the feed URL."""
    ticks = 0

    def clock() -> datetime:
        nonlocal ticks
        ticks += 1
        return NOW + timedelta(seconds=seconds * ticks)

    async def go() -> tuple[list[Response | Failure], Sequence[Failure | None]]:
        async with Fetcher(contact="x", limits=limits, connect=web.connect, clock=clock) as f:
            assert f.held(PAGE) is None
            got = []
            for step in steps:
                what, url = step.split()
                got.append(await (f.feed(url) if what == "feed" else f.page(url)))
            return got, (f.held(PAGE), f.held(URL, feed=True))

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("behaviour", "wait"),
    [
        (answers(429), None),
        (answers(429, Retry_After="600"), timedelta(minutes=10)),
        (answers(503, Retry_After="600"), timedelta(minutes=10)),
    ],
)
def test_a_host_that_asks_for_peace_has_it_from_feeds_and_pages(
    web: Web, behaviour: Behaviour, wait: timedelta | None
) -> None:
    web.behave(URL, behaviour)
    web.serve(PAGE, "<p>story</p>")
    (first, page, again), held = in_one_pass(web, f"feed {URL}", f"page {PAGE}", f"feed {URL}")
    assert [r.url for r in web.requests] == [URL]
    for failed, url in zip((first, again, page, *held), (URL, URL, PAGE, PAGE, URL), strict=True):
        assert isinstance(failed, Failure)
        assert (failed.kind, failed.grade, failed.url) == ("status", "transient", url)
        assert failed.retry_after == wait


def test_peace_ends_when_its_time_is_over(web: Web) -> None:
    web.behave(URL, misbehaving.in_turn(answers(429, Retry_After="60"), lambda h: h.reply(FEED)))
    (_, second), held = in_one_pass(web, f"feed {URL}", f"feed {URL}", seconds=61)
    assert isinstance(second, Response)
    assert held == (None, None)


def test_a_broken_page_holds_nobody(web: Web) -> None:
    for status in (500, 503, 404):
        web.behave(PAGE, answers(status))
        _, held = in_one_pass(web, f"page {PAGE}", f"page {PAGE}")
        assert held == (None, None)


@pytest.mark.parametrize("status", [401, 403, 451])
def test_two_refused_pages_in_a_row_hold_the_host_s_pages_but_no_feed(
    web: Web, status: int
) -> None:
    web.behave(PAGE, answers(status))
    web.serve("http://paper.example/open", "<p>story</p>")
    given = "page http://paper.example/open"
    for steps, holds in (
        ([f"page {PAGE}"], False),
        ([f"page {PAGE}", given, f"page {PAGE}"], False),
        ([given, f"page {PAGE}", f"page {PAGE}"], True),
    ):
        _, (page, feed) = in_one_pass(web, *steps)
        assert feed is None
        assert (page is not None) is holds
        if page is not None:
            assert (page.kind, page.status, page.url) == ("refused", status, PAGE)


def test_a_browser_check_holds_pages_at_once(web: Web) -> None:
    web.behave(PAGE, answers(403, cf_mitigated="challenge"))
    _, (page, feed) = in_one_pass(web, f"page {PAGE}")
    assert page is not None
    assert feed is None


def test_a_redirect_to_a_host_that_asked_for_peace_is_not_followed(web: Web) -> None:
    web.behave("http://busy.example/feed", answers(429, Retry_After="600"))
    web.behave(URL, misbehaving.redirects("http://busy.example/feed"))
    (_, second), held = in_one_pass(web, "feed http://busy.example/feed", f"feed {URL}")
    assert isinstance(second, Failure)
    assert (second.status, second.url) == (429, URL)
    assert web.count("http://busy.example/feed") == 1
    assert held == (None, None)


def test_a_password_moves_with_its_feed_and_shows_nowhere_else(web: Web) -> None:
    web.behave(URL, misbehaving.redirects("/new", 301))
    web.serve("http://paper.example/new", FEED)
    got = fetch(web, "http://user:secret@paper.example/feed")
    assert isinstance(got, Response)
    assert got.moved_to == "http://user:secret@paper.example/new"
    assert got.final_url == "http://paper.example/new"
    assert all("authorization" in r.headers for r in web.requests)
