"""One GET, bounded and without memory: no redirects, no cookies, no cache. The only socket here.

What comes back is an `Answer` or a `Trouble`, never an exception of aiohttp or of the system.
Bounded in time, in bytes (on the wire and decompressed) and in where it may connect to. Manners
(pace, robots.txt, redirects, who is held) are `fetch.py`'s.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import quote

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDict
from yarl import URL

from pipeline.models import FailureGrade, FailureKind
from pipeline.watch import addresses, robots
from pipeline.watch.encoding import ACCEPTED, Decoding, DecodingError, TooLargeError
from pipeline.watch.failures import size

What = Literal["feed", "page", "robots"]
Connect = Mapping[str, tuple[str, int]]

_ACCEPT: dict[What, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, application/pdf;q=0.9, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
}
#: what the resolver found is an address: nobody asks DNS again
_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
#: seconds that a connection waits for the next request to its host
_KEPT_SECONDS = 5.0
#: servers whose connections wait at once, in each pool; a process may often have 1,024 files only
_MOST_KEPT = 100
#: of headers that mean one thing only, the first counts; others are lists (RFC 9110 5.3)
_SINGLE = {"location", "etag", "last-modified", "retry-after", "content-type", "date", "expires",
           "age", "content-length"}  # fmt: skip
#: too many files here, or no memory: nothing that a publisher has to do with
_NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL}
#: OpenSSL's verify codes (openssl-verification-options) that a person can be told more plainly
_CERTIFICATE = {
    10: "it has expired",
    9: "it is not valid yet",
    18: "it is signed by itself, so nobody vouches for it",
    19: "it is signed by itself, so nobody vouches for it",
    20: "it is signed by nobody whom this machine knows",
    21: "it is signed by nobody whom this machine knows",
    62: "it was given to another host name",
    64: "it was given to another address",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Seconds, bytes and counts that bound one fetch and one pass."""

    feed_seconds: float = 20.0  #: for the whole answer, redirects included
    page_seconds: float = 30.0
    connect_seconds: float = 10.0
    silence_seconds: float = 10.0  #: between two pieces of one answer
    feed_bytes: int = 10_000_000  #: on the wire, and again decompressed
    page_bytes: int = 15_000_000
    header_bytes: int = 65_536  #: of one header; newspapers send policies far beyond 8 kB
    headers: int = 256  #: how many
    redirects: int = 5
    delay: float = 1.0  #: pause between two requests to one public host
    concurrency: int = 20  #: requests under way at once, all hosts together
    turn: float = 30.0  #: of the pages, before feeds that came due meanwhile go first

    def seconds(self, what: What) -> float:
        """For the whole answer, redirects included."""
        return self.page_seconds if what == "page" else self.feed_seconds

    def bytes(self, what: What) -> int:
        """The most that is read of an answer, on the wire and again decompressed."""
        if what == "robots":
            return robots.MOST_BYTES
        return self.page_bytes if what == "page" else self.feed_bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to one GET; the body is read of 2xx only."""

    status: int
    headers: dict[str, str]  #: names in lower case, no Set-Cookie
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no whole answer: what a `Failure` is made of."""

    kind: FailureKind
    grade: FailureGrade
    reason: str
    status: int | None = None


class ForbiddenAddress(OSError):
    """A private address, found by DNS or at the moment of connecting; carries the sentence."""


class Resolver(AbstractResolver):
    """DNS that knows `connect` first and, unless told otherwise, yields public addresses only.

    What it yields is what is connected to: there is no second question to DNS that could be
    answered otherwise (DNS rebinding).
    """

    def __init__(self, connect: Connect, *, allow_private: bool, at_once: int) -> None:
        """`at_once`: questions under way; fewer than requests would have the dead delay the living.

        asyncio's own threads are few, and other work waits for them too.
        """
        self._connect = connect
        self._allow_private = allow_private
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="dns")
        self._asked: set[Future[Any]] = set()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """Addresses of `host`, each with the port to connect to.

        Raises ForbiddenAddress for a private one that may not be, OSError when DNS knows none.
        """
        if host in self._connect:
            # The caller of the pass said where: not something a feed can bring about.
            address, to = self._connect[host]
            return [ResolveResult(hostname=host, host=address, port=to, family=family, proto=0,
                                  flags=0)]  # fmt: skip
        asked = self._threads.submit(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, 0,
                                     socket.AI_ADDRCONFIG)  # fmt: skip
        self._asked.add(asked)
        asked.add_done_callback(self._asked.discard)
        found = []
        for of, _, protocol, _, where in await asyncio.wrap_future(asked):
            address = str(where[0])
            # One private address among public ones is the trick itself.
            if not self._allow_private and not addresses.is_public(address):
                raise ForbiddenAddress(addresses.private(host, address))
            found.append(ResolveResult(hostname=host, host=address, port=port, family=of,
                                       proto=protocol, flags=_NUMERIC))  # fmt: skip
        return found

    async def close(self) -> None:
        """Ends the threads; questions still in the queue are dropped."""
        # A question that DNS never answers must not hold up the end of a pass.
        self._threads.shutdown(wait=not self._asked, cancel_futures=True)


