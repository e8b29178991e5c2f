-- Issues as the source counted them.

-- step: issue types that only rows mention
INSERT INTO issue_type (issue_type, severity, responsibility)
SELECT issue_type, coalesce(nullif(max(severity), ''), 'unclassified'),
    coalesce(nullif(max(responsibility), ''), 'unclassified')
FROM stage_issue_count
WHERE issue_type <> ''
GROUP BY issue_type
ON CONFLICT (issue_type) DO NOTHING;

-- step: counts, checked
CREATE TEMP TABLE t_counted ON COMMIT DROP AS
SELECT s.seq, a.snapshot_id, o.id AS organisation_id, d.id AS dataset_id, i.id AS issue_type_id,
    coalesce(blank(s.field), '') AS field, nullif(s.severity, '') AS severity,
    nullif(s.responsibility, '') AS responsibility, whole(s.rows, 100000000) AS rows,
    r.resource_id
FROM stage_issue_count s
LEFT JOIN t_day t ON t.day_text = left(s.as_at, 10)
LEFT JOIN t_as_at a ON a.as_at = t.day
LEFT JOIN t_key_organisation o ON o.text = s.organisation
LEFT JOIN dataset d ON d.dataset = s.dataset
LEFT JOIN issue_type i ON i.issue_type = s.issue_type
LEFT JOIN t_resource r ON r.resource = s.resource;

-- step: statistics of counts
ANALYZE t_counted;

-- step: reject counts that cannot be used
-- What has no number at all only names its cell: its reader could not use it, and has told so.
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'issue count', s.seq,
    CASE WHEN t.issue_type_id IS NULL THEN 'no issue type'
        WHEN t.rows IS NULL THEN 'rows is not a whole number of a size that can be'
        WHEN t.snapshot_id IS NULL THEN 'no snapshot has this date'
        ELSE 'its organisation, dataset or resource is not known' END,
    to_jsonb(s) - 'seq'
FROM t_counted t
JOIN stage_issue_count s USING (seq)
CROSS JOIN t_context c
WHERE s.rows <> '' AND (t.issue_type_id IS NULL OR t.rows IS NULL OR t.snapshot_id IS NULL
    OR t.organisation_id IS NULL OR t.dataset_id IS NULL OR t.resource_id IS NULL);

-- step: issues of each cell
INSERT INTO t_issue_count (snapshot_id, organisation_id, dataset_id, issue_type_id, field,
    severity, responsibility, problems, current, resource_id, is_past)
SELECT t.snapshot_id, t.organisation_id, t.dataset_id, t.issue_type_id, t.field,
    coalesce(min(min(t.severity)) OVER cell, 'unclassified'),
    coalesce(min(min(t.responsibility)) OVER cell, 'unclassified'),
    sum(t.rows), u.current, t.resource_id, u.is_past
FROM t_counted t
JOIN t_use u USING (snapshot_id, organisation_id, dataset_id, resource_id)
WHERE t.rows IS NOT NULL AND t.issue_type_id IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, u.current, t.resource_id, u.is_past
WINDOW cell AS (PARTITION BY t.snapshot_id, t.organisation_id, t.dataset_id, t.issue_type_id,
    t.field);

-- step: cells whose issues are not known
-- A count that cannot be used is of some cell, which would look better than it is without it.
INSERT INTO t_issue_gap (snapshot_id, organisation_id, dataset_id)
SELECT DISTINCT snapshot_id, organisation_id, dataset_id
FROM t_counted
WHERE (issue_type_id IS NULL OR rows IS NULL OR resource_id IS NULL)
    AND snapshot_id IS NOT NULL AND organisation_id IS NOT NULL AND dataset_id IS NOT NULL;

-- step: no counts of them
DELETE FROM t_issue_count t USING t_issue_gap x
WHERE (t.snapshot_id, t.organisation_id, t.dataset_id)
    = (x.snapshot_id, x.organisation_id, x.dataset_id);

-- step: issues, typed
CREATE TEMP TABLE t_issue ON COMMIT DROP AS
SELECT s.seq, d.id AS dataset_id, r.resource_id, i.id AS issue_type_id,
    coalesce(blank(s.field), '') AS field, s.line_number, s.entry_number, s.entity, s.value, s.message
FROM stage_issue s
JOIN dataset d ON d.dataset = s.dataset
JOIN t_resource r ON r.resource = s.resource
JOIN issue_type i ON i.issue_type = s.issue_type;
