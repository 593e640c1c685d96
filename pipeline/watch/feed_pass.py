"""The first half of a pass: every due feed is asked, read and stored.

due feeds ─▶ reserve ─▶ fetch and read, many at once ─▶ store, one at a time
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from pipeline.archive import Archive, watching
from pipeline.archive.entries import boards, strangers, under_guids
from pipeline.archive.errors import translated
from pipeline.errors import FeedError, Stopped
from pipeline.models import (
    Entry,
    Failure,
    FeedState,
    FeedUpdate,
    Response,
    Rhythm,
    Source,
)
from pipeline.watch import continuity, formats, health, identity, polling, rhythm
from pipeline.watch.addresses import host, server
from pipeline.watch.failures import failure
from pipeline.watch.feeds import Feed
from pipeline.watch.items import feed_page, has_page
from pipeline.watch.lanes import in_batches
from pipeline.watch.work import HELD, Work

log = structlog.get_logger()

#: a thread costs more than reading a small feed does; a large one would hold up all others
_LARGE = 100_000
#: answers that are stored in one transaction, at most
_TOGETHER = 200
#: seconds that the first of them waits for others: a tenth less of a pass's processor time
_LINGER = 0.2
#: 304s wait for more of their kind, so many or so long: their rows lie close together, and to write
#: a page of the file once for all of them halves what storing a 304 costs. Nothing is lost with
#: them but that the server was asked, and a feed that was asked is not due until its turn.
_ALIKE, _ALIKE_WAIT = 500, timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """A feed's answer, read; `feed` is None for 304."""

    response: Response  #: without its body: a hundred may wait to be stored
    feed: Feed | None
    size: int = 0  #: of the body, in bytes
    known: frozenset[bytes] = frozenset()  #: items of the answer before
    tested: bool = False  #: the server had just said 304


@dataclass(frozen=True, slots=True)
class _Left:
    """Not looked at: a stop was asked for, or its host had just asked to be left alone."""

    wait: timedelta | None = None


_Result = _Read | _Left | Failure


async def feeds(work: Work) -> None:
    """Every due feed. Failures that a dead network of ours would cause too are judged last."""
    now = work.clock()
    states = due(work.archive, work.sources, now, everything=work.everything)
    work.feeds_due += len(states)
    watching.set_due(
        work.archive, {s.url: polling.reserve(work.sources[s.source_id], now) for s in states}
    )
    left = {s.url: s.due_at for s in states}
    hosts = {s.url: host(address(s)) for s in states}
    unreached: list[tuple[FeedState, Failure]] = []
    alike: list[FeedUpdate] = []  # of answers 304
    reading = asyncio.Semaphore(1)  # parsing is pure Python: two at once would only share one core

    async def job(state: FeedState) -> _Result:
        return await work.attempt(state.url, _look(work, state, reading))

    results = in_batches(states, lane=lambda s: hosts[s.url], work=job, stop=work.stop,
                         most=_TOGETHER, linger=_LINGER)  # fmt: skip
    async with aclosing(results):
        async for batch in results:
            answers: list[tuple[FeedState, _Read | Failure]] = []
            for state, result in batch:
                if isinstance(result, _Left):
                    left[state.url] = now + result.wait if result.wait else state.due_at
                    continue
                del left[state.url]
                if isinstance(result, Failure) and health.blames_network(result):
                    unreached.append((state, result))
                else:
                    answers.append((state, result))
                    work.reached.add(server(address(state)))
            _store(work, answers, alike)
            work.progress("feeds", len(states) - len(left), len(states))
    _store(work, work.blamed(unreached, lambda s: server(address(s))), alike)
    _store_alike(work, alike)
    # A stop leaves feeds that were promised a fetch and did not get one: their turn comes back.
    watching.set_due(work.archive, left)


def due(
    archive: Archive, sources: Mapping[str, Source], now: datetime, *, everything: bool = False
) -> tuple[FeedState, ...]:
    """Feeds of listed, enabled sources whose time has come, longest overdue first."""
    found = watching.due(archive, now, everything=everything)
    return tuple(
        s for s in found
        if s.source_id in sources and (everything or polling.is_due(s, sources[s.source_id], now))
    )  # fmt: skip


def address(state: FeedState) -> str:
    """Where the feed is now: as sources.yaml has it, or where it moved for good."""
    return state.address or state.url


# ---------------------------------------------------------------- fetch and read


