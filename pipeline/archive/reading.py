"""Questions to the archive: what the commands print, as plain dicts ready for JSON."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.archive import Archive, heartbeat
from pipeline.archive.aliases import STORY_OF, addresses, story_of
from pipeline.archive.fulltext import search_terms
from pipeline.archive.storytags import TAGS
from pipeline.errors import ArchiveError, WatchError
from pipeline.models import Config
from pipeline.urls import canonical, loose, number

Row = dict[str, Any]

#: Put around the words that matched, in a search's `snippet`.
MARKS = ("[", "]")

# A headline about X goes before a story that mentions X.
_SEARCH = """
SELECT a.url, a.headline, a.publisher, a.published_at, a.first_seen_at, a.access, a.is_report,
    snippet(articles_fts, -1, :open, :close, '…', 32) AS snippet
FROM articles_fts JOIN articles AS a ON a.id = articles_fts.rowid
WHERE articles_fts MATCH :terms
ORDER BY bm25(articles_fts, 8.0, 3.0, 1.0), a.first_seen_at DESC
LIMIT :limit
"""
_BY_ADDRESS = """
SELECT url, headline, publisher, published_at, first_seen_at, access, is_report,
    substr(text, 1, 200) || CASE WHEN length(text) > 200 THEN '…' ELSE '' END AS snippet
FROM articles WHERE url = ?
"""


def search(archive: Archive, query: str, limit: int = 20) -> list[Row]:
    """Stories that hold all words of the query, best first; `"phrase"`, `prefix*`, `OR`.

    A story's address, any that it is known by, finds that story. No text makes it fail. Raises
    WatchError when the query holds no word at all.
    """
    if re.match(r"https?://\S+$", query.strip()) and (url := _known_url(archive, query.strip())):
        return [{**row, "is_report": _flag(row["is_report"])}
                for row in archive.db.query(_BY_ADDRESS, [url])]  # fmt: skip
    terms = search_terms(query)
    if terms == '""':
        raise WatchError(f"There is no word to search for in {query!r}.")
    values = {"terms": terms, "limit": limit, "open": MARKS[0], "close": MARKS[1]}
    return [{**row, "is_report": _flag(row["is_report"])}
            for row in archive.db.query(_SEARCH, values)]  # fmt: skip


# ---------------------------------------------------------------- lists


def found(archive: Archive, since: datetime | None = None) -> list[Row]:
    """The view `inspections_reported`, newest first; `since`: only stories first seen since.

    Raises ArchiveError when the archive was never published.
    """
    if "inspections_reported" not in archive.db.view_names():
        raise ArchiveError("has no views yet; `derive` makes them", path=str(archive.path))
    rows = list(archive.db.query(
        "SELECT * FROM inspections_reported WHERE first_seen_at >= ?"
        " ORDER BY first_seen_at DESC, published_at DESC, article_url",
        [_stamp(since)],
    ))  # fmt: skip
    grades = _grades(archive, since)
    return [{**row, "grades": grades.get(row["article_url"], [])} for row in rows]


def _grades(archive: Archive, since: datetime | None) -> dict[str, list[Row]]:
    """By story, its current grades in the order of the text: `body, aspect, grade, direction`."""
    by_url: dict[str, list[Row]] = {}
    for row in archive.db.query(
        "SELECT DISTINCT j.article_url, j.body, j.aspect, j.grade, j.direction"
        " FROM judgements AS j JOIN articles AS a ON a.url = j.article_url"
        " WHERE j.status = 'current' AND a.is_report = 1 AND a.first_seen_at >= ?"
        " ORDER BY j.start",
        [_stamp(since)],
    ):
        by_url.setdefault(row.pop("article_url"), []).append(row)
    return by_url


def kept_out(archive: Archive, since: datetime | None = None) -> list[Row]:
    """Stories that report no inspection, and the tagger's reasons: `url, headline, reasons`."""
    rows = archive.db.query(
        "SELECT url, headline, reasons FROM articles WHERE is_report = 0 AND first_seen_at >= ?"
        " ORDER BY first_seen_at DESC, url",
        [_stamp(since)],
    )
    return [{**row, "reasons": json.loads(row["reasons"])} for row in rows]


