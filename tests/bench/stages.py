"""Where the time of cleaning goes: processor time in each stage that `clean.article` calls.

The stages are read from the source of `clean.article`: what it calls of other modules, by module.
Each call is timed where it is made; what one takes within another's call is its own alone. Of
extraction, what trafilatura itself takes is told apart.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import trafilatura

from pipeline.clean import article
from pipeline.errors import CleanError
from pipeline.models import Page
from tests.bench.extractors import forget_ours

#: links, what was cut, and putting the article together
REST = "article"


class Clock:
    """Processor seconds by stage; a stage that calls another stops while that one runs."""

    def __init__(self, now: Callable[[], float] = time.process_time) -> None:
        self._now = now
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = 0.0

    def __call__(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            self._charge()
            self._running.append(name)
            try:
                return function(*arguments, **named)
            finally:
                self._charge()
                self._running.pop()

        return timed

    def _charge(self) -> None:
        now = self._now()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


def called() -> set[tuple[ModuleType, str, str]]:
    """(where a function is looked up, its name, its stage) of what `clean.article` calls."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(article))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
                place = getattr(article, owner, None)
            case ast.Call(func=ast.Name(id=name)):
                place = article
            case _:
                continue
        function = getattr(place, name, None)
        stage = getattr(function, "__module__", None) or ""
        other = stage.startswith("pipeline.clean.") and stage != article.__name__
        if other and inspect.ismodule(place) and inspect.isroutine(function):
            found.add((place, name, stage.rpartition(".")[2]))
    return found


@contextlib.contextmanager
def timed(clock: Clock) -> Iterator[Callable[[Page], Any]]:
    """`clean`, with its stages on the clock for as long as the context lasts."""
    with contextlib.ExitStack() as stack:

        def replace(place: Any, name: str, label: str) -> None:
            original = getattr(place, name)
            stack.callback(setattr, place, name, original)
            setattr(place, name, clock(label, original))

        for place, name, stage in called():
            replace(place, name, stage)
        replace(trafilatura, "bare_extraction", "trafilatura's own, in extract")
        yield clock(REST, article.clean)


def spent(pages: Sequence[Page], rounds: int = 2) -> dict[str, float]:
    """Seconds a stage over all pages, each page's in the quickest of its rounds."""
    total: defaultdict[str, float] = defaultdict(float)
    for page in pages:
        best: dict[str, float] = {}
        for _ in range(rounds):
            forget_ours(page.url)
            clock = Clock()
            with timed(clock) as clean, contextlib.suppress(CleanError):
                clean(page)
            if not best or sum(clock.seconds.values()) < sum(best.values()):
                best = clock.seconds
        for stage, seconds in best.items():
            total[stage] += seconds
    return dict(total)
