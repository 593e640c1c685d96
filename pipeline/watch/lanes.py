"""Many jobs at once, one at a time a host, results as they come, and an end when asked for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

#: jobs under way at once. Most of them wait for their host's turn, so this is far more than the
#: requests that `Limits.concurrency` allows; it bounds the memory of a pass over 10,000 hosts.
_WORKERS = 200
#: results that wait for the one writer, beside as many in its hands; more would fill the memory
_WAITING = 2
#: how long a request to stop may go unnoticed, in seconds
_GLANCE = 0.1


async def in_lanes(
    jobs: Iterable[Job],
    *,
    lane: Callable[[Job], str],
    work: Callable[[Job], Awaitable[Result]],
    stop: Callable[[], bool],
) -> AsyncGenerator[tuple[Job, Result], None]:
    """Yield (job, result) one by one, as results come; otherwise as `in_batches`."""
    batches = in_batches(jobs, lane=lane, work=work, stop=stop, most=_WAITING, linger=0.0)
    async with aclosing(batches):
        async for batch in batches:
            for found in batch:
                yield found


async def in_batches(
    jobs: Iterable[Job],
    *,
    lane: Callable[[Job], str],
    work: Callable[[Job], Awaitable[Result]],
    stop: Callable[[], bool],
    most: int,
    linger: float,
) -> AsyncGenerator[list[tuple[Job, Result]], None]:
    """Yield (job, result) pairs, as many as came since the last time, up to `most`.

    Who reads the first is made to wait `linger` seconds for others, while any are under way: they
    come one at a time, and to store each by itself costs more.

    Jobs of one lane run in order, one after another. Lanes take turns, so that the first jobs of
    all come before the second of any. Once `stop()` says so, nothing new begins, what is under way
    is broken off, and what was done already is still yielded. The caller must close the iterator
    (`contextlib.aclosing`). An exception of `work` ends its worker alone and is raised when all
    others are done.
    """
    lanes: dict[str, deque[Job]] = {}
    for job in jobs:
        lanes.setdefault(lane(job), deque()).append(job)
    turns = deque(lanes.values())
    done: asyncio.Queue[tuple[Job, Result] | None] = asyncio.Queue(maxsize=most)

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
        while not (workers.done() or stop()):
            await asyncio.wait([workers], timeout=_GLANCE)
        await done.put(None)

    tasks = [asyncio.create_task(worker()) for _ in range(min(_WORKERS, len(turns)))]
    workers = asyncio.gather(*tasks, return_exceptions=True)
    watching = asyncio.create_task(watcher())
    try:
        more = True
        while more and not stop():
            first = await done.get()
            if linger and not workers.done():
                await asyncio.wait([workers], timeout=linger)
            batch = [first, *_waiting(done)]
            more = None not in batch
            yield [found for found in batch if found is not None]
        yield [found for found in _waiting(done) if found is not None]
    finally:
        for task in (*tasks, watching):
            task.cancel()
        for ended in await asyncio.gather(*tasks, watching, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


def _waiting(done: asyncio.Queue[Result]) -> list[Result]:
    return [done.get_nowait() for _ in range(done.qsize())]
