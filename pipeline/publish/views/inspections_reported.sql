-- One row a story that reports an inspection.
--
-- The grade is the current overall grade; where a framework gives none, and the story has exactly
-- one current grade, that one; in every other case NULL: a round-up of three councils, or four
-- aspects of one, have no single grade, and none is invented (see the view `judgements`).
CREATE VIEW inspections_reported AS
SELECT
    a.url AS article_url,
    a.headline,
    a.publisher,
    a.published_at,
    a.first_seen_at,
    (
        SELECT group_concat(name, '; ')
        FROM (
            SELECT g.name
            FROM article_agencies AS x JOIN agencies AS g ON g.id = x.agency_id
            WHERE x.article_id = a.id AND x.role = 'inspectorate'
            ORDER BY g.name
        )
    ) AS inspectorates,
    (
        SELECT group_concat(name, '; ')
        FROM (
            SELECT g.name
            FROM article_agencies AS x JOIN agencies AS g ON g.id = x.agency_id
            WHERE x.article_id = a.id AND x.role = 'inspected'
            ORDER BY g.name
        )
    ) AS bodies,
    a.inspection_type,
    f.grade,
    f.rank AS grade_rank,
    f.scale AS scale_size,
    (
        SELECT CASE WHEN count(DISTINCT j.direction) = 1 THEN min(j.direction) END
        FROM findings AS j
        WHERE j.article_id = a.id AND j.kind = 'judgement' AND j.status = 'current'
            AND j.grade = f.grade AND j.aspect = f.aspect
    ) AS direction,
    coalesce(
        f.quote,
        (
            SELECT group_concat(quote, '; ')
            FROM (
                SELECT j.quote, min(j.start) AS at
                FROM findings AS j
                WHERE j.article_id = a.id AND j.kind = 'judgement' AND j.status = 'current'
                GROUP BY j.quote
                ORDER BY at
                LIMIT 6
            )
        ),
        (
            SELECT group_concat(quote, '; ')
            FROM (
                SELECT j.quote, min(j.start) AS at
                FROM findings AS j
                WHERE j.article_id = a.id AND j.kind IN ('strength', 'weakness')
                    AND j.speaker = 'inspectors'
                GROUP BY j.quote
                ORDER BY at
                LIMIT 3
            )
        ),
        (
            SELECT group_concat(quote, '; ')
            FROM (
                SELECT j.quote, min(j.start) AS at
                FROM findings AS j
                WHERE j.article_id = a.id AND j.kind IN ('action', 'statistic')
                GROUP BY j.quote
                ORDER BY at
                LIMIT 3
            )
        )
    ) AS evidence,
    a.access
FROM articles AS a
LEFT JOIN findings AS f ON f.id = (
    SELECT
        CASE
            WHEN count(DISTINCT j.grade) FILTER (WHERE j.aspect LIKE 'overall%') = 1
                THEN min(j.id) FILTER (WHERE j.aspect LIKE 'overall%')
            WHEN count(*) FILTER (WHERE j.aspect LIKE 'overall%') = 0
                AND count(DISTINCT j.aspect || char(10) || j.grade) = 1
                THEN min(j.id)
        END
    FROM findings AS j
    WHERE j.article_id = a.id AND j.kind = 'judgement' AND j.status = 'current'
)
WHERE a.is_report = 1
