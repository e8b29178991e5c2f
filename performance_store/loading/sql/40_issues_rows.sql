-- Issues counted one by one: each once per organisation, dataset and resource.

-- step: spellings of issue types
CREATE TEMP TABLE t_spelling ON COMMIT DROP AS
SELECT DISTINCT issue_type AS text FROM stage_issue WHERE blank(issue_type) IS NOT NULL;

-- step: issue types that only rows mention
INSERT INTO issue_type (issue_type)
SELECT DISTINCT blank(text) FROM t_spelling
ON CONFLICT (issue_type) DO NOTHING;

-- step: issue types by their spelling
CREATE TEMP TABLE t_key_issue_type ON COMMIT DROP AS
SELECT s.text, i.id FROM t_spelling s JOIN issue_type i ON i.issue_type = blank(s.text);

-- step: issues, typed
CREATE TEMP TABLE t_issue ON COMMIT DROP AS
SELECT s.seq, d.id AS dataset_id, r.resource_id, i.id AS issue_type_id,
    coalesce(blank(s.field), '') AS field, s.line_number, s.entry_number, s.entity, s.value, s.message
FROM stage_issue s
JOIN dataset d ON d.dataset = s.dataset
JOIN t_resource r ON r.resource = s.resource
JOIN t_key_issue_type i ON i.text = s.issue_type;

-- step: reject issues that cannot be used
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'issue', s.seq,
    CASE WHEN blank(s.issue_type) IS NULL THEN 'no issue type'
        WHEN blank(s.dataset) IS NULL THEN 'no dataset'
        WHEN d.id IS NULL THEN 'its dataset is not in the table of datasets'
        WHEN blank(s.resource) IS NULL THEN 'no resource'
        ELSE 'its resource is not in the table of resources' END,
    to_jsonb(s) - 'seq'
FROM stage_issue s
CROSS JOIN t_context c
LEFT JOIN dataset d ON d.dataset = s.dataset
-- To count them is a tenth of looking for each, and nearly always there is none.
WHERE (SELECT count(*) FROM stage_issue) <> (SELECT count(*) FROM t_issue)
    AND NOT EXISTS (SELECT FROM t_issue t WHERE t.seq = s.seq);

-- step: rules as this input states them
-- A type that the input's own register lacks is unclassified on that date.
CREATE TEMP TABLE t_rule ON COMMIT DROP AS
SELECT DISTINCT ON (i.id) i.id AS issue_type_id,
    coalesce(blank(s.severity), 'unclassified') AS severity,
    coalesce(blank(s.responsibility), 'unclassified') AS responsibility
FROM issue_type i
LEFT JOIN stage_issue_type s ON blank(s.issue_type) = i.issue_type
ORDER BY i.id, s.seq DESC;

-- step: issues of each resource
CREATE TEMP TABLE t_resource_issue ON COMMIT DROP AS
SELECT dataset_id, resource_id, issue_type_id, field, count(*)::int AS problems
FROM t_issue
GROUP BY 1, 2, 3, 4;

-- step: issues of each cell
INSERT INTO t_issue_count (snapshot_id, organisation_id, dataset_id, issue_type_id, field,
    severity, responsibility, problems, current, resource_id, is_past)
SELECT u.snapshot_id, u.organisation_id, u.dataset_id, t.issue_type_id, t.field, q.severity,
    q.responsibility, t.problems, u.current, u.resource_id, u.is_past
FROM t_use u
JOIN t_resource_issue t USING (dataset_id, resource_id)
JOIN t_rule q USING (issue_type_id);

-- step: cells whose issues are not known
-- A row that cannot be used is of some cell, which would look better than it is without it. The row
-- may have been rejected before it was staged; what can be read of its resource tells whose it is.
INSERT INTO t_issue_gap (snapshot_id, organisation_id, dataset_id)
SELECT DISTINCT u.snapshot_id, u.organisation_id, u.dataset_id
FROM rejection x
JOIN t_context c USING (load_id)
JOIN t_resource r ON r.resource = substring(x.row ->> 'resource' FROM '^[!-~]+')
JOIN t_use u USING (resource_id)
JOIN dataset d ON d.id = u.dataset_id
WHERE x.table_name = 'issue' AND strpos(x.reason, ': read ') = 0
    AND (d.dataset = x.row ->> 'dataset'
        OR NOT EXISTS (SELECT FROM dataset k WHERE k.dataset = x.row ->> 'dataset'));

-- step: no counts of them
DELETE FROM t_issue_count t USING t_issue_gap x
WHERE (t.snapshot_id, t.organisation_id, t.dataset_id)
    = (x.snapshot_id, x.organisation_id, x.dataset_id);
