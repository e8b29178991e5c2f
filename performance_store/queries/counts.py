"""Counts of some provisions only, from the summaries, whenever they are asked for.

What is counted is what `coverage` holds for everything (loading/sql/70_coverage.sql); a test holds
the two to each other. In the set of all LPAs there is no row for what nobody provides or owes, so
its denominator comes from `coverage` and can be narrowed by region and dataset alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from performance_store.definitions.vocabulary import FRESHNESS_BANDS, STAGES, STATUSES
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import (
    EVERYTHING,
    NONE,
    ORGANISATION_TYPE,
    Narrow,
    at_least,
    conditions,
)
from performance_store.queries.grid import COVERS, DATES, SUMMARIES
from performance_store.rows import Choice, Coverage, CoveragePoint

_STAGES = STAGES[STAGES.index("reachable") :]
_AGES = tuple(band for band in FRESHNESS_BANDS if band != "unknown")


def _from(stage: str) -> str:
    return f"count(*) FILTER (WHERE {at_least(stage)}) AS {stage}"


_COUNTS = ", ".join(
    [
        "count(*) AS expected",
        "count(*) FILTER (WHERE s.endpoint_count > 0) AS endpoint",
        *(_from(stage) for stage in _STAGES),
        "count(*) FILTER (WHERE s.access_band = 'ok') AS answering",
        *(f"count(*) FILTER (WHERE s.status = '{name}') AS {name}" for name in STATUSES),
        *(f"count(*) FILTER (WHERE s.freshness_band = '{name}') AS {name}" for name in _AGES),
        "count(DISTINCT s.organisation_id) AS organisations",
        "count(DISTINCT s.organisation_id) FILTER (WHERE s.endpoint_count > 0) "
        "AS organisations_some",
        "count(DISTINCT s.organisation_id) - count(DISTINCT s.organisation_id) "
        "FILTER (WHERE s.endpoint_count = 0) AS organisations_all",
    ]
)


def picture(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow
) -> tuple[Coverage, ...]:
    """One snapshot in the dimensions all, dataset, region and cohort, as `national.picture`."""
    where, parameters = conditions(narrow, denominator)
    rows = fetch(
        connection,
        Coverage,
        f"""
SELECT n.as_at, n.kind, CAST(:denominator AS text) AS denominator,
    CASE WHEN GROUPING(d.dataset) = 0 THEN 'dataset' WHEN GROUPING(o.region) = 0 THEN 'region'
        WHEN GROUPING(c.cohort) = 0 THEN 'cohort' ELSE 'all' END AS dimension,
    coalesce(o.region, c.cohort, '') AS value,
    CASE WHEN GROUPING(d.dataset) = 0 THEN max(d.name)
        WHEN GROUPING(o.region) = 0 THEN coalesce(max(r.name), o.region)
        WHEN GROUPING(c.cohort) = 0 THEN coalesce(max(h.name), c.cohort) ELSE 'All' END
        AS label,
    coalesce(d.dataset, '') AS dataset, {_COUNTS}
FROM summary_of(:snapshot_id) s
JOIN snapshot n ON n.id = s.snapshot_id
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
JOIN region r ON r.region = o.region
LEFT JOIN cohort h ON h.cohort = s.cohort
CROSS JOIN LATERAL (SELECT coalesce(s.cohort, '{NONE}') AS cohort) c
WHERE s.snapshot_id = :snapshot_id AND {where}
GROUP BY n.as_at, n.kind, GROUPING SETS ((), (d.dataset), (o.region), (c.cohort))
ORDER BY dimension, coalesce(o.region, c.cohort) = '{NONE}', label, dataset
""",
        snapshot_id=snapshot_id,
        denominator=denominator,
        **parameters,
    )
    if denominator != "all-lpas":
        return rows
    return _of_all_lpas(connection, snapshot_id, narrow, rows)


_ZEROS = ", ".join(
    f"0 AS {name}" for name in ("endpoint", *_STAGES, "answering", *STATUSES, *_AGES)
)


def _of_all_lpas(
    connection: Connection, snapshot_id: int, narrow: Narrow, rows: Sequence[Coverage]
) -> tuple[Coverage, ...]:
    """The counts of provisions that have a row, over every LPA and dataset that could have one."""
    possible = _possible(connection, snapshot_id, narrow)
    datasets = sum(1 for row in possible if row.dimension == "dataset")
    complete = _complete(connection, snapshot_id, narrow, datasets)
    actual = {(row.dimension, row.value, row.dataset): row for row in rows}
    return tuple(
        _over(row, actual.get((row.dimension, row.value, row.dataset)), complete.get(row.value, 0))
        for row in possible
    )


def _possible(connection: Connection, snapshot_id: int, narrow: Narrow) -> tuple[Coverage, ...]:
    """How many provisions of all LPAs there could be, with none of them provided."""
    return fetch(
        connection,
        Coverage,
        f"""
