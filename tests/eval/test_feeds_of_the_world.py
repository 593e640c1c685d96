"""2,100 test feeds of another project: none may crash the reader, and few may come to nothing.

Reads `EVAL_DATA` or `../shared/data`; skipped by name where that is absent.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from pipeline.errors import FeedError
from pipeline.watch import feeds

DATA = Path(os.environ.get("EVAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
FEEDS = DATA / "feeds"


@pytest.mark.slow
@pytest.mark.skipif(not FEEDS.is_dir(), reason=f"no feeds at {FEEDS}: set EVAL_DATA")
def test_no_feed_of_the_world_crashes_the_reader() -> None:
    came_to: Counter[str] = Counter()
    for path in sorted(FEEDS.rglob("*.xml")):
        try:
            read = feeds.read(path.read_bytes(), url=f"http://feeds.example/{path.name}")
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
