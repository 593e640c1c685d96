"""Every record of `sites.yaml` earns its place: a page of ours that is worse without it.

`sites/<id>.html` is the page, and `sites/<id>.yaml` says where and when it was fetched, which words
the record takes out of the text (`gone`) and which stand in it (`stays`). A `keep` record is proved
by words of `stays` that are lost without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml

from pipeline.clean import read
from pipeline.clean.rules import Rule, site_records
from pipeline.models import Page

FOLDER = Path(__file__).parent / "sites"
RECORDS = site_records()


@dataclass(frozen=True)
class Stored:
    """One page and what its record must do to it."""

    url: str
    body: bytes
    fetched_on: date
    gone: tuple[str, ...]
    stays: tuple[str, ...]

    def text(self, *records: Rule, on: date | None = None) -> str:
        """Cleaned by these records in place of the file's, as if fetched on that day."""
        fetched_at = datetime.combine(on or self.fetched_on, time(12), UTC)
        page = Page(url=self.url, final_url=self.url, body=self.body, content_type="text/html",
                    fetched_at=fetched_at, digest="")  # fmt: skip
        return read(page, site_rules=records).article.text


def stored(rule: Rule) -> Stored:
    page, said = FOLDER / f"{rule.id}.html", FOLDER / f"{rule.id}.yaml"
    assert page.exists(), f"{rule.id} of sites.yaml has no page that proves it: {page.name}"
    assert said.exists(), f"{page.name} has no {said.name} beside it"
    content = yaml.safe_load(said.read_text("utf-8"))
    day = date.fromisoformat(str(content["fetched_at"]))
    return Stored(url=content["url"], body=page.read_bytes(), fetched_on=day,
                  gone=tuple(content["gone"]), stays=tuple(content["stays"]))  # fmt: skip


def others(rule: Rule) -> tuple[Rule, ...]:
    return tuple(r for r in RECORDS if r is not rule)


def of_each(records: tuple[Rule, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rule", records, ids=lambda r: r.id)


@of_each(RECORDS)
def test_with_the_record_the_text_is_right(rule: Rule) -> None:
    page = stored(rule)
    text = page.text(*RECORDS)

    assert [words for words in page.gone if words in text] == []
    assert [words for words in page.stays if words not in text] == []


@of_each(RECORDS)
def test_without_it_the_text_is_wrong(rule: Rule) -> None:
    page = stored(rule)
    text = page.text(*others(rule))

    assert [words for words in page.gone if words not in text] == []
    if rule.how == "keep":
        assert any(words not in text for words in page.stays), "nothing is lost without it"
    else:
        assert page.gone, "it says nothing that the record cuts"
        assert [words for words in page.stays if words not in text] == []


@of_each(tuple(r for r in RECORDS if r.valid_until))
def test_after_its_last_day_it_changes_nothing(rule: Rule) -> None:
    page = stored(rule)
    last = date.fromisoformat(str(rule.valid_until))
    later = last + timedelta(days=1)

    assert page.fetched_on <= last
    assert page.text(*RECORDS, on=last) == page.text(*RECORDS)
    assert page.text(*RECORDS, on=later) == page.text(*others(rule), on=later)


def test_there_is_a_record_of_each_kind_and_one_that_ends() -> None:
    assert {r.how for r in RECORDS} >= {"selector", "keep", "line"}
    assert any(r.valid_until for r in RECORDS)


def test_every_page_belongs_to_a_record() -> None:
    ids = {r.id for r in RECORDS}

    assert {p.stem for p in FOLDER.iterdir()} == ids
