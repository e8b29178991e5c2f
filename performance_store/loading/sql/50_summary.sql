-- The dense fact table: one row per snapshot, organisation and dataset, with status and reasons.

-- step: LPAs on each date
-- By the role register where it knows the body, else by the list of LPAs, else (weekly reports,
-- whose members all are) by membership of the programme. A body that ended has no role, even where
-- the register forgot to end it.
CREATE TEMP TABLE t_lpa ON COMMIT DROP AS
SELECT a.snapshot_id, o.id AS organisation_id
FROM t_as_at a
CROSS JOIN organisation o
LEFT JOIN role_organisation r ON r.organisation_id = o.id AND r.role = 'local-planning-authority'
WHERE CASE
    WHEN (SELECT kind FROM t_context) = 'odp-reports' THEN EXISTS (
        SELECT FROM t_provision p WHERE p.organisation_id = o.id AND p.as_at = a.as_at)
    WHEN o.end_date <= a.as_at THEN false
    WHEN r.organisation_id IS NOT NULL THEN
        (r.start_date IS NULL OR r.start_date <= a.as_at)
        AND (r.end_date IS NULL OR r.end_date > a.as_at)
    ELSE o.listed_as_lpa
        AND (o.start_date IS NULL OR o.start_date <= a.as_at)
    END;

-- step: statistics of LPAs
ANALYZE t_lpa;

-- step: number of LPAs
UPDATE snapshot s SET lpa_count = nullif(x.lpas, 0)
FROM (SELECT snapshot_id, count(*) AS lpas FROM t_lpa GROUP BY 1) x
WHERE x.snapshot_id = s.id;

-- step: provisions of each cell
CREATE TEMP TABLE t_owed ON COMMIT DROP AS
SELECT p.*, pr.priority,
    p.provision_reason IN ('statutory', 'expected', 'encouraged', 'prospective') AS any_reason,
    count(*) OVER (PARTITION BY p.as_at, p.organisation_id, p.dataset_id) AS siblings
FROM t_provision p
LEFT JOIN provision_reason pr ON pr.provision_reason = p.provision_reason;

-- step: obligations on each date
-- Nearly every cell has one provision; the few with more are weighed against each other. What
-- has to be provided goes before what is only encouraged, whatever the register's priorities.
CREATE TEMP TABLE t_obligation ON COMMIT DROP AS
SELECT a.snapshot_id, p.organisation_id, p.dataset_id, nullif(p.provision_reason, '') AS reason,
    p.provision_reason = 'expected' AND coalesce(p.project = 'open-digital-planning', false)
        AS programme,
    p.provision_reason = 'statutory' AS statutory,
    p.any_reason, p.project, p.cohort
FROM t_as_at a
JOIN t_owed p ON (p.as_at IS NULL OR p.as_at = a.as_at)
    AND (p.start_date IS NULL OR p.start_date <= a.as_at)
    AND (p.end_date IS NULL OR p.end_date > a.as_at)
WHERE p.siblings = 1
UNION ALL
SELECT a.snapshot_id, p.organisation_id, p.dataset_id,
    (array_agg(nullif(p.provision_reason, '') ORDER BY p.provision_reason IN ('statutory',
        'expected') DESC, p.priority DESC NULLS LAST, p.seq))[1],
    bool_or(p.provision_reason = 'expected' AND coalesce(p.project = 'open-digital-planning',
        false)),
    bool_or(p.provision_reason = 'statutory'),
    bool_or(p.any_reason),
    (array_agg(p.project ORDER BY p.project IS NULL, p.priority DESC NULLS LAST, p.seq))[1],
    (array_agg(p.cohort ORDER BY p.cohort IS NULL, p.priority DESC NULLS LAST, p.seq))[1]
FROM t_as_at a
JOIN t_owed p ON (p.as_at IS NULL OR p.as_at = a.as_at)
    AND (p.start_date IS NULL OR p.start_date <= a.as_at)
    AND (p.end_date IS NULL OR p.end_date > a.as_at)
WHERE p.siblings > 1
GROUP BY 1, 2, 3;

-- step: statistics of obligations
ANALYZE t_obligation;

