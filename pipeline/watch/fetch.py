"""The only network module: one polite, bounded GET after another, each answer a value.

A fetch ends as a `Response` or a `Failure`, never as an exception of aiohttp or the system.
Bounded in time, in decompressed bytes, in redirects and in where it may go (`addresses.py`);
polite in what it says (who we are, what we have already) and in pace: one request at a time to
one host, with a pause between two.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, Self

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from pipeline import __version__
from pipeline.models import Failure, FailureGrade, FailureKind, Response
from pipeline.watch import addresses, robots
from pipeline.watch.failures import failure, of_status, size

log = structlog.get_logger()

What = Literal["feed", "page", "robots"]
Connect = Mapping[str, tuple[str, int]]

_PERMANENT = {301, 308}
_REDIRECTS = _PERMANENT | {302, 303, 307}
_ACCEPT: dict[What, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, application/pdf;q=0.9, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Seconds, bytes and counts that bound one fetch and one pass."""

    feed_seconds: float = 20.0  #: for the whole answer, redirects included
    page_seconds: float = 30.0
    connect_seconds: float = 10.0
    silence_seconds: float = 10.0  #: between two pieces of one answer
    feed_bytes: int = 10_000_000  #: decompressed
    page_bytes: int = 15_000_000
    redirects: int = 5
    delay: float = 1.0  #: pause between two requests to one public host
    concurrency: int = 20  #: requests under way at once, all hosts together

    def seconds(self, what: What) -> float:
        return self.page_seconds if what == "page" else self.feed_seconds

    def bytes(self, what: What) -> int:
        return self.page_bytes if what == "page" else self.feed_bytes


class ForbiddenAddress(OSError):
    """A host name that resolves to a private address; carries the sentence."""


class Resolver(AbstractResolver):
    """DNS that knows `connect` first and, unless told otherwise, yields public addresses only."""

    def __init__(self, connect: Connect, *, allow_private: bool) -> None:
        self._connect = connect
        self._allow_private = allow_private
        self._dns = aiohttp.ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        if host in self._connect:
            # The caller of the pass said where: not something a feed can bring about.
            address, to = self._connect[host]
            return [ResolveResult(hostname=host, host=address, port=to, family=family, proto=0,
                                  flags=0)]  # fmt: skip
        found = await self._dns.resolve(host, port, family)  # type: ignore[arg-type]
        if not self._allow_private:
            for one in found:
                # One private address among public ones is the trick itself (DNS rebinding).
                if not addresses.is_public(one["host"]):
                    raise ForbiddenAddress(addresses.private(host, one["host"]))
        return found

    async def close(self) -> None:
        await self._dns.close()


