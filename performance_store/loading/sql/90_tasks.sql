-- Tasks: what each organisation is to do next, as facts. Kinds, triggers and urgency in one place;
-- what a later snapshot without the task means is worked out in 95_lives.sql.

-- step: organisations that tasks are for
-- A body that has closed does nothing more; companies owe nothing.
CREATE TEMP TABLE t_doer ON COMMIT DROP AS
SELECT a.snapshot_id, a.as_at, o.id AS organisation_id
FROM t_as_at a
CROSS JOIN organisation o
WHERE o.type <> 'company' AND (o.end_date IS NULL OR o.end_date > a.as_at);

-- step: statistics of those organisations
ANALYZE t_doer;

-- step: cells of those organisations that have data
CREATE TEMP TABLE t_due ON COMMIT DROP AS
SELECT s.snapshot_id, r.as_at, s.organisation_id, s.dataset_id, s.endpoint_count,
    s.reasons, s.freshness_band, s.access_band,
    s.content_changed_on, s.error_external IS NOT NULL AS counts_issues
FROM t_doer r
JOIN t_summary s USING (snapshot_id, organisation_id)
WHERE s.endpoint_count > 0 OR s.in_denominator AND s.reasons @> ARRAY['outside_boundary'];

-- step: statistics of cells
ANALYZE t_due;

-- step: cells provided by others
CREATE TEMP TABLE t_alternative ON COMMIT DROP AS
SELECT DISTINCT a.snapshot_id, p.organisation_id, p.dataset_id
FROM t_as_at a
JOIN t_owed p ON (p.as_at IS NULL OR p.as_at = a.as_at)
    AND (p.start_date IS NULL OR p.start_date <= a.as_at)
    AND (p.end_date IS NULL OR p.end_date > a.as_at)
WHERE p.provision_reason = 'alternative';

-- step: places of the dates
CREATE TEMP TABLE t_order ON COMMIT DROP AS
SELECT id AS snapshot_id, as_at, row_number() OVER (ORDER BY as_at)::int AS n
FROM snapshot WHERE kind = (SELECT kind FROM t_context);

-- step: statistics of places
ANALYZE t_order;

-- step: cells without an endpoint
-- Most cells, and the same week after week: put together here they are a hundredth of the rows.
CREATE TEMP TABLE t_vacancy ON COMMIT DROP AS
SELECT x.*, f.as_at AS from_on, l.as_at AS to_on
FROM (
    SELECT s.organisation_id, s.dataset_id, s.in_denominator, s.provision_reason,
        s.reasons @> ARRAY['endpoint_not_processed'] AS not_processed,
        r.organisation_id IS NOT NULL AS has_doer, v.organisation_id IS NOT NULL AS has_alternative,
        range_agg(int4range(p.n, p.n, '[]')) AS places
    FROM t_as_at a
    JOIN t_order p USING (snapshot_id)
    JOIN t_summary s USING (snapshot_id)
    LEFT JOIN t_doer r USING (snapshot_id, organisation_id)
    LEFT JOIN t_alternative v USING (snapshot_id, organisation_id, dataset_id)
    WHERE s.endpoint_count = 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7
) x
CROSS JOIN LATERAL unnest(x.places) y
JOIN t_order f ON f.n = lower(y)
JOIN t_order l ON l.n = upper(y) - 1;

-- step: table of tasks
-- Nothing that changes every night by itself stands in it: a task is one row for as long as nothing
-- of it changes.
CREATE TEMP TABLE t_task (
    from_on date NOT NULL, to_on date NOT NULL, organisation_id int NOT NULL,
    dataset_id int NOT NULL, kind text NOT NULL, code text NOT NULL, field text NOT NULL,
    subject text NOT NULL, urgency text NOT NULL,
    problems int, rows int, detail text, since date, of_last_good boolean NOT NULL
) ON COMMIT DROP;

-- step: endpoints that fail
-- One bad night should be looked at; five days, or no data to fall back on, must be.
INSERT INTO t_task
SELECT c.as_at, c.as_at, o.organisation_id, o.dataset_id, 'access', '', '', o.endpoint,
    CASE WHEN c.as_at - coalesce(o.last_success_on, o.failing_since) >= 5
        OR (c.endpoint_count = 1 AND o.resource_id IS NULL) THEN 'must' ELSE 'should' END,
    NULL, NULL, coalesce(o.http_status, o.exception), coalesce(o.last_success_on + 1,
        o.failing_since), false
