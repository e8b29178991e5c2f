-- Events between consecutive snapshots of one kind, and annotations of changed rules and sets.

-- step: consecutive snapshots
-- A snapshot slipped in between two others, or taken away, changes what the later one is compared
-- with.
CREATE TEMP TABLE t_pair ON COMMIT DROP AS
SELECT * FROM (
    SELECT id AS snapshot_id, as_at,
        lag(id) OVER (ORDER BY as_at) AS previous_id, lag(as_at) OVER (ORDER BY as_at) AS previous_at
    FROM snapshot
    WHERE kind = (SELECT kind FROM t_context)
) s
WHERE previous_id IS NOT NULL
    AND (snapshot_id IN (SELECT snapshot_id FROM t_as_at UNION SELECT snapshot_id FROM t_touched)
        OR previous_id IN (SELECT snapshot_id FROM t_as_at));

-- step: statistics of consecutive snapshots
ANALYZE t_pair;

-- step: neighbours
-- What this load brings is at hand, what stands beside it is read from what was kept.
CREATE TEMP TABLE t_neighbour ON COMMIT DROP AS
SELECT snapshot_id FROM t_pair UNION SELECT previous_id FROM t_pair
EXCEPT SELECT snapshot_id FROM t_as_at;

-- step: statistics of neighbours
-- Without them every interval would be laid out over all its snapshots before it is looked for.
ANALYZE t_neighbour;

-- step: cells with endpoints on either side
CREATE TEMP TABLE t_dated_cell ON COMMIT DROP AS
SELECT snapshot_id, organisation_id, dataset_id, endpoint_count, access_band, endpoint_id,
    resource_id, status, reasons
FROM t_summary WHERE endpoint_count > 0
UNION ALL
SELECT snapshot_id, organisation_id, dataset_id, endpoint_count, access_band, endpoint_id,
    resource_id, status, reasons
FROM t_neighbour JOIN summary USING (snapshot_id) WHERE endpoint_count > 0;

-- step: issues on either side
CREATE TEMP TABLE t_dated_issue ON COMMIT DROP AS
SELECT snapshot_id, organisation_id, dataset_id, issue_type_id, severity, responsibility
FROM t_issue_summary
UNION ALL
SELECT snapshot_id, organisation_id, dataset_id, issue_type_id, severity, responsibility
FROM t_neighbour JOIN issue_summary USING (snapshot_id);

-- step: past issues on either side
CREATE TEMP TABLE t_dated_past ON COMMIT DROP AS
SELECT snapshot_id, organisation_id, dataset_id, issue_type_id FROM t_past_issue
UNION ALL
SELECT snapshot_id, organisation_id, dataset_id, issue_type_id
FROM t_neighbour JOIN past_issue USING (snapshot_id);

-- step: resources of endpoints on either side
CREATE TEMP TABLE t_dated_endpoint ON COMMIT DROP AS
SELECT snapshot_id, organisation_id, dataset_id, endpoint_id, resource_id FROM t_endpoint_state
UNION ALL
SELECT snapshot_id, organisation_id, dataset_id, endpoint_id, resource_id
FROM t_neighbour JOIN endpoint_state USING (snapshot_id);

-- step: totals on either side
CREATE TEMP TABLE t_dated_total ON COMMIT DROP AS
SELECT snapshot_id, denominator, expected, organisations FROM t_coverage WHERE dimension = 'all'
UNION ALL
SELECT snapshot_id, denominator, expected, organisations
FROM t_neighbour JOIN coverage USING (snapshot_id) WHERE dimension = 'all';

-- step: statistics of either side
ANALYZE t_dated_cell, t_dated_issue, t_dated_past, t_dated_endpoint, t_dated_total;

-- step: forget events that are worked out again
DELETE FROM event WHERE snapshot_id IN (SELECT snapshot_id FROM t_pair);

