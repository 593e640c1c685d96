"""Processor time per page: `clean` (with metadata) beside trafilatura with metadata and without.

Interleaved page by page in one process, best of three, as ratios: absolute times depend on the
machine. Pages: the labelled sets if they are there (`EVAL_DATA`), else our own test pages.

    python -m tests.bench.cleaning [--pages N]
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from pipeline.clean import clean
from pipeline.errors import CleanError
from pipeline.models import Page
from tests.eval.cleaning import OWN_PAGES, data_folder


def ours(page: Page) -> None:
    with contextlib.suppress(CleanError):
        clean(page)


def trafilatura_with_metadata(page: Page) -> None:
    trafilatura.bare_extraction(page.body, url=page.url, include_comments=False, with_metadata=True)


def trafilatura_alone(page: Page) -> None:
    trafilatura.bare_extraction(page.body, url=page.url, include_comments=False)


TOOLS: dict[str, Callable[[Page], None]] = {
    "clean": ours,
    "trafilatura with metadata": trafilatura_with_metadata,
    "trafilatura": trafilatura_alone,
}


def pages(limit: int) -> list[Page]:
    folder = data_folder()
    paths = sorted((folder / "zyte" / "html").glob("*.gz"))
    paths += sorted((folder / "wcxb-articles" / "html").glob("*.gz"))
    paths = paths or sorted(OWN_PAGES.glob("*.html"))
    random.Random(1).shuffle(paths)
    return [_page(path, i) for i, path in enumerate(paths[:limit])]


def _page(path: Path, number: int) -> Page:
    body = path.read_bytes()
    if path.suffix == ".gz":
        body = gzip.decompress(body)
    url = f"https://site{number}.example/story"
    return Page(url=url, final_url=url, body=body, content_type="text/html",
                fetched_at=datetime(2026, 11, 1, tzinfo=UTC), digest="")  # fmt: skip


def cost(tool: Callable[[Page], None], page: Page) -> float:
    """Seconds of processor time, best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        tool(page)
        best = min(best, time.process_time() - began)
    return best


def main(argv: list[str] | None = None) -> int:
    """Prints the table; asserts nothing. Returns 0."""
    parser = argparse.ArgumentParser(description="Time cleaning beside trafilatura.")
    parser.add_argument("--pages", type=int, default=120)
    options = parser.parse_args(argv or [])
    chosen = pages(options.pages)
    for tool in TOOLS.values():  # compile patterns, load modules
        tool(chosen[0])
    times = {name: [cost(tool, page) for page in chosen] for name, tool in TOOLS.items()}
    base = times["trafilatura with metadata"]
    print(f"cleaning: {len(chosen)} pages, {sum(len(p.body) for p in chosen) / 1e6:.1f} MB")
    print("| tool | median ms | mean ms | ratio to trafilatura with metadata (median of pages) |")
    print("|---|--:|--:|--:|")
    for name, each in times.items():
        ratio = statistics.median(a / b for a, b in zip(each, base, strict=True))
        print(
            f"| {name} | {1000 * statistics.median(each):.1f} | {1000 * statistics.mean(each):.1f}"
            f" | {ratio:.2f} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
