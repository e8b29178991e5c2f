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
LEFT JOIN summary s ON s.snapshot_id = n.id AND s.organisation_id = p.organisation_id
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
