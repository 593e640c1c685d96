"""What the watch half remembers of sources and feeds: due times, fetches, moves, gaps, robots.txt.

Each fetch is one transaction: its record, the feed's new state and its entries are stored together
or not at all, so that no entry is lost between "seen" and "stored".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from pipeline.archive import Archive
from pipeline.archive.entries import store_entries, strangers
from pipeline.archive.pace import (
    COLUMNS,
    as_text,
    hints_to_text,
    rhythm_to_text,
    state_of,
)
from pipeline.archive.pages import insert_fetch, store_bodies
from pipeline.models import DIGEST_BYTES, FeedState, FeedUpdate, Gap, Page

#: a page whose feed words changed is looked at again after this: editors change a story twice
REFETCH_AFTER = timedelta(minutes=10)

#: few due times are further off
_DOUBTFUL = timedelta(days=2)

# ---------------------------------------------------------------- feeds


def due(archive: Archive, now: datetime, *, everything: bool = False) -> tuple[FeedState, ...]:
    """Feeds of listed, enabled sources whose time has come, longest overdue first.

    Those whose due time may come from a clock that was wrong are among them; `polling.is_due` can
    tell.
    """
    rows = archive.db.execute(
        f"""SELECT {COLUMNS} FROM feeds f JOIN sources s ON s.id = f.source_id
           WHERE f.listed AND s.listed AND s.enabled
             AND (:everything OR f.due_at IS NULL OR f.due_at <= :now OR f.due_at > :beyond
                  OR f.checked_at > :ahead)
           ORDER BY f.due_at, f.url""",
        {
            "everything": everything,
            "now": as_text(now),
            "beyond": as_text(now + _DOUBTFUL),
            "ahead": as_text(now + timedelta(hours=1)),
        },
    )
    return tuple(state_of(row) for row in rows)


def states(archive: Archive, source_ids: Iterable[str]) -> dict[str, tuple[FeedState, ...]]:
    """Every listed feed with its past, by source; sources without feeds have an empty tuple."""
    found: dict[str, list[FeedState]] = {id_: [] for id_ in source_ids}
    rows = archive.db.execute(
        f"""SELECT {COLUMNS} FROM feeds f
            WHERE listed AND source_id IN (SELECT value FROM json_each(?)) ORDER BY url""",
        (json.dumps(list(found)),),
    )
    for row in rows:
        state = state_of(row)
        found[state.source_id].append(state)
    return {id_: tuple(feeds) for id_, feeds in found.items()}


def settled(archive: Archive, *, patience: timedelta, gaps_since: datetime) -> dict[str, bool]:
    """Sources whose diagnosis time alone cannot change, and whether a 304 cannot either.

    Not among them: sources with a feed that fails or is not believed, with a gap since
    `gaps_since`, behind a wall, or never diagnosed. A 304 tells nothing new of a healthy source
    whose feeds all had news within `patience` of their last good look.
    """
    rows = archive.db.execute(
        """SELECT h.source_id, h.state = 'healthy' AND NOT EXISTS (
                  SELECT 1 FROM feeds f WHERE f.source_id = h.source_id AND f.listed
                  AND (f.moved_to IS NOT NULL OR f.last_new_at IS NULL
                       OR julianday(f.last_ok_at) - julianday(f.last_new_at) > :patience))
           FROM health h
           WHERE h.state <> 'paywalled'
             AND NOT EXISTS (SELECT 1 FROM feeds f WHERE f.source_id = h.source_id AND f.listed
                             AND (f.failure_kind IS NOT NULL OR f.distrusted_at IS NOT NULL))
             AND NOT EXISTS (SELECT 1 FROM gaps g WHERE g.source_id = h.source_id
                             AND g.until_at >= :gaps_since)""",
        {"patience": patience / timedelta(days=1), "gaps_since": as_text(gaps_since)},
    )
    return {source_id: bool(whatever) for source_id, whatever in rows}


def set_due(archive: Archive, times: Mapping[str, datetime | None]) -> None:
    """By feed. Written before the fetches, so that a crash cannot turn into a hot loop."""
    with archive.transaction() as db:
        db.conn.executemany(
            "UPDATE feeds SET due_at = ? WHERE url = ?",
            [(as_text(at), url) for url, at in times.items()],
        )


def known_items(archive: Archive, feed_url: str) -> frozenset[bytes]:
    """Digests of the raw items of a feed's last answer: they need not be read again."""
    row = archive.db.execute(
        "SELECT digests FROM feed_items WHERE feed_url = ?", (feed_url,)
    ).fetchone()
    if row is None:
        return frozenset()
    found: bytes = row[0]
    return frozenset(found[i : i + DIGEST_BYTES] for i in range(0, len(found), DIGEST_BYTES))


