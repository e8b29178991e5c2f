-- Coverage: n of N by denominator and dimension, one row a snapshot.

-- step: kinds of organisation
-- Region and type come in few pairs: one number stands for both while the cells are counted.
CREATE TEMP TABLE t_place ON COMMIT DROP AS
SELECT id AS organisation_id, region, type,
    dense_rank() OVER (ORDER BY region, type)::int AS place
FROM organisation;

-- step: statistics of kinds
ANALYZE t_place;

-- step: cells counted at the finest grain
-- Each summary is read once; all that follows adds up these few rows.
CREATE TEMP TABLE t_grain ON COMMIT DROP AS
SELECT g.*, d.dataset, p.region, p.type, coalesce(g.cohort, 'none') AS cohort_or_none
FROM (
    SELECT s.snapshot_id, s.dataset_id, p.place, s.cohort, s.is_lpa, s.in_programme,
        s.in_statutory, s.in_any, s.in_to_provide, count(*)::int AS expected,
        (count(*) FILTER (WHERE endpoint_count > 0))::int AS endpoint,
        (count(*) FILTER (WHERE stage IN
            ('reachable', 'collected', 'error_free', 'conformant')))::int AS reachable,
        (count(*) FILTER (WHERE stage IN ('collected', 'error_free', 'conformant')))::int
            AS collected,
        (count(*) FILTER (WHERE stage IN ('error_free', 'conformant')))::int AS error_free,
        (count(*) FILTER (WHERE stage = 'conformant'))::int AS conformant,
        (count(*) FILTER (WHERE access_band = 'ok'))::int AS answering,
        (count(*) FILTER (WHERE status = 'not_submitted'))::int AS not_submitted,
        (count(*) FILTER (WHERE status = 'processing'))::int AS processing,
        (count(*) FILTER (WHERE status = 'error'))::int AS error,
        (count(*) FILTER (WHERE status = 'unknown'))::int AS unknown,
        (count(*) FILTER (WHERE status = 'needs_improving'))::int AS needs_improving,
        (count(*) FILTER (WHERE status = 'live'))::int AS live,
        (count(*) FILTER (WHERE freshness_band = 'fresh'))::int AS fresh,
        (count(*) FILTER (WHERE freshness_band = 'ageing'))::int AS ageing,
        (count(*) FILTER (WHERE freshness_band = 'stale'))::int AS stale
    FROM t_summary s
    JOIN t_as_at a USING (snapshot_id)
    JOIN t_place p USING (organisation_id)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
) g
JOIN (SELECT DISTINCT place, region, type FROM t_place) p USING (place)
JOIN dataset d ON d.id = g.dataset_id;

-- step: organisations and their cohorts
-- An organisation is in each cohort that it has provisions of; most have one.
CREATE TEMP TABLE t_body ON COMMIT DROP AS
SELECT snapshot_id, organisation_id, coalesce(cohort, 'none') AS cohort,
    (count(*) FILTER (WHERE in_programme))::int AS programme,
    (count(*) FILTER (WHERE in_programme AND endpoint_count > 0))::int AS programme_provided,
    (count(*) FILTER (WHERE in_statutory))::int AS statutory,
    (count(*) FILTER (WHERE in_statutory AND endpoint_count > 0))::int AS statutory_provided,
    (count(*) FILTER (WHERE in_any))::int AS any_reason,
    (count(*) FILTER (WHERE in_any AND endpoint_count > 0))::int AS any_provided,
    (count(*) FILTER (WHERE in_to_provide))::int AS to_provide,
    (count(*) FILTER (WHERE in_to_provide AND endpoint_count > 0))::int AS to_provide_provided
FROM t_summary JOIN t_as_at USING (snapshot_id)
GROUP BY 1, 2, 3;

-- step: organisations counted
CREATE TEMP TABLE t_provider ON COMMIT DROP AS
SELECT snapshot_id, denominator, dimension, value, count(*) AS organisations,
    count(*) FILTER (WHERE provided > 0) AS organisations_some,
    count(*) FILTER (WHERE provided = expected) AS organisations_all
FROM (
    SELECT snapshot_id, denominator, CASE WHEN GROUPING(p.region) = 0 THEN 'region'
            WHEN GROUPING(p.type) = 0 THEN 'type' WHEN GROUPING(b.cohort) = 0 THEN 'cohort'
            ELSE 'all' END AS dimension,
        coalesce(p.region, p.type, b.cohort, '') AS value, sum(v.expected) AS expected,
        sum(v.provided) AS provided
    FROM t_body b
    JOIN t_place p USING (organisation_id)
    CROSS JOIN LATERAL (VALUES
        ('programme', programme, programme_provided),
        ('statutory', statutory, statutory_provided),
        ('any', any_reason, any_provided),
        ('to-provide', to_provide, to_provide_provided)
    ) v (denominator, expected, provided)
    WHERE v.expected > 0
    GROUP BY snapshot_id, denominator, organisation_id,
        GROUPING SETS ((), (p.region), (p.type), (b.cohort))
) x
GROUP BY snapshot_id, denominator, dimension, value;

