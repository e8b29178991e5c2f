-- The lives of tasks: first and last seen, closed when and why, reopened how often. A pure function
-- of what the ordered snapshots say, so that any order of loads gives the same.

-- step: dates of snapshots
CREATE TEMP TABLE t_sequence ON COMMIT DROP AS
SELECT kind, as_at, id AS snapshot_id, row_number() OVER w AS n, lead(as_at) OVER w AS next_on
FROM snapshot
WINDOW w AS (PARTITION BY kind ORDER BY as_at);

-- step: whether this is one night after all others
CREATE TEMP TABLE t_night ON COMMIT DROP AS
SELECT max(as_at) AS as_at FROM t_as_at
HAVING count(*) = 1 AND max(as_at) > ALL (
    SELECT p.as_at FROM t_sequence p
    WHERE p.snapshot_id NOT IN (SELECT snapshot_id FROM t_as_at))
    AND NOT EXISTS (SELECT FROM t_touched)
    -- Loaded before, it has left its marks.
    AND NOT EXISTS (SELECT FROM task t
        WHERE greatest(t.last_seen_on, t.closed_on) >= (SELECT max(as_at) FROM t_as_at));

-- step: tasks that were there and still are
UPDATE task t SET last_seen_on = g.as_at
FROM t_night g, task_observation o
WHERE t.closed_on IS NULL AND t.snapshot_kind = (SELECT kind FROM t_context)
    AND o.snapshot_kind = t.snapshot_kind AND o.organisation_id = t.organisation_id
    AND o.dataset_id = t.dataset_id AND o.kind = t.kind AND o.code = t.code AND o.field = t.field
    AND o.subject = t.subject AND o.to_on = 'infinity' AND o.from_on < g.as_at
    AND o.from_on <= t.last_seen_on;

-- step: tasks to look at
-- After one more night what changed or fell silent; else all of them.
CREATE TEMP TABLE t_life ON COMMIT DROP AS
SELECT organisation_id, dataset_id, kind, code, field, subject FROM task
WHERE closed_on IS NULL AND last_seen_on < (SELECT as_at FROM t_night)
UNION
SELECT organisation_id, dataset_id, kind, code, field, subject FROM task_observation o
WHERE NOT EXISTS (SELECT FROM t_night)
    OR o.to_on = 'infinity' AND o.snapshot_kind = (SELECT kind FROM t_context) AND NOT EXISTS (
        SELECT FROM task t
        WHERE t.organisation_id = o.organisation_id AND t.dataset_id = o.dataset_id
            AND t.kind = o.kind AND t.code = o.code AND t.field = o.field
            AND t.subject = o.subject AND t.closed_on IS NULL AND t.last_seen_on = (SELECT as_at FROM t_night));

-- step: key of tasks to look at
CREATE UNIQUE INDEX ON t_life (organisation_id, dataset_id, kind, code, field, subject);

-- step: statistics of tasks to look at
ANALYZE t_life, t_sequence;

-- step: forget the lives that are told anew
DELETE FROM task t
WHERE NOT EXISTS (SELECT FROM t_night) OR EXISTS (SELECT FROM t_life l
    WHERE l.organisation_id = t.organisation_id AND l.dataset_id = t.dataset_id
        AND l.kind = t.kind AND l.code = t.code AND l.field = t.field AND l.subject = t.subject);

-- step: observations of those tasks
-- What is open reaches to the newest snapshot of its kind.
CREATE TEMP TABLE t_observation ON COMMIT DROP AS
SELECT o.snapshot_kind, organisation_id, dataset_id, kind, code, field, subject, o.from_on,
    least(o.to_on, w.as_at) AS to_on, o.urgency, o.problems, o.rows, o.detail, o.since,
    o.of_last_good
FROM task_observation o
JOIN t_life USING (organisation_id, dataset_id, kind, code, field, subject)
JOIN (SELECT kind AS snapshot_kind, max(as_at) AS as_at FROM t_sequence GROUP BY 1) w
    USING (snapshot_kind);

-- step: key of observations
CREATE INDEX ON t_observation (organisation_id, dataset_id, kind, code, field, subject);

-- step: statistics of observations
ANALYZE t_observation;

-- step: runs
-- Consecutive snapshots of one kind that have a task, whatever changed of it meanwhile.
CREATE TEMP TABLE t_run ON COMMIT DROP AS
SELECT snapshot_kind, organisation_id, dataset_id, kind, code, field, subject,
    min(from_on) AS from_on, max(to_on) AS to_on,
    CASE kind WHEN 'take_over' THEN 'provide' WHEN 'fix' THEN 'issues' WHEN 'field' THEN 'fields'
        WHEN 'documentation' THEN 'source' WHEN 'licence' THEN 'source' WHEN 'review' THEN 'age'
        WHEN 'confirm' THEN 'age' ELSE kind END AS aspect,
    row_number() OVER () AS run