FROM t_obs o
JOIN t_due c USING (snapshot_id, organisation_id, dataset_id)
WHERE o.attempted AND NOT o.success;

-- step: datasets to provide, or to take over
INSERT INTO t_task
SELECT from_on, to_on, organisation_id, dataset_id,
    CASE WHEN has_alternative THEN 'take_over' ELSE 'provide' END, '', '', '',
    CASE WHEN has_alternative THEN 'should' ELSE CASE provision_reason
        WHEN 'statutory' THEN 'must' WHEN 'expected' THEN 'should' ELSE 'improve' END END,
    NULL, NULL, CASE WHEN not_processed THEN 'not_processed' END, NULL, false
FROM t_vacancy
WHERE has_doer AND in_denominator AND (has_alternative
    OR provision_reason IN ('statutory', 'expected', 'encouraged', 'prospective'));

-- step: issues to fix
-- An issue that becomes less severe stays the same task: it must no longer, but may be improved.
INSERT INTO t_task
SELECT c.as_at, c.as_at, i.organisation_id, i.dataset_id, 'fix',
    coalesce(l.issue_type, k.issue_type), i.field, '',
    CASE WHEN bool_or(i.severity <> 'warning') THEN 'must' ELSE 'improve' END,
    least(sum(i.problems), 2147483647), CASE WHEN count(*) = 1 THEN min(i.rows) END, NULL,
    NULL::date, bool_and(i.of_last_good)
FROM t_issue_summary i
JOIN t_due c USING (snapshot_id, organisation_id, dataset_id)
JOIN issue_type k ON k.id = i.issue_type_id
LEFT JOIN issue_type_alias l ON l.alias = k.issue_type
WHERE i.responsibility = 'external' AND i.severity IN ('critical', 'error', 'warning')
GROUP BY 1, 2, 3, 4, 6, 7;

-- step: required fields that are missing
INSERT INTO t_task
SELECT c.as_at, c.as_at, c.organisation_id, c.dataset_id, 'field', 'missing', r.field, '',
    CASE WHEN r.blocks THEN 'must' ELSE 'should' END, NULL, NULL, NULL, NULL, false
FROM t_lacking r
JOIN t_due c USING (snapshot_id, organisation_id, dataset_id)
WHERE NOT EXISTS (SELECT FROM t_lacking b
    WHERE b.snapshot_id = r.snapshot_id AND b.organisation_id = r.organisation_id
        AND b.dataset_id = r.dataset_id AND b.field = r.instead AND b.place < r.place);

-- step: records outside the boundary
INSERT INTO t_task
SELECT as_at, as_at, organisation_id, dataset_id, 'boundary', '', '', '', 'improve', NULL, NULL,
    NULL, NULL, false
FROM t_due
WHERE reasons @> ARRAY['outside_boundary'];

-- step: registers to be reviewed this year, or still from last year
INSERT INTO t_task
SELECT c.as_at, c.as_at, c.organisation_id, c.dataset_id, 'review', '', '', y.year::text,
    CASE WHEN c.as_at > y.due_on THEN 'must' ELSE 'should' END, NULL, NULL,
    y.due_on::text, c.content_changed_on, false
FROM t_due c
JOIN dataset d ON d.id = c.dataset_id
JOIN deadline l ON l.dataset = d.dataset
CROSS JOIN LATERAL (
    SELECT g AS year, make_date(g, l.month, l.day) AS due_on
    FROM generate_series(date_part('year', c.as_at)::int - 1, date_part('year', c.as_at)::int) g
) y
WHERE c.endpoint_count > 0 AND c.content_changed_on < make_date(y.year, 1, 1)
    AND c.as_at >= y.due_on - l.notice_days
    AND c.as_at < make_date(y.year + 1, l.month, l.day) - l.notice_days;

-- step: data that may no longer be right
INSERT INTO t_task
SELECT c.as_at, c.as_at, c.organisation_id, c.dataset_id, 'confirm', '', '', '', 'improve', NULL,
    NULL, NULL, c.content_changed_on, false
