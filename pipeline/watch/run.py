"""One pass of the watch half: what is due is fetched, read and stored.

due feeds ─▶ reserve ─▶ fetch and read, many at once ─▶ store, one at a time ─▶ waiting pages, the
same way ─▶ health. A bad source never stops a pass; a full disk does.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

import structlog

from pipeline.archive import Archive, pages, passes, watching
from pipeline.archive.entries import strangers
from pipeline.archive.pages import WaitingPage
from pipeline.errors import FeedError
from pipeline.models import Config, Failure, FeedState, FeedUpdate, Page, Response, Source
from pipeline.watch import feeds, health, polling
from pipeline.watch.addresses import host
from pipeline.watch.failures import failure
from pipeline.watch.fetch import Connect, Fetcher, Limits
from pipeline.watch.items import feed_page, has_page
from pipeline.watch.lanes import in_lanes

log = structlog.get_logger()

Progress = Callable[[str, int, int], None]
T = TypeVar("T")

_BEAT_SECONDS = 5.0
_PAGE_TYPES = ("html", "xml", "pdf", "text/plain", "octet-stream")


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchTotals:
    """What the watch half of one pass came to."""

    feeds_due: int
    feeds_not_modified: int
    feeds_failed: int
    entries_new: int
    pages_fetched: int
    pages_failed: int
    stopped: bool  #: `stop()` ended it before its work was done
    failures: tuple[Failure, ...]


@dataclass(slots=True)
class _Pass:
    """What one pass works with, and its running counts."""

    archive: Archive
    sources: Mapping[str, Source]
    everything: bool
    stop: Callable[[], bool]
    progress: Progress
    clock: Callable[[], datetime]
    beaten: float = 0.0
    feeds_due: int = 0
    not_modified: int = 0
    entries_new: int = 0
    pages_fetched: int = 0
    feed_failures: list[Failure] = field(default_factory=list)
    page_failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Read:
    """A feed's answer, read; `feed` is None for 304."""

    response: Response
    feed: feeds.Feed | None


def run_pass(
    archive: Archive,
    config: Config,
    *,
    everything: bool = False,
    now: datetime,
    stop: Callable[[], bool],
    progress: Progress,
    connect: Connect | None = None,
    limits: Limits | None = None,
    pages: bool = True,
) -> WatchTotals:
    """Fetch what is due and store it; begins the row in `passes` that `finish_pass` ends.

    Args:
        everything: every enabled feed and every waiting page, due or not.
        now: the pass's own clock starts here; what it stores is timed by it.
        stop: asked between units; once True, what is in hand is stored and the pass ends.
        progress: called with (what, done, total).
        connect: host → (address, port), instead of DNS.

    Raises:
        ArchiveError: the database cannot be written to; what was committed before is kept.
    """
    began = monotonic()
    watching.sync_sources(archive, config.sources, now)
    passes.begin_pass(archive, now)
    this = _Pass(
        archive=archive,
        sources={s.id: s for s in config.sources},
        everything=everything,
        stop=stop,
        progress=progress,
        clock=lambda: now + timedelta(seconds=monotonic() - began),
    )
    fetcher = Fetcher(contact=config.contact, limits=limits, connect=connect, clock=this.clock)
    asyncio.run(_work(this, fetcher, pages=pages))
    _record_health(this)
    return WatchTotals(
        feeds_due=this.feeds_due,
        feeds_not_modified=this.not_modified,
        feeds_failed=len(this.feed_failures),
        entries_new=this.entries_new,
        pages_fetched=this.pages_fetched,
        pages_failed=len(this.page_failures),
        stopped=stop(),
        failures=(*this.feed_failures, *this.page_failures),
    )


async def _work(this: _Pass, fetcher: Fetcher, *, pages: bool) -> None:
    async with fetcher:
        if not this.stop():
            await _feeds(this, fetcher)
        if pages and not this.stop():
            await _pages(this, fetcher)


# ---------------------------------------------------------------- feeds


