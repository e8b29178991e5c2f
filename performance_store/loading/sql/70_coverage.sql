-- Coverage: n of N by denominator and dimension, one row a snapshot.

-- step: flags of each cell in each denominator
CREATE TEMP TABLE t_flag ON COMMIT DROP AS
SELECT s.snapshot_id, v.denominator, s.organisation_id, d.dataset, o.region, o.type,
    coalesce(s.cohort, 'none') AS cohort, s.endpoint_count > 0 AS endpoint,
    s.stage IN ('reachable', 'collected', 'error_free', 'conformant') AS reachable,
    s.stage IN ('collected', 'error_free', 'conformant') AS collected,
    s.stage IN ('error_free', 'conformant') AS error_free, s.stage = 'conformant' AS conformant,
    s.access_band = 'ok' AS answering, s.status, s.freshness_band
FROM summary s
JOIN t_as_at a USING (snapshot_id)
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
CROSS JOIN LATERAL (VALUES ('programme', s.in_programme), ('statutory', s.in_statutory),
    ('any', s.in_any)) v (denominator, counts)
WHERE v.counts;

-- step: cells counted at the finest grain
CREATE TEMP TABLE t_cube ON COMMIT DROP AS
SELECT snapshot_id, denominator, dataset, region, type, cohort, count(*) AS expected,
    count(*) FILTER (WHERE endpoint) AS endpoint,
    count(*) FILTER (WHERE reachable) AS reachable,
    count(*) FILTER (WHERE collected) AS collected,
    count(*) FILTER (WHERE error_free) AS error_free,
    count(*) FILTER (WHERE conformant) AS conformant,
    count(*) FILTER (WHERE answering) AS answering,
    count(*) FILTER (WHERE status = 'not_submitted') AS not_submitted,
    count(*) FILTER (WHERE status = 'processing') AS processing,
    count(*) FILTER (WHERE status = 'error') AS error,
    count(*) FILTER (WHERE status = 'unknown') AS unknown,
    count(*) FILTER (WHERE status = 'needs_improving') AS needs_improving,
    count(*) FILTER (WHERE status = 'live') AS live,
    count(*) FILTER (WHERE freshness_band = 'fresh') AS fresh,
    count(*) FILTER (WHERE freshness_band = 'ageing') AS ageing,
    count(*) FILTER (WHERE freshness_band = 'stale') AS stale
FROM t_flag
GROUP BY 1, 2, 3, 4, 5, 6;

-- step: organisations counted
CREATE TEMP TABLE t_provider ON COMMIT DROP AS
SELECT snapshot_id, denominator,
    CASE WHEN GROUPING(region) = 0 THEN 'region' WHEN GROUPING(type) = 0 THEN 'type'
        WHEN GROUPING(cohort) = 0 THEN 'cohort' ELSE 'all' END AS dimension,
    coalesce(region, type, cohort, '') AS value, count(*) AS organisations,
    count(*) FILTER (WHERE provided > 0) AS organisations_some,
    count(*) FILTER (WHERE provided = expected) AS organisations_all
FROM (
    SELECT snapshot_id, denominator, organisation_id, min(region) AS region, min(type) AS type,
        max(cohort) AS cohort, count(*) AS expected, count(*) FILTER (WHERE endpoint) AS provided
    FROM t_flag GROUP BY 1, 2, 3
) o
GROUP BY snapshot_id, denominator, GROUPING SETS ((), (region), (type), (cohort));

-- step: coverage
INSERT INTO coverage (denominator, dimension, value, dataset, snapshot_id, expected, endpoint,
    reachable, collected, error_free, conformant, answering, not_submitted, processing, error,
    unknown, needs_improving, live, fresh, ageing, stale, organisations, organisations_some,
    organisations_all)
SELECT c.denominator, c.dimension, c.value, c.dataset, c.snapshot_id, c.expected, c.endpoint,
    c.reachable, c.collected, c.error_free, c.conformant, c.answering, c.not_submitted,
    c.processing, c.error, c.unknown, c.needs_improving, c.live, c.fresh, c.ageing, c.stale,
    coalesce(p.organisations, c.expected), coalesce(p.organisations_some, c.endpoint),
    coalesce(p.organisations_all, c.endpoint)
