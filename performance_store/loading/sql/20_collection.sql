-- What is collected: provisions, endpoints, sources, resources and the log, made into typed tables.

-- step: reject provisions that cannot be used
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'provision', s.seq,
    CASE WHEN curie(s.organisation) IS NULL THEN 'no organisation'
        WHEN blank(s.dataset) IS NULL THEN 'no dataset'
        WHEN bad_date(s.start_date) THEN 'start_date is not a date'
        WHEN bad_date(s.entry_date) THEN 'entry_date is not a date'
        ELSE 'end_date is not a date' END,
    to_jsonb(s) - 'seq'
FROM stage_provision s, t_context c
WHERE curie(s.organisation) IS NULL OR blank(s.dataset) IS NULL
    OR bad_date(s.start_date) OR bad_date(s.entry_date) OR bad_date(s.end_date);

-- step: provisions, typed
CREATE TEMP TABLE t_provision ON COMMIT DROP AS
SELECT s.seq, iso_date(s.as_at) AS as_at, o.id AS organisation_id, d.id AS dataset_id,
    coalesce(blank(s.provision_reason), '') AS provision_reason, blank(s.project) AS project,
    blank(s.cohort) AS cohort, blank(s.role) AS role, blank(s.specification) AS specification,
    coalesce(iso_date(s.start_date), iso_date(s.entry_date)) AS start_date,
    iso_date(s.end_date) AS end_date
FROM stage_provision s
JOIN organisation o ON o.organisation = curie(s.organisation)
JOIN dataset d ON d.dataset = blank(s.dataset)
WHERE NOT (bad_date(s.start_date) OR bad_date(s.entry_date) OR bad_date(s.end_date));

-- step: provisions as each snapshot has them
-- A row without a date is of all of them. Rows may be alike: which of them one is, is in its key.
CREATE TEMP TABLE t_provision_interval ON COMMIT DROP AS
SELECT organisation_id, dataset_id, md5(concat_ws('|', provision_reason, coalesce(project, '-'),
        coalesce(cohort, '-'), coalesce(role, '-'), coalesce(specification, '-'),
        coalesce(start_date::text, '-'), coalesce(end_date::text, '-'), row_number() OVER (
            PARTITION BY as_at, organisation_id, dataset_id, provision_reason, project, cohort,
                role, specification, start_date, end_date)))::uuid AS content_key,
    provision_reason, project, cohort, role, specification, start_date, end_date,
    coalesce(as_at, (SELECT min(as_at) FROM t_as_at)) AS from_on,
    coalesce(as_at, (SELECT max(as_at) FROM t_as_at)) AS to_on
FROM t_provision;

-- step: keep provisions as intervals
SELECT record_intervals('provision_interval', 't_provision_interval',
    (SELECT kind FROM t_context), (SELECT array_agg(as_at) FROM t_as_at));

-- step: reject endpoints that cannot be used
-- Without the day it was added an endpoint is still one, and its cell has data: only the history
-- that registers tell hangs on that day.
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'endpoint', s.seq,
    CASE WHEN blank(s.endpoint) IS NULL THEN 'no endpoint key'
        WHEN bad_date(s.end_date) THEN 'end_date is not a date'
        WHEN c.kind = 'registers' THEN 'entry_date is not a date'
        ELSE 'entry_date is not a date: read as blank' END,
    to_jsonb(s) - 'seq'
FROM stage_endpoint s, t_context c
WHERE blank(s.endpoint) IS NULL OR bad_date(s.entry_date) OR bad_date(s.end_date);

-- step: endpoints, typed
-- Keys repeat in the register: the last row counts, as on the platform.
CREATE TEMP TABLE t_endpoint_row ON COMMIT DROP AS
SELECT DISTINCT ON (blank(endpoint)) blank(endpoint) AS endpoint, blank(endpoint_url) AS url,
    blank(plugin) AS plugin, iso_date(entry_date) AS entry_date, iso_date(end_date) AS end_date
FROM stage_endpoint, t_context
WHERE blank(endpoint) IS NOT NULL AND NOT bad_date(end_date)
    AND NOT (kind = 'registers' AND bad_date(entry_date))
ORDER BY blank(endpoint), bad_date(entry_date), seq DESC;

