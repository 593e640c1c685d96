"""Bodies whose name has the words that were typed: a search for "Stockton" is about Stockton."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.archive.fulltext import search_terms

#: More bodies than this are of a kind that the words name ("council"), not one that they mean.
MEANT = 25
_TERM = re.compile(r'"([^"]*)"(\*?)')
_WORD = re.compile(r"[^\W_]+")
_UNSURE = re.compile(r"[^b-df-hj-np-tvxz0-9]")
_AGENCIES = """
SELECT g.id, g.name, g.kind, coalesce(g.other_names, '') AS other_names, (
    SELECT coalesce(sum(v.stories), 0) FROM facet_values AS v
    WHERE v.facet IN ('inspectorate', 'body') AND v.value = g.id
) AS stories
FROM agencies AS g
WHERE {}
    AND (EXISTS (SELECT 1 FROM article_agencies WHERE agency_id = g.id)
        OR EXISTS (SELECT 1 FROM mentions WHERE agency_id = g.id))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A body that some story names."""

    id: str
    name: str
    kind: str = ""
    stories: int = 0  #: that report an inspection of it, or by it


def bodies_named(db: sqlite3.Connection, words: str) -> list[Named]:
    """Bodies with all the words in one of their names, those with most stories first.

    A word with `*` is the beginning of one. Where `OR` stands between words, no body is meant.
    """
    match = search_terms(words)
    wanted = [
        (word, star if i == len(split) - 1 else "")
        for text, star in _TERM.findall(match)
        for split in [_WORD.findall(_folded(text))]
        for i, word in enumerate(split)
    ]
    if not wanted or len(wanted) > 8 or '" OR "' in match:
        return []
    # LIKE knows no accents, so vowels may be anything; the exact comparison follows.
    like = " AND ".join(
        ["(g.name LIKE ? ESCAPE '~' OR g.other_names LIKE ? ESCAPE '~')"] * len(wanted)
    )
    patterns = [f"%{_UNSURE.sub('_', word)}%" for word, _ in wanted for _ in range(2)]
    rows = db.execute(_AGENCIES.format(like), patterns).fetchall()
    found = [
        Named(id=id_, name=name, kind=kind, stories=stories)
        for id_, name, kind, other_names, stories in rows
        if any(_has(n, wanted) for n in _folded(f"{name}; {other_names}").split("; "))
    ]
    return sorted(found, key=lambda n: (-n.stories, n.name, n.id))


def _has(name: str, wanted: Iterable[tuple[str, str]]) -> bool:
    if not all(word in name for word, _ in wanted):
        return False
    words = _WORD.findall(name)
    return all(
        any(w.startswith(word) for w in words) if star else word in words for word, star in wanted
    )


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))