FROM (
    SELECT denominator,
        CASE WHEN GROUPING(region) = 0 THEN 'region' WHEN GROUPING(type) = 0 THEN 'type'
            WHEN GROUPING(cohort) = 0 THEN 'cohort' WHEN GROUPING(dataset) = 0 THEN 'dataset'
            ELSE 'all' END
            || CASE WHEN GROUPING(dataset) = 0 AND GROUPING(region, type, cohort) < 7
                THEN '+dataset' ELSE '' END AS dimension,
        coalesce(region, type, cohort, '') AS value, coalesce(dataset, '') AS dataset,
        snapshot_id, sum(expected) AS expected, sum(endpoint) AS endpoint,
        sum(reachable) AS reachable, sum(collected) AS collected, sum(error_free) AS error_free,
        sum(conformant) AS conformant, sum(answering) AS answering,
        sum(not_submitted) AS not_submitted, sum(processing) AS processing, sum(error) AS error,
        sum(unknown) AS unknown, sum(needs_improving) AS needs_improving, sum(live) AS live,
        sum(fresh) AS fresh, sum(ageing) AS ageing, sum(stale) AS stale
    FROM t_cube
    GROUP BY denominator, snapshot_id, GROUPING SETS ((), (dataset), (region), (type), (cohort),
        (region, dataset), (cohort, dataset))
) c
LEFT JOIN t_provider p USING (snapshot_id, denominator, dimension, value)
ORDER BY c.denominator, c.dimension, c.value, c.dataset, c.snapshot_id;

-- step: coverage of all LPAs
-- Every active LPA against every dataset, whether or not a provision asks for it.
INSERT INTO coverage (denominator, dimension, value, dataset, snapshot_id, expected, endpoint,
    reachable, collected, error_free, conformant, answering, not_submitted, processing, error,
    unknown, needs_improving, live, fresh, ageing, stale, organisations, organisations_some,
    organisations_all)
SELECT 'all-lpas', CASE WHEN s.region IS NULL THEN 'dataset' ELSE 'region+dataset' END,
    coalesce(s.region, ''), s.dataset, s.snapshot_id, n.lpas, endpoint, reachable, collected,
    error_free, conformant, answering, n.lpas - processing - error - unknown - needs_improving
        - live, processing, error, unknown, needs_improving, live, fresh, ageing, stale, n.lpas,
    endpoint, endpoint
FROM (
    SELECT s.snapshot_id, d.dataset, o.region,
        count(*) FILTER (WHERE s.endpoint_count > 0) AS endpoint,
        count(*) FILTER (WHERE s.stage IN ('reachable', 'collected', 'error_free', 'conformant'))
            AS reachable,
        count(*) FILTER (WHERE s.stage IN ('collected', 'error_free', 'conformant')) AS collected,
        count(*) FILTER (WHERE s.stage IN ('error_free', 'conformant')) AS error_free,
        count(*) FILTER (WHERE s.stage = 'conformant') AS conformant,
        count(*) FILTER (WHERE s.access_band = 'ok') AS answering,
        count(*) FILTER (WHERE s.status = 'processing') AS processing,
        count(*) FILTER (WHERE s.status = 'error') AS error,
        count(*) FILTER (WHERE s.status = 'unknown') AS unknown,
        count(*) FILTER (WHERE s.status = 'needs_improving') AS needs_improving,
        count(*) FILTER (WHERE s.status = 'live') AS live,
        count(*) FILTER (WHERE s.freshness_band = 'fresh') AS fresh,
        count(*) FILTER (WHERE s.freshness_band = 'ageing') AS ageing,
        count(*) FILTER (WHERE s.freshness_band = 'stale') AS stale
    FROM summary s
    JOIN t_as_at a USING (snapshot_id)
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.is_lpa
    GROUP BY s.snapshot_id, d.dataset, GROUPING SETS ((), (o.region))
) s
JOIN (
    SELECT l.snapshot_id, o.region, count(*) AS lpas
    FROM t_lpa l JOIN organisation o ON o.id = l.organisation_id
    GROUP BY l.snapshot_id, GROUPING SETS ((), (o.region))
) n ON n.snapshot_id = s.snapshot_id AND n.region IS NOT DISTINCT FROM s.region
WHERE (SELECT kind FROM t_context) <> 'odp-reports';

-- step: regions where no LPA has a dataset
-- Nothing of it is provided there, which is not the same as nothing being known.
INSERT INTO coverage (denominator, dimension, value, dataset, snapshot_id, expected, endpoint,
    reachable, collected, error_free, conformant, answering, not_submitted, processing, error,
    unknown, needs_improving, live, fresh, ageing, stale, organisations, organisations_some,
    organisations_all)
