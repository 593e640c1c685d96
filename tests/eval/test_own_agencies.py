"""The floors on our own sentences and stories, and the lists that the gazetteer is made of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.knowledge import load_csv
from pipeline.knowledge.build_agencies import build
from tests.eval import agencies

LISTS = Path(os.environ.get("EVAL_DATA", "../shared/data")) / "lists"


def test_our_sentences_are_read_as_well_as_they_were() -> None:
    assert agencies.below("sentences", agencies.sentences()) == []


def test_our_stories_are_read_as_well_as_they_were() -> None:
    assert agencies.below("stories", agencies.stories()) == []


def test_a_worse_reading_would_be_noticed() -> None:
    result = agencies.Result()
    for key in agencies.FLOORS["stories"]:
        result.add("x", key, ["council:kent"], ["council:leeds"])
    result.code("x", "Leeds", "E08000001", "E08000035")
    assert len(agencies.below("stories", result)) == len(agencies.FLOORS["stories"]) + 1


@pytest.mark.skipif(not LISTS.is_dir(), reason="the public lists are not beside the project")
def test_the_lists_and_patches_give_what_is_checked_in() -> None:
    assert tuple(build(LISTS)) == load_csv("agencies/listed.csv")