-- step: endpoints
INSERT INTO endpoint AS e (endpoint, endpoint_url, plugin, entry_date, end_date)
SELECT endpoint, url, plugin, entry_date, end_date FROM t_endpoint_row
ON CONFLICT (endpoint) DO UPDATE SET
    endpoint_url = coalesce(excluded.endpoint_url, e.endpoint_url),
    plugin = coalesce(excluded.plugin, e.plugin),
    entry_date = coalesce(excluded.entry_date, e.entry_date),
    end_date = CASE WHEN (SELECT kind FROM t_context) = 'odp-reports'
        THEN e.end_date ELSE excluded.end_date END
WHERE (e.endpoint_url, e.plugin, e.entry_date, e.end_date)
    IS DISTINCT FROM (excluded.endpoint_url, excluded.plugin, excluded.entry_date,
        excluded.end_date);

-- step: endpoints as this input knows them
CREATE TEMP TABLE t_endpoint ON COMMIT DROP AS
SELECT e.id AS endpoint_id, t.endpoint, t.entry_date, t.end_date
FROM t_endpoint_row t JOIN endpoint e USING (endpoint);

-- step: key of endpoints
CREATE UNIQUE INDEX ON t_endpoint (endpoint) INCLUDE (endpoint_id);

-- step: reject sources that cannot be used
-- A source without an endpoint is a note that nothing is collected yet: not used, not wrong.
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'source', s.seq,
    CASE WHEN blank(s.source) IS NULL THEN 'no source key'
        WHEN curie(s.organisation) IS NULL THEN 'no organisation'
        ELSE 'its endpoint is not in the table of endpoints' END,
    to_jsonb(s) - 'seq'
FROM stage_source s
CROSS JOIN t_context c
LEFT JOIN t_endpoint e ON e.endpoint = blank(s.endpoint)
WHERE blank(s.endpoint) IS NOT NULL
    AND (blank(s.source) IS NULL OR curie(s.organisation) IS NULL OR e.endpoint IS NULL);

-- step: sources, typed
-- content_key names one edition of a source: a changed licence makes a new one.
CREATE TEMP TABLE t_source ON COMMIT DROP AS
SELECT DISTINCT ON (x.source) x.*, md5(concat_ws('|', source, organisation_id, endpoint_id,
    coalesce(collection, '-'), coalesce(licence, '-'), coalesce(documentation_url, '-'),
    coalesce(entry_date::text, '-'), coalesce(end_date::text, '-'))) AS content_key
FROM (
    SELECT blank(s.source) AS source, o.id AS organisation_id, e.endpoint_id,
        blank(s.collection) AS collection, blank(s.licence) AS licence,
        blank(s.documentation_url) AS documentation_url, iso_date(s.entry_date) AS entry_date,
        iso_date(s.end_date) AS end_date, s.seq
    FROM stage_source s
    JOIN organisation o ON o.organisation = curie(s.organisation)
    JOIN t_endpoint e ON e.endpoint = blank(s.endpoint)
    WHERE blank(s.source) IS NOT NULL
) x
ORDER BY x.source, x.seq DESC;

-- step: sources
INSERT INTO source (content_key, source, organisation_id, endpoint_id, collection, licence,
    documentation_url, entry_date, end_date)
SELECT content_key, source, organisation_id, endpoint_id, collection, licence,
    documentation_url, entry_date, end_date
FROM t_source
ON CONFLICT (content_key) DO NOTHING;

-- step: dates of resources
-- A date is read once, however many rows hold it.
CREATE TEMP TABLE t_date ON COMMIT DROP AS
SELECT text, iso_date(text) AS day, bad_date(text) AS bad
FROM (
    SELECT start_date AS text FROM stage_resource
    UNION SELECT end_date FROM stage_resource
    UNION SELECT resource_start_date FROM stage_observation
    OFFSET 0
) d
WHERE text <> '';

-- step: statistics of dates
ANALYZE t_date;

-- step: reject resources that cannot be used
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'resource', s.seq,
    CASE WHEN blank(s.resource) IS NULL THEN 'no resource key'
        WHEN b.bad THEN 'start_date is not a date'
        ELSE 'end_date is not a date' END,
    to_jsonb(s) - 'seq'
FROM stage_resource s
CROSS JOIN t_context c
LEFT JOIN t_date b ON b.text = s.start_date
LEFT JOIN t_date e ON e.text = s.end_date
WHERE blank(s.resource) IS NULL OR b.bad OR e.bad;

-- step: tell numbers that no column holds
-- A few digits and nothing else, as nearly all are, need no closer look.
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, n.table_name, n.seq,
    n.name || ' is not a whole number of a size that can be: read as blank', n.row
