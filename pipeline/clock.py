"""The background service: APScheduler as nothing but a clock; what is due, the database knows.

One tick looks whether a feed is due and, if so, makes a pass; one nightly job tidies the file.
cron with `run`, or a test, can be the clock as well.

- SIGTERM, SIGINT: the pass under way stores what has come and ends, then the service does, exit 0.
- SIGHUP: `sources.yaml` is read again and a pass is made at once. An edit is noticed at the next
  tick anyway; a broken one is said once, and the last good version stays in force.
- A full disk, a read-only folder, another program that holds the file: said once, tried again at
  every tick, said once more when it is over. A damaged archive ends the service.
- A fault of this program: said with its traceback, tried again when the next feed is due; `status`
  tells of it once several passes in a row broke off.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from pipeline import areas, job, terminal
from pipeline.archive import heartbeat, open_archive
from pipeline.archive.lock import writing
from pipeline.archive.tidying import tidy
from pipeline.errors import ConfigError, Locked, Unwritable, WatchError
from pipeline.models import Config, Report
from pipeline.watch.fetch import Limits

log = structlog.get_logger()

#: The main thread looks so often at the clock and at the work.
_LOOK_SECONDS = 1.0
#: Work that has not moved for so long is stuck: systemd hears nothing more of it and restarts it.
_STUCK_SECONDS = 600.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Service:
    """What the ticks share: the last good configuration, what is left over, the wish to stop."""

    def __init__(
        self,
        db: Path,
        sources: Path,
        *,
        tick: int | None = None,
        connect: Mapping[str, tuple[str, int]] | None = None,
        limits: Limits | None = None,
        now: job.Clock = job.utc_now,
    ) -> None:
        self.db, self.sources, self.now = db, sources, now
        self.connect, self.limits = connect, limits
        self.worker = job.Worker(what="watch", started_at=now(), clock=now, tick_seconds=tick)
        self.stop = threading.Event()
        self.failed: WatchError | None = None  #: what ended the service, if something did
        self.moved_at = monotonic()  #: when a tick last began or ended
        self._seen = _signature(sources)
        self._settings: Config = areas.load(sources)
        self._whole = True  #: the next look makes a pass, due or not; the worker's own
        self._asked = threading.Event()  #: the same, wished by another thread
        self._trouble: str | None = None
        self._faulty = False  #: the latest pass met a fault of this program

    def settings(self) -> Config:
        """`sources.yaml` as it is now, or as it was when it was last right."""
        seen = _signature(self.sources)
        if seen != self._seen:
            self._seen = seen
            try:
                settings = areas.load(self.sources)
            except ConfigError as e:
                log.error("sources.yaml is wrong, the last good version stays in force",
                          problem=str(e))  # fmt: skip
            else:
                self._whole = self._whole or settings != self._settings
                self._settings = settings
        return self._settings

    def reread(self) -> None:
        """SIGHUP: `sources.yaml` is read at once, or right after the pass in hand."""
        self._seen = None
        self._asked.set()

    def tick(self) -> None:
        """One look at what is due, and a pass if something is."""
        while not self.stop.is_set():
            self.moved_at = monotonic()
            self._look()
            self.moved_at = monotonic()
            if not self._asked.is_set():
                return

    def _look(self) -> None:
        # Taken before the file is read: a wish that comes later is one for the next look.
        asked = self._asked.is_set()
        if asked:
            self._asked.clear()
        try:
            settings = self.settings()
            whole = self._whole or asked
            # Until it ended well, what it left undone is the next one's work.
            self._whole = True
            report = job.tick(self.db, settings, self.worker, whole=whole, stop=self.stop.is_set,
                              connect=self.connect, limits=self.limits)  # fmt: skip
        except Locked as e:
            self._in_trouble(str(e), log.warning)
        except Unwritable as e:
            self._in_trouble(str(e), log.error)
        except WatchError as e:
            self.failed = e
            self.stop.set()
        except Exception as e:
            self._met_fault(e)
        else:
            self._whole = report is not None and report.stopped
            if report is not None:
                self._faulty = False
                _log_pass(report)
            if not self._faulty:
                self._in_trouble(None, log.warning)

    def _met_fault(self, fault: Exception) -> None:
        """A mistake of ours, which no waiting mends: tried again with what is due next."""
        self._whole, self._faulty = False, True
        self._trouble = (f"met a fault of this program ({type(fault).__name__}); "
                         "the log has its traceback")  # fmt: skip
        log.exception("a pass broke off; the next that is due tries again", problem=self._trouble)
        tell_supervisor(f"STATUS={self._trouble}")

    def _in_trouble(self, problem: str | None, say: Callable[..., object]) -> None:
        """Said when it begins and when it is over, not at every tick in between."""
        if problem and problem != self._trouble:
            say("nothing is stored for now; each tick tries again", problem=problem)
        elif self._trouble and not problem:
            say("works again")
        self._trouble = problem
        tell_supervisor(f"STATUS={problem or 'watching'}")

    def nightly(self) -> None:
        """Forget old routine records, renew statistics, merge the full-text index."""
        self.moved_at = monotonic()
        try:
            with (
                writing(self.db, "watch (nightly tidying)"),
                open_archive(self.db, create=False) as archive,
            ):
                tidy(archive, now=self.now())
        except WatchError as e:
            log.warning("nightly tidying failed", problem=str(e))
        except Exception:
            log.exception("nightly tidying failed")
        self.moved_at = monotonic()

    def rest(self) -> None:
        """The end that was asked for: nobody need miss the heartbeat."""
        with (
            suppress(WatchError),
            writing(self.db, "watch"),
            open_archive(self.db, create=False) as archive,
        ):
            heartbeat.rest(archive, process=os.getpid())

    def is_stuck(self) -> bool:
        """Neither a tick nor a unit of a pass has ended for long: a supervisor should step in."""
        return monotonic() - max(self.moved_at, self.worker.beaten) > (
            _STUCK_SECONDS + (self.worker.tick_seconds or 0)
        )


def _signature(path: Path) -> tuple[int, int, int] | None:
    """What differs after an edit; None where there is no file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def _log_pass(report: Report) -> None:
    if report.feeds_due or report.articles_tagged or report.pages_fetched:
        log.info("pass", feeds_due=report.feeds_due, feeds_failed=report.feeds_failed,
                 new=report.entries_new, pages=report.pages_fetched,
                 tagged=report.articles_tagged)  # fmt: skip


