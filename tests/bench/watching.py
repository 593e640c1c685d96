"""A pass over 1,000 feeds: processor time and memory beside lemon24/reader and bare request loops.

Everybody asks the same server (`newsserver.py`) in turn, each in a process of its own
(`contenders.py`). Cold: every feed is new. Warm: nine feeds of ten answer 304, the tenth has one
new story. Before anything is printed, what they stored is compared: no figure for unequal work.
Processor time, not seconds: the server shares the machine.

    python -m tests.bench.watching [--feeds N] [--many N] [--rounds N] [--only NAME …]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.newsserver import Newsroom
from tests.bench.peers import peers_python

CONTENDERS = Path(__file__).with_name("contenders.py")

BARE = "bare:aiohttp"
READER = "reader:1"
NAMES = {
    "ours": "run_pass",
    "reader:1": "reader, update_feeds()",
    "reader:20": "reader, update_feeds(workers=20)",
    BARE: "bare loop, aiohttp",
}
CLIENTS = ("bare:pycurl", BARE, "bare:urllib3", "bare:httpx2", "bare:requests", "bare:httpx")
#: longest that reader may be expected to take over the larger number of feeds, in seconds
_PATIENCE = 180.0
_CHILD_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Result:
    """One pass of one contender."""

    cpu: float  #: seconds of processor time, opening and closing of its file included
    wall: float
    memory: float  #: peak of the process, MB
    whole: float  #: seconds of processor time of the whole process, imports included
    failed: int
    stories: int | None = None  #: in its store afterwards; None for a bare loop
    unchanged: int | None = None  #: answers 304; None: does not say


Passes = dict[str, list[Result]]


def one_pass(name: str, python: Path, folder: Path, urls: Sequence[str]) -> Result:
    """Raises RuntimeError when the contender fails, or fails to fetch any feed."""
    folder.mkdir(exist_ok=True, parents=True)
    done = subprocess.run([python, CONTENDERS, name, folder], input="\n".join(urls), text=True,
                          capture_output=True, timeout=_CHILD_SECONDS)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    result = Result(**json.loads(done.stdout.splitlines()[-1]))
    if result.failed:
        raise RuntimeError(f"{name} failed on {result.failed} feeds:\n{done.stderr[-2000:]}")
    return result


def compare(results: dict[str, Result], room: Newsroom, *, warm: bool) -> None:
    """Raises RuntimeError unless all found what the newsroom has."""
    unchanged = room.feeds - room.feeds // 10 if warm else 0
    for name, result in results.items():
        if result.stories not in (None, room.stories):
            raise RuntimeError(f"{name} has {result.stories} stories, not {room.stories}")
        if result.unchanged not in (None, unchanged):
            raise RuntimeError(f"{name} met {result.unchanged} answers 304, not {unchanged}")


def race(
    room: Newsroom, pythons: dict[str, Path], folder: Path, *, cold: int, warm: int
) -> tuple[Passes, Passes]:
    """Passes by contender, in turn: `cold` times over empty stores, then `warm` times more."""
    colds: Passes = defaultdict(list)
    warms: Passes = defaultdict(list)
    order = list(pythons)
    for number in range(cold + warm):
        is_warm = number >= cold
        if is_warm:
            room.news()
        home = folder / f"{cold - 1 if is_warm else number}"
        found = {n: one_pass(n, pythons[n], home / n.replace(":", "-"), room.urls) for n in order}
        compare(found, room, warm=is_warm)
        for name, result in found.items():
            (warms if is_warm else colds)[name].append(result)
        order.reverse()  # nobody is always the first, or the last
    return colds, warms


def table(title: str, passes: Passes, feeds: int, names: Iterable[str]) -> None:
    print(f"\n{title}")
    print(
        "| | CPU s, least (median) | ms a feed | of reader | above bare, ms a feed | s | peak MB |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name in names:
        if name not in passes:
            continue
        each = passes[name]
        least = min(r.cpu for r in each)
        ratio = f"{least / _least(passes[READER]):.2f}" if READER in passes else "–"
        above = f"{1000 * (least - _least(passes[BARE])) / feeds:.2f}" if BARE in passes else "–"
        median = statistics.median(r.cpu for r in each)
        label = NAMES.get(name, name.replace(":", " loop, "))
        wall, memory = min(r.wall for r in each), max(r.memory for r in each)
        print(
            f"| {label} | {least:.2f} ({median:.2f}) | {1000 * least / feeds:.2f} | {ratio} "
            f"| {above} | {wall:.1f} | {memory:.0f} |"
        )


def _least(each: Sequence[Result]) -> float:
    return min(r.cpu for r in each)


def run(feeds: int, pythons: dict[str, Path], *, cold: int, warm: int) -> tuple[Passes, Passes]:
    with Newsroom(feeds) as room, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return race(room, pythons, Path(folder), cold=cold, warm=warm)


def main(argv: list[str] | None = None) -> int:
    """Prints the tables; asserts no time. Returns 0."""
    parser = argparse.ArgumentParser(description="Time a pass beside lemon24/reader.")
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000, help="0: leave the larger run out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="these contenders, by name")
    options = parser.parse_args(argv or [])
    here = Path(sys.executable)
    pythons = {"ours": here, BARE: here}
    peers, why = peers_python()
    if peers is None:
        print(f"reader and the other clients skipped: {why}")
    else:
        pythons |= {name: peers for name in (*NAMES, *CLIENTS) if name not in pythons}
    if options.only:
        pythons = {n: p for n, p in pythons.items() if n in options.only}
    try:
        _report(options, pythons)
    except OSError as e:
        print(f"watching skipped: {e}")
    return 0


def _report(options: argparse.Namespace, pythons: dict[str, Path]) -> None:
    feeds, many = options.feeds, options.many
    mains = {n: p for n, p in pythons.items() if n in NAMES}
    colds, warms = run(feeds, mains, cold=2, warm=options.rounds)
    table(f"cold: {feeds:,} feeds of 20 stories, all new", colds, feeds, NAMES)
    table(f"warm: {feeds:,} feeds, nine of ten unchanged", warms, feeds, NAMES)
    clients = {n: pythons[n] for n in CLIENTS if n in pythons}
    if len(clients) > 1:
        _, loops = run(feeds, clients, cold=1, warm=options.rounds)
        table("the clients alone, warm: conditional requests, 20 at once", loops, feeds, CLIENTS)
    if not many:
        return
    if READER in colds and (took := _least_wall(colds[READER]) * many / feeds) > _PATIENCE:
        print(f"\nreader is left out below: {many:,} feeds would take it {took / 60:.0f} minutes")
        mains = {n: p for n, p in mains.items() if not n.startswith("reader")}
    colds, warms = run(many, mains, cold=1, warm=2)
    table(f"cold: {many:,} feeds", colds, many, NAMES)
    table(f"warm: {many:,} feeds", warms, many, NAMES)


def _least_wall(each: Sequence[Result]) -> float:
    return min(r.wall for r in each)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
