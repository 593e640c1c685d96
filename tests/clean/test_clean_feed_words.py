"""The few words of a feed that stand for a page nobody could have: kept, and called partial."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.clean import clean
from pipeline.errors import CleanError
from pipeline.models import Article
from pipeline.watch.items import Item, entry, feed_page

SENTENCE = "Ofsted rated the children's services of Harwick inadequate in a report out today."


def story(**more: str) -> Article:
    item = Item(**({"guid": "1", "link": "http://a.example/x", "headline": "Harwick inadequate",
                    "summary": None, "content_html": None, "author": None,
                    "published_at": "2026-11-03T09:00:00+00:00"} | more))  # fmt: skip
    said = entry(item, feed_url="http://a.example/f", base="http://a.example/f")
    page = feed_page(said, datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert page is not None
    return clean(page, entry=said)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"summary": SENTENCE}, SENTENCE),
        ({"content_html": f"<p>{SENTENCE}</p>"}, SENTENCE),
        ({"content_html": f"{SENTENCE} <a href='/x'>More of it here</a>"},
         f"{SENTENCE} More of it here"),
        ({"content_html": f"<p>{SENTENCE}</p><p>The council was told in June.</p>"},
         f"{SENTENCE}\n\nThe council was told in June."),
        ({"content_html": f"<div><b>Harwick</b>: {SENTENCE}</div>"}, f"Harwick: {SENTENCE}"),
    ],
)  # fmt: skip
def test_a_sentence_is_a_story_in_part(said: dict[str, str], text: str) -> None:
    found = story(**said)
    assert (found.text, found.headline, found.access) == (text, "Harwick inadequate", "partial")


def test_a_word_is_none() -> None:
    with pytest.raises(CleanError, match=r"no story text found on the page \(1 words\)"):
        story(summary="Video.")
