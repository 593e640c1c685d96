-- One row a formal grade that a story gives, of whatever status; "end" is quoted, being a keyword.
CREATE VIEW judgements AS
SELECT
    a.url AS article_url,
    f.body_id,
    b.name AS body,
    f.inspectorate_id,
    f.framework,
    f.aspect,
    f.grade,
    f.rank,
    f.scale,
    f.status,
    f.direction,
    f.quote,
    f.start,
    f."end"
FROM findings AS f
JOIN articles AS a ON a.id = f.article_id
LEFT JOIN agencies AS b ON b.id = f.body_id
WHERE f.kind = 'judgement'
