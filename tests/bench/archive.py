"""An archive as it looks after years, made by SQL in bulk: `python -m tests.bench.archive`.

The tables are those of the migrations; every row is invented but for the names of agencies, which
are the gazetteer's. Words follow Zipf's law, as words of a language do. The same number of stories
gives the same archive. What no page that is measured reads is left out: raw pages, revisions,
removals.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipeline import publish
from pipeline.archive.schema import archive_migrations
from pipeline.archive.schema_serving import FILLING
from pipeline.tag.gazetteer import gazetteer

SINCE = datetime(2014, 11, 1, 6, tzinfo=UTC)
YEARS = 12
PUBLISHERS = 60
SOURCES = 100
HOMES = 5000  #: care homes, schools and the like, which no list has
_BATCH = 2000
_GRADES = ("outstanding", "good", "requires improvement", "inadequate")
_FRAMEWORKS = {"ofsted": "ilacs", "cqc": "cqc-provider", "hmicfrs": "peel",
               "hmi-prisons": "prison", "estyn": "estyn", "care-inspectorate": "care",
               "hmi-probation": "probation"}  # fmt: skip
_THEMES = (("safeguarding", "Safeguarding"), ("neglect", "Neglect"), ("staffing", "Staffing"),
           ("leadership", "Leadership and governance"), ("medicines", "Medicines"),
           ("children-in-care", "Children in care"), ("education", "Education"),
           ("waiting-times", "Waiting times"), ("partnership", "Partnership working"),
           ("records", "Records"), ("culture", "Culture"), ("custody", "Custody"))  # fmt: skip
_OFTEN = """the of and to in a is that for it was on with as by at from has said not be are they
    which have had their or we this would been will were there more who but after about council
    children service services inspectors inspection report people care staff local year new
    authority families leaders improve social school health support work found quality safe
    partnership hospital police young concerns residents safeguarding education team plans
    education trust government risk needs response budget home neglect prison probation fire
    meeting review committee funding parents pupils teachers patients nurses officers""".split()  # noqa: SIM905
_SYLLABLES = [
    onset + vowel + coda
    for onset in ("b", "br", *"cdfghlmnprstw", "st", "tr")
    for vowel in (*"aeiou", "ea", "ou")
    for coda in ("", *"nrl", "st")
]


@dataclass(frozen=True, slots=True)
class World:
    """What stories are put together from."""

    sentences: list[str]
    bodies: list[tuple[str, str]]  #: (id, name)
    body_weights: list[float]  #: cumulative
    inspectorates: dict[str, str]


@dataclass(slots=True)
class Rows:
    """Rows of one batch by table, as tuples in the order of COLUMNS."""

    tables: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {table: [] for table in COLUMNS}
    )


COLUMNS = {
    "articles": "id, url, headline, standfirst, byline, publisher, section, published_at,"
    " first_seen_at, updated_at, access, text, source_id, digest, is_report, inspection_type",
    "entries": "feed_url, source_id, guid, url, link, headline, summary, published_at, digest,"
    " first_seen_at, page_state",
    "derivations": "article_url, stage, made_from, made_by, made_at",
    "article_agencies": "article_id, agency_id, role, rule, confidence",
    "mentions": 'article_id, agency_id, role, start, "end", quote, rule, confidence',
    "findings": "article_id, kind, body_id, inspectorate_id, framework, aspect, grade, rank, scale,"
    ' status, direction, speaker, start, "end", quote, rule, confidence',
    "article_themes": 'article_id, theme_id, name, start, "end", quote',
}


def vocabulary(chance: random.Random, size: int = 40_000) -> tuple[list[str], list[float]]:
    """Words, commonest first, and their cumulative weights by Zipf's law."""
    words = dict.fromkeys(_OFTEN)
    while len(words) < size:
        words["".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3))))] = None
    return list(words), list(accumulate(1 / (rank + 2.7) for rank in range(size)))


def world(stories: int) -> World:
    """Sentences are drawn once and used again, so that making stories is quick."""
    chance = random.Random(20_261)
    words, weights = vocabulary(chance)
    sentences = []
    for _ in range(min(200_000, max(5_000, 2 * stories))):
        drawn = chance.choices(words, cum_weights=weights, k=chance.randint(9, 30))
        sentences.append(" ".join(drawn).capitalize() + ".")
    listed = [a for a in gazetteer().all() if a.kind != "inspectorate"]
    bodies = [(a.id, a.name) for a in listed]
    for n in range(HOMES):
        name = f"{chance.choice(words[400:]).title()} {chance.choice(('House', 'Lodge', 'School'))}"
        bodies.append((f"unlisted:home:{n}", name))
    chance.shuffle(bodies)
    popularity = list(accumulate(1 / (rank + 20) ** 0.8 for rank in range(len(bodies))))
    names = {a.id: a.name for a in gazetteer().all() if a.id in _FRAMEWORKS}
    return World(sentences, bodies, popularity, names)