_Server = tuple[str, str | None, int | None]  #: scheme, host, port


class _Pool:
    """Connections that wait for a next request to their server, but only few.

    aiohttp would keep one for every host of a long pass, so beyond _MOST_KEPT servers each request
    asks for its connection to be closed.
    """

    def __init__(self, make: Callable[[bool], aiohttp.ClientSession]) -> None:
        """`make`: a session that keeps its connections, or that closes them."""
        self._keeping, self._closing = make(True), make(False)
        self._since: dict[_Server, float] = {}  #: when one began to wait; longest first

    def session(self, server: _Server, now: float) -> aiohttp.ClientSession:
        """The one for a request to `server` at `now` (of the monotonic clock)."""
        # aiohttp looks for those whose time is over no more often than that time itself.
        over = now - 2 * _KEPT_SECONDS
        while self._since and next(iter(self._since.values())) < over:
            del self._since[next(iter(self._since))]
        room = server in self._since or len(self._since) < _MOST_KEPT
        return self._keeping if room else self._closing

    def answered(self, session: aiohttp.ClientSession, server: _Server, now: float) -> None:
        """A connection to `server` has begun to wait, if `session` lets it."""
        if session is self._keeping:
            self._since.pop(server, None)
            self._since[server] = now

    async def close(self) -> None:
        """Ends all connections."""
        await self._keeping.close()
        await self._closing.close()


class Client:
    """Two pools of connections: one opened for a private source is never handed to others."""

    def __init__(
        self, agent: str, limits: Limits, connect: Connect, tls: ssl.SSLContext | None
    ) -> None:
        """Must be made within a running event loop; `tls`: instead of the system's authorities."""
        self._limits = limits
        # Twice, because a question that was given up still waits for its answer.
        self._resolvers = {
            private: Resolver(connect, allow_private=private, at_once=2 * limits.concurrency)
            for private in (False, True)
        }
        self._pools = {
            private: _Pool(partial(_session, agent, limits, resolver, connect, tls, private))
            for private, resolver in self._resolvers.items()
        }
        kinds: tuple[What, ...] = ("feed", "page", "robots")
        self._timeouts = {what: self._timeout(limits.seconds(what)) for what in kinds}

    async def close(self) -> None:
        """Ends every connection; to be awaited once, in the event loop it was made in."""
        for pool in self._pools.values():
            await pool.close()
        for resolver in self._resolvers.values():
            await resolver.close()  # aiohttp closes only one that it made itself

    def _timeout(self, seconds: float) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=seconds, sock_connect=self._limits.connect_seconds,
                                     sock_read=self._limits.silence_seconds)  # fmt: skip

    async def get(
        self, url: URL, what: What, headers: Mapping[str, str], *, spent: float, private: bool
    ) -> Answer | Trouble:
        """GET `url` in what is left of the time for `what` after `spent` seconds.

        Of a robots.txt that is too long the beginning is the answer; of all else it is Trouble.
        """
        timeout = self._timeouts[what]
        if spent:
            timeout = self._timeout(max(self._limits.seconds(what) - spent, 0.01))
        if what != "feed":
            headers = {"Accept": _ACCEPT[what], **headers}
        started = time.monotonic()
        pool, server = self._pools[private], (url.scheme, url.raw_host, url.port)
        session = pool.session(server, started)
        try:
            got = await session.get(url, headers=headers, timeout=timeout, allow_redirects=False)
            try:
                status, told, body = got.status, _headers(got), b""
                if 200 <= status < 300:
                    read = await self._body(got, what, told.get("content-encoding", ""))
                    if isinstance(read, Trouble):
                        return read
                    body = read
                return Answer(status, told, body, time.monotonic() - started)
            finally:
                got.release()
                pool.answered(session, server, time.monotonic())
        # TimeoutError is an OSError; a ValueError is an address that cannot be put into a request.
        except (aiohttp.ClientError, OSError, ValueError) as e:
            return self._trouble(what, url, e, time.monotonic() - started)

    async def _body(
        self, got: aiohttp.ClientResponse, what: What, encoding: str
    ) -> bytes | Trouble:
        most, cut = self._limits.bytes(what), what == "robots"
        if not cut and (got.content_length or 0) > most:
            return self._too_large(what, got.status, got.content_length)
        try:
            decoding = Decoding(encoding, most=most)
            async for piece in got.content.iter_any():
                decoding.add(piece)
            return decoding.end()
        except TooLargeError:
            got.close()
            return decoding.beginning() if cut else self._too_large(what, got.status, None)
        except DecodingError as e:
            got.close()
            return Trouble("decoding", "transient", str(e))

    def _too_large(self, what: What, status: int, announced: int | None) -> Trouble:
        most = size(self._limits.bytes(what))
        count = size(announced) if announced else f"more than {most}"
        reason = f"sends {count}; the most that is read of a {what} is {most}"
        return Trouble("too_large", "permanent", reason, status)

    def _trouble(self, what: What, url: URL, error: BaseException, seconds: float) -> Trouble:
        """Every exception of aiohttp and of the system, as the failure it means."""
        host, limits = addresses.host_of(url), self._limits
        match error:
            case aiohttp.ConnectionTimeoutError():
                said = f"{host} takes no connection within {limits.connect_seconds:g} seconds"
                return Trouble("timeout", "transient", said)
            case aiohttp.SocketTimeoutError():
                said = f"{host} fell silent for {limits.silence_seconds:g} seconds"
                return Trouble("timeout", "transient", said)
            case TimeoutError():
                said = f"did not come whole within {limits.seconds(what):g} seconds"
                return Trouble("timeout", "transient", said)
            case aiohttp.ClientConnectorError(os_error=ForbiddenAddress() as why):
                return Trouble("forbidden_address", "permanent", str(why))
            case aiohttp.ClientConnectorDNSError():
                return Trouble("dns", "transient", f"no such host as {host} is known now")
            case aiohttp.ClientConnectorCertificateError(certificate_error=cause):
                return Trouble("tls", "permanent", f"the certificate of {host} is not valid: "
                               + _certificate(cause))  # fmt: skip
            case aiohttp.ClientSSLError() | ssl.SSLError():
                return Trouble("tls", "transient", f"{host} cannot agree on encryption")
            case aiohttp.ClientConnectorError(os_error=why) if why.errno in _NO_ROOM:
                said = f"could not be asked, for this machine has no room left: {_words(why)}"
                return Trouble("connection", "ours", said)
            case aiohttp.ClientConnectorError(os_error=why):
                said = f"{host} takes no connection: {_words(why)}"
                return Trouble("connection", "transient", said)
            case ValueError() | aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
                said = f"{addresses.shown(str(url))} cannot be fetched"
                return Trouble("bad_url", "permanent", said)
            case aiohttp.ClientResponseError():
                said = f"{host} answers something that is not HTTP"
                return Trouble("connection", "transient", said)
        said = f"{host} broke the answer off after {seconds:.1f} seconds"
        return Trouble("connection", "transient", said)