async def _feeds(this: _Pass, fetcher: Fetcher) -> None:
    """Every due feed. Failures that a dead network of ours would cause too are judged last."""
    now = this.clock()
    states = watching.due(this.archive, now, everything=this.everything)
    this.feeds_due = len(states)
    reserved = {s.url: polling.reserve(this.sources[s.source_id], now) for s in states}
    watching.set_due(this.archive, reserved)
    left = {s.url: s.due_at for s in states}
    unreached: list[tuple[FeedState, Failure]] = []
    reached: list[str] = []
    reading = asyncio.Semaphore(1)  # parsing is pure Python: two at once would only share one core

    async def work(state: FeedState) -> _Read | Failure:
        return await _attempt(state.url, this, _fetch_feed(this, fetcher, state, reading))

    results = in_lanes(states, lane=lambda s: host(s.url), work=work, stop=this.stop)
    async with aclosing(results):
        async for state, result in results:
            if isinstance(result, Failure) and health.blames_network(result):
                unreached.append((state, result))
            else:
                _store_feed(this, state, result)
                reached.append(host(state.url))
            del left[state.url]
            this.progress("feeds", len(states) - len(left), len(states))
    for state, failed in _blamed(unreached, reached, lambda s: host(s.url)):
        _store_feed(this, state, failed)
    # A stop leaves feeds that were promised a fetch and did not get one: their turn comes back.
    watching.set_due(this.archive, left)


async def _fetch_feed(
    this: _Pass, fetcher: Fetcher, state: FeedState, reading: asyncio.Semaphore
) -> _Read | Failure:
    source = this.sources[state.source_id]
    answer = await fetcher.feed(state.url, etag=state.etag, last_modified=state.last_modified,
                                allow_private=source.allow_private)  # fmt: skip
    if isinstance(answer, Failure):
        return answer
    if answer.status == 304:
        return _Read(answer, None)
    async with reading:
        try:
            feed = await asyncio.to_thread(
                feeds.read, answer.body, url=state.url, content_type=answer.content_type,
                headers=answer.headers, base=answer.final_url,
            )  # fmt: skip
        except FeedError as e:
            return failure(state.url, e.kind, "permanent", f"answers with {e.problem}",  # type: ignore[arg-type]
                           answer.fetched_at, status=answer.status)  # fmt: skip
    return _Read(answer, feed)


def _store_feed(this: _Pass, state: FeedState, result: _Read | Failure) -> None:
    source = this.sources[state.source_id]
    if isinstance(result, Failure):
        update = _failed_update(source, state, result)
        watching.record_feed(this.archive, update)
        this.feed_failures.append(result)
        log.info("feed_failed", source=source.id, url=result.url, kind=result.kind,
                 grade=result.grade, reason=result.reason)  # fmt: skip
    else:
        update, own = _good_update(this, source, state, result)
        new = watching.record_feed(this.archive, update, own)
        this.entries_new += new
        this.not_modified += update.outcome == "not_modified"
        log.info("feed_fetched", source=source.id, url=state.url, status=update.status,
                 entries=len(update.entries), new=new)  # fmt: skip
    _beat(this)


def _failed_update(source: Source, state: FeedState, failed: Failure) -> FeedUpdate:
    return FeedUpdate(
        feed_url=state.url,
        source_id=source.id,
        at=failed.at,
        outcome="failed",
        status=failed.status,
        entries=(),
        failure=failed,
        etag=state.etag,
        last_modified=state.last_modified,
        address=state.address,
        next_due_at=polling.after_failure(source, state, failed, failed.at),
        size=0,
        seconds=0.0,
    )


def _good_update(
    this: _Pass, source: Source, state: FeedState, read: _Read
) -> tuple[FeedUpdate, dict[str, Page | None]]:
    """The update, and by URL the feed's own content of entries that get no page."""
    response, feed = read.response, read.feed
    entries = feed.entries if feed else ()
    at = response.fetched_at
    new = strangers(this.archive, state.url, (e.url for e in entries))
    fresh = polling.fresh_for(response.headers, feed.ttl if feed else None)
    # A 304 may repeat, replace or leave out the validators; left out, the old ones hold.
    kept = (None, None) if feed else (state.etag, state.last_modified)
    update = FeedUpdate(
        feed_url=state.url,
        source_id=source.id,
        at=at,
        outcome="entries" if feed else "not_modified",
        status=response.status,
        entries=entries,
        failure=None,
        etag=response.headers.get("etag") or kept[0],
        last_modified=response.headers.get("last-modified") or kept[1],
        address=response.moved_to,
        next_due_at=polling.after_success(source, state, at, new=bool(new), fresh_for=fresh),
        size=len(response.body),
        seconds=response.seconds,
    )
    own = {e.url: feed_page(e, at) for e in entries if not source.pages or not has_page(e)}
    return update, own


