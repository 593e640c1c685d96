"""Time to clean a page, in full, beside the peers and beside the parse alone.

Processor time in ratios, never seconds alone: over the same pages in random order, and for each
page every tool in random order, each in a process of its own (`contest.py`), in several rounds of
which the least counts. Before every call what the tools remember of earlier pages is forgotten
(trafilatura's `reset_caches`, our memory of class names): every page is the first of its site.

    python -m tests.bench.cleaning [--pages N] [--rounds N] [--tools a,b]
"""

from __future__ import annotations

import argparse
import gzip
import random
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path

from pipeline.models import Page
from tests.bench import contest, stages
from tests.bench.extractors import FETCHED_AT
from tests.eval.sets import data_folder, own_pages

#: what both ratios are to
METADATA, PARSE = "trafilatura metadata", "lxml"
#: tool → how the table names it, with what it gives
TOOLS = {
    "clean": "ours: text, furniture, metadata, access",
    METADATA: "trafilatura with metadata",
    "trafilatura": "trafilatura, text alone",
    "newspaper4k": "newspaper4k, `fetch_images=False`",
    "readability-lxml": "readability-lxml",
    "resiliparse": "resiliparse, main content",
    PARSE: "lxml, the parse alone",
}
SEED = 1

Times = dict[str, list[float]]


def pages(limit: int) -> list[Page]:
    """As many from each set of others as there are, else our own."""
    sets = [sorted((data_folder() / name / "html").glob("*.gz")) for name in ("zyte",
            "wcxb-articles")]  # fmt: skip
    draw, paths = random.Random(SEED), [p for each in sets for p in each]
    draw.shuffle(paths)
    found = [_page(_body(path), f"https://site{n}.example/story")
             for n, path in enumerate(paths[:limit])]  # fmt: skip
    if not found:
        print(f"cleaning: pages of our own, there is no labelled set in {data_folder()}")
    return found or [_page(page.body, page.url) for page in own_pages()[:limit]]


def _body(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _page(body: bytes, url: str) -> Page:
    return Page(url=url, final_url=url, body=body, content_type="text/html",
                fetched_at=FETCHED_AT, digest="")  # fmt: skip


def race(pythons: dict[str, Path], chosen: list[Page], rounds: int) -> tuple[Times, str]:
    """Seconds of each tool on each page, the least of the rounds; and the versions."""
    draw, times = random.Random(SEED), {tool: [] for tool in pythons}
    with ExitStack() as stack:
        workers = {t: stack.enter_context(contest.Worker(t, p)) for t, p in pythons.items()}
        for worker in workers.values():  # compile patterns, load what is loaded late
            worker.ask(chosen[0].body, chosen[0].url)
        for page in chosen:
            least = dict.fromkeys(workers, float("inf"))
            for _ in range(rounds):
                for tool in draw.sample(list(workers), len(workers)):
                    took = workers[tool].ask(page.body, page.url, fresh=True).seconds
                    least[tool] = min(least[tool], took)
            for tool, seconds in least.items():
                times[tool].append(seconds)
        return times, contest.versions(workers)


def table(times: Times) -> list[str]:
    """Milliseconds, and ratios page by page to trafilatura with metadata and to the parse."""
    rows = ["| | median ms | mean ms | p95 ms | to trafilatura with metadata: median (mean) "
            "| to the parse: median (mean) |", "|---|--:|--:|--:|--:|--:|"]  # fmt: skip
    for tool, each in times.items():
        ms = [1000 * seconds for seconds in each]
        rows.append(
            f"| {TOOLS[tool]} | {statistics.median(ms):.1f} | {statistics.mean(ms):.1f} "
            f"| {statistics.quantiles(ms, n=20)[-1]:.1f} | {_ratios(each, times[METADATA])} "
            f"| {_ratios(each, times[PARSE])} |"
        )
    return rows


def _ratios(ours: list[float], theirs: list[float]) -> str:
    """Median and mean of the ratios of the pages."""
    each = [a / b for a, b in zip(ours, theirs, strict=True)]
    return f"{statistics.median(each):.2f} ({statistics.mean(each):.2f})"


def breakdown(spent: dict[str, float], count: int) -> list[str]:
    total = sum(spent.values())
    rows = ["| stage of ours | mean ms | share |", "|---|--:|--:|"]
    for stage, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        if seconds >= total / 200:
            rows.append(f"| {stage} | {1000 * seconds / count:.2f} | {seconds / total:.0%} |")
    return [*rows, f"| in all | {1000 * total / count:.2f} | 100% |"]


def main(argv: list[str] | None = None) -> int:
    """Prints the tables; asserts no time. Returns 0."""
    parser = argparse.ArgumentParser(description="Time cleaning beside the peers.")
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--tools", type=lambda text: text.split(","), help="these peers alone")
    options = parser.parse_args(argv or [])
    always = ("clean", METADATA, PARSE)
    wanted = [t for t in TOOLS if t in always or not options.tools or t in options.tools]
    chosen = pages(options.pages)
    times, versions = race(contest.pythons(wanted), chosen, options.rounds)
    size = sum(len(p.body) for p in chosen) / 1e6
    print(f"cleaning: {len(chosen)} pages, {size:.1f} MB, least of {options.rounds} rounds; every "
          f"page as the first of its site\n{versions}")  # fmt: skip
    print("\n".join(table(times)))
    print("\n" + "\n".join(breakdown(stages.spent(chosen), len(chosen))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
