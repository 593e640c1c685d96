"""Sentences that are easily misread, each with what must come out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import tag
from pipeline.models import Story
from pipeline.tag import agencies

FILES = sorted((Path(__file__).parent / "sentences").glob("*.yaml"))
RECORDS = [r for f in FILES for r in yaml.safe_load(f.read_text("utf-8"))]


def story_of(record: dict[str, Any]) -> Story:
    return Story(id="s", url=record.get("url"), title=record.get("title"), text=record["text"],
                 published_at=record.get("date", "2024-05-10"))  # fmt: skip


@pytest.mark.parametrize("record", RECORDS, ids=[r["text"][:60] for r in RECORDS])
def test_sentence_is_read_as_it_is_meant(record: dict[str, Any]) -> None:
    story = story_of(record)
    got = tag.tags(story)
    if "type" in record:
        assert got.inspection_type == record["type"]
    if "inspected" in record:
        bodies = agencies.inspectorates_and_bodies(story, got.mentions)[1]
        assert {b.id for b in bodies} == set(record["inspected"])
    if "judgements" in record:
        found = sorted(
            str([j.body, j.aspect, j.grade, j.status, *([j.direction] if j.direction else [])])
            for j in got.judgements
        )
        assert found == sorted(map(str, record["judgements"]))
    if "actions" in record:
        assert sorted([a.kind, a.status] for a in got.actions) == sorted(record["actions"])
    if "statistics" in record:
        figures = sorted(str([s.value, s.of]) for s in got.statistics)
        assert figures == sorted(map(str, record["statistics"]))
    if "report" in record:
        assert got.is_report is record["report"], got.reasons
    said = {f.polarity for f in got.findings if f.speaker == "inspectors"}
    for polarity, key in (("strength", "strong"), ("weakness", "weak")):
        if key in record:
            assert (polarity in said) is record[key], got.findings
    for one in (*got.mentions, *got.judgements, *got.findings, *got.statistics, *got.themes):
        assert story.text[one.start : one.end] == one.quote
