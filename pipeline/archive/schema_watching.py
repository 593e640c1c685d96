"""The tables and columns of watching, as migration m006 makes them (`schema.py`)."""

LINKED = """
CREATE TABLE linked_reports (                   -- official reports that stories link to
    url TEXT PRIMARY KEY,                       -- canonical
    story_url TEXT NOT NULL,                    -- the first story that linked to it
    source_id TEXT NOT NULL REFERENCES sources(id),
    state TEXT NOT NULL DEFAULT 'waiting',      -- waiting | stored | failed
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at TEXT,
    reason TEXT,
    first_seen_at TEXT NOT NULL
);
CREATE INDEX linked_reports_state ON linked_reports(state, due_at);
CREATE INDEX linked_reports_story_url ON linked_reports(story_url);
"""

WATCHING = """
ALTER TABLE feeds ADD COLUMN kind TEXT NOT NULL DEFAULT 'feed';   -- feed | sitemap | page
ALTER TABLE feeds ADD COLUMN moved_at TEXT;           -- since when it is fetched at `moved_to`
ALTER TABLE feeds ADD COLUMN last_whole_at TEXT;      -- last answer that was not a 304
ALTER TABLE feeds ADD COLUMN last_entries INTEGER;    -- how many entries that answer held
ALTER TABLE feeds ADD COLUMN unmodified INTEGER NOT NULL DEFAULT 0;   -- 304s since then
ALTER TABLE feeds ADD COLUMN distrusted_at TEXT;      -- its 304 was found false
ALTER TABLE feeds ADD COLUMN failing_since TEXT;
ALTER TABLE feeds ADD COLUMN failure_kind TEXT;       -- of the latest fetch, NULL: it worked
ALTER TABLE feeds ADD COLUMN failure_grade TEXT;
ALTER TABLE feeds ADD COLUMN failure_status INTEGER;
ALTER TABLE feeds ADD COLUMN failure_reason TEXT;
ALTER TABLE feeds ADD COLUMN hints TEXT;              -- JSON: ttl, skipHours, skipDays
ALTER TABLE feeds ADD COLUMN rhythm TEXT;             -- JSON: when its stories come
ALTER TABLE entries ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;  -- how often its words changed
ALTER TABLE passes ADD COLUMN checked_at TEXT;        -- when it had judged every source's health
DROP INDEX entries_source_id;
CREATE INDEX entries_source_id ON entries(source_id, first_seen_at);
ALTER TABLE pages ADD COLUMN etag TEXT;
ALTER TABLE pages ADD COLUMN last_modified TEXT;
UPDATE feeds SET
    failing_since = (SELECT min(x.fetched_at) FROM fetches x WHERE x.url = feeds.url
        AND x.what = 'feed' AND x.outcome = 'failed'
        AND x.fetched_at > coalesce(feeds.last_ok_at, '')),
    last_entries = (SELECT x.entries_seen FROM fetches x WHERE x.url = feeds.url
        AND x.what = 'feed' AND x.outcome = 'entries' ORDER BY x.id DESC LIMIT 1),
    last_whole_at = (SELECT max(x.fetched_at) FROM fetches x WHERE x.url = feeds.url
        AND x.what = 'feed' AND x.outcome = 'entries');
UPDATE feeds SET (failure_kind, failure_grade, failure_status, failure_reason) =
    (SELECT x.failure_kind, x.failure_grade, x.status, x.reason FROM fetches x
     WHERE x.url = feeds.url AND x.what = 'feed' ORDER BY x.id DESC LIMIT 1)
    WHERE failing_since IS NOT NULL;
CREATE TABLE feed_items (                       -- raw items of the last answer: read only once
    feed_url TEXT PRIMARY KEY REFERENCES feeds(url),
    digests BLOB NOT NULL                       -- 8 bytes each
) WITHOUT ROWID;
CREATE TABLE moves (                            -- permanent redirects, followed for good
    id INTEGER PRIMARY KEY,
    feed_url TEXT NOT NULL REFERENCES feeds(url),
    source_id TEXT NOT NULL REFERENCES sources(id),
    moved_at TEXT NOT NULL,
    from_url TEXT NOT NULL,
    to_url TEXT NOT NULL
);
CREATE INDEX moves_feed_url ON moves(feed_url);
CREATE TABLE gaps (                             -- stories may have been missed
    id INTEGER PRIMARY KEY,
    feed_url TEXT NOT NULL REFERENCES feeds(url),
    source_id TEXT NOT NULL REFERENCES sources(id),
    since_at TEXT NOT NULL,                     -- the last look before
    until_at TEXT NOT NULL,                     -- the look that found it
    entries INTEGER NOT NULL,                   -- what the feed held, all of it new
    expected REAL                               -- what its rhythm made likely
);
CREATE INDEX gaps_source_id ON gaps(source_id, until_at);
CREATE TABLE robots (                           -- robots.txt by origin, as last asked for
    origin TEXT PRIMARY KEY,
    fetched_at TEXT NOT NULL,
    status INTEGER,                             -- NULL: no answer
    body BLOB,
    reason TEXT,                                -- why it could not be read when last asked for
    tried_at TEXT                               -- when that was; NULL: it could
) WITHOUT ROWID;
CREATE TABLE holds (                            -- hosts that asked to be left alone for a time
    host TEXT PRIMARY KEY,
    asked_at TEXT NOT NULL,
    until_at TEXT NOT NULL,
    status INTEGER,
    reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE heartbeat (                        -- one row: who works on this archive, and when last
    id INTEGER PRIMARY KEY CHECK (id = 1),
    beat_at TEXT NOT NULL,
    what TEXT NOT NULL,                         -- run | watch | …
    process INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    tick_seconds INTEGER                        -- of `watch`: a beat is due so often
);
-- What they found stands in `feeds` now; to keep them was a third of what storing a 304 costs.
DROP INDEX feeds_due_at;
DROP INDEX fetches_url;
"""
