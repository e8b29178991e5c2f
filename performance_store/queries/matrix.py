"""Who provides which dataset? Organisations by datasets in one snapshot, and what differs from
another.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from performance_store.queries.filters import EVERYTHING, Narrow, conditions
from performance_store.rows import AuthorityCells, CellChange, NationalCell

_BROKEN = "access_band IN ('broken', 'long_broken', 'never')"
# Who was an LPA on the date, in some regions or in all: the rule of loading/sql/50_summary.sql. The
# weekly reports do not know who else there is.
LPAS = """
FROM snapshot n
CROSS JOIN organisation o
JOIN region r USING (region)
LEFT JOIN role_organisation x ON x.organisation_id = o.id AND x.role = 'local-planning-authority'
WHERE n.id = :snapshot_id AND n.kind <> 'odp-reports'
    AND CASE WHEN x.organisation_id IS NOT NULL
        THEN (x.start_date IS NULL OR x.start_date <= n.as_at)
            AND (x.end_date IS NULL OR x.end_date > n.as_at)
        ELSE o.listed_as_lpa AND (o.start_date IS NULL OR o.start_date <= n.as_at)
            AND (o.end_date IS NULL OR o.end_date > n.as_at) END
    AND (CAST(:region AS text[]) = '{}' OR o.region = ANY(:region))
"""
# Cells of a set ({where}) at either end, and what became of them in between.
_COMPARISON = f"""now AS (
    SELECT s.organisation_id, s.dataset_id, s.endpoint_count, s.{_BROKEN} AS broken
    FROM summary_of(:snapshot_id) s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_id = :snapshot_id AND s.endpoint_count > 0 AND {{where}}
        AND EXISTS (SELECT FROM summary_of(:compare_id) x WHERE x.snapshot_id = :compare_id
            AND x.organisation_id = s.organisation_id)
), gone AS (
    SELECT s.organisation_id, s.dataset_id
    FROM summary_of(:compare_id) s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_id = :compare_id AND s.endpoint_count > 0 AND {{where}}
        AND EXISTS (SELECT FROM summary_of(:snapshot_id) x WHERE x.snapshot_id = :snapshot_id
            AND x.organisation_id = s.organisation_id)
        AND NOT EXISTS (SELECT FROM summary_of(:snapshot_id) x WHERE x.snapshot_id = :snapshot_id
            AND x.organisation_id = s.organisation_id AND x.dataset_id = s.dataset_id
            AND x.endpoint_count > 0)
), changed AS (
    SELECT n.organisation_id, n.dataset_id, CASE
        WHEN coalesce(b.endpoint_count, 0) = 0 THEN 'newly_provided'
        WHEN n.broken AND NOT b.{_BROKEN} THEN 'newly_broken'
        WHEN NOT n.broken AND b.{_BROKEN} THEN 'recovered' END AS change
    FROM now n
    LEFT JOIN summary_of(:compare_id) b ON b.organisation_id = n.organisation_id
        AND b.dataset_id = n.dataset_id
    UNION ALL SELECT organisation_id, dataset_id, 'lost' FROM gone
)"""


def authorities(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[AuthorityCells, ...]:
    """Every organisation of a set with its provisions, by name.

    Of all LPAs each has every dataset that any of them provides: what nobody owes or provides is
    not submitted.
    """
    where, parameters = conditions(narrow, denominator)
    rows = fetch(
        connection,
        AuthorityCells,
        f"""
SELECT o.organisation, coalesce(o.name, o.organisation) AS name, o.region,
    r.name AS region_name, c.cohort, h.name AS cohort_name, c.expected, c.provided, c.datasets,
    c.statuses, c.with_endpoint
FROM (
    SELECT s.organisation_id, max(s.cohort) AS cohort, count(*) AS expected,
        count(*) FILTER (WHERE s.endpoint_count > 0) AS provided,
        array_agg(d.dataset ORDER BY d.dataset) AS datasets,
        array_agg(s.status ORDER BY d.dataset) AS statuses,
        array_agg(s.endpoint_count > 0 ORDER BY d.dataset) AS with_endpoint
    FROM summary_of(:snapshot_id) s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_id = :snapshot_id AND {where}
    GROUP BY s.organisation_id
) c
JOIN organisation o ON o.id = c.organisation_id
JOIN region r USING (region)
LEFT JOIN cohort h ON h.cohort = c.cohort
ORDER BY name, o.organisation
""",
        snapshot_id=snapshot_id,
        **parameters,
    )
    if denominator != "all-lpas":
        return rows
    return _every_lpa(connection, snapshot_id, narrow, rows)


def _every_lpa(
    connection: Connection,
    snapshot_id: int,
    narrow: Narrow,
    rows: tuple[AuthorityCells, ...],
) -> tuple[AuthorityCells, ...]:
    """The rows that there are, each with every dataset, and those of LPAs without any. Nobody
    where no dataset is left: who could provide nothing is in no count either."""
    datasets = _datasets(connection, snapshot_id, narrow)
    if not datasets:
        return ()
    there = {row.organisation for row in rows}
    others = [
        row for row in _lpas(connection, snapshot_id, narrow) if row.organisation not in there
    ]
    whole = [_with_every(datasets, row) for row in (*rows, *others)]
    return tuple(sorted(whole, key=lambda row: (row.name, row.organisation)))


def _datasets(connection: Connection, snapshot_id: int, narrow: Narrow) -> tuple[str, ...]:
    """The datasets that any LPA provides."""
    sql = """
