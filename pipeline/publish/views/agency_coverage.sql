-- One row an agency that any story names, or that a story decides to be inspectorate or inspected
-- (a title may decide without yielding a mention, hence both tables). Subqueries rather than one
-- grouping of everything: what a query does not ask for is not worked out.
CREATE VIEW agency_coverage AS
SELECT
    g.id AS agency_id,
    g.name,
    g.kind,
    g.code,
    (
        SELECT count(*)
        FROM (
            SELECT article_id FROM mentions WHERE agency_id = g.id
            UNION
            SELECT article_id FROM article_agencies WHERE agency_id = g.id
        )
    ) AS stories,
    (
        SELECT count(*) FROM article_agencies WHERE agency_id = g.id AND role = 'inspected'
    ) AS inspected,
    (
        SELECT max(a.first_seen_at)
        FROM articles AS a
        WHERE a.id IN (
            SELECT article_id FROM mentions WHERE agency_id = g.id
            UNION ALL
            SELECT article_id FROM article_agencies WHERE agency_id = g.id
        )
    ) AS last_at
FROM agencies AS g
WHERE EXISTS (SELECT 1 FROM mentions WHERE agency_id = g.id)
    OR EXISTS (SELECT 1 FROM article_agencies WHERE agency_id = g.id)
