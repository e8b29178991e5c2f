"""How figures came from one date to another: what authorities did, apart from who joined, left or
moved, and from what only a changed rule did."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import Connection

from performance_store.definitions.knowledge import NEEDS
from performance_store.queries import national
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import EVERYTHING, SETS, Narrow, at_least, conditions
from performance_store.queries.matrix import LPAS
from performance_store.rows import Movement

# What is measured of each provision, in the order of the array that holds it.
_OF_PROVISIONS = {
    "expected": "true",
    "endpoint": "s.endpoint_count > 0",
    "reachable": at_least("reachable"),
    "collected": at_least("collected"),
    "error_free": at_least("error_free"),
    "fresh": "s.freshness_band = 'fresh'",
}
_MEASURES = (*_OF_PROVISIONS, "organisations", "organisations_some", "organisations_all")
_VALUES = ", ".join(f"coalesce({test}, false)::int" for test in _OF_PROVISIONS.values())
_NUMBERS = ", ".join(f"('{name}', {place})" for place, name in enumerate(_OF_PROVISIONS, start=1))


def balance(
    connection: Connection,
    *,
    snapshot_id: int,
    compare_id: int,
    denominator: str,
    narrow: Narrow = EVERYTHING,
) -> tuple[Movement, ...]:
    """Every figure of `national.picture` at both dates, and what its change is made of, in the
    dimensions all, dataset, region and cohort.

    Exactly: after = before + by_authorities + joiners + leavers + movers + by_rule. Figures that
    are 0 at both dates, or that one of the snapshots cannot tell, have no row.
    """
    of: dict[str, Any] = {"denominator": denominator, "narrow": narrow}
    then, now = (
        {
            (row.dimension, row.value, row.dataset): row
            for row in national.picture(connection, snapshot_id=id, **of)
        }
        for id in (compare_id, snapshot_id)
    )
    measures = _measures(connection, snapshot_id, compare_id)
    parts = {
        (row.dimension, row.value, row.dataset, row.measure): row
        for row in _parts(connection, snapshot_id, compare_id, denominator, narrow)
    }
    rows = []
    for place in (*now, *(place for place in then if place not in now)):
        label = (now.get(place) or then[place]).label
        for measure in measures:
            before, after = (
                getattr(side[place], measure) if place in side else 0 for side in (then, now)
            )
            if before or after:
                part = parts.get((*place, measure)) or Movement(
                    *(place[0], place[1], label, place[2], measure), 0, 0, 0, 0, 0, 0, 0
                )
                rows.append(dataclasses.replace(part, label=label, before=before, after=after))
    return tuple(rows)


def _measures(connection: Connection, *snapshot_ids: int) -> list[str]:
    """The measures that all snapshots can tell."""
    grounds = [
        {row.of for row in national.knowledge(connection, snapshot_id=id)} for id in snapshot_ids
    ]
    return [
        name
        for name in _MEASURES
        if name not in NEEDS or all({"logs", NEEDS[name]} <= of for of in grounds)
    ]


def _parts(
    connection: Connection, snapshot_id: int, compare_id: int, denominator: str, narrow: Narrow
) -> tuple[Movement, ...]:
    """The parts of what changed; nothing of what did not, and neither labels nor figures."""
    where, parameters = conditions(narrow, denominator)
    in_set = SETS[denominator].condition
    fits = where.removeprefix(in_set).removeprefix(" AND ") or "true"
    side = _EVERY_LPA if denominator == "all-lpas" else _IN_SET
    return fetch(
        connection,
        Movement,
        _BALANCE.format(
            then=side.format(id=":compare_id", in_set=in_set, fits=fits, values=_VALUES),
            now=side.format(id=":snapshot_id", in_set=in_set, fits=fits, values=_VALUES),
            numbers=_NUMBERS,
        ),
        snapshot_id=snapshot_id,
        compare_id=compare_id,
        of_all=denominator == "all-lpas",
        **parameters,
    )


# The provisions of a set in one snapshot: whether the narrowing takes them, and their measures.
_IN_SET = """
SELECT s.organisation_id, s.dataset_id, coalesce(s.cohort, 'none') AS cohort, s.stage,
    {fits} AS fits, ARRAY[{values}] AS measures
