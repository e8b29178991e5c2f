-- The former tables give way to views of the same names, which read the intervals.

-- step: the former tables
DROP FUNCTION carry_over(text, date[]);
DROP FUNCTION carry_log();
DROP TABLE carried;
DROP TABLE summary, endpoint_state, issue_summary, past_issue, coverage, provision, endpoint_log;
DROP VIEW organisation_dataset_summary, provision_summary, current_snapshot;
ALTER TABLE snapshot DROP COLUMN provision_register_id;
DROP TABLE provision_register;

-- step: tasks of the newest snapshots are open
UPDATE task_observation t SET to_on = 'infinity'
FROM (SELECT kind, max(as_at) AS as_at FROM snapshot GROUP BY 1) n
WHERE n.kind = t.snapshot_kind AND n.as_at = t.to_on;
UPDATE task_judgement t SET to_on = 'infinity'
FROM (SELECT kind, max(as_at) AS as_at FROM snapshot GROUP BY 1) n
WHERE n.kind = t.snapshot_kind AND n.as_at = t.to_on;

-- step: summary
CREATE VIEW summary AS
SELECT n.id AS snapshot_id, i.organisation_id, i.dataset_id, i.is_lpa, i.in_denominator,
    i.in_programme, i.in_statutory, i.in_any, i.in_to_provide, i.provision_reason, i.project,
    i.cohort, i.status, i.reasons, i.access_band, i.freshness_band, i.stage, i.endpoint_count,
    i.endpoint_attempted_count, i.endpoint_failing_count, i.endpoint_id, i.source_id,
    i.http_status, i.exception,
    coalesce(i.last_attempt_on, n.as_at - i.last_attempt_ago) AS last_attempt_on,
    coalesce(i.last_success_on, n.as_at - i.last_success_ago) AS last_success_on,
    coalesce(i.best_success_on, n.as_at - i.best_success_ago) AS best_success_on, i.resource_id,
    i.resource_current, i.endpoint_updated_on, i.content_changed_on, i.issues_of_last_good,
    i.critical_external, i.critical_internal, i.error_external, i.error_internal,
    i.warning_external, i.warning_internal, i.notice_external, i.notice_internal, i.info_count,
    i.unclassified_count, i.issue_type_count, i.rows_critical_external, i.rows_critical_internal,
    i.rows_error_external, i.rows_error_internal, i.rows_warning_external,
    i.rows_warning_internal, i.rows_notice_external, i.rows_notice_internal, i.rows_to_fix,
    i.fields_total, i.fields_supplied, i.fields_matched, i.record_count, i.expectations_failed
FROM snapshot n
JOIN summary_interval i ON i.snapshot_kind = n.kind AND i.from_on <= n.as_at
    AND i.to_on >= n.as_at;

-- step: endpoint_state
CREATE VIEW endpoint_state AS
SELECT n.id AS snapshot_id, i.organisation_id, i.dataset_id, i.endpoint_id, i.source_id,
    i.is_primary, i.attempted, i.success, i.http_status, i.exception,
    coalesce(i.last_attempt_on, n.as_at - i.last_attempt_ago) AS last_attempt_on,
    coalesce(i.last_success_on, n.as_at - i.last_success_ago) AS last_success_on, i.failing_since,
    i.resource_id, i.resource_current, i.access_band, i.shared_with
FROM snapshot n
JOIN endpoint_interval i ON i.snapshot_kind = n.kind AND i.from_on <= n.as_at
    AND i.to_on >= n.as_at;

-- step: issue_summary
CREATE VIEW issue_summary AS
SELECT n.id AS snapshot_id, i.organisation_id, i.dataset_id, i.issue_type_id, i.field, i.severity,
    i.responsibility, i.problems, i.of_last_good, i.rows
FROM snapshot n
JOIN issue_interval i ON i.snapshot_kind = n.kind AND i.from_on <= n.as_at
    AND i.to_on >= n.as_at;

-- step: past_issue
CREATE VIEW past_issue AS
SELECT n.id AS snapshot_id, i.organisation_id, i.dataset_id, i.resource_id, i.issue_type_id,
    i.field, i.severity, i.responsibility, i.problems, i.rows
FROM snapshot n
JOIN past_issue_interval i ON i.snapshot_kind = n.kind AND i.from_on <= n.as_at
    AND i.to_on >= n.as_at;

-- step: coverage
CREATE VIEW coverage AS
SELECT i.denominator, i.dimension, i.value, i.dataset, n.id AS snapshot_id, i.expected,
    i.endpoint, i.reachable, i.collected, i.error_free, i.conformant, i.answering,
    i.not_submitted, i.processing, i.error, i.unknown, i.needs_improving, i.live, i.fresh,
    i.ageing, i.stale, i.organisations, i.organisations_some, i.organisations_all
