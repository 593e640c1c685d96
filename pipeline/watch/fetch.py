"""One polite GET after another, each answer a value: what `client.py` does, with manners.

A fetch ends as a `Response` or a `Failure`, never as an exception. Polite in what is said (who we
are, what we have already), in pace (one request at a time to one host, with a pause between two),
in where pages are asked for (robots.txt) and in hearing a no: whoever asks to be left alone with
429 or 503 and Retry-After is not asked again before that time, by anybody.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import structlog
from yarl import URL

from pipeline import __version__
from pipeline.models import Failure, FailureGrade, FailureKind, Response, RobotsRecord
from pipeline.watch import addresses, robots
from pipeline.watch.client import Answer, Client, Connect, Limits, Trouble, What
from pipeline.watch.failures import NETWORK_KINDS, failure, of_status
from pipeline.watch.robots import Robots as Rules

__all__ = ["Connect", "Fetcher", "Limits"]

log = structlog.get_logger()

_PERMANENT = {301, 308}
_REDIRECTS = _PERMANENT | {302, 303, 307}
#: pages refused in a row, none given in between, after which a host is left alone for the pass;
#: one alone may be that page's own lock, but a browser check is meant for all of them
_REFUSALS = 2


@dataclass(slots=True)
class _Lane:
    """One host: whose turn it is, when the next request may start, and whether it said no."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0  #: event-loop time
    delay: float = 0.0  #: as its robots.txt asks
    busy: Failure | None = None  #: it asked to be left alone until `at` + `retry_after`
    refusal: Failure | None = None  #: the latest of `refusals` pages in a row
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class _Ask:
    """One GET as it was asked for; redirects change the address, never this."""

    url: str
    start: URL
    what: What
    allow_private: bool
    robots: bool  #: each address on the way must be allowed by its robots.txt
    headers: Mapping[str, str]


class _HeldError(Exception):
    """The host asked for peace, so nothing was asked; carries the failure that its word is."""

    def __init__(self, busy: Failure) -> None:
        self.busy = busy


