"""Many jobs at once, one at a time a host, results one by one, and an end when asked for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

#: jobs under way at once. Most of them wait for their host's turn, so this is far more than the
#: requests that `Limits.concurrency` allows; it bounds the memory of a pass over 10,000 hosts.
_WORKERS = 200
#: results that may wait for the one writer; more would only fill the memory with pages
_WAITING = 4
#: how long a request to stop may go unnoticed, in seconds
_GLANCE = 0.1


async def in_lanes(
    jobs: Iterable[Job],
    *,
    lane: Callable[[Job], str],
    work: Callable[[Job], Awaitable[Result]],
    stop: Callable[[], bool],
) -> AsyncGenerator[tuple[Job, Result], None]:
    """Yield (job, result) as results come; jobs of one lane run in order, one after another.

    Lanes take turns, so that the first jobs of all come before the second of any. Once `stop()`
    says so, nothing new begins, what is under way is broken off, and what was done already is
    still yielded. The caller must close the iterator (`contextlib.aclosing`). An exception of
    `work` ends its worker alone and is raised when all others are done.
    """
    lanes: dict[str, deque[Job]] = {}
    for job in jobs:
        lanes.setdefault(lane(job), deque()).append(job)
    turns = deque(lanes.values())
    done: asyncio.Queue[tuple[Job, Result] | None] = asyncio.Queue(maxsize=_WAITING)

    async def worker() -> None:
        # A lane is in `turns` or in one worker's hands. Who finds `turns` empty may leave: each
        # lane that is not at its end comes back to the worker that has it.
        while turns:
            own = turns.popleft()
            job = own.popleft()
            await done.put((job, await work(job)))
            if own:
                turns.append(own)

    async def watcher() -> None:
        """Wakes the reader, with None, when there is no more to wait for."""
        workers = asyncio.gather(*tasks, return_exceptions=True)
        while not (workers.done() or stop()):
            await asyncio.wait([workers], timeout=_GLANCE)
        await done.put(None)

    tasks = [asyncio.create_task(worker()) for _ in range(min(_WORKERS, len(turns)))]
    watching = asyncio.create_task(watcher())
    try:
        while not stop() and (found := await done.get()) is not None:
            yield found
        while not done.empty():
            if (found := done.get_nowait()) is not None:
                yield found
    finally:
        for task in (*tasks, watching):
            task.cancel()
        for ended in await asyncio.gather(*tasks, watching, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
