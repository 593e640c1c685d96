"""The ledger: what is stale, and what cleaning made of a page.

A derived row is stale when the ledger (`derivations`) has no line for it, when its input changed
(`made_from`) or when the rules changed (`made_by`). A failure is a line too, so that it is not
tried again until one of the two changes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlite_utils import Database

from pipeline.archive import Archive
from pipeline.archive.aliases import story_of
from pipeline.archive.bodies import get_body
from pipeline.archive.facets import renew
from pipeline.archive.readings import as_text, neighbours
from pipeline.archive.tags import clear_tags
from pipeline.errors import CleanError
from pipeline.models import Article, Entry, Page

StageName = Literal["clean", "tag"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One stale derivation: what is to be made, from which input, by which rules."""

    url: str
    made_from: str
    made_by: str


# A story's page, the first entry that led to it, and its source: all that cleaning reads. The
# source's name is part of the input because it stands in for a publisher that the page leaves out.
_PAGES = """
    FROM pages AS p
    LEFT JOIN entries AS e ON e.id = (SELECT min(id) FROM entries WHERE url = p.url)
    LEFT JOIN sources AS s ON s.id = coalesce(p.source_id, e.source_id)
"""

_STALE_PAGES = f"""
WITH rules(host, made_by) AS MATERIALIZED (SELECT key, value FROM json_each(:rules)),
input AS (
    SELECT p.url, p.host, p.fetched_at,
        p.digest || ' ' || p.content_type || ' ' || coalesce(e.digest, '-') || ' '
            || coalesce(s.name, '-') || coalesce(char(10) || p.neighbours, '') AS made_from
    {_PAGES}
    WHERE {{scope}}
)
SELECT input.url, input.made_from, rules.made_by
FROM input
JOIN rules ON rules.host = input.host
LEFT JOIN derivations AS d ON d.article_url = input.url AND d.stage = 'clean'
WHERE d.article_url IS NULL OR d.made_from <> input.made_from OR d.made_by <> rules.made_by
ORDER BY input.fetched_at, input.url
"""

_NEIGHBOURS = re.compile(r"\n(?:own(?: [0-9a-f]{16})+)?(?: ?alias)?\Z")

# A host with its subdomains, as for a site's cleaning rules: `paper.example`, `www.paper.example`.
_OF_HOST = "(p.host = :host OR substr(p.host, -length(:host) - 1) = '.' || :host)"

_STALE_ARTICLES = f"""
SELECT a.url, a.digest AS made_from, :made_by AS made_by
FROM articles AS a
LEFT JOIN derivations AS d ON d.article_url = a.url AND d.stage = 'tag'
WHERE (:url IS NULL OR a.url = :url)
    AND (:host IS NULL OR a.url IN (SELECT p.url FROM pages AS p WHERE {_OF_HOST}))
    AND (d.article_url IS NULL OR d.made_from <> a.digest OR d.made_by <> :made_by)
ORDER BY a.id
"""


def hosts(archive: Archive) -> list[str]:
    """The hosts of all stored pages."""
    return [row[0] for row in archive.db.execute("SELECT DISTINCT host FROM pages")]


def stale_pages(
    archive: Archive,
    rules: Mapping[str, str],
    *,
    host: str | None = None,
    url: str | None = None,
    urls: Collection[str] | None = None,
) -> list[Work]:
    """Pages to clean, oldest first.

    Args:
        rules: host → fingerprint of the rules that apply to it.
        host: with its subdomains.
    """
    scope = {_OF_HOST: host, "p.url = :url": url,
             "p.url IN (SELECT value FROM json_each(:urls))": urls}  # fmt: skip
    where = " AND ".join(sql for sql, value in scope.items() if value is not None) or "true"
    values = {"rules": json.dumps(rules), "host": host, "url": url,
              "urls": json.dumps(sorted(urls or ()))}  # fmt: skip
    return [Work(**row) for row in archive.db.query(_STALE_PAGES.format(scope=where), values)]


