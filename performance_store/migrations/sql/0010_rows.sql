-- organisation_dataset_summary tells rows and problems, and whose they are.

-- step: the former ones
DROP VIEW organisation_dataset_summary;
DROP FUNCTION organisation_dataset_summary_of(integer);

-- step: organisation_dataset_summary of a snapshot
CREATE FUNCTION organisation_dataset_summary_of(of_snapshot integer)
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
FROM summary s
JOIN snapshot n ON n.id = s.snapshot_id
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
LEFT JOIN endpoint e ON e.id = s.endpoint_id
LEFT JOIN source c ON c.id = s.source_id
WHERE s.snapshot_id = of_snapshot
$$;

-- step: organisation_dataset_summary
CREATE VIEW organisation_dataset_summary AS
SELECT s.* FROM current_snapshot c, organisation_dataset_summary_of(c.id) s;
