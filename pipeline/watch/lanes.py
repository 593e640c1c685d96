"""Many jobs at once, one at a time a host, results as they come, and an end when asked for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Generic, TypeVar

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
    crew = _Crew(jobs, lane, work, most)
    crew.begin(stop)
    try:
        more = True
        while more and not stop():
            first = await crew.done.get()
            if linger and not crew.workers.done():
                await asyncio.wait([crew.workers], timeout=linger)
            batch = [first, *crew.waiting()]
            more = None not in batch
            yield [found for found in batch if found is not None]
        yield [found for found in crew.waiting() if found is not None]
    finally:
        await crew.end()


class _Crew(Generic[Job, Result]):
    """The workers of one call, what is left for them to do, and what they have done."""

    def __init__(
        self, jobs: Iterable[Job], lane: Callable[[Job], str],
        work: Callable[[Job], Awaitable[Result]], most: int,
    ) -> None:  # fmt: skip
        lanes: dict[str, deque[Job]] = {}
        for job in jobs:
            lanes.setdefault(lane(job), deque()).append(job)
        self._turns = deque(lanes.values())
        self._work = work
        self.done: asyncio.Queue[tuple[Job, Result] | None] = asyncio.Queue(maxsize=most)

    def begin(self, stop: Callable[[], bool]) -> None:
        count = min(_WORKERS, len(self._turns))
        tasks = [asyncio.create_task(self._worker()) for _ in range(count)]
        self.workers = asyncio.gather(*tasks, return_exceptions=True)
        self._tasks = [*tasks, asyncio.create_task(self._watcher(stop))]

    async def end(self) -> None:
        """Nothing goes on after it. Raises what `work` raised."""
        for task in self._tasks:
            task.cancel()
        for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    def waiting(self) -> list[tuple[Job, Result] | None]:
        """What is there at this moment."""
        return [self.done.get_nowait() for _ in range(self.done.qsize())]

    async def _worker(self) -> None:
        # A lane is in `_turns` or in one worker's hands. Who finds `_turns` empty may leave: each
        # lane that is not at its end comes back to the worker that has it.
        while self._turns:
            own = self._turns.popleft()
            job = own.popleft()
            await self.done.put((job, await self._work(job)))
            if own:
                self._turns.append(own)

    async def _watcher(self, stop: Callable[[], bool]) -> None:
        """Wakes the reader, with None, when there is no more to wait for."""
        while not (self.workers.done() or stop()):
            await asyncio.wait([self.workers], timeout=_GLANCE)
        await self.done.put(None)