-- step: forget annotations that are worked out again
DELETE FROM annotation WHERE snapshot_id IN (SELECT snapshot_id FROM t_pair);

-- step: rules that changed
CREATE TEMP TABLE t_rule_change ON COMMIT DROP AS
SELECT p.snapshot_id, p.previous_id, p.as_at, i.issue_type, r.*
FROM t_pair p
CROSS JOIN LATERAL rule_changes(p.snapshot_id, p.previous_id) r
JOIN issue_type i ON i.id = r.issue_type_id;

-- step: cells that rules alone changed
CREATE TEMP TABLE t_rule_effect ON COMMIT DROP AS
SELECT p.snapshot_id, e.*
FROM (SELECT DISTINCT snapshot_id, previous_id FROM t_rule_change) p
CROSS JOIN LATERAL rule_effects(p.snapshot_id, p.previous_id) e;

-- step: annotations of rules
INSERT INTO annotation (on_date, kind, scope, title, text, snapshot_id, subject)
SELECT as_at, 'rule', (SELECT kind FROM t_context),
    CASE change WHEN 'added' THEN 'New check: ' WHEN 'removed' THEN 'Check no longer made: '
        ELSE 'Check changed: ' END || issue_type,
    CASE change WHEN 'added' THEN 'From this date the platform also makes this check. It finds '
            || CASE severity WHEN 'error' THEN 'an ' ELSE 'a ' END || severity
            || CASE responsibility WHEN 'external' THEN ' for the authority to fix'
                WHEN 'internal' THEN ' for the platform to fix' ELSE '' END || ' in ' || cells
            || ' provisions. Nothing got worse at the authorities: the rule is new.'
        WHEN 'removed' THEN 'From this date the platform no longer makes this check. Before, it '
            || 'found ' || CASE old_severity WHEN 'error' THEN 'an ' ELSE 'a ' END || old_severity
            || CASE old_responsibility WHEN 'external' THEN ' for the authority to fix'
                WHEN 'internal' THEN ' for the platform to fix' ELSE '' END || ' in ' || cells
            || ' provisions. Nothing got better at the authorities: the rule is gone.'
        ELSE 'What this check finds was ' || CASE old_severity WHEN 'error' THEN 'an ' ELSE 'a ' END || old_severity
            || CASE old_responsibility WHEN 'external' THEN ' for the authority to fix'
                WHEN 'internal' THEN ' for the platform to fix' ELSE '' END
            || ', and is now ' || CASE severity WHEN 'error' THEN 'an ' ELSE 'a ' END || severity
            || CASE responsibility WHEN 'external' THEN ' for the authority to fix'
                WHEN 'internal' THEN ' for the platform to fix' ELSE '' END || '. ' || cells
            || ' provisions have it.' END,
    snapshot_id, issue_type
FROM t_rule_change
ON CONFLICT (on_date, kind, scope, title) DO UPDATE
SET text = excluded.text, snapshot_id = excluded.snapshot_id;

-- step: annotations of denominators
INSERT INTO annotation (on_date, kind, scope, title, text, snapshot_id, subject)
SELECT p.as_at, 'denominator', (SELECT kind FROM t_context),
    CASE n.denominator WHEN 'programme' THEN 'The programme' WHEN 'statutory'
        THEN 'Statutory duties' WHEN 'to-provide' THEN 'What has to be provided' ELSE 'Obligations of any kind' END
        || CASE WHEN n.expected > b.expected THEN ' grew' ELSE ' shrank' END,
    'From this date ' || to_char(n.expected, 'FM999,999,999') || ' provisions of '
        || to_char(n.organisations, 'FM999,999') || ' authorities are expected; before, '
        || to_char(b.expected, 'FM999,999,999') || ' of '
        || to_char(b.organisations, 'FM999,999')
        || '. A percentage moves with it even where nobody did anything.',
    p.snapshot_id, n.denominator
