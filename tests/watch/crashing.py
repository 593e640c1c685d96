"""A small world to be killed in: fifteen papers, two editions, passes in processes of their own.

The children are forked from a server that has loaded the program and its knowledge once, so that
a pass costs a pass and not a start. What two archives have in common is told by `content`.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import zstandard

from pipeline import job, tag
from pipeline.errors import Locked
from pipeline.models import Config, Source
from pipeline.watch.fetch import Limits
from tests.stored import story
from tests.web import Handler, Web, hangs_up, redirects, rss

START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
PAPERS = 15
STORIES = 6  #: of each paper in its first edition
PATIENT = Limits(delay=0.0, silence_seconds=5.0)
TOWNS = ("Harwick", "Marlby", "Stenford", "Oakhurst", "Pellworth", "Dunmere", "Ashcote", "Larkhill")
GRADES = ("inadequate", "requires improvement", "good", "outstanding")


class World:
    """Fifteen papers on one server; `edition` says what they hold just now."""

    def __init__(self, web: Web) -> None:
        self.web, self.edition = web, 1
        for n in range(PAPERS):
            web.behave(self.feed(n), lambda h, n=n: self._feed(h, n))  # type: ignore[misc]
            for k in range(STORIES + 3):
                web.serve(self.page(n, k), story(*_words(n, k)))
        web.behave("http://p08.example/feed", redirects("/moved", 301))
        web.behave("http://p08.example/moved", lambda h: self._feed(h, 8))
        web.behave("http://p09.example/feed", hangs_up)
        web.behave("http://p10.example/feed", lambda h: h.reply(status=503))
        web.serve("http://p11.example/feed", "<html><title>One moment</title>Checking you</html>")
        web.behave("http://p14.example/feed", lambda h: h.reply(status=410))
        web.serve(self.page(12, 1), status=404)
        web.serve(self.page(12, 2), b"\x89PNG", type="image/png")
        web.behave(self.page(12, 3), hangs_up)
        web.behave(self.page(5, 0), self._changing_page)

    @staticmethod
    def feed(n: int) -> str:
        return f"http://p{n:02}.example/feed"

    @staticmethod
    def page(n: int, k: int) -> str:
        return f"http://p{n:02}.example/story-{k}"

    def config(self) -> Config:
        sources = tuple(
            # the two papers of one story are of one name: either may be first with it
            Source(id=f"p{n:02}", name=f"Paper {n % 13}", homepage=None, feeds=(self.feed(n),),
                   every=timedelta(minutes=30), at_most=timedelta(hours=24), enabled=True,
                   pages=n != 7, allow_private=False, region=None, note=None)
            for n in range(PAPERS)
        )  # fmt: skip
        return Config(path="sources.yaml", contact="mailto:a@b.example", sources=sources)

    def _feed(self, handler: Handler, n: int) -> None:
        """Papers 0 to 5 change with the edition; the others answer 304 to who has them."""
        edition = self.edition if n < 6 or n == 7 else 1
        version = f'"{edition}"'
        if handler.headers.get("If-None-Match") == version:
            handler.reply(status=304, headers={"ETag": version})
            return
        items = [(self.page(n, k), _words(n, k)[0])
                 for k in range(STORIES + (3 if edition == 2 else 0))]  # fmt: skip
        if n == 13:  # the same stories as another paper's
            items = [(self.page(0, k), _words(0, k)[0]) for k in range(STORIES)]
        if n == 7:  # its feed is all there is; in the second edition its words differ
            items = [(link, f"{headline}, edition {edition}") for link, headline in items]
        if n == 5 and edition == 2:
            items[0] = (items[0][0], "Updated: " + items[0][1])
        text = f"<description>{'Inspectors visited the home twice. ' * 9}</description>"
        body = rss(*items, title=f"Paper {n}", extra=text)
        if n == 4 and edition == 2:  # the same stories under new guids
            body = body.replace("</guid>", "#2</guid>")
        handler.reply(body.encode(), headers={"Content-Type": "application/rss+xml",
                                              "ETag": version})  # fmt: skip

    def _changing_page(self, handler: Handler) -> None:
        headline, *paragraphs = _words(5, 0)
        more = ["The council answered on Friday that it was sorry."] if self.edition == 2 else []
        handler.reply(story(headline, *paragraphs, *more).encode(),
                      headers={"Content-Type": "text/html; charset=utf-8"})  # fmt: skip


def _words(n: int, k: int) -> tuple[str, ...]:
    """A headline and paragraphs, others for each story."""
    town, grade = TOWNS[(n + k) % len(TOWNS)], GRADES[(n * 7 + k) % len(GRADES)]
    home = f"{('Larch', 'Willow', 'Rowan', 'Alder')[k % 4]} House"
    return (
        f"Care home {n}-{k} in {town} rated {grade}",
        f"The Care Quality Commission has rated {home} in {town} {grade}, it said on Monday.",
        f"Inspectors praised kind staff, but medicines were not managed safely in {k + 2} of the"
        f" {n + 20} rooms.",
        "The home looks after older people, some of whom live with dementia, and was visited"
        " without notice over two days in September.",
    )


# ---------------------------------------------------------------- passes in children


@dataclass(frozen=True)
class Child:
    """A pass in a process of its own, and the line on which it says how far it is."""

    process: Any
    line: Connection

    def said(self) -> list[str]:
        """What it was doing, oldest first."""
        words = []
        try:
            while self.line.poll():
                words.append(self.line.recv())
        except (EOFError, OSError):  # killed in the middle of a word
            pass
        return words

    def end(self) -> int:
        """Wait for it; its exit code."""
        self.process.join()
        return int(self.process.exitcode)


def start(db: Path, world: World, *times: datetime) -> Child:
    """Passes at these times; returns once the child begins with the first."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.watch.crashing"])
    here, there = context.Pipe(duplex=False)
    process = context.Process(  # type: ignore[attr-defined]
        target=_passes, args=(db, world.config(), world.web.connect, times, there)
    )
    process.start()
    there.close()
    child = Child(process, here)
    assert here.recv() == "begins"
    return child


