"""Raw pages in the archive: which are wanted, which came, and what stands for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.archive import Archive
from pipeline.archive.bodies import put_body
from pipeline.archive.errors import translated
from pipeline.archive.pace import as_text, as_time
from pipeline.models import FEED_CONTENT, Entry, Failure, Page

#: No page is put off for so long (`watch/polling.py`): the clock was wrong that said so.
_LONGEST = timedelta(days=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingPage:
    """A story whose page is wanted, or wanted again. `link` is what to ask for."""

    url: str
    link: str
    source_id: str
    attempts: int  #: that failed so far
    due_at: datetime | None = None  #: None: at once; it may lie ahead where everything is asked
    etag: str | None = None  #: of the page that is stored already
    last_modified: str | None = None


# By its index, said aloud: once ANALYZE has seen that most pages are stored, SQLite would read all
# entries to find the few that wait, at every tick.
_WAITING = """
FROM entries e INDEXED BY entries_page_state JOIN sources s ON s.id = e.source_id
    LEFT JOIN pages p ON p.url = e.url
WHERE e.page_state = 'waiting' AND s.listed AND s.enabled AND s.pages
    AND (:everything OR e.page_due_at IS NULL OR e.page_due_at <= :now OR e.page_due_at > :beyond)
"""


def pages_due(
    archive: Archive, now: datetime, *, everything: bool = False
) -> tuple[WaitingPage, ...]:
    """Stories whose page is still wanted and may be tried now: each once, newest first."""
    rows = archive.db.query(
        f"""SELECT e.url, min(e.link) AS link, e.source_id, max(e.page_attempts) AS attempts,
                   min(e.id) AS first_id, max(e.page_due_at) AS due_at, p.etag, p.last_modified
            {_WAITING} GROUP BY e.url ORDER BY first_id DESC""",
        _times(now, everything),
    )
    return tuple(
        WaitingPage(url=r["url"], link=r["link"], source_id=r["source_id"], attempts=r["attempts"],
                    due_at=as_time(r["due_at"]), etag=r["etag"], last_modified=r["last_modified"])
        for r in rows
    )  # fmt: skip


def any_due(archive: Archive, now: datetime) -> bool:
    """Whether `pages_due` would name one: what a tick asks first."""
    found = archive.db.execute(f"SELECT EXISTS (SELECT 1 {_WAITING})", _times(now, False))
    return bool(found.fetchone()[0])


def _times(now: datetime, everything: bool) -> dict[str, str | bool | None]:
    return {"everything": everything, "now": as_text(now), "beyond": as_text(now + _LONGEST)}


def record_page(
    archive: Archive, page: Page, source_id: str, *, status: int | None, seconds: float,
    etag: str | None = None, last_modified: str | None = None,
) -> None:  # fmt: skip
    """Store a page that was fetched; every entry of its story is served by it."""
    store_bodies(archive, [page])
    with archive.transaction() as db:
        insert_fetch(archive, page.url, source_id, "page", page.fetched_at, "page", status=status,
                      bytes_=len(page.body), seconds=seconds)  # fmt: skip
        upsert_page(archive, page, source_id, replace=True)
        db.execute("UPDATE pages SET etag = ?, last_modified = ? WHERE url = ?",
                   (etag, last_modified, page.url))  # fmt: skip
        db.execute(
            """UPDATE entries SET page_state = 'stored', page_due_at = NULL, page_reason = NULL
               WHERE url = ?""",
            (page.url,),
        )


def record_page_unmodified(
    archive: Archive, waiting: WaitingPage, at: datetime, *, seconds: float
) -> None:
    """A page that was looked at again and is the same: 304."""
    with archive.transaction() as db:
        insert_fetch(archive, waiting.url, waiting.source_id, "page", at, "not_modified",
                     status=304, bytes_=0, seconds=seconds)  # fmt: skip
        db.execute(
            """UPDATE entries SET page_state = 'stored', page_due_at = NULL, page_reason = NULL
               WHERE url = ?""",
            (waiting.url,),
        )


def put_off(archive: Archive, found: Sequence[WaitingPage], until: datetime, reason: str) -> None:
    """Leave pages alone until then, because their host asked for it; no attempt is counted."""
    with archive.transaction() as db:
        db.conn.executemany(
            """UPDATE entries SET page_due_at = ?, page_reason = ?
               WHERE url = ? AND page_state = 'waiting'""",
            [(as_text(until), reason, waiting.url) for waiting in found],
        )


def record_page_failure(
    archive: Archive,
    waiting: WaitingPage,
    failure: Failure,
    *,
    retry_at: datetime | None,
    instead: Page | None = None,
    asked: bool = True,
    counts: bool = True,
) -> None:
    """Store that a page could not be had. One that was stored before stays as it was.

    Args:
        retry_at: when to try again; None gives the page up.
        instead: the feed's own content, which stands for a page that was given up.
        asked: False where no request was made, because its host had just refused others.
        counts: whether it was one of the attempts after which a page is given up.
    """
    if instead is not None:
        store_bodies(archive, [instead])
    with archive.transaction() as db:
        if asked:
            insert_fetch(archive, waiting.url, waiting.source_id, "page", failure.at, "failed",
                         status=failure.status, failure=failure)  # fmt: skip
        stored = db.execute(
            "SELECT 1 FROM pages WHERE url = ? AND content_type NOT LIKE ?",
            (waiting.url, f"{FEED_CONTENT}%"),
        ).fetchone()
        given_up = "stored" if stored else "feed" if instead else "failed"
        state = "waiting" if retry_at else given_up
        db.execute(
            """UPDATE entries SET page_state = ?, page_attempts = ?, page_due_at = ?,
                   page_reason = ?
               WHERE url = ? AND page_state = 'waiting'""",
            (state, waiting.attempts + counts, as_text(retry_at), failure.reason, waiting.url),
        )  # fmt: skip
        if instead is not None:
            upsert_page(archive, instead, waiting.source_id, replace=False)


def entry_of(archive: Archive, url: str) -> Entry | None:
    """The entry of a story that carries the most text, for use in place of its page."""
    row = archive.db.execute(
        """SELECT feed_url, guid, url, link, headline, summary, content_html, author,
                  published_at, digest FROM entries WHERE url = ?
           ORDER BY length(coalesce(content_html, summary, '')) DESC, id LIMIT 1""",
        (url,),
    ).fetchone()
    if row is None:
        return None
    return Entry(feed_url=row[0], guid=row[1], url=row[2], link=row[3], headline=row[4],
                 summary=row[5], content_html=row[6], author=row[7], published_at=row[8],
                 digest=row[9])  # fmt: skip


def store_bodies(archive: Archive, found: Sequence[Page]) -> None:
    """Bodies first, in one transaction: a row in `pages` never points at nothing."""
    with translated(archive.pages_path), archive.pages.atomic():
        for page in found:
            put_body(archive, page.body, now=page.fetched_at)


def upsert_page(archive: Archive, page: Page, source_id: str, *, replace: bool) -> None:
    """The row of a page; `replace` says whether one that is there gives way."""
    tail = """DO UPDATE SET final_url = excluded.final_url, host = excluded.host,
                  content_type = excluded.content_type, fetched_at = excluded.fetched_at,
                  digest = excluded.digest, bytes = excluded.bytes
              WHERE pages.digest <> excluded.digest"""
    archive.db.execute(
        f"""INSERT INTO pages (url, final_url, host, content_type, fetched_at, digest, bytes,
                               source_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (url) {tail if replace else "DO NOTHING"}""",
        (page.url, page.final_url, urlsplit(page.url).hostname or "", page.content_type,
         as_text(page.fetched_at), page.digest, len(page.body), source_id),
    )  # fmt: skip


def insert_fetch(
    archive: Archive,
    url: str,
    source_id: str,
    what: str,
    at: datetime,
    outcome: str,
    *,
    status: int | None = None,
    failure: Failure | None = None,
    bytes_: int | None = None,
    seconds: float | None = None,
    seen: int | None = None,
    new: int | None = None,
) -> None:
    """One row in `fetches`."""
    archive.db.execute(
        """INSERT INTO fetches (url, source_id, what, fetched_at, outcome, status, failure_kind,
                                failure_grade, reason, bytes, seconds, entries_seen, entries_new)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (url, source_id, what, as_text(at), outcome, status,
         failure.kind if failure else None, failure.grade if failure else None,
         failure.reason if failure else None, bytes_,
         None if seconds is None else round(seconds, 3), seen, new),
    )  # fmt: skip