FROM t_due c
JOIN dataset d ON d.id = c.dataset_id
WHERE c.endpoint_count > 0 AND c.freshness_band = 'stale'
    AND d.dataset NOT IN (SELECT dataset FROM deadline);

-- step: endpoints without documentation or licence
INSERT INTO t_task
SELECT DISTINCT c.as_at, c.as_at, o.organisation_id, o.dataset_id, m.kind, '', '', o.endpoint,
    'improve', NULL::int, NULL::int, NULL, NULL::date, false
FROM t_obs o
JOIN t_due c USING (snapshot_id, organisation_id, dataset_id)
JOIN source x ON x.id = o.source_id
CROSS JOIN LATERAL (VALUES ('documentation', x.documentation_url), ('licence', x.licence))
    m (kind, value)
WHERE m.value IS NULL AND (SELECT kind FROM t_context) <> 'odp-reports';

-- step: endpoints that give what the newest one gives
INSERT INTO t_task
SELECT c.as_at, c.as_at, o.organisation_id, o.dataset_id, 'tidy', '', '', '', 'improve', count(*),
    NULL, NULL, NULL::date, false
FROM t_obs o
JOIN t_primary p USING (snapshot_id, organisation_id, dataset_id)
JOIN t_due c USING (snapshot_id, organisation_id, dataset_id)
WHERE o.endpoint_id <> p.endpoint_id AND o.resource_id = p.resource_id AND o.success AND p.success
GROUP BY 1, 2, 3, 4;

-- step: of what each snapshot could have spoken
-- A task that a snapshot does not have is done only where it could have been there: each aspect
-- that the snapshot judges for the cell. Without an endpoint there is nothing left to judge.
CREATE TEMP TABLE t_judgement ON COMMIT DROP AS
SELECT a.as_at AS from_on, a.as_at AS to_on, s.organisation_id, s.dataset_id, 'endpoint' AS has,
    CASE WHEN r.organisation_id IS NULL
    THEN ARRAY['access', 'age', 'boundary', 'fields', 'issues', 'provide', 'source', 'tidy']
    ELSE array_remove(ARRAY[
        CASE WHEN a.knows_logs AND s.endpoint_attempted_count = s.endpoint_count THEN 'access' END,
        CASE WHEN s.content_changed_on IS NOT NULL THEN 'age' END,
        CASE WHEN a.knows_expectations THEN 'boundary' END,
        CASE WHEN f.organisation_id IS NOT NULL THEN 'fields' END,
        CASE WHEN s.error_external IS NOT NULL AND u.all_current THEN 'issues' END,
        'provide',
        CASE WHEN (SELECT kind FROM t_context) <> 'odp-reports' THEN 'source' END,
        CASE WHEN a.knows_logs THEN 'tidy' END
    ], NULL) END AS aspects
FROM t_as_at a
JOIN t_summary s USING (snapshot_id)
LEFT JOIN t_doer r USING (snapshot_id, organisation_id)
LEFT JOIN t_field_judgement f USING (snapshot_id, organisation_id, dataset_id)
LEFT JOIN (
    SELECT snapshot_id, organisation_id, dataset_id, bool_and(current) AS all_current
    FROM t_use WHERE NOT is_past GROUP BY 1, 2, 3
) u USING (snapshot_id, organisation_id, dataset_id)
WHERE s.endpoint_count > 0
UNION ALL
SELECT from_on, to_on, organisation_id, dataset_id,
    CASE WHEN in_denominator THEN 'provision' ELSE 'nothing' END,
    ARRAY['access', 'age', 'boundary', 'fields', 'issues', 'provide', 'source', 'tidy']
FROM t_vacancy;

-- step: keep tasks as intervals
SELECT record_intervals('task_observation', 't_task', (SELECT kind FROM t_context),
    (SELECT array_agg(as_at) FROM t_as_at));

-- step: keep judgements as intervals
SELECT record_intervals('task_judgement', 't_judgement', (SELECT kind FROM t_context),
    (SELECT array_agg(as_at) FROM t_as_at));

-- step: statistics of both
ANALYZE task_observation, task_judgement;