def _passes(
    db: Path,
    config: Config,
    connect: Mapping[str, tuple[str, int]],
    times: tuple[datetime, ...],
    line: Connection,
) -> None:
    _speak_to_a_file(db)
    line.send("begins")
    for at in times:
        job.one_pass(db, config, what="run", stop=lambda: False, connect=connect, limits=PATIENT,
                     progress=lambda what, _done, _total: line.send(what),
                     clock=lambda at=at: at)  # type: ignore[misc]  # fmt: skip


def race(db: Path, world: World, at: datetime) -> list[tuple[int, str]]:
    """Two passes that begin together: of each its process, and "worked" or why it did not."""
    context = multiprocessing.get_context("forkserver")
    here, there = context.Pipe(duplex=False)
    gun = context.Barrier(2)
    runners = [
        context.Process(  # type: ignore[attr-defined]
            target=_run, args=(db, world.config(), world.web.connect, at, gun, there)
        )
        for _ in range(2)
    ]
    for runner in runners:
        runner.start()
    told = [here.recv() for _ in runners]
    for runner in runners:
        runner.join()
    return told


def _run(db: Path, config: Config, connect: Mapping[str, tuple[str, int]], at: datetime,
         gun: Any, line: Connection) -> None:  # fmt: skip
    _speak_to_a_file(db)
    gun.wait()
    try:
        job.one_pass(db, config, what="run", stop=lambda: False, connect=connect, limits=PATIENT,
                     progress=lambda _what, _done, _total: None, clock=lambda: at)  # fmt: skip
        line.send((os.getpid(), "worked"))
    except Locked as e:
        line.send((os.getpid(), str(e)))


def _speak_to_a_file(db: Path) -> None:
    """What a child logs lies beside the archive's folder, for whoever looks why a test failed."""
    log = db.parent.parent / f"{db.parent.name}.log"
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)


def settling() -> tuple[datetime, ...]:
    """Passes long after, until no page is waited for any more."""
    return tuple(START + timedelta(days=30 + 2 * n) for n in range(6))


# ---------------------------------------------------------------- what an archive says

