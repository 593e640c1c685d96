"""Words that ask for care: the vocabulary's own examples, any text, and stories that need none."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tag
from pipeline.errors import KnowledgeError
from pipeline.knowledge import load_yaml
from pipeline.models import Caution, Story
from pipeline.tag import cautions as module
from pipeline.tag import files
from pipeline.tag.cautions import cautions
from pipeline.tag.sentences import fold, straight

RECORDS = [
    (kind, record)
    for kind in ("child", "restriction")
    for record in load_yaml("cautions.yaml")[kind]
]  # fmt: skip
STORIES = [
    story
    for file in sorted((Path(__file__).parent / "stories").glob("*.yaml"))
    for story in yaml.safe_load(file.read_text("utf-8"))
]
FRAGMENTS = [
    "Ada", " Marrow", ", 7", ", aged ", "seven", "-year-old ", " who was ", "just ", " (14)",
    "baby ", "Child Q", "Year 6 pupil ", "serious case review ", "the death of ",
    "cannot be named ", "for", " legal reasons", "reporting restrictions", " court order ",
    "lifelong anonymity", "section 39 ", "not her real name", "Court of Protection ",
    " identified", "’s", "“", "\u00a0", "\n\n", ". ", "É", "e\u0301", "İ", "ß", " van der ", "-",
    "'", "\ue000", "👩",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=300), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
)


@pytest.mark.parametrize(
    ("kind", "record"), RECORDS, ids=[f"{kind}-{r['id']}" for kind, r in RECORDS]
)
def test_a_record_finds_its_examples_and_nobody_its_counterexamples(
    kind: str, record: dict[str, Any]
) -> None:
    (own,) = [r for r in module.rules() if (r.kind, r.id) == (kind, record["id"])]
    for example in record["examples"]:
        assert list(own.spans(fold(example), straight(example))), example
    for example in record["counterexamples"]:
        assert not [c for c in cautions(example) if c.kind == kind], example


def test_what_is_told_of_a_text() -> None:
    text = (
        "The mother of Ada Marrow, 7, and baby Ned spoke to the Gazette.\n\n"
        "A 15-year-old boy, who cannot be named for legal reasons, lived there too. "
        "Headteacher Jane Roe, 45, said that children aged four to 11 were safe."
    )
    assert [(c.kind, c.rule, c.quote) for c in cautions(text)] == [
        ("child", "name-and-age", "Ada Marrow, 7"),
        ("child", "word-for-a-child", "baby Ned"),
        ("restriction", "not-to-be-named", "cannot be named"),
    ]


def test_of_two_that_overlap_the_first_is_told() -> None:
    assert [c.quote for c in cautions("seven-year-old Ada Marrow, 7, said")] == [
        "seven-year-old Ada Marrow"
    ]


def test_a_sign_far_from_the_name_is_still_of_its_own_name() -> None:
    text = "Ada Marrow, 7, " + "and nothing, 7 more, " * 40 + "and Ned Vale, 9, too"
    assert [c.quote for c in cautions(text)] == ["Ada Marrow, 7", "Ned Vale, 9"]


@pytest.mark.parametrize("story", STORIES, ids=[s["id"] for s in STORIES])
def test_our_own_stories_of_inspections_ask_for_no_care(story: dict[str, Any]) -> None:
    assert cautions(story["text"]) == ()


@given(TEXTS)
def test_every_span_proves_itself_in_any_text(text: str) -> None:
    found = cautions(text)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.quote
    assert list(found) == sorted(found, key=lambda c: (c.start, c.kind))
    for kind in ("child", "restriction"):
        own = [c for c in found if c.kind == kind]
        assert all(a.end <= b.start for a, b in pairwise(own))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["a", "A", " ", "\n", "Ada ", "Ada-", "A'b", "Ada, 7", "named ", "old ", "was just ",
     "Ada van der ", "identified ", "pupils Ada ", "order naming ", "serious case review of ",
     "court of protection "],
)  # fmt: skip
def test_no_repetition_hangs(unit: str) -> None:
    cautions(unit * (200_000 // len(unit)))


def test_any_story_is_read_for_them_to_its_end() -> None:
    text = "The fair was sunny. " * (tag.MOST // 20 + 1) + "It was won by Ada Marrow, 7."
    broken = "The fair was sunny.\n\nIt was won by Ada Marrow, 7, who"
    for one, access in ((text, "open"), (broken, "partial")):
        made = tag.tags(Story(id="x", url=None, title=None, text=one, published_at=None,
                              access=access))  # type: ignore[arg-type]  # fmt: skip
        assert [c.quote for c in made.cautions] == ["Ada Marrow, 7"]
        assert one[made.cautions[0].start : made.cautions[0].end] == "Ada Marrow, 7"


def test_the_tag_command_prints_none() -> None:
    text = "Ada Marrow, 7, cannot be named for legal reasons. Ofsted rated Elm Lane School good."
    story = Story(id="x", url=None, title=None, text=text, published_at=None)
    made = tag.tags(story)
    assert {c.kind for c in made.cautions} == {"child", "restriction"}
    assert isinstance(made.cautions[0], Caution)
    assert "cautions" not in files.as_json(story, made)


@pytest.mark.parametrize("pattern", ["(", "<nothing>"])
def test_a_record_that_cannot_be_read_is_named(pattern: str) -> None:
    with pytest.raises(KnowledgeError, match=r"cautions\.yaml, record mine: pattern: "):
        module.rule({"id": "mine", "any": [pattern]}, "child", {})
