"""Coverage through time: by dataset, region or cohort; of what was expected at the time, or of the
same provisions throughout."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from performance_store.queries import coverage_lines, grid, national
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import COLUMNS, EVERYTHING, Narrow, at_least, conditions
from performance_store.rows import CohortStart, CoveragePoint

By = coverage_lines.By
_NAMES = {
    "dataset": "(SELECT max(name) FROM dataset x WHERE x.dataset = k.key)",
    "region": "(SELECT max(name) FROM region x WHERE x.region = k.key)",
    "cohort": "(SELECT max(name) FROM cohort x WHERE x.cohort = k.key)",
}


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

    With ``basket`` only provisions that are in the denominator at the first and at the last date
    are counted, under the heading that they have at the last, on the last date of each month where
    there are more than 30 dates. A cohort’s line begins later where it does: on the first date on
    which half of the provisions that it has at the last were counted. The set all-lpas knows
    neither cohorts nor baskets: the answer is then by dataset, or of all.
    """
    where: dict[str, Any] = {"kind": kind, "denominator": denominator, "until": until}
    of_all = denominator == "all-lpas"
    if of_all:
        basket = False
    if by == "dataset" and not basket:
        return national.lines(connection, **where, narrow=narrow)
    if not narrow and not basket and not (of_all and by == "cohort"):
        return coverage_lines.points(connection, by=by, **where)
    if of_all:
        together = national.lines(connection, **where, narrow=narrow)
        return tuple(point for point in together if not point.key)
    count = _same if basket else _from_summaries
    return count(connection, by, narrow=narrow, **where)


# What is added up of summaries s, for each organisation and what a line is of.
_BODIES = f"""count(*) AS expected, count(*) FILTER (WHERE s.endpoint_count > 0) AS provided,
        count(*) FILTER (WHERE {at_least("reachable")}) AS reachable,
        count(*) FILTER (WHERE {at_least("collected")}) AS collected,
        count(*) FILTER (WHERE {at_least("error_free")}) AS error_free,
        count(*) FILTER (WHERE s.freshness_band = 'fresh') AS fresh"""


_SUMS = ", ".join(
    f"sum({name})::bigint AS {name}"
    for name in ("expected", "provided", "reachable", "collected", "error_free", "fresh")
)


def _points(by: By, groups: str, *, once: bool = False) -> str:
    """The lines from ``bodies``, added up by ``groups``. ``once``: an organisation has one row in
    each group."""
    organisations = "*" if once else "DISTINCT organisation_id"
    return f"""
SELECT k.as_at, k.key, coalesce({_NAMES[by]}, k.key) AS label, k.expected,
    k.provided AS endpoint, k.reachable, k.collected, k.error_free, k.fresh, k.organisations,
    k.some AS organisations_some, k.organisations - k.incomplete AS organisations_all
FROM (
    SELECT as_at, coalesce(key, '') AS key, sum(expected)::int AS expected,
        sum(provided)::int AS provided, sum(reachable)::int AS reachable,
        sum(collected)::int AS collected, sum(error_free)::int AS error_free,
        sum(fresh)::int AS fresh,
        count({organisations}) AS organisations,
        count({organisations}) FILTER (WHERE provided > 0) AS some,
        count({organisations}) FILTER (WHERE provided < expected) AS incomplete
    FROM bodies GROUP BY {groups}
) k
ORDER BY k.as_at, k.key
"""


def _from_summaries(
    connection: Connection, by: By, *, kind: str, denominator: str, until: date, narrow: Narrow
) -> tuple[CoveragePoint, ...]:
    """From the summaries, each read once."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        CoveragePoint,
        f"""