FROM t_pair p
JOIN t_dated_total n ON n.snapshot_id = p.snapshot_id
JOIN t_dated_total b ON b.snapshot_id = p.previous_id
    AND b.denominator = n.denominator
WHERE n.denominator IN ('programme', 'statutory', 'any', 'to-provide')
    AND abs(n.expected - b.expected) * 20 >= b.expected
    AND (n.denominator NOT IN ('any', 'to-provide') OR (SELECT kind FROM t_context) <> 'odp-reports')
ON CONFLICT (on_date, kind, scope, title) DO UPDATE
SET text = excluded.text, snapshot_id = excluded.snapshot_id;

-- step: annotations of the source
INSERT INTO annotation (on_date, kind, scope, title, text)
SELECT DISTINCT ON (iso_date(on_date), blank(kind), blank(title))
    iso_date(on_date), blank(kind), (SELECT kind FROM t_context), blank(title), blank(text)
FROM stage_annotation
WHERE iso_date(on_date) IS NOT NULL AND blank(kind) IN ('rule', 'denominator', 'incident')
ORDER BY iso_date(on_date), blank(kind), blank(title), seq DESC
ON CONFLICT (on_date, kind, scope, title) DO UPDATE SET text = excluded.text;

-- step: organisations in consecutive snapshots
CREATE TEMP TABLE t_member ON COMMIT DROP AS
SELECT s.snapshot_id, s.organisation_id, bool_or(s.in_programme) AS programme,
    bool_or(s.in_statutory) AS statutory, bool_or(s.in_any) AS any_reason,
    bool_or(s.in_to_provide) AS to_provide
FROM (
    SELECT snapshot_id, organisation_id, in_programme, in_statutory, in_any, in_to_provide
    FROM t_summary
    UNION ALL
    SELECT snapshot_id, organisation_id, in_programme, in_statutory, in_any, in_to_provide
    FROM t_neighbour JOIN summary USING (snapshot_id)
) s
GROUP BY 1, 2;

-- step: cells before and after
-- Only organisations that both snapshots speak of: who is new to a list has lost or won nothing.
-- A cell without an endpoint is always the same, so those with one are all that can differ.
CREATE TEMP TABLE t_change ON COMMIT DROP AS
SELECT snapshot_id, previous_id, organisation_id, dataset_id,
    coalesce(n.endpoint_count, 0) AS endpoints, coalesce(b.endpoint_count, 0) AS endpoints_before,
    n.access_band IN ('broken', 'long_broken', 'never') AS broken,
    b.access_band IN ('broken', 'long_broken', 'never') AS broken_before,
    n.endpoint_id, b.endpoint_id AS endpoint_before, n.resource_id,
    b.resource_id AS resource_before, coalesce(n.status, 'not_submitted') AS status,
    coalesce(b.status, 'not_submitted') AS status_before,
    CASE 'needs_improving' WHEN n.status THEN n.reasons WHEN b.status THEN b.reasons END
        AS reasons_needing
FROM (
    SELECT p.snapshot_id, p.previous_id, x.organisation_id, x.dataset_id, x.endpoint_count,
        x.access_band, x.endpoint_id, x.resource_id, x.status, x.reasons
    FROM t_pair p JOIN t_dated_cell x ON x.snapshot_id = p.snapshot_id
    JOIN t_member m ON m.snapshot_id = p.previous_id AND m.organisation_id = x.organisation_id
) n
FULL JOIN (
    SELECT p.snapshot_id, p.previous_id, x.organisation_id, x.dataset_id, x.endpoint_count,
        x.access_band, x.endpoint_id, x.resource_id, x.status, x.reasons
    FROM t_pair p JOIN t_dated_cell x ON x.snapshot_id = p.previous_id
    JOIN t_member m ON m.snapshot_id = p.snapshot_id AND m.organisation_id = x.organisation_id
) b USING (snapshot_id, previous_id, organisation_id, dataset_id)
WHERE (n.endpoint_count, n.access_band, n.endpoint_id, n.resource_id, n.status)
    IS DISTINCT FROM (b.endpoint_count, b.access_band, b.endpoint_id, b.resource_id, b.status);

