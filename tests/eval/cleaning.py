"""How well pages are cleaned, beside the peers on the same pages in the same call.

Two labelled sets, each scored by its own benchmark's definition (`scores.py`); neither is in the
repository (EVAL_DATA, else `../shared/data`), and one that is absent is skipped by name:

- zyte: 181 news pages of article-extraction-benchmark; shingles, accuracy.
- wcxb: the 793 articles of WCXB's development split; words, snippets that must and must not stay.

And our own pages: lines of furniture left, by kind, and paragraphs of the story lost.

The peers (`tests/bench/extractors.py`) run in `.venv-bench`, which is set up once; without a
network they are skipped by name, and only trafilatura stands beside ours. One configuration of each
for all pages. Nothing is kept from call to call but what was accepted (`accepted.py`).

    python -m tests.eval.cleaning [--only zyte,wcxb,own] [--tools trafilatura,…] [--losses N]
        [--against TOOL] [--accept [--lower]] [--floors-off]
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench import contest
from tests.bench.contest import OURS, Outcome
from tests.bench.extractors import FETCHED_AT as FETCHED_AT  # for metadata.py
from tests.eval import accepted, furniture, scores
from tests.eval.sets import Case, data_folder, own_pages, wcxb_cases, zyte_cases
from tests.eval.together import cleaned_together, served

TOOLS = (OURS, "trafilatura", "trafilatura precision", "readability-lxml", "resiliparse",
         "newspaper4k")  # fmt: skip

#: what of an error's message tells nothing
_NOISE = re.compile(r"https?://\S+|[^\w:.']+")


@dataclass(frozen=True)
class LabelledSet:
    """A set of others: where it is, and how it is scored."""

    name: str
    folder: str
    about: str
    load: Callable[[Path], Iterator[Case]]
    shingles: bool

    def score(self, case: Case, text: str) -> scores.Score:
        if self.shingles:
            return scores.by_shingles(case.truth, text)
        return scores.by_words(case.truth, text, case.wanted, case.unwanted)

    def figures(self, each: Sequence[scores.Score]) -> scores.Figures:
        return scores.shingle_figures(each) if self.shingles else scores.word_figures(each)


SETS = (
    LabelledSet("zyte", "zyte", "news pages; shingles of four words", zyte_cases, True),
    LabelledSet("wcxb", "wcxb-articles", "articles; words, and snippets kept that must (with) and "
                "that must not (without)", wcxb_cases, False),
)  # fmt: skip


# ---------------------------------------------------------------- a labelled set


def report(
    which: LabelledSet, cases: list[Case], tools: dict[str, Path], options: argparse.Namespace
) -> bool:
    """Prints one set's tables. True when our figures keep the floors."""
    began = time.monotonic()
    results = contest.run(tools, [(c.url, c.body) for c in cases])
    took = time.monotonic() - began
    each = {
        tool: [which.score(c, o.text) for c, o in zip(cases, outcomes, strict=True)]
        for tool, outcomes in results.outcomes.items()
    }
    print(f"\n{which.name}: {len(cases)} {which.about} ({took:.0f} s)\n{results.versions}")
    _print_table(which, each, results.outcomes)
    _print_trouble(results.outcomes)
    if options.losses and options.against in each:
        _print_differences(cases, each[OURS], each[options.against], options)
    figures = asdict(which.figures(each[OURS]))
    _since_accepted(which.name, cases, each[OURS], options.losses)
    if options.accept:
        accepted.accept_pages(
            which.name, {c.id: s.f1 for c, s in zip(cases, each[OURS], strict=True)}
        )
        accepted.accept_floors(which.name, figures, lower=options.lower)
    faults = accepted.broken(which.name, figures)
    for fault in faults:
        print(f"FLOOR BROKEN: {fault}")
    return not faults


def _print_table(
    which: LabelledSet,
    each: dict[str, list[scores.Score]],
    outcomes: dict[str, list[Outcome]],
) -> None:
    """F1 ± standard deviation, the other figures, and ours minus theirs with its interval."""
    drawn = scores.resampled(each, shingles=which.shingles)
    others = "accuracy" if which.shingles else "with | without"
    print(f"| | F1 | P | R | {others} | ours minus theirs, 95 % of {scores.RESAMPLES:,} resamples "
          "| better, worse, equal on | CPU ms |")  # fmt: skip
    print("|---|--:|--:|--:|" + "--:|" * others.count("|") + "--:|---|--:|--:|")
    ours = which.figures(each[OURS])
    for tool, found in each.items():
        f = which.figures(found)
        spread = scores.spread(drawn[tool], "f1")
        rest = (
            f"{f.accuracy:.3f} ± {scores.spread(drawn[tool], 'accuracy'):.3f}"
            if which.shingles
            else f"{f.wanted:.3f} | {f.unwanted:.3f}"
        )
        beside = " | "
        if tool != OURS:
            low, high = scores.interval(drawn[OURS], drawn[tool])
            sure = "" if low > 0 or high < 0 else " (may be chance)"
            better = scores.counts([s.f1 for s in each[OURS]], [s.f1 for s in found])
            beside = (f"{ours.f1 - f.f1:+.4f} [{low:+.4f}, {high:+.4f}]{sure} | "
                      + ", ".join(map(str, better)))  # fmt: skip
        cpu = 1000 * sum(o.seconds for o in outcomes[tool]) / len(found)
        print(f"| {tool} | {f.f1:.4f} ± {spread:.4f} | {f.precision:.4f} | {f.recall:.4f} | {rest} "
              f"| {beside} | {cpu:.1f} |")  # fmt: skip


