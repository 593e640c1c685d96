"""Which stories a search finds: the newest WINDOW of them, and how many there are.

Ranking and counting everything would read every story that has a common word: at a million stories
bm25 over all matches takes 0.2 s at the median and 2.2 s at the 99th percentile. A window costs
the same whatever the archive grows to. Figures here were measured by `tests/bench/serving.py` on
archives of 100,000 and 1,000,000 stories; microseconds are of one core of 2020 or so.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import inf

from pipeline.archive.fulltext import search_terms
from pipeline.publish.asking import Search

#: Stories that are ranked and whose facets are counted: 10 ms to count, 5 ms to rank.
WINDOW = 5000

_TERM = re.compile(r'"([^"]*)"(\*?)')
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'"([^"]*)"(\*?)|OR')
_SHORTEST_PREFIX = 3
_PROBE = 200
#: Microseconds that FTS5 takes for one story that has a word, or all words of a phrase.
_WORD_COST, _PHRASE_COST, _FILTER_COST, _LOOKUP_COST = 0.04, 0.35, 0.1, 25.0
#: Microseconds that the best ranking, and an exact number, may take; else we do without.
_RANKING, _COUNTING = 30_000.0, 20_000.0
#: Stories of one facet up to which a set of them is built, rather than asked one by one.
_SET = 100_000
_DAYS = "EXISTS (SELECT 1 FROM articles AS d WHERE d.id = {0} AND {1})"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen of one facet: numbers of the values, and their stories added up."""

    facet: str
    ids: tuple[int, ...]
    stories: int

    def having(self, column: str) -> str:
        """SQL: the story has one of the values."""
        return (
            f"EXISTS (SELECT 1 FROM story_facets AS h WHERE h.article_id = {column}"
            f" AND h.facet_value_id IN ({numbers(self.ids)}))"
        )

    @property
    def stories_sql(self) -> str:
        return f"SELECT article_id FROM story_facets WHERE facet_value_id IN ({numbers(self.ids)})"


@dataclass(frozen=True, slots=True)
class Window:
    """Stories found, newest first (oldest first where that is the order asked for).

    Newest by number: the order in which stories came into the archive.
    """

    ids: list[int]
    more: bool  #: there are others, which were not looked at
    scores: dict[int, float] = field(default_factory=dict)  #: by bm25, less is better


@dataclass(frozen=True, slots=True)
class Plan:
    """A search as the queries take it."""

    match: str  #: FTS5; empty: no words
    choices: tuple[Choice, ...]  #: the one with the fewest stories first
    since: str | None
    before: str | None
    order: str  #: ASC | DESC
    stories: int  #: in the archive
    window: int  #: stories to look at

    @property
    def dated(self) -> str:
        """SQL: conditions on a row of `articles`; empty without dates."""
        parts = ["first_seen_at >= :since"] if self.since else []
        return " AND ".join(parts + (["first_seen_at < :before"] if self.before else []))

    def filters(self, column: str, choices: Iterable[Choice]) -> str:
        """SQL: `AND …` for what narrows a story down beside its words."""
        parts = [c.having(column) for c in choices]
        if self.dated:
            parts.append(_DAYS.format(column, self.dated))
        return "".join(f" AND {part}" for part in parts)

    def values(self, **more: object) -> dict[str, object]:
        return {"match": self.match, "since": self.since, "before": self.before, **more}


def numbers(ids: Iterable[int]) -> str:
    """Numbers of ours for SQL."""
    return ", ".join(str(int(i)) for i in ids)


def words_query(words: str) -> str:
    """Words as FTS5 takes them, for an index of stems.

    A `*` after one or two letters is left out: such a prefix is half of the index, and FTS5 puts
    its lists together first, half a second at 100,000 stories, without letting itself be
    interrupted. A long beginning may be longer than the stem (`resilien*`; the index has `resili`),
    so up to four letters less are looked for as well, as a whole word.
    """
    query = ""
    for part in _PART.finditer(search_terms(words) if words else ""):
        text, star = part.groups()
        if text is None:
            query += " OR "
        else:
            between = " AND " if query and not query.endswith(" OR ") else ""
            query += between + (_prefix(text) if star else f'"{text}"')
    return query