-- step: issue types before and after
CREATE TEMP TABLE t_issue_change ON COMMIT DROP AS
SELECT snapshot_id, previous_id, organisation_id, dataset_id, issue_type_id,
    b.issue_type_id_before IS NULL AS appeared
FROM (
    SELECT p.snapshot_id, p.previous_id, x.organisation_id, x.dataset_id, x.issue_type_id,
        bool_or(x.severity IN ('critical', 'error') AND x.responsibility = 'external') AS blocking
    FROM t_pair p JOIN t_dated_issue x ON x.snapshot_id = p.snapshot_id
    WHERE x.severity IN ('critical', 'error', 'warning', 'notice', 'unclassified')
    GROUP BY 1, 2, 3, 4, 5
) n
FULL JOIN (
    SELECT DISTINCT p.snapshot_id, p.previous_id, x.organisation_id, x.dataset_id,
        x.issue_type_id, x.issue_type_id AS issue_type_id_before
    FROM t_pair p JOIN t_dated_issue x ON x.snapshot_id = p.previous_id
    WHERE x.severity IN ('critical', 'error', 'warning', 'notice', 'unclassified')
) b USING (snapshot_id, previous_id, organisation_id, dataset_id, issue_type_id)
WHERE b.issue_type_id_before IS NULL OR n.blocking IS NULL;

-- step: without issue types that are past on the other date
-- They were there on both: nobody brought them, and nobody mended them.
DELETE FROM t_issue_change c USING t_dated_past p
WHERE p.snapshot_id = CASE WHEN c.appeared THEN c.previous_id ELSE c.snapshot_id END
    AND p.organisation_id = c.organisation_id AND p.dataset_id = c.dataset_id
    AND p.issue_type_id = c.issue_type_id;

-- step: events of cells
INSERT INTO event (snapshot_id, previous_snapshot_id, organisation_id, dataset_id, kind, before,
    after, by_rule)
SELECT c.snapshot_id, c.previous_id, c.organisation_id, c.dataset_id, e.kind, e.before, e.after,
    e.kind = 'status_changed' AND coalesce((c.status_before, c.status, x.effect) IN
        (('live', 'needs_improving', -1), ('needs_improving', 'live', 1))
        AND NOT c.reasons_needing && ARRAY['some_endpoints_failing', 'outside_boundary'], false)
FROM t_change c
LEFT JOIN t_rule_effect x USING (snapshot_id, organisation_id, dataset_id)
LEFT JOIN endpoint n ON n.id = c.endpoint_id
LEFT JOIN endpoint b ON b.id = c.endpoint_before
LEFT JOIN resource nr ON nr.id = c.resource_id
LEFT JOIN resource br ON br.id = c.resource_before
CROSS JOIN LATERAL (VALUES
    ('newly_provided', c.endpoints > 0 AND c.endpoints_before = 0, NULL, n.endpoint),
    ('lost', c.endpoints = 0 AND c.endpoints_before > 0, b.endpoint, NULL),
    ('newly_broken', c.broken AND NOT c.broken_before AND c.endpoints > 0
        AND c.endpoints_before > 0, NULL, NULL),
    ('recovered', c.broken_before AND NOT c.broken AND c.endpoints > 0
        AND c.endpoints_before > 0, NULL, NULL),
    ('endpoint_replaced', c.endpoint_id <> c.endpoint_before, b.endpoint, n.endpoint),
    ('content_updated', c.resource_id <> c.resource_before, br.resource, nr.resource),
    ('status_changed', c.status <> c.status_before, c.status_before, c.status)
) e (kind, happened, before, after)
WHERE e.happened;

