"""What pages tell of their stories, and of each other: migrations m007 and m010 (`schema.py`)."""

FACTS = """
ALTER TABLE articles ADD COLUMN news_agencies TEXT;         -- agencies and desks, joined by "; "
ALTER TABLE articles ADD COLUMN canonical_url TEXT;         -- as the page itself says
ALTER TABLE articles ADD COLUMN image_url TEXT;
ALTER TABLE articles ADD COLUMN image_caption TEXT;
ALTER TABLE articles ADD COLUMN disagreements TEXT NOT NULL DEFAULT '[]'; -- JSON list of objects
"""

ACROSS = """
CREATE TABLE aliases (                          -- further addresses of a story
    url TEXT PRIMARY KEY,                       -- of a stored page
    story_url TEXT NOT NULL,                    -- of the page that the article is made from
    why TEXT NOT NULL,                          -- page | redirect | address | text
    seen_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX aliases_story_url ON aliases(story_url);
CREATE TABLE readings (                         -- what of a page is compared with others
    page INTEGER PRIMARY KEY,                   -- 63 bits of the digest of its address
    url TEXT NOT NULL,
    site TEXT NOT NULL,                         -- what the owner registered, of where it was found
    headline TEXT,
    day TEXT,
    named TEXT,
    from_feed INTEGER NOT NULL
);
CREATE TABLE page_names (                       -- what a page is called, in loose form
    page INTEGER NOT NULL,
    name INTEGER NOT NULL,                      -- 63 bits of a digest
    why TEXT NOT NULL,                          -- address | redirect | page
    PRIMARY KEY (page, name)
) WITHOUT ROWID;
CREATE INDEX page_names_name ON page_names(name, page);
CREATE TABLE page_lines (                       -- its longer paragraphs before the site's own go
    page INTEGER NOT NULL,
    place INTEGER NOT NULL,                     -- 0 is the first
    "key" INTEGER NOT NULL,                     -- 63 bits of a digest of site and words
    story INTEGER NOT NULL,                     -- 1: of what the page is about
    PRIMARY KEY (page, place)
) WITHOUT ROWID;
CREATE INDEX page_lines_key ON page_lines("key", page);
CREATE TABLE site_lines (                       -- paragraphs that are the site's own
    "key" INTEGER PRIMARY KEY,
    site TEXT NOT NULL
);
CREATE INDEX site_lines_site ON site_lines(site);
-- What of this matters to a page's cleaning; beside its digest, where every tick looks for both.
ALTER TABLE pages ADD COLUMN neighbours TEXT;
"""
