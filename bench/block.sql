-- Some nights of the past (:near to :far), as the loader's statements expect them: in its own
-- temporary tables.

-- step: loads and snapshots
CREATE TEMP TABLE t_nth ON COMMIT DROP AS
SELECT n, as_at - n AS as_at FROM h_night, generate_series(:near, :far) n;
WITH made AS (
    INSERT INTO load (kind, input, fingerprint, ruleset_version, state, started_at, finished_at,
        missing, counts, timings)
    SELECT kind, input, md5(t.as_at::text) || md5(t.as_at::text || 'x'), l.ruleset_version, state,
        t.as_at + time '05:00', t.as_at + time '05:01', missing, counts, timings
    FROM t_nth t JOIN load l ON l.id = (SELECT load_id FROM h_night)
    ORDER BY t.as_at
    RETURNING id, started_at, fingerprint, ruleset_version
)
INSERT INTO snapshot (load_id, as_at, kind, scope, fingerprint, ruleset_version, issue_rules, knows)
SELECT m.id, m.started_at::date, 'platform', h.scope, m.fingerprint, m.ruleset_version, '', h.knows
FROM made m, h_night h ORDER BY 2;
CREATE TEMP TABLE t_as_at ON COMMIT DROP AS
SELECT s.as_at, s.id AS snapshot_id, 'logs' = ANY (s.knows) AS knows_logs,
    'issues' = ANY (s.knows) AS knows_issues, 'fields' = ANY (s.knows) AS knows_columns,
    'expectations' = ANY (s.knows) AS knows_expectations, t.n
FROM t_nth t JOIN snapshot s ON s.as_at = t.as_at AND s.kind = 'platform';
CREATE TEMP TABLE t_context ON COMMIT DROP AS
SELECT load_id, 'platform' AS kind, 2::smallint AS authority_rank FROM h_night;
ANALYZE t_as_at;

-- step: what no night of the past has
CREATE TEMP TABLE t_source ON COMMIT DROP AS
SELECT content_key, source, organisation_id, endpoint_id, collection, licence, documentation_url,
    entry_date, end_date FROM source WITH NO DATA;
CREATE TEMP TABLE t_endpoint ON COMMIT DROP AS
SELECT id AS endpoint_id, endpoint, entry_date, end_date FROM endpoint WITH NO DATA;
CREATE TEMP TABLE t_touched (snapshot_id int PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE t_expectation (organisation_id int, dataset_id int, failed bigint,
    boundary_failed boolean) ON COMMIT DROP;

-- step: provisions
-- What the night obliges to was so all along, whenever it began: that costs more, not less.
CREATE TEMP TABLE t_provision ON COMMIT DROP AS
SELECT p.seq, NULL::date AS as_at, p.organisation_id, p.dataset_id, p.provision_reason, p.project,
    CASE WHEN c.number > 0 AND p.cohort IS NOT NULL THEN c.cohort ELSE p.cohort END AS cohort,
    p.role, p.specification, CASE WHEN p.start_date > h.as_at THEN p.start_date END AS start_date,
    p.end_date, p.start_date AS began
FROM h_provision p CROSS JOIN h_night h
LEFT JOIN h_cohort c ON c.organisation_id = p.organisation_id AND :near BETWEEN c.from_n AND c.to_n;
CREATE TEMP TABLE t_provision_interval ON COMMIT DROP AS
SELECT p.organisation_id, p.dataset_id, CASE WHEN p.cohort IS NOT DISTINCT FROM h.cohort
        THEN h.content_key ELSE md5(h.content_key || '|' || p.cohort)::uuid END AS content_key,
    p.provision_reason, p.project, p.cohort, p.role, p.specification, p.began AS start_date,
    p.end_date, (SELECT min(as_at) FROM t_as_at) AS from_on,
    (SELECT max(as_at) FROM t_as_at) AS to_on
FROM t_provision p JOIN h_provision h USING (seq);
SELECT record_intervals('provision_interval', 't_provision_interval', 'platform',
    (SELECT array_agg(as_at) FROM t_as_at));
ANALYZE t_provision;

-- step: observations
INSERT INTO t_obs (snapshot_id, as_at, organisation_id, dataset_id, endpoint_id, endpoint,
    entry_date, source_id, attempted, success, http_status, exception, last_attempt_at,
    last_success_on, failing_since, resource_id, resource_current, content_changed_on)
SELECT a.snapshot_id, a.as_at, s.organisation_id, s.dataset_id, e.id, e.endpoint, e.entry_date,
    coalesce(d.id, s.source_id), true, w.success, w.http_status, w.exception,
    (a.as_at + time '02:00') AT TIME ZONE 'UTC',
    CASE WHEN w.success THEN a.as_at WHEN w.to_n < 1000000 THEN h.as_at - w.to_n - 1 END,
    CASE WHEN NOT w.success THEN h.as_at - least(w.to_n, :nights) END, r.id, w.success, r.start_date
FROM t_as_at a
CROSS JOIN h_night h
CROSS JOIN h_slot s
JOIN h_answer w ON w.key = s.endpoint_id AND a.n BETWEEN w.from_n AND w.to_n
CROSS JOIN LATERAL (
    SELECT endpoint_id, number FROM h_address x
    WHERE x.key = s.endpoint_id AND x.from_n <= a.n ORDER BY from_n DESC LIMIT 1) x
JOIN endpoint e ON e.id = x.endpoint_id
LEFT JOIN source d ON x.number > 0 AND d.content_key = md5(s.source_id || '-' || x.endpoint_id)
-- What failed has its last good copy.
LEFT JOIN LATERAL (
    SELECT resource_id FROM h_content y
    WHERE y.line = s.line AND y.from_n <= CASE WHEN w.success THEN a.n
        ELSE greatest(least(w.to_n + 1, :end), a.n) END ORDER BY from_n DESC LIMIT 1) y ON true
LEFT JOIN resource r ON r.id = y.resource_id;
