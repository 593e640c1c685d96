"""Passes in tests: sources, papers on the small fake web, and `run_pass` with the rest settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pipeline.archive import Archive
from pipeline.models import Config, Source
from pipeline.watch.fetch import Limits
from pipeline.watch.run import WatchTotals, run_pass
from tests.conftest import Clock
from tests.web import Web, rss

PATIENT = Limits(delay=0.0)
HASTY = Limits(delay=0.0, silence_seconds=0.4)


def source(id_: str, *feeds: str, **more: Any) -> Source:
    given: dict[str, Any] = {
        "id": id_, "name": id_.title(), "homepage": None, "feeds": feeds,
        "every": timedelta(minutes=30), "at_most": timedelta(hours=24), "enabled": True,
        "pages": True, "allow_private": False, "region": None, "note": None,
    }  # fmt: skip
    return Source(**(given | more))


class Runner:
    """`run_pass` with everything but the sources settled."""

    def __init__(self, archive: Archive, web: Web, clock: Clock) -> None:
        self.archive, self.web, self.clock = archive, web, clock

    def __call__(
        self,
        *sources: Source,
        everything: bool = False,
        at_once: bool = True,
        stop: Callable[[], bool] = lambda: False,
        limits: Limits = PATIENT,
    ) -> WatchTotals:
        config = Config(path="sources.yaml", contact="mailto:x@example.org", sources=sources)
        return run_pass(self.archive, config, everything=everything, at_once=at_once,
                        now=self.clock(), stop=stop, progress=lambda *_: None,
                        connect=self.web.connect, limits=limits)  # fmt: skip

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return list(self.archive.db.query(sql))

    def health(self) -> dict[str, str]:
        return {r["source_id"]: r["state"] for r in self.rows("SELECT * FROM health")}


def paper(web: Web, host: str, *slugs: str, text: str = "story", **feed_headers: str) -> str:
    """A feed of stories, each with its page; returns the feed's address."""
    feed = f"http://{host}/feed"
    links = [(f"http://{host}/{slug}", f"Headline of {slug}") for slug in slugs]
    web.serve(feed, rss(*links), type="application/rss+xml", headers=feed_headers)
    for link, _ in links:
        web.serve(link, f"<p>{text} {link}</p>")
    return feed