-- step: endpoints of each cell
CREATE TEMP TABLE t_cell ON COMMIT DROP AS
SELECT snapshot_id, organisation_id, dataset_id, count(*) AS endpoints,
    count(*) FILTER (WHERE attempted) AS attempted,
    count(*) FILTER (WHERE attempted AND NOT success) AS failing,
    max(last_success_on) AS best_success_on,
    max(content_changed_on) AS content_changed_on,
    bool_or(success AND resource_current) AS collected,
    (array['ok', 'failing', 'broken', 'long_broken', 'never', 'unknown'])[min(array_position(
        array['ok', 'failing', 'broken', 'long_broken', 'never', 'unknown'], access_band))]
        AS access_band
FROM t_obs
GROUP BY 1, 2, 3;

-- step: issues counted by severity and responsibility
CREATE TEMP TABLE t_severity ON COMMIT DROP AS
SELECT snapshot_id, organisation_id, dataset_id,
    sum(problems) FILTER (WHERE severity = 'critical' AND responsibility = 'external') AS ce,
    sum(problems) FILTER (WHERE severity = 'critical' AND responsibility <> 'external') AS ci,
    sum(problems) FILTER (WHERE severity = 'error' AND responsibility = 'external') AS ee,
    sum(problems) FILTER (WHERE severity = 'error' AND responsibility <> 'external') AS ei,
    sum(problems) FILTER (WHERE severity = 'warning' AND responsibility = 'external') AS we,
    sum(problems) FILTER (WHERE severity = 'warning' AND responsibility <> 'external') AS wi,
    sum(problems) FILTER (WHERE severity = 'notice' AND responsibility = 'external') AS ne,
    sum(problems) FILTER (WHERE severity = 'notice' AND responsibility <> 'external') AS ni,
    sum(problems) FILTER (WHERE severity IN ('info', 'debug')) AS info,
    sum(problems) FILTER (WHERE severity NOT IN
        ('critical', 'error', 'warning', 'notice', 'info', 'debug')) AS other,
    count(DISTINCT issue_type_id) FILTER (WHERE severity IN ('critical', 'error')
        AND responsibility = 'external') AS open_types
FROM t_issue_count
WHERE NOT is_past
GROUP BY 1, 2, 3;

-- step: cells with a past problem that would have to be fixed
-- They do not count, but the status stays the platform's.
CREATE TEMP TABLE t_past_error ON COMMIT DROP AS
SELECT DISTINCT snapshot_id, organisation_id, dataset_id
FROM t_issue_count
WHERE is_past AND severity IN ('critical', 'error') AND responsibility = 'external';

-- step: what each cell supplies
-- All that hangs on endpoints, so that the many cells without one are joined to it once.
CREATE TEMP TABLE t_supply ON COMMIT DROP AS
SELECT c.*, p.endpoint_id, p.source_id, p.http_status, p.exception, p.last_attempt_at,
    p.last_success_on, p.resource_id, p.resource_current,
    p.content_changed_on AS endpoint_updated_on,
    u.organisation_id IS NOT NULL AS has_resource, u.last_good, s.ce, s.ci, s.ee, s.ei, s.we, s.wi,
    s.ne, s.ni, s.info, s.other, s.open_types, n.record_count, r.rows_ce, r.rows_ci, r.rows_ee,
    r.rows_ei, r.rows_we, r.rows_wi, r.rows_ne, r.rows_ni, r.rows_to_fix,
    h.organisation_id IS NOT NULL AS past_error
FROM t_cell c
JOIN t_primary p USING (snapshot_id, organisation_id, dataset_id)
LEFT JOIN (
    SELECT snapshot_id, organisation_id, dataset_id,
        NOT coalesce(bool_or(current) FILTER (WHERE NOT is_past), true) AS last_good
    FROM t_use GROUP BY 1, 2, 3
) u USING (snapshot_id, organisation_id, dataset_id)
LEFT JOIN t_severity s USING (snapshot_id, organisation_id, dataset_id)
LEFT JOIN t_cell_rows r USING (snapshot_id, organisation_id, dataset_id)
LEFT JOIN t_past_error h USING (snapshot_id, organisation_id, dataset_id)
LEFT JOIN t_record_count n USING (snapshot_id, organisation_id, dataset_id);