SELECT c.dataset
FROM coverage_of(:snapshot_id) c
JOIN dataset d USING (dataset)
WHERE c.snapshot_id = :snapshot_id AND c.denominator = 'all-lpas' AND c.dimension = 'dataset'
    AND (CAST(:dataset AS text[]) = '{}' OR c.dataset = ANY(:dataset))
    AND (CAST(:typology AS text[]) = '{}' OR coalesce(d.typology, 'none') = ANY(:typology))
ORDER BY c.dataset
"""
    parameters = {
        "snapshot_id": snapshot_id,
        "dataset": list(narrow.dataset),
        "typology": list(narrow.typology),
    }
    return tuple(connection.execute(text(sql), parameters).scalars())


def _lpas(connection: Connection, snapshot_id: int, narrow: Narrow) -> tuple[AuthorityCells, ...]:
    """Every LPA, as one that has no dataset."""
    return fetch(
        connection,
        AuthorityCells,
        f"""
SELECT o.organisation, coalesce(o.name, o.organisation) AS name, o.region,
    r.name AS region_name, NULL AS cohort, NULL AS cohort_name, 0 AS expected, 0 AS provided,
    CAST('{{}}' AS text[]) AS datasets, CAST('{{}}' AS text[]) AS statuses,
    CAST('{{}}' AS boolean[]) AS with_endpoint
{LPAS}
""",
        snapshot_id=snapshot_id,
        region=list(narrow.region),
    )


def _with_every(datasets: tuple[str, ...], row: AuthorityCells) -> AuthorityCells:
    """The row with every dataset; those that it does not have are not submitted."""
    if row.datasets == datasets:
        return row
    statuses = dict(zip(row.datasets, row.statuses, strict=True))
    with_endpoint = dict(zip(row.datasets, row.with_endpoint, strict=True))
    return dataclasses.replace(
        row,
        expected=len(datasets),
        datasets=datasets,
        statuses=tuple(statuses.get(name, "not_submitted") for name in datasets),
        with_endpoint=tuple(with_endpoint.get(name, False) for name in datasets),
    )


def cells(
    connection: Connection,
    *,
    snapshot_id: int,
    compare_id: int | None,
    denominator: str,
    narrow: Narrow = EVERYTHING,
) -> tuple[NationalCell, ...]:
    """The matrix cell by cell: authorities by name, their datasets in the order of the alphabet.
    Without a comparison nothing has changed."""
    which: dict[str, Any] = {
        "snapshot_id": snapshot_id,
        "denominator": denominator,
        "narrow": narrow,
    }
    moves = {}
    if compare_id is not None:
        rows = changes(connection, compare_id=compare_id, **which)
        moves = {(row.organisation, row.dataset): row.change for row in rows}
    return tuple(
        NationalCell(
            organisation=row.organisation,
            name=row.name,
            region=row.region,
            region_name=row.region_name,
            cohort=row.cohort,
            dataset=dataset,
            status=status,
            provided=provided,
            change=moves.get((row.organisation, dataset)),
        )
        for row in authorities(connection, **which)
        for dataset, status, provided in zip(
            row.datasets, row.statuses, row.with_endpoint, strict=True
        )
    )


def changes(
    connection: Connection,
    *,
    snapshot_id: int,
    compare_id: int,
    denominator: str,
    narrow: Narrow = EVERYTHING,
) -> tuple[CellChange, ...]:
    """Cells of a set that differ from an earlier snapshot, by organisation and dataset.

    Only of organisations that both snapshots speak of. What was lost is of the set if its provision
    was in it before. Worked out as events are, but from the one date to the other: what was lost
    and came back in between has not changed.
    """
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        CellChange,
        f"""
WITH {_COMPARISON.format(where=where)}
SELECT o.organisation, d.dataset, c.change
FROM changed c
JOIN organisation o ON o.id = c.organisation_id
JOIN dataset d ON d.id = c.dataset_id
WHERE c.change IS NOT NULL
ORDER BY o.organisation, d.dataset
""",
        snapshot_id=snapshot_id,
        compare_id=compare_id,
        **parameters,
    )
