"""Particulars of an inspection, from reports and from news; and the vocabulary's own examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import tag
from pipeline.knowledge import load_yaml
from pipeline.models import Story
from pipeline.summary import days
from pipeline.tag import visits
from pipeline.tag.cues import Cues
from pipeline.tag.sentences import fold

FILE = "details.yaml"
RECORDS = yaml.safe_load((Path(__file__).parent / FILE).read_text("utf-8"))
WORDS = [(section, record) for section, rs in load_yaml(FILE).items() for record in rs]
#: sections whose patterns are matched from where a line or sentence begins
ANCHORED = ("headings", "ends", "imperatives", "began")


@pytest.mark.parametrize("record", RECORDS, ids=[r["text"][-50:] for r in RECORDS])
def test_what_is_told_of_the_inspection_itself(record: dict[str, Any]) -> None:
    text = record["text"]
    made = tag.tags(Story(id="x", url=None, title=None, text=text, published_at=record["date"]))
    assert [[d.kind, d.value] for d in made.details] == record["expect"], made.reasons
    for one in made.details:
        assert text[one.start : one.end] == one.quote


@pytest.mark.parametrize(("section", "record"), WORDS, ids=[f"{s}-{r['id']}" for s, r in WORDS])
def test_record_matches_its_examples_only(section: str, record: dict[str, Any]) -> None:
    own = Cues((record,), path=FILE)
    for text, wanted in [(t, True) for t in record["examples"]] + [
        (t, False) for t in record["counterexamples"]
    ]:
        low = fold(text)
        hit = own.opens(low, 0, len(low)) if section in ANCHORED else own.find(low)
        assert bool(hit) is wanted, text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("6 to 10 february 2023", ("2023-02-06", "2023-02-10")),
        ("27 september to 8 october 2021", ("2021-09-27", "2021-10-08")),
        ("28 november 2016 to 2 december 2016", ("2016-11-28", "2016-12-02")),
        ("02 march 2020 to 13 march 2020", ("2020-03-02", "2020-03-13")),
        ("28 january-5 february 2014", ("2014-01-28", "2014-02-05")),
        ("14th may", ("2024-05-14", "")),
        ("may 14, 2023", ("2023-05-14", "")),
        ("march 3 to 7", ("2024-03-03", "2024-03-07")),
        ("december", ("2023-12", "")),
        ("31 june 2023", None),
        ("7 to 3 march 2023", None),
        ("the 12 children", None),
    ],
)
def test_days_are_read_in_every_form(text: str, wanted: tuple[str, str] | None) -> None:
    found = visits.days_in(text, 0, len(text), "2024-06-01")
    assert (found and found[:2]) == wanted


def test_days_without_a_year_are_of_no_year_where_the_story_has_none() -> None:
    assert visits.days_in("3 to 7 march", 0, 12, None) is None


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2025-03-03", "2025-03-07", "3 to 7 March 2025"),
        ("2024-04-30", "2024-05-02", "30 April to 2 May 2024"),
        ("2023-12-30", "2024-01-03", "30 December 2023 to 3 January 2024"),
        ("2024-05-14", "", "14 May 2024"),
        ("2024-05", "", "May 2024"),
    ],
)
def test_days_are_told_in_words(first: str, last: str, told: str) -> None:
    assert days(first, last) == told