FROM t_context c, (
    SELECT 'resource' AS table_name, seq, 'bytes' AS name, to_jsonb(s) - 'seq' AS row
    FROM stage_resource s WHERE bytes !~ '^[0-9]{0,9}$' AND whole(bytes) IS NULL
    UNION ALL SELECT 'dataset_resource', seq, 'entry_count', to_jsonb(s) - 'seq'
    FROM stage_dataset_resource s
    WHERE entry_count !~ '^[0-9]{0,9}$' AND whole(entry_count, 2147483647) IS NULL
    UNION ALL SELECT 'observation', seq, 'record_count', to_jsonb(s) - 'seq'
    FROM stage_observation s
    WHERE record_count !~ '^[0-9]{0,9}$' AND whole(record_count, 2147483647) IS NULL
    UNION ALL SELECT 'field count', seq, 'a number of fields', to_jsonb(s) - 'seq'
    FROM stage_field_count s
    WHERE (fields_total !~ '^[0-9]{0,4}$' AND whole(fields_total, 32767) IS NULL)
        OR (fields_supplied !~ '^[0-9]{0,4}$' AND whole(fields_supplied, 32767) IS NULL)
        OR (fields_matched !~ '^[0-9]{0,4}$' AND whole(fields_matched, 32767) IS NULL)
) n;

-- step: resources, typed
CREATE TEMP TABLE t_resource_row ON COMMIT DROP AS
SELECT DISTINCT ON (resource) resource, start_date, end_date, bytes, mime_type
FROM (
    SELECT blank(s.resource) AS resource, b.day AS start_date, e.day AS end_date,
        whole(s.bytes) AS bytes, blank(s.mime_type) AS mime_type, 1 AS rank
    FROM stage_resource s
    LEFT JOIN t_date b ON b.text = s.start_date
    LEFT JOIN t_date e ON e.text = s.end_date
    WHERE blank(s.resource) IS NOT NULL AND b.bad IS NOT TRUE AND e.bad IS NOT TRUE
    UNION ALL
    SELECT l.resource, NULL::date, NULL::date, NULL::bigint, NULL, 2
    FROM (SELECT DISTINCT resource FROM stage_log_entry OFFSET 0) l
    WHERE blank(l.resource) IS NOT NULL AND NOT EXISTS (
        SELECT FROM stage_resource r WHERE r.resource = l.resource)
    UNION ALL
    SELECT blank(s.resource), min(b.day), NULL, NULL, NULL, 3
    FROM stage_observation s
    LEFT JOIN t_date b ON b.text = s.resource_start_date
    WHERE blank(s.resource) IS NOT NULL GROUP BY 1
) r
ORDER BY resource, rank;

-- step: resources
INSERT INTO resource AS r (resource, start_date, end_date, bytes, mime_type)
SELECT resource, start_date, end_date, bytes, mime_type FROM t_resource_row
ON CONFLICT (resource) DO UPDATE SET
    start_date = coalesce(excluded.start_date, r.start_date),
    end_date = excluded.end_date,
    bytes = coalesce(excluded.bytes, r.bytes),
    mime_type = coalesce(excluded.mime_type, r.mime_type)
WHERE (r.start_date, r.end_date, r.bytes, r.mime_type) IS DISTINCT FROM
    (coalesce(excluded.start_date, r.start_date), excluded.end_date,
     coalesce(excluded.bytes, r.bytes), coalesce(excluded.mime_type, r.mime_type));

-- step: resources as this input knows them
CREATE TEMP TABLE t_resource ON COMMIT DROP AS
SELECT r.id AS resource_id, t.resource, t.start_date, t.end_date
FROM t_resource_row t JOIN resource r USING (resource);

-- step: key of resources
CREATE UNIQUE INDEX ON t_resource (resource) INCLUDE (resource_id);

-- step: days
-- A date is read once, however many rows hold it.
CREATE TEMP TABLE t_day ON COMMIT DROP AS
SELECT day AS day_text, iso_date(day) AS day
FROM (
    SELECT left(entry_date, 10) AS day FROM stage_log_entry
    UNION SELECT since FROM stage_log_entry
    UNION SELECT to_char(as_at, 'YYYY-MM-DD') FROM t_as_at
    UNION SELECT last_attempt FROM stage_observation
    UNION SELECT last_success FROM stage_observation
    UNION SELECT resource_start_date FROM stage_observation
) d
WHERE day <> '';

-- step: key of days
CREATE UNIQUE INDEX ON t_day (day_text) INCLUDE (day);

-- step: statistics of days
ANALYZE t_day;

