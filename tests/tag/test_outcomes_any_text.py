"""Whatever the text: no crash, every span proves itself, and time grows with length only."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tag
from pipeline.models import Story, Tags
from pipeline.tag.sentences import fold, paragraphs, sentences

FRAGMENTS = [
    "Ofsted", "CQC", " rated ", "“good”", "'requires improvement'", " inadequate", " from ", " to ",
    " outstanding overall", "Safe: good", "eight of the 22 children", "51 per cent", ". ", "\n\n",
    " Hull City Council", " Alder Lane Primary School", ", said: ", "\n• ", "Read more: ", " but ",
    "special measures", " no longer ", "inspectors found ", "é", "İ", "\u200d", "👩", "\u0301", "‘",
    "\u00a0", "\u2028", "\ufeff", "\r\n", "Staff were kind", " lack of ", " both ", "1 in 5",
    " respectively", "£15 / month", " Headteacher Jane Roe said: ", "we are sorry", " she added",
    ", chair of governors and ", "\ue000",
    "\nLead inspector: Ann Roe", "\nRecommendations\n\n- Ensure ", " visited on 14 May",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=300), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
)


def tags_of(text: str, title: str | None = None) -> Tags:
    return tag.tags(Story(id="x", url=None, title=title, text=text, published_at=None))


def prove(text: str, tags: Tags) -> None:
    for one in (*tags.mentions, *tags.judgements, *tags.findings, *tags.actions, *tags.statistics,
                *tags.themes, *tags.places, *tags.responses, *tags.details):  # fmt: skip
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.quote


@given(TEXTS, st.none() | TEXTS)
def test_spans_prove_themselves_in_any_text(text: str, title: str | None) -> None:
    prove(text, tags_of(text, title))


@given(st.text())
def test_sentences_cover_every_word_once(text: str) -> None:
    spans = sentences(text)
    covered = [i for s in spans for i in range(s.start, s.end)]
    assert len(covered) == len(set(covered))
    assert {i for i, c in enumerate(text) if not c.isspace()} <= set(covered)
    assert all(text[s.start : s.end].strip() == text[s.start : s.end] for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert {i for p in paragraphs(text) for i in range(p.start, p.end)} >= set(covered)


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", ".", "\u0301", "👍" * 50, "“", "'" * 500])
def test_degenerate_texts(text: str) -> None:
    assert tags_of(text).findings == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "grades"),
    [("a", []), (" ", []), (". ", []), ("rated good, ", []), ("no ", []), ("of the 22 ", []),
     ("one in ", []), ('"', []), ("inspectors said ", []), ("Safe: good\n", []),
     ("from good to ", []), ("Ofsted rated Elm Lane School 'good' and ", ["good"])],
)  # fmt: skip
def test_no_repetition_hangs_or_means_more_than_it_says(unit: str, grades: list[str]) -> None:
    text = unit * (200_000 // len(unit))
    tags = tags_of(text)
    prove(text, tags)
    assert [j.grade for j in tags.judgements] == grades
    assert tags.findings == ()


@pytest.mark.slow
def test_a_megabyte_is_tagged() -> None:
    text = "Inspectors rated the home good. Staff were kind, but records were poor.\n\n" * 14_000
    prove(text, tags_of(text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Dr. Amy Vale said so. Then she left.", ["Dr. Amy Vale said so.", "Then she left."]),
        ("He met J. R. Oddie. It rained.", ["He met J. R. Oddie.", "It rained."]),
        ('"It is good." Inspectors agreed.', ['"It is good."', "Inspectors agreed."]),
        ("She said: “We try.” They do.", ["She said: “We try.”", "They do."]),
        ("Safe: good\nCaring: good", ["Safe: good", "Caring: good"]),
        ("It was sold at last.Our home is calm.", ["It was sold at last.", "Our home is calm."]),
        ("It rose 4.9% in St. Albans. Why?", ["It rose 4.9% in St. Albans.", "Why?"]),
        ("Heads, nurses, etc. The rest left.", ["Heads, nurses, etc.", "The rest left."]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_ends_them(text: str, wanted: list[str]) -> None:
    assert [text[s.start : s.end] for s in sentences(text)] == wanted


def test_a_wrapped_line_goes_on() -> None:
    text = "Inspectors of the Care Quality Commission came to the home in\nspring and were pleased."
    assert len(sentences(text)) == 1


@pytest.mark.slow
def test_a_text_of_many_megabytes_is_read_in_part_and_says_so() -> None:
    text = "".join(f"Ofsted rated Harwick School {n} good in May. " for n in range(60_000))
    made = tag.tags(Story(id="x", url=None, title=None, text=text, published_at=None))
    assert made.reasons[-1] == "only its first 200,000 characters were read"
    assert made.mentions
    assert all(m.end <= 200_000 and text[m.start : m.end] == m.quote for m in made.mentions)