async def _look(work: Work, state: FeedState, reading: asyncio.Semaphore) -> _Result:
    held = work.fetcher.held(address(state), feed=True)
    if held is not None:
        return _Left(held.retry_after or HELD)
    answer = await _ask(work, state, *polling.conditions(state))
    if isinstance(answer, Failure):
        return answer
    if answer.status != 304:
        return await _read(work, state, answer, reading)
    if not polling.wants_proof(state, answer.fetched_at):
        return _Read(response=answer, feed=None)
    # The same question without conditions, at once: what is new now was new a moment ago.
    whole = await _ask(work, state, None, None)
    if isinstance(whole, Failure):
        return _Read(response=answer, feed=None)
    read = await _read(work, state, whole, reading)
    return replace(read, tested=True) if isinstance(read, _Read) else read


async def _ask(
    work: Work, state: FeedState, etag: str | None, last_modified: str | None
) -> Response | Failure:
    return await work.fetcher.feed(
        address(state), etag=etag, last_modified=last_modified,
        allow_private=work.sources[state.source_id].allow_private,
        # A page that was made for people asks robots.txt; a feed was made for machines.
        robots=state.kind == "page",
    )  # fmt: skip


async def _read(
    work: Work, state: FeedState, answer: Response, reading: asyncio.Semaphore
) -> _Result:
    with translated(work.archive.path):
        known = watching.known_items(work.archive, state.url)

    def read() -> Feed:
        return formats.read(
            state.kind, answer.body, url=state.url, content_type=answer.content_type,
            headers=answer.headers, base=answer.final_url,
            listing=work.sources[state.source_id].listing, known=known,
            going=lambda: not work.stop(),
        )  # fmt: skip

    size = len(answer.body)
    try:
        if size <= _LARGE:
            feed = read()
        else:
            async with reading:
                feed = await asyncio.to_thread(read)
        return _Read(response=replace(answer, body=b""), feed=feed, size=size, known=known)
    except Stopped:
        return _Left()
    except FeedError as e:
        return failure(state.url, e.kind, "permanent", f"answers with {e.problem}",  # type: ignore[arg-type]
                       answer.fetched_at, status=answer.status)  # fmt: skip


# ---------------------------------------------------------------- store


def _store(
    work: Work, answers: Sequence[tuple[FeedState, _Read | Failure]], alike: list[FeedUpdate]
) -> None:
    """One transaction for what came together; what says 304 joins `alike` until it is worth one."""
    with work.archive.transaction():
        for state, result in answers:
            source = work.sources[state.source_id]
            if isinstance(result, Failure):
                _store_failure(work, source, state, result)
            elif result.feed is None:
                alike.append(_unmodified(source, state, result.response))
            else:
                _store_whole(work, source, state, result, result.feed)
        if alike and (len(alike) >= _ALIKE or work.clock() - alike[0].at > _ALIKE_WAIT):
            _store_alike(work, alike)
    work.keep_manners(soon=False)


def _store_alike(work: Work, alike: list[FeedUpdate]) -> None:
    watching.record_unmodified(work.archive, alike)
    work.not_modified += len(alike)
    work.unchanged.update(update.source_id for update in alike)
    alike.clear()


def _store_failure(work: Work, source: Source, state: FeedState, failed: Failure) -> None:
    watching.record_feed(work.archive, _failed(source, state, failed))
    work.changed.add(source.id)
    work.feed_failures.append(failed)
    log.info("feed_failed", source=source.id, url=failed.url, kind=failed.kind,
             grade=failed.grade, reason=failed.reason)  # fmt: skip


def _store_whole(work: Work, source: Source, state: FeedState, read: _Read, feed: Feed) -> None:
    feed = replace(feed, entries=_identified(work.archive, state.url, feed.entries))
    strange = strangers(work.archive, state.url, (e.url for e in feed.entries))
    update = _whole(source, state, read, feed, strange)
    at, entries = update.at, update.entries
    own = {e.url: feed_page(e, at) for e in entries if not source.pages or not has_page(e)}
    new = watching.record_feed(work.archive, update, own, new=len(strange))
    work.entries_new += new
    work.changed.add(source.id)
    log.info("feed_fetched", source=source.id, url=state.url, status=update.status,
             entries=len(entries) + update.unchanged, new=new)  # fmt: skip
    if update.gap:
        log.warning("gap", source=source.id, url=state.url, entries=update.gap.entries)


def _identified(
    archive: Archive, feed_url: str, entries: tuple[Entry, ...]
) -> tuple[Entry, ...]:  # fmt: skip
    """The entries under the addresses of their stories (`identity`), as the archive knows them."""
    urls = {e.url for e in entries}
    shared = identity.boards(entries) | boards(archive, feed_url, urls)
    entries = identity.told_apart(entries, shared)
    strange = strangers(archive, feed_url, (e.url for e in entries))
    if not strange:
        return entries
    new = [e for e in entries if e.url in strange]
    others = {v for e in new for v in identity.variants(e.url)}
    by_address = others - strangers(archive, feed_url, others)
    by_guid = under_guids(archive, feed_url, (e.guid for e in new))
    return identity.recognised(entries, by_guid, by_address)


