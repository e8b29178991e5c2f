-- A past drawn backwards from the one night that a store holds. Nights are numbered from it: 0 is
-- itself, 1 the night before. What is drawn stands in h_* tables of the session; the loader's own
-- statements make snapshots of it, and keep them, block by block.

-- step: nights until a change
CREATE FUNCTION pg_temp.nights_until(rate float) RETURNS int LANGUAGE sql VOLATILE AS $$
SELECT CASE WHEN rate >= 1 THEN 1 WHEN rate <= 0 THEN 1000000
    ELSE 1 + least(floor(ln(1 - random()) / ln(1 - rate)), 1000000)::int END $$;

-- step: runs between changes
-- `seed` has (key, state, first, rate_true, rate_false): `first` is the last night of the first run
-- where it is known; the rates are those at which a state is left.
CREATE FUNCTION pg_temp.runs(seed text, nights int) RETURNS TABLE (
    key int, state boolean, number int, from_n int, to_n int) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        WITH RECURSIVE run AS (
            SELECT key, state, 0 AS number, 0 AS from_n, coalesce(first, pg_temp.nights_until(
                CASE WHEN state THEN rate_true ELSE rate_false END) - 1) AS to_n,
                rate_true, rate_false
            FROM %I
            UNION ALL
            SELECT key, NOT state, number + 1, to_n + 1, to_n + pg_temp.nights_until(
                CASE WHEN state THEN rate_false ELSE rate_true END), rate_true, rate_false
            FROM run WHERE to_n < %L
        )
        SELECT key, state, number, from_n, to_n FROM run$q$, seed, nights);
END $$;

-- step: the night
CREATE TEMP TABLE h_night AS
SELECT id AS snapshot_id, as_at, knows, load_id, scope, ruleset_version, fingerprint
FROM snapshot WHERE kind = 'platform' ORDER BY as_at DESC LIMIT 1;

-- step: the log
-- It tells of each night from some day on; what it has of single days before gives way.
CREATE TEMP TABLE h_log AS
SELECT from_day - 1 AS began FROM endpoint_run GROUP BY 1 ORDER BY count(*) DESC LIMIT 1;
DELETE FROM endpoint_run WHERE to_day < (SELECT began FROM h_log);

-- step: endpoints of cells
CREATE TEMP TABLE h_slot AS
SELECT s.organisation_id, s.dataset_id, s.endpoint_id, s.source_id, s.resource_id AS line
FROM endpoint_state s JOIN h_night USING (snapshot_id);

-- step: cells
CREATE TEMP TABLE h_cell AS
SELECT organisation_id, dataset_id,
    (row_number() OVER (ORDER BY organisation_id, dataset_id))::int AS key
FROM (SELECT DISTINCT organisation_id, dataset_id FROM h_slot) x;

-- step: answers
CREATE TEMP TABLE h_seed AS
SELECT DISTINCT ON (s.endpoint_id) s.endpoint_id AS key, s.success AS state,
    CASE WHEN NOT s.success THEN CASE WHEN s.last_success_on IS NULL THEN 1000000
        ELSE as_at - s.failing_since END END AS first,
    :fails::float AS rate_true, :mends::float AS rate_false
FROM endpoint_state s JOIN h_night USING (snapshot_id)
ORDER BY s.endpoint_id;
CREATE TEMP TABLE h_failure AS
SELECT http_status, exception, (row_number() OVER (ORDER BY http_status, exception))::int AS number
FROM endpoint_state JOIN h_night USING (snapshot_id) WHERE NOT success;
CREATE TEMP TABLE h_answer AS
SELECT r.key, r.state AS success, r.from_n, r.to_n,
    CASE WHEN r.state THEN '200' WHEN r.number = 0 THEN s.http_status ELSE f.http_status END
        AS http_status,
    CASE WHEN r.state THEN NULL WHEN r.number = 0 THEN s.exception ELSE f.exception END AS exception
