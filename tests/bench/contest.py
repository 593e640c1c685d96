"""Our cleaning and its peers over the same pages, each tool in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.bench.extractors import TOOLS
from tests.bench.peers import ROOT, peers_python

OURS = "clean"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one tool made of one page; `seconds` is processor time."""

    text: str
    seconds: float
    error: str | None = None
    calls: int = 0  #: attempts to reach the network


class Worker:
    """One tool's process. Use as a context manager."""

    def __init__(self, tool: str, python: Path) -> None:
        self._command = [str(python), "-m", "tests.bench.extractors", tool]
        self.versions: dict[str, str] = {}

    def __enter__(self) -> Worker:
        pipe, silent = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=silent
        )
        self.versions = self._line()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def ask(self, body: bytes, url: str, *, fresh: bool = False) -> Outcome:
        """The tool's answer; one that ends its process has none, and begins anew."""
        head = json.dumps({"url": url, "size": len(body), "fresh": fresh}).encode()
        try:
            pipe = self._pipes()[0]
            pipe.write(head + b"\n" + body)
            pipe.flush()
            return Outcome(**self._line())
        except (OSError, ValueError):
            self._process.communicate()
            self.__enter__()
            return Outcome("", 0.0, "its process ended")

    def _line(self) -> dict[str, Any]:
        return json.loads(self._pipes()[1].readline())

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin
        assert self._process.stdout
        return self._process.stdin, self._process.stdout


def pythons(tools: Iterable[str]) -> dict[str, Path]:
    """tool → its Python. Those that cannot be had are named, and left out."""
    found = {tool: Path(sys.executable) for tool in tools if TOOLS[tool][0] == "ours"}
    others = [tool for tool in tools if tool not in found]
    if others:
        python, why = peers_python()
        if python is None:
            print(f"{', '.join(others)}: skipped, {why}")
        else:
            found |= dict.fromkeys(others, python)
    return {tool: found[tool] for tool in tools if tool in found}


def versions(workers: dict[str, Worker]) -> str:
    said: dict[str, str] = {}
    for worker in workers.values():
        said |= worker.versions
    return ", ".join(f"{name} {version}" for name, version in sorted(said.items()))


@dataclass(frozen=True)
class Results:
    """Outcomes by tool, in the order of the pages, and the versions that made them."""

    outcomes: dict[str, list[Outcome]]
    versions: str


def run(tools: dict[str, Path], pages: Sequence[tuple[str, Callable[[], bytes]]]) -> Results:
    """Every tool over every page (url, what reads it), page by page, as many at once as cores."""
    here = threading.local()
    with ExitStack() as stack:

        def workers() -> dict[str, Worker]:
            if not hasattr(here, "workers"):
                here.workers = {t: stack.enter_context(Worker(t, p)) for t, p in tools.items()}
            return here.workers

        def one(page: tuple[str, Callable[[], bytes]]) -> list[Outcome]:
            url, read = page
            body = read()
            return [worker.ask(body, url) for worker in workers().values()]

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            said = pool.submit(lambda: versions(workers()))
            rows = list(pool.map(one, pages))
        outcomes = {t: [row[n] for row in rows] for n, t in enumerate(tools)}
        return Results(outcomes, said.result())
