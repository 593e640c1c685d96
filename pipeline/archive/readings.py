"""What of each page is compared with other pages, and which paragraphs are their site's own.

All of it is made from pages alone and can be made again: `pipeline/across.py` says how. Pages,
names and paragraphs are numbers of 63 bits here, so that a hundred thousand pages stay small.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipeline.archive import Archive
from pipeline.models import PageLine, Reading

#: more pages than this cannot be called the same and be one story: such a name is a lie
MOST_OF_A_NAME = 100


def load(archive: Archive, pages: Iterable[int]) -> dict[int, Reading]:
    """Readings by page number; pages without one are left out. Names are numbers as text."""
    wanted = json.dumps(sorted(set(pages)))
    within = "page IN (SELECT value FROM json_each(?))"
    names: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for page, name, why in archive.db.execute(
        f"SELECT page, name, why FROM page_names WHERE {within} ORDER BY page, name", (wanted,)
    ):
        names[page].append((str(name), why))
    lines: dict[int, list[PageLine]] = defaultdict(list)
    for page, key, story in archive.db.execute(
        f'SELECT page, "key", story FROM page_lines WHERE {within} ORDER BY page, place', (wanted,)
    ):
        lines[page].append(PageLine(key=key, story=bool(story)))
    return {
        page: Reading(url=url, site=site, headline=headline, day=day, named=named,
                      from_feed=bool(fed), names=tuple(names[page]), lines=tuple(lines[page]))
        for page, url, site, headline, day, named, fed in archive.db.execute(
            "SELECT page, url, site, headline, day, named, from_feed FROM readings"
            f" WHERE {within}",
            (wanted,),
        )
    }  # fmt: skip


def save(archive: Archive, readings: Mapping[int, Reading]) -> None:
    """Writes readings by page number, in place of what there was; names are numbers as text."""
    db = archive.db.conn
    gone = [(page,) for page in readings]
    for table in ("page_names", "page_lines"):
        db.executemany(f"DELETE FROM {table} WHERE page = ?", gone)
    db.executemany(
        "INSERT INTO readings (page, url, site, headline, day, named, from_feed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (page) DO UPDATE SET site = excluded.site,"
        " headline = excluded.headline, day = excluded.day, named = excluded.named,"
        " from_feed = excluded.from_feed",
        [(p, r.url, r.site, r.headline, r.day, r.named, r.from_feed) for p, r in readings.items()],
    )
    db.executemany(
        "INSERT INTO page_names (page, name, why) VALUES (?, ?, ?)",
        [(p, int(name), why) for p, r in readings.items() for name, why in r.names],
    )
    db.executemany(
        'INSERT INTO page_lines (page, place, "key", story) VALUES (?, ?, ?, ?)',
        [(p, n, x.key, x.story) for p, r in readings.items() for n, x in enumerate(r.lines)],
    )


# ---------------------------------------------------------------- names


def bearers(archive: Archive, names: Iterable[str], most: int) -> dict[str, list[int]]:
    """By name, the pages that bear it, `most` at the most."""
    return {
        name: [row[0] for row in archive.db.execute(
            "SELECT page FROM page_names WHERE name = ? LIMIT ?", (int(name), most)
        )]
        for name in set(names)
    }  # fmt: skip


# ---------------------------------------------------------------- paragraphs


def carriers(archive: Archive, keys: Iterable[int], most: int) -> dict[int, list[int]]:
    """By paragraph, the pages that carry it, lowest numbers first, `most` at the most."""
    return {
        key: [row[0] for row in archive.db.execute(
            'SELECT page FROM page_lines WHERE "key" = ? ORDER BY page LIMIT ?', (key, most)
        )]
        for key in set(keys)
    }  # fmt: skip


def site_lines(archive: Archive, site: str) -> frozenset[int]:
    """Keys of the paragraphs that are a site's own."""
    rows = archive.db.execute('SELECT "key" FROM site_lines WHERE site = ?', (site,))
    return frozenset(row[0] for row in rows)


def set_site_lines(
    archive: Archive, own: Mapping[int, str], others: Iterable[int]
) -> frozenset[int]:
    """Which paragraphs are, and are not, a site's own from now on → those for which that is new.

    Args:
        own: key → site.
    """
    asked = json.dumps([*own, *others])
    rows = archive.db.execute(
        'SELECT "key" FROM site_lines WHERE "key" IN (SELECT value FROM json_each(?))', (asked,)
    )
    before = frozenset(row[0] for row in rows)
    come, gone = own.keys() - before, before - own.keys()
    archive.db.conn.executemany('INSERT INTO site_lines ("key", site) VALUES (?, ?)',
                                [(key, own[key]) for key in come])  # fmt: skip
    archive.db.conn.executemany('DELETE FROM site_lines WHERE "key" = ?', [(k,) for k in gone])
    return frozenset(come | gone)


# ---------------------------------------------------------------- what it comes to for a page

_NEIGHBOURS = """
SELECT p.url, p.neighbours, (
        SELECT group_concat(k, ' ') FROM (
            SELECT printf('%016x', l."key") AS k
            FROM page_lines AS l JOIN site_lines AS s ON s."key" = l."key"
            WHERE l.page = r.page AND NOT l.story ORDER BY k)),
    EXISTS (SELECT 1 FROM aliases AS a WHERE a.url = r.url)
FROM readings AS r JOIN pages AS p ON p.url = r.url
WHERE r.page IN (SELECT value FROM json_each(:pages))
    OR r.page IN (SELECT page FROM page_lines WHERE "key" IN (SELECT value FROM json_each(:keys)))
"""


def note_neighbours(archive: Archive, pages: Iterable[int], keys: Iterable[int]) -> frozenset[str]:
    """Writes beside pages what their neighbours make of them → addresses for which that is new.

    Args:
        pages, keys: pages by number, and all that carry one of these paragraphs.
    """
    values = {"pages": json.dumps(sorted(pages)), "keys": json.dumps(sorted(keys))}
    rows = archive.db.execute(_NEIGHBOURS, values).fetchall()
    told = {url: (before, neighbours((own or "").split(), alias=bool(alias)))
            for url, before, own, alias in rows}  # fmt: skip
    changed = {url: now for url, (before, now) in told.items() if before != now}
    archive.db.conn.executemany("UPDATE pages SET neighbours = ? WHERE url = ?",
                                [(now, url) for url, now in changed.items()])  # fmt: skip
    return frozenset(changed)


def neighbours(own: Sequence[str], *, alias: bool) -> str | None:
    """What the ledger says of a page's neighbours: `own` paragraphs in order, `alias`."""
    words = [*(["own", *own] if own else []), *(["alias"] if alias else [])]
    return " ".join(words) or None


def as_text(keys: Iterable[int]) -> list[str]:
    """Paragraphs as `neighbours` takes them."""
    return sorted(f"{key:016x}" for key in keys)