def with_neighbours(archive: Archive, work: Work, used: Iterable[int]) -> Work:
    """The work as it was done: with these of its site's own paragraphs, and as what it is now."""
    is_alias = story_of(archive, work.url) is not None
    told = neighbours(as_text(used), alias=is_alias)
    own = _NEIGHBOURS.sub("", work.made_from)
    return replace(work, made_from=f"{own}\n{told}" if told else own)


def stale_articles(
    archive: Archive, made_by: str, *, host: str | None = None, url: str | None = None
) -> list[Work]:
    """Articles to tag, in the order in which they came."""
    values = {"made_by": made_by, "host": host, "url": url}
    return [Work(**row) for row in archive.db.query(_STALE_ARTICLES, values)]


def page(archive: Archive, url: str) -> Page:
    """The raw page of a story. Raises CleanError when it is missing or damaged."""
    row = next(archive.db.query("SELECT * FROM pages WHERE url = ?", [url]), None)
    if row is None:
        raise CleanError("no page of it is stored", url=url)
    return Page(
        url=url,
        final_url=row["final_url"],
        body=get_body(archive, row["digest"], url=url),
        content_type=row["content_type"],
        fetched_at=datetime.fromisoformat(row["fetched_at"]),
        digest=row["digest"],
    )


def entry(archive: Archive, url: str) -> Entry | None:
    """The first feed entry that led to the story, if a feed did."""
    columns = ", ".join(Entry.__dataclass_fields__)
    sql = f"SELECT {columns} FROM entries WHERE url = ? ORDER BY id LIMIT 1"
    row = next(archive.db.query(sql, [url]), None)
    return Entry(**row) if row else None


# ---------------------------------------------------------------- what cleaning made

_COLUMNS = ("url", "headline", "standfirst", "byline", "publisher", "section", "language",
            "published_at", "modified_at", "first_seen_at", "updated_at", "access", "text",
            "captions", "links", "news_agencies", "canonical_url", "image_url", "image_caption",
            "disagreements", "source_id", "digest")  # fmt: skip
_COMPARED = tuple(c for c in _COLUMNS if c not in ("url", "first_seen_at", "updated_at"))
_UPSERT = (
    f"INSERT INTO articles ({', '.join(_COLUMNS)}) VALUES ({', '.join(':' + c for c in _COLUMNS)})"
    " ON CONFLICT (url) DO UPDATE SET updated_at = excluded.updated_at, "
    + ", ".join(f"{c} = excluded.{c}" for c in _COMPARED)
    + f" WHERE ({', '.join(_COMPARED)}) IS NOT ({', '.join('excluded.' + c for c in _COMPARED)})"
)


def save_article(archive: Archive, work: Work, article: Article, *, now: datetime) -> bool:
    """Writes a cleaned page, within the caller's transaction; returns whether its words changed.

    The row keeps its id. Where the words are the same its tags stay; where they are not, the tags
    go at once, for their offsets would point at other words. A page at a further address of a story
    (`aliases`) is noted as cleaned, and no more.
    """
    db = archive.db
    if story_of(archive, work.url) is not None:
        record(archive, "clean", work, now=now)
        return False
    sql = "SELECT id, digest FROM articles WHERE url = ?"
    before = db.execute(sql, (work.url,)).fetchone()
    row = _row(archive, work.url, article, now)
    db.execute(_UPSERT, row)
    article_id = before[0] if before else db.execute(sql, (work.url,)).fetchone()[0]
    changed = before is None or before[1] != row["digest"]
    if changed:
        clear_tags(archive, article_id)
    else:
        renew(archive, article_id)  # the publisher is none of the words that tags are made from
    _save_revision(db, article_id, work, article, now)
    db.execute("DELETE FROM removals WHERE article_id = ?", (article_id,))
    db.conn.executemany(
        "INSERT INTO removals (article_id, rule, kind, text) VALUES (?, ?, ?, ?)",
        [(article_id, r.rule, r.kind, r.text) for r in article.removed],
    )
    record(archive, "clean", work, now=now)
    return changed


