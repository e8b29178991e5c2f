-- What is kept of the newest snapshot only. Run when this load brings the newest one.

-- step: forget the older individual issues
DELETE FROM issue;

-- step: forget the older uses of resources
DELETE FROM resource_use;

-- step: forget the older fields
DELETE FROM field_summary;

-- step: individual issues
INSERT INTO issue (dataset_id, resource_id, issue_type_id, field, line_number, entry_number,
    entity, value, message)
SELECT t.dataset_id, t.resource_id, t.issue_type_id, t.field, t.line_number, t.entry_number,
    t.entity, t.value, t.message
FROM t_issue t
WHERE EXISTS (SELECT FROM t_use u
    WHERE u.dataset_id = t.dataset_id AND u.resource_id = t.resource_id AND NOT u.is_past
        AND u.snapshot_id = (SELECT snapshot_id FROM t_as_at ORDER BY as_at DESC LIMIT 1))
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
