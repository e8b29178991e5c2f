-- What is kept of the newest snapshot only. Run when this load brings the newest one.

-- step: forget the older uses of resources
DELETE FROM resource_use;

-- step: forget the older fields
DELETE FROM field_summary;

-- step: files whose issues are kept
CREATE TEMP TABLE t_listed ON COMMIT DROP AS
SELECT DISTINCT dataset_id, resource_id FROM t_use
WHERE NOT is_past AND snapshot_id = (SELECT snapshot_id FROM t_as_at ORDER BY as_at DESC LIMIT 1);

-- step: files whose issues are as they were
-- Nearly all of them, night after night: writing half a million rows anew would leave as many dead.
CREATE TEMP TABLE t_alike ON COMMIT DROP AS
SELECT dataset_id, resource_id
FROM (
    SELECT dataset_id, resource_id, count(*) AS rows, sum(hashtextextended(ROW(issue_type_id, field,
        line_number, entry_number, entity, value, message)::text, 0)::numeric) AS sum
    FROM issue GROUP BY 1, 2
) o
JOIN (
    SELECT t.dataset_id, t.resource_id, count(*) AS rows, sum(hashtextextended(ROW(issue_type_id,
        field, line_number, entry_number, entity, value, message)::text, 0)::numeric) AS sum
    FROM t_issue t JOIN t_listed USING (dataset_id, resource_id) GROUP BY 1, 2
) n USING (dataset_id, resource_id, rows, sum);

-- step: key of those files
CREATE UNIQUE INDEX ON t_alike (dataset_id, resource_id);

-- step: statistics of those files
ANALYZE t_listed, t_alike;

-- step: forget the older individual issues
DELETE FROM issue i WHERE NOT EXISTS (SELECT FROM t_alike a
    WHERE a.dataset_id = i.dataset_id AND a.resource_id = i.resource_id);

-- step: individual issues
INSERT INTO issue (dataset_id, resource_id, issue_type_id, field, line_number, entry_number,
    entity, value, message)
SELECT t.dataset_id, t.resource_id, t.issue_type_id, t.field, t.line_number, t.entry_number,
    t.entity, t.value, t.message
FROM t_issue t
JOIN t_listed USING (dataset_id, resource_id)
WHERE NOT EXISTS (SELECT FROM t_alike a
    WHERE a.dataset_id = t.dataset_id AND a.resource_id = t.resource_id)
ORDER BY t.dataset_id, t.resource_id, t.issue_type_id, t.field, t.seq;

-- step: uses of resources
INSERT INTO resource_use (organisation_id, dataset_id, resource_id)
SELECT organisation_id, dataset_id, resource_id FROM t_use
WHERE NOT is_past AND snapshot_id = (SELECT snapshot_id FROM t_as_at ORDER BY as_at DESC LIMIT 1);

-- step: fields of each cell
INSERT INTO field_summary (organisation_id, dataset_id, field, supplied, matched, supplied_as,
    expected)
SELECT p.organisation_id, p.dataset_id, coalesce(f.field, c.field), c.field IS NOT NULL,
    coalesce(c.matched, false), c.supplied_as,
    CASE WHEN k.known THEN coalesce(f.expected, false) END
FROM t_primary p
JOIN dataset d ON d.id = p.dataset_id
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM dataset_field x WHERE x.dataset = d.dataset) AS known
) k
CROSS JOIN LATERAL (
    SELECT field FROM t_column c
    WHERE c.dataset_id = p.dataset_id AND c.resource_id = p.resource_id
    UNION
    SELECT field FROM dataset_field x WHERE x.dataset = d.dataset AND x.expected
        AND EXISTS (SELECT FROM t_column c
            WHERE c.dataset_id = p.dataset_id AND c.resource_id = p.resource_id)
) n
LEFT JOIN dataset_field f ON f.dataset = d.dataset AND f.field = n.field
LEFT JOIN t_column c ON c.dataset_id = p.dataset_id AND c.resource_id = p.resource_id
    AND c.field = n.field
WHERE p.snapshot_id = (SELECT snapshot_id FROM t_as_at ORDER BY as_at DESC LIMIT 1);
