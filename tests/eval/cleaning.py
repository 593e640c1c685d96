"""How well pages are cleaned, beside plain trafilatura on the same pages in the same run.

Two labelled sets, each scored by its own definition; neither is in the repository (they are read
from `EVAL_DATA`, else from `../shared/data`), and a set that is absent is skipped by name:

- `zyte/`: 181 news pages; F1 of four-word shingles, every page weighing the same. The truth has
  neither headline nor standfirst.
- `wcxb-articles/`: 793 article pages; F1 of the bag of words, and the shares of the snippets that
  must and must not appear.

And our own pages in `tests/clean/pages`: lines of furniture left over, sentences lost.

    python -m tests.eval.cleaning [--losses N]
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from pipeline.clean import clean
from pipeline.errors import CleanError
from pipeline.models import Page

ROOT = Path(__file__).parents[2]
OWN_PAGES = ROOT / "tests" / "clean" / "pages"
WORD = re.compile(r"\w+")
FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)
#: below these the evaluation fails; `--floors-off` prints the figures all the same
FLOORS = {"zyte": 0.971, "wcxb": 0.941}


@dataclass(frozen=True)
class Case:
    """One labelled page: its file and what a person read on it."""

    id: str
    url: str
    path: Path
    truth: str
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What one tool made of one page; `seconds` is processor time."""

    text: str
    seconds: float
    error: str | None = None


def data_folder() -> Path:
    return Path(os.environ.get("EVAL_DATA", ROOT.parent / "shared" / "data"))


def zyte_cases(folder: Path) -> Iterator[Case]:
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for id_, record in truth.items():
        path = folder / "html" / f"{id_}.html.gz"
        yield Case(id_, record["url"], path, record["articleBody"])


def wcxb_cases(folder: Path) -> Iterator[Case]:
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for id_, record in truth.items():
        path = folder / "html" / f"{id_}.html.gz"
        yield Case(
            id_,
            record["url"] or f"https://{record['domain'] or 'page.example'}/{id_}",
            path,
            record["main_content"] or "",
            tuple(record["with"]),
            tuple(record["without"]),
        )


# ---------------------------------------------------------------- the scores


def _shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    count = max(1, len(words) - size + 1)
    return Counter(tuple(words[i : i + size]) for i in range(count)) if words else Counter()


def shingle_counts(truth: str, text: str) -> tuple[float, float, float]:
    """(right, too much, missing) shares of one page's shingles; they add up to 1."""
    wanted, got = _shingles(truth), _shingles(text)
    right = sum((wanted & got).values())
    extra, missing = sum((got - wanted).values()), sum((wanted - got).values())
    total = right + extra + missing
    return (right / total, extra / total, missing / total) if total else (0.0, 0.0, 0.0)


def shingle_f1(pairs: list[tuple[str, str]]) -> tuple[float, float, float]:
    """(F1, precision, recall) of (truth, text) pairs by Zyte's definition."""
    counts = [shingle_counts(*pair) for pair in pairs]
    precision = statistics.mean(r / (r + e) if r + e else 0.0 for r, e, m in counts if r + e + m)
    recall = statistics.mean(r / (r + m) if r + m else 0.0 for r, e, m in counts if r + e + m)
    both = precision + recall
    return (2 * precision * recall / both if both else 0.0), precision, recall


def word_f1(truth: str, text: str) -> tuple[float, float, float]:
    """(F1, precision, recall) of the words as a bag, lower case."""
    wanted, got = Counter(WORD.findall(truth.lower())), Counter(WORD.findall(text.lower()))
    if not wanted or not got:
        same = float(not wanted and not got)
        return same, same, same
    right = sum((wanted & got).values())
    precision, recall = right / sum(got.values()), right / sum(wanted.values())
    return (2 * precision * recall / (precision + recall) if right else 0.0), precision, recall


# ---------------------------------------------------------------- the tools


def by_us(case: Case) -> Outcome:
    body = gzip.decompress(case.path.read_bytes())
    page = Page(
        url=case.url,
        final_url=case.url,
        body=body,
        content_type="text/html",
        fetched_at=FETCHED_AT,
        digest=hashlib.sha256(body).hexdigest(),
    )
    began = time.process_time()
    try:
        text, error = clean(page).text, None
    except CleanError as e:
        text, error = "", str(e)
    return Outcome(text, time.process_time() - began, error)


def by_trafilatura(case: Case) -> Outcome:
    body = gzip.decompress(case.path.read_bytes())
    began = time.process_time()
    document = trafilatura.bare_extraction(body, url=case.url, include_comments=False)
    text = document.text if document is not None else ""
    return Outcome(text or "", time.process_time() - began)


TOOLS: dict[str, Callable[[Case], Outcome]] = {"clean": by_us, "trafilatura": by_trafilatura}


def _apply(job: tuple[str, Case]) -> Outcome:
    return TOOLS[job[0]](job[1])


def run_tools(cases: list[Case]) -> dict[str, list[Outcome]]:
    with ProcessPoolExecutor() as pool:
        return {
            name: list(pool.map(_apply, [(name, c) for c in cases], chunksize=16)) for name in TOOLS
        }


# ---------------------------------------------------------------- the report


