"""What a person sees in a terminal: words and progress on stderr, tables on stdout, logs.

Nothing here knows what the words are about; commands pass ready values.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

ProgressFn = Callable[[str, int, int], None]

#: Seconds between two progress lines where stderr is no terminal: enough to see that it lives.
LINE_EVERY = 10.0
#: Columns of a table that goes to a file or a pipe.
PLAIN_WIDTH = 110
#: A column whose cells are all this short is never wrapped.
NARROW = 12


def configure_logging(verbosity: int) -> None:
    """0: warnings and worse; 1 (`-v`): what is done, key=value; 2 (`-vv`): everything."""
    level = {0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    renderer: structlog.typing.Processor
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
        tail: list[structlog.typing.Processor] = [renderer]
    else:
        renderer = structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"])
        tail = [structlog.processors.format_exc_info, _flat, renderer]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            *tail,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # looked up at each call: tests and `2>` replace sys.stderr after import
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr, force=True,
                        format="level=%(levelname)s logger=%(name)s event=%(message)r")  # fmt: skip
    # Extraction logs every odd page as an error of its own; ours are recorded in the archive.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # A tick that falls into a running pass is left out: how it is meant, not worth a warning.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _flat(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """logfmt refuses keys with spaces and is unreadable with line breaks."""
    return {
        str(k).replace(" ", "_"): " ⏎ ".join(v.splitlines()) if isinstance(v, str) else v
        for k, v in event.items()
    }


def say(text: str = "") -> None:
    """A sentence for a person, on stderr."""
    print(text, file=sys.stderr, flush=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *,
          wide: Sequence[str] = ()) -> None:  # fmt: skip
    """Print a table on stdout. `wide` columns get the room that is left.

    Cells are shown as they are: text that looks like markup or control codes is not obeyed,
    because it may come from a stranger's page.
    """
    console = Console(
        file=sys.stdout, width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False
    )
    cells = [[printable(cell) for cell in row] for row in rows]
    long = any(len("".join(row)) > console.width for row in cells)
    grid = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False,
                 title_style="bold", show_lines=long, expand=long)  # fmt: skip
    for number, name in enumerate(columns):
        widest = max((len(row[number]) for row in cells), default=0)
        # Words, not ratios, size the short columns; the long ones share the rest, 3 to 2.
        ratio = None if widest <= NARROW else 3 if name in wide else 2
        grid.add_column(name, overflow="fold", ratio=ratio, no_wrap=ratio is None)
    for row in cells:
        grid.add_row(*map(Text, row))
    console.print(grid)


def section(title: str, items: Sequence[Sequence[str]]) -> None:
    """A heading and what stands under it, wrapped, on stdout; nothing when there are no items.

    The first line of an item stands out to the left of its others.
    """
    if not items:
        return
    console = Console(
        file=sys.stdout, width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False
    )
    if title:
        console.print(Text(title, style="bold"))
    margin = 2 if title else 0
    for item in items:
        for number, line in enumerate(item):
            left = " " * (margin + (2 if number else 0))
            for part in Text(printable(line)).wrap(console, console.width - len(left)):
                console.print(Text(left + part.plain.rstrip()))
    console.print()


def printable(text: str) -> str:
    """Text without control characters: a headline must not be able to drive a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


@contextmanager
def progress() -> Iterator[ProgressFn]:
    """On a terminal a bar; elsewhere a line now and then."""
    if sys.stderr.isatty():
        with _bar() as fn:
            yield fn
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[ProgressFn]:
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def update(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield update


def _lines() -> ProgressFn:
    last = time.monotonic()

    def update(what: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY:
            last = time.monotonic()
            say(f"{what}: {done} of {total}")

    return update
