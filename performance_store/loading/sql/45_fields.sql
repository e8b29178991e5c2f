-- Fields supplied and matched, and failed expectations.

-- step: columns of the primary resources
-- One column may supply several fields ('GeoX,GeoY'). Matched: the column already had the field's
-- name, case, space, underscore and hyphen aside; geometry and point always count as matched. What
-- the pipeline gives a name of its own counts as the specification's field (brownfield land).
CREATE TEMP TABLE t_column ON COMMIT DROP AS
SELECT d.id AS dataset_id, r.resource_id, n.field,
    bool_or(bare(s.column) = bare(n.field) OR f.field IN ('geometry', 'point')) AS matched,
    string_agg(DISTINCT s.column, ', ') FILTER (WHERE bare(s.column) <> bare(n.field))
        AS supplied_as
FROM stage_column_field s
JOIN dataset d ON d.dataset = s.dataset
JOIN t_resource r ON r.resource = s.resource
CROSS JOIN LATERAL (
    SELECT btrim(x) AS field FROM unnest(string_to_array(s.field, ',')) x WHERE btrim(x) <> ''
) f
LEFT JOIN t_specification x ON x.dataset = s.dataset AND x.name = f.field
CROSS JOIN LATERAL (SELECT coalesce(x.field, f.field) AS field) n
GROUP BY 1, 2, 3;

-- step: key of columns
CREATE INDEX ON t_column (resource_id, dataset_id);

-- step: statistics of columns
ANALYZE t_column;

-- step: fields counted from columns
INSERT INTO t_field_count (snapshot_id, organisation_id, dataset_id, fields_total,
    fields_supplied, fields_matched)
SELECT p.snapshot_id, p.organisation_id, p.dataset_id, x.total, x.supplied, x.matched
FROM t_primary p
JOIN t_as_at a ON a.snapshot_id = p.snapshot_id AND a.knows_columns
JOIN dataset d ON d.id = p.dataset_id
CROSS JOIN LATERAL (
    SELECT count(*) AS total, count(c.field) AS supplied,
        count(*) FILTER (WHERE c.matched) AS matched
    FROM dataset_field f
    LEFT JOIN t_column c ON c.dataset_id = p.dataset_id AND c.resource_id = p.resource_id
        AND c.field = f.field
    WHERE f.dataset = d.dataset AND f.expected
) x
WHERE x.total > 0
    AND EXISTS (SELECT FROM t_column c
        WHERE c.dataset_id = p.dataset_id AND c.resource_id = p.resource_id);

-- step: cells whose fields are known one by one
-- On the newest date, as field_summary has them.
CREATE TEMP TABLE t_field_judgement ON COMMIT DROP AS
SELECT p.snapshot_id, p.organisation_id, p.dataset_id, p.resource_id
FROM t_primary p
WHERE p.snapshot_id = (SELECT snapshot_id FROM t_as_at ORDER BY as_at DESC LIMIT 1)
    AND EXISTS (SELECT FROM t_column c
        WHERE c.dataset_id = p.dataset_id AND c.resource_id = p.resource_id);

-- step: required fields that they lack
CREATE TEMP TABLE t_lacking ON COMMIT DROP AS
SELECT j.snapshot_id, j.organisation_id, j.dataset_id, r.field, r.place, r.blocks, r.instead
FROM t_field_judgement j
JOIN dataset d ON d.id = j.dataset_id
JOIN t_required r ON r.dataset = d.dataset
WHERE NOT EXISTS (SELECT FROM t_column c
    WHERE c.dataset_id = j.dataset_id AND c.resource_id = j.resource_id
        AND c.field = ANY (r.names));

-- step: fields as the source counted them
INSERT INTO t_field_count (snapshot_id, organisation_id, dataset_id, fields_total,
    fields_supplied, fields_matched)
SELECT DISTINCT ON (a.snapshot_id, o.id, d.id) a.snapshot_id, o.id, d.id,
    whole(s.fields_total, 32767), whole(s.fields_supplied, 32767), whole(s.fields_matched, 32767)
FROM stage_field_count s
JOIN t_day t ON t.day_text = left(s.as_at, 10)
JOIN t_as_at a ON a.as_at = t.day
JOIN t_key_organisation o ON o.text = s.organisation
JOIN dataset d ON d.dataset = s.dataset
ORDER BY a.snapshot_id, o.id, d.id, s.seq DESC;

-- step: records as the source counted them
CREATE TEMP TABLE t_record_count ON COMMIT DROP AS
SELECT u.snapshot_id, u.organisation_id, u.dataset_id,
    least(sum(coalesce(u.record_count, x.entry_count)), 2147483647) AS record_count
FROM t_use u
LEFT JOIN (
    SELECT d.id AS dataset_id, r.resource_id, max(whole(s.entry_count, 2147483647)) AS entry_count
    FROM stage_dataset_resource s
    JOIN dataset d ON d.dataset = s.dataset
    JOIN t_resource r ON r.resource = s.resource
    GROUP BY 1, 2
) x USING (dataset_id, resource_id)
GROUP BY 1, 2, 3
HAVING count(*) = count(coalesce(u.record_count, x.entry_count));

-- step: failed expectations
-- The one that bears on the status asks for no records outside the authority's boundary.
CREATE TEMP TABLE t_expectation ON COMMIT DROP AS
SELECT o.id AS organisation_id, d.id AS dataset_id,
    count(*) FILTER (WHERE lower(s.passed) = 'false') AS failed,
    bool_or(lower(s.passed) = 'false' AND s.name ~* 'outside' AND s.name ~* 'boundary')
        AS boundary_failed
FROM stage_expectation s
JOIN organisation o ON o.organisation = curie(s.organisation)
JOIN dataset d ON d.dataset = s.dataset
GROUP BY 1, 2;
