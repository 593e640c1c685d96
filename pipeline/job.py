"""The main job: what `run`, a tick of `watch`, and the demo do, under one lock.

areas.resolve ─▶ lock ─▶ archive ─▶ watch.run_pass ─▶ derive ─▶ publish.refresh ─▶ Report
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from time import monotonic
from types import FrameType

from pipeline import areas, knowledge, publish, tag, terminal
from pipeline.archive import (
    Archive,
    deriving,
    heartbeat,
    open_archive,
    pages,
    passes,
    reading,
    sources,
    tidying,
)
from pipeline.archive import tags as tag_rows
from pipeline.archive.lock import writing
from pipeline.derive import DeriveReport, derive
from pipeline.errors import WatchError
from pipeline.models import Config, Report, WatchedArea
from pipeline.tag import corrections
from pipeline.watch import checkup, feed_pass
from pipeline.watch.fetch import Limits
from pipeline.watch.run import fetch_linked, run_pass

Stop = Callable[[], bool]
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The system's time."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Worker:
    """Who works on the archive: for its lock and its heartbeat."""

    what: str  #: as a person would say it: "run", "watch"
    started_at: datetime
    clock: Clock = utc_now
    tick_seconds: int | None = None  #: a beat is promised so often
    beaten: float = -inf  #: when it last did, by the monotonic clock

    def beat(self, archive: Archive) -> None:
        """One heartbeat, now."""
        heartbeat.beat(archive, self.clock(), what=self.what, process=os.getpid(),
                       started=self.started_at, tick=self.tick_seconds)  # fmt: skip
        self.beaten = monotonic()

    def beating(self, archive: Archive, progress: terminal.ProgressFn) -> terminal.ProgressFn:
        """`progress` with a heartbeat: the first at once, then every few seconds of work."""
        self.beat(archive)

        def moved_on(what: str, done: int, total: int) -> None:
            if monotonic() - self.beaten > heartbeat.BEAT_SECONDS:
                self.beat(archive)
            progress(what, done, total)

        return moved_on


@contextmanager
def stopping() -> Iterator[Stop]:
    """SIGTERM and Ctrl-C ask for a clean end: what has come is stored, downloads are broken off.

    A second Ctrl-C interrupts at once (SQLite rolls back what was open). Outside the main thread,
    where Python allows no handlers, the yielded function just says False.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.set()
        terminal.say("Stopping: storing what has come …")
        signal.signal(number, old[signal.Signals(number)])

    old = {s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)}
    for s in old:
        signal.signal(s, ask)
    try:
        yield asked.is_set
    finally:
        for s, handler in old.items():
            signal.signal(s, handler)


def one_pass(
    db: Path,
    settings: Config,
    *,
    what: str,
    everything: bool = False,
    stop: Stop,
    progress: terminal.ProgressFn,
    connect: Mapping[str, tuple[str, int]] | None = None,
    limits: Limits | None = None,
    clock: Clock = utc_now,
) -> Report:
    """Fetch what is due, derive what is stale, publish; one row in `passes`. Once a week, tidy up.

    Args:
        what: who holds the lock while it runs, as a person would say it ("run", "watch").
        everything: fetch every enabled feed, due or not.
        connect: host name → (address, port), instead of DNS; for the demo and the tests.
        limits: other than the usual ones, for the tests.
        clock: the time, for what is due and for the records.

    Raises:
        ConfigError: a watched area is not known; nothing was fetched or written.
        Locked: another process is writing to this archive.
        ArchiveError: the database cannot be used; what was committed before is kept.
    """
    watched = areas.resolve(settings)
    worker = Worker(what=what, started_at=clock(), clock=clock)
    with writing(db, what), open_archive(db) as archive:
        report = _pass(archive, settings, worker, watched, everything=everything, stop=stop,
                       progress=progress, connect=connect, limits=limits)  # fmt: skip
        if not report.stopped:
            tidying.tidy_weekly(archive, now=worker.clock())
        return report


def tick(
    db: Path,
    settings: Config,
    worker: Worker,
    *,
    whole: bool,
    stop: Stop,
    connect: Mapping[str, tuple[str, int]] | None = None,
    limits: Limits | None = None,
) -> Report | None:
    """A pass if anything is due; else None, and nothing but a heartbeat is written.

    Args:
        whole: a pass in any case: `settings` are new, or an earlier pass was not finished.

    Raises as `one_pass` does.
    """
    with writing(db, worker.what), open_archive(db) as archive:
        if not whole and not _anything_due(archive, settings, worker.clock()):
            worker.beat(archive)
            return None
        watched = areas.resolve(settings)
        return _pass(archive, settings, worker, watched, everything=False, stop=stop,
                     progress=lambda _what, _done, _total: None, connect=connect,
                     limits=limits)  # fmt: skip


