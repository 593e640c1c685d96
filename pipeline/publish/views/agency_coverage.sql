-- One row an agency that any story names, or that a story decides to be inspectorate or inspected
-- (a title may decide without yielding a mention, hence the union).
CREATE VIEW agency_coverage AS
SELECT
    g.id AS agency_id,
    g.name,
    g.kind,
    g.code,
    count(*) AS stories,
    sum(s.inspected) AS inspected,
    max(a.first_seen_at) AS last_at
FROM (
    SELECT agency_id, article_id, max(inspected) AS inspected
    FROM (
        SELECT agency_id, article_id, 0 AS inspected FROM mentions
        UNION ALL
        SELECT agency_id, article_id, role = 'inspected' FROM article_agencies
    )
    GROUP BY agency_id, article_id
) AS s
JOIN agencies AS g ON g.id = s.agency_id
JOIN articles AS a ON a.id = s.article_id
GROUP BY g.id
