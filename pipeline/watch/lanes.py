"""Many jobs at once, one at a time a host, results one by one, and an end when asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

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

    Once `stop()` says so, nothing new begins, what is under way is broken off, and what was done
    already is still yielded. The caller must close the iterator (`contextlib.aclosing`).
    """
    lanes: dict[str, list[Job]] = {}
    for job in jobs:
        lanes.setdefault(lane(job), []).append(job)
    done: asyncio.Queue[tuple[Job, Result]] = asyncio.Queue(maxsize=_WAITING)

    open_lanes = len(lanes)

    async def run(own: list[Job]) -> None:
        nonlocal open_lanes
        try:
            for job in own:
                await done.put((job, await work(job)))
        finally:
            open_lanes -= 1

    tasks = [asyncio.create_task(run(own)) for own in lanes.values()]
    try:
        while not stop() and (open_lanes or not done.empty()):
            try:
                yield await asyncio.wait_for(done.get(), _GLANCE)
            except TimeoutError:
                continue
        while not done.empty():
            yield done.get_nowait()
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