WITH {grid.DATES}, bodies AS (
    SELECT n.as_at, s.organisation_id, {COLUMNS[by]} AS key, {_BODIES}
    FROM {grid.SUMMARIES}
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE {where}
    GROUP BY 1, 2, 3
)
{_points(by, "GROUPING SETS ((as_at), (as_at, key))")}
""",
        kind=kind,
        until=until,
        **parameters,
    )


# Provisions of the set at the last date, by what a line is of, that were in it when that begins:
# on the first date; of a cohort on the first that has half of them.
_BASKET = """last AS (
    SELECT s.organisation_id, s.dataset_id, {key} AS key
    FROM summary_interval s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_kind = :kind AND s.from_on <= (SELECT max(as_at) FROM known)
        AND s.to_on >= (SELECT max(as_at) FROM known) AND {where}
), held AS MATERIALIZED (
    SELECT l.organisation_id, l.dataset_id, l.key, s.*
    FROM grid g CROSS JOIN last l
    -- By the key of each, those between two dates left out: four of five.
    CROSS JOIN LATERAL (
        SELECT {first} AS first, {final} AS final, {in_set} AS in_set, s.endpoint_count, s.stage,
            s.freshness_band
        FROM summary_interval s
        WHERE s.snapshot_kind = :kind AND s.organisation_id = l.organisation_id
            AND s.dataset_id = l.dataset_id AND {covers}
        OFFSET 0
    ) s
), present AS (
    -- How many there are from a place on: one more where an interval begins, one less after it.
    SELECT key, place, sum(sum(change)) OVER (PARTITION BY key ORDER BY place) AS provisions
    FROM (
        SELECT key, first AS place, 1 AS change FROM held WHERE in_set
        UNION ALL SELECT key, final + 1, -1 FROM held WHERE in_set
    ) e
    GROUP BY key, place
), starts AS (
    SELECT key, min(place) AS place
    FROM present p JOIN (SELECT key, count(*) AS provisions FROM last GROUP BY key) l USING (key)
    WHERE CASE WHEN :by = 'cohort' THEN p.provisions * 2 >= l.provisions ELSE place = 1 END
    GROUP BY key
), basket AS (
    SELECT organisation_id, dataset_id, s.place AS since,
        bool_or(s.place BETWEEN first AND final) AS of_line, bool_or(first = 1) AS throughout
    FROM held JOIN starts s USING (key)
    WHERE in_set
    GROUP BY 1, 2, 3
)"""


def _same(
    connection: Connection, by: By, *, kind: str, denominator: str, until: date, narrow: Narrow
) -> tuple[CoveragePoint, ...]:
    """Of the same provisions at every date, whatever is asked for on it."""
    in_set, _ = conditions(EVERYTHING, denominator)
    where, parameters = conditions(narrow, denominator)
    pieces = {"key": COLUMNS[by], "where": where, "in_set": in_set}
    places = {"first": grid.FIRST, "final": grid.LAST, "covers": grid.COVERS}
    pieces |= {name: place.format("s") for name, place in places.items()}
    return fetch(
        connection,
        CoveragePoint,
        f"""
WITH {grid.MONTHLY}, {_BASKET.format(**pieces)}, cells AS (
    SELECT n.as_at, s.organisation_id, s.key, b.throughout,
        b.of_line AND n.as_at >= g.days[b.since] AS of_line, {_BODIES}
    FROM held s
    JOIN basket b USING (organisation_id, dataset_id)
    CROSS JOIN grid g
    CROSS JOIN LATERAL unnest(g.days[s.first:s.final]) n (as_at)
    WHERE b.of_line OR b.throughout
    GROUP BY 1, 2, 3, 4, 5
), bodies AS (
    SELECT as_at, organisation_id, key, {_SUMS} FROM cells WHERE of_line GROUP BY 1, 2, 3
    UNION ALL
    SELECT as_at, organisation_id, '', {_SUMS} FROM cells WHERE throughout GROUP BY 1, 2
)
{_points(by, "as_at, key", once=True)}
""",
        kind=kind,
        until=until,
        by=by,
        **parameters,
    )


def cohort_starts(connection: Connection) -> tuple[CohortStart, ...]:
    """When each cohort of the programme began, as far as it is known, by date."""
    return fetch(
        connection,
        CohortStart,
        "SELECT cohort, coalesce(name, cohort) AS name, start_date FROM cohort "
        "WHERE start_date IS NOT NULL ORDER BY start_date, cohort",
    )
