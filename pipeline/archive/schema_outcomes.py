"""What migrations from m011 on add for tagging: columns of bodies, tables beside findings."""

WHO = """
ALTER TABLE agencies ADD COLUMN other_names TEXT;           -- joined by "; "
ALTER TABLE agencies ADD COLUMN identifiers TEXT NOT NULL DEFAULT '{}';  -- JSON object
ALTER TABLE agencies ADD COLUMN area TEXT;                  -- of an unlisted body: see below
ALTER TABLE agencies ADD COLUMN parent TEXT;                -- id of the body around or over it
ALTER TABLE article_agencies ADD COLUMN rule TEXT;
ALTER TABLE article_agencies ADD COLUMN confidence TEXT;
-- what this story tells of a body that stands in no list; `agencies` has what all of them agree on
ALTER TABLE article_agencies ADD COLUMN area TEXT;          -- its town
ALTER TABLE article_agencies ADD COLUMN identifiers TEXT NOT NULL DEFAULT '{}';  -- JSON object
"""

RESPONSES = """
CREATE TABLE responses (                        -- who answered for the inspected body
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    body_id TEXT REFERENCES agencies(id),
    name TEXT,                                  -- NULL: a spokesperson, or the body itself
    role TEXT,                                  -- as written
    stance TEXT,                                -- welcomes | accepts | apologises | disputes
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote TEXT NOT NULL,
    rule TEXT NOT NULL,
    confidence TEXT NOT NULL
);
CREATE INDEX responses_article_id ON responses(article_id);
CREATE INDEX responses_body_id ON responses(body_id, stance);
"""

DETAILS = """
CREATE TABLE inspection_details (               -- particulars of the inspection itself
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,                         -- inspected_from, lead_inspector and so on
    value TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    quote TEXT NOT NULL,
    rule TEXT NOT NULL
);
CREATE INDEX inspection_details_article_id ON inspection_details(article_id);
CREATE INDEX inspection_details_kind ON inspection_details(kind, value);
"""
