-- Cells: which organisation x dataset pairs a snapshot speaks of, and their primary endpoint.

-- step: access bands of endpoints
-- ok: the newest attempt succeeded; failing: less than 5 days without a success; broken: 5 to 30;
-- long_broken: more than 30; never: no success is known.
UPDATE t_obs SET access_band = CASE
    WHEN NOT attempted THEN 'unknown'
    WHEN success THEN 'ok'
    WHEN last_success_on IS NULL THEN 'never'
    WHEN as_at - last_success_on < 5 THEN 'failing'
    WHEN as_at - last_success_on <= 30 THEN 'broken'
    ELSE 'long_broken' END;

-- step: statistics of observations
ANALYZE t_obs;

-- step: primary endpoints
-- Newest entry date, ties by newest success, then by key.
CREATE TEMP TABLE t_primary ON COMMIT DROP AS
SELECT DISTINCT ON (snapshot_id, organisation_id, dataset_id) *
FROM t_obs
ORDER BY snapshot_id, organisation_id, dataset_id, entry_date DESC NULLS LAST,
    last_success_on DESC NULLS LAST, endpoint;

-- step: statistics of primaries
ANALYZE t_primary;

-- step: states of endpoints
INSERT INTO t_endpoint_state (snapshot_id, snapshot_kind, from_on, to_on, organisation_id,
    dataset_id, endpoint_id, source_id, is_primary, attempted, success, http_status, exception,
    last_attempt_on, last_attempt_ago, last_success_on, last_success_ago, failing_since,
    resource_id, resource_current, access_band, shared_with)
SELECT o.snapshot_id, (SELECT kind FROM t_context), o.as_at, o.as_at, o.organisation_id,
    o.dataset_id, o.endpoint_id, o.source_id, p.endpoint_id = o.endpoint_id, o.attempted,
    o.success, o.http_status, o.exception, distant_day(t.day, o.as_at), days_ago(t.day, o.as_at),
    distant_day(o.last_success_on, o.as_at), days_ago(o.last_success_on, o.as_at),
    o.failing_since, o.resource_id, o.resource_current, o.access_band,
    coalesce(x.organisations, 1) - 1
FROM t_obs o
JOIN t_primary p USING (snapshot_id, organisation_id, dataset_id)
CROSS JOIN LATERAL (SELECT (o.last_attempt_at AT TIME ZONE 'UTC')::date AS day) t
LEFT JOIN (
    SELECT snapshot_id, endpoint_id, count(DISTINCT organisation_id) AS organisations
    FROM t_obs GROUP BY 1, 2
    HAVING count(DISTINCT organisation_id) > 1
) x ON x.snapshot_id = o.snapshot_id AND x.endpoint_id = o.endpoint_id
WHERE (SELECT kind FROM t_context) <> 'registers';

-- step: keep states of endpoints as intervals
SELECT record_intervals('endpoint_interval', 't_endpoint_state', (SELECT kind FROM t_context),
    (SELECT array_agg(as_at) FROM t_as_at));

-- step: endpoints that cells ever had
-- From sources, ended ones too, where the input has them, and from what was seen.
INSERT INTO endpoint_use (organisation_id, dataset_id, endpoint_id)
SELECT s.organisation_id, d.id, s.endpoint_id
FROM t_source s
JOIN stage_source_pipeline p ON p.source = s.source
JOIN dataset d ON d.dataset = blank(p.pipeline)
UNION
SELECT organisation_id, dataset_id, endpoint_id FROM t_obs
ON CONFLICT DO NOTHING;

-- step: cells with an address that is not processed
-- A source without a pipeline names its collection alone: it stands for the dataset of that name,
-- else for the one that has the collection to itself.
CREATE TEMP TABLE t_unprocessed ON COMMIT DROP AS
SELECT DISTINCT a.snapshot_id, s.organisation_id, d.id AS dataset_id
FROM t_as_at a
CROSS JOIN t_source s
JOIN t_endpoint e ON e.endpoint_id = s.endpoint_id
    AND (e.entry_date IS NULL OR e.entry_date <= a.as_at)
    AND (e.end_date IS NULL OR e.end_date > a.as_at)
JOIN dataset d ON d.dataset = s.collection OR d.collection = s.collection
    AND (SELECT count(*) FROM dataset x WHERE x.collection = s.collection) = 1
WHERE (SELECT kind FROM t_context) IN ('platform', 'registers')
    AND (s.entry_date IS NULL OR s.entry_date <= a.as_at)
    AND (s.end_date IS NULL OR s.end_date > a.as_at)
    AND NOT EXISTS (SELECT FROM stage_source_pipeline p
        WHERE p.source = s.source AND blank(p.pipeline) IS NOT NULL);

-- step: resources that count for a cell
-- A last good copy counts while its endpoint's last success (none known: its first failure) is at
-- most 30 days ago, or no other endpoint of the cell succeeded at its newest attempt. Else it is
-- past: nobody can mend the file at that address, and newer data is there.
CREATE TEMP TABLE t_use ON COMMIT DROP AS
SELECT snapshot_id, organisation_id, dataset_id, resource_id,
    bool_or(resource_current) AS current, sum(record_count) AS record_count,
    bool_and(coalesce(NOT resource_current AND as_at - coalesce(last_success_on, failing_since) > 30
        AND answering > coalesce(success, false)::int, false)) AS is_past
FROM (
    SELECT *, count(*) FILTER (WHERE success)
        OVER (PARTITION BY snapshot_id, organisation_id, dataset_id) AS answering
    FROM t_obs
) o
WHERE resource_id IS NOT NULL
GROUP BY 1, 2, 3, 4;

-- step: key of uses
CREATE INDEX ON t_use (dataset_id, resource_id, snapshot_id, organisation_id);

-- step: statistics of uses
ANALYZE t_use;