def _failed(source: Source, state: FeedState, failed: Failure) -> FeedUpdate:
    # An address that a redirect led to and that is gone: the listed one is asked again.
    lost = failed.grade == "permanent" and failed.kind in ("gone", "status", "not_a_feed", "tls")
    due = polling.after_failure(source, state, failed, failed.at)
    return replace(
        _update(source, state, failed.at, due, to=None if lost else state.address),
        outcome="failed",
        status=failed.status,
        failure=failed,
    )


def _unmodified(source: Source, state: FeedState, response: Response) -> FeedUpdate:
    at, headers = response.fetched_at, response.headers
    due = polling.after_success(source, state, at, rhythm=state.rhythm, hints=state.hints,
                                headers=headers, new=False)  # fmt: skip
    # A 304 may repeat, replace or leave out the validators; left out, the old ones hold.
    return _update(
        source, state, at, due, to=_address_after(state, response), status=response.status,
        etag=headers.get("etag"), last_modified=headers.get("last-modified"),
        seconds=response.seconds,
    )  # fmt: skip


def _whole(
    source: Source, state: FeedState, read: _Read, feed: Feed, new: Collection[str]
) -> FeedUpdate:
    """What a whole answer comes to; `new` are its stories that the feed never brought before."""
    at, headers = read.response.fetched_at, read.response.headers
    known = feed.unchanged + sum(e.url not in new for e in feed.entries)
    if continuity.is_pinned(feed.items, read.known, feed.entries, at):
        known = 0
    gap = polling.gap(_seen(state, read), entries=len(feed.entries) + feed.unchanged, known=known,
                      now=at, rhythm=state.rhythm,
                      typical=continuity.middle(feed.entries, at))  # fmt: skip
    learned = _learned(state, [e for e in feed.entries if e.url in new], at, missed=bool(gap))
    hints = feed.hints
    due = polling.after_success(source, state, at, rhythm=learned, hints=hints, headers=headers,
                                new=bool(new))  # fmt: skip
    return replace(
        _update(source, state, at, due, to=_address_after(state, read.response)),
        outcome="entries",
        status=read.response.status,
        entries=feed.entries,
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        size=read.size,
        seconds=read.response.seconds,
        unchanged=feed.unchanged,
        items=feed.items,
        hints=hints,
        rhythm=learned,
        distrusted_at=(at if new else None) if read.tested else state.distrusted_at,
        gap=gap,
        # What a first look finds is no news of today.
        news_at=at if state.last_whole_at else continuity.newest(feed.entries, at),
    )


def _update(
    source: Source, state: FeedState, at: datetime, next_due_at: datetime, *, to: str | None,
    status: int | None = None, etag: str | None = None, last_modified: str | None = None,
    seconds: float = 0.0,
) -> FeedUpdate:  # fmt: skip
    """What a fetch that changed nothing leaves: the feed as it was, seen again; asked at `to` next.

    Whole in one go: `replace` makes it a second time, and most fetches of a pass come to no more.
    """
    return FeedUpdate(
        feed_url=state.url,
        source_id=source.id,
        at=at,
        outcome="not_modified",
        status=status,
        entries=(),
        failure=None,
        etag=etag or state.etag,
        last_modified=last_modified or state.last_modified,
        address=to,
        moved_from=None if to == state.address else address(state),
        next_due_at=next_due_at,
        size=0,
        seconds=seconds,
        hints=state.hints,
        rhythm=state.rhythm,
        distrusted_at=state.distrusted_at,
    )


def _address_after(state: FeedState, response: Response) -> str | None:
    """Where to ask from now on; a redirect that leads back ends the detour."""
    moved_to = response.moved_to or state.address
    return None if moved_to == state.url else moved_to


def _seen(state: FeedState, read: _Read) -> FeedState:
    """A 304 that was found false saw nothing: the last look was the last whole answer."""
    return replace(state, last_ok_at=state.last_whole_at) if read.tested else state


def _learned(
    state: FeedState, new: Sequence[Entry], at: datetime, *, missed: bool
) -> Rhythm | None:
    """The rhythm with the new stories counted: by the time they state, else by when they came.

    A first answer tells only what it dates: its other stories came at any time before.
    """
    times = [continuity.moment(e, at) or (at if state.last_whole_at else None) for e in new]
    told = [t for t in times if t is not None]
    return rhythm.learn(state.rhythm, told, at, missed=missed) if told else state.rhythm