def watch(db: Path, sources: Path, *, tick: int,
          connect: Mapping[str, tuple[str, int]] | None = None) -> None:  # fmt: skip
    """Run until a signal. `tick` is in seconds.

    Raises:
        ConfigError: `sources.yaml` is wrong at the start, or names an area that is not known.
        Locked: another `watch` serves this archive.
        ArchiveError: the archive cannot be used, and waiting will not mend it (it is damaged, say).
    """
    service = Service(db, sources, tick=tick, connect=connect)
    with _only_service(db), _signals() as heard:
        scheduler = _scheduler(service, tick)
        scheduler.start()
        count = sum(s.enabled for s in service.settings().sources)
        terminal.say(f"Watching {count} sources into {db}; Ctrl-C or SIGTERM ends it cleanly.")
        tell_supervisor("READY=1")
        _serve(service, scheduler, heard, tick)
        tell_supervisor("STOPPING=1")
        # wait=True: the pass under way sees the event, stores what has come and ends.
        scheduler.shutdown(wait=True)
    if service.failed is not None:
        raise service.failed
    service.rest()
    terminal.say("Stopped cleanly.")


def _serve(
    service: Service, scheduler: BackgroundScheduler, heard: SimpleQueue[int], tick: int
) -> None:
    """The main thread's part: signals, the clock's jumps, a word to the supervisor."""
    while not service.stop.is_set():
        try:
            number = heard.get(timeout=_LOOK_SECONDS)
        except Empty:
            hold_to_time(scheduler, tick)
            if not service.is_stuck():
                tell_supervisor("WATCHDOG=1")
            continue
        if number == signal.SIGHUP:
            service.reread()
            scheduler.modify_job("tick", next_run_time=datetime.now(UTC))
        else:
            service.stop.set()


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


def hold_to_time(scheduler: BackgroundScheduler, tick: int) -> None:
    """After the system's clock went back, the next tick would be as far off as the jump was."""
    now = datetime.now(UTC)
    for id_, longest in (("tick", timedelta(seconds=tick)), ("nightly", timedelta(days=1))):
        planned = scheduler.get_job(id_)
        due = planned and planned.next_run_time
        if due and due - now > longest + timedelta(seconds=_LOOK_SECONDS):
            log.warning("the clock went back", job=id_, planned=due.isoformat())
            first = now if id_ == "tick" else planned.trigger.get_next_fire_time(None, now)
            scheduler.modify_job(id_, next_run_time=first)


@contextmanager
def _signals() -> Iterator[SimpleQueue[int]]:
    """The signals that come while the block runs, in order; the old handlers come back after it.

    A handler does nothing but note the number: `SimpleQueue.put` may interrupt anything, while
    setting an Event would wait for ever if it interrupted that Event's own `wait`.
    """
    heard: SimpleQueue[int] = SimpleQueue()

    def note(number: int, _frame: FrameType | None) -> None:
        heard.put(number)

    old = {s: signal.signal(s, note) for s in _SIGNALS}
    try:
        yield heard
    finally:
        for s, handler in old.items():
            signal.signal(s, handler)


def tell_supervisor(state: str) -> None:
    """One line to systemd's notification socket (sd_notify(3)); nothing where there is none."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.connect("\0" + address[1:] if address.startswith("@") else address)
        s.sendall(state.replace("\n", " ").encode())
