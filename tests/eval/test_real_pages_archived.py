"""181 real news pages behind a feed on loopback: one pass of `run` archives them all.

The pages are not ours and lie outside the project (EVAL_DATA, default `../shared/data`); where they
are absent the test is skipped by name.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.web import Web

ROOT = Path(__file__).parent.parent.parent
PAGES = Path(os.environ.get("EVAL_DATA", ROOT.parent / "shared" / "data")) / "zyte" / "html"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PAGES.is_dir(), reason=f"no real pages at {PAGES}"),
]


@pytest.fixture
def stories(web: Web) -> tuple[str, list[str]]:
    """(feed address, story addresses), all served by the local web."""
    base = f"http://127.0.0.1:{web.port}"
    items = []
    for path in sorted(PAGES.glob("*.html.gz")):
        url = f"{base}/{path.name.removesuffix('.html.gz')}"
        web.serve(
            url.replace(f":{web.port}", ""), gzip.decompress(path.read_bytes()), type="text/html"
        )
        items.append(url)
    entries = "".join(
        f"<item><title>{n}</title><link>{u}</link></item>" for n, u in enumerate(items)
    )
    feed = f'<rss version="2.0"><channel><title>All</title>{entries}</channel></rss>'
    web.serve("http://127.0.0.1/feed", feed.encode(), type="application/rss+xml")
    return f"{base}/feed", items


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "--all"], cwd=folder, check=False, timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip


def test_nothing_is_lost_and_nothing_is_there_twice(
    stories: tuple[str, list[str]], web: Web, tmp_path: Path
) -> None:
    feed, urls = stories
    record = {"id": "all", "feeds": [feed], "allow_private": True}
    settings = {"defaults": {"contact": "mailto:a@b.example"}, "sources": [record]}
    (tmp_path / "sources.yaml").write_text(json.dumps(settings))
    for _ in range(2):
        done = run(tmp_path)
        assert done.returncode == 0, done.stderr
        with sqlite3.connect(tmp_path / "db" / "archive.db") as db:
            entries = [u for (u,) in db.execute("SELECT url FROM entries")]
            articles = Counter(u for (u,) in db.execute("SELECT url FROM articles"))
            errors = db.execute("SELECT * FROM derivations WHERE error IS NOT NULL").fetchall()
            untagged = db.execute(
                "SELECT count(*) FROM articles WHERE is_report IS NULL"
            ).fetchone()
        db.close()
        assert len(entries) == len(set(entries)) == len(urls) == 181
        assert errors == []
        assert set(articles) == set(entries)
        assert set(articles.values()) == {1}
        assert untagged == (0,)
    # the second pass asked for the feed alone
    assert sum(web.count(u.replace(f":{web.port}", "")) for u in urls) == 181