-- step: times of day
-- Likewise the time of day: a log has far fewer of them than rows. Without OFFSET the test would be
-- put to each row, before they are made distinct.
CREATE TEMP TABLE t_time ON COMMIT DROP AS
SELECT time, days_to_utc(time) AS days
FROM (SELECT DISTINCT substr(entry_date, 11) AS time FROM stage_log_entry OFFSET 0) t
WHERE is_time(time);

-- step: statistics of times
ANALYZE t_time;

-- step: spellings of answers
-- A number, however it is written: 200.0 is 200.
CREATE TEMP TABLE t_answer ON COMMIT DROP AS
SELECT text, coalesce(whole(text, 999)::text, blank(text)) AS http_status
FROM (SELECT DISTINCT status AS text FROM stage_log_entry
    UNION SELECT http_status FROM stage_observation OFFSET 0) s
WHERE text <> '';

-- step: statistics of answers
ANALYZE t_answer;

-- step: the log, checked
-- Success is a 2xx answer with a resource; everything else is a failure. The day is that of UTC.
CREATE TEMP TABLE t_log ON COMMIT DROP AS
SELECT e.endpoint_id, f.day AS since, d.day + t.days AS day,
    CASE WHEN d.day IS NOT NULL AND t.time IS NOT NULL
        THEN s.entry_date::timestamptz END AS attempted_at,
    s.seq, a.http_status, blank(s.exception) AS exception,
    r.resource_id,
    coalesce(a.http_status = '200' OR a.http_status ~ '^2[0-9][0-9]$', false)
        AND r.resource_id IS NOT NULL AS success
FROM stage_log_entry s
LEFT JOIN t_endpoint e ON e.endpoint = s.endpoint
LEFT JOIN t_day d ON d.day_text = left(s.entry_date, 10)
LEFT JOIN t_day f ON f.day_text = s.since
LEFT JOIN t_time t ON t.time = substr(s.entry_date, 11)
LEFT JOIN t_answer a ON a.text = s.status
LEFT JOIN t_resource r ON r.resource = s.resource
WHERE d.day + coalesce(t.days, 0) <= (SELECT max(as_at) FROM t_as_at) OR d.day IS NULL;

-- step: reject log entries that cannot be used
INSERT INTO rejection (load_id, table_name, row_number, reason, row)
SELECT c.load_id, 'log', coalesce(s.number, s.seq),
    CASE WHEN t.endpoint_id IS NULL THEN 'its endpoint is not in the table of endpoints'
        ELSE 'entry_date is not a date and time' END,
    to_jsonb(s) - ARRAY['seq', 'since', 'number']
FROM t_log t
JOIN stage_log_entry s USING (seq)
CROSS JOIN t_context c
WHERE t.endpoint_id IS NULL OR t.day IS NULL OR t.attempted_at IS NULL;

-- step: the log without them
DELETE FROM t_log WHERE endpoint_id IS NULL OR day IS NULL OR attempted_at IS NULL;

-- step: statistics of the log
ANALYZE t_log;

-- step: the log by days
-- A row speaks of the days since the one before it, where a reader left out what they repeat.
CREATE TEMP TABLE t_log_day ON COMMIT DROP AS
(SELECT DISTINCT ON (endpoint_id, day) endpoint_id, day AS first_day, day, attempted_at,
    http_status, exception, resource_id, success
FROM t_log
ORDER BY endpoint_id, day, attempted_at DESC, seq DESC)
UNION ALL
SELECT endpoint_id, since, day - 1, NULL, http_status, exception, resource_id, success
FROM t_log WHERE since < day;

-- step: days of which more is known already
-- An older file, loaded later, may have seen a day only in part: the later attempt stays. Within a
-- run no time is kept: there it is the last day of a file that may not be whole.
DELETE FROM t_log_day l USING (
    SELECT endpoint_id, to_day AS day, last_attempt_at AS attempted_at FROM endpoint_run
    UNION ALL
    SELECT endpoint_id, from_day, first_attempt_at FROM endpoint_run WHERE from_day < to_day
) r
WHERE r.endpoint_id = l.endpoint_id AND r.day = l.day AND r.attempted_at > l.attempted_at;
DELETE FROM t_log_day l USING endpoint_run r
WHERE l.day = (SELECT max(day) FROM t_log) AND r.endpoint_id = l.endpoint_id
    AND r.from_day < l.day AND r.to_day > l.day;

