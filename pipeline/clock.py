"""The background service: APScheduler as nothing but a clock; what is due, the database knows.

One tick looks whether a feed is due and, if so, makes a pass; one nightly job tidies the file.
cron with `run`, or a test, can be the clock as well.

- SIGTERM, SIGINT: the pass in hand ends after its current unit, then the service ends, exit 0.
- SIGHUP: `sources.yaml` is read again at once. It is read before every pass anyway; a broken edit
  is logged and the last good version stays in force.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from pipeline import config, job, terminal
from pipeline.archive import tidy
from pipeline.archive.lock import writing
from pipeline.errors import ConfigError, Locked, WatchError
from pipeline.models import Config

log = structlog.get_logger()


class Service:
    """What the ticks share: the last good configuration and the wish to stop."""

    def __init__(
        self, db: Path, sources: Path, *, connect: Mapping[str, tuple[str, int]] | None = None
    ) -> None:
        self.db, self.sources, self.connect = db, sources, connect
        self.stop = threading.Event()
        self.failed: WatchError | None = None  #: what ended the service, if something did
        self._settings: Config = config.load(sources)

    def settings(self) -> Config:
        """`sources.yaml` as it is now, or as it was when it was last right."""
        try:
            self._settings = config.load(self.sources)
        except ConfigError as e:
            log.error("sources.yaml is wrong, the last good version stays in force", problem=str(e))
        return self._settings

    def tick(self) -> None:
        """One pass over what is due. An archive that cannot be used ends the service."""
        if self.stop.is_set():
            return
        try:
            report = job.one_pass(self.db, self.settings(), what="watch", stop=self.stop.is_set,
                                  progress=_quiet, connect=self.connect)  # fmt: skip
        except Locked as e:
            log.warning("another process is writing; this tick is left out", holder=str(e))
        except WatchError as e:
            self.failed = e
            self.stop.set()
        else:
            if report.feeds_due or report.articles_tagged or report.pages_fetched:
                log.info("pass", feeds_due=report.feeds_due, feeds_failed=report.feeds_failed,
                         new=report.entries_new, pages=report.pages_fetched,
                         tagged=report.articles_tagged)  # fmt: skip

    def nightly(self) -> None:
        """Refresh the query planner's statistics and merge the full-text index."""
        try:
            with writing(self.db, "watch (nightly tidying)"):
                tidy(self.db)
        except WatchError as e:
            log.warning("nightly tidying failed", problem=str(e))


def watch(db: Path, sources: Path, *, tick: int,
          connect: Mapping[str, tuple[str, int]] | None = None) -> None:  # fmt: skip
    """Run until a signal. `tick` is in seconds.

    Raises:
        ConfigError: `sources.yaml` is wrong at the start.
        Locked: another `watch` serves this archive.
        ArchiveError: the archive became unusable (a full disk, say).
    """
    service = Service(db, sources, connect=connect)
    with _only_service(db):
        scheduler = _scheduler(service, tick)
        with _signals(service, scheduler):
            scheduler.start()
            count = sum(s.enabled for s in service.settings().sources)
            terminal.say(f"Watching {count} sources into {db}; Ctrl-C or SIGTERM ends it cleanly.")
            service.stop.wait()
            # wait=True: the pass in hand sees the event and ends after its current unit.
            scheduler.shutdown(wait=True)
    if service.failed is not None:
        raise service.failed
    terminal.say("Stopped cleanly.")


@contextmanager
def _only_service(db: Path) -> Iterator[None]:
    """Two services would double the traffic to every publisher; single passes may come between."""
    try:
        with writing(db.with_name(f"{db.stem}-watch"), "watch"):
            yield
    except Locked as e:
        raise Locked(e.problem.replace("is being written", "is being watched"), path=str(db)) from e


def _scheduler(service: Service, tick: int) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        # one thread: SQLite has one writer, and a pass has its own concurrency
        executors={"default": ThreadPoolExecutor(1)},
        # said aloud: the default grace of one second drops runs that come late
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    scheduler.add_job(service.tick, "interval", seconds=tick, id="tick",
                      next_run_time=datetime.now(UTC))  # fmt: skip
    scheduler.add_job(service.nightly, "cron", hour=3, minute=30, id="nightly")
    return scheduler


class _signals:
    """Install the three handlers for the life of the service, then put the old ones back."""

    def __init__(self, service: Service, scheduler: BackgroundScheduler) -> None:
        def end(_number: int, _frame: FrameType | None) -> None:
            service.stop.set()

        def again(_number: int, _frame: FrameType | None) -> None:
            scheduler.modify_job("tick", next_run_time=datetime.now(UTC))

        self._new = {signal.SIGTERM: end, signal.SIGINT: end, signal.SIGHUP: again}

    def __enter__(self) -> None:
        self._old = {s: signal.signal(s, handler) for s, handler in self._new.items()}

    def __exit__(self, *_: object) -> None:
        for s, handler in self._old.items():
            signal.signal(s, handler)


def _quiet(_what: str, _done: int, _total: int) -> None:
    """The service has no terminal to draw on."""
