"""The scores of extracted text, each by the definition of the benchmark that it belongs to.

- Shingles: article-extraction-benchmark (Zyte, MIT), `evaluate.py` of 2025. Words are `\\w+`, as
  written; four in a row are a shingle; right, too much and missing are shares of the page's
  shingles, so that every page weighs the same. Precision is the mean over the pages with any text,
  recall over those with any truth, F1 of these two; accuracy is the share of pages whose words are
  the truth's, in order. Its ± is the standard deviation over resamples of the pages.
- Words and snippets: WCXB (CC BY 4.0), `evaluate.py` of 2026. Words are `\\w+` in lower case, in a
  bag; precision, recall and F1 are a page's own, and the means over the pages are reported. Of a
  page's snippets the share that stands in the text, case aside; a page without any counts as 1.

Intervals are ours: paired, over the same resamples of pages for both tools.
"""

from __future__ import annotations

import random
import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

WORD = re.compile(r"\w+")
RESAMPLES = 10_000
SEED = 20261101
#: a smaller difference on a page is none
LEAST = 0.001


@dataclass(frozen=True, slots=True)
class Score:
    """One tool on one page. `precision` is None where there is no text, `recall` without truth."""

    f1: float
    precision: float | None
    recall: float | None
    exact: bool = False
    wanted: float = 0.0  #: share of the snippets that must be there, and are
    unwanted: float = 0.0  #: share of the snippets that must not be there, and are


def by_shingles(truth: str, text: str) -> Score:
    wanted, got = _shingles(truth), _shingles(text)
    right = (wanted & got).total()
    extra, missing = got.total() - right, wanted.total() - right
    exact = WORD.findall(truth) == WORD.findall(text)
    return Score(
        f1=2 * right / (2 * right + extra + missing) if right + extra + missing else 1.0,
        precision=right / (right + extra) if got else None,
        recall=right / (right + missing) if wanted else None,
        exact=exact,
    )


def _shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    """A text shorter than a shingle is one shingle; none is none."""
    words = WORD.findall(text)
    count = max(1, len(words) - size + 1)
    return Counter(tuple(words[i : i + size]) for i in range(count)) if words else Counter()


def by_words(
    truth: str, text: str, wanted: Sequence[str] = (), unwanted: Sequence[str] = ()
) -> Score:
    there, got = Counter(WORD.findall(truth.lower())), Counter(WORD.findall(text.lower()))
    if there and got:
        right = (there & got).total()
        precision, recall = right / got.total(), right / there.total()
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    else:
        f1 = precision = recall = float(not there and not got)
    return Score(f1, precision, recall, wanted=kept(wanted, text), unwanted=kept(unwanted, text))


def kept(snippets: Sequence[str], text: str) -> float:
    """The share of the snippets that stand in the text."""
    low = text.lower()
    return sum(s.lower() in low for s in snippets) / len(snippets) if snippets else 1.0


# ---------------------------------------------------------------- from pages to a set


@dataclass(frozen=True, slots=True)
class Figures:
    """What the pages of a set come to."""

    f1: float
    precision: float
    recall: float
    accuracy: float = 0.0
    wanted: float = 0.0
    unwanted: float = 0.0


def shingle_figures(scores: Sequence[Score]) -> Figures:
    """F1 is that of mean precision and mean recall."""
    rows = zip(*map(_shingle_row, scores), strict=True)
    return _of_sums([sum(row) for row in rows], len(scores))


def word_figures(scores: Sequence[Score]) -> Figures:
    """All are means over the pages."""
    mean = statistics.fmean
    return Figures(
        f1=mean(s.f1 for s in scores),
        precision=mean(s.precision or 0.0 for s in scores),
        recall=mean(s.recall or 0.0 for s in scores),
        wanted=mean(s.wanted for s in scores),
        unwanted=mean(s.unwanted for s in scores),
    )


def _shingle_row(score: Score) -> tuple[float, ...]:
    """What is summed over pages: precision and whether there is one, recall likewise, exact."""
    return (score.precision or 0.0, float(score.precision is not None), score.recall or 0.0,
            float(score.recall is not None), float(score.exact))  # fmt: skip


def _of_sums(sums: Sequence[float], pages: int) -> Figures:
    precision, recall = sums[0] / (sums[1] or 1.0), sums[2] / (sums[3] or 1.0)
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return Figures(f1, precision, recall, sums[4] / pages)


# ---------------------------------------------------------------- how sure


def resampled(
    tools: Mapping[str, Sequence[Score]], *, shingles: bool, times: int = RESAMPLES
) -> dict[str, list[Figures]]:
    """Figures of each tool over `times` resamples of the pages, the same pages for all tools.

    The seed is fixed. By words only F1 is resampled; the other figures are 0 there.
    """
    rows = {
        tool: list(zip(*map(_shingle_row if shingles else _word_row, scores), strict=True))
        for tool, scores in tools.items()
    }
    pages = len(next(iter(tools.values())))
    draw, found = random.Random(SEED), {tool: [] for tool in tools}
    for _ in range(times):
        pick = itemgetter(*draw.choices(range(pages), k=pages), 0)  # the last keeps it a tuple
        for tool, columns in rows.items():
            sums = [sum(pick(column)) - column[0] for column in columns]
            found[tool].append(
                _of_sums(sums, pages) if shingles else Figures(sums[0] / pages, 0.0, 0.0)
            )
    return found


def _word_row(score: Score) -> tuple[float, ...]:
    return (score.f1,)


def spread(each: Sequence[Figures], of: str) -> float:
    """The standard deviation of a figure over the resamples."""
    return statistics.stdev(getattr(f, of) for f in each)


def interval(ours: Sequence[Figures], theirs: Sequence[Figures]) -> tuple[float, float]:
    """Between which bounds 95 % of the differences in F1 lie, resample by resample."""
    differences = sorted(a.f1 - b.f1 for a, b in zip(ours, theirs, strict=True))
    last = len(differences) - 1
    return differences[round(0.025 * last)], differences[round(0.975 * last)]


def counts(ours: Sequence[float], theirs: Sequence[float]) -> tuple[int, int, int]:
    """(better, worse, equal) pages; a difference of less than a thousandth is none."""
    better = sum(a - b >= LEAST for a, b in zip(ours, theirs, strict=True))
    worse = sum(b - a >= LEAST for a, b in zip(ours, theirs, strict=True))
    return better, worse, len(ours) - better - worse