FROM snapshot n
JOIN coverage_interval i ON i.snapshot_kind = n.kind AND i.from_on <= n.as_at
    AND i.to_on >= n.as_at;

-- step: provision
CREATE VIEW provision AS
SELECT n.id AS snapshot_id, i.organisation_id, i.dataset_id, i.provision_reason, i.project,
    i.cohort, i.role, i.specification, i.start_date, i.end_date
FROM snapshot n
JOIN provision_interval i ON i.snapshot_kind = n.kind AND i.from_on <= n.as_at
    AND i.to_on >= n.as_at;

-- step: the rows of one snapshot
-- As the views have them. What the snapshot is comes as two values, so that the rows are looked up
-- by them: joined to a table of snapshots, every interval of an authority would be read first.

CREATE FUNCTION summary_of(of_snapshot integer) RETURNS SETOF summary
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT of_snapshot, i.organisation_id, i.dataset_id, i.is_lpa, i.in_denominator, i.in_programme,
    i.in_statutory, i.in_any, i.in_to_provide, i.provision_reason, i.project, i.cohort, i.status,
    i.reasons, i.access_band, i.freshness_band, i.stage, i.endpoint_count,
    i.endpoint_attempted_count, i.endpoint_failing_count, i.endpoint_id, i.source_id,
    i.http_status, i.exception, coalesce(i.last_attempt_on,
    (SELECT as_at FROM snapshot WHERE id = of_snapshot) - i.last_attempt_ago) AS last_attempt_on,
    coalesce(i.last_success_on,
    (SELECT as_at FROM snapshot WHERE id = of_snapshot) - i.last_success_ago) AS last_success_on,
    coalesce(i.best_success_on,
    (SELECT as_at FROM snapshot WHERE id = of_snapshot) - i.best_success_ago) AS best_success_on,
    i.resource_id, i.resource_current, i.endpoint_updated_on, i.content_changed_on,
    i.issues_of_last_good, i.critical_external, i.critical_internal, i.error_external,
    i.error_internal, i.warning_external, i.warning_internal, i.notice_external,
    i.notice_internal, i.info_count, i.unclassified_count, i.issue_type_count,
    i.rows_critical_external, i.rows_critical_internal, i.rows_error_external,
    i.rows_error_internal, i.rows_warning_external, i.rows_warning_internal,
    i.rows_notice_external, i.rows_notice_internal, i.rows_to_fix, i.fields_total,
    i.fields_supplied, i.fields_matched, i.record_count, i.expectations_failed
FROM summary_interval i
WHERE i.snapshot_kind = (SELECT kind FROM snapshot WHERE id = of_snapshot)
    AND i.from_on <= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
    AND i.to_on >= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
$$;

CREATE FUNCTION endpoint_state_of(of_snapshot integer) RETURNS SETOF endpoint_state
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT of_snapshot, i.organisation_id, i.dataset_id, i.endpoint_id, i.source_id, i.is_primary,
    i.attempted, i.success, i.http_status, i.exception, coalesce(i.last_attempt_on,
    (SELECT as_at FROM snapshot WHERE id = of_snapshot) - i.last_attempt_ago) AS last_attempt_on,
    coalesce(i.last_success_on,
    (SELECT as_at FROM snapshot WHERE id = of_snapshot) - i.last_success_ago) AS last_success_on,
    i.failing_since, i.resource_id, i.resource_current, i.access_band, i.shared_with
FROM endpoint_interval i
WHERE i.snapshot_kind = (SELECT kind FROM snapshot WHERE id = of_snapshot)
    AND i.from_on <= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
    AND i.to_on >= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
$$;

CREATE FUNCTION issue_summary_of(of_snapshot integer) RETURNS SETOF issue_summary
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT of_snapshot, i.organisation_id, i.dataset_id, i.issue_type_id, i.field, i.severity,
    i.responsibility, i.problems, i.of_last_good, i.rows
FROM issue_interval i
WHERE i.snapshot_kind = (SELECT kind FROM snapshot WHERE id = of_snapshot)
    AND i.from_on <= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
    AND i.to_on >= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
$$;

CREATE FUNCTION past_issue_of(of_snapshot integer) RETURNS SETOF past_issue
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT of_snapshot, i.organisation_id, i.dataset_id, i.resource_id, i.issue_type_id, i.field,
    i.severity, i.responsibility, i.problems, i.rows
FROM past_issue_interval i
WHERE i.snapshot_kind = (SELECT kind FROM snapshot WHERE id = of_snapshot)
    AND i.from_on <= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
    AND i.to_on >= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
$$;