-- step: statistics of supplies
ANALYZE t_supply, t_expectation, t_field_count, t_issue_gap, t_unprocessed;

-- step: summaries
-- Status, first match wins. Reasons say why, whatever the status.
INSERT INTO t_summary (snapshot_id, snapshot_kind, from_on, to_on, organisation_id, dataset_id, is_lpa, in_denominator,
    in_programme, in_statutory, in_any, provision_reason, project, cohort, status, reasons,
    access_band, freshness_band, stage, endpoint_count, endpoint_attempted_count,
    endpoint_failing_count, endpoint_id, source_id, http_status, exception, last_attempt_on,
    last_attempt_ago, last_success_on, last_success_ago, best_success_on, best_success_ago,
    resource_id, resource_current, endpoint_updated_on,
    content_changed_on,
    issues_of_last_good, critical_external, critical_internal, error_external, error_internal,
    warning_external, warning_internal, notice_external, notice_internal, info_count,
    unclassified_count, issue_type_count, rows_critical_external, rows_critical_internal,
    rows_error_external, rows_error_internal, rows_warning_external, rows_warning_internal,
    rows_notice_external, rows_notice_internal, rows_to_fix, fields_total, fields_supplied, fields_matched,
    record_count, expectations_failed)
SELECT f.snapshot_id, (SELECT kind FROM t_context), as_at, as_at, f.organisation_id,
    f.dataset_id, f.is_lpa, f.in_denominator,
    f.in_programme, f.in_statutory, f.in_any, f.reason, f.project, f.cohort,
    CASE
        WHEN endpoints = 0 THEN 'not_submitted'
        WHEN knows_logs AND attempted = 0 THEN 'processing'
        WHEN knows_logs AND failing = attempted THEN 'error'
        WHEN NOT knows_logs OR NOT knows_issues THEN 'unknown'
        WHEN failing > 0 OR open_types > 0 OR past_error OR boundary_failed
            THEN 'needs_improving'
        ELSE 'live'
    END,
    CASE WHEN endpoints = 0 AND NOT boundary_failed AND NOT unprocessed THEN ARRAY['no_endpoint']
    ELSE array_remove(ARRAY[
        CASE WHEN endpoints = 0 THEN 'no_endpoint' END,
        CASE WHEN endpoints = 0 AND unprocessed THEN 'endpoint_not_processed' END,
        CASE WHEN endpoints > 0 AND knows_logs AND attempted = 0 THEN 'not_attempted' END,
        CASE WHEN attempted > 0 AND failing = attempted THEN 'all_endpoints_failing' END,
        CASE WHEN failing > 0 AND failing < attempted THEN 'some_endpoints_failing' END,
        CASE WHEN open_types > 0 THEN 'issues_to_fix' END,
        CASE WHEN boundary_failed THEN 'outside_boundary' END,
        CASE WHEN endpoints > 0 AND NOT knows_logs THEN 'logs_not_known' END,
        CASE WHEN endpoints > 0 AND NOT knows_issues THEN 'issues_not_known' END,
        CASE WHEN counted AND last_good THEN 'issues_of_last_good' END
    ], NULL) END,
    access_band,
    CASE
        WHEN content_changed_on IS NULL THEN 'unknown'
        WHEN as_at - content_changed_on <= d.fresh_days THEN 'fresh'
        WHEN as_at - content_changed_on <= d.ageing_days THEN 'ageing'
        ELSE 'stale'
    END,
    CASE
        WHEN endpoints = 0 THEN CASE WHEN in_denominator THEN 'expected' ELSE 'none' END
        WHEN best_success_on IS NULL OR as_at - best_success_on >= 5 THEN 'endpoint'
        WHEN NOT collected THEN 'reachable'
        WHEN NOT counted OR coalesce(ee, 0) + coalesce(ce, 0) > 0 THEN 'collected'
        WHEN fields_total > 0 AND fields_supplied * 100 >= fields_total * 80 THEN 'conformant'
        ELSE 'error_free'
    END,
    endpoints, attempted, failing, endpoint_id, source_id, http_status, exception,
    distant_day(last_attempt_on, as_at), days_ago(last_attempt_on, as_at),
    distant_day(last_success_on, as_at), days_ago(last_success_on, as_at),
    distant_day(best_success_on, as_at), days_ago(best_success_on, as_at), resource_id,
    resource_current, endpoint_updated_on, content_changed_on, counted AND last_good,
    CASE WHEN counted THEN coalesce(ce, 0) END, CASE WHEN counted THEN coalesce(ci, 0) END,
    CASE WHEN counted THEN coalesce(ee, 0) END, CASE WHEN counted THEN coalesce(ei, 0) END,
    CASE WHEN counted THEN coalesce(we, 0) END, CASE WHEN counted THEN coalesce(wi, 0) END,
    CASE WHEN counted THEN coalesce(ne, 0) END, CASE WHEN counted THEN coalesce(ni, 0) END,
    CASE WHEN counted THEN coalesce(info, 0) END, CASE WHEN counted THEN coalesce(other, 0) END,
    CASE WHEN counted THEN coalesce(open_types, 0) END,
    CASE WHEN row_counted THEN coalesce(rows_ce, 0) END,
    CASE WHEN row_counted THEN coalesce(rows_ci, 0) END,
    CASE WHEN row_counted THEN coalesce(rows_ee, 0) END,
    CASE WHEN row_counted THEN coalesce(rows_ei, 0) END,
    CASE WHEN row_counted THEN coalesce(rows_we, 0) END,
    CASE WHEN row_counted THEN coalesce(rows_wi, 0) END,
    CASE WHEN row_counted THEN coalesce(rows_ne, 0) END,
    CASE WHEN row_counted THEN coalesce(rows_ni, 0) END,
    CASE WHEN row_counted THEN coalesce(rows_to_fix, 0) END,
    fields_total, fields_supplied, fields_matched, record_count, expectations_failed