def record_feed(
    archive: Archive,
    update: FeedUpdate,
    feed_pages: Mapping[str, Page | None] | None = None,
    *,
    new: int | None = None,
) -> int:
    """Store one fetch of one feed, whatever it came to; returns how many stories are new to it.

    Args:
        feed_pages: by canonical URL, the feed's own content of entries whose page will not be
            fetched (None: the item carried none); such an entry is complete at once.
        new: the number that is returned, if it is known (`entries.strangers`).
    """
    own = feed_pages or {}
    if own:
        store_bodies(archive, [page for page in own.values() if page is not None])
    whole = update.outcome == "entries"
    with archive.transaction() as db:
        if new is None:
            new = len(strangers(archive, update.feed_url, (e.url for e in update.entries)))
        store_entries(archive, update, own, update.at + REFETCH_AFTER)
        insert_fetch(archive, update.feed_url, update.source_id, "feed", update.at, update.outcome,
                     status=update.status, failure=update.failure, bytes_=update.size,
                     seconds=update.seconds,
                     seen=len(update.entries) + update.unchanged if whole else None,
                     new=new if whole else None)  # fmt: skip
        _record_moves(db, [update])
        if update.failure is not None:
            _record_failure(db, update)
        elif whole:
            _record_whole(db, update, new)
        else:
            _record_well(db, [_well(update)])
        if update.gap is not None:
            _record_gap(db, update.gap)
    return new


def record_unmodified(archive: Archive, updates: Sequence[FeedUpdate]) -> None:
    """Store fetches whose answer was 304, all in one: what most fetches of most passes come to."""
    well = [_well(update) for update in updates]
    with archive.transaction() as db:
        db.conn.executemany(
            """INSERT INTO fetches (url, source_id, what, fetched_at, outcome, status, bytes,
                                    seconds)
               VALUES (?, ?, 'feed', ?, ?, ?, ?, ?)""",
            [(u.feed_url, u.source_id, row["at"], u.outcome, u.status, u.size, round(u.seconds, 3))
             for u, row in zip(updates, well, strict=True)],
        )  # fmt: skip
        _record_moves(db, updates)
        _record_well(db, well)


def _record_failure(db: Database, update: FeedUpdate) -> None:
    failed = update.failure
    assert failed is not None
    db.execute(
        """UPDATE feeds SET checked_at = :at, due_at = :due, moved_to = :address,
               failures = failures + (:grade <> 'ours'),
               failing_since = coalesce(failing_since, :at), failure_kind = :kind,
               failure_grade = :grade, failure_status = :status, failure_reason = :reason,
               retired_at = CASE WHEN :kind = 'gone' THEN coalesce(retired_at, :at)
                                 ELSE retired_at END
           WHERE url = :url""",
        {"at": as_text(update.at), "due": as_text(update.next_due_at), "address": update.address,
         "grade": failed.grade, "kind": failed.kind, "status": failed.status,
         "reason": failed.reason, "url": update.feed_url},
    )  # fmt: skip


#: What a feed that answered is no longer. Validators are stored also when the body did not change:
#: some servers rotate them.
_WELL = """checked_at = :at, due_at = :due, failures = 0, failing_since = NULL, failure_kind = NULL,
    failure_grade = NULL, failure_status = NULL, failure_reason = NULL, retired_at = NULL,
    last_ok_at = :at, moved_to = :address, etag = :etag, last_modified = :modified,
    distrusted_at = :distrusted"""


def _well(update: FeedUpdate) -> dict[str, Any]:
    return {"at": as_text(update.at), "due": as_text(update.next_due_at), "url": update.feed_url,
            "address": update.address, "etag": update.etag, "modified": update.last_modified,
            "distrusted": as_text(update.distrusted_at)}  # fmt: skip


