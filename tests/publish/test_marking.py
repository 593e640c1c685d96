"""Marks never change, lose or repeat a character of the story."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.marking import Mark, Piece, paragraphs

SPANS = st.lists(st.tuples(st.integers(-5, 80), st.integers(-5, 80)))
TEXTS = st.text(st.sampled_from("ab é😀.\n"), max_size=70)


def marks_of(spans: list[tuple[int, int]]) -> list[Mark]:
    return [Mark(start=a, end=b, kind="x", number=n) for n, (a, b) in enumerate(spans)]


@given(TEXTS, SPANS)
def test_pieces_are_the_text_in_order(text: str, spans: list[tuple[int, int]]) -> None:
    found = paragraphs(text, marks_of(spans))
    assert "".join(p.text for pieces in found for p in pieces) == re.sub(r"\n[ \t]*\n\s*", "", text)
    assert all(piece.text for pieces in found for piece in pieces)


@given(TEXTS, SPANS)
def test_each_character_has_the_marks_that_cover_it(
    text: str, spans: list[tuple[int, int]]
) -> None:
    covered: dict[int, int] = dict.fromkeys(range(len(spans)), 0)
    opened: list[int] = []
    for pieces in paragraphs(text, marks_of(spans)):
        for piece in pieces:
            opened += [m.number for m in piece.opens]
            for mark in piece.marks:
                covered[mark.number] += len(piece.text)
    assert len(opened) == len(set(opened))
    for number, (start, end) in enumerate(spans):
        whole = text[start:end] if 0 <= start < min(end, len(text)) else ""
        assert covered[number] <= len(whole)
        assert covered[number] >= len(whole) - sum(map(str.isspace, whole))


def test_marks_may_overlap_and_nest() -> None:
    text = "only eight of the 22 children came"
    weakness = Mark(start=0, end=len(text), kind="weakness", number=1)
    figure = Mark(start=5, end=20, kind="statistic", number=2)
    assert paragraphs(text, [figure, weakness]) == [
        [
            Piece(text="only ", marks=(weakness,), opens=(weakness,)),
            Piece(text="eight of the 22", marks=(weakness, figure), opens=(figure,)),
            Piece(text=" children came", marks=(weakness,), opens=()),
        ]
    ]
