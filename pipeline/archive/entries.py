"""Entries of a feed, stored in the transaction that records their fetch.

A story is new to a feed when the feed never brought its address before: a story that comes back
under another guid is an alias, not news.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pipeline.archive import Archive
from pipeline.archive.pace import as_text
from pipeline.archive.pages import upsert_page
from pipeline.models import FEED_CONTENT, Entry, FeedUpdate, Page

#: a page is fetched again when its feed's words for it change, but not for ever: some feeds put
#: the time or a count of comments into every item
REFETCHES = 10

_PARAMETERS = (
    "feed_url", "source_id", "guid", "url", "link", "headline", "summary", "content_html",
    "author", "published_at", "digest", "at", "state", "reason", "refetch_at", "refetches",
)  # fmt: skip

_UPSERT = """
INSERT INTO entries (feed_url, source_id, guid, url, link, headline, summary, content_html, author,
                     published_at, digest, first_seen_at, page_state, page_reason)
VALUES (:feed_url, :source_id, :guid, :url, :link, :headline, :summary, :content_html, :author,
        :published_at, :digest, :at, :state, :reason)
ON CONFLICT (feed_url, guid, url) DO UPDATE SET link = excluded.link,
    headline = excluded.headline, summary = excluded.summary,
    content_html = excluded.content_html, author = excluded.author,
    published_at = excluded.published_at, digest = excluded.digest, changes = changes + 1,
    page_due_at = CASE WHEN page_state = 'stored' AND changes < :refetches THEN :refetch_at
                       ELSE page_due_at END,
    page_attempts = CASE WHEN page_state = 'stored' AND changes < :refetches THEN 0
                         ELSE page_attempts END,
    page_state = CASE WHEN page_state = 'stored' AND changes < :refetches THEN 'waiting'
                      ELSE page_state END
WHERE entries.digest <> excluded.digest
"""


def strangers(archive: Archive, feed_url: str, urls: Iterable[str]) -> frozenset[str]:
    """The stories among `urls` that the feed has not brought before."""
    asked = frozenset(urls)
    if not asked:
        return asked
    # The plus keeps SQLite off the index that begins with feed_url: it would read all of a feed.
    known = archive.db.execute(
        """SELECT DISTINCT e.url FROM json_each(?) j JOIN entries e ON e.url = j.value
           WHERE +e.feed_url = ?""",
        (json.dumps(sorted(asked)), feed_url),
    )
    return asked - {row[0] for row in known}


def under_guids(
    archive: Archive, feed_url: str, guids: Iterable[str]
) -> dict[str, tuple[str, str, str | None]]:
    """By guid, (address, link, headline) of what a feed brought under it, if it was one story."""
    rows = archive.db.execute(
        """SELECT e.guid, e.url, e.link, e.headline FROM json_each(?) j
           JOIN entries e ON e.feed_url = ? AND e.guid = j.value""",
        (json.dumps(sorted(set(guids))), feed_url),
    )
    found: dict[str, list[tuple[str, str, str | None]]] = {}
    for guid, *known in rows:
        found.setdefault(guid, []).append(tuple(known))
    return {guid: stories[0] for guid, stories in found.items() if len(stories) == 1}


def boards(archive: Archive, feed_url: str, urls: Iterable[str]) -> frozenset[str]:
    """Those of `urls` that a feed gave to several stories, told apart by a fragment since."""
    rows = archive.db.execute(
        """SELECT j.value FROM json_each(?) j WHERE EXISTS (
               SELECT 1 FROM entries e WHERE e.url > j.value || '#' AND e.url < j.value || '$'
               AND +e.feed_url = ?)""",
        (json.dumps(sorted(set(urls))), feed_url),
    )
    return frozenset(row[0] for row in rows)


def store_entries(
    archive: Archive,
    update: FeedUpdate,
    own: Mapping[str, Page | None],
    refetch_at: datetime,
) -> None:
    """Insert or refresh the entries of one answer.

    Args:
        own: see `watching.record_feed`.
        refetch_at: when a stored page whose feed words changed is looked at again.
    """
    if not update.entries:
        return
    first = _first_states(archive, update.entries, own)
    archive.db.conn.executemany(
        _UPSERT,
        [
            dict(zip(_PARAMETERS, (
                e.feed_url, update.source_id, e.guid, e.url, e.link, e.headline, e.summary,
                e.content_html, e.author, e.published_at, e.digest, as_text(update.at),
                *first[e.url], as_text(refetch_at), 0 if e.url in own else REFETCHES), strict=True))
            for e in update.entries
        ],
    )  # fmt: skip
    for page in own.values():
        if page is not None:
            _store_own(archive, page, update.source_id)


def _first_states(
    archive: Archive, entries: Sequence[Entry], own: Mapping[str, Page | None]
) -> dict[str, tuple[str, str | None]]:
    """page_state and page_reason that new entries begin with: that of their story, if known."""
    urls = json.dumps(sorted({e.url for e in entries}))
    states: dict[str, tuple[str, str | None]] = {}
    for url, page in own.items():
        states[url] = ("feed", None) if page is not None else (
            "failed", "the item carries no text, and there is no page to fetch")  # fmt: skip
    given_up = archive.db.execute(
        """SELECT e.url, max(e.page_reason) FROM json_each(?) j JOIN entries e ON e.url = j.value
           WHERE e.page_state = 'failed' GROUP BY e.url""",
        (urls,),
    )
    states |= {url: ("failed", reason) for url, reason in given_up if url not in states}
    stored = archive.db.execute(
        """SELECT p.url, p.content_type FROM json_each(?) j JOIN pages p ON p.url = j.value
           WHERE NOT EXISTS (SELECT 1 FROM entries e
                             WHERE e.url = p.url AND e.page_state = 'waiting')""",
        (urls,),
    )
    states |= {
        url: ("feed" if by.startswith(FEED_CONTENT) else "stored", None) for url, by in stored
    }
    return {e.url: states.get(e.url, ("waiting", None)) for e in entries}


def _store_own(archive: Archive, page: Page, source_id: str) -> None:
    """The feed's own content as the story's page, unless a real page is there."""
    row = archive.db.execute("SELECT content_type FROM pages WHERE url = ?", (page.url,)).fetchone()
    if row is not None and not row[0].startswith(FEED_CONTENT):
        return
    upsert_page(archive, page, source_id, replace=True)
    archive.db.execute(
        """UPDATE entries SET page_state = 'feed', page_due_at = NULL
           WHERE url = ? AND page_state IN ('waiting', 'failed')""",
        (page.url,),
    )