def _prefix(text: str) -> str:
    if len(text) < _SHORTEST_PREFIX:
        return f'"{text}"'
    if not _WORD.fullmatch(text):
        return f'"{text}"*'
    stems = [f'"{text[:n]}"' for n in range(len(text) - 1, max(4, len(text) - 5), -1)]
    return "(" + " OR ".join([f'"{text}"*', *stems]) + ")"


def plan(db: sqlite3.Connection, search: Search, *, window: int = WINDOW) -> Plan:
    """How to find a search's stories."""
    choices = [_choice(db, f, v) for f, v in search.chosen.items()]
    until = date.fromisoformat(search.until) if search.until else None
    before = (until + timedelta(days=1)).isoformat() if until and until < date.max else None
    (stories,) = db.execute(
        "SELECT coalesce(sum(stories), 0) FROM facet_values WHERE facet = 'access'"
    ).fetchone()  # every story has exactly one
    return Plan(
        match=words_query(search.words), choices=tuple(sorted(choices, key=lambda c: c.stories)),
        since=search.since, before=before, order="ASC" if search.sort == "oldest" else "DESC",
        stories=stories, window=window,
    )  # fmt: skip


def _choice(db: sqlite3.Connection, facet: str, values: Sequence[str]) -> Choice:
    marks = ", ".join("?" * len(values))
    rows = db.execute(
        f"SELECT id, stories FROM facet_values WHERE facet = ? AND value IN ({marks})",
        (facet, *values),
    ).fetchall()
    return Choice(facet, tuple(r[0] for r in rows), sum(r[1] for r in rows))


# ---------------------------------------------------------------- the stories


def look(db: sqlite3.Connection, p: Plan, *, ranked: bool = False) -> Window:
    """The newest stories that a plan finds, up to its window.

    Args:
        ranked: with bm25, if there are words; ask `can_rank` first.
    """
    if any(not c.ids for c in p.choices):
        return Window([], more=False)
    values = p.values(limit=p.window + 1)
    if p.match:
        score = "bm25(articles_fts, 8.0, 3.0, 1.0)" if ranked else "0"
        sql = f"{_found_by_words(db, p, score)} ORDER BY rowid {p.order} LIMIT :limit"
    else:
        sql = _browsed(p)
    rows = db.execute(sql, values).fetchall()
    scores = {r[0]: r[1] for r in rows[: p.window]} if p.match and ranked else {}
    return Window([r[0] for r in rows[: p.window]], more=len(rows) > p.window, scores=scores)


