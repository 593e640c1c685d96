"""CPU time of searching and of pages, on an archive of 100,000 stories: `make bench`.

Prints; asserts nothing. Aims: a page under 200 ms; the SQL of a page within one and a half times
that of the bare query, the plainest SQL that a person would write for the same stories and counts;
on a million stories, 99 of 100 searches under 100 ms.

Words to look for are drawn from the stories themselves, so common words come as often as they do
there. Every search is made once before it is timed, as the operating system then has its pages.

`python -m tests.bench.serving --archive FILE` measures an archive that is there already;
`--stories N` makes one of another size.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline.archive.fulltext import search_terms
from pipeline.publish.asking import FACETS
from pipeline.publish.searching import Search, found_in, from_arguments
from pipeline.publish.serve import opened
from tests.bench import archive

QUERIES = 150  #: of a kind
_ROUNDS = 3  #: of a page
_WORD = re.compile(r"[a-z]{3,}")

#: (name, path) of pages that are measured whole
PAGES: list[tuple[str, str]] = [
    ("front page", "/"),
    ("search", "/search?q=neglect"),
    ("search, a facet clicked", "/search?q=council&inspectorate=ofsted"),
    ("search, no words", "/search?report=yes"),
    ("map", "/map"),
    ("a story", "/story/99"),
    ("an agency", "/agency/safeguarding-children:merton"),
    ("an inspectorate", "/inspectorate/ofsted"),
    ("a theme", "/theme/neglect"),
    ("a question", "/question/up-or-down?year=2026"),
]


# ---------------------------------------------------------------- what is asked


def _texts(db: sqlite3.Connection, chance: random.Random) -> Iterator[list[str]]:
    (last,) = db.execute("SELECT max(id) FROM articles").fetchone()
    while True:
        row = db.execute("SELECT text FROM articles WHERE id = ?", (chance.randint(1, last),))
        yield _WORD.findall(row.fetchone()[0].lower())


def searches(db: sqlite3.Connection) -> dict[str, list[Search]]:
    """Kind → searches, the same for the same archive."""
    chance = random.Random(7)
    texts = _texts(db, chance)
    values = db.execute(
        "SELECT facet, value, stories FROM facet_values WHERE stories > 0 ORDER BY id"
    ).fetchall()

    def phrase() -> dict[str, str]:
        words = next(texts)
        at = chance.randrange(len(words) - 1)
        return {"q": f'"{words[at]} {words[at + 1]}"'}

    def value() -> dict[str, str]:
        facet = chance.choice(list(FACETS))
        of_it = [(v, n) for f, v, n in values if f == facet]
        return {facet: chance.choices([v for v, _ in of_it], [n for _, n in of_it])[0]}

    common = {"q": "council"}, {"q": "inspectors"}, {"q": "children"}, {"q": "report"}
    kinds: dict[str, Callable[[], dict[str, str]]] = {
        "a word": lambda: {"q": chance.choice(next(texts))},
        "a rare word": lambda: {"q": max(next(texts), key=len)},
        "a common word": lambda: chance.choice(common),
        "two words": lambda: {"q": " ".join(chance.sample(next(texts), 2))},
        "a phrase": phrase,
        "a body": lambda: {"q": _body(db, chance)},
        "a beginning": lambda: {"q": max(next(texts), key=len)[:6] + "*"},
        "no words": lambda: {},
        "a facet": value,
        "a word and a facet": lambda: {"q": chance.choice(next(texts)), **value()},
        "two facets": lambda: {**value(), **value()},
    }
    return {
        kind: [from_arguments({k: [v] for k, v in make().items()}) for _ in range(QUERIES)]
        for kind, make in kinds.items()
    }


def _body(db: sqlite3.Connection, chance: random.Random) -> str:
    (last,) = db.execute("SELECT max(id) FROM facet_values").fetchone()
    (name,) = db.execute(
        "SELECT g.name FROM facet_values AS v JOIN agencies AS g ON g.id = v.value"
        " WHERE v.facet = 'body' AND v.id >= ? LIMIT 1", (chance.randint(1, last // 2),)
    ).fetchone()  # fmt: skip
    return str(name.split()[0])


# ---------------------------------------------------------------- bare queries

_HITS = """
SELECT a.id, a.url, a.headline, a.publisher, a.published_at, a.first_seen_at, a.access, {}
    (SELECT group_concat(g.name, '; ') FROM article_agencies AS x
        JOIN agencies AS g ON g.id = x.agency_id
        WHERE x.article_id = a.id AND x.role = 'inspected') AS bodies,
    (SELECT r.evidence FROM inspections_reported AS r WHERE r.article_url = a.url) AS evidence
"""
_SNIPPET = "snippet(articles_fts, -1, '**', '**', '…', 30),"
_HAVING = """
 AND a.id IN (SELECT s.article_id FROM story_facets AS s
    JOIN facet_values AS v ON v.id = s.facet_value_id WHERE v.facet = ? AND v.value = ?)
