-- What a source without a log of its own (weekly reports, the sample) says of endpoints on each date.

-- step: observations, checked
CREATE TEMP TABLE t_seen ON COMMIT DROP AS
SELECT s.seq, a.snapshot_id, a.as_at, o.id AS organisation_id, d.id AS dataset_id, e.endpoint_id,
    e.endpoint, e.entry_date, ed.id AS source_id, n.http_status,
    blank(s.exception) AS exception, la.day AS last_attempt, ls.day AS last_success,
    r.resource_id, s.resource_current = '1' AS resource_current,
    coalesce(rs.day, r.start_date) AS content_changed_on, s.record_count,
    coalesce(n.http_status ~ '^2[0-9][0-9]$', false) AND s.resource_current = '1' AS success,
    CASE WHEN a.as_at IS NULL THEN 'no snapshot has this date'
        WHEN o.id IS NULL THEN 'no organisation'
        WHEN d.id IS NULL THEN 'no dataset'
        WHEN e.endpoint_id IS NULL THEN 'its endpoint is not in the table of endpoints'
        WHEN s.last_attempt <> '' AND la.day IS NULL THEN 'last attempt is not a date'
        WHEN s.last_success <> '' AND ls.day IS NULL THEN 'last success is not a date'
        WHEN s.resource_start_date <> '' AND rs.day IS NULL
        THEN 'start date of the resource is not a date' END AS reason
FROM stage_observation s
LEFT JOIN t_day t ON t.day_text = left(s.as_at, 10)
LEFT JOIN t_as_at a ON a.as_at = t.day
LEFT JOIN t_key_organisation o ON o.text = s.organisation
LEFT JOIN dataset d ON d.dataset = s.dataset
LEFT JOIN t_endpoint e ON e.endpoint = s.endpoint
LEFT JOIN t_source c ON c.source = s.source
LEFT JOIN source ed ON ed.content_key = c.content_key
LEFT JOIN t_answer n ON n.text = s.http_status
LEFT JOIN t_resource r ON r.resource = s.resource
LEFT JOIN t_day la ON la.day_text = s.last_attempt
LEFT JOIN t_day ls ON ls.day_text = s.last_success
LEFT JOIN t_day rs ON rs.day_text = s.resource_start_date;

-- step: reject observations that cannot be used
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'observation', s.seq, t.reason, to_jsonb(s) - 'seq'
FROM t_seen t
JOIN stage_observation s USING (seq)
CROSS JOIN t_context c
WHERE t.reason IS NOT NULL;

-- step: observations
INSERT INTO t_obs (snapshot_id, as_at, organisation_id, dataset_id, endpoint_id, endpoint,
    entry_date, source_id, attempted, success, http_status, exception, last_attempt_at,
    last_success_on, failing_since, resource_id, resource_current, content_changed_on,
    record_count)
SELECT DISTINCT ON (snapshot_id, organisation_id, dataset_id, endpoint_id)
    snapshot_id, as_at, organisation_id, dataset_id, endpoint_id, endpoint, entry_date, source_id,
    last_attempt IS NOT NULL, CASE WHEN last_attempt IS NOT NULL THEN success END, http_status,
    exception, last_attempt::timestamp AT TIME ZONE 'UTC', last_success,
    CASE WHEN NOT success THEN last_success + 1 END, resource_id, resource_current,
    content_changed_on, whole(record_count, 2147483647)
FROM t_seen
WHERE reason IS NULL
ORDER BY snapshot_id, organisation_id, dataset_id, endpoint_id, seq DESC;