FROM (
    SELECT a.as_at, snapshot_id, organisation_id, dataset_id,
        l.organisation_id IS NOT NULL AS is_lpa,
        b.organisation_id IS NOT NULL AS in_denominator,
        l.organisation_id IS NOT NULL AND coalesce(b.programme, false) AS in_programme,
        l.organisation_id IS NOT NULL AND coalesce(b.statutory, false) AS in_statutory,
        l.organisation_id IS NOT NULL AND coalesce(b.any_reason, false) AS in_any,
        b.reason, b.project, b.cohort,
        coalesce(c.endpoints, 0) AS endpoints, coalesce(c.attempted, 0) AS attempted,
        CASE WHEN a.knows_logs THEN coalesce(c.failing, 0) END AS failing,
        c.best_success_on, coalesce(c.collected, false) AS collected,
        coalesce(c.access_band, 'unknown') AS access_band, a.knows_logs,
        a.knows_issues AND x.organisation_id IS NULL AS knows_issues,
        coalesce(e.boundary_failed, false) AS boundary_failed,
        n.organisation_id IS NOT NULL AS unprocessed,
        CASE WHEN a.knows_expectations THEN coalesce(e.failed, 0) END AS expectations_failed,
        c.endpoint_id, c.source_id, c.http_status, c.exception,
        (c.last_attempt_at AT TIME ZONE 'UTC')::date AS last_attempt_on, c.last_success_on,
        c.resource_id, coalesce(c.resource_current, false) AS resource_current,
        c.endpoint_updated_on, c.content_changed_on,
        coalesce(c.has_resource, false) AND a.knows_issues AND x.organisation_id IS NULL
            AS counted,
        coalesce(c.has_resource AND k.knows_rows, false) AND x.organisation_id IS NULL
            AS row_counted,
        c.ce, c.ci, c.ee, c.ei, c.we, c.wi, c.ne, c.ni, c.info, c.other, c.open_types,
        c.rows_ce, c.rows_ci, c.rows_ee, c.rows_ei, c.rows_we, c.rows_wi, c.rows_ne, c.rows_ni,
        c.rows_to_fix, coalesce(c.past_error, false) AS past_error,
        c.last_good, f.fields_total, f.fields_supplied, f.fields_matched, c.record_count
    FROM t_obligation b
    FULL JOIN t_supply c USING (snapshot_id, organisation_id, dataset_id)
    JOIN t_as_at a USING (snapshot_id)
    LEFT JOIN t_known_rows k USING (snapshot_id)
    LEFT JOIN t_lpa l USING (snapshot_id, organisation_id)
    LEFT JOIN t_field_count f USING (snapshot_id, organisation_id, dataset_id)
    LEFT JOIN t_expectation e USING (organisation_id, dataset_id)
    LEFT JOIN t_issue_gap x USING (snapshot_id, organisation_id, dataset_id)
    LEFT JOIN t_unprocessed n USING (snapshot_id, organisation_id, dataset_id)
) f
JOIN dataset d ON d.id = f.dataset_id;