-- step: events of content at endpoints that are not the primary
-- Content is as new as at any active endpoint, so what another one gives is an update as well. A
-- weekly report knows the primary only.
INSERT INTO event (snapshot_id, previous_snapshot_id, organisation_id, dataset_id, kind, before,
    after)
SELECT DISTINCT ON (p.snapshot_id, n.organisation_id, n.dataset_id) p.snapshot_id, p.previous_id,
    n.organisation_id, n.dataset_id, 'content_updated', br.resource, nr.resource
FROM t_pair p
JOIN t_dated_endpoint n ON n.snapshot_id = p.snapshot_id
JOIN t_dated_endpoint b ON b.snapshot_id = p.previous_id AND b.organisation_id = n.organisation_id
    AND b.dataset_id = n.dataset_id AND b.endpoint_id = n.endpoint_id
    AND b.resource_id <> n.resource_id
JOIN resource nr ON nr.id = n.resource_id
JOIN resource br ON br.id = b.resource_id
WHERE NOT EXISTS (SELECT FROM event e WHERE e.snapshot_id = p.snapshot_id
    AND e.organisation_id = n.organisation_id AND e.dataset_id = n.dataset_id
    AND e.kind = 'content_updated')
ORDER BY p.snapshot_id, n.organisation_id, n.dataset_id, nr.start_date DESC NULLS LAST,
    n.endpoint_id;

-- step: events of issue types
INSERT INTO event (snapshot_id, previous_snapshot_id, organisation_id, dataset_id, kind, before,
    after, by_rule)
SELECT c.snapshot_id, c.previous_id, c.organisation_id, c.dataset_id,
    CASE WHEN c.appeared THEN 'issue_type_appeared' ELSE 'issue_type_cleared' END,
    CASE WHEN NOT c.appeared THEN i.issue_type END, CASE WHEN c.appeared THEN i.issue_type END,
    -- A check that is new finds what was there; one that is gone finds nothing; and one that was,
    -- or is, only information is in no list of issues.
    coalesce(CASE WHEN c.appeared THEN r.change = 'added' OR r.old_severity IN ('info', 'debug')
        ELSE r.change = 'removed' OR r.severity IN ('info', 'debug') END, false)
FROM t_issue_change c
JOIN issue_type i ON i.id = c.issue_type_id
LEFT JOIN t_rule_change r ON r.snapshot_id = c.snapshot_id AND r.issue_type_id = c.issue_type_id
JOIN t_member m ON m.snapshot_id = c.snapshot_id AND m.organisation_id = c.organisation_id
JOIN t_member b ON b.snapshot_id = c.previous_id AND b.organisation_id = c.organisation_id;

-- step: events of denominators
INSERT INTO event (snapshot_id, previous_snapshot_id, organisation_id, dataset_id, kind, before,
    after)
SELECT p.snapshot_id, p.previous_id, x.organisation_id, NULL,
    CASE WHEN x.is_in THEN 'joined_denominator' ELSE 'left_denominator' END,
    CASE WHEN NOT x.is_in THEN x.denominator END, CASE WHEN x.is_in THEN x.denominator END
FROM t_pair p
CROSS JOIN LATERAL (
    SELECT organisation_id, v.denominator, coalesce(v.is_in, false) AS is_in
    FROM (SELECT * FROM t_member WHERE snapshot_id = p.snapshot_id) n
    FULL JOIN (
        SELECT organisation_id, programme AS programme_before, statutory AS statutory_before,
            any_reason AS any_before, to_provide AS to_provide_before
        FROM t_member WHERE snapshot_id = p.previous_id
    ) b USING (organisation_id)
    CROSS JOIN LATERAL (VALUES
        ('programme', n.programme, b.programme_before),
        ('statutory', n.statutory, b.statutory_before),
        ('any', n.any_reason, b.any_before),
        ('to-provide', n.to_provide, b.to_provide_before)
    ) v (denominator, is_in, was_in)
    WHERE coalesce(v.is_in, false) <> coalesce(v.was_in, false)
) x;
