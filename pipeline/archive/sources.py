"""Bringing the archive's `sources`, `feeds` and `watched` to what sources.yaml says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from pipeline.archive import Archive
from pipeline.archive.pace import as_text
from pipeline.models import Source, WatchedArea

#: tables whose rows name a feed by its address, and the column
_NAMED = (("entries", "feed_url"), ("feed_items", "feed_url"), ("moves", "feed_url"),
          ("gaps", "feed_url"), ("fetches", "url"))  # fmt: skip
_REGION, _PAGES = 2, 4  #: places among the columns of a source, below
#: how far back pages are fetched when a source is told to have them
_YOUNG = timedelta(days=30)


def sync_sources(archive: Archive, sources: Sequence[Source], now: datetime) -> bool:
    """Bring `sources` and `feeds` to what sources.yaml says; what left it stays, unlisted.

    Only differences are written: the file is read before every pass and seldom changes. Returns
    whether there were any.
    """
    wanted = {
        s.id: (s.name, s.homepage, s.region, int(s.enabled), int(s.pages), s.note, 1)
        for s in sources
    }
    feeds = {url: (s.id, kind, 1) for s in sources for url, kind in s.watched}
    with archive.transaction() as db:
        before = db.conn.total_changes
        stored = {
            row[0]: tuple(row[1:])
            for row in db.execute(
                "SELECT id, name, homepage, region, enabled, pages, note, listed FROM sources"
            )
        }
        _write_sources(db, wanted, stored, now)
        _unlist(db, "sources", "id", {i for i, row in stored.items() if row[-1]} - set(wanted))
        _follow_moves(db, feeds)
        known = {
            row[0]: tuple(row[1:])
            for row in db.execute("SELECT url, source_id, kind, listed FROM feeds")
        }
        # A feed that moved to another record keeps its validators and its past.
        db.conn.executemany(
            """INSERT INTO feeds (url, source_id, kind, listed) VALUES (?, ?, ?, ?)
               ON CONFLICT (url) DO UPDATE SET source_id = excluded.source_id,
                   kind = excluded.kind, listed = 1""",
            [(url, *row) for url, row in feeds.items() if known.get(url) != row],
        )
        _unlist(db, "feeds", "url", {u for u, row in known.items() if row[-1]} - set(feeds))
        return db.conn.total_changes > before


def sync_watched(archive: Archive, areas: Sequence[WatchedArea]) -> bool:
    """Bring `watched` to what sources.yaml says, in its order; whether there was a difference."""
    wanted = [(place, a.name, a.kind, a.value) for place, a in enumerate(areas, start=1)]
    with archive.transaction() as db:
        stored = db.execute("SELECT place, name, kind, value FROM watched ORDER BY place")
        if stored.fetchall() == wanted:
            return False
        db.execute("DELETE FROM watched")
        db.conn.executemany(
            "INSERT INTO watched (place, name, kind, value) VALUES (?, ?, ?, ?)", wanted
        )
    return True


def _write_sources(
    db: Database,
    wanted: Mapping[str, tuple[Any, ...]],
    stored: Mapping[str, tuple[Any, ...]],
    now: datetime,
) -> None:
    """What is new or different of the sources, and what follows from it."""
    db.conn.executemany(
        """INSERT INTO sources (id, first_seen_at, name, homepage, region, enabled, pages, note,
                                listed)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, homepage = excluded.homepage,
               region = excluded.region, enabled = excluded.enabled, pages = excluded.pages,
               note = excluded.note, listed = 1""",
        [(id_, as_text(now), *row) for id_, row in wanted.items() if stored.get(id_) != row],
    )
    known = {id_: row for id_, row in wanted.items() if id_ in stored}
    _want_pages(db, [i for i, row in known.items() if row[_PAGES] > stored[i][_PAGES]], now)
    _tag_again(db, [i for i, row in known.items() if row[_REGION] != stored[i][_REGION]])


def _unlist(db: Database, table: str, key: str, gone: Iterable[str]) -> None:
    db.conn.executemany(f"UPDATE {table} SET listed = 0 WHERE {key} = ?", [(g,) for g in gone])


def _tag_again(db: Database, source_ids: Iterable[str]) -> None:
    """The tagger reads where a publisher is at home: its stories are stale when that changes."""
    db.conn.executemany(
        """DELETE FROM derivations WHERE stage = 'tag' AND article_url IN
           (SELECT url FROM entries WHERE source_id = ?)""",
        [(id_,) for id_ in source_ids],
    )


def _want_pages(db: Database, source_ids: Iterable[str], now: datetime) -> None:
    """A source whose pages are fetched from now on wants those of its young stories too."""
    db.conn.executemany(
        """UPDATE entries SET page_state = 'waiting', page_due_at = NULL, page_attempts = 0
           WHERE page_state = 'feed' AND source_id = ? AND first_seen_at > ?""",
        [(id_, as_text(now - _YOUNG)) for id_ in source_ids],
    )


def _follow_moves(db: Database, listed: Iterable[str]) -> None:
    """A feed that moved, and is now listed where it moved to, takes its past along.

    `status` asks people to put the new address into sources.yaml; for who does, nothing is new.
    """
    moved = dict(db.execute("SELECT moved_to, url FROM feeds WHERE moved_to IS NOT NULL"))
    known = {row[0] for row in db.execute("SELECT url FROM feeds")} if moved else set()
    for new in set(listed) & set(moved) - known:
        db.execute("PRAGMA defer_foreign_keys = ON")  # until the end of this transaction
        db.execute(
            "UPDATE feeds SET url = ?, moved_to = NULL, moved_at = NULL WHERE url = ?",
            (new, moved[new]),
        )
        for table, column in _NAMED:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, moved[new]))