-- step: coverage
INSERT INTO t_coverage (denominator, dimension, value, dataset, snapshot_id, expected, endpoint,
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
    FROM (
        SELECT v.denominator, g.snapshot_id, g.region, g.type, g.cohort_or_none AS cohort,
            g.dataset, expected, endpoint, reachable, collected, error_free, conformant, answering,
            not_submitted, processing, error, unknown, needs_improving, live, fresh, ageing, stale
        FROM t_grain g
        CROSS JOIN LATERAL (VALUES ('programme', in_programme), ('statutory', in_statutory),
            ('any', in_any), ('to-provide', in_to_provide)) v (denominator, counts)
        WHERE v.counts
    ) g
    GROUP BY denominator, snapshot_id, GROUPING SETS ((), (dataset), (region), (type), (cohort),
        (region, dataset), (cohort, dataset))
) c
LEFT JOIN t_provider p USING (snapshot_id, denominator, dimension, value)
ORDER BY c.denominator, c.dimension, c.value, c.dataset, c.snapshot_id;

-- step: coverage of all LPAs
-- Every active LPA against every dataset, whether or not a provision asks for it.
INSERT INTO t_coverage (denominator, dimension, value, dataset, snapshot_id, expected, endpoint,
    reachable, collected, error_free, conformant, answering, not_submitted, processing, error,
    unknown, needs_improving, live, fresh, ageing, stale, organisations, organisations_some,
    organisations_all)
SELECT 'all-lpas', CASE WHEN s.region IS NULL THEN 'dataset' ELSE 'region+dataset' END,
    coalesce(s.region, ''), s.dataset, s.snapshot_id, n.lpas, endpoint, reachable, collected,
    error_free, conformant, answering, n.lpas - processing - error - unknown - needs_improving
        - live, processing, error, unknown, needs_improving, live, fresh, ageing, stale, n.lpas,
    endpoint, endpoint
FROM (
    SELECT snapshot_id, dataset, region, sum(endpoint) AS endpoint, sum(reachable) AS reachable,
        sum(collected) AS collected, sum(error_free) AS error_free,
        sum(conformant) AS conformant, sum(answering) AS answering,
        sum(processing) AS processing, sum(error) AS error, sum(unknown) AS unknown,
        sum(needs_improving) AS needs_improving, sum(live) AS live, sum(fresh) AS fresh,
        sum(ageing) AS ageing, sum(stale) AS stale
    FROM t_grain
    WHERE is_lpa
    GROUP BY snapshot_id, dataset, GROUPING SETS ((), (region))
) s
JOIN (
    SELECT l.snapshot_id, o.region, count(*) AS lpas
    FROM t_lpa l JOIN organisation o ON o.id = l.organisation_id
    GROUP BY l.snapshot_id, GROUPING SETS ((), (o.region))
) n ON n.snapshot_id = s.snapshot_id AND n.region IS NOT DISTINCT FROM s.region
WHERE (SELECT kind FROM t_context) <> 'odp-reports';

-- step: regions where no LPA has a dataset
-- Nothing of it is provided there, which is not the same as nothing being known.
INSERT INTO t_coverage (denominator, dimension, value, dataset, snapshot_id, expected, endpoint,
    reachable, collected, error_free, conformant, answering, not_submitted, processing, error,
    unknown, needs_improving, live, fresh, ageing, stale, organisations, organisations_some,
    organisations_all)
SELECT 'all-lpas', 'region+dataset', n.region, c.dataset, c.snapshot_id, n.lpas, 0, 0, 0, 0, 0, 0,
    n.lpas, 0, 0, 0, 0, 0, 0, 0, 0, n.lpas, 0, 0
FROM t_coverage c
JOIN (
    SELECT l.snapshot_id, o.region, count(*) AS lpas
    FROM t_lpa l JOIN organisation o ON o.id = l.organisation_id
    GROUP BY l.snapshot_id, o.region
) n USING (snapshot_id)
WHERE c.denominator = 'all-lpas' AND c.dimension = 'dataset'
ON CONFLICT DO NOTHING;

-- step: totals of all LPAs
-- Every active LPA times every dataset that any of them provides, in the country and each region.
INSERT INTO t_coverage (denominator, dimension, value, dataset, snapshot_id, expected, endpoint,
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
    FROM t_coverage
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
    FROM t_coverage x
    WHERE x.snapshot_id = n.snapshot_id AND x.denominator = 'all-lpas'
        AND x.dimension = CASE WHEN n.region IS NULL THEN 'dataset' ELSE 'region+dataset' END
        AND x.value = coalesce(n.region, '')
) c ON true
LEFT JOIN (
    SELECT s.snapshot_id, o.region, count(*) AS some,
        count(*) FILTER (WHERE s.provided = d.datasets) AS everything
    FROM (
        SELECT snapshot_id, organisation_id, count(*) AS provided
        FROM t_summary JOIN t_as_at USING (snapshot_id)
        WHERE is_lpa AND endpoint_count > 0
        GROUP BY snapshot_id, organisation_id
    ) s
    JOIN (
        SELECT snapshot_id, count(*) AS datasets
        FROM t_coverage
        WHERE denominator = 'all-lpas' AND dimension = 'dataset'
        GROUP BY snapshot_id
    ) d USING (snapshot_id)
    JOIN organisation o ON o.id = s.organisation_id
    GROUP BY s.snapshot_id, GROUPING SETS ((), (o.region))
) p ON p.snapshot_id = n.snapshot_id AND p.region IS NOT DISTINCT FROM n.region
WHERE (SELECT kind FROM t_context) <> 'odp-reports';

-- step: coverage by date
CREATE TEMP TABLE t_coverage_interval ON COMMIT DROP AS
SELECT c.*, a.as_at AS from_on, a.as_at AS to_on FROM t_coverage c JOIN t_as_at a USING (snapshot_id);

-- step: keep coverage as intervals
SELECT record_intervals('coverage_interval', 't_coverage_interval', (SELECT kind FROM t_context),
    (SELECT array_agg(as_at) FROM t_as_at));