"""
_COUNTS = """
SELECT v.facet, v.value, count(*) FROM story_facets AS s
JOIN facet_values AS v ON v.id = s.facet_value_id
WHERE s.article_id IN ({}) GROUP BY v.id ORDER BY 3 DESC
"""


def bare(db: sqlite3.Connection, search: Search) -> tuple[float, float]:
    """Milliseconds of the plainest query for the stories, and of those for the rest of the page.

    The rest: how many there are, how many have which value, and bodies of that name.
    """
    source, order, values = "articles AS a WHERE true", "a.first_seen_at DESC", []
    if search.words:
        source = ("articles_fts JOIN articles AS a ON a.id = articles_fts.rowid"
                  " WHERE articles_fts MATCH ?")  # fmt: skip
        order = "bm25(articles_fts, 8.0, 3.0, 1.0)"
        values = [search_terms(search.words)]
    for facet, chosen in search.chosen.items():
        source += _HAVING
        values += [facet, chosen[0]]
    hits = _HITS.format(_SNIPPET if search.words else "")
    hits_ms = _timed(db, f"{hits} FROM {source} ORDER BY {order} LIMIT 25", values)
    rest_ms = _timed(db, f"SELECT count(*) FROM {source}", values)
    rest_ms += _timed(db, _COUNTS.format(f"SELECT a.id FROM {source}"), values)
    if search.words:
        words = [f"%{word}%" for word in _WORD.findall(search.words)]
        like = " AND ".join(["(name LIKE ? OR other_names LIKE ?)"] * len(words))
        sql = f"SELECT id, name FROM agencies WHERE {like or 'false'} LIMIT 5"
        rest_ms += _timed(db, sql, [word for word in words for _ in range(2)])
    return hits_ms, rest_ms


def _timed(db: sqlite3.Connection, sql: str, values: Sequence[object]) -> float:
    begun = time.process_time()
    db.execute(sql, values).fetchall()
    return (time.process_time() - begun) * 1000


class Timed(sqlite3.Connection):
    """Adds up the milliseconds of processor time that statements take."""

    spent = 0.0

    def execute(self, *given: Any) -> Any:
        begun = time.process_time()
        rows = super().execute(*given).fetchall()
        self.spent += (time.process_time() - begun) * 1000
        return Rows(rows)


class Rows(list[Any]):
    """What was read, as a cursor gives it."""

    def fetchall(self) -> list[Any]:
        return self

    def fetchone(self) -> Any:
        return self[0] if self else None


# ---------------------------------------------------------------- tables


def measure_searches(path: Path, *, with_bare: bool = True) -> None:
    """Prints CPU time of each kind of search: ours, whole and its SQL alone, and the bare query."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True,
                                 factory=Timed)) as db:  # fmt: skip
        print(
            "CPU ms: median / 99th percentile. SQL: the part in SQLite. bare: stories + the rest."
        )
        print(f"{'':20}{'search':>17}{'its SQL':>17}{'bare':>29}{'SQL : bare':>12}")
        every: list[float] = []
        for kind, asked in searches(db).items():
            ours, sql, hits, counts = [], [], [], []
            for search in asked:
                whole, inside = _ours(db, search)
                ours.append(whole)
                sql.append(inside)
                if with_bare:
                    first, second = bare(db, search)
                    hits.append(first)
                    counts.append(second)
            if kind not in ("no words", "a facet", "two facets", "a beginning"):
                every += ours
            line = f"{kind:20}{_spread(ours):>17}{_spread(sql):>17}"
            if with_bare:
                both = [h + c for h, c in zip(hits, counts, strict=True)]
                ratio = _median([s / b for s, b in zip(sql, both, strict=True)])
                line += f"{_spread(hits):>15} +{_spread(counts):>12}{ratio:>12.2f}"
            print(line, flush=True)
        print(f"{'all with words':20}{_spread(every):>17}")


def _ours(db: Timed, search: Search) -> tuple[float, float]:
    found_in(db, search)
    db.spent = 0.0
    begun = time.process_time()
    found_in(db, search)
    return (time.process_time() - begun) * 1000, db.spent


def measure_pages(path: Path, pages: Sequence[tuple[str, str]] = PAGES) -> None:
    """Prints CPU time of whole pages, as a browser gets them."""
    print(f"\n{'page':40}{'CPU ms':>10}{'KB':>8}")
    with opened(path) as datasette:
        for name, page in pages:
            took, size = asyncio.run(_page(datasette, page))
            print(f"{name:40}{took:>10.1f}{size / 1000:>8.0f}", flush=True)


async def _page(datasette: Any, path: str) -> tuple[float, int]:
    times = []
    for _ in range(_ROUNDS + 1):
        begun = time.process_time()
        response = await datasette.client.get(path)
        times.append((time.process_time() - begun) * 1000)
        if response.status_code != 200:
            raise RuntimeError(f"{path}: {response.status_code}")
    return _median(times[1:]), len(response.content)


def _median(numbers: Sequence[float]) -> float:
    return sorted(numbers)[len(numbers) // 2]


def _spread(numbers: Sequence[float]) -> str:
    return f"{_median(numbers):.1f} / {sorted(numbers)[int(len(numbers) * 0.99)]:.1f}"


def main(given: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description="CPU time of searches and pages.")
    parser.add_argument("--stories", type=int, default=100_000)
    parser.add_argument("--archive", type=Path, help="of `tests.bench.archive`; else one is made")
    parser.add_argument("--no-bare", action="store_true", help="leave out the bare queries")
    options = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as folder:
        path = options.archive or Path(folder) / "archive.db"
        if not options.archive:
            archive.make(path, options.stories)
        measure_searches(path, with_bare=not options.no_bare)
        measure_pages(path)


if __name__ == "__main__":
    main(sys.argv[1:])
