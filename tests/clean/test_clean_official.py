"""Each record of official.yaml proves itself, and its hosts are like no other's by accident."""

from __future__ import annotations

import pytest

from pipeline.clean.official import FILE, is_official
from pipeline.knowledge import load_yaml

RECORDS = load_yaml(FILE)


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r["id"])
def test_examples_are_official_and_counterexamples_are_not(record: dict) -> None:
    assert [url for url in record["examples"] if not is_official(url)] == []
    assert [url for url in record["counterexamples"] if is_official(url)] == []


def test_what_is_no_web_address_is_not_official() -> None:
    for text in ("", "ofsted.gov.uk", "mailto:x@ofsted.gov.uk", "http://[bad", "javascript:1"):
        assert not is_official(text)
