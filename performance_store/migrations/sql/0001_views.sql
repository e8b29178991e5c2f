-- Views people and exports read. Each speaks of one snapshot.

-- step: the snapshot that is now
-- The newest platform snapshot, else the newest of any kind.
CREATE VIEW current_snapshot AS
SELECT * FROM snapshot
ORDER BY (kind = 'platform') DESC, as_at DESC, id DESC
LIMIT 1;

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
    issue_type_count smallint)
LANGUAGE sql STABLE AS $$
SELECT s.organisation_id::bigint * 1000000 + s.dataset_id, o.organisation, d.collection, d.dataset,
    e.endpoint_url, c.documentation_url, s.last_attempt_on, s.content_changed_on, c.licence,
    s.critical_external + s.critical_internal + s.error_external + s.error_internal
        + s.warning_external + s.warning_internal + s.notice_external + s.notice_internal,
    s.record_count, s.fields_supplied, s.fields_matched,
    s.critical_external + s.critical_internal + s.error_external + s.error_internal,
    n.published_at, n.as_at, n.kind, o.name, o.region, s.is_lpa, s.provision_reason, s.project,
    s.cohort, s.in_denominator, s.status, s.reasons, s.access_band, s.freshness_band, s.stage,
    s.endpoint_count, s.endpoint_failing_count, s.http_status, s.exception, s.last_success_on,
    s.issues_of_last_good, s.fields_total, s.issue_type_count
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

-- step: provision_summary of a snapshot
-- Every provision row, ended and future ones too, with the platform builder's columns.
CREATE FUNCTION provision_summary_of(of_snapshot integer)
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
JOIN provision p ON p.provision_register_id = n.provision_register_id
JOIN organisation o ON o.id = p.organisation_id
JOIN dataset d ON d.id = p.dataset_id
LEFT JOIN summary s ON s.snapshot_id = n.id AND s.organisation_id = p.organisation_id
    AND s.dataset_id = p.dataset_id
WHERE n.id = of_snapshot
GROUP BY o.organisation, o.name, d.dataset, p.provision_reason, p.end_date,
    s.endpoint_attempted_count, s.endpoint_failing_count, s.error_internal, s.error_external,
    s.warning_internal, s.warning_external, s.notice_internal, s.notice_external, s.status
$$;

-- step: provision_summary
CREATE VIEW provision_summary AS
SELECT p.* FROM current_snapshot c, provision_summary_of(c.id) p;

-- step: regions
INSERT INTO region (region, name, slug) VALUES
    ('E12000001', 'North East', 'north-east'),
    ('E12000002', 'North West', 'north-west'),
    ('E12000003', 'Yorkshire and The Humber', 'yorkshire-and-the-humber'),
    ('E12000004', 'East Midlands', 'east-midlands'),
    ('E12000005', 'West Midlands', 'west-midlands'),
    ('E12000006', 'East of England', 'east-of-england'),
    ('E12000007', 'London', 'london'),
    ('E12000008', 'South East', 'south-east'),
    ('E12000009', 'South West', 'south-west'),
    ('none', 'Not assigned', 'none');

-- step: provision reasons
INSERT INTO provision_reason (provision_reason, name, priority) VALUES
    ('experimental', 'Experimental', 1),
    ('alternative', 'Alternative source', 2),
    ('authoritative', 'Authoritative', 3),
    ('prospective', 'Prospective', 4),
    ('expected', 'Expected', 5),
    ('encouraged', 'Encouraged', 6),
    ('statutory', 'Statutory', 7);
