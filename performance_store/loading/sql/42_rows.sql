-- Rows with problems. A row counts once however many problems it has. It is resource and line, else
-- resource and entry, else the problem itself. Known where the input lists problems one by one.

-- step: snapshot whose rows are known
-- Problems are listed one by one on the newest date of an input that lists them at all.
CREATE TEMP TABLE t_known_rows ON COMMIT DROP AS
SELECT snapshot_id, true AS knows_rows
FROM t_as_at
WHERE knows_issues AND as_at = (SELECT max(as_at) FROM t_as_at)
    AND (SELECT kind FROM t_context) IN ('platform', 'sample');

-- step: rows by what is wrong with them
-- Lines are counted from 1: a line 0 is none.
CREATE TEMP TABLE t_problem_row ON COMMIT DROP AS
SELECT dataset_id, resource_id, line_number,
    CASE WHEN line_number IS NULL THEN entry_number END AS entry_number,
    CASE WHEN line_number IS NULL AND entry_number IS NULL THEN seq END AS seq,
    issue_type_id, field
FROM (
    SELECT dataset_id, resource_id, nullif(line_number, 0) AS line_number, entry_number, seq,
        issue_type_id, field
    FROM t_issue
) i
WHERE EXISTS (SELECT FROM t_known_rows)
GROUP BY 1, 2, 3, 4, 5, 6, 7;

-- step: statistics of rows
ANALYZE t_problem_row;

-- step: rows of each issue type and field of a resource
CREATE TEMP TABLE t_type_rows ON COMMIT DROP AS
SELECT dataset_id, resource_id, issue_type_id, field, count(*) AS rows
FROM t_problem_row
GROUP BY 1, 2, 3, 4;

-- step: rows of each severity and responsibility of a resource
CREATE TEMP TABLE t_group_rows ON COMMIT DROP AS
SELECT dataset_id, resource_id, count(*) FILTER (WHERE ce) AS ce, count(*) FILTER (WHERE ci) AS ci,
    count(*) FILTER (WHERE ee) AS ee, count(*) FILTER (WHERE ei) AS ei,
    count(*) FILTER (WHERE we) AS we, count(*) FILTER (WHERE wi) AS wi,
    count(*) FILTER (WHERE ne) AS ne, count(*) FILTER (WHERE ni) AS ni,
    count(*) FILTER (WHERE ce OR ee) AS to_fix
FROM (
    SELECT r.dataset_id, r.resource_id,
        bool_or(severity = 'critical' AND external) AS ce,
        bool_or(severity = 'critical' AND NOT external) AS ci,
        bool_or(severity = 'error' AND external) AS ee,
        bool_or(severity = 'error' AND NOT external) AS ei,
        bool_or(severity = 'warning' AND external) AS we,
        bool_or(severity = 'warning' AND NOT external) AS wi,
        bool_or(severity = 'notice' AND external) AS ne,
        bool_or(severity = 'notice' AND NOT external) AS ni
    FROM t_problem_row r
    JOIN (
        SELECT issue_type_id, min(severity) AS severity, min(responsibility) = 'external' AS external
        FROM t_issue_count
        WHERE snapshot_id IN (SELECT snapshot_id FROM t_known_rows)
        GROUP BY 1
    ) q USING (issue_type_id)
    WHERE severity IN ('critical', 'error', 'warning', 'notice')
    GROUP BY r.dataset_id, r.resource_id, r.line_number, r.entry_number, r.seq
) x
GROUP BY 1, 2;

-- step: rows of each cell
CREATE TEMP TABLE t_cell_rows ON COMMIT DROP AS
SELECT u.snapshot_id, u.organisation_id, u.dataset_id, sum(g.ce) AS rows_ce, sum(g.ci) AS rows_ci,
    sum(g.ee) AS rows_ee, sum(g.ei) AS rows_ei, sum(g.we) AS rows_we, sum(g.wi) AS rows_wi,
    sum(g.ne) AS rows_ne, sum(g.ni) AS rows_ni, sum(g.to_fix) AS rows_to_fix
FROM t_known_rows k
JOIN t_use u USING (snapshot_id)
JOIN t_group_rows g USING (dataset_id, resource_id)
WHERE NOT u.is_past
GROUP BY 1, 2, 3;