class Fetcher:
    """An HTTP client for one pass; use it as `async with Fetcher(...) as fetcher`.

    `learned` holds, by origin, every robots.txt that was asked for in this pass, `busy`, by host,
    who asked for how much peace; what earlier passes learned is given as `robots` and `busy`.
    """

    def __init__(
        self,
        *,
        contact: str,
        limits: Limits | None = None,
        connect: Connect | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        robots: Mapping[str, RobotsRecord] | None = None,
        busy: Mapping[str, Failure] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`contact` goes into the User-Agent; `connect` maps host → (address, port) over DNS.

        `tls`: whom to trust, instead of the authorities that this system trusts.
        """
        self.limits = limits or Limits()
        self.learned: dict[str, RobotsRecord] = {}
        self.busy: dict[str, Failure] = {}
        self._contact = contact
        self._connect = dict(connect or {})
        self._clock = clock
        self._known = robots or {}
        self._tls = tls
        self._lanes = {host: _Lane(busy=asked) for host, asked in (busy or {}).items()}
        self._slots = asyncio.Semaphore(self.limits.concurrency)
        self._rules: dict[tuple[str, bool], asyncio.Future[Rules | None]] = {}
        self._client: Client

    async def __aenter__(self) -> Self:
        agent = f"{robots.TOKEN}/{__version__} (+{self._contact})"
        self._client = Client(agent, self.limits, self._connect, self._tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._client.close()

    # ------------------------------------------------------------ what is asked for

    async def feed(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None,
        allow_private: bool = False, robots: bool = False,
    ) -> Response | Failure:  # fmt: skip
        """GET a feed, conditionally where validators are given; a 304 is a Response, body empty.

        `robots`: only if its robots.txt lets us; for a listing page, which is made for people.
        """
        return await self._get(url, "feed", allow_private, robots, _conditions(etag, last_modified))

    async def page(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None,
        allow_private: bool = False,
    ) -> Response | Failure:  # fmt: skip
        """GET a page if its robots.txt lets us; conditionally where it is had already."""
        return await self._get(url, "page", allow_private, True, _conditions(etag, last_modified))

    def held(self, url: str, *, feed: bool = False) -> Failure | None:
        """Why `url` is better left alone for the rest of this pass, or None.

        Its host asked for peace (429 or 503 with Retry-After; a 429 without holds for the pass),
        or refused `_REFUSALS` pages in a row or let them hang, which says nothing of its feeds.
        The Failure is for `url`, with the host's kind, grade and status; nothing was asked.
        """
        lane = self._lanes.get(addresses.host(url))
        if lane is None:
            return None
        if lane.busy is not None:
            busy = self._still(lane.busy)
            if busy is not None:
                return replace(busy, url=addresses.shown(url))
            lane.busy = None
        if feed or lane.refusal is None or lane.refusals < _REFUSALS:
            return None
        return replace(lane.refusal, url=addresses.shown(url), at=self._clock())

    # ------------------------------------------------------------ robots.txt

    async def _refused(self, ask: _Ask, at: URL) -> Failure | None:
        """Why robots.txt keeps us from `at`."""
        private = self._may_be_private(at, ask.allow_private)
        if addresses.problem(at, "", allow_private=private) is not None:
            return None  # the fetch itself will say so, better
        rules = await self._rules_of(at, ask.allow_private)
        if rules.allows(str(at)):
            return None
        if rules.problem:
            return self._fail(ask, rules.kind, "transient", rules.problem)
        reason = "its robots.txt asks robots such as ours to keep out"
        return self._fail(ask, "robots", "permanent", reason)

    async def _rules_of(self, at: URL, allow_private: bool) -> Rules:
        """Remembered, or fetched once an origin and pass, however many pages wait for it."""
        origin = addresses.origin(at)
        key = (origin, allow_private)
        while key in self._rules:
            known = await asyncio.shield(self._rules[key])
            if known is not None:
                return known
        waiting = self._rules[key] = asyncio.get_running_loop().create_future()
        try:
            rules = await self._read_rules(origin, allow_private)
        except BaseException:
            # The cause goes on to our own caller; whoever waits must ask anew.
            del self._rules[key]
            waiting.set_result(None)
            raise
        self._lane(addresses.host_of(at)).delay = rules.delay
        waiting.set_result(rules)
        return rules

    async def _read_rules(self, origin: str, allow_private: bool) -> Rules:
        record, answer = self._known.get(origin), None
        if record is None or not robots.is_fresh(record, self._clock()):
            url = f"{origin}/robots.txt"
            answer = await self._chain(url, "robots", allow_private, False, {})
            record = robots.learned(record, origin, answer, self._clock())
            if robots.is_worth_keeping(record):
                self.learned[origin] = record
        return robots.rules_of(record, self._clock(), answer)

    # ------------------------------------------------------------ one chain of redirects

    async def _get(
        self, url: str, what: What, allow_private: bool, obeys: bool, headers: Mapping[str, str]
    ) -> Response | Failure:
        try:
            return await self._chain(url, what, allow_private, obeys, headers)
        except _HeldError as e:
            return replace(e.busy, url=addresses.shown(url))

    async def _chain(
        self, url: str, what: What, allow_private: bool, obeys: bool, headers: Mapping[str, str]
    ) -> Response | Failure:
        """GET `url` and follow where it leads.

        Raises:
            _HeldError: a host on the way asked for peace before.
        """
        at = addresses.parse(url)
        if at is None:
            reason = f"{addresses.shown(url)} is not an http or https address"
            return failure(url, "bad_url", "permanent", reason, self._clock())
        ask = _Ask(url, at, what, allow_private, obeys, headers)
        spent, permanent = 0.0, True
        seen: set[URL] = set()
        while True:
            answer = await self._hop(ask, at, spent)
            if isinstance(answer, Failure):
                return answer
            spent += answer.seconds
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return self._judged(ask, answer, spent, at, permanent)
            seen.add(addresses.bare(at))
            to = self._next(ask, at, answer.headers["location"], seen)
            if isinstance(to, Failure):
                return to
            # A step down from https would have the feed read in the clear for ever after.
            safe = (at.scheme, to.scheme) != ("https", "http")
            permanent = permanent and answer.status in _PERMANENT and safe
            at = to

    def _next(self, ask: _Ask, at: URL, location: str, seen: set[URL]) -> URL | Failure:
        """Where a redirect leads; a password goes along to its own server only."""
        to = addresses.parse(location)
        if to is None:
            reason = f"redirects to nowhere: {addresses.shown(location)}"
            return self._fail(ask, "redirects", "permanent", reason)
        to = addresses.bare(at.join(to))
        if to in seen:
            return self._fail(ask, "redirects", "permanent", "redirects in a circle")
        if len(seen) > self.limits.redirects:
            reason = f"redirects more than {self.limits.redirects} times"
            return self._fail(ask, "redirects", "permanent", reason)
        start = ask.start
        if start.raw_user is not None and addresses.trusts(start, to):
            to = to.with_user(start.user).with_password(start.password)
        return to

    def _judged(
        self, ask: _Ask, answer: Answer, seconds: float, at: URL, permanent: bool
    ) -> Response | Failure:
        """The last answer of a chain: good ones complete, others as the failure they mean."""
        status, now = answer.status, self._clock()
        lane = self._lane(addresses.host_of(at))
        if status == 304:
            if not ask.headers:
                reason = "answers 304 Not Modified although it was asked for everything"
                return self._fail(ask, "status", "transient", reason, 304)
        elif status == 206:
            reason = "answers with a part, although it was asked for the whole"
            return self._fail(ask, "status", "transient", reason, 206)
        elif not 200 <= status < 300:
            failed = of_status(ask.url, status, answer.headers, now)
            self._heard(addresses.host_of(at), failed, ask.what,
                        challenged="cf-mitigated" in answer.headers)  # fmt: skip
            return failed
        elif not answer.body or answer.body.isspace():
            reason = f"answers {status} with nothing in it"
            return self._fail(ask, "empty", "transient", reason, status)
        if ask.what == "page":
            lane.refusals = 0
        moved = at is not ask.start
        return Response(
            url=ask.url,
            final_url=str(addresses.bare(at)) if moved else _without_password(ask),
            moved_to=str(at) if moved and permanent else None,
            status=status, headers=answer.headers, body=answer.body, fetched_at=now,
            seconds=seconds,
        )  # fmt: skip

    # ------------------------------------------------------------ one request

    async def _hop(self, ask: _Ask, at: URL, spent: float) -> Answer | Failure:
        """One request, when it is this host's turn; its time counts from there."""
        private = self._may_be_private(at, ask.allow_private)
        wrong = addresses.problem(at, ask.url if at is ask.start else str(at),
                                  allow_private=private)  # fmt: skip
        if wrong is not None:
            return self._fail(ask, wrong[0], "permanent", wrong[1])
        lane = self._lane(addresses.host_of(at))
        self._leave_in_peace(lane)
        if ask.robots and (refused := await self._refused(ask, at)) is not None:
            return refused
        # Waiting for the host comes first and for a slot second: who waits holds no slot.
        async with lane.lock:
            self._leave_in_peace(lane)
            wait = lane.free_at - time.monotonic()
            if not private and wait > 0:
                await asyncio.sleep(wait)
            try:
                async with self._slots:
                    answer = await self._client.get(at, ask.what, ask.headers, spent=spent,
                                                    private=ask.allow_private)  # fmt: skip
            finally:
                lane.free_at = time.monotonic() + max(self.limits.delay, lane.delay)
        if isinstance(answer, Trouble):
            failed = self._fail(ask, answer.kind, answer.grade, answer.reason, answer.status)
            if ask.what == "page" and failed.kind in NETWORK_KINDS:
                lane.refusal, lane.refusals = failed, lane.refusals + 1
            return failed
        return answer

    # ------------------------------------------------------------ who said no

    def _heard(self, host: str, failed: Failure, what: What, *, challenged: bool) -> None:
        lane = self._lane(host)
        if failed.status == 429 or (failed.status == 503 and failed.retry_after is not None):
            lane.busy = failed
            if failed.retry_after is not None:
                self.busy[host] = failed
        elif failed.kind == "refused" and what == "page":
            lane.refusal = failed
            lane.refusals = _REFUSALS if challenged else lane.refusals + 1

    def _leave_in_peace(self, lane: _Lane) -> None:
        if lane.busy is not None and (busy := self._still(lane.busy)) is not None:
            raise _HeldError(busy)

    def _still(self, busy: Failure) -> Failure | None:
        """`busy` with what is left of its time; None once that is over."""
        now = self._clock()
        if busy.retry_after is None:
            return replace(busy, at=now)
        left = busy.at + busy.retry_after - now
        return replace(busy, at=now, retry_after=left) if left.total_seconds() > 0 else None

    # ------------------------------------------------------------ small things

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane()
        return lane

    def _may_be_private(self, url: URL, allow_private: bool) -> bool:
        return allow_private or url.raw_host in self._connect

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


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    said = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in said.items() if value and _sendable(value)}


def _sendable(value: str) -> bool:
    """True for what may stand in a header: a validator that came garbled is not sent back."""
    return value.isascii() and value.isprintable()


def _without_password(ask: _Ask) -> str:
    return ask.url if "@" not in ask.url else str(addresses.bare(ask.start))