def _anything_due(archive: Archive, settings: Config, now: datetime) -> bool:
    """What came is derived in the pass that brought it, so only the network can be due."""
    known = {s.id: s for s in settings.sources}
    return bool(feed_pass.due(archive, known, now)) or pages.any_due(archive, now)


def _pass(
    archive: Archive,
    settings: Config,
    worker: Worker,
    watched: tuple[WatchedArea, ...],
    *,
    everything: bool,
    stop: Stop,
    progress: terminal.ProgressFn,
    connect: Mapping[str, tuple[str, int]] | None,
    limits: Limits | None,
) -> Report:
    started = worker.clock()
    progress = worker.beating(archive, progress)
    sources.sync_watched(archive, watched)
    seen = run_pass(archive, settings, everything=everything, now=started, stop=stop,
                    progress=progress, connect=connect, limits=limits,
                    at_once=worker.tick_seconds is None)  # fmt: skip
    made = derive(archive, stop=stop, progress=progress)
    if not stop() and fetch_linked(archive, settings, now=worker.clock(), stop=stop,
                                   progress=progress, connect=connect, limits=limits):  # fmt: skip
        made = made.and_then(derive(archive, stop=stop, progress=progress))
    if made.cleaned or made.clean_failed:
        # Whether its stories can be read, and whole, shows only now.
        checkup.check(archive, settings.sources, worker.clock(), changed=seen.changed)
    publish.refresh(archive)
    report = Report(
        started_at=started,
        ended_at=worker.clock(),
        feeds_due=seen.feeds_due,
        feeds_not_modified=seen.feeds_not_modified,
        feeds_failed=seen.feeds_failed,
        entries_new=seen.entries_new,
        pages_fetched=seen.pages_fetched,
        pages_failed=seen.pages_failed,
        articles_cleaned=made.cleaned,
        articles_failed=made.clean_failed + made.tag_failed,
        articles_tagged=made.tagged,
        stopped=stop(),
        failures=seen.failures,
    )
    passes.finish_pass(archive, report)
    return report


def derive_again(
    db: Path,
    *,
    stages: Sequence[str],
    host: str | None,
    url: str | None,
    dry_run: bool,
    stop: Stop,
    progress: terminal.ProgressFn,
) -> DeriveReport:
    """`derive` as a command: under the lock, unless nothing is written.

    Raises WatchError when `url` or `host` is nothing that the archive holds a page of.
    """
    if dry_run:
        with open_archive(db, readonly=True) as archive:
            return derive(archive, stages=tuple(stages), host=_known_host(archive, host),
                          url=_known_page(archive, url), dry_run=True, stop=stop,
                          progress=progress)  # fmt: skip
    worker = Worker(what="derive", started_at=utc_now())
    with writing(db, "derive"), open_archive(db, create=False) as archive:
        progress = worker.beating(archive, progress)
        report = derive(archive, stages=tuple(stages), host=_known_host(archive, host),
                        url=_known_page(archive, url), stop=stop, progress=progress)  # fmt: skip
        publish.refresh(archive)
    return report


def _known_host(archive: Archive, host: str | None) -> str | None:
    """As the archive spells it; its subdomains count as its own."""
    if not host:
        return None
    host = host.lower()
    if not any(f".{known}".endswith(f".{host}") for known in deriving.hosts(archive)):
        raise WatchError(f"{host}: no page of this host is in the archive")
    return host


def _known_page(archive: Archive, url: str | None) -> str | None:
    return reading.page_url(archive, url) if url else None


def correct(
    db: Path,
    url: str,
    span: tuple[int, int],
    *,
    not_agency: str | None,
    not_finding: str | None,
    is_: str | None,
    reason: str | None,
) -> str:
    """Record a wrong tag and tag the story again → one sentence that says what was done.

    Raises:
        TagError: no such tag stands at the span.
        WatchError: the story is not in the archive.
    """
    with writing(db, "correct"), open_archive(db, create=False) as archive:
        address = reading.find_url(archive, url)
        story = tag_rows.story(archive, address)
        made = corrections.record(
            story, tag.tags(story), span, not_agency=not_agency, not_finding=not_finding, is_=is_,
            reason=reason,
        )  # fmt: skip
        derive(archive, stages=("tag",), url=address)
        publish.refresh(archive)
    file = knowledge.folder() / corrections.FILE
    return (
        f"Recorded in {file}: {made.quote!r}. The story is tagged again; `make test` keeps it so."
    )