def story(number: int, of: int, w: World, rows: Rows) -> None:
    """Adds the rows of story `number` (from 1), of `of`."""
    chance = random.Random(number)
    (body, other) = chance.choices(w.bodies, cum_weights=w.body_weights, k=2)
    seen = SINCE + timedelta(days=YEARS * 365) * (number / of)
    source = chance.randrange(SOURCES)
    url = f"https://source-{source}.example/news/{seen:%Y/%m}/{number}"
    told = chance.choices(w.sentences, k=chance.randint(14, 34))
    is_report = chance.random() < 0.4
    lead, headline = told[0], told[1][:70]
    if is_report:
        inspectorate = chance.choice(list(w.inspectorates))
        grade = chance.choice(_GRADES)
        headline = f"{body[1]} is rated {grade}"
        lead = f"{w.inspectorates[inspectorate]} has rated {body[1]} {grade}."
        _report(number, chance, body, inspectorate, grade, [lead, *told], rows)
    elif chance.random() < 0.3:
        lead = f"{lead} {other[1]} was not asked."
        start = lead.rindex(other[1])
        rows.tables["mentions"].append(
            (number, other[0], "mentioned", start, start + len(other[1]), other[1], "name",
             "stated"))  # fmt: skip
    text = "\n\n".join([lead, *told])
    at = seen.isoformat(timespec="seconds")
    published = (seen - timedelta(minutes=chance.randint(3, 2000))).isoformat(timespec="seconds")
    access = chance.choices(("open", "partial", "registration", "subscription"), (80, 10, 5, 5))[0]
    publisher = f"Paper number {source % PUBLISHERS}"
    rows.tables["articles"].append(
        (number, url, headline, told[2], None, publisher, None, published, at, at, access, text,
         f"source-{source}", url, int(is_report), "ilacs" if is_report else None))  # fmt: skip
    rows.tables["entries"].append(
        (f"https://source-{source}.example/feed", f"source-{source}", url, url, url, headline,
         told[2], published, url, at, "stored"))  # fmt: skip
    for stage in ("clean", "tag"):
        rows.tables["derivations"].append((url, stage, "1", "1", at))


def _report(
    number: int, chance: random.Random, body: tuple[str, str], inspectorate: str, grade: str,
    paragraphs: Sequence[str], rows: Rows,
) -> None:  # fmt: skip
    tables, lead = rows.tables, paragraphs[0]
    for id_, role in ((inspectorate, "inspectorate"), (body[0], "inspected")):
        tables["article_agencies"].append((number, id_, role, "name", "stated"))
    at = lead.index(" has rated ")
    tables["mentions"] += [
        (number, inspectorate, "inspectorate", 0, at, lead[:at], "name", "stated"),
        (number, body[0], "inspected", at + 11, at + 11 + len(body[1]), body[1], "name", "stated"),
    ]
    direction = chance.choice(("up", "down", "same", "first", None, None))
    rank = _GRADES.index(grade) + 1
    tables["findings"].append(
        (number, "judgement", body[0], inspectorate, _FRAMEWORKS[inspectorate],
         "overall effectiveness", grade, rank, 4, "current", direction, None, 0, len(lead), lead,
         "rated", "stated"))  # fmt: skip
    start = 0
    themes = dict(chance.choices(_THEMES, k=chance.randint(1, 4)))
    for paragraph, (theme, name) in zip(paragraphs[1:], themes.items(), strict=False):
        start += len(paragraphs[0]) + 2 if not start else 0
        kind = chance.choice(("strength", "weakness"))
        end = start + len(paragraph)
        tables["findings"].append(
            (number, kind, body[0], None, None, None, None, None, None, None, None, "inspectors",
             start, end, paragraph, "found", "stated"))  # fmt: skip
        tables["article_themes"].append((number, theme, name, start, end, paragraph))
        start = end + 2


# ---------------------------------------------------------------- into the file


