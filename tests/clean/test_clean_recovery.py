"""A page whose markup holds no story, and what else its publisher gave of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.clean import clean
from pipeline.errors import CleanError
from pipeline.models import Article, Entry, Page

STORY = [
    f"On day {n} the inspectors looked at how medicines were kept, spoke to eleven people who live"
    " at the home, and found that nothing was amiss."
    for n in range(1, 7)
]
TEASER = "<p>Inspectors have been to the home and have said what they think of it.</p>"


def cleaned(body: str, *, entry: Entry | None = None, **said: object) -> Article:
    data = {"@type": "NewsArticle", "headline": "Home praised", **said}
    html = (
        f"<html><head><title>Home praised</title><script type='application/ld+json'>"
        f"{json.dumps(data)}</script></head><body><h1>Home praised</h1>{body}</body></html>"
    )
    page = Page(url="https://a.example/x", final_url="https://a.example/x", body=html.encode(),
                content_type="text/html", fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
                digest="")  # fmt: skip
    return clean(page, entry=entry)


def announced(content: str) -> Entry:
    return Entry(feed_url="f", guid="g", url="https://a.example/x", link="https://a.example/x",
                 headline="Home praised", summary=None, content_html=content, author=None,
                 published_at=None, digest="d")  # fmt: skip


@pytest.mark.parametrize("joined", ["\n", "\n\n", "<p>"])
def test_structured_data_stands_in_for_markup_without_a_story(joined: str) -> None:
    article = cleaned(TEASER, articleBody=joined.join(STORY))
    assert article.text.split("\n\n") == STORY
    (note,) = [r for r in article.removed if r.kind == "recovery"]
    assert note.text.startswith("the text is that of structured data (156 words; ")


def test_the_feeds_words_stand_in_where_there_is_no_text_at_all() -> None:
    content = "".join(f"<p>{p}</p>" for p in STORY)
    article = cleaned("<div id='app'></div>", entry=announced(content))
    assert article.text.split("\n\n") == STORY
    assert [r.text for r in article.removed if r.kind == "recovery"] == [
        "the text is that of its feed (156 words; in the page's markup 2)"
    ]


def test_a_page_that_holds_its_story_needs_neither() -> None:
    body = "".join(f"<p>{p}</p>" for p in STORY)
    article = cleaned(body, articleBody="\n".join(STORY) + "\nAnd a last line.")
    assert article.text.split("\n\n") == STORY
    assert not [r for r in article.removed if r.kind == "recovery"]


@pytest.mark.parametrize(
    ("wall", "said"),
    [
        ("", {"isAccessibleForFree": False}),
        ("", {"isAccessibleForFree": "https://schema.org/False"}),
        ("", {"isAccessibleForFree": [" False "]}),
        ("", {"isAccessibleForFree": {"@type": "Boolean", "@value": "no"}}),
        ("", {"isAccessibleForFree": True, "hasPart": {"isAccessibleForFree": "false"}}),
        ("", {"isPartOf": {"productID": "x", "isAccessibleForFree": 0}}),
        (
            '<script type=\'application/ld+json\'>{"@type": "WebPage",'
            ' "isAccessibleForFree": false}</script>',
            {},
        ),
        ("<meta property='article:content_tier' content='locked'>", {}),
        ("<p>Sign in or create a free account to carry on reading</p>", {}),
        ("<div class='zz'><h2>Subscribe to continue reading</h2></div>", {}),
        ("<div class='paywall'><h2>Register now to continue reading</h2></div>", {}),
    ],
)
def test_what_lies_behind_a_wall_stays_there(wall: str, said: dict[str, object]) -> None:
    article = cleaned(TEASER * 2 + wall, articleBody="\n".join(STORY), **said)
    assert "medicines" not in article.text
    assert article.access in ("subscription", "registration")


def test_without_either_it_is_said_that_there_is_no_story() -> None:
    with pytest.raises(CleanError, match="no story text found"):
        cleaned("<div id='app'></div>")


@pytest.mark.parametrize(
    "hides", ["style='display:none'", "hidden", "style='visibility: hidden' aria-hidden='true'"]
)
def test_what_a_page_hides_behind_its_wall_is_not_taken(hides: str) -> None:
    hidden = f"<div {hides}>{''.join(f'<p>{p}</p>' for p in STORY)}</div>"
    article = cleaned(TEASER * 2 + hidden, isAccessibleForFree=False)
    assert "medicines" not in article.text
    assert article.access == "subscription"
    free = cleaned(TEASER * 2 + hidden, isAccessibleForFree=True)
    assert free.text.split("\n\n")[-6:] == STORY  # a script opens it for everybody


@pytest.mark.parametrize(
    "headline", ["Page not found", "404", "Just a moment...", "Sign in", "Access denied"]
)
def test_an_error_page_is_no_story(headline: str) -> None:
    said = "Sorry, the page that you are looking for may have been moved, or it never was here."
    html = f"<html><head><title>{headline}</title></head><body><h1>{headline}</h1>"
    html += f"<p>{said}</p><p>You can go to the front page of the paper and look there.</p></body>"
    page = Page(url="https://a.example/x", final_url="https://a.example/x", body=html.encode(),
                content_type="text/html", fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
                digest="")  # fmt: skip
    with pytest.raises(CleanError, match="is no story"):
        clean(page)
