"""Search with facets: what the page of a search is made from.

`from_arguments` makes a `Search` of a query string and `address` makes a query string of it, so a
search that is worth keeping is kept as its address. `find` answers it.

Ranking. First come stories about a body, inspected or inspecting, whose name has all the words;
then bm25, where a word of the headline counts eight times and one of the standfirst three times one
of the text; among equals the newest first. Only the newest WINDOW stories that have the words are
ranked, and the page says so: at a million stories bm25 over all of them takes 0.2 s at the median
and 2.2 s at the 99th percentile. Within a window bm25 still counts all stories of each term first
(0.04 µs a story and word, 0.35 µs a phrase). Where that comes to more than 30 ms, headlines
with the words go first instead, and then the newest; the page says that too.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Literal

from datasette.database import Database, QueryInterrupted
from datasette.utils import sqlite_timelimit

from pipeline.publish.asking import (
    FACETS,
    LAST_PAGE,
    PER_PAGE,
    Search,
    Sort,
    address,
    from_arguments,
    settled,
    toggled,
)
from pipeline.publish.counting import Facet, Value, facets, numbers_of_values
from pipeline.publish.hits import Hit, Piece, hits
from pipeline.publish.named import MEANT, Named, bodies_named
from pipeline.publish.window import (
    WINDOW,
    Plan,
    Window,
    can_rank,
    cost,
    how_many,
    in_headline,
    look,
    plan,
)

__all__ = [
    "FACETS", "LAST_PAGE", "PER_PAGE", "WINDOW", "Facet", "Found", "Hit", "Named", "Piece",
    "Search", "Sort", "Value", "address", "find", "found_in", "from_arguments", "toggled",
]  # fmt: skip

#: So many stories about bodies that the words name come first, also if they lie before the window.
_ABOUT = 100
_OFFERED = 5  #: bodies that the page offers

Ranking = Literal["bm25", "headline", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a search."""

    search: Search
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    agencies: tuple[Named, ...]  #: bodies whose name has the words, those with most stories first
    total: int | None  #: exactly so many stories; None: more than `window`, and not counted
    window: int  #: so many stories were ranked and their facets counted
    ranking: Ranking
    page: int
    pages: int

    @property
    def is_all(self) -> bool:
        """Whether every story that was found was ranked and counted."""
        return self.total is not None and self.total <= self.window

    def how_many(self) -> str:
        """`1 story`, `41,203 stories`, `more than 5,000 stories`."""
        if self.total is None:
            return f"more than {self.window:,} stories"
        return "1 story" if self.total == 1 else f"{self.total:,} stories"

    def caveat(self) -> str:
        """What is not exact, as sentences; empty where all is."""
        if self.is_all or self.search.is_everything:
            return ""
        end = "oldest" if self.search.sort == "oldest" else "newest"
        done = "ranked" if self.search.sort == "best" else "listed"
        said = f"Only the {end} {self.window:,} of them are {done} and counted."
        if self.search.sort == "best" and self.ranking != "bm25":
            first = "headlines with them" if self.ranking == "headline" else "the newest"
            said += f" These words are too common to rank by: {first} come first."
        return said


async def find(
    db: Database, search: Search, *, size: int = PER_PAGE, window: int = WINDOW
) -> Found:
    """Answers a search from a served archive, whole or public, within Datasette's time limit.

    Args:
        size: stories on a page.
        window: so many of the newest stories are ranked and counted.

    Raises:
        QueryInterrupted: it took longer than `sql_time_limit_ms`.
    """

    def within_the_limit(conn: sqlite3.Connection) -> Found:
        with sqlite_timelimit(conn, db.ds.sql_time_limit_ms):
            try:
                return found_in(conn, search, size=size, window=window)
            except sqlite3.OperationalError as e:
                if e.args == ("interrupted",):
                    raise QueryInterrupted(e, "search", {}) from e
                raise

    found: Found = await db.execute_fn(within_the_limit)
    return found


def found_in(
    db: sqlite3.Connection, search: Search, *, size: int = PER_PAGE, window: int = WINDOW
) -> Found:
    """As `find`, on an open connection and without a time limit."""
    search = settled(search)
    p = plan(db, search, window=window)
    named = bodies_named(db, search.words) if search.words else []
    spent = cost(db, p) if p.match else 0.0
    ranked = search.sort == "best" and can_rank(spent)
    seen = look(db, p, ranked=ranked)
    if search.sort == "best" and "*" in p.match and not seen.more:
        ranked, seen = True, look(db, p, ranked=True)  # few have it after all
    ids, ranking = _in_order(db, search, p, seen, named if len(named) <= MEANT else [])
    pages = max(1, min(-(-len(ids) // size), LAST_PAGE))
    page = min(search.page, pages)
    return Found(
        search=search,
        hits=hits(db, ids[(page - 1) * size : page * size], p.match),
        facets=facets(db, search, p, seen),
        agencies=tuple(named[:_OFFERED]),
        total=how_many(db, p, seen, spent),
        window=len(seen.ids),
        ranking=ranking,
        page=page,
        pages=pages,
    )


# ---------------------------------------------------------------- in which order


def _in_order(
    db: sqlite3.Connection, search: Search, p: Plan, seen: Window, meant: list[Named]
) -> tuple[list[int], Ranking]:
    if search.sort == "best":
        return _best_first(db, p, seen, meant)
    if not (p.match or p.choices) and search.sort in ("newest", "oldest"):
        return seen.ids, "time"  # in this order already
    column = "first_seen_at"
    if search.sort == "published":
        column = "coalesce(published_at, first_seen_at)"
    rows = db.execute(
        f"SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        f" ORDER BY {column} {p.order}, id {p.order}",
        (json.dumps(seen.ids),),
    )
    return [row[0] for row in rows], "time"


def _best_first(
    db: sqlite3.Connection, p: Plan, seen: Window, meant: list[Named]
) -> tuple[list[int], Ranking]:
    about, earlier = _about(db, p, seen, meant) if meant else (frozenset(), [])
    scores = seen.scores
    ranking: Ranking = "bm25"
    if not scores:
        headlines = in_headline(db, p, seen)
        ranking = "time" if headlines is None else "headline"
        scores = dict.fromkeys(headlines or (), -1.0)
    ids = sorted(seen.ids, key=lambda i: (i not in about, scores.get(i, 0.0), -i))
    first = sum(1 for i in seen.ids if i in about)
    return ids[:first] + earlier + ids[first:], ranking


def _about(
    db: sqlite3.Connection, p: Plan, seen: Window, meant: list[Named]
) -> tuple[frozenset[int], list[int]]:
    """Stories about the bodies that the words name: in the window, and before it."""
    values = numbers_of_values(db, (n.id for n in meant))
    oldest = min(seen.ids, default=0)
    of_them = f"FROM story_facets WHERE facet_value_id IN ({values}) AND article_id"
    about = frozenset(r[0] for r in db.execute(f"SELECT article_id {of_them} >= ?", (oldest,)))
    few = _ABOUT - sum(1 for i in seen.ids if i in about)
    if not seen.more or few <= 0:
        return about, []
    # A prefix is dear to look up story by story.
    sign = "+" if "*" in p.match else ""
    rows = db.execute(
        f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match AND {sign}rowid IN"
        f" (SELECT DISTINCT article_id {of_them} < :oldest ORDER BY article_id DESC LIMIT :most)"
        f" {p.filters('articles_fts.rowid', p.choices)} ORDER BY rowid DESC",
        p.values(oldest=oldest, most=few),
    )
    return about, [r[0] for r in rows]
