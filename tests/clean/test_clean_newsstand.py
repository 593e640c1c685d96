"""Our own pages in the manner of 27 kinds of publishers, against the truth of each.

The pages were written before anyone looked at what cleaning makes of them, and none is altered
because cleaning fails on it.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from pipeline.models import Article
from tests.eval.together import cleaned_together, served
from tests.newsstand import (
    NewsstandPage,
    differences,
    lines_of,
    mended,
    newsstand,
    same_caption,
    same_time,
)

PAGES = newsstand()
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.id)


@cache
def everything() -> dict[str, Article]:
    return cleaned_together(served(p.url, p.body, p.content_type) for p in PAGES)


def cleaned(page: NewsstandPage) -> Article:
    return everything()[page.url]


# ---------------------------------------------------------------- what cleaning makes of a page


@each_page
def test_text_is_the_story_whole_and_in_order(page: NewsstandPage) -> None:
    added, lost = differences(page, cleaned(page).text)
    assert not lost, f"lost: {lost}"
    assert not [line for kind, line in added if kind in ("story", "unknown")], f"added: {added}"


@each_page
def test_no_line_of_furniture_is_in_the_text(page: NewsstandPage) -> None:
    added, _ = differences(page, cleaned(page).text)
    assert not added


@each_page
def test_headline_standfirst_and_byline(page: NewsstandPage) -> None:
    article = cleaned(page)
    assert article.headline == page.headline
    assert _words(article.standfirst) == _words(page.standfirst), article.standfirst
    assert article.byline == page.byline


@each_page
def test_publisher_section_and_access(page: NewsstandPage) -> None:
    article = cleaned(page)
    found = (article.publisher, article.section, article.access)
    assert found == (page.publisher, page.section, page.access)


@each_page
def test_dates(page: NewsstandPage) -> None:
    article = cleaned(page)
    assert same_time(article.published_at, page.published_at), article.published_at
    assert same_time(article.modified_at, page.modified_at), article.modified_at


@each_page
def test_captions_are_kept_apart_each_once(page: NewsstandPage) -> None:
    found = cleaned(page).captions
    assert len(found) == len(page.captions), found
    strays = [c for c in found if not any(same_caption(c, *told) for told in page.captions)]
    assert not strays


def _words(standfirst: str | None) -> list[str] | None:
    """A standfirst of several lines may be joined in any way."""
    return standfirst if standfirst is None else re.findall(r"[^\s/]+", standfirst)


# ---------------------------------------------------------------- the set itself


def test_there_are_pages_enough_of_publishers_enough() -> None:
    publishers = Counter(p.id.split("/")[0] for p in PAGES)
    assert len(PAGES) >= 66
    assert len(publishers) >= 22
    assert set(publishers.values()) == {3}
    assert len({p.url for p in PAGES}) == len(PAGES)


@each_page
def test_every_line_that_a_page_shows_is_told(page: NewsstandPage) -> None:
    """A line that the truth forgets could be left in the text and nobody would be told."""
    told = {*page.text, *(line for _, line in page.furniture)}
    cells = Counter(" ".join(page.text).split())
    longest_first = sorted(told, key=len, reverse=True)
    untold = []
    for line in lines_of(_markup(page)):
        rest = line
        for known in longest_first if line not in told else [line]:
            rest = rest.replace(known, "")
        if re.search(r"\w", rest) and Counter(line.split()) - cells:
            untold.append(line)
    assert untold == []


@each_page
def test_furniture_is_not_also_the_story(page: NewsstandPage) -> None:
    repeated = {"standfirst", "pull-quote"}  # may be said again in the story itself
    lines = {line for kind, line in page.furniture if kind not in repeated and " " in line}
    assert lines.isdisjoint(page.text)
    assert all(mended(line) == line for line in (*lines, *page.text))


def _markup(page: NewsstandPage) -> str:
    charset = "windows-1252" if page.id.startswith("stourdale/") else "utf-8"
    return re.sub(r"<head\b.*?</head>", "", page.body.decode(charset), flags=re.S | re.I)