SELECT n.as_at, n.kind, 'all-lpas' AS denominator,
    CASE WHEN GROUPING(c.dataset) = 0 THEN 'dataset'
        WHEN GROUPING(c.value) = 0 THEN 'region' ELSE 'all' END AS dimension,
    coalesce(c.value, '') AS value, CASE WHEN GROUPING(c.dataset) = 0 THEN max(d.name)
        WHEN GROUPING(c.value) = 0 THEN coalesce(max(r.name), c.value) ELSE 'All' END AS label,
    coalesce(c.dataset, '') AS dataset, sum(c.expected)::int AS expected, {_ZEROS},
    CASE WHEN GROUPING(c.dataset) = 0 THEN sum(c.organisations)
        ELSE sum(c.organisations) / count(DISTINCT c.dataset) END::int AS organisations,
    0 AS organisations_some, 0 AS organisations_all
FROM coverage_of(:snapshot_id) c
JOIN snapshot n ON n.id = c.snapshot_id
JOIN dataset d ON d.dataset = c.dataset
LEFT JOIN region r ON r.region = c.value
WHERE c.snapshot_id = :snapshot_id AND c.denominator = 'all-lpas'
    AND c.dimension = 'region+dataset' AND {_ALLOWED}
GROUP BY n.as_at, n.kind, GROUPING SETS ((), (c.value), (c.dataset))
ORDER BY dimension, c.value = '{NONE}', label, dataset
""",
        snapshot_id=snapshot_id,
        **_lists(narrow),
    )


def _complete(
    connection: Connection, snapshot_id: int, narrow: Narrow, datasets: int
) -> dict[str, int]:
    """How many organisations provide so many datasets, by region; of all under ""."""
    where, parameters = conditions(narrow, "all-lpas")
    rows = connection.execute(
        text(f"""
SELECT coalesce(region, '') AS region, count(*) AS complete FROM (
    SELECT o.region FROM summary_of(:snapshot_id) s JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_id = :snapshot_id AND s.endpoint_count > 0 AND {where}
    GROUP BY o.id HAVING count(*) >= :datasets
) x GROUP BY GROUPING SETS ((), (region))
"""),
        {"snapshot_id": snapshot_id, "datasets": datasets, **parameters},
    )
    return {row.region: row.complete for row in rows}


# `coverage` by region and dataset, narrowed by what it knows of.
_ALLOWED = """
    (CAST(:region AS text[]) = '{}' OR c.value = ANY(:region))
    AND (CAST(:dataset AS text[]) = '{}' OR c.dataset = ANY(:dataset))
    AND (CAST(:typology AS text[]) = '{}' OR coalesce(d.typology, 'none') = ANY(:typology))
"""
_OF_ALL_LPAS = f"""grid g
    JOIN coverage_interval c ON c.snapshot_kind = :kind AND {COVERS.format("c")}
    CROSS JOIN LATERAL unnest(covered(g.days, c.from_on, c.to_on)) n (as_at)
    JOIN dataset d ON d.dataset = c.dataset AND c.denominator = 'all-lpas'
        AND c.dimension = 'region+dataset'"""
# How many datasets all LPAs can have on each date.
_SIZES = f"""sizes AS (
    SELECT n.as_at, count(DISTINCT c.dataset) AS datasets
    FROM {_OF_ALL_LPAS}
    WHERE {_ALLOWED}
    GROUP BY n.as_at
)"""


def _lists(narrow: Narrow) -> dict[str, Any]:
    return {
        "region": list(narrow.region),
        "dataset": list(narrow.dataset),
        "typology": list(narrow.typology),
    }


def _over(possible: Coverage, actual: Coverage | None, complete: int) -> Coverage:
    if actual is None:
        return dataclasses.replace(possible, not_submitted=possible.expected)
    others = sum(getattr(actual, name) for name in STATUSES if name != "not_submitted")
    return dataclasses.replace(
        actual,
        expected=possible.expected,
        not_submitted=possible.expected - others,
        organisations=possible.organisations,
        organisations_all=actual.endpoint if possible.dimension == "dataset" else complete,
    )


def lines(
    connection: Connection, *, kind: str, denominator: str, until: date, narrow: Narrow
) -> tuple[CoveragePoint, ...]:
    """All datasets together, and each of them, through time, as `national.lines`."""
    where, parameters = conditions(narrow, denominator)
    of_all = denominator == "all-lpas"
    points = fetch(
        connection,
        CoveragePoint,
        f"""
