-- What a source without a log of its own (weekly reports, the sample) says of endpoints on each date.

-- step: reject observations that cannot be used
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'observation', s.seq,
    CASE WHEN a.as_at IS NULL THEN 'no snapshot has this date'
        WHEN curie(s.organisation) IS NULL THEN 'no organisation'
        WHEN blank(s.dataset) IS NULL THEN 'no dataset'
        WHEN e.endpoint IS NULL THEN 'its endpoint is not in the table of endpoints'
        ELSE 'a date is not a date' END,
    to_jsonb(s) - 'seq'
FROM stage_observation s
CROSS JOIN t_context c
LEFT JOIN t_as_at a ON a.as_at = iso_date(s.as_at)
LEFT JOIN t_endpoint e ON e.endpoint = s.endpoint
WHERE a.as_at IS NULL OR curie(s.organisation) IS NULL OR blank(s.dataset) IS NULL
    OR e.endpoint IS NULL OR bad_date(s.last_attempt) OR bad_date(s.last_success)
    OR bad_date(s.resource_start_date);

-- step: observations
INSERT INTO t_obs (snapshot_id, as_at, organisation_id, dataset_id, endpoint_id, endpoint,
    entry_date, source_id, attempted, success, http_status, exception, last_attempt_at,
    last_success_on, failing_since, resource_id, resource_current, content_changed_on,
    record_count)
SELECT DISTINCT ON (a.snapshot_id, o.id, d.id, e.endpoint_id)
    a.snapshot_id, a.as_at, o.id, d.id, e.endpoint_id, e.endpoint, e.entry_date, ed.id,
    s.last_attempt IS NOT NULL AND s.last_attempt <> '',
    CASE WHEN s.last_attempt <> ''
        THEN coalesce(s.http_status ~ '^2[0-9][0-9]$', false) AND s.resource_current = '1' END,
    blank(s.http_status), blank(s.exception), iso_date(s.last_attempt)::timestamp AT TIME ZONE 'UTC',
    iso_date(s.last_success),
    CASE WHEN NOT (coalesce(s.http_status ~ '^2[0-9][0-9]$', false) AND s.resource_current = '1')
        THEN iso_date(s.last_success) + 1 END,
    r.resource_id, s.resource_current = '1',
    coalesce(iso_date(s.resource_start_date), r.start_date), whole(s.record_count)
FROM stage_observation s
JOIN t_as_at a ON a.as_at = iso_date(s.as_at)
JOIN organisation o ON o.organisation = curie(s.organisation)
JOIN dataset d ON d.dataset = blank(s.dataset)
JOIN t_endpoint e ON e.endpoint = s.endpoint
LEFT JOIN t_source t ON t.source = s.source
LEFT JOIN source ed ON ed.content_key = t.content_key
LEFT JOIN t_resource r ON r.resource = s.resource
WHERE NOT (bad_date(s.last_attempt) OR bad_date(s.last_success) OR bad_date(s.resource_start_date))
ORDER BY a.snapshot_id, o.id, d.id, e.endpoint_id, s.seq DESC;