def _print_trouble(outcomes: dict[str, list[Outcome]]) -> None:
    """Pages without text, and why; attempts to reach the network."""
    for tool, each in outcomes.items():
        empty = [o for o in each if not o.text.strip()]
        if empty:
            why = Counter(_NOISE.sub(" ", o.error or "no error")[:60].strip() for o in empty)
            told = "; ".join(f"{n} × {what}" for what, n in why.most_common(3))
            print(f"  {tool}: no text on {len(empty)} pages ({told})")
        if calls := sum(o.calls for o in each):
            print(f"  {tool}: tried to reach the network {calls} times, in vain")


def _print_differences(
    cases: list[Case],
    ours: list[scores.Score],
    theirs: list[scores.Score],
    options: argparse.Namespace,
) -> None:
    """The pages where we do worse than a peer, and better, the largest differences first."""
    rows = sorted((a.f1 - b.f1, c.id, c.url)
                  for c, a, b in zip(cases, ours, theirs, strict=True))  # fmt: skip
    for what, some in (
        ("worst", rows[: options.losses]),
        ("best", rows[: -options.losses - 1 : -1]),
    ):
        print(f"  {what} beside {options.against}:")
        for difference, id_, url in some:
            print(f"    {difference:+.3f} {id_[:12]} {url[:90]}")


def _since_accepted(name: str, cases: list[Case], ours: list[scores.Score], most: int) -> None:
    """Pages that gained or lost since the last accepted result, the largest changes first."""
    known = accepted.pages(name)
    rows = [(s.f1 - known[c.id], c.id, c.url)
            for c, s in zip(cases, ours, strict=True) if c.id in known]  # fmt: skip
    if not rows:
        print("  nothing accepted yet (--accept)")
        return
    changed = sorted((r for r in rows if abs(r[0]) >= scores.LEAST), key=lambda r: -abs(r[0]))
    gained = sum(r[0] > 0 for r in changed)
    print(f"  since accepted: {gained} pages better, {len(changed) - gained} worse, "
          f"mean F1 of pages {sum(r[0] for r in rows) / len(rows):+.5f}")  # fmt: skip
    for difference, id_, url in changed[: most or 10]:
        print(f"    {difference:+.3f} {id_[:12]} {url[:90]}")


# ---------------------------------------------------------------- our own pages


def report_own(tools: dict[str, Path], losses: int) -> bool:
    """Prints what is left and lost on our own pages. True when ours has no fault there."""
    pages = own_pages()
    results = contest.run(tools, [(p.url, lambda p=p: p.body) for p in pages])
    ours = cleaned_together(served(p.url, p.body) for p in pages)
    texts = {tool: [o.text for o in each] for tool, each in results.outcomes.items()}
    texts[OURS] = [ours[p.url].text for p in pages]
    found = {
        tool: [f for p, text in zip(pages, each, strict=True) for f in furniture.faults(p, text)]
        for tool, each in texts.items()
    }
    print(f"\nown: {len(pages)} pages of ours; lines of furniture left, paragraphs lost")
    print("\n".join(furniture.table(len(pages), found)))
    _print_trouble(results.outcomes)
    for fault in found[OURS][: losses or 20]:
        print(f"FLOOR BROKEN: {fault.page}: {fault.kind}: {fault.line[:100]}")
    return not found[OURS]


# ---------------------------------------------------------------- the call


def main(argv: list[str] | None = None) -> int:
    """0 when every set that is there keeps its floors, else 1."""
    options = _options(argv or [])
    chosen = [t for t in TOOLS if t == OURS or not options.tools or t in options.tools]
    tools = contest.pythons(chosen)
    kept = True
    if not options.only or "own" in options.only:
        kept &= report_own(tools, options.losses)
    for which in SETS:
        if options.only and which.name not in options.only:
            continue
        folder = data_folder() / which.folder
        if not (folder / "ground-truth.json").exists():
            print(f"{which.name}: skipped, {which.folder}/ is not in {data_folder()} (EVAL_DATA)")
            continue
        kept &= report(which, list(which.load(folder)), tools, options)
    return int(not kept and not options.floors_off)


def _options(argv: list[str]) -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(description="Score cleaning against labelled pages.")
    parser.add_argument("--only", type=names, help="these sets: zyte, wcxb, own")
    parser.add_argument("--tools", type=names, help=f"beside ours: {', '.join(TOOLS[1:])}")
    parser.add_argument("--losses", type=int, default=0, help="print the N largest differences")
    parser.add_argument(
        "--against", default="trafilatura", choices=TOOLS[1:], help="whom --losses compares us with"
    )
    parser.add_argument("--accept", action="store_true", help="keep these scores, raise the floors")
    parser.add_argument("--lower", action="store_true", help="with --accept: lower them, too")
    parser.add_argument("--floors-off", action="store_true", help="print, but do not fail")
    options = parser.parse_args(argv)
    for tool in options.tools or []:
        if tool not in TOOLS:
            parser.error(f"no tool {tool!r}; there are {', '.join(TOOLS)}")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