def counts(archive: Archive) -> dict[str, int]:
    """The size of the archive, stage by stage: a story is lost if it is in none."""
    sql = {
        "sources": "SELECT count(*) FROM sources WHERE listed",
        "feeds": "SELECT count(*) FROM feeds WHERE listed",
        "stories": f"SELECT count(DISTINCT {STORY_OF.format('entries')}) FROM entries",
        "waiting": "SELECT count(DISTINCT url) FROM entries WHERE page_state = 'waiting'",
        "unreachable": "SELECT count(DISTINCT url) FROM entries WHERE page_state = 'failed'",
        "pages": "SELECT count(*) FROM pages",
        "articles": "SELECT count(*) FROM articles",
        "reports": "SELECT count(*) FROM articles WHERE is_report = 1",
        "not_tagged": "SELECT count(*) FROM articles WHERE is_report IS NULL",
        "failed": "SELECT count(*) FROM derivations WHERE error IS NOT NULL",
    }
    return {name: int(archive.db.execute(q).fetchone()[0]) for name, q in sql.items()}


# ---------------------------------------------------------------- status


#: Gaps older than this are history: the table `gaps` keeps them.
GAPS_SHOWN = timedelta(days=30)
#: Under cron the interval between two passes is not known to us: so many of the shortest `every` of
#: sources.yaml, and never less than an hour, may go by before somebody is told.
_INTERVALS_LATE, _PATIENCE = 4, timedelta(hours=1)
#: A machine may be switched off in mid-pass, and again; so many in a row are no accident.
_BROKEN_OFF = 3


def status(archive: Archive | None, config: Config, *, now: datetime | None = None) -> Row:
    """The health of every source of `config`, as `status --json` prints it.

    Beside the contract's keys: `problem`, a sentence when nobody watches that should, or no pass
    comes to its end (None: all is well), and `gaps` of the last 30 days, newest first, each
    {source_id, since_at, until_at, entries}. Without an archive (or where a source was never
    fetched) a state is `never_run`.
    """
    now = now or datetime.now(UTC)
    known: dict[str, Row] = {}
    beat, problem, gaps = None, None, []
    if archive is not None:
        known = {r["source_id"]: r for r in archive.db.query("SELECT * FROM health")}
        beat, problem = _last_beat(archive), trouble_of_watcher(archive, config, now)
        gaps = gaps_since(archive, now - GAPS_SHOWN)
    sources = [_health(s.id, s.name, s.enabled, s.note, known.get(s.id)) for s in config.sources]
    return {
        "checked_at": _stamp(now),
        "heartbeat_at": beat,
        "needs_person": problem is not None or any(s["needs_person"] for s in sources),
        "sources": sources,
        "gaps": gaps,
        "problem": problem,
    }


def gaps_since(archive: Archive, since: datetime) -> list[Row]:
    """Where stories may have been missed, newest first: source_id, since_at, until_at, entries."""
    return list(archive.db.query(
        "SELECT source_id, since_at, until_at, entries FROM gaps WHERE until_at >= ?"
        " ORDER BY until_at DESC, id DESC",
        [_stamp(since)],
    ))  # fmt: skip


def trouble_of_watcher(archive: Archive, config: Config, now: datetime) -> str | None:
    """One sentence when nobody watches that should, or none of the passes ends; None: all is well.

    `watch` promises a beat a tick (`Heartbeat.is_late`). Of single passes (cron) the next is
    expected within four times the shortest `every`, at least an hour. The demo promises nothing,
    nor does an archive on which no pass was made.
    """
    return _silence(archive, config, now) or _broken_off(archive)


