"""Datasette's own pages get a name for each field and headings in order; stories are untouched."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from pipeline.publish.labels import labelled
from pipeline.publish.serve import opened

_FIELD = re.compile(r"<(?:select|textarea|input)\b[^>]*>")


@pytest.fixture(scope="module")
def site(archive_file: Path) -> Iterator[Any]:
    with opened(archive_file) as datasette:
        yield datasette


@pytest.mark.parametrize("path", [
    "/archive/articles?_facet=access&access=open&headline__contains=a",
    "/archive/source_health",
    "/archive?sql=select+1",
])  # fmt: skip
def test_every_field_has_a_name_and_no_heading_is_skipped(site: Any, path: str) -> None:
    response = asyncio.run(site.client.get(path, follow_redirects=True))
    main = response.text.split('<main id="main"')[1].split("</main>")[0]
    labels = set(re.findall(r'<label for="([^"]+)"', main))
    for field in _FIELD.findall(main):
        named = "aria-label=" in field or any(f'id="{name}"' in field for name in labels)
        assert named or re.search('type="(hidden|submit|checkbox)"', field), field
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", main)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_words_of_a_story_are_no_tags() -> None:
    words = str(escape('<h3>Rated</h3><select name="_sort">'))
    assert labelled(words) == words
