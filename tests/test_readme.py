"""What README shows of `sources.yaml` is right: people copy it."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline import config

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_example_of_sources_yaml_is_valid_and_shows_every_kind(tmp_path: Path) -> None:
    example = re.search(
        r"^## sources\.yaml\n\n```yaml\n(.*?)^```", README, re.DOTALL | re.MULTILINE
    )
    assert example
    (tmp_path / "sources.yaml").write_text(example[1], encoding="utf-8")
    sources = config.load(tmp_path / "sources.yaml").sources
    assert {kind for s in sources for _, kind in s.watched} == {"feed", "sitemap", "page"}
    listing = next(s.listing for s in sources if s.listing)
    assert all((listing.item, listing.link, listing.headline, listing.date, listing.summary))
