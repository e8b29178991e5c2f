"""Coverage through time: by dataset, region or cohort; of what was expected at the time, or of the
same provisions throughout."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection

from performance_store.queries import counts, national
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import COLUMNS, EVERYTHING, Narrow, at_least, conditions
from performance_store.rows import CohortStart, CoveragePoint

By = Literal["dataset", "region", "cohort"]
_NAMES = {
    "dataset": "(SELECT max(name) FROM dataset x WHERE x.dataset = k.key)",
    "region": "(SELECT max(name) FROM region x WHERE x.region = k.key)",
    "cohort": "(SELECT max(name) FROM cohort x WHERE x.cohort = k.key)",
}
# Provisions of the set at both ends of the line: what is counted of them does not change.
_BASKET = """
(s.organisation_id, s.dataset_id) IN (
    SELECT s.organisation_id, s.dataset_id FROM summary s
    WHERE s.snapshot_id = (SELECT id FROM known ORDER BY as_at LIMIT 1) AND {in_set}
    INTERSECT
    SELECT s.organisation_id, s.dataset_id FROM summary s
    WHERE s.snapshot_id = (SELECT id FROM known ORDER BY as_at DESC LIMIT 1) AND {in_set}
)
"""


def lines(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    until: date,
    by: By = "dataset",
    basket: bool = False,
    narrow: Narrow = EVERYTHING,
) -> tuple[CoveragePoint, ...]:
    """All together, and a line for each dataset, region or cohort, oldest first.

    With ``basket`` only
    provisions that are in the denominator at the first and at the last date are counted, on the
    last date of each month where there are more than 30 dates. The set
    all-lpas knows neither cohorts nor baskets: the answer is then by dataset, or of all.
    """
    where: dict[str, Any] = {"kind": kind, "denominator": denominator, "until": until}
    of_all = denominator == "all-lpas"
    if of_all:
        basket = False
    if by == "dataset" and not basket:
        return national.lines(connection, **where, narrow=narrow)
    if not narrow and not basket and not (of_all and by == "cohort"):
        return _from_coverage(connection, by, **where)
    if of_all:
        together = national.lines(connection, **where, narrow=narrow)
        return tuple(point for point in together if not point.key)
    return _from_summaries(connection, by, basket=basket, narrow=narrow, **where)


def _from_coverage(
    connection: Connection, by: By, *, kind: str, denominator: str, until: date
) -> tuple[CoveragePoint, ...]:
    """From what is kept for everything."""
    return fetch(
        connection,
        CoveragePoint,
        f"""
WITH {counts.DATES}
SELECT n.as_at, k.key, coalesce({_NAMES[by]}, k.key) AS label, c.expected, c.endpoint, c.reachable,
    c.error_free, c.fresh, c.organisations, c.organisations_some, c.organisations_all
FROM coverage c
JOIN known n ON n.id = c.snapshot_id
CROSS JOIN LATERAL (SELECT c.value AS key) k
WHERE c.denominator = :denominator AND c.dimension IN ('all', :by) AND c.dataset = ''
ORDER BY n.as_at, c.value
""",
        kind=kind,
        denominator=denominator,
        until=until,
        by=by,
    )


def _from_summaries(
    connection: Connection,
    by: By,
    *,
    kind: str,
    denominator: str,
    until: date,
    basket: bool,
    narrow: Narrow,
) -> tuple[CoveragePoint, ...]:
    """From the summaries, each read once."""
    where, parameters = conditions(narrow, denominator)
    if basket:
        where = _of_basket(where, denominator)
    return fetch(
        connection,
        CoveragePoint,
        f"""
WITH {counts.MONTHLY if basket else counts.DATES}, bodies AS (
    SELECT s.snapshot_id, s.organisation_id, {COLUMNS[by]} AS key, count(*) AS expected,
        count(*) FILTER (WHERE s.endpoint_count > 0) AS provided,
        count(*) FILTER (WHERE {at_least("reachable")}) AS reachable,
        count(*) FILTER (WHERE {at_least("error_free")}) AS error_free,
        count(*) FILTER (WHERE s.freshness_band = 'fresh') AS fresh
    FROM known n
    JOIN summary s ON s.snapshot_id = n.id
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE {where}
    GROUP BY 1, 2, 3
)
SELECT n.as_at, k.key, coalesce({_NAMES[by]}, k.key) AS label, k.expected,
    k.provided AS endpoint, k.reachable, k.error_free, k.fresh, k.organisations,
    k.some AS organisations_some, k.organisations - k.incomplete AS organisations_all
FROM (
    SELECT snapshot_id, coalesce(key, '') AS key, sum(expected)::int AS expected,
        sum(provided)::int AS provided, sum(reachable)::int AS reachable,
        sum(error_free)::int AS error_free, sum(fresh)::int AS fresh,
        count(DISTINCT organisation_id) AS organisations,
        count(DISTINCT organisation_id) FILTER (WHERE provided > 0) AS some,
        count(DISTINCT organisation_id) FILTER (WHERE provided < expected) AS incomplete
    FROM bodies GROUP BY GROUPING SETS ((snapshot_id), (snapshot_id, key))
) k
JOIN known n ON n.id = k.snapshot_id
ORDER BY n.as_at, k.key
""",
        kind=kind,
        until=until,
        **parameters,
    )


def _of_basket(where: str, denominator: str) -> str:
    """The condition for provisions of the basket. They count on every date, also where they were
    not in the set on it."""
    in_set, _ = conditions(EVERYTHING, denominator)
    return where.replace(in_set, "true", 1) + " AND " + _BASKET.format(in_set=in_set)


def cohort_starts(connection: Connection) -> tuple[CohortStart, ...]:
    """When each cohort of the programme began, as far as it is known, by date."""
    return fetch(
        connection,
        CohortStart,
        "SELECT cohort, coalesce(name, cohort) AS name, start_date FROM cohort "
        "WHERE start_date IS NOT NULL ORDER BY start_date, cohort",
    )
