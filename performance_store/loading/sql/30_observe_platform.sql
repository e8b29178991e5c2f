-- What the platform's log says of every active endpoint of every cell on the date.

-- step: newest attempt of each endpoint
-- Ties within one second go to the row read later.
CREATE TEMP TABLE t_newest ON COMMIT DROP AS
SELECT DISTINCT ON (endpoint_id) endpoint_id, attempted_at, http_status, exception, resource_id,
    success
FROM t_log
ORDER BY endpoint_id, attempted_at DESC, seq DESC;

-- step: newest success of each endpoint
CREATE TEMP TABLE t_success ON COMMIT DROP AS
SELECT DISTINCT ON (endpoint_id) endpoint_id, attempted_at, day, resource_id
FROM t_log
WHERE success
ORDER BY endpoint_id, attempted_at DESC, seq DESC;

-- step: endpoints failing since
CREATE TEMP TABLE t_failing ON COMMIT DROP AS
SELECT l.endpoint_id, min(l.day) AS failing_since
FROM t_newest n
JOIN t_log l USING (endpoint_id)
LEFT JOIN t_success s USING (endpoint_id)
WHERE NOT n.success AND (s.endpoint_id IS NULL OR l.attempted_at > s.attempted_at)
GROUP BY l.endpoint_id;

-- step: last resource of endpoints without a success in the log
CREATE TEMP TABLE t_fallback ON COMMIT DROP AS
SELECT DISTINCT ON (e.endpoint_id) e.endpoint_id, r.resource_id
FROM stage_resource_endpoint s
JOIN t_endpoint e ON e.endpoint = s.endpoint
JOIN t_resource r ON r.resource = s.resource
CROSS JOIN t_as_at a
WHERE coalesce(r.start_date, a.as_at) <= a.as_at
ORDER BY e.endpoint_id, r.start_date DESC NULLS LAST, s.seq DESC;

-- step: observations
-- The end date of a source does not matter, as on the platform: its endpoint is collected all the same.
INSERT INTO t_obs (snapshot_id, as_at, organisation_id, dataset_id, endpoint_id, endpoint,
    entry_date, source_id, attempted, success, http_status, exception, last_attempt_at,
    last_success_on, failing_since, resource_id, resource_current, content_changed_on)
SELECT DISTINCT ON (a.snapshot_id, s.organisation_id, d.id, e.endpoint_id)
    a.snapshot_id, a.as_at, s.organisation_id, d.id, e.endpoint_id, e.endpoint, e.entry_date,
    ed.id, n.endpoint_id IS NOT NULL, n.success, n.http_status, n.exception, n.attempted_at,
    g.day, f.failing_since, r.resource_id,
    coalesce(n.success AND (r.end_date IS NULL OR r.end_date > a.as_at), false), r.start_date
FROM t_as_at a
CROSS JOIN t_source s
JOIN source ed USING (content_key)
JOIN stage_source_pipeline p ON p.source = s.source
JOIN dataset d ON d.dataset = blank(p.pipeline)
JOIN t_endpoint e ON e.endpoint_id = s.endpoint_id
    AND (e.entry_date IS NULL OR e.entry_date <= a.as_at)
    AND (e.end_date IS NULL OR e.end_date > a.as_at)
LEFT JOIN t_newest n ON n.endpoint_id = e.endpoint_id
LEFT JOIN t_success g ON g.endpoint_id = e.endpoint_id
LEFT JOIN t_failing f ON f.endpoint_id = e.endpoint_id
LEFT JOIN t_fallback b ON b.endpoint_id = e.endpoint_id AND g.endpoint_id IS NULL
LEFT JOIN t_resource r ON r.resource_id = coalesce(g.resource_id, b.resource_id)
ORDER BY a.snapshot_id, s.organisation_id, d.id, e.endpoint_id,
    s.end_date DESC NULLS FIRST, s.entry_date DESC NULLS LAST, s.source;