FROM pg_temp.runs('h_seed', :nights) r
JOIN (SELECT DISTINCT ON (endpoint_id) * FROM endpoint_state JOIN h_night USING (snapshot_id)
    ORDER BY endpoint_id) s ON s.endpoint_id = r.key
LEFT JOIN h_failure f ON f.number = 1 + (r.key * 31 + r.number) % (SELECT count(*) FROM h_failure);
DROP TABLE h_seed;

-- step: contents
-- Those that are another in every report change every night.
CREATE TEMP TABLE h_seed AS
SELECT line AS key, true AS state, CASE WHEN always THEN 0 ELSE greatest(as_at - start_date, 0) END
    AS first, CASE WHEN always THEN 1.0 ELSE :content END::float AS rate_true,
    CASE WHEN always THEN 1.0 ELSE :content END::float AS rate_false
FROM (SELECT line, random() < :always AS always
    FROM (SELECT DISTINCT line FROM h_slot WHERE line IS NOT NULL ORDER BY line) y) x
JOIN resource r ON r.id = line
CROSS JOIN h_night;
CREATE TEMP TABLE h_content AS
SELECT key AS line, number, from_n, to_n, CASE WHEN number = 0 THEN key END AS resource_id,
    md5(key || '-' || number) || md5(number || '-' || key) AS resource
FROM pg_temp.runs('h_seed', :nights);
DROP TABLE h_seed;

-- step: addresses
-- Every endpoint had a predecessor up to the day it was added.
CREATE TEMP TABLE h_seed AS
SELECT e.id AS key, true AS state, greatest(as_at - e.entry_date, 0) AS first,
    :address::float AS rate_true, :address::float AS rate_false
FROM (SELECT DISTINCT endpoint_id FROM h_slot) s
JOIN endpoint e ON e.id = s.endpoint_id CROSS JOIN h_night;
CREATE TEMP TABLE h_address AS
SELECT key, number, from_n, to_n, CASE WHEN number = 0 THEN key END AS endpoint_id,
    md5('e' || key || '-' || number) || md5(number || 'e' || key) AS endpoint
FROM pg_temp.runs('h_seed', :nights);
DROP TABLE h_seed;

-- step: issues of the night
CREATE TEMP TABLE h_rule AS
SELECT issue_type_id, min(severity) AS severity, min(responsibility) AS responsibility,
    (row_number() OVER (ORDER BY issue_type_id))::int AS number
FROM issue_summary JOIN h_night USING (snapshot_id) GROUP BY 1;
CREATE TEMP TABLE h_count AS
SELECT dataset_id, resource_id AS line, issue_type_id, field, count(*)::int AS problems,
    count(DISTINCT coalesce(line_number, entry_number))::int AS rows
FROM issue GROUP BY 1, 2, 3, 4
UNION ALL
SELECT dataset_id, resource_id, issue_type_id, field, min(problems), min(rows)
FROM past_issue JOIN h_night USING (snapshot_id) GROUP BY 1, 2, 3, 4;

-- step: issues
-- Where a type is gone another took its place; numbers go up and down by a few in a hundred.
CREATE TEMP TABLE h_issue AS
WITH RECURSIVE run AS (
    SELECT dataset_id, line, issue_type_id AS first_type, field, problems AS most,
        row_number() OVER (ORDER BY dataset_id, line, issue_type_id, field) AS key, 0 AS kind,
        problems, 0 AS from_n, pg_temp.nights_until(:count + :type) - 1 AS to_n
    FROM h_count
    UNION ALL
    SELECT dataset_id, line, first_type, field, most, key,
        kind + (random() < :type / (:count + :type))::int,
        greatest(1, most - (most * random() / 10)::int), to_n + 1,
        to_n + pg_temp.nights_until(:count + :type)
    FROM run WHERE to_n < :nights
)
SELECT r.dataset_id, r.line, r.field, r.from_n, r.to_n, r.problems, q.issue_type_id, q.severity,
    q.responsibility
