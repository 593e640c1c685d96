"""One pass of the watch half: what is due is fetched, read and stored.

due feeds (`feed_pass`) ─▶ waiting pages (`page_pass`) ─▶ health (`checkup`). A bad source never
stops a pass; a full disk does.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from time import monotonic

from pipeline.archive import Archive, hosts, passes
from pipeline.archive import linked as linked_queue
from pipeline.archive.sources import sync_sources
from pipeline.models import Config, Failure
from pipeline.watch import checkup, feed_pass, linked, page_pass
from pipeline.watch.fetch import Connect, Fetcher, Limits
from pipeline.watch.work import Progress, Work


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
    changed: frozenset[str] = frozenset()  #: sources of which more is known than before


def run_pass(
    archive: Archive,
    config: Config,
    *,
    everything: bool = False,
    pages: bool = True,
    at_once: bool = True,
    now: datetime,
    stop: Callable[[], bool],
    progress: Progress,
    connect: Connect | None = None,
    limits: Limits | None = None,
) -> WatchTotals:
    """Fetch what is due and store it; begins the row in `passes` that `finish_pass` ends.

    Args:
        everything: every enabled feed and every waiting page, due or not.
        pages: False leaves the waiting pages waiting.
        at_once: until no page waits; feeds that come due meanwhile get their turn in between.
            False: the pass ends there, and the next goes on.
        now: the pass's own clock starts here, and times what it stores.
        stop: asked between units; once True, what has come is stored and the pass ends.
        progress: called with (what, done, total).
        connect: host → (address, port), instead of DNS.

    Raises:
        ArchiveError: the database cannot be written to; what was committed before is kept.
    """
    _settled()
    checked = passes.last_check(archive)
    passes.begin_pass(archive, now)
    others = sync_sources(archive, config.sources, now)
    clock = _steady(now)
    fetcher = _fetcher(archive, config, now, clock, connect=connect, limits=limits)
    work = Work(archive=archive, fetcher=fetcher, sources={s.id: s for s in config.sources},
                everything=everything, stop=stop, progress=progress, clock=clock)  # fmt: skip
    asyncio.run(_all(work, pages=pages, at_once=at_once))
    anew = others or _is_long_ago(checked, now)
    checkup.check(archive, config.sources, clock(), changed=None if anew else work.changed,
                  unchanged=work.unchanged)  # fmt: skip
    return _totals(work)


def fetch_linked(
    archive: Archive,
    config: Config,
    *,
    now: datetime,
    stop: Callable[[], bool],
    progress: Progress,
    connect: Connect | None = None,
    limits: Limits | None = None,
) -> int:
    """Fetches the reports that stories link to, of sources that want them; how many were asked for.

    Comes after deriving, for only then it is known which stories report an inspection. Arguments as
    for `run_pass`. Raises ArchiveError.
    """
    wanted = {s.id: s for s in config.sources if s.enabled and s.linked_reports}
    if not wanted:
        return 0
    linked_queue.queue(archive, wanted, now)
    waiting = linked_queue.due(archive, wanted, now)
    if not waiting or stop():
        return 0
    clock = _steady(now)
    fetcher = _fetcher(archive, config, now, clock, connect=connect, limits=limits)
    work = Work(archive=archive, fetcher=fetcher, sources=wanted, everything=False, stop=stop,
                progress=progress, clock=clock)  # fmt: skip
    asyncio.run(_linked(work, waiting))
    return len(waiting)


def _fetcher(archive: Archive, config: Config, now: datetime, clock: Callable[[], datetime], *,
             connect: Connect | None, limits: Limits | None) -> Fetcher:  # fmt: skip
    """A client that knows what the archive knows of hosts: robots.txt, and who asked for peace."""
    return Fetcher(contact=config.contact, limits=limits, connect=connect, clock=clock,
                   robots=hosts.robots(archive), busy=hosts.busy_hosts(archive, now))  # fmt: skip


async def _linked(work: Work, waiting: tuple[linked_queue.WaitingReport, ...]) -> None:
    async with work.fetcher:
        try:
            await linked.reports(work, waiting)
        finally:
            work.keep_manners()


def _is_long_ago(checked: datetime | None, now: datetime) -> bool:
    """Whether every source is to be judged anew, whatever is known of it.

    So it is once a day, for a new version may find other words, and after a pass that was killed
    (None), for none knows what it changed.
    """
    return checked is None or checked.date() != now.date()


@cache
def _settled() -> None:
    """Once a process: what was loaded stays, so the collector need not look through it again.

    It is tens of thousands of objects, and to walk them now and then is an eighth of a pass.
    """
    gc.freeze()


def _steady(now: datetime) -> Callable[[], datetime]:
    """A clock that starts at `now`: one that is put forward or back in mid-pass changes nothing."""
    began = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - began)


def _totals(work: Work) -> WatchTotals:
    return WatchTotals(
        feeds_due=work.feeds_due,
        feeds_not_modified=work.not_modified,
        feeds_failed=len(work.feed_failures),
        entries_new=work.entries_new,
        pages_fetched=work.pages_fetched,
        pages_failed=len(work.page_failures),
        stopped=work.stop(),
        failures=(*work.feed_failures, *work.page_failures),
        changed=frozenset(work.changed),
    )


async def _all(work: Work, *, pages: bool, at_once: bool) -> None:
    async with work.fetcher:
        try:
            again = True
            while again and not work.stop():
                await feed_pass.feeds(work)
                # Without a network of ours, no page can be had, and none is to blame.
                if not pages or work.stop() or work.outage:
                    break
                again = not await page_pass.pages(work, until_feeds_wait=True) and at_once
                work.everything = False  # what comes due from now on
        finally:
            work.keep_manners()
