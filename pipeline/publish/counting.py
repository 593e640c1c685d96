"""How many stories of a search have which value: what the search can be narrowed down by."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.publish.asking import FACETS, Search
from pipeline.publish.window import Plan, Window, look, numbers

#: Values of a facet that are shown, beside those that were chosen.
MOST_VALUES = 12
#: Facets with a choice whose alternatives are counted anew; each takes as long as the search.
_MOST_ANEW = 4

_STORED = "SELECT facet, value, stories FROM facet_values WHERE stories > 0"
# A story has some ten rows in the order of the key; `+` keeps SQLite from reading the other index.
_COUNTED = """
WITH counted AS (
    SELECT facet_value_id, count(*) AS stories FROM story_facets
    WHERE article_id IN (SELECT value FROM json_each(:ids)) {}
    GROUP BY facet_value_id
)
SELECT v.facet, v.value, c.stories
FROM counted AS c JOIN facet_values AS v ON v.id = c.facet_value_id
"""
_LABELS = {
    "agency": "SELECT id, name FROM agencies WHERE id IN (SELECT value FROM json_each(?))",
    "theme": "SELECT name FROM article_themes WHERE theme_id = ? LIMIT 1",
}
_WORDS = {
    ("report", "yes"): "Yes",
    ("report", "no"): "No",
    ("direction", "up"): "Better than before",
    ("direction", "down"): "Worse than before",
    ("direction", "same"): "As before",
    ("direction", "first"): "First inspection",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value that stories can be narrowed down by."""

    value: str
    label: str
    stories: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """Values of one kind, most stories first.

    Where one of them is chosen, the others are counted as if it were not: they are what one could
    choose as well.
    """

    name: str
    title: str
    values: tuple[Value, ...]
    more: int  #: further values, not shown
    counted: int | None  #: only so many of the newest stories were counted; None: all of them


def facets(db: sqlite3.Connection, search: Search, p: Plan, seen: Window) -> tuple[Facet, ...]:
    """Every facet that some story of the search has a value of, in the order of FACETS.

    Args:
        p: of the search.
        seen: what the search found; its stories are those that are counted.
    """
    main = None if search.is_everything else seen
    counts = _counts(db, main)
    anew: dict[str, tuple[dict[str, int], Window | None]] = {}
    for facet in list(search.chosen)[:_MOST_ANEW]:
        others = _without(db, p, facet)
        anew[facet] = (_counts(db, others, facet).get(facet, {}), others)
    kept = {}
    for facet in FACETS:
        stories, window = anew.get(facet, (counts.get(facet, {}), main))
        chosen = search.chosen.get(facet, ())
        if stories or chosen:
            kept[facet] = (_best(stories, chosen), len(stories), window)
    labels = _labels(db, {facet: [v for v, _ in best] for facet, (best, _, _) in kept.items()})
    return tuple(
        Facet(
            name=facet, title=FACETS[facet], more=max(0, known - len(best)),
            counted=len(window.ids) if window and window.more else None,
            values=tuple(
                Value(value=v, label=labels.get((facet, v), v), stories=n,
                      chosen=v in search.chosen.get(facet, ())) for v, n in best
            ),
        )
        for facet, (best, known, window) in kept.items()
    )  # fmt: skip


def _without(db: sqlite3.Connection, p: Plan, facet: str) -> Window | None:
    """What the search finds without its choice of one facet; None: every story."""
    p = replace(p, choices=tuple(c for c in p.choices if c.facet != facet))
    return look(db, p) if p.match or p.choices or p.dated else None


def _counts(
    db: sqlite3.Connection, window: Window | None, facet: str | None = None
) -> dict[str, dict[str, int]]:
    """Facet → value → stories, of a window; of every story from what triggers keep."""
    if window is not None:
        only = "AND +facet_value_id IN (SELECT id FROM facet_values WHERE facet = :facet)"
        sql = _COUNTED.format(only if facet else "")
        rows = db.execute(sql, {"ids": json.dumps(window.ids), "facet": facet})
    elif facet is None:
        rows = db.execute(_STORED)
    else:
        rows = db.execute(f"{_STORED} AND facet = ?", (facet,))
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for name, value, stories in rows:
        counts[name][value] = stories
    return counts


def _best(stories: dict[str, int], chosen: Iterable[str]) -> list[tuple[str, int]]:
    """What was chosen always, and the values with most stories."""
    order = sorted(stories.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_VALUES]
    there = {value for value, _ in order}
    return order + [(v, stories.get(v, 0)) for v in chosen if v not in there]


def _labels(db: sqlite3.Connection, shown: dict[str, Sequence[str]]) -> dict[tuple[str, str], str]:
    labels = dict(_WORDS)
    agencies = {f: shown.get(f, ()) for f in ("inspectorate", "body")}
    ids = json.dumps(sorted({v for values in agencies.values() for v in values}))
    names = dict(db.execute(_LABELS["agency"], (ids,)).fetchall())
    for facet, values in agencies.items():
        labels.update({(facet, v): names[v] for v in values if v in names})
    for theme in shown.get("theme", ()):
        row = db.execute(_LABELS["theme"], (theme,)).fetchone()
        labels.update({("theme", theme): row[0]} if row else {})
    for facet in ("kind", "access"):
        labels.update({(facet, v): v.replace("-", " ") for v in shown.get(facet, ())})
    return labels


# ---------------------------------------------------------------- bodies by name


def numbers_of_values(db: sqlite3.Connection, agencies: Iterable[str]) -> str:
    """Numbers of the values that stand for agencies, inspected or inspecting, for SQL."""
    rows = db.execute(
        "SELECT id FROM facet_values WHERE facet IN ('body', 'inspectorate')"
        " AND value IN (SELECT value FROM json_each(?))",
        (json.dumps(list(agencies)),),
    )
    return numbers(row[0] for row in rows)
