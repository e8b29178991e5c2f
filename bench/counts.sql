-- Issues, fields and records of some nights of the past, where their cells are known.

-- step: uses by line
CREATE TEMP TABLE t_line ON COMMIT DROP AS
SELECT u.*, a.n, c.line, c.number
FROM t_use u JOIN t_as_at a USING (snapshot_id)
JOIN h_content c ON c.resource_id = u.resource_id;
INSERT INTO t_unprocessed SELECT snapshot_id, organisation_id, dataset_id
FROM t_as_at, h_unprocessed;
ANALYZE t_line;

-- step: issues of each cell
INSERT INTO t_issue_count (snapshot_id, organisation_id, dataset_id, issue_type_id, field,
    severity, responsibility, problems, current, resource_id, is_past)
SELECT u.snapshot_id, u.organisation_id, u.dataset_id, i.issue_type_id, i.field, i.severity,
    i.responsibility, sum(i.problems), u.current, u.resource_id, u.is_past
FROM t_line u
JOIN h_issue i ON i.dataset_id = u.dataset_id AND i.line = u.line AND u.n BETWEEN i.from_n AND i.to_n
GROUP BY 1, 2, 3, 4, 5, 6, 7, u.current, u.resource_id, u.is_past;

-- step: rows
CREATE TEMP TABLE t_known_rows ON COMMIT DROP AS
SELECT snapshot_id, true AS knows_rows FROM t_as_at;
CREATE TEMP TABLE t_type_rows ON COMMIT DROP AS
SELECT DISTINCT u.dataset_id, u.resource_id, r.issue_type_id, r.field, r.rows
FROM (SELECT DISTINCT dataset_id, resource_id, line FROM t_line) u
JOIN h_type_rows r USING (dataset_id, line);
ANALYZE t_type_rows;
CREATE TEMP TABLE t_cell_rows ON COMMIT DROP AS
SELECT snapshot_id, organisation_id, dataset_id,
    sum(rows) FILTER (WHERE severity = 'critical' AND external) AS rows_ce,
    sum(rows) FILTER (WHERE severity = 'critical' AND NOT external) AS rows_ci,
    sum(rows) FILTER (WHERE severity = 'error' AND external) AS rows_ee,
    sum(rows) FILTER (WHERE severity = 'error' AND NOT external) AS rows_ei,
    sum(rows) FILTER (WHERE severity = 'warning' AND external) AS rows_we,
    sum(rows) FILTER (WHERE severity = 'warning' AND NOT external) AS rows_wi,
    sum(rows) FILTER (WHERE severity = 'notice' AND external) AS rows_ne,
    sum(rows) FILTER (WHERE severity = 'notice' AND NOT external) AS rows_ni,
    sum(rows) FILTER (WHERE severity IN ('critical', 'error') AND external) AS rows_to_fix
FROM (
    SELECT *, responsibility = 'external' AS external
    FROM t_issue_count JOIN t_type_rows USING (dataset_id, resource_id, issue_type_id, field)
    WHERE NOT is_past
) x
GROUP BY 1, 2, 3;

-- step: fields and records
INSERT INTO t_field_count (snapshot_id, organisation_id, dataset_id, fields_total, fields_supplied,
    fields_matched)
SELECT a.snapshot_id, f.organisation_id, f.dataset_id, f.fields_total, f.fields_supplied,
    f.fields_matched
FROM t_as_at a
JOIN h_field f ON a.n BETWEEN f.from_n AND f.to_n
WHERE f.fields_total IS NOT NULL;
CREATE TEMP TABLE t_field_judgement ON COMMIT DROP AS
SELECT p.snapshot_id, p.organisation_id, p.dataset_id, p.resource_id
FROM t_primary p
JOIN (SELECT DISTINCT organisation_id, dataset_id FROM h_field WHERE fields_total IS NOT NULL
    UNION SELECT organisation_id, dataset_id FROM h_lacking) f USING (organisation_id, dataset_id)
WHERE p.resource_id IS NOT NULL;
CREATE TEMP TABLE t_lacking ON COMMIT DROP AS
SELECT j.snapshot_id, j.organisation_id, j.dataset_id, l.field, 1 AS place, l.blocks,
    NULL::text AS instead
FROM t_field_judgement j
JOIN h_lacking l USING (organisation_id, dataset_id)
JOIN t_as_at a USING (snapshot_id)
JOIN h_field f ON f.organisation_id = j.organisation_id AND f.dataset_id = j.dataset_id
    AND a.n BETWEEN f.from_n AND f.to_n
WHERE f.state OR NOT l.is_first;
CREATE TEMP TABLE t_record_count ON COMMIT DROP AS
SELECT p.snapshot_id, p.organisation_id, p.dataset_id,
    greatest(0, r.record_count - p.number % 100) AS record_count
FROM h_record r
JOIN (SELECT snapshot_id, organisation_id, dataset_id, max(number) AS number FROM t_line
    GROUP BY 1, 2, 3) p USING (organisation_id, dataset_id);
ANALYZE t_issue_count, t_field_count, t_lacking, t_record_count, t_obs;