def _found_by_words(db: sqlite3.Connection, p: Plan, what: str) -> str:
    """One story after another that has the words, until the window is full.

    The facet with the fewest stories decides how: few are looked up in the index one by one, which
    costs 25 µs a word each; more are a set that the words' stories are compared with.
    """
    sql = f"SELECT rowid, {what} FROM articles_fts WHERE articles_fts MATCH :match"
    if p.dated:
        low, high = _rowids(db, p)
        sql += f" AND rowid BETWEEN {low} AND {high}"
    rest = p.choices
    if rest and rest[0].stories <= _SET:
        few, rest = rest[0], rest[1:]
        looked_through = min(matches(db, p.match, p.stories),
                             (p.window + 1) * p.stories // (few.stories + 1))  # fmt: skip
        lookups = few.stories * _LOOKUP_COST * len(_TERM.findall(p.match))
        one_by_one = "*" not in p.match and lookups < looked_through * _FILTER_COST
        sql += f" AND {'' if one_by_one else '+'}rowid IN ({few.stories_sql})"
    return sql + p.filters("articles_fts.rowid", rest)


def _rowids(db: sqlite3.Connection, p: Plan) -> tuple[int, int]:
    """Between which numbers the stories of the dates lie: stories come in nearly in order."""
    low, high = db.execute(
        f"SELECT min(id), max(id) FROM articles WHERE {p.dated}", p.values()
    ).fetchone()
    return (low, high) if low is not None else (0, -1)


def _browsed(p: Plan) -> str:
    """Without words: stories of the smallest facet that the others let through, newest first."""
    if not p.choices:
        return (
            f"SELECT id FROM articles WHERE {p.dated or 'true'}"
            f" ORDER BY first_seen_at {p.order}, id {p.order} LIMIT :limit"
        )
    few, rest = p.choices[0], p.choices[1:]
    each = [
        f"SELECT article_id FROM (SELECT article_id FROM story_facets AS f"
        f" WHERE facet_value_id = {int(id_)}{p.filters('f.article_id', rest)}"
        f" ORDER BY article_id {p.order} LIMIT :limit)"
        for id_ in few.ids
    ]
    return f"{' UNION '.join(each)} ORDER BY 1 {p.order} LIMIT :limit"


# ---------------------------------------------------------------- what is affordable


def matches(db: sqlite3.Connection, match: str, stories: int) -> int:
    """About how many stories an FTS5 query finds: from how far back its newest ones lie.

    With a prefix it is taken to be all, because asking is what costs: FTS5 puts the list of all
    words that begin so together for each query.
    """
    if "*" in match:
        return stories
    rows = db.execute(
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rowid DESC LIMIT ?",
        (match, _PROBE),
    ).fetchall()
    if len(rows) < _PROBE:
        return len(rows)
    newest = db.execute("SELECT max(id) FROM articles").fetchone()[0]
    return int(stories * _PROBE / max(newest - rows[-1][0] + 1, _PROBE))


def cost(db: sqlite3.Connection, p: Plan) -> float:
    """Microseconds for going through the stories of every term, as bm25 and counting do.

    FTS5 counts the stories of each term before it ranks one, window or not. Nobody knows how long a
    prefix takes: it is infinite, as more than twelve terms are.
    """
    terms = _TERM.findall(p.match)
    if len(terms) > 12 or any(star for _, star in terms):
        return inf
    total = 0.0
    for text, _ in terms:
        words = _WORD.findall(text)
        least = min((matches(db, f'"{w}"', p.stories) for w in words), default=0)
        total += least * (_WORD_COST if len(words) == 1 else _PHRASE_COST)
    return total


def can_rank(spent: float) -> bool:
    """Whether bm25 is affordable, where `spent` is what `cost` says."""
    return spent <= _RANKING


def in_headline(db: sqlite3.Connection, p: Plan, seen: Window) -> list[int] | None:
    """Stories of a window, with others, that have the words in the headline.

    None where asking takes too long: a facet that few stories have stretches the window.
    """
    if not seen.ids:
        return []
    low, high = min(seen.ids), max(seen.ids)
    if (high - low) * _FILTER_COST > _RANKING:
        return None
    rows = db.execute(
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH '{headline} : (' || :match || ')'"
        " AND rowid BETWEEN :low AND :high",
        p.values(low=low, high=high),
    )
    return [r[0] for r in rows]


def how_many(db: sqlite3.Connection, p: Plan, seen: Window, spent: float) -> int | None:
    """Exactly how many stories a plan finds; None where counting them would take too long.

    Args:
        spent: what `cost` says.
    """
    if not seen.more:
        return len(seen.ids)
    if not p.match:
        return _how_many_browsed(db, p)
    if p.choices or p.dated:
        spent += matches(db, p.match, p.stories) * 3 * _FILTER_COST
    if spent > _COUNTING:
        return None
    sql = f"SELECT count(*) FROM ({_found_by_words(db, p, '0')})"
    return int(db.execute(sql, p.values()).fetchone()[0])


def _how_many_browsed(db: sqlite3.Connection, p: Plan) -> int | None:
    if not p.choices:
        sql = f"SELECT count(*) FROM articles WHERE {p.dated}"
        return int(db.execute(sql, p.values()).fetchone()[0]) if p.dated else p.stories
    few, rest = p.choices[0], p.choices[1:]
    if not rest and not p.dated and len(few.ids) == 1:
        return few.stories
    if few.stories > _SET:
        return None
    rows = f"{few.stories_sql}{p.filters('story_facets.article_id', rest)}"
    sql = f"SELECT count(DISTINCT article_id) FROM ({rows})"
    return int(db.execute(sql, p.values()).fetchone()[0])
