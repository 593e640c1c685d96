"""What the page of one source shows: its state in words, its feeds, its rhythm, its recent past."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from datasette.database import Database

from pipeline.publish import metadata
from pipeline.words import duration

_SOURCE = "SELECT * FROM sources WHERE id = ?"
_HEALTH = "SELECT * FROM source_health WHERE source_id = ?"
_FEEDS = """
SELECT * FROM feeds WHERE source_id = ? ORDER BY listed DESC, kind, url
"""
_STORIES = """
SELECT count(*) AS stories,
    count(*) FILTER (WHERE is_report = 1) AS reports,
    count(*) FILTER (WHERE access <> 'open') AS not_whole
FROM articles WHERE source_id = ?
"""
# "Lately" is the four weeks before the newest look (an archive may be read long after it), or less:
# what a feed held when it was first looked at had gathered in unknown time, and is not counted.
_A_WEEK = """
WITH looks AS (
    SELECT max(julianday(max(f.checked_at)) - 28,
        (SELECT julianday(min(e.first_seen_at)) FROM entries e WHERE e.source_id = :id)) AS since,
        julianday(max(f.checked_at)) AS until
    FROM feeds f WHERE f.source_id = :id
)
SELECT CASE WHEN until - since >= 2 THEN (
    SELECT count(DISTINCT coalesce(a.story_url, e.url)) FROM entries e
    LEFT JOIN aliases a ON a.url = e.url
    WHERE e.source_id = :id AND julianday(e.first_seen_at) > since + 1e-6
) * 7 / (until - since) END AS stories
FROM looks
"""
_FETCHES = """
SELECT * FROM fetches WHERE source_id = ? AND (what = 'feed' OR outcome = 'failed')
ORDER BY fetched_at DESC, id DESC LIMIT 15
"""
_GAPS = "SELECT * FROM gaps WHERE source_id = ? ORDER BY until_at DESC, id DESC LIMIT 20"
_MOVES = "SELECT * FROM moves WHERE source_id = ? ORDER BY moved_at DESC, id DESC LIMIT 20"
_ROBOTS = """
SELECT r.origin, r.status, r.fetched_at, r.reason, r.tried_at FROM robots r
WHERE EXISTS (
    SELECT 1 FROM feeds f WHERE f.source_id = ?
    AND instr(coalesce(f.moved_to, f.url) || '/', r.origin || '/') = 1)
ORDER BY r.origin
"""

#: what stands at an address, in words
KINDS = {
    "feed": "feed",
    "sitemap": "news sitemap",
    "page": "page that lists its stories",
}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: the busiest hours that are named: the fewest in a row that hold this share of the stories
_MOST = 0.5
#: a day with a seventh of the stories is like all others
_OUTSTANDING = 0.2
#: of fewer stories (older weeks counting less) a picture would show chance
_FEWEST = 5.0


async def _rows(db: Database, sql: str, source_id: str) -> list[dict[str, Any]]:
    result = await db.execute(sql, {"id": source_id} if ":id" in sql else [source_id])
    return [dict(row) for row in result.rows]


async def source(db: Database, source_id: str) -> dict[str, Any]:
    """One source: its record, `health`, `state` ({label, means, do}), feeds, rhythm, its past."""
    record = (await _rows(db, _SOURCE, source_id))[0]
    health = await _rows(db, _HEALTH, source_id)
    feeds = await _rows(db, _FEEDS, source_id)
    return {
        **record,
        "health": health[0] if health else None,
        "state": metadata.described()["states"].get(health[0]["state"]) if health else None,
        "feeds": [{**feed, "is": KINDS.get(feed["kind"], feed["kind"])} for feed in feeds],
        "due_at": min((f["due_at"] for f in feeds if f["listed"] and f["due_at"]), default=None),
        "counts": (await _rows(db, _STORIES, source_id))[0],
        "a_week": (await _rows(db, _A_WEEK, source_id))[0]["stories"],
        "rhythm": rhythm([f["rhythm"] for f in feeds if f["listed"] and f["rhythm"]]),
        "fetches": [{**f, "came": came(f)} for f in await _rows(db, _FETCHES, source_id)],
        "gaps": await _rows(db, _GAPS, source_id),
        "moves": await _rows(db, _MOVES, source_id),
        "robots": await _rows(db, _ROBOTS, source_id),
    }


def came(fetch: dict[str, Any]) -> str:
    """What came of a fetch, in words."""
    if fetch["outcome"] == "failed":
        what = "page" if fetch["what"] == "page" else ""
        return f"{what} failed".strip().capitalize()
    if fetch["outcome"] == "not_modified":
        return "Nothing changed"
    new, seen = fetch["entries_new"] or 0, fetch["entries_seen"]
    of = f" of {seen}" if seen is not None else ""
    return f"{new}{of} new" if new else "Nothing new"


def rhythm(texts: Sequence[str]) -> dict[str, Any] | None:
    """When the stories of some feeds come, from the JSON of `feeds.rhythm`; None: too few.

    `hours` and `days` are bars: {label, share (of all), height (1: the tallest)}, UK time.
    """
    learned = [json.loads(text) for text in texts]
    hours = [sum(r["hours"][n] for r in learned) for n in range(24)]
    days = [sum(r["days"][n] for r in learned) for n in range(7)]
    if sum(days) < _FEWEST:
        return None
    names = [f"{n}:00 to {n + 1}:00" for n in range(24)]
    return {
        "hours": _bars(names, hours),
        "days": _bars(DAYS, days),
        "busiest_hours": _hours_in_words(hours),
        "busiest_day": _busiest_day(days),
        "silence": duration(timedelta(seconds=min(r["longest_seconds"] for r in learned))),
    }


def _bars(labels: Sequence[str], counts: Sequence[float]) -> list[dict[str, Any]]:
    total, tallest = sum(counts), max(counts)
    return [
        {"label": label, "share": count / total, "height": count / tallest}
        for label, count in zip(labels, counts, strict=True)
    ]


def _busiest_day(days: Sequence[float]) -> str | None:
    """None where no day stands out."""
    most = max(days)
    return DAYS[days.index(most)] if most >= _OUTSTANDING * sum(days) else None


def _hours_in_words(hours: Sequence[float]) -> str:
    """'between 7:00 and 10:00': the fewest hours in a row, also over midnight, that hold half."""
    total = sum(hours)
    for length in range(1, 25):
        sums = {n: sum(hours[(n + k) % 24] for k in range(length)) for n in range(24)}
        start = max(sums, key=lambda n: sums[n])
        if sums[start] >= _MOST * total:
            return f"between {start}:00 and {(start + length) % 24}:00"
    return "at any hour"