-- step: keep summaries as intervals
SELECT record_intervals('summary_interval', 't_summary', (SELECT kind FROM t_context),
    (SELECT array_agg(as_at) FROM t_as_at));

-- step: issue summaries
INSERT INTO t_issue_summary (snapshot_id, snapshot_kind, from_on, to_on, organisation_id,
    dataset_id, issue_type_id, field, severity, responsibility, problems, rows, of_last_good)
SELECT c.snapshot_id, (SELECT kind FROM t_context), a.as_at, a.as_at, c.organisation_id, c.dataset_id, c.issue_type_id, c.field, min(c.severity),
    min(c.responsibility), sum(c.problems), CASE WHEN bool_and(k.knows_rows) THEN sum(r.rows) END,
    NOT bool_or(c.current)
FROM t_issue_count c
JOIN t_as_at a USING (snapshot_id)
LEFT JOIN t_known_rows k USING (snapshot_id)
LEFT JOIN t_type_rows r USING (dataset_id, resource_id, issue_type_id, field)
WHERE NOT c.is_past
GROUP BY c.snapshot_id, a.as_at, c.organisation_id, c.dataset_id, c.issue_type_id, c.field;

-- step: keep issue summaries as intervals
SELECT record_intervals('issue_interval', 't_issue_summary', (SELECT kind FROM t_context),
    (SELECT array_agg(as_at) FROM t_as_at));

-- step: past issues
INSERT INTO t_past_issue (snapshot_id, snapshot_kind, from_on, to_on, organisation_id, dataset_id,
    resource_id, issue_type_id, field, severity, responsibility, problems, rows)
SELECT c.snapshot_id, (SELECT kind FROM t_context), a.as_at, a.as_at, c.organisation_id, c.dataset_id, c.resource_id, c.issue_type_id, c.field,
    c.severity, c.responsibility, c.problems, CASE WHEN k.knows_rows THEN r.rows END
FROM t_issue_count c
JOIN t_as_at a USING (snapshot_id)
LEFT JOIN t_known_rows k USING (snapshot_id)
LEFT JOIN t_type_rows r USING (dataset_id, resource_id, issue_type_id, field)
WHERE c.is_past;

-- step: keep past issues as intervals
SELECT record_intervals('past_issue_interval', 't_past_issue', (SELECT kind FROM t_context),
    (SELECT array_agg(as_at) FROM t_as_at));

-- step: rules in force
UPDATE snapshot s SET issue_rules = x.rules
FROM (
    SELECT a.snapshot_id, md5(coalesce(string_agg(DISTINCT concat_ws('|', i.issue_type,
        i.severity, i.responsibility), ','), '')) AS rules
    FROM t_as_at a
    LEFT JOIN (
        SELECT t.snapshot_id, k.issue_type, t.severity, t.responsibility
        FROM t_issue_count t JOIN issue_type k ON k.id = t.issue_type_id
        GROUP BY 1, 2, 3, 4
    ) i USING (snapshot_id)
    GROUP BY 1
) x
WHERE x.snapshot_id = s.id;

-- step: statistics of summaries
ANALYZE t_summary, t_issue_summary, summary_interval, issue_interval, endpoint_interval;