FROM summary_of({id}) s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = {id} AND {in_set}
"""
# Of all LPAs: each with every dataset that any of them provides.
_EVERY_LPA = (
    """
SELECT o.id AS organisation_id, d.id AS dataset_id, 'none' AS cohort, s.stage, {fits} AS fits,
    ARRAY[{values}] AS measures
FROM (
    SELECT o.id, o.region """
    + LPAS.replace(":snapshot_id", "{id}").replace("'{}'", "'{{}}'").replace(":region", "'{{}}'")
    + """
    UNION SELECT o.id, o.region FROM summary_of({id}) x
    JOIN organisation o ON o.id = x.organisation_id
    WHERE x.is_lpa
) o
JOIN coverage_of({id}) c ON c.denominator = 'all-lpas' AND c.dimension = 'dataset'
JOIN dataset d ON d.dataset = c.dataset
LEFT JOIN summary_of({id}) s ON s.organisation_id = o.id AND s.dataset_id = d.id
    AND s.is_lpa
"""
)
# in_before, in_after: counted under this heading then, and now. A provision that is counted at only
# one of the dates but is in the set at both has moved: to another cohort, or out of the filters.
# Of provisions only those that differ are added up, of authorities those that have such a one.
_BALANCE = """
WITH cells AS (
    SELECT organisation_id, dataset_id, coalesce(b.fits, false) AS in_before,
        coalesce(n.fits, false) AS in_after, b.fits IS NOT NULL AND n.fits IS NOT NULL AS in_both,
        b.cohort AS cohort_before, n.cohort AS cohort_after, b.measures AS before,
        n.measures AS after, b.stage AS stage_before, n.stage AS stage_after,
        (b.fits, b.cohort, b.measures) IS DISTINCT FROM (n.fits, n.cohort, n.measures) AS differs
    FROM ({then}) b
    FULL JOIN ({now}) n USING (organisation_id, dataset_id)
    WHERE b.fits OR n.fits
), places AS (
    SELECT c.before, c.after, c.in_both, p.*,
        coalesce(e.effect = -1 AND c.stage_after = 'collected'
            OR e.effect = 1 AND c.stage_before = 'collected', false) AS rule
    FROM cells c
    JOIN organisation o ON o.id = c.organisation_id
    JOIN dataset d ON d.id = c.dataset_id
    LEFT JOIN rule_effects(:snapshot_id, :compare_id) e USING (organisation_id, dataset_id)
    CROSS JOIN LATERAL (
        SELECT 'all' AS dimension, '' AS value, '' AS dataset, c.in_before, c.in_after
        UNION ALL SELECT 'dataset', '', d.dataset, c.in_before, c.in_after
        UNION ALL SELECT 'region', o.region, '', c.in_before, c.in_after
        UNION ALL SELECT 'cohort', c.cohort_before, '', true,
            c.in_after AND c.cohort_after = c.cohort_before
        WHERE c.in_before AND NOT :of_all
        UNION ALL SELECT 'cohort', c.cohort_after, '', false, true
        WHERE c.in_after AND NOT (c.in_before AND c.cohort_after = c.cohort_before)
            AND NOT :of_all
    ) p
    WHERE c.differs
), bodies AS (
    SELECT o.region, p.cohort, bool_or(p.in_before <> p.in_after AND c.in_both) AS moves,
        count(*) FILTER (WHERE p.in_before) AS expected,
        coalesce(sum(before[2]) FILTER (WHERE p.in_before), 0) AS provided,
        count(*) FILTER (WHERE p.in_after) AS expected_after,
        coalesce(sum(after[2]) FILTER (WHERE p.in_after), 0) AS provided_after,
        count(*) FILTER (WHERE p.in_before AND p.in_after) AS both_expected,
        coalesce(sum(before[2]) FILTER (WHERE p.in_before AND p.in_after), 0) AS both_provided,
        coalesce(sum(after[2]) FILTER (WHERE p.in_before AND p.in_after), 0)
            AS both_provided_after
    FROM cells c
    JOIN organisation o ON o.id = c.organisation_id
    CROSS JOIN LATERAL (
        SELECT NULL AS cohort, c.in_before, c.in_after
        UNION ALL SELECT c.cohort_before, true, c.in_after AND c.cohort_after = c.cohort_before
        WHERE c.in_before AND NOT :of_all
        UNION ALL SELECT c.cohort_after, false, true
        WHERE c.in_after AND NOT (c.in_before AND c.cohort_after = c.cohort_before)
            AND NOT :of_all
    ) p
    WHERE c.organisation_id IN (SELECT organisation_id FROM cells WHERE differs)
    GROUP BY o.id, o.region, p.cohort
), changes AS (
    SELECT dimension, value, dataset, m.measure,
        CASE WHEN in_before AND in_after AND NOT by_rule THEN b.after - b.before ELSE 0 END
            AS by_authorities,
        CASE WHEN NOT in_before AND NOT in_both THEN b.after ELSE 0 END AS joiners,
        CASE WHEN NOT in_after AND NOT in_both THEN -b.before ELSE 0 END AS leavers,
        CASE WHEN in_before <> in_after AND in_both THEN b.after - b.before ELSE 0 END AS movers,
        CASE WHEN in_before AND in_after AND by_rule THEN b.after - b.before ELSE 0 END AS by_rule
    FROM places p
    -- Each provision of a dataset is another authority's.
    JOIN (VALUES {numbers}, ('organisations', 1), ('organisations_some', 2),
        ('organisations_all', 2)) m (measure, place)
        ON p.dimension = 'dataset' OR m.measure NOT LIKE 'organisations%'
    CROSS JOIN LATERAL (
        SELECT CASE WHEN in_before THEN p.before[m.place] ELSE 0 END AS before,
            CASE WHEN in_after THEN p.after[m.place] ELSE 0 END AS after,
            p.rule AND m.measure = 'error_free' AS by_rule
    ) b
    WHERE b.before <> b.after
    UNION ALL
    SELECT p.dimension, p.value, '', m.measure, m.lasting,
        CASE WHEN moves THEN 0 ELSE greatest(m.change - m.lasting, 0) END,
        CASE WHEN moves THEN 0 ELSE least(m.change - m.lasting, 0) END,
        CASE WHEN moves THEN m.change - m.lasting ELSE 0 END, 0
    FROM bodies o
    -- lasting: the change by what is counted at both dates.
    CROSS JOIN LATERAL (VALUES
        ('organisations', (expected_after > 0)::int - (expected > 0)::int, 0),
        ('organisations_some', (provided_after > 0)::int - (provided > 0)::int,
            (both_provided_after > 0)::int - (both_provided > 0)::int),
        ('organisations_all', (expected_after > 0 AND provided_after = expected_after)::int
                - (expected > 0 AND provided = expected)::int,
            (both_expected > 0 AND both_provided_after = both_expected)::int
                - (both_expected > 0 AND both_provided = both_expected)::int)
    ) m (measure, change, lasting)
    CROSS JOIN LATERAL (
        SELECT 'all' AS dimension, '' AS value WHERE o.cohort IS NULL
        UNION ALL SELECT 'region', o.region WHERE o.cohort IS NULL
        UNION ALL SELECT 'cohort', o.cohort WHERE o.cohort IS NOT NULL
    ) p
    WHERE m.change <> 0 OR m.lasting <> 0
)
SELECT dimension, value, '' AS label, dataset, measure, 0 AS before, 0 AS after,
    sum(by_authorities)::int AS by_authorities, sum(joiners)::int AS joiners,
    sum(leavers)::int AS leavers, sum(movers)::int AS movers, sum(by_rule)::int AS by_rule
FROM changes
GROUP BY dimension, value, dataset, measure
"""