FROM (
    SELECT *, count(*) FILTER (WHERE gap) OVER (
        PARTITION BY snapshot_kind, organisation_id, dataset_id, kind, code, field, subject
        ORDER BY from_on) AS island
    FROM (
        SELECT o.*, f.n > lag(l.n) OVER (
            PARTITION BY o.snapshot_kind, organisation_id, dataset_id, o.kind, code, field, subject
            ORDER BY o.from_on) + 1 AS gap
        FROM t_observation o
        JOIN t_sequence f ON f.kind = o.snapshot_kind AND f.as_at = o.from_on
        JOIN t_sequence l ON l.kind = o.snapshot_kind AND l.as_at = o.to_on
    ) x
) y
GROUP BY snapshot_kind, organisation_id, dataset_id, kind, code, field, subject, island;

-- step: the next date of each kind
CREATE TEMP TABLE t_next ON COMMIT DROP AS
SELECT r.to_on AS after, p.kind, min(p.as_at) AS next_on
FROM (SELECT DISTINCT to_on FROM t_run) r
JOIN t_sequence p ON p.as_at > r.to_on
GROUP BY 1, 2;

-- step: key of runs
CREATE INDEX ON t_run (organisation_id, dataset_id);

-- step: statistics of runs
ANALYZE t_run, t_next;

-- step: first silence that means something
-- A snapshot that judges this aspect of the cell and does not have the task; or one of the whole
-- country in which the cell is no more.
CREATE TEMP TABLE t_silence ON COMMIT DROP AS
SELECT DISTINCT ON (run) run, day, snapshot_kind, has
FROM (
    SELECT r.run, CASE WHEN j.from_on > r.to_on THEN j.from_on ELSE x.next_on END AS day,
        j.snapshot_kind, j.has
    FROM t_run r
    JOIN task_judgement j ON j.organisation_id = r.organisation_id
        AND j.dataset_id = r.dataset_id AND j.to_on > r.to_on AND r.aspect = ANY (j.aspects)
    JOIN t_next x ON x.kind = j.snapshot_kind AND x.after = r.to_on AND x.next_on <= j.to_on
    UNION ALL
    SELECT r.run, p.next_on, j.snapshot_kind, 'nothing'
    FROM t_run r
    JOIN task_judgement j ON j.organisation_id = r.organisation_id
        AND j.dataset_id = r.dataset_id AND j.snapshot_kind <> 'odp-reports'
    JOIN t_sequence p ON p.kind = j.snapshot_kind AND p.as_at = j.to_on AND p.next_on > r.to_on
    WHERE NOT EXISTS (SELECT FROM task_judgement k
        WHERE k.organisation_id = j.organisation_id AND k.dataset_id = j.dataset_id
            AND k.snapshot_kind = j.snapshot_kind AND k.from_on = p.next_on)
) s
ORDER BY run, day, array_position(ARRAY['platform', 'sample', 'odp-reports', 'registers'],
    snapshot_kind);

-- step: key of silences
CREATE UNIQUE INDEX ON t_silence (run);

-- step: statistics of silences
ANALYZE t_silence;

-- step: lives
CREATE TEMP TABLE t_span ON COMMIT DROP AS
SELECT organisation_id, dataset_id, kind, code, field, subject, span, min(from_on) AS from_on,
    max(to_on) AS to_on, count(*) AS runs, max(coalesce(day, 'infinity')) AS closed_on,
    (array_agg(silence_kind ORDER BY coalesce(day, 'infinity') DESC, run))[1] AS silence_kind,
    (array_agg(has ORDER BY coalesce(day, 'infinity') DESC, run))[1] AS has