WITH {DATES}, {_SIZES}
SELECT n.as_at, coalesce(d.dataset, '') AS key, coalesce(d.name, '') AS label,
    sum(expected)::int AS expected, sum(provided)::int AS endpoint,
    sum(reachable)::int AS reachable, sum(collected)::int AS collected,
    sum(error_free)::int AS error_free, sum(fresh)::int AS fresh,
    CASE WHEN d.id IS NULL THEN count(*) ELSE sum(expected) END::int AS organisations,
    CASE WHEN d.id IS NULL THEN count(*) FILTER (WHERE provided > 0) ELSE sum(provided) END::int
        AS organisations_some,
    CASE WHEN d.id IS NULL
        THEN count(*) FILTER (WHERE provided >= {"datasets" if of_all else "expected"})
        ELSE sum(provided) END::int AS organisations_all
FROM (
    -- Each summary is read once: added up by organisation, and by dataset.
    SELECT n.as_at, s.organisation_id, s.dataset_id, count(*) AS expected,
        count(*) FILTER (WHERE s.endpoint_count > 0) AS provided,
        {_from("reachable")}, {_from("collected")}, {_from("error_free")},
        count(*) FILTER (WHERE s.freshness_band = 'fresh') AS fresh
    FROM {SUMMARIES}
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE {where}
    GROUP BY GROUPING SETS ((n.as_at, s.organisation_id), (n.as_at, s.dataset_id))
) n
LEFT JOIN dataset d ON d.id = n.dataset_id
LEFT JOIN sizes USING (as_at)
GROUP BY n.as_at, d.id
ORDER BY n.as_at, key
""",
        kind=kind,
        until=until,
        **_lists(narrow),
        **parameters,
    )
    if not of_all:
        return points
    return _lines_of_all_lpas(connection, kind, until, narrow, points)


def _lines_of_all_lpas(
    connection: Connection,
    kind: str,
    until: date,
    narrow: Narrow,
    points: Sequence[CoveragePoint],
) -> tuple[CoveragePoint, ...]:
    possible = fetch(
        connection,
        CoveragePoint,
        f"""
WITH {DATES}
SELECT n.as_at, coalesce(c.dataset, '') AS key,
    CASE WHEN GROUPING(c.dataset) = 0 THEN coalesce(max(d.name), '') ELSE '' END AS label,
    sum(c.expected)::int AS expected, 0 AS endpoint, 0 AS reachable, 0 AS collected,
    0 AS error_free, 0 AS fresh,
    (sum(c.organisations) / count(DISTINCT c.dataset))::int AS organisations,
    0 AS organisations_some, 0 AS organisations_all
FROM {_OF_ALL_LPAS}
WHERE {_ALLOWED}
GROUP BY n.as_at, GROUPING SETS ((), (c.dataset))
ORDER BY n.as_at, key
""",
        kind=kind,
        until=until,
        **_lists(narrow),
    )
    with_rows = {(point.as_at, point.key): point for point in points}
    return tuple(
        dataclasses.replace(
            with_rows.get((point.as_at, point.key), point),
            label=point.label,
            expected=point.expected,
            organisations=point.organisations,
        )
        for point in possible
    )


def choices(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[Choice, ...]:
    """What can be chosen in each filter, with how many provisions of the set have it."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        Choice,
        f"""
SELECT x.field, x.value, CASE x.field WHEN 'region' THEN coalesce(r.name, x.value)
        WHEN 'cohort' THEN coalesce(h.name, x.value)
        WHEN 'project' THEN coalesce(p.name, x.value)
        WHEN 'dataset' THEN x.name ELSE x.value END AS label, x.provisions
FROM (
    SELECT v.field, v.value, max(d.name) AS name, count(*) AS provisions
    FROM summary_of(:snapshot_id) s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    CROSS JOIN LATERAL (VALUES ('region', o.region), ('cohort', coalesce(s.cohort, '{NONE}')),
        ('project', coalesce(s.project, '{NONE}')), ('dataset', d.dataset),
        ('typology', coalesce(d.typology, '{NONE}')),
        ('reason', coalesce(s.provision_reason, '{NONE}')), ('type', {ORGANISATION_TYPE}),
        ('status', s.status)) v (field, value)
    WHERE s.snapshot_id = :snapshot_id AND {where}
    GROUP BY v.field, v.value
) x
LEFT JOIN region r ON r.region = x.value
LEFT JOIN cohort h ON h.cohort = x.value
LEFT JOIN project p ON p.project = x.value
ORDER BY x.field, x.value = '{NONE}', label
""",
        snapshot_id=snapshot_id,
        **parameters,
    )
