"""How do authorities, regions, cohorts and datasets compare? Each authority of a set in one
snapshot, and any few of them all through time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, get_args

from sqlalchemy import Connection

from performance_store.definitions.knowledge import honest
from performance_store.queries import grid, matrix, national, snapshots, trends
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import (
    COLUMNS,
    EVERYTHING,
    PROBLEMS_TO_FIX,
    Narrow,
    at_least,
    conditions,
)
from performance_store.rows import AuthorityCells, ComparedPoint, CoveragePoint, Standing

Part = Literal["organisation", "region", "cohort", "dataset"]
PARTS: tuple[Part, ...] = get_args(Part)
MOST_PICKS = 6
"""As many can be compared at once."""


def standings(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[Standing, ...]:
    """Every organisation of a set with what it has, by name; of all LPAs also those with nothing,
    each with every dataset."""
    where, parameters = conditions(narrow, denominator)
    rows = fetch(
        connection,
        Standing,
        f"""
SELECT o.organisation, coalesce(o.name, o.organisation) AS name, o.region, r.name AS region_name,
    c.expected, c.provided,
    CASE WHEN n.knows @> '{{logs}}' THEN c.collected END AS collected,
    CASE WHEN n.knows @> '{{logs,issues}}' THEN c.error_free END AS error_free, c.rows_to_fix,
    c.problems_to_fix, c.median_age