-- step: runs of days
CREATE TEMP TABLE t_log_run ON COMMIT DROP AS
SELECT endpoint_id, min(first_day) AS from_day, max(day) AS to_day,
    (array_agg(attempted_at ORDER BY day))[1] AS first_attempt_at,
    (array_agg(attempted_at ORDER BY day DESC))[1] AS last_attempt_at, http_status,
    exception, resource_id, success
FROM (
    SELECT *, count(*) FILTER (WHERE is_new) OVER (PARTITION BY endpoint_id ORDER BY day) AS run
    FROM (
        SELECT *, (first_day - 1, http_status, exception, resource_id, success)
            IS DISTINCT FROM (lag(day) OVER w, lag(http_status) OVER w, lag(exception) OVER w,
                lag(resource_id) OVER w, lag(success) OVER w) AS is_new
        FROM t_log_day
        WINDOW w AS (PARTITION BY endpoint_id ORDER BY day)
    ) x
) y
GROUP BY endpoint_id, run, http_status, exception, resource_id, success;

-- step: days that this log speaks of
CREATE TEMP TABLE t_log_span ON COMMIT DROP AS
SELECT endpoint_id, range_agg(daterange(from_day, to_day, '[]')) AS days
FROM t_log_run GROUP BY endpoint_id;

-- step: keys of runs
CREATE UNIQUE INDEX ON t_log_span (endpoint_id);

-- step: statistics of runs
ANALYZE t_log_run, t_log_span;

-- step: the daily log as it will be
-- What was kept of other days, and what this log says, joined where the answer is the same.
CREATE TEMP TABLE t_log_new ON COMMIT DROP AS
SELECT endpoint_id, min(from_day) AS from_day, max(to_day) AS to_day,
    (array_agg(first_attempt_at ORDER BY from_day))[1] AS first_attempt_at,
    (array_agg(last_attempt_at ORDER BY from_day DESC))[1] AS last_attempt_at, http_status,
    exception, resource_id, success
FROM (
    SELECT *, count(*) FILTER (WHERE is_new) OVER (PARTITION BY endpoint_id ORDER BY from_day)
        AS run
    FROM (
        SELECT *, (from_day - 1, http_status, exception, resource_id, success) IS DISTINCT FROM
            (lag(to_day) OVER w, lag(http_status) OVER w, lag(exception) OVER w,
                lag(resource_id) OVER w, lag(success) OVER w) AS is_new
        FROM (
            SELECT endpoint_id, from_day, to_day, first_attempt_at, last_attempt_at, http_status,
                exception, resource_id, success
            FROM t_log_run
            UNION ALL
            SELECT r.endpoint_id, lower(d), upper(d) - 1,
                CASE WHEN lower(d) = r.from_day THEN r.first_attempt_at END,
                CASE WHEN upper(d) - 1 = r.to_day THEN r.last_attempt_at END, r.http_status,
                r.exception, r.resource_id, r.success
            FROM endpoint_run r
            JOIN t_log_span s USING (endpoint_id)
            CROSS JOIN LATERAL unnest(datemultirange(daterange(r.from_day, r.to_day, '[]'))
                - s.days) d
        ) p
        WINDOW w AS (PARTITION BY endpoint_id ORDER BY from_day)
    ) x
) y
GROUP BY endpoint_id, run, http_status, exception, resource_id, success;

-- step: key of the daily log
CREATE UNIQUE INDEX ON t_log_new (endpoint_id, to_day);

-- step: statistics of the daily log
ANALYZE t_log_new;

-- step: runs that are others now
DELETE FROM endpoint_run r
WHERE EXISTS (SELECT FROM t_log_span s WHERE s.endpoint_id = r.endpoint_id)
    AND NOT EXISTS (SELECT FROM t_log_new n
        WHERE n.endpoint_id = r.endpoint_id AND n.to_day = r.to_day
            AND (n.from_day, n.first_attempt_at, n.last_attempt_at, n.http_status, n.exception,
                n.resource_id, n.success) IS NOT DISTINCT FROM (r.from_day, r.first_attempt_at,
                r.last_attempt_at, r.http_status, r.exception, r.resource_id, r.success));

-- step: the daily log
INSERT INTO endpoint_run (endpoint_id, to_day, from_day, first_attempt_at, last_attempt_at,
    http_status, exception, resource_id, success)
SELECT endpoint_id, to_day, from_day, first_attempt_at, last_attempt_at, http_status, exception,
    resource_id, success
FROM t_log_new n
WHERE NOT EXISTS (SELECT FROM endpoint_run r
    WHERE r.endpoint_id = n.endpoint_id AND r.to_day = n.to_day);
