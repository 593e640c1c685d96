"""Further addresses of a story: one article, whichever of them is asked for.

Which addresses are one story is decided by `clean/same.py`; what was kept of a page that turns out
to be another's is moved here, within the transaction that notes it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from pipeline.archive import Archive
from pipeline.archive.facets import renew
from pipeline.archive.pace import as_text
from pipeline.archive.tags import clear_tags

#: SQL for the address of the story that an entry or a page is of, for a table called `{0}`
STORY_OF = "coalesce((SELECT story_url FROM aliases WHERE aliases.url = {0}.url), {0}.url)"


def story_of(archive: Archive, url: str) -> str | None:
    """The address of the story that `url` is a further address of; None: it is none's."""
    row = archive.db.execute("SELECT story_url FROM aliases WHERE url = ?", (url,)).fetchone()
    return row[0] if row else None


def addresses(archive: Archive, url: str) -> list[dict[str, str]]:
    """Further addresses of a story: {url, why, seen_at}."""
    return list(archive.db.query(
        "SELECT url, why, seen_at FROM aliases WHERE story_url = ? ORDER BY url", [url]
    ))  # fmt: skip


def set_aliases(
    archive: Archive, urls: Collection[str], found: Mapping[str, tuple[str, str]], now: datetime
) -> frozenset[str]:
    """Notes what some addresses are → those that became, or are no longer, another's.

    Args:
        urls: all that were looked at; those that are not in `found` are stories of their own.
        found: address → (address of its story, why).
    """
    before = {
        url: (story, why) for url, story, why in archive.db.execute(
            "SELECT url, story_url, why FROM aliases WHERE url IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(urls)),),
        )
    }  # fmt: skip
    changed = {url: found.get(url) for url in urls if found.get(url) != before.get(url)}
    db = archive.db.conn
    db.executemany("DELETE FROM aliases WHERE url = ?",
                   [(url,) for url, to in changed.items() if to is None])  # fmt: skip
    db.executemany(
        "INSERT INTO aliases (url, story_url, why, seen_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (url) DO UPDATE SET story_url = excluded.story_url, why = excluded.why",
        [(url, *to, as_text(now)) for url, to in sorted(changed.items()) if to],
    )
    for url, to in sorted(changed.items()):
        if to is not None:
            _move(archive, url, to[0])
    stories = {to[0] for to in (*changed.values(), *before.values()) if to}
    _see_first(archive, stories if changed else ())
    return frozenset(u for u, to in changed.items() if (to is None) != (u not in before))


def _see_first(archive: Archive, stories: Collection[str]) -> None:
    """A story was first seen when any of its addresses was."""
    archive.db.conn.executemany(
        """UPDATE articles SET first_seen_at = coalesce(
               (SELECT min(first_seen_at) FROM entries WHERE url = articles.url OR url IN
                   (SELECT url FROM aliases WHERE story_url = articles.url)), first_seen_at)
           WHERE url = ?""",
        [(url,) for url in sorted(stories)],
    )
    ids = "SELECT id FROM articles WHERE url IN (SELECT value FROM json_each(?)) ORDER BY id"
    for (id_,) in archive.db.execute(ids, (json.dumps(sorted(stories)),)).fetchall():
        renew(archive, id_)


def _move(archive: Archive, url: str, story: str) -> None:
    """What is kept of a page becomes its story's: its row, if there is none yet, else its past."""
    row = archive.db.execute("SELECT id FROM articles WHERE url = ?", (url,)).fetchone()
    if row is None:
        return
    there = archive.db.execute("SELECT id FROM articles WHERE url = ?", (story,)).fetchone()
    ledger = "derivations WHERE article_url = ? AND stage = 'tag'"
    if there is None:
        archive.db.execute(f"DELETE FROM {ledger}", (story,))
        archive.db.execute("UPDATE articles SET url = ? WHERE id = ?", (story, row[0]))
        archive.db.execute(
            "UPDATE derivations SET article_url = ? WHERE article_url = ? AND stage = 'tag'",
            (story, url),
        )
        return
    _join_past(archive, row[0], there[0])
    clear_tags(archive, row[0])
    archive.db.execute("DELETE FROM removals WHERE article_id = ?", row)
    archive.db.execute("DELETE FROM articles WHERE id = ?", row)
    archive.db.execute(f"DELETE FROM {ledger}", (url,))


def _join_past(archive: Archive, of: int, to: int) -> None:
    """Earlier versions of both in one order, by when each was seen; the story's own stays last."""
    columns = "seen_at, digest, headline, standfirst, text"
    rows = archive.db.execute(
        f"SELECT {columns} FROM revisions WHERE article_id IN (?, ?)"
        " ORDER BY id = (SELECT max(id) FROM revisions WHERE article_id = ?), seen_at, id",
        (of, to, to),
    ).fetchall()
    archive.db.execute("DELETE FROM revisions WHERE article_id IN (?, ?)", (of, to))
    since: dict[str, str] = {}  # when each was first seen, and its words from the last one back
    words: dict[str, tuple[str | None, ...]] = {}
    for seen_at, digest, *said in reversed(rows):
        since[digest] = seen_at
        words.setdefault(digest, tuple(said))
    archive.db.conn.executemany(
        f"INSERT INTO revisions (article_id, {columns}) VALUES (?, ?, ?, ?, ?, ?)",
        [(to, since[digest], digest, *said) for digest, said in reversed(words.items())],
    )