FROM (
    SELECT s.organisation_id, count(*)::int AS expected,
        count(*) FILTER (WHERE s.endpoint_count > 0)::int AS provided,
        count(*) FILTER (WHERE {at_least("collected")})::int AS collected,
        count(*) FILTER (WHERE {at_least("error_free")})::int AS error_free,
        sum(s.rows_to_fix)::int AS rows_to_fix,
        sum({PROBLEMS_TO_FIX})::int AS problems_to_fix,
        round((percentile_cont(0.5) WITHIN GROUP (ORDER BY n.as_at - s.content_changed_on)
            FILTER (WHERE s.endpoint_count > 0))::numeric)::int AS median_age
    FROM summary_of(:snapshot_id) s
    JOIN snapshot n ON n.id = :snapshot_id
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_id = :snapshot_id AND {where}
    GROUP BY s.organisation_id
) c
JOIN snapshot n ON n.id = :snapshot_id
JOIN organisation o ON o.id = c.organisation_id
JOIN region r USING (region)
ORDER BY name, o.organisation
""",
        snapshot_id=snapshot_id,
        **parameters,
    )
    if denominator != "all-lpas":
        return rows
    every = matrix.authorities(
        connection, snapshot_id=snapshot_id, denominator=denominator, narrow=narrow
    )
    return _with_every_lpa(rows, every)


def _with_every_lpa(
    rows: Sequence[Standing], every: Sequence[AuthorityCells]
) -> tuple[Standing, ...]:
    there = {row.organisation: row for row in rows}
    return tuple(
        dataclasses.replace(there[row.organisation], expected=row.expected)
        if row.organisation in there
        else Standing(
            *(row.organisation, row.name, row.region, row.region_name, row.expected, 0),
            collected=None,
            error_free=None,
            rows_to_fix=None,
            problems_to_fix=None,
            median_age=None,
        )
        for row in every
    )


def lines(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    until: date,
    picks: Sequence[str],
    narrow: Narrow = EVERYTHING,
) -> tuple[ComparedPoint, ...]:
    """All of a set together, and what is picked, through the snapshots of one kind up to a date,
    oldest first.

    A pick is what it is and which one: ``region:E12000007``. Of more than 160 snapshots only the
    last of each week is given. In the set all-lpas authorities and cohorts have no lines, and
    regions only where it is not narrowed.
    """
    which: dict[str, Any] = {"kind": kind, "denominator": denominator, "until": until}
    keys = keys_of(picks)
    points = _as_compared("all", national.lines(connection, **which, narrow=narrow), {""})
    if denominator == "all-lpas":
        for part in ("region", "dataset"):
            if keys[part] and (part == "dataset" or not narrow):
                every = trends.lines(connection, **which, by=part, narrow=narrow)
                points += _as_compared(part, every, set(keys[part]))
    elif picks:
        points += list(_of_picks(connection, keys, narrow=narrow, **which))
    knows = {row.as_at: row.knows for row in snapshots.every(connection) if row.kind == kind}
    return tuple(
        ComparedPoint(**honest(dataclasses.asdict(point), knows[point.as_at])) for point in points
    )


def keys_of(picks: Sequence[str]) -> dict[Part, list[str]]:
    """The keys that are picked of each part; what is no pick is left out."""
    keys: dict[Part, list[str]] = {part: [] for part in PARTS}
    for pick in picks:
        name, _, key = pick.partition(":")
        for part in PARTS:
            if part == name and key:
                keys[part].append(key)
    return keys


def _as_compared(part: str, points: Sequence[CoveragePoint], keys: set[str]) -> list[ComparedPoint]:
    return [
        ComparedPoint(
            as_at=point.as_at,
            part=part,
            key=point.key,
            label=point.label if point.key else "All together",
            expected=point.expected,
            endpoint=point.endpoint,
            reachable=point.reachable,
            collected=point.collected,
            error_free=point.error_free,
            fresh=point.fresh,
            organisations=point.organisations,
        )
        for point in points
        if point.key in keys
    ]


_COLUMN: dict[Part, str] = {
    "organisation": "o.organisation",
    "region": COLUMNS["region"],
    "cohort": COLUMNS["cohort"],
    "dataset": COLUMNS["dataset"],
}
_LABELS = """CASE part
    WHEN 'organisation' THEN (SELECT max(name) FROM organisation x WHERE x.organisation = key)
    WHEN 'region' THEN (SELECT max(name) FROM region x WHERE x.region = key)
    WHEN 'cohort' THEN (SELECT max(name) FROM cohort x WHERE x.cohort = key)
    ELSE (SELECT max(name) FROM dataset x WHERE x.dataset = key) END"""


def _of_picks(
    connection: Connection,
    keys: dict[Part, list[str]],
    *,
    kind: str,
    denominator: str,
    until: date,
    narrow: Narrow,
) -> tuple[ComparedPoint, ...]:
    """From the summaries of what is picked, each read once."""
    where, parameters = conditions(narrow, denominator)
    parts = ", ".join(
        f"('{part}', {_COLUMN[part]}, CAST(:keys_{part} AS text[]))" for part in PARTS
    )
    of_some = " OR ".join(f"{_COLUMN[part]} = ANY(:keys_{part})" for part in PARTS)
    return fetch(
        connection,
        ComparedPoint,
        f"""
WITH {grid.DATES}, points AS (
    SELECT n.as_at, v.part, v.key, count(*)::int AS expected,
        count(*) FILTER (WHERE s.endpoint_count > 0)::int AS endpoint,
        count(*) FILTER (WHERE {at_least("reachable")})::int AS reachable,
        count(*) FILTER (WHERE {at_least("collected")})::int AS collected,
        count(*) FILTER (WHERE {at_least("error_free")})::int AS error_free,
        count(*) FILTER (WHERE s.freshness_band = 'fresh')::int AS fresh,
        count(DISTINCT s.organisation_id)::int AS organisations
    FROM {grid.SUMMARIES}
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    CROSS JOIN LATERAL (VALUES {parts}) v (part, key, keys)
    WHERE {where} AND ({of_some}) AND v.key = ANY(v.keys)
    GROUP BY 1, 2, 3
)
SELECT as_at, part, key, coalesce({_LABELS}, key) AS label, expected, endpoint, reachable,
    collected, error_free, fresh, organisations
FROM points
ORDER BY part, key, as_at
""",
        kind=kind,
        until=until,
        **{f"keys_{part}": values for part, values in keys.items()},
        **parameters,
    )