FROM (
    SELECT *, count(*) FILTER (WHERE from_on > over_on) OVER w AS span
    FROM (
        SELECT r.*, s.day, s.snapshot_kind AS silence_kind, s.has,
            max(coalesce(s.day, 'infinity')) OVER (
                PARTITION BY organisation_id, dataset_id, kind, code, field, subject
                ORDER BY from_on, r.run ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS over_on
        FROM t_run r
        LEFT JOIN t_silence s USING (run)
    ) x
    WINDOW w AS (PARTITION BY organisation_id, dataset_id, kind, code, field, subject
        ORDER BY from_on, run)
) y
GROUP BY 1, 2, 3, 4, 5, 6, 7;

-- step: statistics of lives
ANALYZE t_span;

-- step: tasks
INSERT INTO task (public_id, organisation_id, dataset_id, kind, code, field, subject,
    snapshot_kind, urgency, problems, rows, detail, since, of_last_good, first_seen_on,
    last_seen_on, closed_on, close_reason, reopened, unreliable)
SELECT task_id(o.organisation, d.dataset, z.kind, z.code, z.field, z.subject), z.organisation_id,
    z.dataset_id, z.kind, z.code, z.field, z.subject, v.snapshot_kind, v.urgency, v.problems,
    v.rows, v.detail, v.since, v.of_last_good, z.first_seen_on, z.last_seen_on, z.closed_on,
    CASE WHEN z.closed_on IS NULL THEN NULL
        WHEN o.end_date <= z.closed_on THEN 'organisation_ended'
        WHEN z.kind IN ('provide', 'take_over') THEN
            CASE z.has WHEN 'endpoint' THEN 'fixed' WHEN 'provision' THEN 'superseded'
                ELSE 'provision_ended' END
        WHEN z.has = 'nothing' AND NOT EXISTS (SELECT FROM summary s
            WHERE s.snapshot_id = p.snapshot_id AND s.organisation_id = z.organisation_id
                AND s.dataset_id = z.dataset_id) THEN 'provision_ended'
        WHEN z.has <> 'endpoint' THEN 'endpoint_ended'
        WHEN z.kind IN ('access', 'documentation', 'licence') AND (e.end_date <= z.closed_on
            OR z.silence_kind <> 'registers' AND NOT EXISTS (SELECT FROM endpoint_state s
                WHERE s.snapshot_id = p.snapshot_id AND s.organisation_id = z.organisation_id
                    AND s.dataset_id = z.dataset_id AND s.endpoint_id = e.id))
        THEN 'endpoint_ended'
        WHEN z.kind = 'review' AND z.closed_on >=
            make_date(z.subject::int + 1, l.month, l.day) - l.notice_days THEN 'superseded'
        WHEN z.kind = 'fix' AND EXISTS (SELECT FROM past_issue s
            WHERE s.snapshot_id = p.snapshot_id AND s.organisation_id = z.organisation_id
                AND s.dataset_id = z.dataset_id AND s.issue_type_id = k.id AND s.field = z.field)
        THEN 'superseded'
        WHEN z.kind = 'fix' AND (EXISTS (SELECT FROM issue_summary s
            WHERE s.snapshot_id = p.snapshot_id AND s.organisation_id = z.organisation_id
                AND s.dataset_id = z.dataset_id AND s.issue_type_id = k.id AND s.field = z.field)
            OR EXISTS (SELECT FROM annotation s WHERE s.kind = 'rule'
                AND s.snapshot_id = p.snapshot_id AND s.subject = z.code)
            OR EXISTS (SELECT FROM task_observation s
                WHERE s.snapshot_kind = z.silence_kind AND s.organisation_id = z.organisation_id
                    AND s.dataset_id = z.dataset_id AND s.kind = 'fix' AND s.field = z.field
                    AND s.from_on = z.closed_on AND s.problems = v.problems
                    AND NOT EXISTS (SELECT FROM task_observation b
                        WHERE b.snapshot_kind = s.snapshot_kind AND b.kind = 'fix'
                            AND b.code = s.code AND b.from_on < s.from_on)))
        THEN 'rule_changed'
        ELSE 'fixed' END,
    z.spans - 1, z.kind = 'access' AND z.changes >= 3
FROM (
    SELECT organisation_id, dataset_id, kind, code, field, subject, min(from_on) AS first_seen_on,
        max(to_on) AS last_seen_on, count(*) AS spans,
        nullif(max(closed_on), 'infinity')::date AS closed_on,
        (array_agg(silence_kind ORDER BY span DESC))[1] AS silence_kind,
        (array_agg(has ORDER BY span DESC))[1] AS has,
        count(*) FILTER (WHERE from_on > last_on - 14)
            + count(*) FILTER (WHERE closed_on > last_on - 14 AND closed_on <= last_on) AS changes
    FROM (
        SELECT *, max(to_on) OVER (
            PARTITION BY organisation_id, dataset_id, kind, code, field, subject) AS last_on
        FROM t_span
    ) x
    GROUP BY 1, 2, 3, 4, 5, 6
) z
JOIN organisation o ON o.id = z.organisation_id
JOIN dataset d ON d.id = z.dataset_id
CROSS JOIN LATERAL (
    SELECT * FROM t_observation v
    WHERE v.organisation_id = z.organisation_id AND v.dataset_id = z.dataset_id
        AND v.kind = z.kind AND v.code = z.code AND v.field = z.field AND v.subject = z.subject
    ORDER BY v.to_on DESC,
        array_position(ARRAY['platform', 'sample', 'odp-reports', 'registers'], v.snapshot_kind)
    LIMIT 1
) v
LEFT JOIN t_sequence p ON p.kind = z.silence_kind AND p.as_at = z.closed_on
LEFT JOIN endpoint e ON e.endpoint = z.subject
LEFT JOIN issue_type k ON k.issue_type = z.code
LEFT JOIN deadline l ON l.dataset = d.dataset;