def make(path: Path, stories: int, *, loud: bool = False) -> None:
    """Writes an archive of so many stories to `path`, which must not exist."""
    if path.exists():
        raise FileExistsError(path)
    begun = time.perf_counter()

    def say(words: str) -> None:
        if loud:
            print(f"{time.perf_counter() - begun:7.1f} s  {words}", flush=True)

    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection)
        archive_migrations.apply(db)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -800000"):
            connection.execute(f"PRAGMA {pragma}")
        held = _put_aside(connection)
        w = world(stories)
        say(f"{len(w.sentences):,} sentences drawn")
        _fill_watching(connection)
        _fill_agencies(connection, w)
        for batch in _batches(range(1, stories + 1)):
            rows = Rows()
            for number in batch:
                story(number, stories, w, rows)
            _insert(connection, rows)
        connection.commit()
        say(f"{stories:,} stories written")
        for statement in FILLING.split(";\n"):  # its triggers are put back with the rest
            if (
                not statement.lstrip().startswith(("CREATE TRIGGER", "UPDATE"))
                and statement.strip()
            ):
                connection.execute(statement)
        connection.commit()
        say("facets")
        connection.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")
        connection.commit()
        say("full-text index")
        for sql in held:
            connection.execute(sql)
        connection.commit()
        say("indexes and triggers")
        publish.refresh(Opened(db))
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.commit()
    say(f"{path}: {path.stat().st_size / 1e6:,.0f} MB")


@dataclass(frozen=True, slots=True)
class Opened:
    """As much of an open archive as `publish.refresh` needs."""

    db: Any


def _put_aside(db: sqlite3.Connection) -> list[str]:
    """Drops indexes and triggers; returns the statements that make them again."""
    found = db.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
        " AND sql IS NOT NULL"
    ).fetchall()
    for kind, name, _ in found:
        db.execute(f'DROP {kind} "{name}"')
    return [sql for _, _, sql in found]


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _BATCH):
        yield numbers[start : start + _BATCH]


def _insert(db: sqlite3.Connection, rows: Rows) -> None:
    for table, columns in COLUMNS.items():
        marks = ", ".join("?" * len(columns.split(",")))
        db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows.tables[table])


def _fill_agencies(db: sqlite3.Connection, w: World) -> None:
    known = gazetteer().all()
    db.executemany(
        "INSERT INTO agencies (id, name, kind, code, nation, region, other_names, latitude,"
        " longitude) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                a.id,
                a.name,
                a.kind,
                a.code,
                a.nation,
                a.region,
                "; ".join(a.names),
                a.latitude,
                a.longitude,
            )
            for a in known
        ],
    )
    db.executemany(
        "INSERT INTO agencies (id, name, kind) VALUES (?, ?, ?)",
        [(id_, name, "home") for id_, name in w.bodies if id_.startswith("unlisted:")],
    )


def _fill_watching(db: sqlite3.Connection) -> None:
    """Sources with their feeds, health and a week of looks."""
    now = SINCE + timedelta(days=YEARS * 365)
    at = now.isoformat(timespec="seconds")
    for n in range(SOURCES):
        id_, url = f"source-{n}", f"https://source-{n}.example/feed"
        state = "failing" if n % 25 == 0 else "quiet" if n % 5 == 0 else "healthy"
        db.execute("INSERT INTO sources (id, name, enabled, pages, first_seen_at) VALUES"
                   " (?, ?, 1, 1, ?)", (id_, f"Source number {n}", at))  # fmt: skip
        db.execute("INSERT INTO feeds (url, source_id, checked_at, last_ok_at) VALUES (?, ?, ?, ?)",
                   (url, id_, at, at))  # fmt: skip
        db.execute("INSERT INTO health (source_id, state, reason, needs_person, checked_at) VALUES"
                   " (?, ?, 'As it was measured.', ?, ?)", (id_, state, n == 0, at))  # fmt: skip
        db.executemany(
            "INSERT INTO fetches (url, source_id, what, fetched_at, outcome, status) VALUES"
            " (?, ?, 'feed', ?, 'not_modified', 304)",
            [(url, id_, (now - timedelta(minutes=30 * k)).isoformat(timespec="seconds"))
             for k in range(336)],
        )  # fmt: skip
    db.execute("INSERT INTO passes (started_at, beat_at, ended_at) VALUES (?, ?, ?)", (at, at, at))
    db.execute("INSERT INTO heartbeat (id, beat_at, what, process, started_at, tick_seconds)"
               " VALUES (1, ?, 'watch', 1, ?, 60)", (at, at))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes an archive of invented stories.")
    parser.add_argument("--stories", type=int, default=100_000)
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    make(given.to, given.stories, loud=True)


if __name__ == "__main__":
    main()
