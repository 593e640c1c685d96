"""2,100 test feeds of another project: none crashes the reader, few come to nothing, and a part of
each reads as the whole does.

Reads `EVAL_DATA` or `../shared/data`; skipped by name where that is absent.
"""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.errors import FeedError
from pipeline.watch import feeds as reader
from tests.eval import feeds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not feeds.folder().is_dir(), reason=f"no feeds at {feeds.folder()}: set EVAL_DATA"
    ),
]


def test_no_feed_of_the_world_crashes_the_reader() -> None:
    came_to: Counter[str] = Counter()
    for path in sorted(feeds.folder().rglob("*.xml")):
        try:
            read = reader.read(path.read_bytes(), url=f"http://feeds.example/{path.name}")
        except FeedError as e:
            came_to[e.kind] += 1
            continue
        came_to["entries" if read.entries else "no entries"] += 1
        for entry in read.entries:
            assert entry.url
            assert entry.guid
            str(entry).encode()  # nothing that no database would take
    assert came_to.total() > 2_000
    assert came_to["entries"] >= 1_190, came_to
    assert came_to.total() - came_to["entries"] - came_to["no entries"] <= 10, came_to


def test_a_part_of_each_feed_reads_as_the_whole() -> None:
    total: Counter[str] = Counter()
    complaints: list[str] = []
    for path in feeds.files():
        total += feeds.judge(path.read_bytes(), path.name, say=complaints.append)
    assert complaints == []
    assert total["split"] > 1_000, total