def _silence(archive: Archive, config: Config, now: datetime) -> str | None:
    beat = heartbeat.last(archive)
    if beat is not None and (beat.tick_seconds is not None or beat.what == "demo"):
        late, what = beat.is_late(now), "The watcher is not running, or cannot write here"
        at = beat.beat_at
    else:
        last = archive.db.execute("SELECT max(beat_at) FROM passes").fetchone()
        shortest = min((s.every for s in config.sources if s.enabled), default=None)
        if last[0] is None or shortest is None:
            return None
        at = datetime.fromisoformat(last[0])
        late = abs(now - at) > max(_PATIENCE, _INTERVALS_LATE * shortest)
        what = "Nobody is watching"
    if not late:
        return None
    return f"{what}: last sign of life {_told(at)}. Start `watch`, or let cron call `run`."


def _broken_off(archive: Archive) -> str | None:
    """The sentence for a run of passes without an end; the latest may just be under way."""
    count, first = archive.db.execute(
        "SELECT count(*), min(started_at) FROM passes"
        " WHERE id > (SELECT coalesce(max(id), 0) FROM passes WHERE ended_at IS NOT NULL)"
    ).fetchone()
    if count < _BROKEN_OFF:
        return None
    return (f"Each attempt at a pass broke off since {_told(datetime.fromisoformat(first))}; the "
            "log says why.")  # fmt: skip


def _told(at: datetime) -> str:
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def _last_beat(archive: Archive) -> str | None:
    """The later of the heartbeat and the latest pass (archives from before there was a beat)."""
    row = archive.db.execute(
        "SELECT max(at) FROM (SELECT beat_at AS at FROM heartbeat UNION ALL"
        " SELECT max(beat_at) FROM passes)"
    ).fetchone()
    return str(row[0]) if row[0] else None


def _health(id_: str, name: str, enabled: bool, note: str | None, row: Row | None) -> Row:
    """sources.yaml decides whether a source is on: the archive may not have heard of it yet."""
    state, reason = "never_run", "Not fetched yet."
    if not enabled:
        state, reason = "disabled", note or "Switched off in sources.yaml."
    elif row is not None and row["state"] != "disabled":
        state, reason = row["state"], row["reason"]
    row = row or {}
    return {
        "id": id_,
        "name": name,
        "state": state,
        "since_at": row.get("since_at") if state == row.get("state") else None,
        "last_ok_at": row.get("last_ok_at"),
        "last_new_at": row.get("last_new_at"),
        "reason": reason,
        "needs_person": enabled and bool(row.get("needs_person")),
    }


# ---------------------------------------------------------------- one story


def find_url(archive: Archive, url: str) -> str:
    """The address under which a story is kept, from any that it is known by.

    Itself or its canonical form, a feed's link or id, where a redirect led, what its page calls
    itself, or, if that is no other story's, one that differs by scheme, `www.`, `m.` and the like.

    Raises WatchError when it is not in the archive; names stories that are near.
    """
    found = _known_url(archive, url)
    if found is None:
        raise WatchError(f"{url}: {_why_missing(archive, canonical(url))}")
    return found


def _known_url(archive: Archive, url: str) -> str | None:
    for address in dict.fromkeys((url, canonical(url))):
        if story := story_of(archive, address):
            return story
        if _one(archive, "SELECT url FROM articles WHERE url = ?", address):
            return address
    values = {"url": url, "name": number(loose(url))}
    for sql in (_BY_LINK, _BY_NAME):
        stories = [row[0] for row in archive.db.execute(sql, values)]
        if len(stories) == 1:
            return str(stories[0])
    return None


_BY_LINK = f"""
SELECT a.url FROM entries AS e JOIN articles AS a ON a.url = {STORY_OF.format("e")}
WHERE :url IN (e.link, e.guid) UNION ALL
SELECT a.url FROM pages AS p JOIN articles AS a ON a.url = {STORY_OF.format("p")}
WHERE p.final_url = :url LIMIT 1
"""
_BY_NAME = f"""
SELECT DISTINCT a.url FROM page_names AS n JOIN readings AS r ON r.page = n.page
JOIN articles AS a ON a.url = {STORY_OF.format("r")} WHERE n.name = :name LIMIT 2
"""


