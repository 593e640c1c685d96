"""Lanes: order within a host, breadth over hosts, backpressure, and an end when asked for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import aclosing

import pytest

from pipeline.watch import lanes
from pipeline.watch.lanes import in_batches, in_lanes

Job = tuple[str, int]


def jobs(hosts: int, each: int) -> list[Job]:
    return [(f"host{h}", n) for h in range(hosts) for n in range(each)]


def run(found: list[Job], *, stop_after: int | None = None, **options) -> list[Job]:
    """What came out, in its order."""
    out: list[Job] = []

    async def collect() -> None:
        stop = lambda: stop_after is not None and len(out) >= stop_after  # noqa: E731
        results = in_lanes(found, lane=lambda j: j[0], stop=stop, **options)
        async with aclosing(results):
            async for job, result in results:
                assert result == job[1] * 2
                out.append(job)

    asyncio.run(asyncio.wait_for(collect(), 10))
    return out


async def double(job: Job) -> int:
    await asyncio.sleep(0)
    return job[1] * 2


@pytest.mark.parametrize(("hosts", "each"), [(0, 0), (1, 1), (1, 50), (50, 1), (7, 5), (450, 2)])
def test_every_job_comes_out_once_and_in_the_order_of_its_host(hosts, each):
    asked = jobs(hosts, each)
    out = run(asked, work=double)
    assert sorted(out) == sorted(asked)
    for host in {h for h, _ in asked}:
        assert [n for h, n in out if h == host] == list(range(each))


def test_one_job_of_a_host_at_a_time_and_many_hosts_at_once():
    under_way: dict[str, int] = defaultdict(int)
    most_of_one, most = 0, 0

    async def work(job: Job) -> int:
        nonlocal most_of_one, most
        under_way[job[0]] += 1
        most_of_one = max(most_of_one, under_way[job[0]])
        most = max(most, sum(under_way.values()))
        for _ in range(job[1] % 3 + 1):
            await asyncio.sleep(0)
        under_way[job[0]] -= 1
        return job[1] * 2

    run(jobs(3 * lanes._WORKERS, 3), work=work)
    assert most_of_one == 1
    assert lanes._WORKERS / 2 < most <= lanes._WORKERS


def test_first_jobs_of_all_hosts_come_before_the_last_of_any():
    begun: list[Job] = []

    async def work(job: Job) -> int:
        begun.append(job)
        return await double(job)

    run(jobs(3 * lanes._WORKERS, 2), work=work)
    assert {n for _, n in begun[: lanes._WORKERS]} == {0}
    assert begun.index(("host0", 1)) < len(begun) - 1
    assert max(begun.index(j) for j in begun if j[1] == 0) < max(
        begun.index(j) for j in begun if j[1] == 1
    )


def test_a_slow_reader_holds_the_work_back():
    begun = 0

    async def work(job: Job) -> int:
        nonlocal begun
        begun += 1
        return await double(job)

    async def look() -> int:
        results = in_lanes(jobs(2, 100), lane=lambda j: j[0], work=work, stop=lambda: False)
        async with aclosing(results):
            await anext(results)
            for _ in range(500):
                await asyncio.sleep(0)
            return begun

    # what the reader was given, what waits, and for each host one that found no room
    assert asyncio.run(look()) <= 2 * lanes._WAITING + 2


def test_stop_breaks_off_what_hangs_and_begins_nothing_new():
    begun: list[Job] = []
    broken: list[Job] = []

    async def work(job: Job) -> int:
        begun.append(job)
        if job[0] == "host0":
            return await double(job)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            broken.append(job)
            raise
        raise AssertionError("woke up")

    out = run(jobs(3, 40), work=work, stop_after=5)
    assert [j for j in out if j[0] != "host0"] == []
    assert 5 <= len(out) < 40
    assert sorted(broken) == [("host1", 0), ("host2", 0)]
    assert len(begun) <= len(out) + len(broken) + lanes._WAITING + 1


def test_what_came_meanwhile_comes_at_once():
    async def collect() -> list[int]:
        sizes: list[int] = []
        results = in_batches(
            jobs(40, 5), lane=lambda j: j[0], work=double, stop=lambda: False, most=8, linger=0.0
        )
        async with aclosing(results):
            async for batch in results:
                sizes.append(len(batch))
                for _ in range(9):
                    await asyncio.sleep(0)
        return sizes

    sizes = asyncio.run(collect())
    assert sum(sizes) == 200
    assert max(sizes) == 8


def test_stop_is_noticed_while_nothing_comes():
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    async def hang(_job: Job) -> int:
        await asyncio.sleep(3600)
        return 0

    async def collect() -> list[object]:
        results = in_lanes(jobs(2, 2), lane=lambda j: j[0], work=hang, stop=stop)
        async with aclosing(results):
            return [r async for r in results]

    assert asyncio.run(asyncio.wait_for(collect(), 10)) == []


def test_a_fault_of_the_work_is_raised_after_the_others_are_done():
    out: list[Job] = []

    async def work(job: Job) -> int:
        if job == ("host1", 1):
            raise ZeroDivisionError
        return await double(job)

    async def collect() -> None:
        results = in_lanes(jobs(3, 4), lane=lambda j: j[0], work=work, stop=lambda: False)
        async with aclosing(results):
            async for job, _ in results:
                out.append(job)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(asyncio.wait_for(collect(), 10))
    assert sorted(out) == sorted({*jobs(3, 4)} - {("host1", n) for n in (1, 2, 3)})


def test_a_reader_that_leaves_early_leaves_no_task_behind():
    async def leave() -> int:
        results = in_lanes(jobs(20, 20), lane=lambda j: j[0], work=double, stop=lambda: False)
        async with aclosing(results):
            await anext(results)
        return len(asyncio.all_tasks())

    assert asyncio.run(leave()) == 1


def test_the_first_waits_for_others():
    async def work(job: Job) -> int:
        await asyncio.sleep(job[1] / 1000)
        return job[1] * 2

    async def collect() -> list[int]:
        asked = [(f"host{n}", n) for n in range(20)]
        results = in_batches(
            asked, lane=lambda j: j[0], work=work, stop=lambda: False, most=50, linger=0.2
        )
        async with aclosing(results):
            return [len(batch) async for batch in results if batch]

    assert asyncio.run(collect()) == [20]
