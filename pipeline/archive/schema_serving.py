"""The tables that pages are served from, as migrations m015 to m017 make them (`schema.py`)."""

from __future__ import annotations

SEARCHING = """
CREATE TABLE facet_values (                     -- what stories can be narrowed down by
    id INTEGER PRIMARY KEY,
    facet TEXT NOT NULL,                        -- inspectorate | body | kind | region | grade …
    value TEXT NOT NULL,                        -- an id where it has one, else the words
    UNIQUE (facet, value)
);
CREATE TABLE story_facets (                     -- narrow rows: counting reads no article
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    facet_value_id INTEGER NOT NULL REFERENCES facet_values(id),
    PRIMARY KEY (article_id, facet_value_id)
) WITHOUT ROWID;
CREATE INDEX story_facets_value ON story_facets(facet_value_id, article_id);
"""

SERVING = """
CREATE TABLE neighbours (                       -- councils that are compared with each other
    agency_id TEXT NOT NULL,
    place INTEGER NOT NULL,                     -- 1 is the closest
    neighbour_id TEXT NOT NULL,
    PRIMARY KEY (agency_id, place)
) WITHOUT ROWID;
CREATE INDEX neighbours_neighbour_id ON neighbours(neighbour_id);
CREATE TABLE cautions (                         -- words that ask for care before a story is shown
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,                         -- child | restriction
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote TEXT NOT NULL,
    rule TEXT NOT NULL
);
CREATE INDEX cautions_article_id ON cautions(article_id);
CREATE TABLE watched (                          -- what the front page follows, from sources.yaml
    place INTEGER PRIMARY KEY,                  -- 1 is the first
    name TEXT NOT NULL,                         -- as written there
    kind TEXT NOT NULL,                         -- agency | region | nation
    value TEXT NOT NULL                         -- id of the agency, or the name
);
CREATE TABLE publications (                     -- states of the archive that were published
    id INTEGER PRIMARY KEY,
    published_at TEXT NOT NULL,
    ledger_at TEXT,                             -- the newest line of the ledger then
    fingerprint TEXT NOT NULL,                  -- of the ledger: same inputs, same rules
    stories INTEGER NOT NULL,
    reports INTEGER NOT NULL
);
CREATE INDEX derivations_made_at ON derivations(made_at);
"""

ASKING = """
-- what failed, of a ledger of two rows a story
CREATE INDEX derivations_failed ON derivations(made_at) WHERE error IS NOT NULL;
-- how soon stories reach us, and what stands behind walls: answered from the index alone
DROP INDEX entries_source_id;
CREATE INDEX entries_source_id ON entries(source_id, first_seen_at, published_at, feed_url);
DROP INDEX articles_publisher;
CREATE INDEX articles_publisher ON articles(publisher, access, first_seen_at);
-- the few stories that have such a link (JSON true) or such a disagreement, newest first
CREATE INDEX articles_official ON articles(first_seen_at) WHERE instr(links, 'true') > 0;
CREATE INDEX articles_disagree ON articles(first_seen_at) WHERE disagreements <> '[]';
"""

#: Columns that carry a publisher's text beyond the evidence sentences, by table; None: all of it.
#: `serve --public` and `export --public` leave them out; nothing else decides what is public.
PRIVATE: dict[str, frozenset[str] | None] = {
    "articles": frozenset({"standfirst", "text", "captions", "links", "image_caption"}),
    "entries": frozenset({"summary", "content_html"}),
    "revisions": None,
    "removals": None,
    "robots": frozenset({"body"}),
    "cautions": frozenset({"quote"}),  # it may be the very name
}
