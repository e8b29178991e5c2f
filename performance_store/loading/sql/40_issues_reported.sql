-- Issues as the source counted them.

-- step: issue types that only rows mention
INSERT INTO issue_type (issue_type, severity, responsibility)
SELECT DISTINCT ON (blank(issue_type)) blank(issue_type),
    coalesce(blank(severity), 'unclassified'), coalesce(blank(responsibility), 'unclassified')
FROM stage_issue_count WHERE blank(issue_type) IS NOT NULL
ORDER BY blank(issue_type), seq DESC
ON CONFLICT (issue_type) DO NOTHING;

-- step: reject counts that cannot be used
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'issue count', s.seq,
    CASE WHEN blank(s.issue_type) IS NULL THEN 'no issue type'
        WHEN whole(s.rows) IS NULL THEN 'rows is not a whole number'
        ELSE 'no snapshot has this date' END,
    to_jsonb(s) - 'seq'
FROM stage_issue_count s
CROSS JOIN t_context c
LEFT JOIN t_as_at a ON a.as_at = iso_date(s.as_at)
WHERE a.as_at IS NULL OR blank(s.issue_type) IS NULL OR whole(s.rows) IS NULL;

-- step: issues of each cell
INSERT INTO t_issue_count (snapshot_id, organisation_id, dataset_id, issue_type_id, field,
    severity, responsibility, rows, current)
SELECT a.snapshot_id, o.id, d.id, i.id, coalesce(s.field, ''),
    coalesce(min(blank(s.severity)), 'unclassified'),
    coalesce(min(blank(s.responsibility)), 'unclassified'), sum(whole(s.rows)),
    bool_or(u.current)
FROM stage_issue_count s
JOIN t_as_at a ON a.as_at = iso_date(s.as_at)
JOIN organisation o ON o.organisation = curie(s.organisation)
JOIN dataset d ON d.dataset = s.dataset
JOIN issue_type i ON i.issue_type = s.issue_type
JOIN t_resource r ON r.resource = s.resource
JOIN t_use u ON u.snapshot_id = a.snapshot_id AND u.organisation_id = o.id
    AND u.dataset_id = d.id AND u.resource_id = r.resource_id
WHERE whole(s.rows) IS NOT NULL
GROUP BY 1, 2, 3, 4, 5;

-- step: issues, typed
CREATE TEMP TABLE t_issue ON COMMIT DROP AS
SELECT s.seq, d.id AS dataset_id, r.resource_id, i.id AS issue_type_id,
    coalesce(s.field, '') AS field, s.line_number, s.entry_number, s.entity, s.value, s.message
FROM stage_issue s
JOIN dataset d ON d.dataset = s.dataset
JOIN t_resource r ON r.resource = s.resource
JOIN issue_type i ON i.issue_type = s.issue_type;
