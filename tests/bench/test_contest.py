"""The contest is fair: same bytes for all, no network, an error is an answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench import contest, extractors, stages
from tests.bench.cleaning import table
from tests.eval.sets import own_pages

HERE = Path(sys.executable)
PAGE = own_pages()[0]


@pytest.fixture(scope="module")
def results() -> contest.Results:
    tools = dict.fromkeys(("clean", "trafilatura"), HERE)
    pages = [(PAGE.url, lambda: PAGE.body), ("https://empty.example/", lambda: b"<p>Nothing</p>")]
    return contest.run(tools, pages)


@pytest.mark.slow
def test_each_tool_answers_for_each_page_in_their_order(results: contest.Results) -> None:
    assert PAGE.text[0] in results.outcomes["clean"][0].text
    assert PAGE.text[0] in results.outcomes["trafilatura"][0].text
    assert all(o.seconds > 0 for each in results.outcomes.values() for o in each)
    assert "trafilatura" in results.versions


@pytest.mark.slow
def test_what_a_tool_raises_is_its_answer(results: contest.Results) -> None:
    refused = results.outcomes["clean"][1]
    assert refused.text == ""
    assert (refused.error or "").startswith("CleanError: ")


@pytest.mark.slow
def test_an_unseen_page_is_cleaned_as_any_other() -> None:
    """What `fresh` forgets changes no answer."""
    with contest.Worker("clean", HERE) as worker:
        first, again = (worker.ask(PAGE.body, PAGE.url, fresh=fresh) for fresh in (False, True))
    assert first.text == again.text


@pytest.mark.slow
def test_a_process_that_ends_is_an_error_and_begins_anew() -> None:
    with contest.Worker("trafilatura", HERE) as worker:
        worker._process.kill()
        assert worker.ask(PAGE.body, PAGE.url).error == "its process ended"
        assert PAGE.text[0] in worker.ask(PAGE.body, PAGE.url).text


def test_every_tool_of_a_table_is_known() -> None:
    from tests.bench import cleaning as bench
    from tests.eval import cleaning as evaluation

    assert set(bench.TOOLS) | set(evaluation.TOOLS) == set(extractors.TOOLS)


def test_the_stages_are_those_of_the_architecture() -> None:
    assert {"decode", "metadata", "prune", "extract", "residue"} <= {s for *_, s in stages.called()}


def test_a_stage_is_charged_with_its_own_time_alone() -> None:
    ticks = iter([0.0, 1.0, 4.0, 6.0, 7.0, 7.5])  # outer, inner, out of it, inner, out, out
    clock = stages.Clock(lambda: next(ticks))
    inner = clock("inner", lambda: None)
    clock("outer", lambda: (inner(), inner()))()
    assert clock.seconds == {"outer": 1.0 + 2.0 + 0.5, "inner": 3.0 + 1.0}


def test_ratios_are_of_pages_and_not_of_sums() -> None:
    times = {"clean": [2.0, 3.0, 40.0], "trafilatura metadata": [1.0, 3.0, 10.0],
             "lxml": [1.0, 1.0, 1.0]}  # fmt: skip
    assert "| 2.00 (2.33) | 3.00 (15.00) |" in table(times)[2]
