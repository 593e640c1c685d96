"""The tables of what tagging finds beside findings, as migrations from m012 on make them."""

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
