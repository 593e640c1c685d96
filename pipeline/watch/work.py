"""What the steps of one pass share: what they work with, its counts, and who is to blame."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

import structlog

from pipeline.archive import Archive, hosts, watching
from pipeline.errors import ArchiveError
from pipeline.models import Failure, FeedState, Source
from pipeline.watch import addresses, health
from pipeline.watch.failures import NETWORK_KINDS, failure
from pipeline.watch.fetch import Fetcher

log = structlog.get_logger()

Progress = Callable[[str, int, int], None]
T = TypeVar("T")

#: a host that asks for peace and names no time is left alone for so long
HELD = timedelta(hours=1)
_KEEP_SECONDS = 5.0


@dataclass(slots=True)
class Work:
    """One pass: what it works with, and its running counts."""

    archive: Archive
    fetcher: Fetcher
    sources: Mapping[str, Source]
    everything: bool
    stop: Callable[[], bool]
    progress: Progress
    clock: Callable[[], datetime]
    kept: float = 0.0
    feeds_due: int = 0
    not_modified: int = 0
    entries_new: int = 0
    pages_fetched: int = 0
    feed_failures: list[Failure] = field(default_factory=list)
    page_failures: list[Failure] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)  #: sources with a feed that sent more than 304
    unchanged: set[str] = field(default_factory=set)  #: sources with a feed that sent 304
    reached: set[str] = field(default_factory=set)  #: servers that answered anything at all
    outage: bool = False  #: this machine's own network is down

    async def attempt(self, url: str, work: Awaitable[T]) -> T | Failure:
        """`work`, or the failure that a mistake of ours becomes: recorded, and the pass goes on.

        Raises ArchiveError: no publisher is to blame for that.
        """
        try:
            return await work
        except ArchiveError:
            raise
        except Exception as e:
            log.exception("unexpected", url=url)
            reason = f"met a fault of this program ({type(e).__name__}); the log has its traceback"
            return failure(url, "unexpected", "transient", reason, self.clock())

    def keep_manners(self, *, soon: bool = True) -> None:
        """Store what was learned of hosts: their robots.txt, and who asked for peace.

        `soon`: at once; else when some seconds have passed since the last time.
        """
        if not soon and monotonic() - self.kept < _KEEP_SECONDS:
            return
        self.kept = monotonic()
        if self.fetcher.learned:
            hosts.record_robots(self.archive, self.fetcher.learned.values())
            self.fetcher.learned.clear()
        if self.fetcher.busy:
            hosts.record_busy(self.archive, self.fetcher.busy)
            self.fetcher.busy.clear()

    def blamed(
        self, unreached: list[tuple[T, Failure]], server_of: Callable[[T], str]
    ) -> list[tuple[T, Failure]]:
        """The same failures, graded `ours` when so many hosts are dead that it must be our network.

        Feeds come due one by one: where nobody answered in this pass, those that failed since
        anybody did count too, and are excused.
        """
        dead = {server_of(job) for job, _ in unreached}
        before: tuple[FeedState, ...] = ()
        if dead and not self.reached:
            before = watching.silent_since(self.archive, NETWORK_KINDS)
            dead |= {addresses.server(state.address or state.url) for state in before}
        if not health.is_outage(self.reached, dead):
            return unreached
        self.outage = True
        reason = (f"nothing could be reached: {len(dead)} hosts failed, so this machine's own "
                  "connection is the likely cause")  # fmt: skip
        log.warning("outage", hosts=len(dead))
        watching.excuse(self.archive, (state.url for state in before), reason)
        self.changed.update(state.source_id for state in before)
        return [(job, replace(failed, grade="ours", reason=reason)) for job, failed in unreached]