#: tables that tell of attempts and not of what came (of which robots.txt was last asked for, too)
_ATTEMPTS = {"passes", "heartbeat", "fetches", "robots", "_sqlite_migrations", "publications"}
#: compared by what they say together: their numbers depend on which story came first
_NUMBERED = {"facet_values", "story_facets"}
#: columns that count attempts, or say when or how long; `_at` is dropped by its ending
_WHEN = {"id", "seconds", "failures", "failing_since", "page_attempts", "unmodified", "rhythm",
         "expected", "failure_reason", "page_reason"}  # fmt: skip
_WHEN_OF = {("health", "reason"), ("source_health", "reason")}
#: columns that depend on which of two papers was first with the same story
_FIRST = {("pages", "source_id"), ("articles", "source_id")}
_SAID = {"published_at", "modified_at"}  #: by the newspaper


def content(db: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of both files as it would be without times, ids and counts of attempts."""
    with closing(sqlite3.connect(db)) as conn:
        found = {t: _rows(conn, t) for t in _tables(conn)}
        found["pages that were stored"] = conn.execute(
            "SELECT url, count(*) FROM fetches WHERE outcome = 'page' GROUP BY url ORDER BY url"
        ).fetchall()
        found["stories that were new"] = conn.execute(
            "SELECT url, sum(entries_new) FROM fetches WHERE what = 'feed' GROUP BY url ORDER BY 1"
        ).fetchall()
        found["the state that was published last"] = conn.execute(
            "SELECT fingerprint, stories, reports FROM publications ORDER BY id DESC LIMIT 1"
        ).fetchall()
        found["facets of stories"] = conn.execute(
            "SELECT a.url, v.facet, v.value, v.stories FROM story_facets s"
            " JOIN facet_values v ON v.id = s.facet_value_id JOIN articles a ON a.id = s.article_id"
            " ORDER BY 1, 2, 3"
        ).fetchall()
    with closing(sqlite3.connect(db.with_name(f"{db.stem}-pages.db"))) as conn:
        rows = conn.execute("SELECT digest, body FROM bodies ORDER BY digest").fetchall()
    unpack = zstandard.ZstdDecompressor().decompress
    for digest, body in rows:
        assert sha256(unpack(body)).hexdigest() == digest
    found["bodies"] = [(digest,) for digest, _ in rows]
    return found


def _tables(conn: sqlite3.Connection) -> list[str]:
    names = [r[0] for r in conn.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    )]  # fmt: skip
    left_out = _ATTEMPTS | _NUMBERED
    return [n for n in names if n not in left_out and not n.startswith(("sqlite_", "articles_fts"))]


def _rows(conn: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    columns = []
    for row in conn.execute(f'PRAGMA table_info("{table}")'):
        name = row[1]
        if name == "article_id":
            columns.append("(SELECT url FROM articles a WHERE a.id = article_id)")
        elif name == "state" and (table, "reason") in _WHEN_OF:
            # Which of these two a source is depends on when its latest story was seen.
            columns.append("replace(state, 'quiet', 'healthy')")
        elif not (name in _WHEN or (table, name) in _WHEN_OF | _FIRST
                  or (name.endswith("_at") and name not in _SAID)):  # fmt: skip
            columns.append(f'"{name}"')
    rows = conn.execute(f'SELECT {", ".join(columns)} FROM "{table}"').fetchall()
    return sorted(rows, key=repr)


def check_whole(db: Path) -> int:
    """Both files are sound and every page has its body, also in the middle; how many entries."""
    with closing(sqlite3.connect(db)) as conn:
        if not _tables(conn):
            return 0
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        wanted = {r[0] for r in conn.execute("SELECT digest FROM pages")}
        entries = int(conn.execute("SELECT count(*) FROM entries").fetchone()[0])
    raw = db.with_name(f"{db.stem}-pages.db")
    if not wanted and not raw.exists():
        return entries
    with closing(sqlite3.connect(raw)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        there = {r[0] for r in conn.execute("SELECT digest FROM bodies")}
    assert wanted <= there, "a page without its body"
    return entries


def check_index(db: Path) -> None:
    """The full-text index says what the articles say."""
    with closing(sqlite3.connect(db)) as conn:
        conn.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")


if __name__ != "__main__":
    # Loaded once, in the server that the children are forked from.
    tag.fingerprint()
