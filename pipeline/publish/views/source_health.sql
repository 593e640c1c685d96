-- One row a source that sources.yaml lists, also one that was never fetched.
CREATE VIEW source_health AS
SELECT
    s.id AS source_id,
    s.name,
    CASE WHEN s.enabled THEN coalesce(nullif(h.state, 'disabled'), 'never_run') ELSE 'disabled' END AS state,
    h.since_at,
    h.last_ok_at,
    h.last_new_at,
    coalesce(h.failures, 0) AS failures,
    CASE
        WHEN NOT s.enabled THEN coalesce(s.note, 'Switched off in sources.yaml.')
        WHEN h.state <> 'disabled' THEN h.reason
        ELSE 'Not fetched yet.'
    END AS reason,
    CASE WHEN s.enabled THEN coalesce(h.needs_person, 0) ELSE 0 END AS needs_person
FROM sources AS s
LEFT JOIN health AS h ON h.source_id = s.id
WHERE s.listed
