"""The floor on our own pages: nothing of the furniture is left, nothing of the story is lost."""

from __future__ import annotations

import hashlib

import pytest

from pipeline.clean import clean
from pipeline.models import Page
from tests.bench.extractors import FETCHED_AT
from tests.eval import furniture
from tests.eval.sets import OwnPage, own_pages

PAGES = own_pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.id)
def test_the_story_is_whole_and_alone(page: OwnPage) -> None:
    digest = hashlib.sha256(page.body).hexdigest()
    served = Page(url=page.url, final_url=page.url, body=page.body, content_type="text/html",
                  fetched_at=FETCHED_AT, digest=digest)  # fmt: skip
    assert furniture.faults(page, clean(served).text) == []


def test_a_page_with_its_furniture_left_in_would_be_noticed() -> None:
    for page in PAGES:
        text = "\n".join([*page.text, *(line for _, line in page.furniture)])
        left = furniture.faults(page, text)
        assert len({fault.line for fault in left}) >= 0.9 * len(
            {line for _, line in page.furniture}
        )
