"""Our own pages in the manner of various publishers, each with what is expected beside it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.clean import clean
from pipeline.models import Article, Page

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))


def cleaned(path: Path) -> tuple[Article, dict]:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    body = path.read_bytes()
    page = Page(
        url=expected["url"],
        final_url=expected["url"],
        body=body,
        content_type="text/html",
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        digest=hashlib.sha256(body).hexdigest(),
    )
    return clean(page), expected


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_text_is_the_story_and_nothing_else(path: Path) -> None:
    article, expected = cleaned(path)
    assert article.text.split("\n\n") == expected["text"]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_fields(path: Path) -> None:
    article, expected = cleaned(path)
    found = asdict(article)
    fields = ("headline", "standfirst", "published_at", "modified_at", "publisher", "access")
    assert {f: found[f] for f in fields} == {f: expected[f] for f in fields}
    assert list(article.byline) == expected["byline"]
    assert list(article.captions) == expected["captions"]
    assert [link.url for link in article.links] == expected["links"]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_furniture_is_nowhere_in_the_text_and_what_was_cut_is_noted(path: Path) -> None:
    article, expected = cleaned(path)
    assert [words for words in expected["never"] if words in article.text] == []
    assert all(r.rule and r.kind and r.text for r in article.removed)
    whole = " ".join(article.text.split("\n\n"))
    assert [r.text for r in article.removed if len(r.text) > 60 and r.text in whole] == []


def test_each_page_has_furniture_that_would_be_noticed() -> None:
    """A page whose unwanted words are not even in it would prove nothing."""
    for path in PAGES:
        raw = path.read_bytes().decode("cp1252", "replace")
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert expected["never"], path.name
        assert any(words.strip().split()[0] in raw for words in expected["never"]), path.name
