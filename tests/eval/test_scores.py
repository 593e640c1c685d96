"""The scorers on cases counted by hand, so that `make eval` measures what it says."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from tests.eval import accepted, furniture, scores
from tests.eval.sets import OwnPage

TRUTH = "one two three four five six"  # shingles: 1234, 2345, 3456


def test_shingles_by_hand() -> None:
    # 1234 is right; 234x and 34xy are too much; 2345 and 3456 are missing
    score = scores.by_shingles(TRUTH, "one two three four x y")
    assert (score.precision, score.recall, score.exact) == (1 / 3, 1 / 3, False)
    assert score.f1 == pytest.approx(2 * 1 / (2 * 1 + 2 + 2))
    # three shingles of four words too much: 456x, 56xy, 6xyz
    score = scores.by_shingles(TRUTH, TRUTH + " x y z")
    assert (score.precision, score.recall) == (3 / 6, 1.0)


def test_a_shingle_counts_as_often_as_it_is_there() -> None:
    score = scores.by_shingles("a b c d", "a b c d a b c d")  # abcd twice, bcda, cdab, dabc
    assert (score.precision, score.recall) == (1 / 5, 1.0)


def test_case_counts_for_shingles_and_punctuation_does_not() -> None:
    assert scores.by_shingles("“One,” two: three; four.", "One two three four").exact
    assert scores.by_shingles("One two three four", "one two three four").f1 == 0.0


def test_accuracy_asks_for_the_order_that_shingles_may_miss() -> None:
    """The same shingles, but another text: the bag cannot tell, accuracy can."""
    truth, text = "a a a a b a a a a c a a a a", "a a a a c a a a a b a a a a"
    score = scores.by_shingles(truth, text)
    assert score.f1 == 1.0
    assert not score.exact


def test_a_text_shorter_than_a_shingle_is_one() -> None:
    assert scores.by_shingles("one two", "one two").precision == 1.0
    assert scores.by_shingles("one two", "one").recall == 0.0


def test_a_page_without_text_counts_in_recall_and_not_in_precision() -> None:
    each = [scores.by_shingles(TRUTH, TRUTH), scores.by_shingles(TRUTH, "")]
    assert (each[1].precision, each[1].recall, each[1].f1) == (None, 0.0, 0.0)
    found = scores.shingle_figures(each)
    assert (found.precision, found.recall, found.accuracy) == (1.0, 0.5, 0.5)
    assert found.f1 == pytest.approx(2 * 1.0 * 0.5 / 1.5)  # of the means, not the mean of F1


def test_words_by_hand() -> None:
    # of five words four are right: a, b, b, c; of the truth's six four are found
    score = scores.by_words("A b B c d e", "a b b c x")
    assert (score.precision, score.recall) == (4 / 5, 4 / 6)
    assert score.f1 == pytest.approx(2 * (4 / 5) * (4 / 6) / (4 / 5 + 4 / 6))
    each = [score, scores.by_words("a", "")]
    assert scores.word_figures(each).f1 == pytest.approx(score.f1 / 2)


@pytest.mark.parametrize(("truth", "text", "f1"), [("", "", 1.0), ("a", "", 0.0), ("", "a", 0.0)])
def test_nothing_is_right_where_nothing_is_wanted(truth: str, text: str, f1: float) -> None:
    assert scores.by_words(truth, text).f1 == f1


def test_snippets_are_looked_for_as_letters_whatever_their_case() -> None:
    score = scores.by_words("x", "Subscribe Now to read", ("subscribe now", "never"), ("READ",))
    assert (score.wanted, score.unwanted) == (0.5, 1.0)
    assert scores.kept((), "anything") == 1.0


# ---------------------------------------------------------------- how sure


def some(shift: float) -> list[scores.Score]:
    return [scores.Score(f1, f1, f1) for n in range(60) for f1 in [(n % 10) / 20 + shift]]


@pytest.mark.parametrize("shingles", [True, False])
def test_resamples_are_the_same_each_time_and_of_the_same_pages_for_all(shingles: bool) -> None:
    tools = {"better": some(0.1), "worse": some(0.0)}
    first = scores.resampled(tools, shingles=shingles, times=200)
    assert first == scores.resampled(tools, shingles=shingles, times=200)
    # better by the same on every page: paired, there is no doubt at all
    assert scores.interval(first["better"], first["worse"]) == pytest.approx((0.1, 0.1), abs=1e-9)
    assert scores.interval(first["worse"], first["better"])[1] < 0
    assert scores.spread(first["worse"], "f1") > 0.01  # each alone is far less sure


def test_an_interval_holds_19_of_20_differences() -> None:
    nothing = [scores.Figures(0.0, 0.0, 0.0)] * 1001
    rising = [scores.Figures(n / 1000, 0.0, 0.0) for n in range(1001)]
    assert scores.interval(rising, nothing) == (0.025, 0.975)


def test_the_spread_is_the_standard_error_of_a_mean() -> None:
    """Of 60 pages with a standard deviation of s it is s / √60, within what chance allows."""
    found = scores.resampled({"ours": some(0.0)}, shingles=False, times=2000)
    deviation = (sum((n / 20 - 0.225) ** 2 for n in range(10)) / 10) ** 0.5
    assert scores.spread(found["ours"], "f1") == pytest.approx(deviation / 60**0.5, rel=0.1)


def test_a_thousandth_is_a_difference() -> None:
    assert scores.counts([0.5, 0.5, 0.5, 0.5], [0.5, 0.4, 0.6, 0.4995]) == (1, 1, 2)


# ---------------------------------------------------------------- our own pages


PAGE = OwnPage(
    "p", "https://paper.example/1", b"",
    text=("Readers share the cost, said the head.", "It was £5 a head."),
    furniture=(("share", "Share"), ("subscription", "From £5 a month"), ("share", "share")),
)  # fmt: skip


def kinds(text: str) -> list[str]:
    return [fault.kind for fault in furniture.faults(PAGE, text)]


def test_a_story_alone_has_no_fault_however_it_is_set() -> None:
    assert kinds("\n\n".join(PAGE.text)) == []
    assert kinds("Readers share\n the cost , said the head. It was £5 a\u00a0head.") == []


def test_furniture_counts_where_it_is_there_more_often_than_the_story_has_it() -> None:
    story = "\n".join(PAGE.text)
    assert kinds(f"{story}\nShare\nFrom £5 a month") == ["subscription", "share"]
    assert kinds(f"{story}\nshare") == ["share"]
    assert kinds(f"{story}\nFrom £7 a month") == []


def test_a_paragraph_is_lost_unless_all_its_words_are_there_in_order() -> None:
    assert kinds("Readers share the cost, said the head. It was £5.") == [furniture.LOST]
    assert kinds("") == [furniture.LOST] * 2


def test_each_stretch_of_a_text_counts_once() -> None:
    """`Share this` is one line left, not `Share` as well; twice `Share` is `Share` once."""
    page = dataclasses.replace(
        PAGE, furniture=(("a", "Share"), ("b", "Share this"), ("c", "Share"))
    )
    found = furniture.faults(page, "\n".join([*PAGE.text, "Share this"]))
    assert [fault.kind for fault in found] == ["b"]
    found = furniture.faults(page, "\n".join([*PAGE.text, "Share", "Share"]))
    assert [fault.kind for fault in found] == ["a", "c"]


def test_signs_that_serve_printing_alone_make_no_difference() -> None:
    page = dataclasses.replace(PAGE, text=("The first of five offices.",))
    assert furniture.faults(page, "The \ufb01rst of \ufb01ve of\u00ad\ufb01ces.") == []


def test_the_table_counts_lines_a_story_by_kind() -> None:
    found = {"ours": [], "theirs": furniture.faults(PAGE, "Share. From £5 a month. Share.")}
    rows = furniture.table(2, found)
    assert "| share | 0.00 | 0.50 |" in rows
    assert rows[-3:] == ["| all kinds | 0.00 | 1.00 |", "| lines in all | 0 | 2 |",
                         "| paragraphs lost | 0 | 2 |"]  # fmt: skip


# ---------------------------------------------------------------- what was accepted


def test_accepting_replaces_one_set_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "accepted.csv"
    assert accepted.pages("zyte", path) == {}
    accepted.accept_pages("zyte", {"b": 0.5, "a": 1.0}, path)
    accepted.accept_pages("wcxb", {"a": 0.25}, path)
    accepted.accept_pages("zyte", {"a": 0.98765}, path)
    assert accepted.pages("zyte", path) == {"a": 0.9877}
    assert accepted.pages("wcxb", path) == {"a": 0.25}


def test_floors_rise_by_accepting_and_fall_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text(json.dumps({"wcxb": {"f1": 0.94, "unwanted": 0.04}}))
    better, worse = {"f1": 0.9519, "unwanted": 0.0301}, {"f1": 0.93, "unwanted": 0.05}
    assert accepted.broken("wcxb", better, path) == []
    assert len(accepted.broken("wcxb", worse, path)) == 2
    accepted.accept_floors("wcxb", better, lower=False, path=path)
    assert accepted.floors("wcxb", path) == {"f1": 0.951, "unwanted": 0.031}
    accepted.accept_floors("wcxb", worse, lower=False, path=path)
    assert accepted.floors("wcxb", path) == {"f1": 0.951, "unwanted": 0.031}
    accepted.accept_floors("wcxb", worse, lower=True, path=path)
    assert accepted.floors("wcxb", path) == {"f1": 0.93, "unwanted": 0.05}


def test_the_floors_and_the_scores_in_the_project_are_of_the_same_sets() -> None:
    for name, pages in (("zyte", 181), ("wcxb", 793)):
        assert len(accepted.pages(name)) == pages
        assert accepted.floors(name)
