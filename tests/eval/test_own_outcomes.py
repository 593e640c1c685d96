"""Floors of accuracy on stories of our own that were written without sight of the rules."""

from __future__ import annotations

from tests.eval import tagging


def test_what_was_reached_on_stories_written_blind_is_kept() -> None:
    scores = tagging.score_own([tagging.BLIND])
    assert tagging.report("blind", scores, cases=True)