@dataclass(slots=True)
class _Lane:
    """One host: whose turn it is, and when the next request may start (event-loop time)."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class _Ask:
    """One GET as it was asked for; redirects change the address, never this."""

    url: str
    what: What
    allow_private: bool
    headers: dict[str, str]
    deadline: float  #: seconds of network time left to the whole chain of redirects


class Fetcher:
    """An HTTP client for one pass; use it as `async with Fetcher(...) as fetcher`."""

    def __init__(
        self,
        *,
        contact: str,
        limits: Limits | None = None,
        connect: Connect | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`contact` goes into the User-Agent; `connect` maps host → (address, port) over DNS."""
        self.limits = limits or Limits()
        self._agent = f"{robots.TOKEN}/{__version__} (+{contact})"
        self._connect = dict(connect or {})
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}
        self._slots = asyncio.Semaphore(self.limits.concurrency)
        self._robots: dict[tuple[str, bool], asyncio.Future[robots.Robots]] = {}
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        # Two clients: a connection that was opened for a private source is never handed to others.
        for private in (False, True):
            self._sessions[private] = self._session(private)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        for session in self._sessions.values():
            await session.close()

    def _session(self, private: bool) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=Resolver(self._connect, allow_private=private),
            limit=self.limits.concurrency,
            ttl_dns_cache=300,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._agent, "Accept-Language": "en-GB, en;q=0.8",
                     "Accept-Encoding": "gzip, deflate, br"},
            # Newspapers send policy headers far beyond the default of 8 kB.
            max_line_size=32_768, max_field_size=65_536,
        )  # fmt: skip

    async def feed(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None,
        allow_private: bool = False,
    ) -> Response | Failure:  # fmt: skip
        """GET a feed, conditionally where validators are given; a 304 is a Response, body empty."""
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        return await self._get(url, "feed", allow_private, conditions)

    async def page(self, url: str, *, allow_private: bool = False) -> Response | Failure:
        """GET a page if its robots.txt lets us."""
        refusal = await self._refused(url, allow_private)
        return refusal or await self._get(url, "page", allow_private, {})

    async def _refused(self, url: str, allow_private: bool) -> Failure | None:
        wrong = addresses.problem(url, allow_private=self._may_be_private(url, allow_private))
        if wrong is not None:
            return None  # the fetch itself will say so, better
        rules = await self._rules(addresses.origin(url), allow_private)
        if rules.allows(url):
            return None
        reason = rules.problem or "its robots.txt asks robots such as ours to keep out"
        grade: Literal["transient", "permanent"] = "transient" if rules.problem else "permanent"
        return failure(url, "robots", grade, reason, self._clock())

    async def _rules(self, origin: str, allow_private: bool) -> robots.Robots:
        """Fetched once an origin and pass, however many pages wait for it."""
        key = (origin, allow_private)
        if key in self._robots:
            return await asyncio.shield(self._robots[key])
        waiting = self._robots[key] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._get(f"{origin}/robots.txt", "robots", allow_private, {})
        except BaseException:
            # Whoever waits is told to keep out for now; the cause goes on to our own caller.
            waiting.set_result(robots.unavailable(None, "the fetch was broken off"))
            raise
        if isinstance(answer, Response):
            rules = robots.parse(answer.body)
        elif answer.kind == "empty":
            rules = robots.Robots()
        else:
            rules = robots.unavailable(answer.status, answer.reason)
        waiting.set_result(rules)
        self._lane(addresses.host(origin)).delay = rules.delay
        return rules

    async def _get(
        self, url: str, what: What, allow_private: bool, headers: Mapping[str, str | None]
    ) -> Response | Failure:
        sent = {"Accept": _ACCEPT[what]} | {k: v for k, v in headers.items() if v}
        ask = _Ask(url, what, allow_private, sent, self.limits.seconds(what))
        spent, at, permanent = 0.0, url, True
        seen = {url}
        while True:
            answer = await self._hop(ask, at, ask.deadline - spent)
            if isinstance(answer, Failure):
                return answer
            spent += answer.seconds
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return self._judged(ask, answer, spent, at, permanent)
            permanent = permanent and answer.status in _PERMANENT
            try:
                at = str(URL(at).join(URL(answer.headers["location"])).with_fragment(None))
            except ValueError:
                return self._fail(ask, "redirects", "permanent", "redirects to nowhere: "
                                  + addresses.shown(answer.headers["location"]))  # fmt: skip
            if at in seen:
                return self._fail(ask, "redirects", "permanent", "redirects in a circle")
            if len(seen) > self.limits.redirects:
                return self._fail(ask, "redirects", "permanent",
                                  f"redirects more than {self.limits.redirects} times")  # fmt: skip
            seen.add(at)

    def _judged(
        self, ask: _Ask, answer: Response, seconds: float, at: str, permanent: bool
    ) -> Response | Failure:
        """The last answer of a chain: good ones complete, others as the failure they mean."""
        asked = "If-None-Match" in ask.headers or "If-Modified-Since" in ask.headers
        if answer.status == 304 and not asked:
            return self._fail(ask, "status", "transient",
                              "answers 304 Not Modified although it was asked for everything",
                              304)  # fmt: skip
        if answer.status != 304 and not 200 <= answer.status < 300:
            return of_status(ask.url, answer.status, answer.headers, answer.fetched_at)
        if answer.status != 304 and not answer.body.strip():
            reason = f"answers {answer.status} with nothing in it"
            return self._fail(ask, "empty", "transient", reason, answer.status)
        log.debug("fetched", url=addresses.shown(ask.url), status=answer.status,
                  bytes=len(answer.body), seconds=round(seconds, 3))  # fmt: skip
        moved_to = at if permanent and at != ask.url else None
        return Response(url=ask.url, final_url=at, moved_to=moved_to, status=answer.status,
                        headers=answer.headers, body=answer.body, fetched_at=answer.fetched_at,
                        seconds=seconds)  # fmt: skip

    async def _hop(self, ask: _Ask, url: str, left: float) -> Response | Failure:
        """One request, when it is this host's turn."""
        private = self._may_be_private(url, ask.allow_private)
        wrong = addresses.problem(url, allow_private=private)
        if wrong is not None:
            return self._fail(ask, wrong[0], "permanent", wrong[1])  # type: ignore[arg-type]
        async with self._turn(addresses.host(url), paced=not private):
            started = time.monotonic()
            try:
                return await self._request(ask, url, max(left, 0.01))
            except _ERRORS as e:
                return self._translated(ask, url, e, time.monotonic() - started)

    async def _request(self, ask: _Ask, url: str, left: float) -> Response | Failure:
        most = self.limits.bytes(ask.what)
        timeout = aiohttp.ClientTimeout(
            total=left, sock_connect=self.limits.connect_seconds,
            sock_read=self.limits.silence_seconds,
        )  # fmt: skip
        started = time.monotonic()
        async with self._sessions[ask.allow_private].get(
            url, headers=ask.headers, timeout=timeout, allow_redirects=False
        ) as answer:
            headers = _headers(answer)
            body = b""
            if 200 <= answer.status < 300:
                if (answer.content_length or 0) > most:
                    return self._too_large(ask, answer.status, answer.content_length)
                pieces: list[bytes] = []
                count = 0
                async for piece in answer.content.iter_any():
                    pieces.append(piece)
                    count += len(piece)
                    if count > most:
                        answer.close()
                        return self._too_large(ask, answer.status, None)
                body = b"".join(pieces)
            return Response(url=ask.url, final_url=url, moved_to=None, status=answer.status,
                            headers=headers, body=body, fetched_at=self._clock(),
                            seconds=time.monotonic() - started)  # fmt: skip

    def _too_large(self, ask: _Ask, status: int, announced: int | None) -> Failure:
        most = size(self.limits.bytes(ask.what))
        count = size(announced) if announced else f"more than {most}"
        return self._fail(ask, "too_large", "permanent",
                          f"sends {count}; the most that is read of a {ask.what} is {most}",
                          status)  # fmt: skip

    @asynccontextmanager
    async def _turn(self, host: str, *, paced: bool) -> AsyncIterator[None]:
        """Wait for the host's turn first and for a free slot second: who waits holds no slot."""
        lane = self._lane(host)
        async with lane.lock:
            if paced:
                await asyncio.sleep(max(0.0, lane.free_at - time.monotonic()))
            try:
                async with self._slots:
                    yield
            finally:
                lane.free_at = time.monotonic() + max(self.limits.delay, lane.delay)

    def _lane(self, host: str) -> _Lane:
        return self._lanes.setdefault(host, _Lane())

    def _may_be_private(self, url: str, allow_private: bool) -> bool:
        return allow_private or addresses.host(url) in self._connect

    def _fail(
        self,
        ask: _Ask,
        kind: FailureKind,
        grade: FailureGrade,
        reason: str,
        status: int | None = None,
    ) -> Failure:
        log.debug("not_fetched", url=addresses.shown(ask.url), kind=kind, reason=reason)
        return failure(ask.url, kind, grade, reason, self._clock(), status=status)

    def _translated(self, ask: _Ask, url: str, error: BaseException, seconds: float) -> Failure:
        """Every exception of aiohttp and of the system, as the failure it means."""
        host = addresses.host(url)
        match error:
            case aiohttp.ConnectionTimeoutError():
                what = f"{host} takes no connection within {self.limits.connect_seconds:g} seconds"
                return self._fail(ask, "timeout", "transient", what)
            case aiohttp.SocketTimeoutError():
                what = f"{host} fell silent for {self.limits.silence_seconds:g} seconds"
                return self._fail(ask, "timeout", "transient", what)
            case TimeoutError():
                limit = self.limits.seconds(ask.what)
                what = f"did not come whole within {limit:g} seconds"
                return self._fail(ask, "timeout", "transient", what)
            case aiohttp.ClientConnectorDNSError(os_error=ForbiddenAddress() as why):
                return self._fail(ask, "forbidden_address", "permanent", str(why))
            case aiohttp.ClientConnectorDNSError():
                return self._fail(ask, "dns", "transient", f"no such host as {host} is known now")
            case aiohttp.ClientConnectorCertificateError(certificate_error=why):
                text = getattr(why, "verify_message", "") or "it does not match"
                return self._fail(ask, "tls", "permanent",
                                  f"the certificate of {host} is not valid: {text}")  # fmt: skip
            case aiohttp.ClientSSLError() | ssl.SSLError():
                return self._fail(ask, "tls", "transient", f"{host} cannot agree on encryption")
            case aiohttp.ClientConnectorError(os_error=why):
                return self._fail(ask, "connection", "transient",
                                  f"{host} takes no connection: {_words(why)}")  # fmt: skip
            case aiohttp.InvalidURL() | UnicodeError() | aiohttp.NonHttpUrlClientError():
                return self._fail(ask, "bad_url", "permanent",
                                  f"{addresses.shown(url)} cannot be fetched")  # fmt: skip
            case aiohttp.ClientPayloadError() if _is_encoding(error):
                return self._fail(ask, "decoding", "transient",
                                  "is compressed, and the compression is damaged")  # fmt: skip
            case aiohttp.ClientResponseError():
                return self._fail(ask, "connection", "transient",
                                  f"{host} answers something that is not HTTP")  # fmt: skip
        return self._fail(ask, "connection", "transient",
                          f"{host} broke the answer off after {seconds:.1f} seconds")  # fmt: skip


_ERRORS = (aiohttp.ClientError, OSError, UnicodeError)  # TimeoutError is an OSError


def _headers(answer: aiohttp.ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in answer.headers.items():
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _is_encoding(error: BaseException) -> bool:
    cause = error.__cause__
    return "ContentEncoding" in type(cause).__name__ or "encoding" in str(error).lower()


def _words(error: OSError) -> str:
    text = (error.strerror or type(error).__name__).split("[")[0].strip(" :'\"")
    return text[:1].lower() + text[1:]
