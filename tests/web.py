"""A small fake web: a real HTTP server on loopback that answers for any number of host names.

    with Web() as web:
        web.serve("http://paper.example/feed", RSS, type="application/rss+xml")
        run_pass(..., connect=web.connect)
        assert web.count("http://paper.example/feed") == 1

Addresses do not depend on the port that was free: `web.connect` tells the fetcher where they are.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

Behaviour = Callable[["Handler"], None]


@dataclass(frozen=True)
class Request:
    """What a client asked for; header names in lower case."""

    url: str
    headers: Mapping[str, str]


class Handler(BaseHTTPRequestHandler):
    """Looks up the route; `reply` is what behaviours answer with."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement
    server: _Server

    def do_GET(self) -> None:
        web = self.server.web
        host = (self.headers.get("host") or "").split(":")[0]
        url = f"http://{host}{self.path}"
        web.note(Request(url, {k.lower(): v for k, v in self.headers.items()}))
        behaviour = web.routes.get(url) or web.routes.get(url.split("?")[0])
        if behaviour is None:
            self.reply(b"not here", status=404, headers={"Content-Type": "text/plain"})
        else:
            behaviour(self)

    def reply(
        self, body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """A whole answer. A Content-Length among `headers` is sent as it is, true or not."""
        headers = dict(headers or {})
        if status in (204, 304):
            body = b""
        else:
            headers.setdefault("Content-Length", str(len(body)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def hold(self, seconds: float) -> None:
        """Do nothing for so long, or until the web closes."""
        self.server.web.closing.wait(seconds)

    def log_message(self, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    web: Web

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up on us meant to."""


class Web:
    """Routes by whole address (or address without query), and a record of what was asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Behaviour] = {}
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.web = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def connect(self) -> dict[str, tuple[str, int]]:
        """Every host that has a route → this server."""
        hosts = {urlsplit(url).hostname or "" for url in self.routes}
        return dict.fromkeys(hosts, ("127.0.0.1", self.port))

    def serve(
        self,
        url: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        type: str = "text/html; charset=utf-8",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """The same answer every time. With an ETag among `headers`, 304 to who has it already."""
        content = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": type, **(headers or {})}

        def answer(handler: Handler) -> None:
            etag = sent.get("ETag")
            if etag and handler.headers.get("If-None-Match") == etag:
                handler.reply(status=304, headers={"ETag": etag})
            else:
                handler.reply(content, status=status, headers=sent)

        self.routes[url] = answer

    def behave(self, url: str, behaviour: Behaviour) -> None:
        """Whatever `behaviour` does with the handler."""
        self.routes[url] = behaviour

    def note(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)

    def asked(self, url: str) -> list[Request]:
        """The requests for one address, query and all, oldest first."""
        with self._lock:
            return [r for r in self.requests if r.url == url]

    def count(self, url: str) -> int:
        return len(self.asked(url))


# ---------------------------------------------------------------- feeds to serve


def rss(*items: tuple[str, str], title: str = "Paper", extra: str = "") -> str:
    """RSS 2.0 of (link, headline) pairs; `extra` goes into every item."""
    entries = "".join(
        f"<item><title>{headline}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>Mon, 02 Nov 2026 09:00:00 +0000</pubDate>{extra}</item>"
        for link, headline in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{title}</title><link>http://paper.example/</link>{entries}</channel></rss>"
    )


# ---------------------------------------------------------------- misbehaviours


def slow(seconds: float, body: bytes = b"late") -> Behaviour:
    """Nothing for so long, then an answer."""

    def behaviour(handler: Handler) -> None:
        handler.hold(seconds)
        handler.reply(body)

    return behaviour


def stalls(body: bytes, seconds: float) -> Behaviour:
    """The first half of an answer, then silence."""

    def behaviour(handler: Handler) -> None:
        handler.reply(body[: len(body) // 2], headers={"Content-Length": str(len(body))})
        handler.wfile.flush()
        handler.hold(seconds)
        handler.close_connection = True

    return behaviour


def drips(seconds: float) -> Behaviour:
    """A byte now and then for ever: never silent, never done."""

    def behaviour(handler: Handler) -> None:
        handler.reply(b"<", headers={"Content-Length": "100000"})
        while not handler.server.web.closing.wait(seconds):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    return behaviour


def cut(body: bytes) -> Behaviour:
    """Half of what was announced, then the line goes dead."""

    def behaviour(handler: Handler) -> None:
        handler.reply(body[: len(body) // 2], headers={"Content-Length": str(len(body))})
        handler.close_connection = True

    return behaviour


def endless(piece: bytes = b"x" * 65_536, *, encoding: str | None = None) -> Behaviour:
    """Chunks without end, and no word about how many."""

    def behaviour(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        if encoding:
            handler.send_header("Content-Encoding", encoding)
        handler.end_headers()
        while not handler.server.web.closing.is_set():
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    return behaviour


def redirects(to: str, status: int = 302) -> Behaviour:
    """To another address, relative or whole."""
    return lambda handler: handler.reply(status=status, headers={"Location": to})


def hangs_up(handler: Handler) -> None:
    """Not a byte of an answer."""
    handler.close_connection = True


def gibberish(handler: Handler) -> None:
    """Something that is not HTTP."""
    handler.wfile.write(b"\x16\x03\x01 this is no HTTP at all\r\n\r\n")
    handler.close_connection = True


def answers(
    status: int, body: bytes = b"<html>sorry</html>", headers: Mapping[str, str] | None = None,
    **named: str,
) -> Behaviour:  # fmt: skip
    """The same status, body and headers every time (`Retry_After` is Retry-After)."""
    sent = {**(headers or {}), **{name.replace("_", "-"): v for name, v in named.items()}}
    return lambda handler: handler.reply(body, status=status, headers=sent)


def encoded(body: bytes, encoding: str) -> Behaviour:
    """`body` as it is, called compressed with `encoding`, whether it is or not."""
    return answers(200, body, {"Content-Encoding": encoding})


def bomb(millions: int, wbits: int = 31) -> bytes:
    """So many megabytes of nothing, gzipped (15: deflated) to a thousandth.

    One block said so many times over, without the checksum that nobody lives to see.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    first, again = (packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
                    for _ in range(2))  # fmt: skip
    return first + again * (millions - 1)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The first request meets the first behaviour, and so on; the last one stays."""
    left = list(behaviours)
    turn = threading.Lock()

    def behaviour(handler: Handler) -> None:
        with turn:
            now = left.pop(0) if len(left) > 1 else left[0]
        now(handler)

    return behaviour


def raw(answer: bytes) -> Behaviour:
    """These bytes and nothing else, status line and headers included; then the line is closed."""

    def behaviour(handler: Handler) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    return behaviour


def endless_headers(handler: Handler) -> None:
    """A status line, and then one header after another without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    line = b"X-Padding: " + b"x" * 1000 + b"\r\n"
    while not handler.server.web.closing.is_set():
        handler.wfile.write(line * 20)
    handler.close_connection = True