SELECT 'all-lpas', 'region+dataset', n.region, c.dataset, c.snapshot_id, n.lpas, 0, 0, 0, 0, 0, 0,
    n.lpas, 0, 0, 0, 0, 0, 0, 0, 0, n.lpas, 0, 0
FROM coverage c
JOIN (
    SELECT l.snapshot_id, o.region, count(*) AS lpas
    FROM t_lpa l JOIN organisation o ON o.id = l.organisation_id
    GROUP BY l.snapshot_id, o.region
) n USING (snapshot_id)
WHERE c.denominator = 'all-lpas' AND c.dimension = 'dataset'
ON CONFLICT DO NOTHING;

-- step: totals of all LPAs
-- Every active LPA times every dataset that any of them provides, in the country and each region.
INSERT INTO coverage (denominator, dimension, value, dataset, snapshot_id, expected, endpoint,
    reachable, collected, error_free, conformant, answering, not_submitted, processing, error,
    unknown, needs_improving, live, fresh, ageing, stale, organisations, organisations_some,
    organisations_all)
SELECT 'all-lpas', CASE WHEN n.region IS NULL THEN 'all' ELSE 'region' END,
    coalesce(n.region, ''), '', n.snapshot_id, n.lpas * a.datasets, c.endpoint, c.reachable,
    c.collected, c.error_free, c.conformant, c.answering, n.lpas * a.datasets - c.processing
        - c.error - c.unknown - c.needs_improving - c.live, c.processing, c.error, c.unknown,
    c.needs_improving, c.live, c.fresh, c.ageing, c.stale, n.lpas, coalesce(p.some, 0),
    coalesce(p.everything, 0)
FROM (
    SELECT l.snapshot_id, o.region, count(*) AS lpas
    FROM t_lpa l JOIN organisation o ON o.id = l.organisation_id
    GROUP BY l.snapshot_id, GROUPING SETS ((), (o.region))
) n
JOIN (
    SELECT snapshot_id, count(*) AS datasets
    FROM coverage JOIN t_as_at USING (snapshot_id)
    WHERE denominator = 'all-lpas' AND dimension = 'dataset'
    GROUP BY snapshot_id
) a USING (snapshot_id)
JOIN LATERAL (
    SELECT coalesce(sum(endpoint), 0) AS endpoint, coalesce(sum(reachable), 0) AS reachable,
        coalesce(sum(collected), 0) AS collected, coalesce(sum(error_free), 0) AS error_free,
        coalesce(sum(conformant), 0) AS conformant, coalesce(sum(answering), 0) AS answering,
        coalesce(sum(processing), 0) AS processing, coalesce(sum(error), 0) AS error,
        coalesce(sum(unknown), 0) AS unknown,
        coalesce(sum(needs_improving), 0) AS needs_improving, coalesce(sum(live), 0) AS live,
        coalesce(sum(fresh), 0) AS fresh, coalesce(sum(ageing), 0) AS ageing,
        coalesce(sum(stale), 0) AS stale
    FROM coverage x
    WHERE x.snapshot_id = n.snapshot_id AND x.denominator = 'all-lpas'
        AND x.dimension = CASE WHEN n.region IS NULL THEN 'dataset' ELSE 'region+dataset' END
        AND x.value = coalesce(n.region, '')
) c ON true
LEFT JOIN (
    SELECT s.snapshot_id, o.region, count(*) AS some,
        count(*) FILTER (WHERE s.provided = d.datasets) AS everything
    FROM (
        SELECT snapshot_id, organisation_id, count(*) AS provided
        FROM summary JOIN t_as_at USING (snapshot_id)
        WHERE is_lpa AND endpoint_count > 0
        GROUP BY snapshot_id, organisation_id
    ) s
    JOIN (
        SELECT snapshot_id, count(*) AS datasets
        FROM coverage JOIN t_as_at USING (snapshot_id)
        WHERE denominator = 'all-lpas' AND dimension = 'dataset'
        GROUP BY snapshot_id
    ) d USING (snapshot_id)
    JOIN organisation o ON o.id = s.organisation_id
    GROUP BY s.snapshot_id, GROUPING SETS ((), (o.region))
) p ON p.snapshot_id = n.snapshot_id AND p.region IS NOT DISTINCT FROM n.region
WHERE (SELECT kind FROM t_context) <> 'odp-reports';