def report_zyte(cases: list[Case], losses: int) -> float:
    outcomes = run_tools(cases)
    print(f"zyte: {len(cases)} pages, F1 of four-word shingles")
    scores = {}
    for name, results in outcomes.items():
        pairs = [(c.truth, o.text) for c, o in zip(cases, results, strict=True)]
        scores[name], precision, recall = shingle_f1(pairs)
        exact = statistics.mean(shingle_counts(*p)[0] == 1 for p in pairs)
        print(f"  {name:12} F1 {scores[name]:.4f}  P {precision:.4f}  R {recall:.4f}"
              f"  exact {exact:.3f}  {_costs(results)}")  # fmt: skip
    _print_losses(cases, outcomes, lambda c, o: shingle_counts(c.truth, o.text)[0], losses)
    return scores["clean"]


def report_wcxb(cases: list[Case], losses: int) -> float:
    outcomes = run_tools(cases)
    print(f"wcxb: {len(cases)} pages, F1 of words; snippets kept that must, that must not")
    scores = {}
    for name, results in outcomes.items():
        each = [word_f1(c.truth, o.text) for c, o in zip(cases, results, strict=True)]
        scores[name] = statistics.mean(f for f, _, _ in each)
        print(f"  {name:12} F1 {scores[name]:.4f}  P {statistics.mean(p for _, p, _ in each):.4f}"
              f"  R {statistics.mean(r for _, _, r in each):.4f}"
              f"  with {_kept(cases, results, 'wanted'):.3f}"
              f"  without {_kept(cases, results, 'unwanted'):.3f}  {_costs(results)}")  # fmt: skip
    _print_losses(cases, outcomes, lambda c, o: word_f1(c.truth, o.text)[0], losses)
    return scores["clean"]


def _costs(results: list[Outcome]) -> str:
    failed = sum(o.error is not None or not o.text for o in results)
    return (
        f"{1000 * statistics.mean(o.seconds for o in results):.1f} ms/page, {failed} without text"
    )


def _kept(cases: list[Case], results: list[Outcome], which: str) -> float:
    """Mean over the pages of the share of the snippets that stand in the text."""
    shares = []
    for case, outcome in zip(cases, results, strict=True):
        snippets: tuple[str, ...] = getattr(case, which)
        if snippets:
            text = outcome.text.lower()
            shares.append(sum(s.lower() in text for s in snippets) / len(snippets))
    return statistics.mean(shares) if shares else 0.0


def _print_losses(
    cases: list[Case],
    outcomes: dict[str, list[Outcome]],
    score: Callable[[Case, Outcome], float],
    count: int,
) -> None:
    """Pages where we do better or worse than plain trafilatura, the largest differences first."""
    rows = [
        (score(c, ours) - score(c, theirs), c.id, c.url)
        for c, ours, theirs in zip(cases, outcomes["clean"], outcomes["trafilatura"], strict=True)
    ]
    better, worse = sum(r[0] > 1e-9 for r in rows), sum(r[0] < -1e-9 for r in rows)
    print(f"  better on {better}, worse on {worse}, equal on {len(rows) - better - worse}")
    for difference, id_, url in sorted(rows)[:count]:
        print(f"    {difference:+.3f} {id_[:12]} {url[:90]}")


def report_own() -> int:
    """Furniture left and sentences lost on our own pages, for both tools; our faults."""
    faults = {name: [0, 0] for name in TOOLS}
    pages = sorted(OWN_PAGES.glob("*.html"))
    for path in pages:
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        page = _own_page(path, expected)
        document = trafilatura.bare_extraction(page.body, include_comments=False)
        texts = {"clean": clean(page).text, "trafilatura": (document and document.text) or ""}
        for name, text in texts.items():
            faults[name][0] += sum(s in text for s in expected["never"])
            faults[name][1] += sum(p not in text for p in expected["text"])
    print(f"own pages: {len(pages)}; lines of furniture left, paragraphs lost")
    for name, (left, lost) in faults.items():
        print(f"  {name:12} left {left}  lost {lost}")
    return sum(faults["clean"])


def _own_page(path: Path, expected: dict[str, str]) -> Page:
    body, url = path.read_bytes(), expected["url"]
    return Page(url=url, final_url=url, body=body, content_type="text/html",
                fetched_at=FETCHED_AT, digest=hashlib.sha256(body).hexdigest())  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """0 when every set that is there reaches its floor, else 1."""
    parser = argparse.ArgumentParser(description="Score cleaning against labelled pages.")
    parser.add_argument("--losses", type=int, default=0, help="print the N worst differences")
    parser.add_argument("--floors-off", action="store_true", help="print, but do not fail")
    options = parser.parse_args(argv or [])
    failed = report_own() > 0
    sets = {
        "zyte": ("zyte", zyte_cases, report_zyte),
        "wcxb": ("wcxb-articles", wcxb_cases, report_wcxb),
    }
    for name, (folder, load, report) in sets.items():
        path = data_folder() / folder
        if not (path / "ground-truth.json").exists():
            print(f"{name}: skipped, {folder}/ is not in the evaluation data")
            continue
        score = report(list(load(path)), options.losses)
        if score < FLOORS[name]:
            print(f"  BELOW ITS FLOOR: {score:.4f} < {FLOORS[name]}")
            failed = True
    return int(failed and not options.floors_off)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