FROM run r
JOIN h_rule f ON f.issue_type_id = r.first_type
JOIN h_rule q ON q.number = 1 + (f.number - 1 + CASE WHEN kind % 2 = 0 THEN 0
    ELSE kind * 7 + key END) % (SELECT count(*) FROM h_rule);

-- step: rows of each type
-- As many of each type as the night has, whichever resource it is.
CREATE TEMP TABLE h_type_rows AS
SELECT c.dataset_id, c.line, q.issue_type_id, c.field, max(c.rows) AS rows
FROM h_count c
JOIN (SELECT DISTINCT dataset_id, line, field, issue_type_id FROM h_issue) q
    USING (dataset_id, line, field)
GROUP BY 1, 2, 3, 4;

-- step: fields
CREATE TEMP TABLE h_seed AS
SELECT key, true AS state, NULL::int AS first, :fields::float AS rate_true,
    :fields::float AS rate_false FROM h_cell;
CREATE TEMP TABLE h_field AS
SELECT c.organisation_id, c.dataset_id, r.state, r.from_n, r.to_n, s.fields_total,
    greatest(s.fields_supplied - (NOT r.state)::int, 0) AS fields_supplied,
    greatest(s.fields_matched - (NOT r.state)::int, 0) AS fields_matched
FROM pg_temp.runs('h_seed', :nights) r
JOIN h_cell c USING (key)
JOIN summary s ON s.organisation_id = c.organisation_id AND s.dataset_id = c.dataset_id
    AND s.snapshot_id = (SELECT snapshot_id FROM h_night);
DROP TABLE h_seed;

-- step: fields that the night lacks
CREATE TEMP TABLE h_lacking AS
SELECT organisation_id, dataset_id, field, urgency = 'must' AS blocks,
    row_number() OVER (PARTITION BY organisation_id, dataset_id ORDER BY field) = 1 AS is_first
FROM task_observation WHERE snapshot_kind = 'platform' AND kind = 'field' AND to_on = 'infinity';

-- step: records
CREATE TEMP TABLE h_record AS
SELECT organisation_id, dataset_id, record_count FROM summary JOIN h_night USING (snapshot_id)
WHERE record_count IS NOT NULL;

-- step: cells with an address that is not processed
CREATE TEMP TABLE h_unprocessed AS
SELECT organisation_id, dataset_id FROM summary JOIN h_night USING (snapshot_id)
WHERE reasons @> ARRAY['endpoint_not_processed'];

-- step: cohorts
CREATE TEMP TABLE h_seed AS
SELECT DISTINCT organisation_id AS key, true AS state, NULL::int AS first,
    :cohort::float AS rate_true, :cohort::float AS rate_false
FROM provision_interval WHERE snapshot_kind = 'platform' AND cohort IS NOT NULL;
CREATE TEMP TABLE h_cohort AS
SELECT r.key AS organisation_id, r.from_n, r.to_n, r.number, x.cohort
FROM pg_temp.runs('h_seed', :nights) r
JOIN (SELECT cohort, row_number() OVER (ORDER BY cohort) AS place FROM (
    SELECT DISTINCT cohort FROM provision_interval WHERE cohort IS NOT NULL) y) x
    ON x.place = 1 + (r.key + r.number) % (
        SELECT count(DISTINCT cohort) FROM provision_interval);
DROP TABLE h_seed;

-- step: provisions of the night
CREATE TEMP TABLE h_provision AS
SELECT (row_number() OVER (ORDER BY organisation_id, dataset_id, content_key))::bigint AS seq, p.*
FROM provision_interval p WHERE snapshot_kind = 'platform' AND to_on = 'infinity';

-- step: keys
CREATE INDEX ON h_answer (key, from_n);
CREATE INDEX ON h_content (line, from_n);
CREATE INDEX ON h_address (key, from_n);
CREATE INDEX ON h_issue (line, dataset_id, from_n);
CREATE INDEX ON h_field (organisation_id, dataset_id, from_n);
ANALYZE h_answer, h_content, h_address, h_issue, h_field, h_cell, h_slot, h_provision, h_type_rows;