def record(
    archive: Archive, stage: StageName, work: Work, *, now: datetime, error: str | None = None
) -> None:
    """The ledger's line for one derivation, made or failed. Within the caller's transaction."""
    archive.db.execute(
        "INSERT INTO derivations (article_url, stage, made_from, made_by, made_at, error)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (article_url, stage) DO UPDATE SET"
        " made_from = excluded.made_from, made_by = excluded.made_by,"
        " made_at = excluded.made_at, error = excluded.error",
        (work.url, stage, work.made_from, work.made_by, _stamp(now), error),
    )


def _row(archive: Archive, url: str, article: Article, now: datetime) -> dict[str, Any]:
    source_id, source, feed_date, seen = archive.db.execute(
        "SELECT s.id, s.name, e.published_at, coalesce("
        "(SELECT min(first_seen_at) FROM entries WHERE url = p.url OR url IN"
        " (SELECT url FROM aliases WHERE story_url = p.url)), p.fetched_at)"
        f" {_PAGES} WHERE p.url = ?",
        (url,),
    ).fetchone() or (None, None, None, _stamp(now))
    published = stored_time(article.published_at) or stored_time(feed_date)
    read_by_the_tagger = [article.headline, article.standfirst, article.text, published,
                          article.access]  # fmt: skip
    return {
        "url": url,
        "headline": article.headline,
        "standfirst": article.standfirst,
        "byline": "; ".join(article.byline) or None,
        "publisher": article.publisher or source,
        "section": article.section,
        "language": article.language,
        "published_at": published,
        "modified_at": stored_time(article.modified_at),
        "first_seen_at": seen,
        "updated_at": _stamp(now),
        "access": article.access,
        "text": article.text,
        "captions": _json(article.captions),
        "links": _json([asdict(link) for link in article.links]),
        "news_agencies": "; ".join(article.news_agencies) or None,
        "canonical_url": article.canonical_url,
        "image_url": article.image.url if article.image else None,
        "image_caption": article.image.caption if article.image else None,
        "disagreements": _json([asdict(x) for x in article.disagreements]),
        "source_id": source_id,
        "digest": _digest(json.dumps(read_by_the_tagger)),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _save_revision(
    db: Database, article_id: int, work: Work, article: Article, now: datetime
) -> None:
    """Keeps what the newspaper changed, not what our rules changed.

    The same raw page cleaned by other rules replaces the latest revision; another page adds one.
    """
    words = "".join((article.headline or "", article.standfirst or "", article.text))
    digest = _digest(re.sub(r"\s+", "", words))
    latest = db.execute(
        "SELECT id, digest FROM revisions WHERE article_id = ? ORDER BY id DESC LIMIT 1",
        (article_id,),
    ).fetchone()
    if latest and latest[1] == digest:
        return
    made_from = db.execute(
        "SELECT made_from FROM derivations WHERE article_url = ? AND stage = 'clean'", (work.url,)
    ).fetchone()
    if latest and made_from and made_from[0].split(" ")[0] == work.made_from.split(" ")[0]:
        db.execute("DELETE FROM revisions WHERE id = ?", (latest[0],))
    db.execute(
        "INSERT INTO revisions (article_id, seen_at, digest, headline, standfirst, text)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (article_id, digest) DO NOTHING",
        (article_id, _stamp(now), digest, article.headline, article.standfirst, article.text),
    )


def stored_time(text: str | None) -> str | None:
    """A newspaper's date as the archive keeps it: UTC with its offset, so that it sorts as text.

    A bare date stays one. A time without offset becomes a bare date too: in summer it would be
    wrong by an hour, and near midnight by a day, and nobody can tell. What is no date gives None.
    """
    if not text:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text).isoformat()
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.date().isoformat()
        return _stamp(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