CREATE FUNCTION coverage_of(of_snapshot integer) RETURNS SETOF coverage
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT i.denominator, i.dimension, i.value, i.dataset, of_snapshot, i.expected, i.endpoint,
    i.reachable, i.collected, i.error_free, i.conformant, i.answering, i.not_submitted,
    i.processing, i.error, i.unknown, i.needs_improving, i.live, i.fresh, i.ageing, i.stale,
    i.organisations, i.organisations_some, i.organisations_all
FROM coverage_interval i
WHERE i.snapshot_kind = (SELECT kind FROM snapshot WHERE id = of_snapshot)
    AND i.from_on <= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
    AND i.to_on >= (SELECT as_at FROM snapshot WHERE id = of_snapshot)
$$;

-- step: those of some dates that an interval covers
-- In: the dates, in order. Each is found by halving, so that nobody compares dates with intervals.
CREATE FUNCTION covered(days date[], from_on date, to_on date) RETURNS date[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT days[width_bucket(from_on - 1, days) + 1 : width_bucket(to_on, days)] $$;

-- step: rules that changed between two snapshots
-- A type that nobody had before and many have now ('added'), that many had and nobody has now
-- ('removed'), or whose severity or responsibility is another ('moved').
CREATE OR REPLACE FUNCTION rule_changes(now_id integer, before_id integer)
RETURNS TABLE (
    issue_type_id integer, change text, severity text, responsibility text, old_severity text,
    old_responsibility text, cells bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH types AS (
    SELECT snapshot_id, x.issue_type_id, min(x.severity) AS severity,
        min(x.responsibility) AS responsibility, count(*) AS cells
    FROM (
        SELECT s.snapshot_id, s.issue_type_id, min(s.severity) AS severity,
            min(s.responsibility) AS responsibility
        FROM (SELECT * FROM issue_summary_of(now_id)
            UNION ALL SELECT * FROM issue_summary_of(before_id)) s
        GROUP BY s.snapshot_id, s.issue_type_id, s.organisation_id, s.dataset_id
    ) x
    GROUP BY 1, 2
)
SELECT issue_type_id, CASE WHEN b.cells IS NULL THEN 'added' WHEN n.cells IS NULL THEN 'removed'
        ELSE 'moved' END, n.severity, n.responsibility, b.severity, b.responsibility,
    coalesce(n.cells, b.cells)
FROM (SELECT * FROM types WHERE snapshot_id = now_id) n
FULL JOIN (SELECT * FROM types WHERE snapshot_id = before_id) b USING (issue_type_id)
WHERE EXISTS (SELECT FROM types WHERE snapshot_id = now_id)
    AND EXISTS (SELECT FROM types WHERE snapshot_id = before_id)
    AND CASE WHEN b.cells IS NULL THEN n.cells >= 20 WHEN n.cells IS NULL THEN b.cells >= 20
        ELSE n.cells >= 10 AND (n.severity, n.responsibility) <> (b.severity, b.responsibility) END
$$;

-- step: cells that changed rules alone blocked, or freed
-- What blocks is an issue to be fixed: external, error or critical. -1: nothing blocked before, and
-- all that does now does so because of a rule. 1: all that blocked before no longer does because of
-- a rule: its check is gone, or what it still finds there is another's to mend or less severe.
CREATE OR REPLACE FUNCTION rule_effects(now_id integer, before_id integer)
RETURNS TABLE (organisation_id integer, dataset_id integer, effect integer)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH rules AS MATERIALIZED (SELECT r.issue_type_id, r.change FROM rule_changes(now_id, before_id) r)
SELECT c.organisation_id, c.dataset_id, CASE WHEN bool_or(c.blocks) THEN -1 ELSE 1 END
FROM (
    SELECT s.organisation_id, s.dataset_id, s.issue_type_id,
        bool_or(s.snapshot_id = now_id) AS there,
        bool_or(s.snapshot_id = now_id AND s.severity IN ('critical', 'error')
            AND s.responsibility = 'external') AS blocks,
        bool_or(s.snapshot_id = before_id AND s.severity IN ('critical', 'error')
            AND s.responsibility = 'external') AS blocked
    FROM (SELECT * FROM issue_summary_of(now_id)
        UNION ALL SELECT * FROM issue_summary_of(before_id)) s
    WHERE EXISTS (SELECT FROM rules)
    GROUP BY 1, 2, 3
) c
LEFT JOIN rules r USING (issue_type_id)
GROUP BY 1, 2
HAVING (bool_or(c.blocks) AND NOT bool_or(c.blocked)
        AND bool_and(r.change IS NOT NULL) FILTER (WHERE c.blocks))
    OR (bool_or(c.blocked) AND NOT bool_or(c.blocks)
        AND bool_and(coalesce(r.change = 'removed' OR (r.change = 'moved' AND c.there), false))
            FILTER (WHERE c.blocked))
$$;

-- step: organisation_dataset_summary of a snapshot
CREATE OR REPLACE FUNCTION organisation_dataset_summary_of(of_snapshot integer)
RETURNS TABLE (
    id bigint, organisation_id text, collection_name text, dataset_name text, endpoint_url text,
    documentation_url text, endpoint_last_accessed date, endpoint_last_updated date, licence text,
    issue_count integer, record_count integer, fields_supplied_count smallint,
    field_match_count smallint, error_count integer, last_modified timestamptz,
    as_at date, kind text, organisation_name text, region text, is_lpa boolean,
    provision_reason text, project text, cohort text, in_denominator boolean, status text,
    reasons text[], access_band text, freshness_band text, stage text, endpoint_count smallint,
    error_endpoint_count smallint, latest_status text, latest_exception text,
    endpoint_last_success date, issues_of_last_good boolean, fields_total_count smallint,
    issue_type_count smallint, content_changed_on date, problems_to_fix_count integer,
    rows_to_fix_count integer, platform_problem_count integer)
LANGUAGE sql STABLE AS $$
SELECT s.organisation_id::bigint * 1000000 + s.dataset_id, o.organisation, d.collection, d.dataset,
    e.endpoint_url, c.documentation_url, s.last_attempt_on, s.endpoint_updated_on, c.licence,
    s.critical_external + s.critical_internal + s.error_external + s.error_internal
        + s.warning_external + s.warning_internal + s.notice_external + s.notice_internal,
    s.record_count, s.fields_supplied, s.fields_matched,
    s.critical_external + s.critical_internal + s.error_external + s.error_internal,
    n.published_at, n.as_at, n.kind, o.name, o.region, s.is_lpa, s.provision_reason, s.project,
    s.cohort, s.in_denominator, s.status, s.reasons, s.access_band, s.freshness_band, s.stage,
    s.endpoint_count, s.endpoint_failing_count, s.http_status, s.exception, s.last_success_on,
    s.issues_of_last_good, s.fields_total, s.issue_type_count, s.content_changed_on,
    s.critical_external + s.error_external, s.rows_to_fix, s.critical_internal + s.error_internal
FROM summary_of(of_snapshot) s
JOIN snapshot n ON n.id = s.snapshot_id
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
LEFT JOIN endpoint e ON e.id = s.endpoint_id
LEFT JOIN source c ON c.id = s.source_id
$$;

-- step: provision_summary of a snapshot
-- Every provision row, ended and future ones too, with the platform builder's columns.
CREATE OR REPLACE FUNCTION provision_summary_of(of_snapshot integer)
RETURNS TABLE (
    organisation text, organisation_name text, dataset text, provision_reason text,
    provision_end_date date, active_endpoint_count integer, error_endpoint_count integer,
    count_issue_error_internal integer, count_issue_error_external integer,
    count_issue_warning_internal integer, count_issue_warning_external integer,
    count_issue_notice_internal integer, count_issue_notice_external integer, cohort text,
    status text)
LANGUAGE sql STABLE AS $$
SELECT o.organisation, o.name, d.dataset, p.provision_reason, p.end_date,
    coalesce(s.endpoint_attempted_count, 0), coalesce(s.endpoint_failing_count, 0),
    coalesce(s.error_internal, 0), coalesce(s.error_external, 0),
    coalesce(s.warning_internal, 0), coalesce(s.warning_external, 0),
    coalesce(s.notice_internal, 0), coalesce(s.notice_external, 0), max(p.cohort),
    coalesce(s.status, 'not_submitted')
FROM snapshot n
JOIN provision p ON p.snapshot_id = n.id
JOIN organisation o ON o.id = p.organisation_id
JOIN dataset d ON d.id = p.dataset_id
LEFT JOIN summary_of(of_snapshot) s ON s.organisation_id = p.organisation_id
    AND s.dataset_id = p.dataset_id
WHERE n.id = of_snapshot
GROUP BY o.organisation, o.name, d.dataset, p.provision_reason, p.end_date,
    s.endpoint_attempted_count, s.endpoint_failing_count, s.error_internal, s.error_external,
    s.warning_internal, s.warning_external, s.notice_internal, s.notice_external, s.status
$$;

-- step: the snapshot that is now
-- The newest platform snapshot, else the newest of any kind.
CREATE VIEW current_snapshot AS
SELECT * FROM snapshot
ORDER BY (kind = 'platform') DESC, as_at DESC, id DESC
LIMIT 1;

-- step: views of it
CREATE VIEW provision_summary AS
SELECT p.* FROM current_snapshot c, provision_summary_of(c.id) p;
CREATE VIEW organisation_dataset_summary AS
SELECT s.* FROM current_snapshot c, organisation_dataset_summary_of(c.id) s;