def _record_well(db: Database, well: Iterable[Mapping[str, Any]]) -> None:
    db.conn.executemany(
        f"UPDATE feeds SET {_WELL}, unmodified = unmodified + 1 WHERE url = :url", well
    )


def _record_whole(db: Database, update: FeedUpdate, new: int) -> None:
    db.execute(
        f"""UPDATE feeds SET {_WELL}, unmodified = 0, last_whole_at = :at, last_entries = :seen,
                last_new_at = CASE WHEN :new THEN :news_at ELSE last_new_at END,
                hints = :hints, rhythm = :rhythm
            WHERE url = :url""",
        _well(update) | {"seen": len(update.entries) + update.unchanged, "new": new,
                         "news_at": as_text(update.news_at or update.at),
                         "hints": hints_to_text(update.hints),
                         "rhythm": rhythm_to_text(update.rhythm)},
    )  # fmt: skip
    if update.items is not None:
        db.execute(
            """INSERT INTO feed_items (feed_url, digests) VALUES (?, ?)
               ON CONFLICT (feed_url) DO UPDATE SET digests = excluded.digests
               WHERE digests <> excluded.digests""",
            (update.feed_url, b"".join(update.items)),
        )


def _record_moves(db: Database, updates: Iterable[FeedUpdate]) -> None:
    """A row in `moves` for each feed whose address is another from now on."""
    db.conn.executemany(
        """INSERT INTO moves (feed_url, source_id, moved_at, from_url, to_url)
           VALUES (?, ?, ?, ?, ?)""",
        [(u.feed_url, u.source_id, as_text(u.at), u.moved_from, u.address or u.feed_url)
         for u in updates if u.moved_from],
    )  # fmt: skip
    db.conn.executemany(
        "UPDATE feeds SET moved_at = ? WHERE url = ?",
        [(as_text(u.at) if u.address else None, u.feed_url) for u in updates if u.moved_from],
    )


# ---------------------------------------------------------------- gaps


def _record_gap(db: Database, gap: Gap) -> None:
    db.execute(
        """INSERT INTO gaps (feed_url, source_id, since_at, until_at, entries, expected)
           VALUES (?, ?, ?, ?, ?, ?)""",
        (gap.feed_url, gap.source_id, as_text(gap.since), as_text(gap.until), gap.entries,
         None if gap.expected is None else round(gap.expected, 1)),
    )  # fmt: skip


def gaps(archive: Archive, since: datetime) -> tuple[Gap, ...]:
    """Gaps found since then, newest first."""
    rows = archive.db.query(
        "SELECT * FROM gaps WHERE until_at >= ? ORDER BY until_at DESC, id DESC", (as_text(since),)
    )
    return tuple(
        Gap(feed_url=r["feed_url"], source_id=r["source_id"], entries=r["entries"],
            since=datetime.fromisoformat(r["since_at"]),
            until=datetime.fromisoformat(r["until_at"]), expected=r["expected"])
        for r in rows
    )  # fmt: skip


# ---------------------------------------------------------------- our own outages


def silent_since(archive: Archive, kinds: Iterable[str]) -> tuple[FeedState, ...]:
    """Feeds whose latest look failed by one of these kinds, since anybody at all answered."""
    rows = archive.db.execute(
        f"""SELECT {COLUMNS} FROM feeds f WHERE f.listed AND f.failure_status IS NULL
            AND f.failure_kind IN (SELECT value FROM json_each(?))
            AND f.checked_at > coalesce((SELECT max(last_ok_at) FROM feeds WHERE listed), '')""",
        (json.dumps(sorted(kinds)),),
    )
    return tuple(state_of(row) for row in rows)


def excuse(archive: Archive, urls: Iterable[str], reason: str) -> None:
    """The latest failure of these feeds was our own, as shows only now: nobody's count grows."""
    with archive.transaction() as db:
        db.conn.executemany(
            """UPDATE feeds SET failures = max(failures - 1, 0), failure_grade = 'ours',
                   failure_reason = ? WHERE url = ? AND failure_grade <> 'ours'""",
            [(reason, url) for url in urls],
        )
