"""`sources.yaml`: a broken file gets one sentence that names the file, the record and the key."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from pipeline import config
from pipeline.errors import ConfigError
from pipeline.models import Listing

CASES = yaml.safe_load((Path(__file__).parent / "config_cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["wrong"], ids=[c["what"] for c in CASES["wrong"]])
def test_a_wrong_file_is_refused_in_one_sentence(case: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as e:
        config.parse(case["yaml"], path="sources.yaml")
    assert str(e.value) == case["says"]
    assert "\n" not in str(e.value)
    assert e.value.exit_code == 2


def test_a_right_file_with_its_defaults_filled_in() -> None:
    settings = config.parse(CASES["right"], path="sources.yaml")
    assert settings.contact == "mailto:watch@council.example"
    plain, full = settings.sources
    assert (plain.id, plain.name, plain.feeds) == ("plain", "plain", ("https://a.example/feed",))
    assert (plain.every, plain.at_most) == (timedelta(minutes=20), timedelta(hours=24))
    assert (plain.enabled, plain.pages, plain.allow_private) == (True, True, False)
    assert (full.every, full.at_most) == (timedelta(minutes=15), timedelta(days=2))
    assert (full.enabled, full.pages, full.allow_private) == (False, False, True)
    assert (plain.linked_reports, full.linked_reports) == (False, True)
    assert full.region == "North East"
    assert settings.watched == ("council:stockton-on-tees", "E06000004", "North East")
    assert full.note == "answers robots with 403"


def test_sources_without_a_feed() -> None:
    settings = config.parse(CASES["without_feeds"], path="sources.yaml")
    assert settings.watched == ()
    plain, full = settings.sources
    assert plain.watched == (("https://a.example/news.xml", "sitemap"),)
    assert full.watched == (
        ("https://b.example/feed", "feed"),
        ("https://b.example/1.xml", "sitemap"),
        ("https://b.example/2.xml.gz", "sitemap"),
        ("https://b.example/news", "page"),
    )
    assert full.listing == Listing(
        url="https://b.example/news", item="ul.news > li", link=None, headline="h3", date="time",
        summary=None,
    )  # fmt: skip


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: there is no such file"):
        config.load(tmp_path / "nowhere.yaml")


def test_a_folder_and_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        config.load(tmp_path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Café".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin\.yaml: is not UTF-8 text \(byte 9\)"):
        config.load(latin)


def test_the_project_s_own_sources_are_right() -> None:
    settings = config.load(Path(__file__).parent.parent / "sources.yaml")
    assert len([s for s in settings.sources if s.enabled]) >= 25
    for source in settings.sources:
        assert source.enabled or source.note, f"{source.id} is off without a word of why"
        assert not source.allow_private
