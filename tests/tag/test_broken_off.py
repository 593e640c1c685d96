"""A text that a wall cut in the middle of a sentence is tagged up to its last whole one."""

from __future__ import annotations

import pytest

from pipeline import tag
from pipeline.models import Access, Story
from pipeline.tag.sentences import whole_sentences

WHOLE = (
    "Ofsted inspectors visited Larkfield Primary School, in Marsby, in May.\n\n"
    "They rated the school good for behaviour."
)
BROKEN = " For leadership and management it was rated inadequate in 2019 and is now ra"


def grades(text: str, access: Access) -> list[str]:
    story = Story(id="x", url=None, title="Larkfield Primary School inspected", text=text,
                  published_at="2024-05-01", access=access)  # fmt: skip
    return [j.grade for j in tag.tags(story).judgements]


@pytest.mark.parametrize("access", ["partial", "registration", "subscription"])
def test_nothing_is_tagged_past_the_break(access: Access) -> None:
    assert grades(WHOLE + BROKEN, access) == grades(WHOLE, "open") == ["good"]


def test_it_is_told_that_not_all_was_read() -> None:
    story = Story(id="x", url=None, title=None, text=WHOLE + BROKEN, published_at=None,
                  access="partial")  # fmt: skip
    assert tag.tags(story).reasons[-1] == "no more than its whole sentences were read"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("One sentence. Another that is broken off after these few wor", "One sentence."),
        ("One sentence. Another…", "One sentence."),
        ("One sentence. Another, and a review that the trust ...", "One sentence."),
        ("One sentence. Another.", "One sentence. Another."),
        ('One sentence. "Another."', 'One sentence. "Another."'),
        ("One sentence.\n\nWhat happens next", "One sentence.\n\nWhat happens next"),
        ("", ""),
        ("no sentence of this text comes to an end at all", ""),
    ],
)
def test_whole_sentences(text: str, kept: str) -> None:
    assert whole_sentences(text) == kept
