"""What the steps of one pass share: what they work with, its counts, and who is to blame."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import TypeVar

import structlog

from pipeline.archive import Archive, passes, watching
from pipeline.models import Failure, Source
from pipeline.watch import health
from pipeline.watch.failures import failure
from pipeline.watch.fetch import Fetcher

log = structlog.get_logger()

Progress = Callable[[str, int, int], None]
T = TypeVar("T")

_BEAT_SECONDS = 5.0


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
    beaten: float = 0.0
    feeds_due: int = 0
    not_modified: int = 0
    entries_new: int = 0
    pages_fetched: int = 0
    feed_failures: list[Failure] = field(default_factory=list)
    page_failures: list[Failure] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)  #: sources with a feed that sent more than 304
    unchanged: set[str] = field(default_factory=set)  #: sources with a feed that sent 304

    async def attempt(self, url: str, work: Awaitable[T]) -> T | Failure:
        """`work`, or the failure that a mistake of ours becomes: recorded, and the pass goes on."""
        try:
            return await work
        except Exception as e:
            log.exception("unexpected", url=url)
            reason = f"met a fault of this program ({type(e).__name__}); the log has its traceback"
            return failure(url, "unexpected", "transient", reason, self.clock())

    def beat(self) -> None:
        """Say in the archive that the pass is alive, and keep what robots.txt it has learned."""
        if monotonic() - self.beaten > _BEAT_SECONDS:
            self.beaten = monotonic()
            passes.beat(self.archive, self.clock())
            self.keep_robots()

    def keep_robots(self) -> None:
        if self.fetcher.learned:
            watching.record_robots(self.archive, self.fetcher.learned.values())
            self.fetcher.learned.clear()


def blamed(
    unreached: list[tuple[T, Failure]], reached: Iterable[str], host_of: Callable[[T], str]
) -> list[tuple[T, Failure]]:
    """The same failures, graded `ours` when so many hosts are dead that it must be our network."""
    dead = {host_of(job) for job, _ in unreached}
    if not health.is_outage(reached, dead):
        return unreached
    reason = (f"nothing could be reached: {len(dead)} hosts failed at once, so this machine's own "
              "connection is the likely cause")  # fmt: skip
    log.warning("outage", hosts=len(dead))
    return [(job, replace(failed, grade="ours", reason=reason)) for job, failed in unreached]