def _session(
    agent: str, limits: Limits, resolver: Resolver, connect: Connect, tls: ssl.SSLContext | None,
    private: bool, keep: bool,
) -> aiohttp.ClientSession:  # fmt: skip
    told = set(connect.values())

    def open_socket(info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        """The last look, at the very address that is connected to."""
        family, kind, protocol, _, to = info
        if not private and to[:2] not in told and not addresses.is_public(str(to[0])):
            raise ForbiddenAddress(addresses.private(str(to[0]), str(to[0])))
        return socket.socket(family, kind, protocol)

    how: dict[str, Any] = {"keepalive_timeout": _KEPT_SECONDS} if keep else {"force_close": True}
    connector = aiohttp.TCPConnector(
        resolver=resolver,
        limit=0,  # `Fetcher` counts
        ttl_dns_cache=300,
        ssl=tls or True,
        socket_factory=open_socket,
        **how,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=CIMultiDict({"User-Agent": agent, "Accept": _ACCEPT["feed"],
                             "Accept-Language": "en-GB, en;q=0.8",
                             "Accept-Encoding": ACCEPTED}),
        auto_decompress=False,
        trust_env=False,
        max_line_size=limits.header_bytes,
        max_field_size=limits.header_bytes,
        max_headers=limits.headers,
    )  # fmt: skip


def _headers(got: aiohttp.ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in got.headers.items():
        name = name.lower()
        if not value.isascii():
            value = _text(name, value)
        if name not in headers:
            headers[name] = value
        elif name not in _SINGLE:
            headers[name] = f"{headers[name]}, {value}"
    headers.pop("set-cookie", None)
    return headers


def _text(name: str, value: str) -> str:
    """A header's bytes beyond ASCII, as text that a database takes; of an address, quoted."""
    data = value.encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        if name == "location":
            return quote(data, safe="!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~ ")
        return data.decode("utf-8", "replace")


def _certificate(error: Exception) -> str:
    code = getattr(error, "verify_code", None)
    return _CERTIFICATE.get(code or 0) or getattr(error, "verify_message", "") or str(error)


def _words(error: OSError) -> str:
    text = (error.strerror or type(error).__name__).split("[")[0].strip(" :'\"")
    return text[:1].lower() + text[1:]
