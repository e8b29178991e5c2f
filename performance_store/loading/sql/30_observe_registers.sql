-- What the registers say: which endpoints were active for which cell on each date. Nothing of answers.

-- step: observations
INSERT INTO t_obs (snapshot_id, as_at, organisation_id, dataset_id, endpoint_id, endpoint,
    entry_date, source_id, attempted, resource_current)
SELECT DISTINCT ON (a.snapshot_id, s.organisation_id, d.id, e.endpoint_id)
    a.snapshot_id, a.as_at, s.organisation_id, d.id, e.endpoint_id, e.endpoint, e.entry_date,
    ed.id, false, false
FROM t_as_at a
CROSS JOIN t_source s
JOIN source ed USING (content_key)
JOIN stage_source_pipeline p ON p.source = s.source
JOIN dataset d ON d.dataset = blank(p.pipeline)
JOIN t_endpoint e ON e.endpoint_id = s.endpoint_id
    AND (e.entry_date IS NULL OR e.entry_date <= a.as_at)
    AND (e.end_date IS NULL OR e.end_date > a.as_at)
ORDER BY a.snapshot_id, s.organisation_id, d.id, e.endpoint_id,
    s.end_date DESC NULLS FIRST, s.entry_date DESC NULLS LAST, s.source;
