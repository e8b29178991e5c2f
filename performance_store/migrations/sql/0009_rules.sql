-- What the platform's checks changed between two snapshots, and which cells that alone changed.

-- step: rules that changed between two snapshots
-- A type that nobody had before and many have now ('added'), that many had and nobody has now
-- ('removed'), or whose severity or responsibility is another ('moved').
CREATE FUNCTION rule_changes(now_id integer, before_id integer)
RETURNS TABLE (
    issue_type_id integer, change text, severity text, responsibility text, old_severity text,
    old_responsibility text, cells bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH types AS (
    SELECT snapshot_id, x.issue_type_id, min(x.severity) AS severity,
        min(x.responsibility) AS responsibility, count(*) AS cells
    FROM (
        SELECT s.snapshot_id, s.issue_type_id, min(s.severity) AS severity,
            min(s.responsibility) AS responsibility
        FROM issue_summary s
        WHERE s.snapshot_id IN (now_id, before_id)
        GROUP BY s.snapshot_id, s.issue_type_id, s.organisation_id, s.dataset_id
    ) x
    GROUP BY 1, 2
)
SELECT issue_type_id, CASE WHEN b.cells IS NULL THEN 'added' WHEN n.cells IS NULL THEN 'removed'
        ELSE 'moved' END, n.severity, n.responsibility, b.severity, b.responsibility,
    coalesce(n.cells, b.cells)
FROM (SELECT * FROM types WHERE snapshot_id = now_id) n
FULL JOIN (SELECT * FROM types WHERE snapshot_id = before_id) b USING (issue_type_id)
WHERE EXISTS (SELECT FROM types WHERE snapshot_id = now_id)
    AND EXISTS (SELECT FROM types WHERE snapshot_id = before_id)
    AND CASE WHEN b.cells IS NULL THEN n.cells >= 20 WHEN n.cells IS NULL THEN b.cells >= 20
        ELSE n.cells >= 10 AND (n.severity, n.responsibility) <> (b.severity, b.responsibility) END
$$;

-- step: cells that changed rules alone blocked, or freed
-- What blocks is an issue to be fixed: external, error or critical. -1: nothing blocked before, and
-- all that does now does so because of a rule. 1: all that blocked before no longer does because of
-- a rule: its check is gone, or what it still finds there is another's to mend or less severe.
CREATE FUNCTION rule_effects(now_id integer, before_id integer)
RETURNS TABLE (organisation_id integer, dataset_id integer, effect integer)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH rules AS MATERIALIZED (SELECT r.issue_type_id, r.change FROM rule_changes(now_id, before_id) r)
SELECT c.organisation_id, c.dataset_id, CASE WHEN bool_or(c.blocks) THEN -1 ELSE 1 END
FROM (
    SELECT s.organisation_id, s.dataset_id, s.issue_type_id,
        bool_or(s.snapshot_id = now_id) AS there,
        bool_or(s.snapshot_id = now_id AND s.severity IN ('critical', 'error')
            AND s.responsibility = 'external') AS blocks,
        bool_or(s.snapshot_id = before_id AND s.severity IN ('critical', 'error')
            AND s.responsibility = 'external') AS blocked
    FROM issue_summary s
    WHERE s.snapshot_id IN (now_id, before_id) AND EXISTS (SELECT FROM rules)
    GROUP BY 1, 2, 3
) c
LEFT JOIN rules r USING (issue_type_id)
GROUP BY 1, 2
HAVING (bool_or(c.blocks) AND NOT bool_or(c.blocked)
        AND bool_and(r.change IS NOT NULL) FILTER (WHERE c.blocks))
    OR (bool_or(c.blocked) AND NOT bool_or(c.blocks)
        AND bool_and(coalesce(r.change = 'removed' OR (r.change = 'moved' AND c.there), false))
            FILTER (WHERE c.blocked))
$$;