# ---------------------------------------------------------------- pages


async def _pages(this: _Pass, fetcher: Fetcher) -> None:
    """Every story whose page is still wanted; a page that is given up leaves the feed's words."""
    waiting = pages.pages_due(this.archive, this.clock(), everything=this.everything)
    unreached: list[tuple[WaitingPage, Failure]] = []
    reached: list[str] = []

    async def work(job: WaitingPage) -> Response | Failure:
        private = this.sources[job.source_id].allow_private
        return await _attempt(job.link, this, fetcher.page(job.link, allow_private=private))

    results = in_lanes(waiting, lane=lambda w: host(w.link), work=work, stop=this.stop)
    done = 0
    async with aclosing(results):
        async for job, result in results:
            if isinstance(result, Response):
                result = _unusable(result) or result
            if isinstance(result, Failure) and health.blames_network(result):
                unreached.append((job, result))
            else:
                _store_page(this, job, result)
                reached.append(host(job.link))
            done += 1
            this.progress("pages", done, len(waiting))
    for job, failed in _blamed(unreached, reached, lambda w: host(w.link)):
        _store_page(this, job, failed)


def _store_page(this: _Pass, job: WaitingPage, result: Response | Failure) -> None:
    if isinstance(result, Response):
        page = Page(url=job.url, final_url=result.final_url, body=result.body,
                    content_type=result.content_type or "text/html", fetched_at=result.fetched_at,
                    digest=hashlib.sha256(result.body).hexdigest())  # fmt: skip
        pages.record_page(this.archive, page, job.source_id, status=result.status,
                          seconds=result.seconds)  # fmt: skip
        this.pages_fetched += 1
    else:
        retry_at = polling.after_page_failure(job.attempts + 1, result, result.at)
        entry = None if retry_at else pages.entry_of(this.archive, job.url)
        instead = feed_page(entry, result.at) if entry else None
        pages.record_page_failure(this.archive, job, result, retry_at=retry_at, instead=instead)
        this.page_failures.append(result)
        log.info("page_failed", url=result.url, kind=result.kind, grade=result.grade,
                 reason=result.reason, instead=instead is not None)  # fmt: skip
    _beat(this)


def _unusable(answer: Response) -> Failure | None:
    """A picture, a film, a spreadsheet: nothing that a story can be had from."""
    kind = answer.content_type.split(";")[0].strip().lower()
    if not kind or any(t in kind for t in _PAGE_TYPES):
        return None
    return failure(answer.url, "decoding", "permanent", f"is {kind}, which is no page to read",
                   answer.fetched_at, status=answer.status)  # fmt: skip


# ---------------------------------------------------------------- what both share


async def _attempt(url: str, this: _Pass, work: Awaitable[T]) -> T | Failure:
    """`work`, or the failure that a mistake of ours becomes: recorded, and the pass goes on."""
    try:
        return await work
    except Exception as e:
        log.exception("unexpected", url=url)
        reason = f"met a fault of this program ({type(e).__name__}); the log has its traceback"
        return failure(url, "unexpected", "transient", reason, this.clock())


def _blamed(
    unreached: list[tuple[T, Failure]], reached: list[str], host_of: Callable[[T], str]
) -> list[tuple[T, Failure]]:
    """The same failures, graded `ours` when so many hosts are dead that it must be our network."""
    dead = {host_of(job) for job, _ in unreached}
    if not health.is_outage(reached, dead):
        return unreached
    reason = (f"nothing could be reached: {len(dead)} hosts failed at once, so this machine's own "
              "connection is the likely cause")  # fmt: skip
    log.warning("outage", hosts=len(dead))
    return [(job, replace(failed, grade="ours", reason=reason)) for job, failed in unreached]


def _beat(this: _Pass) -> None:
    if monotonic() - this.beaten > _BEAT_SECONDS:
        this.beaten = monotonic()
        passes.beat(this.archive, this.clock())


def _record_health(this: _Pass) -> None:
    now = this.clock()
    past = watching.states(this.archive, this.sources)
    found = [health.diagnose(s, past[s.id], now) for s in this.sources.values()]
    passes.record_health(this.archive, found, now)
