"""Where the story stands on a page: pieces, other stories beside it, names new to the extractor."""

from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from pipeline.clean import clean, frame
from pipeline.clean.names import in_words
from pipeline.clean.rules import settings
from pipeline.models import Page


def story(first: int, last: int, about: str = "the home") -> str:
    return "".join(
        f"<p>Inspectors who came to {about} on day {n} found that people were safe and that the"
        " staff had been given all the training that they needed.</p>"
        for n in range(first, last)
    )


def text_of(body: str, head: str = "<title>Home praised for calm care</title>") -> str:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return clean(Page(url="https://a.example/x", final_url="https://a.example/x",
                      body=html.encode(), content_type="text/html",
                      fetched_at=datetime(2026, 1, 1, tzinfo=UTC), digest="")).text  # fmt: skip


H1 = "<h1>Home praised for calm care</h1>"
PROMO = "<div class='slot-x'><p>Win a day out for four at the county show</p></div>"


def test_a_body_in_several_pieces_is_read_whole_and_in_order() -> None:
    pieces = "".join(
        f"<div class='grid article__body'>{story(n, n + 3)}</div>{PROMO}" for n in (1, 4, 7)
    )
    text = text_of(f"<div class='page'>{H1}{pieces}</div>")
    assert [f"day {n} " in text for n in range(1, 10)] == [True] * 9
    assert text.index("day 3 ") < text.index("day 4 ") < text.index("day 9 ")
    assert "county show" not in text


@pytest.mark.parametrize("name", ["", "w-richtext", "prose prose-lg", "kJ3xZ", "css-1x2y3z"])
def test_lists_and_headings_stay_where_the_name_says_nothing(name: str) -> None:
    inner = (
        f"{story(1, 4)}<h2>What must change</h2>"
        "<ul><li>rotas must be kept</li><li>doors must be mended</li></ul>"
        f"{story(4, 8)}"
    )
    text = text_of(f"<div><div>{H1}</div><div class='{name}'>{inner}</div></div>")
    for line in ("What must change", "- rotas must be kept", "- doors must be mended"):
        assert line in text.split("\n\n")


def test_other_stories_below_it_are_not_the_story() -> None:
    others = "".join(
        f"<article><h2>Another place, {n}</h2>{story(1, 5, f'place {n}')}</article>"
        for n in range(6)
    )
    text = text_of(f"<div class='stream'><article>{H1}{story(1, 5)}</article>{others}</div>")
    assert "came to the home on day 4" in text
    assert "place" not in text


def test_readers_comments_never_outweigh_the_story() -> None:
    comments = (
        f"<ul class='d2'><li><div class='comment-text'>{story(1, 30, 'my town')}</div></li></ul>"
    )
    text = text_of(f"<div><div class='x1'>{H1}{story(1, 6)}</div>{comments}</div>")
    assert "came to the home on day 5" in text
    assert "my town" not in text


def test_text_between_line_breaks_counts_as_running_text() -> None:
    lines = "<br><br>".join(
        f"On day {n} the inspectors, who had come without warning, looked at how medicines were"
        " kept and found that nothing was amiss there."
        for n in range(1, 9)
    )
    rail = "".join(f"<li><a href='/{n}'>{story(n, n + 1, 'a shop')}</a></li>" for n in range(9))
    text = text_of(f"<div id='content'>{H1}<div>{lines}</div></div><div><ul>{rail}</ul></div>")
    assert "On day 8 " in text
    assert "a shop" not in text


@pytest.mark.parametrize(
    "bare",
    [
        "<div>Bare text, long enough to be read as a sentence of the story it is part of.</div>",
        "<div>Bare text <b>with words in bold</b>, and long enough to be a sentence of the story"
        " that it is part of.</div>",
    ],
)
def test_text_without_a_paragraph_of_its_own_is_kept_beside_paragraphs(bare: str) -> None:
    text = text_of(f"<article>{H1}{story(1, 4)}{bare}{story(4, 7)}</article>")
    assert "Bare text" in text.split("\n\n")[3]


def test_a_story_divided_by_line_breaks_keeps_its_first_line_and_its_bold_words() -> None:
    lines = [
        f"On <b>day {n}</b> the inspectors looked at <a href='/x'>how medicines</a> were kept and"
        " found that nothing was amiss there."
        for n in range(1, 9)
    ]
    text = text_of(f"<div id='story'>{H1}{'<br><br>'.join(lines)}<p>A last word.</p></div>")
    paragraphs = text.split("\n\n")
    assert paragraphs[0].startswith("On day 1 the inspectors looked at how medicines were kept")
    assert [p.split(" the")[0] for p in paragraphs[:8]] == [f"On day {n}" for n in range(1, 9)]


def test_rows_of_a_table_are_lines_with_their_cells() -> None:
    rows = "<tr><th>Service</th><th>Grade</th></tr><tr><td>Fostering</td><td>Good</td></tr>"
    table = f"<table>{rows}</table>"
    paragraphs = text_of(f"<article>{H1}{story(1, 6)}{table}{story(6, 9)}</article>").split("\n\n")
    assert paragraphs[5:7] == ["Service | Grade", "Fostering | Good"]


def test_a_list_of_links_that_a_sentence_introduces_is_the_storys() -> None:
    homes = "".join(f"<li><a href='/{n}'>{n} House</a></li>" for n in ("Larch", "Elm", "Yew"))
    inner = f"{story(1, 6)}<p>Three of the homes were found inadequate:</p><ul>{homes}</ul>"
    paragraphs = text_of(f"<article>{H1}{inner}{story(6, 9)}</article>").split("\n\n")
    assert paragraphs[6:9] == ["- Larch House", "- Elm House", "- Yew House"]


def test_a_short_page_has_no_frame() -> None:
    page = lxml.html.document_fromstring(f"<html><body>{H1}{story(1, 3)}</body></html>")
    assert frame.find(page, set(), {}) is None


@pytest.mark.parametrize("place", list(settings()["frame"]))
def test_names_say_what_they_should(place: str) -> None:
    record = settings()["frame"][place]
    for names, wanted in ((record["examples"], place), (record["counterexamples"], None)):
        for name in names:
            for written in (f"{name} ", f" {name}"):  # as a class, as an id
                found = frame._place(written)
                assert (found == place) is (wanted == place), (in_words(written), found)
