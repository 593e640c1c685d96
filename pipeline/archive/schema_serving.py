"""The tables that pages are served from, as migrations m015 to m017 make them (`schema.py`)."""

from __future__ import annotations

SEARCHING = """
CREATE TABLE facet_values (                     -- what stories can be narrowed down by
    id INTEGER PRIMARY KEY,
    facet TEXT NOT NULL,                        -- inspectorate | body | kind | region | grade …
    value TEXT NOT NULL,                        -- an id where it has one, else the words
    stories INTEGER NOT NULL DEFAULT 0,         -- how many have it: kept by the triggers below
    UNIQUE (facet, value)
);
CREATE TABLE story_facets (                     -- narrow rows: counting reads no article
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    facet_value_id INTEGER NOT NULL REFERENCES facet_values(id),
    PRIMARY KEY (article_id, facet_value_id)
) WITHOUT ROWID;
CREATE INDEX story_facets_value ON story_facets(facet_value_id, article_id);
"""

#: What a story can be found by: (article, facet, value), from what cleaning and tagging wrote.
#: `{0}` narrows articles down, `{1}` the rest. Reads no table or column younger than m015.
FACETS = """
SELECT article_id, CASE role WHEN 'inspected' THEN 'body' ELSE role END AS facet, agency_id AS value
FROM article_agencies WHERE {1}
UNION
SELECT x.article_id, 'kind', g.kind FROM article_agencies AS x
JOIN agencies AS g ON g.id = x.agency_id WHERE x.role = 'inspected' AND {1}
UNION
SELECT x.article_id, 'region', coalesce(g.region, g.nation) FROM article_agencies AS x
JOIN agencies AS g ON g.id = x.agency_id
WHERE x.role = 'inspected' AND coalesce(g.region, g.nation) IS NOT NULL AND {1}
UNION
SELECT article_id, 'grade', grade FROM findings
WHERE kind = 'judgement' AND status = 'current' AND grade IS NOT NULL AND {1}
UNION
SELECT article_id, 'direction', direction FROM findings
WHERE kind = 'judgement' AND status = 'current' AND direction IS NOT NULL AND {1}
UNION
SELECT article_id, 'theme', theme_id FROM article_themes WHERE {1}
UNION ALL
SELECT id, 'publisher', publisher FROM articles WHERE publisher IS NOT NULL AND {0}
UNION ALL
SELECT id, 'access', access FROM articles WHERE {0}
UNION ALL
SELECT id, 'year', substr(coalesce(published_at, first_seen_at), 1, 4) FROM articles WHERE {0}
UNION ALL
SELECT id, 'report', CASE WHEN is_report THEN 'yes' ELSE 'no' END FROM articles
WHERE is_report IS NOT NULL AND {0}
"""

#: Facets of every story at once, where none has any yet; in the end, when their numbers are known,
#: the triggers that keep the numbers.
FILLING = f"""
CREATE TEMP TABLE filling AS {FACETS.format("true", "true").strip()};
INSERT INTO facet_values (facet, value, stories)
    SELECT facet, value, count(*) FROM filling GROUP BY facet, value;
INSERT INTO story_facets (article_id, facet_value_id)
    SELECT f.article_id, v.id FROM filling AS f
    JOIN facet_values AS v ON v.facet = f.facet AND v.value = f.value ORDER BY 1, 2;
DROP TABLE filling;
CREATE TRIGGER story_facets_gained AFTER INSERT ON story_facets BEGIN
    UPDATE facet_values SET stories = stories + 1 WHERE id = new.facet_value_id; END;
CREATE TRIGGER story_facets_lost AFTER DELETE ON story_facets BEGIN
    UPDATE facet_values SET stories = stories - 1 WHERE id = old.facet_value_id; END;
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
DROP INDEX articles_inspection_type;
CREATE INDEX articles_inspection_type ON articles(inspection_type, is_report);
-- reports by month, without reading a story: the expression is that of `front.MONTH`
CREATE INDEX articles_reports_month
    ON articles(is_report, substr(coalesce(published_at, first_seen_at), 1, 7));
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
