"""What the page of one source shows: its state in words, its feeds, its rhythm, its recent past."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from datasette.database import Database

from pipeline.publish import metadata
from pipeline.publish.listing import Listing, Page, Row, of_rows
from pipeline.publish.pages.reports import COLUMNS
from pipeline.publish.reading import first, rows
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
#: looks that are shown
_SHOWN = 15
_FETCHES = f"""
SELECT * FROM fetches WHERE source_id = ? AND (what = 'feed' OR outcome = 'failed')
ORDER BY fetched_at DESC, id DESC LIMIT {_SHOWN}
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


_NEWEST = """
SELECT a.headline, r.bodies, r.inspectorates, a.inspection_type, r.grade, r.grade_rank,
    r.scale_size, r.direction, r.evidence, a.publisher, a.published_at, a.first_seen_at, a.access,
    a.url AS article_url
FROM articles a LEFT JOIN inspections_reported r ON r.article_url = a.url
WHERE a.id IN (SELECT id FROM articles WHERE source_id = ? ORDER BY id DESC LIMIT 50)
ORDER BY a.first_seen_at DESC, a.id DESC
"""
_LOOKS = ("fetched_at", "what", "outcome", "status", "entries_seen", "entries_new", "reason", "url")
_FACTS = ("id", "name", "homepage", "region", "enabled", "note", "counts", "gaps", "moves")


async def source(db: Database, source_id: str) -> Page | None:
    """The page of a source by its id, None where there is none.

    Its record, `health`, `state` ({label, means, do}), feeds, rhythm, its past.
    """
    record = await first(db, _SOURCE, source_id)
    if record is None:
        return None
    health = await first(db, _HEALTH, source_id)
    feeds = await rows(db, _FEEDS, source_id)
    looks = await rows(db, _FETCHES, source_id)
    thing: Row = {
        **record,
        "health": health,
        "state": metadata.described()["states"].get(health["state"]) if health else None,
        "feeds": [{**feed, "is": KINDS.get(feed["kind"], feed["kind"])} for feed in feeds],
        "due_at": min((f["due_at"] for f in feeds if f["listed"] and f["due_at"]), default=None),
        "counts": await first(db, _STORIES, source_id),
        "a_week": (await first(db, _A_WEEK, id=source_id) or {})["stories"],
        "rhythm": rhythm([f["rhythm"] for f in feeds if f["listed"] and f["rhythm"]]),
        "fetches": [{**f, "came": came(f)} for f in looks],
        "gaps": await rows(db, _GAPS, source_id),
        "moves": await rows(db, _MOVES, source_id),
        "robots": await rows(db, _ROBOTS, source_id),
    }
    newest = await rows(db, _NEWEST, source_id)
    listing = Listing(
        title=record["name"],
        description=f"The last looks at {record['name']}, and what came of each.",
        columns=_LOOKS,
        rows=of_rows(looks, _LOOKS),
        asked=f"the last looks at the source {source_id}",
        truncated=len(looks) == _SHOWN,
        stories=(),
    )
    facts = {key: thing[key] for key in _FACTS}
    facts |= {"state": health["state"] if health else None,
              "reason": health["reason"] if health else None}  # fmt: skip
    return Page(template="source.html", context={"thing": thing}, listing=listing, facts=facts,
                stories=of_rows(newest, COLUMNS))  # fmt: skip


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
