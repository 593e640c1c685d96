"""The tables of `archive.db` and `archive-pages.db` as migrations: real DDL, once, in order.

Never edit a migration that has been released; add one. Columns are documented for people in
`publish/metadata.yaml`, and a test checks that none is missing there.

Times are UTC ISO 8601 with an offset (`2026-11-23T09:00:00+00:00`), so they sort as text.
`published_at` may be a bare date where the newspaper gave no time.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from pipeline.archive.schema_across import ACROSS, FACTS
from pipeline.archive.schema_outcomes import DETAILS, RESPONSES, WHO
from pipeline.archive.schema_serving import ASKING, FILLING, SEARCHING, SERVING
from pipeline.archive.schema_watching import LINKED, WATCHING

archive_migrations = Migrations("inspection-watch")
pages_migrations = Migrations("inspection-watch-pages")

_TABLES = """
CREATE TABLE sources (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    homepage TEXT,
    region TEXT,
    enabled INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    note TEXT,
    listed INTEGER NOT NULL DEFAULT 1,          -- 0: left sources.yaml, kept for its stories
    first_seen_at TEXT NOT NULL
);
CREATE TABLE feeds (
    url TEXT PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources(id),
    listed INTEGER NOT NULL DEFAULT 1,
    etag TEXT,
    last_modified TEXT,
    moved_to TEXT,                              -- where a permanent redirect led
    due_at TEXT,
    checked_at TEXT,
    last_ok_at TEXT,
    last_new_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    retired_at TEXT
);
CREATE INDEX feeds_due_at ON feeds(due_at);
CREATE INDEX feeds_source_id ON feeds(source_id);
CREATE TABLE fetches (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    source_id TEXT REFERENCES sources(id),
    what TEXT NOT NULL,                         -- feed | page
    fetched_at TEXT NOT NULL,
    outcome TEXT NOT NULL,                      -- entries | not_modified | page | failed
    status INTEGER,
    failure_kind TEXT,
    failure_grade TEXT,                         -- ours | transient | permanent
    reason TEXT,
    bytes INTEGER,
    seconds REAL,
    entries_seen INTEGER,
    entries_new INTEGER
);
CREATE INDEX fetches_source_id ON fetches(source_id, fetched_at);
CREATE INDEX fetches_url ON fetches(url, fetched_at);
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    feed_url TEXT NOT NULL REFERENCES feeds(url),
    source_id TEXT NOT NULL REFERENCES sources(id),
    guid TEXT NOT NULL,
    url TEXT NOT NULL,                          -- canonical: the key of an article
    link TEXT NOT NULL,                         -- as the feed gave it
    headline TEXT,
    summary TEXT,
    content_html TEXT,
    author TEXT,
    published_at TEXT,
    digest TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    page_state TEXT NOT NULL DEFAULT 'waiting', -- waiting | stored | failed | feed
    page_attempts INTEGER NOT NULL DEFAULT 0,
    page_due_at TEXT,
    page_reason TEXT,
    UNIQUE (feed_url, guid, url)
);
CREATE INDEX entries_url ON entries(url);
CREATE INDEX entries_page_state ON entries(page_state, page_due_at);
CREATE INDEX entries_source_id ON entries(source_id);
CREATE TABLE pages (
    url TEXT PRIMARY KEY,                       -- canonical
    final_url TEXT NOT NULL,
    host TEXT NOT NULL,
    content_type TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    digest TEXT NOT NULL,                       -- key of the body in archive-pages.db
    bytes INTEGER NOT NULL,
    source_id TEXT REFERENCES sources(id)
);
CREATE INDEX pages_host ON pages(host);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    headline TEXT,
    standfirst TEXT,
    byline TEXT,                                -- people, joined by "; "
    publisher TEXT,
    section TEXT,
    language TEXT,
    published_at TEXT,
    modified_at TEXT,
    first_seen_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,                   -- when we last wrote this row
    access TEXT NOT NULL,                       -- open | partial | registration | subscription
    text TEXT NOT NULL,
    captions TEXT NOT NULL DEFAULT '[]',        -- JSON list of strings
    links TEXT NOT NULL DEFAULT '[]',           -- JSON list of {url, text}
    source_id TEXT REFERENCES sources(id),
    digest TEXT NOT NULL,                       -- of what the tagger reads
    is_report INTEGER,                          -- NULL: not tagged yet
    inspection_type TEXT,
    reasons TEXT NOT NULL DEFAULT '[]'          -- JSON list: why it is, or is not, a report
);
CREATE INDEX articles_first_seen_at ON articles(first_seen_at);
CREATE INDEX articles_published_at ON articles(published_at);
CREATE INDEX articles_publisher ON articles(publisher);
CREATE INDEX articles_access ON articles(access);
CREATE INDEX articles_is_report ON articles(is_report);
CREATE INDEX articles_inspection_type ON articles(inspection_type);
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    seen_at TEXT NOT NULL,
    digest TEXT NOT NULL,                       -- of headline, standfirst and text, spaces left out
    headline TEXT,
    standfirst TEXT,
    text TEXT NOT NULL,
    UNIQUE (article_id, digest)
);
CREATE TABLE agencies (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT,
    nation TEXT,
    region TEXT,
    latitude REAL,
    longitude REAL,
    valid_from TEXT,
    valid_until TEXT,
    successor TEXT,
    source TEXT
);
CREATE INDEX agencies_kind ON agencies(kind);
CREATE TABLE mentions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    agency_id TEXT NOT NULL REFERENCES agencies(id),
    role TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote TEXT NOT NULL,
    rule TEXT NOT NULL,
    confidence TEXT NOT NULL
);
CREATE INDEX mentions_article_id ON mentions(article_id);
CREATE INDEX mentions_agency_id ON mentions(agency_id, role);
CREATE TABLE article_agencies (                 -- who inspected whom, decided per story
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    agency_id TEXT NOT NULL REFERENCES agencies(id),
    role TEXT NOT NULL,                         -- inspectorate | inspected
    PRIMARY KEY (article_id, agency_id, role)
) WITHOUT ROWID;
CREATE INDEX article_agencies_agency_id ON article_agencies(agency_id, role);
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,             -- judgement | strength | weakness | action | statistic
    body_id TEXT REFERENCES agencies(id),
    inspectorate_id TEXT REFERENCES agencies(id),
    framework TEXT,
    aspect TEXT,
    grade TEXT,
    rank INTEGER,
    scale INTEGER,
    status TEXT,                                -- of a judgement or an action
    direction TEXT,
    speaker TEXT,                               -- of a strength or weakness
    action TEXT,                                -- kind of an action
    value TEXT,                                 -- of a statistic
    "of" TEXT,
    what TEXT,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote TEXT NOT NULL,
    rule TEXT NOT NULL,
    confidence TEXT
);
CREATE INDEX findings_article_id ON findings(article_id, kind);
CREATE INDEX findings_body_id ON findings(body_id);
CREATE INDEX findings_grade ON findings(kind, grade);
CREATE TABLE article_themes (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    theme_id TEXT NOT NULL,
    name TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote TEXT NOT NULL
);
CREATE INDEX article_themes_article_id ON article_themes(article_id);
CREATE INDEX article_themes_theme_id ON article_themes(theme_id);
CREATE TABLE article_places (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    code TEXT,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote TEXT NOT NULL
);
CREATE INDEX article_places_article_id ON article_places(article_id);
CREATE INDEX article_places_code ON article_places(code);
CREATE TABLE removals (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX removals_article_id ON removals(article_id);
CREATE INDEX removals_rule ON removals(rule);
CREATE TABLE derivations (                      -- the ledger: stale: no row, or one half differs
    article_url TEXT NOT NULL,                  -- no foreign key: a failed page has no article
    stage TEXT NOT NULL,                        -- clean | tag
    made_from TEXT NOT NULL,                    -- digest of the input
    made_by TEXT NOT NULL,                      -- fingerprint of the stage and the records it read
    made_at TEXT NOT NULL,
    error TEXT,
    PRIMARY KEY (article_url, stage)
) WITHOUT ROWID;
CREATE TABLE health (
    source_id TEXT PRIMARY KEY REFERENCES sources(id),
    state TEXT NOT NULL,
    since_at TEXT,
    last_ok_at TEXT,
    last_new_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL,
    needs_person INTEGER NOT NULL,
    checked_at TEXT NOT NULL
);
CREATE TABLE passes (
    id INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    beat_at TEXT NOT NULL,                      -- the heartbeat: moved on while the pass works
    ended_at TEXT,
    stopped INTEGER NOT NULL DEFAULT 0,
    feeds_due INTEGER NOT NULL DEFAULT 0,
    feeds_failed INTEGER NOT NULL DEFAULT 0,
    entries_new INTEGER NOT NULL DEFAULT 0,
    pages_fetched INTEGER NOT NULL DEFAULT 0,
    pages_failed INTEGER NOT NULL DEFAULT 0,
    articles_cleaned INTEGER NOT NULL DEFAULT 0,
    articles_failed INTEGER NOT NULL DEFAULT 0,
    articles_tagged INTEGER NOT NULL DEFAULT 0
);
"""


def _run_script(db: Database, script: str) -> None:
    """Each statement for itself: `executescript` would commit the migration's transaction."""
    statement = ""
    for line in script.splitlines():
        statement += line.split("--")[0].rstrip() + "\n"
        if statement.rstrip().endswith(";"):
            db.execute(statement)
            statement = ""


@archive_migrations()
def m001_tables(db: Database) -> None:
    _run_script(db, _TABLES)


@archive_migrations()
def m002_full_text(db: Database) -> None:
    db.table("articles").enable_fts(
        ["headline", "standfirst", "text"],
        fts_version="FTS5",
        tokenize="porter unicode61 remove_diacritics 2",
        create_triggers=True,
    )


@archive_migrations()
def m003_full_text_follows_its_words(db: Database) -> None:
    """Re-tagging a story rewrites its row; the index is touched only when its words changed."""
    columns = ("headline", "standfirst", "text")
    old, new = (", ".join(f"{side}.{c}" for c in columns) for side in ("old", "new"))
    differ = " OR ".join(f"old.{c} IS NOT new.{c}" for c in columns)
    names = ", ".join(columns)
    db.execute("DROP TRIGGER articles_au")
    db.execute(
        f"CREATE TRIGGER articles_au AFTER UPDATE OF {names} ON articles WHEN {differ} BEGIN"
        f" INSERT INTO articles_fts(articles_fts, rowid, {names}) VALUES ('delete', old.id, {old});"
        f" INSERT INTO articles_fts(rowid, {names}) VALUES (new.id, {new}); END"
    )


@archive_migrations()
def m004_reports_in_order(db: Database) -> None:
    """The newest reports are read in order, instead of sorting every report to show fifty."""
    db.execute("CREATE INDEX articles_reports ON articles(is_report, first_seen_at)")
    db.execute("DROP INDEX articles_is_report")


@archive_migrations()
def m005_stories_of_an_agency(db: Database) -> None:
    """How many stories name an agency is counted from an index alone."""
    db.execute("CREATE INDEX mentions_agency_article ON mentions(agency_id, article_id)")


@archive_migrations()
def m006_watching(db: Database) -> None:
    """Feeds of every kind, their pace and their past in one row; gaps, moves, robots.txt."""
    _run_script(db, WATCHING)


@archive_migrations()
def m007_what_else_a_page_says_of_its_story(db: Database) -> None:
    """Columns, not tables: each is read and replaced with its story, in the same statement.

    `disagreements` are few and are asked for across stories now and then; `json_each` answers that.
    """
    _run_script(db, FACTS)


@archive_migrations()
def m010_across_pages(db: Database) -> None:
    """Further addresses of a story, and the text that pages of a site repeat."""
    _run_script(db, ACROSS)


@archive_migrations()
def m011_who_is_who(db: Database) -> None:
    """What the gazetteer knows of a body beside its name; how a story's bodies are known."""
    _run_script(db, WHO)


@archive_migrations()
def m012_responses(db: Database) -> None:
    """Who answered for a body: one row a person, which no row of `findings` has room for."""
    _run_script(db, RESPONSES)


@archive_migrations()
def m013_inspection_details(db: Database) -> None:
    """When an inspection took place, who led it, what must get better: a row each."""
    _run_script(db, DETAILS)


@archive_migrations()
def m014_linked_reports(db: Database) -> None:
    """Reports that stories link to: no entries, for no feed brought them."""
    _run_script(db, LINKED)


@archive_migrations()
def m015_searching(db: Database) -> None:
    """What stories are narrowed down by, in rows that are counted without reading a story."""
    _run_script(db, SEARCHING)
    _run_script(db, FILLING)


@archive_migrations()
def m016_serving(db: Database) -> None:
    """Neighbours, watched areas, words that ask for care, published states."""
    _run_script(db, SERVING)


@archive_migrations()
def m017_asking(db: Database) -> None:
    """Questions that would read every story, or the whole ledger, read an index instead."""
    _run_script(db, ASKING)


@pages_migrations()
def m001_bodies(db: Database) -> None:
    """Raw pages, zstd, keyed by the SHA-256 of the uncompressed bytes. Never served."""
    db.execute(
        "CREATE TABLE bodies (digest TEXT PRIMARY KEY, body BLOB NOT NULL, stored_at TEXT NOT NULL)"
        " WITHOUT ROWID"
    )
