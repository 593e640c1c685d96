"""The floor on our own pages: nothing of the furniture is left, nothing of the story is lost."""

from __future__ import annotations

from functools import cache

import pytest

from pipeline.models import Article
from tests.eval import furniture
from tests.eval.sets import OwnPage, own_pages
from tests.eval.together import cleaned_together, served

PAGES = own_pages()


@cache
def everything() -> dict[str, Article]:
    return cleaned_together(served(page.url, page.body) for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.id)
def test_the_story_is_whole_and_alone(page: OwnPage) -> None:
    assert furniture.faults(page, everything()[page.url].text) == []


def test_a_page_with_its_furniture_left_in_would_be_noticed() -> None:
    for page in PAGES:
        text = "\n".join([*page.text, *(line for _, line in page.furniture)])
        left = furniture.faults(page, text)
        assert len({fault.line for fault in left}) >= 0.9 * len(
            {line for _, line in page.furniture}
        )
