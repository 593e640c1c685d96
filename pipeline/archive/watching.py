"""What the watch half remembers: sources, due times, fetches, entries, raw pages, passes, health.

Each fetch is one transaction: its record, the feed's new state and its entries are stored together
or not at all, so that no entry is lost between "seen" and "stored".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.archive import Archive
from pipeline.archive.pages import (
    as_text,
    as_time,
    first_state,
    insert_fetch,
    is_from_feed,
    store_bodies,
    upsert_page,
)
from pipeline.models import (
    Entry,
    Failure,
    FeedHistory,
    FeedState,
    FeedUpdate,
    Health,
    Page,
    Report,
    Source,
)

# ---------------------------------------------------------------- sources


def sync_sources(archive: Archive, sources: Sequence[Source], now: datetime) -> None:
    """Bring `sources` and `feeds` to what sources.yaml says; what left it stays, unlisted."""
    with archive.transaction() as db:
        db.execute("UPDATE sources SET listed = 0")
        db.execute("UPDATE feeds SET listed = 0")
        for source in sources:
            db.execute(
                """INSERT INTO sources (id, name, homepage, region, enabled, pages, note,
                                        listed, first_seen_at)
                   VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name,
                       homepage = excluded.homepage, region = excluded.region,
                       enabled = excluded.enabled, pages = excluded.pages, note = excluded.note,
                       listed = 1""",
                (source.id, source.name, source.homepage, source.region, source.enabled,
                 source.pages, source.note, as_text(now)),
            )  # fmt: skip
            for url in source.feeds:
                # A feed that moved to another record keeps its validators and its past.
                db.execute(
                    """INSERT INTO feeds (url, source_id) VALUES (?, ?)
                       ON CONFLICT (url) DO UPDATE SET source_id = excluded.source_id,
                           listed = 1""",
                    (url, source.id),
                )


# ---------------------------------------------------------------- feeds


def due(archive: Archive, now: datetime, *, everything: bool = False) -> tuple[FeedState, ...]:
    """Feeds of listed, enabled sources whose time has come, longest overdue first.

    A due time further off than any interval (a clock that was once wrong) is for `everything`.
    """
    rows = archive.db.query(
        """SELECT f.* FROM feeds f JOIN sources s ON s.id = f.source_id
           WHERE f.listed AND s.listed AND s.enabled
             AND (:everything OR f.due_at IS NULL OR f.due_at <= :now)
           ORDER BY f.due_at, f.url""",
        {"everything": everything, "now": as_text(now)},
    )
    return tuple(
        FeedState(
            url=row["url"],
            source_id=row["source_id"],
            etag=row["etag"],
            last_modified=row["last_modified"],
            due_at=as_time(row["due_at"]),
            last_ok_at=as_time(row["last_ok_at"]),
            last_new_at=as_time(row["last_new_at"]),
            failures=row["failures"],
            retired_at=as_time(row["retired_at"]),
        )
        for row in rows
    )


def set_due(archive: Archive, times: Mapping[str, datetime | None]) -> None:
    """By feed. Written before the fetches, so that a crash cannot turn into a hot loop."""
    with archive.transaction() as db:
        for url, at in times.items():
            db.execute("UPDATE feeds SET due_at = ? WHERE url = ?", (as_text(at), url))


def record_feed(
    archive: Archive, update: FeedUpdate, feed_pages: Mapping[str, Page | None] | None = None
) -> int:
    """Store one fetch of one feed, whatever it came to; returns how many stories are new to it.

    Args:
        feed_pages: by canonical URL, the feed's own content of entries whose page will not be
            fetched (None: the item carried none); such an entry is complete at once.
    """
    own = feed_pages or {}
    store_bodies(archive, [page for page in own.values() if page is not None])
    with archive.transaction() as db:
        new = sum(_store_entry(archive, e, update, own) for e in update.entries)
        failed = update.failure
        insert_fetch(archive, update.feed_url, update.source_id, "feed", update.at, update.outcome,
                      status=update.status, failure=failed, bytes_=update.bytes,
                      seconds=update.seconds,
                      seen=len(update.entries) if update.outcome == "entries" else None,
                      new=new if update.outcome == "entries" else None)  # fmt: skip
        if failed is not None:
            db.execute(
                """UPDATE feeds SET checked_at = :at, due_at = :due,
                       failures = failures + (:grade <> 'ours'),
                       retired_at = CASE WHEN :kind = 'gone' THEN coalesce(retired_at, :at)
                                         ELSE retired_at END
                   WHERE url = :url""",
                {"at": as_text(update.at), "due": as_text(update.next_due_at),
                 "grade": failed.grade, "kind": failed.kind, "url": update.feed_url},
            )  # fmt: skip
        else:
            # Validators are stored also when the body did not change: some servers rotate them.
            db.execute(
                """UPDATE feeds SET checked_at = :at, due_at = :due, failures = 0,
                       retired_at = NULL, last_ok_at = :at, moved_to = :moved,
                       last_new_at = CASE WHEN :new THEN :at ELSE last_new_at END,
                       etag = :etag, last_modified = :modified
                   WHERE url = :url""",
                {"at": as_text(update.at), "due": as_text(update.next_due_at),
                 "moved": update.moved_to, "new": new, "etag": update.etag,
                 "modified": update.last_modified, "url": update.feed_url},
            )  # fmt: skip
    return new


def unknown(archive: Archive, feed_url: str, urls: Iterable[str]) -> int:
    """How many of these stories the feed has not brought before."""
    return sum(not _is_known(archive, feed_url, url) for url in set(urls))


def _is_known(archive: Archive, feed_url: str, url: str) -> bool:
    # The plus keeps SQLite off the index that begins with feed_url: it would read all of a feed.
    row = archive.db.execute(
        "SELECT 1 FROM entries WHERE +feed_url = ? AND url = ? LIMIT 1", (feed_url, url)
    ).fetchone()
    return row is not None


def _store_entry(
    archive: Archive, entry: Entry, update: FeedUpdate, own: Mapping[str, Page | None]
) -> bool:
    """Insert or refresh one entry; True when its story is new to this feed."""
    db = archive.db
    known = _is_known(archive, entry.feed_url, entry.url)
    state, reason = first_state(archive, entry, own)
    values = {
        "feed_url": entry.feed_url, "source_id": update.source_id, "guid": entry.guid,
        "url": entry.url, "link": entry.link, "headline": entry.headline,
        "summary": entry.summary, "content_html": entry.content_html, "author": entry.author,
        "published_at": entry.published_at, "digest": entry.digest, "at": as_text(update.at),
        "state": state, "reason": reason,
    }  # fmt: skip
    db.execute(
        """INSERT INTO entries (feed_url, source_id, guid, url, link, headline, summary,
                                content_html, author, published_at, digest, first_seen_at,
                                page_state, page_reason)
           VALUES (:feed_url, :source_id, :guid, :url, :link, :headline, :summary,
                   :content_html, :author, :published_at, :digest, :at, :state, :reason)
           ON CONFLICT (feed_url, guid, url) DO UPDATE SET link = excluded.link,
               headline = excluded.headline, summary = excluded.summary,
               content_html = excluded.content_html, author = excluded.author,
               published_at = excluded.published_at, digest = excluded.digest
           WHERE entries.digest <> excluded.digest""",
        values,
    )
    page = own.get(entry.url)
    if page is not None and is_from_feed(archive, page.url):
        upsert_page(archive, page, update.source_id, replace=True)
        db.execute(
            """UPDATE entries SET page_state = 'feed', page_due_at = NULL
               WHERE url = ? AND page_state IN ('waiting', 'failed')""",
            (page.url,),
        )
    return not known


def histories(archive: Archive, source_ids: Iterable[str]) -> dict[str, tuple[FeedHistory, ...]]:
    """The past of every listed feed, by source; sources without feeds have an empty tuple."""
    found: dict[str, list[FeedHistory]] = {id_: [] for id_ in source_ids}
    rows = archive.db.query(
        """SELECT f.*,
               (SELECT min(x.fetched_at) FROM fetches x WHERE x.url = f.url AND x.what = 'feed'
                  AND x.outcome = 'failed' AND x.fetched_at > coalesce(f.last_ok_at, '')
               ) AS failing_since,
               (SELECT max(x.id) FROM fetches x WHERE x.url = f.url AND x.what = 'feed') AS latest,
               (SELECT x.entries_seen FROM fetches x WHERE x.url = f.url AND x.what = 'feed'
                  AND x.outcome = 'entries' ORDER BY x.id DESC LIMIT 1) AS last_entries
           FROM feeds f WHERE f.listed ORDER BY f.url"""
    )
    for row in list(rows):
        if row["source_id"] in found:
            found[row["source_id"]].append(_history(archive, row))
    return {id_: tuple(feeds) for id_, feeds in found.items()}


def _history(archive: Archive, row: dict[str, Any]) -> FeedHistory:
    failed = archive.db.execute(
        """SELECT failure_kind, failure_grade, reason, status, fetched_at FROM fetches
           WHERE id = ? AND outcome = 'failed'""",
        (row["latest"],),
    ).fetchone()
    return FeedHistory(
        url=row["url"],
        source_id=row["source_id"],
        checked_at=as_time(row["checked_at"]),
        last_ok_at=as_time(row["last_ok_at"]),
        last_new_at=as_time(row["last_new_at"]),
        retired_at=as_time(row["retired_at"]),
        moved_to=row["moved_to"],
        failures=row["failures"],
        failing_since=as_time(row["failing_since"]),
        last_failure=Failure(url=row["url"], kind=failed[0], grade=failed[1], reason=failed[2],
                             status=failed[3], at=datetime.fromisoformat(failed[4]))
        if failed else None,
        last_entries=row["last_entries"],
    )  # fmt: skip


# ---------------------------------------------------------------- health and passes


def record_health(archive: Archive, found: Sequence[Health], now: datetime) -> None:
    """One row a source; sources that left sources.yaml lose theirs."""
    with archive.transaction() as db:
        db.execute(
            "DELETE FROM health WHERE source_id IN (SELECT id FROM sources WHERE NOT listed)"
        )
        for h in found:
            db.execute(
                """INSERT INTO health (source_id, state, since_at, last_ok_at, last_new_at,
                                       failures, reason, needs_person, checked_at)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                   ON CONFLICT (source_id) DO UPDATE SET state = excluded.state,
                       since_at = excluded.since_at, last_ok_at = excluded.last_ok_at,
                       last_new_at = excluded.last_new_at, failures = excluded.failures,
                       reason = excluded.reason, needs_person = excluded.needs_person,
                       checked_at = excluded.checked_at""",
                (h.source_id, h.state, as_text(h.since_at), as_text(h.last_ok_at),
                 as_text(h.last_new_at), h.failures, h.reason, h.needs_person, as_text(now)),
            )  # fmt: skip


def begin_pass(archive: Archive, now: datetime) -> None:
    """A row in `passes`; its `beat_at` is the heartbeat until `finish_pass`."""
    with archive.transaction() as db:
        db.execute("INSERT INTO passes (started_at, beat_at) VALUES (?, ?)", (as_text(now),) * 2)


def beat(archive: Archive, now: datetime) -> None:
    """Moves the heartbeat of the latest pass on: it is alive."""
    with archive.transaction() as db:
        db.execute(f"UPDATE passes SET beat_at = ? WHERE id = {_LATEST}", (as_text(now),))


def finish_pass(archive: Archive, report: Report) -> None:
    """Complete the row that `begin_pass` made with what the whole pass came to."""
    with archive.transaction() as db:
        db.execute(
            f"""UPDATE passes SET beat_at = :ended_at, ended_at = :ended_at, stopped = :stopped,
                    feeds_due = :feeds_due, feeds_failed = :feeds_failed,
                    entries_new = :entries_new, pages_fetched = :pages_fetched,
                    pages_failed = :pages_failed, articles_cleaned = :articles_cleaned,
                    articles_failed = :articles_failed, articles_tagged = :articles_tagged
                WHERE id = {_LATEST}""",
            {"ended_at": as_text(report.ended_at), "stopped": report.stopped,
             "feeds_due": report.feeds_due, "feeds_failed": report.feeds_failed,
             "entries_new": report.entries_new, "pages_fetched": report.pages_fetched,
             "pages_failed": report.pages_failed, "articles_cleaned": report.articles_cleaned,
             "articles_failed": report.articles_failed,
             "articles_tagged": report.articles_tagged},
        )  # fmt: skip


_LATEST = "(SELECT max(id) FROM passes)"
