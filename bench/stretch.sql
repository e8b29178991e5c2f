-- What a stretch of the past (nights :near to :far) leaves in the registers and the log.

-- step: resources
INSERT INTO resource (resource, start_date, end_date, bytes, mime_type)
SELECT c.resource, as_at - c.to_n, as_at - c.from_n + 1, r.bytes, r.mime_type
FROM h_content c JOIN resource r ON r.id = c.line CROSS JOIN h_night
WHERE c.resource_id IS NULL AND c.from_n BETWEEN :near AND :far;
UPDATE h_content c SET resource_id = r.id FROM resource r
WHERE c.resource_id IS NULL AND r.resource = c.resource;

-- step: endpoints
INSERT INTO endpoint (endpoint, endpoint_url, plugin, entry_date, end_date)
SELECT a.endpoint, e.endpoint_url, e.plugin, as_at - a.to_n, as_at - a.from_n + 1
FROM h_address a JOIN endpoint e ON e.id = a.key CROSS JOIN h_night
WHERE a.endpoint_id IS NULL AND a.from_n BETWEEN :near AND :far;
UPDATE h_address a SET endpoint_id = e.id FROM endpoint e
WHERE a.endpoint_id IS NULL AND e.endpoint = a.endpoint;

-- step: sources
INSERT INTO source (content_key, source, organisation_id, endpoint_id, collection, licence,
    documentation_url, entry_date, end_date)
SELECT md5(s.id || '-' || a.endpoint_id), md5(s.id || '-' || a.endpoint_id), s.organisation_id,
    a.endpoint_id, s.collection, s.licence, s.documentation_url, as_at - a.to_n,
    as_at - a.from_n + 1
FROM (SELECT DISTINCT source_id, endpoint_id FROM h_slot) x
JOIN source s ON s.id = x.source_id
JOIN h_address a ON a.key = x.endpoint_id CROSS JOIN h_night
WHERE a.number > 0 AND a.from_n BETWEEN :near AND :far;

-- step: the log
-- Of the endpoints of the night the file itself has a log of a year; before it, and of their
-- predecessors, runs of the same answer and resource at the same address.
INSERT INTO endpoint_run (endpoint_id, to_day, from_day, first_attempt_at, last_attempt_at,
    http_status, exception, resource_id, success)
SELECT endpoint_id, as_at - lo, as_at - hi,
    (as_at - hi + time '02:00') AT TIME ZONE 'UTC' + interval '1 s' * (endpoint_id % 9999),
    (as_at - lo + time '02:00') AT TIME ZONE 'UTC' + interval '1 s' * (endpoint_id % 9999),
    http_status, exception, resource_id, success
FROM (
    SELECT a.endpoint_id, w.http_status, w.exception, w.success, c.resource_id,
        greatest(w.from_n, a.from_n, c.from_n, :near,
            CASE WHEN a.number = 0 THEN as_at - began + 1 END) AS lo,
        least(w.to_n, a.to_n, c.to_n, :far) AS hi
    FROM (SELECT endpoint_id AS key, min(line) AS line FROM h_slot GROUP BY 1) s
    JOIN h_address a USING (key)
    JOIN h_answer w ON w.key = s.key AND w.from_n <= a.to_n AND w.to_n >= a.from_n
    LEFT JOIN h_content c ON w.success AND c.line = s.line AND c.from_n <= least(w.to_n, a.to_n)
        AND c.to_n >= greatest(w.from_n, a.from_n)
    CROSS JOIN h_night CROSS JOIN h_log
) x
CROSS JOIN h_night
WHERE lo <= hi
ON CONFLICT DO NOTHING;