def page_url(archive: Archive, url: str) -> str:
    """The address of a story's page, also of one that gave no story. Raises as `find_url`."""
    for address in dict.fromkeys((url, canonical(url))):
        if _one(archive, "SELECT url FROM pages WHERE url = ?", address):
            return story_of(archive, address) or address
    return find_url(archive, url)


def _why_missing(archive: Archive, url: str) -> str:
    failed = _one(archive, "SELECT error FROM derivations WHERE article_url = ?"
                           " AND error IS NOT NULL", url)  # fmt: skip
    if failed:
        return f"its page is stored, but no story could be had from it: {failed[0]}"
    seen = _one(archive, "SELECT page_state, page_reason FROM entries WHERE url = ?", url)
    if seen and seen[0] == "waiting":
        return "a feed announced it; its page has not been fetched yet"
    if seen and seen[0] == "failed":
        return f"a feed announced it, but its page could not be had: {seen[1]}"
    near = "".join(f"\n  {x}" for x in _near(archive, url))
    return "is not in the archive" + (f"; near it are:{near}" if near else "")


def _near(archive: Archive, url: str) -> list[str]:
    """Up to three stories that share the most words with the address; of its host, if any."""
    words = list(dict.fromkeys(re.findall(r"[^\W\d_]{4,}", unquote(urlsplit(url).path))))[:20]
    if not words:
        return []
    host = urlsplit(url).netloc
    rows = archive.db.query(
        "SELECT a.url FROM articles_fts JOIN articles AS a ON a.id = articles_fts.rowid"
        " WHERE articles_fts MATCH :terms"
        " ORDER BY instr(a.url, :host) = 0, bm25(articles_fts, 8.0, 3.0, 1.0) LIMIT 3",
        {"terms": search_terms(" OR ".join(words)), "host": host or "//"},
    )
    return [row["url"] for row in rows]


def show(archive: Archive, url: str) -> Row:
    """Everything about one story. Raises WatchError when it is not in the archive.

    Keys: the columns of `articles` (lists as lists); `inspectorates`, `bodies` ({id, name, kind,
    code}); `mentions, judgements, findings, actions, statistics, themes, places, responses,
    details, cautions`, each with `start, end, quote`; `removed`; `revisions`; `aliases` (its
    further addresses); `feeds` (who announced it, at any of them); `page`; `ledger`.
    """
    url = find_url(archive, url)
    row = next(archive.db.query("SELECT * FROM articles WHERE url = ?", [url]))
    id_ = row.pop("id")
    for column in ("captions", "links", "reasons", "disagreements"):
        row[column] = json.loads(row[column])
    for column in ("byline", "news_agencies"):
        row[column] = row[column].split("; ") if row[column] else []
    row["is_report"] = _flag(row["is_report"])
    tags: Row = {name: list(archive.db.query(sql, [id_])) for name, sql in TAGS.items()}
    pages = archive.db.query("SELECT final_url, content_type, fetched_at, digest, bytes FROM pages"
                             " WHERE url = ?", [url])  # fmt: skip
    return {
        **row,
        **tags,
        "aliases": addresses(archive, url),
        "feeds": list(archive.db.query(_FEEDS, {"url": url})),
        "page": next(pages, None),
        "ledger": list(archive.db.query(_LEDGER, [url])),
    }


_FEEDS = """
SELECT e.source_id, s.name AS source, e.feed_url, e.guid, e.link, e.first_seen_at
FROM entries AS e JOIN sources AS s ON s.id = e.source_id
WHERE e.url = :url OR e.url IN (SELECT url FROM aliases WHERE story_url = :url) ORDER BY e.id
"""
_LEDGER = """
SELECT stage, made_from, made_by, made_at, error FROM derivations WHERE article_url = ?
ORDER BY stage
"""


def _one(archive: Archive, sql: str, values: str | Row) -> tuple[Any, ...] | None:
    row: tuple[Any, ...] | None = archive.db.execute(
        sql, values if isinstance(values, dict) else (values,)
    ).fetchone()
    return row


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _stamp(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
