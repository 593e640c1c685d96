"""The statement that makes a list citable: what was asked, of what, and how far to trust it.

A count that goes into a board paper needs the question, a fingerprint of the data, which sources
were watched and which were silent meanwhile, how many stories could be read in part only, and how
often the tagger errs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from datasette.database import Database

from pipeline.publish import FOLDER
from pipeline.publish.listing import Listing

#: sources that are named when they were silent; the rest are counted
_NAMED = 12

_PUBLISHED = """
SELECT fingerprint, published_at, ledger_at, (SELECT max(made_at) FROM derivations) AS newest_at
FROM publications ORDER BY id DESC LIMIT 1
"""
_UPDATED = """
SELECT max(coalesce(ended_at, beat_at)) AS updated_at,
    (SELECT min(first_seen_at) FROM articles) AS began_at FROM passes
"""
_SOURCES = """
SELECT s.name, EXISTS (
    SELECT 1 FROM entries e WHERE e.source_id = s.id AND e.first_seen_at BETWEEN :since AND :until
) AS spoke
FROM sources s WHERE s.listed AND s.enabled AND s.first_seen_at <= :until ORDER BY s.name
"""
_GAPS = """
SELECT count(*) AS gaps, count(DISTINCT source_id) AS sources FROM gaps
WHERE until_at >= :since AND since_at <= :until
"""
_BY_ID = """
SELECT count(*) AS stories, sum(access <> 'open') AS partial FROM articles
WHERE id IN (SELECT value FROM json_each(?))
"""
_BY_URL = _BY_ID.replace("WHERE id", "WHERE url")


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One list's statement. Times are ISO 8601 (UTC); counts are of this list and its period."""

    asked: str
    address: str
    rows: int
    truncated: bool
    fingerprint: str | None
    published_at: str | None
    changed_since: bool
    updated_at: str | None
    since: str | None
    until: str | None
    sources_watched: int
    sources_silent: tuple[str, ...]
    gaps: int
    stories: int
    stories_partial: int
    accuracy: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    def lines(self) -> Iterator[tuple[str, str]]:
        """The same for people: a label and a sentence each."""
        yield "Asked", " ".join(self.asked.split())
        yield "Address", self.address
        more = "; there are more, so this is no total" if self.truncated else ""
        yield "Answer", f"{_count(self.rows, 'row')}{more}"
        yield "Archive", self._archive()
        yield "Period", f"{self.since or 'the beginning'} to {self.until or 'now'}"
        yield "Sources", self._sources()
        if self.stories:
            share = 100 * self.stories_partial / self.stories
            words = (
                f"of {self.stories_partial} of {_count(self.stories, 'story', 'stories')} behind"
                f" this list ({share:.0f}%) only a part could be read, most for a paywall"
            )
            yield "Partial texts", words
        yield "Accuracy", "; ".join(self.accuracy)

    def _archive(self) -> str:
        if self.fingerprint is None:
            return f"updated {self.updated_at or 'never'}; without a fingerprint as yet"
        later = " (stories were added or tagged again since)" if self.changed_since else ""
        made = f"fingerprint {self.fingerprint} of {self.published_at}{later}"
        return f"{made}; updated {self.updated_at}"

    def _sources(self) -> str:
        words = f"{_count(self.sources_watched, 'source')} watched"
        if self.sources_silent:
            names = ", ".join(self.sources_silent[:_NAMED])
            more = len(self.sources_silent) - _NAMED
            words += f"; {len(self.sources_silent)} brought nothing in the period: {names}"
            words += f" and {more} more" if more > 0 else ""
        else:
            words += "; each brought something in the period"
        return f"{words}; {_count(self.gaps, 'known gap')}"

    def as_text(self) -> str:
        """One line a fact, ready to be pasted under a figure."""
        return "\n".join(f"{label}: {words}" for label, words in self.lines())


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@lru_cache(maxsize=1)
def accuracy() -> tuple[str, ...]:
    """How well the tagger does, a sentence each (`accuracy.yaml`)."""
    with (FOLDER / "accuracy.yaml").open(encoding="utf-8") as f:
        records = yaml.safe_load(f)
    return tuple(
        f"{r['what']} {r['figure']}"
        + (f", on unseen stories {r['unseen']}" if "unseen" in r else "")
        for r in records
    )


async def statement(db: Database, listing: Listing, address: str) -> Statement:
    """The statement of a list. `address`: where it was asked, whole, so that it can be again."""

    async def one(sql: str, params: Any = None) -> dict[str, Any]:
        row = (await db.execute(sql, params)).first()
        return dict(row) if row else {}

    published, updated = await one(_PUBLISHED), await one(_UPDATED)
    period = {
        "since": listing.since or updated["began_at"] or "",
        "until": listing.until or updated["updated_at"] or "9999",
    }
    sources = (await db.execute(_SOURCES, period)).rows
    if listing.stories is not None:
        counted = await one(_BY_ID, [json.dumps(listing.stories)])
    else:
        urls = {row.get("article_url") or row.get("url") for row in listing.rows}
        counted = await one(_BY_URL, [json.dumps([u for u in urls if u])])
    return Statement(
        asked=listing.asked,
        address=address,
        rows=len(listing.rows) if listing.count is None else listing.count,
        truncated=listing.truncated,
        fingerprint=published.get("fingerprint"),
        published_at=published.get("published_at"),
        changed_since=published.get("newest_at") != published.get("ledger_at"),
        updated_at=updated["updated_at"],
        since=period["since"] or None,
        until=listing.until or updated["updated_at"],
        sources_watched=len(sources),
        sources_silent=tuple(row["name"] for row in sources if not row["spoke"]),
        gaps=(await one(_GAPS, period))["gaps"],
        stories=counted["stories"],
        stories_partial=counted["partial"] or 0,
        accuracy=accuracy(),
    )
