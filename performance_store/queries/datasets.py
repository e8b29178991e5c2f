"""The register of datasets, and one dataset across the country: who is asked for it, who has it."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import Connection

from performance_store.queries.changes import STATUS_BY_RULE
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import EVERYTHING, PROBLEMS_TO_FIX, Narrow, conditions
from performance_store.queries.matrix import LPAS
from performance_store.queries.national import COVERAGE, picture
from performance_store.rows import (
    Coverage,
    DatasetAuthority,
    FieldOfDataset,
    RegisteredDataset,
)

# The endpoints of the provisions that are counted, and what everybody provides.
_OTHER_COUNTS = """uses AS (
    SELECT c.dataset_id, count(DISTINCT e.id) AS ever, min(e.entry_date) AS first,
        max(e.entry_date) AS newest,
        count(DISTINCT e.id) FILTER (WHERE e.end_date IS NULL OR e.end_date > n.as_at) AS open
    FROM counted c
    JOIN snapshot n ON n.id = :snapshot_id
    JOIN endpoint_use u USING (organisation_id, dataset_id)
    JOIN endpoint e ON e.id = u.endpoint_id AND (e.entry_date IS NULL OR e.entry_date <= n.as_at)
    GROUP BY c.dataset_id
), states AS (
    SELECT c.dataset_id, count(DISTINCT t.endpoint_id) AS active
    FROM counted c
    JOIN endpoint_state_of(:snapshot_id) t USING (organisation_id, dataset_id)
    WHERE t.snapshot_id = :snapshot_id
    GROUP BY c.dataset_id
), everybody AS (
    SELECT s.dataset_id, count(*) FILTER (WHERE s.in_any) AS asked,
        count(*) FILTER (WHERE s.endpoint_count > 0) AS suppliers
    FROM summary_of(:snapshot_id) s WHERE s.snapshot_id = :snapshot_id
    GROUP BY s.dataset_id
)"""


def register(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[RegisteredDataset, ...]:
    """Every dataset of the register, by name, whether or not anybody is asked for it.

    Of a narrowing by dataset or kind of dataset only those are given. Rebuilt figures hold no
    states of endpoints: there the dates of the endpoints say which are active.
    """
    where, parameters = conditions(narrow, denominator)
    # What a narrowing asks of the dataset itself holds for those that nobody is asked for too.
    of_dataset, _ = conditions(Narrow(dataset=narrow.dataset, typology=narrow.typology), "any")
    of_dataset = of_dataset.replace("s.in_any", "true", 1)
    return fetch(
        connection,
        RegisteredDataset,
        f"""
WITH counted AS (
    SELECT s.organisation_id, s.dataset_id, s.endpoint_count, s.content_changed_on
    FROM summary_of(:snapshot_id) s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_id = :snapshot_id AND {where}
), cells AS (
    SELECT dataset_id, count(*) AS expected, count(*) FILTER (WHERE endpoint_count > 0) AS provided,
        max(content_changed_on) FILTER (WHERE endpoint_count > 0) AS content_changed_on
    FROM counted GROUP BY dataset_id
), {_OTHER_COUNTS}
SELECT d.dataset, upper(left(d.name, 1)) || substr(d.name, 2) AS name, d.collection, d.typology,
    CASE WHEN d.end_date <= n.as_at THEN d.end_date END AS ended_on,
    coalesce(c.expected, 0) AS expected, coalesce(c.provided, 0) AS provided,
    coalesce(a.asked, 0) AS asked_elsewhere,
    -- The weekly reports speak of the programme's datasets alone.
    CASE WHEN n.kind <> 'odp-reports' OR a.dataset_id IS NOT NULL
        THEN coalesce(a.suppliers, 0) END AS suppliers,
    CASE WHEN n.kind = 'registers' THEN coalesce(u.open, 0) ELSE coalesce(t.active, 0) END
        AS endpoints,
    coalesce(u.ever, 0) AS endpoints_ever, u.first AS first_endpoint_on,
    u.newest AS newest_endpoint_on, c.content_changed_on
FROM dataset d
CROSS JOIN snapshot n
LEFT JOIN cells c ON c.dataset_id = d.id
LEFT JOIN uses u ON u.dataset_id = d.id
LEFT JOIN states t ON t.dataset_id = d.id
LEFT JOIN everybody a ON a.dataset_id = d.id
WHERE n.id = :snapshot_id AND {of_dataset}
ORDER BY name, d.dataset
""",
        snapshot_id=snapshot_id,
        **parameters,
    )


def with_counts(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[RegisteredDataset, ...]:
    """The register with n of N as the national pages count them: of all LPAs also those that have
    no row, and 0 of 0 where nobody of the set is asked."""
    which: dict[str, Any] = {
        "snapshot_id": snapshot_id,
        "denominator": denominator,
        "narrow": narrow,
    }
    totals = {
        row.dataset: row for row in picture(connection, **which) if row.dimension == "dataset"
    }
    return tuple(
        dataclasses.replace(
            row,
            expected=totals[row.dataset].expected if row.dataset in totals else 0,
            provided=totals[row.dataset].endpoint if row.dataset in totals else 0,
        )
        for row in register(connection, **which)
    )


def sets(connection: Connection, *, snapshot_id: int, dataset: str) -> tuple[Coverage, ...]:
    """n of N of one dataset in every set that asks somebody for it."""
    return fetch(
        connection,
        Coverage,
        f"{COVERAGE} WHERE c.snapshot_id = :snapshot_id AND c.dimension = 'dataset' "
        "AND c.dataset = :dataset AND c.expected > 0 ORDER BY c.denominator",
        snapshot_id=snapshot_id,
        dataset=dataset,
    )


def fields(connection: Connection, *, dataset: str) -> tuple[FieldOfDataset, ...]:
    """The fields that the specification gives a dataset, by name; none where nobody lists them."""
    return fetch(
        connection,
        FieldOfDataset,
        "SELECT field, expected FROM dataset_field WHERE dataset = :dataset ORDER BY field",
        dataset=dataset,
    )


def authorities(
    connection: Connection,
    *,
    snapshot_id: int,
    dataset: str,
    denominator: str,
    compare_id: int | None = None,
    narrow: Narrow = EVERYTHING,
) -> tuple[DatasetAuthority, ...]:
    """Every authority of a set that is counted for one dataset, by name.

    Of all LPAs that is everyone: who has no row owes nothing and has not submitted it.
    """
    where, parameters = conditions(dataclasses.replace(narrow, dataset=(dataset,)), denominator)
    rows = fetch(
        connection,
        DatasetAuthority,
        f"""
SELECT o.organisation, coalesce(o.name, o.organisation) AS name, o.region,
    r.name AS region_name, s.cohort, h.name AS cohort_name, s.provision_reason AS reason, s.status,
    s.access_band, s.endpoint_count AS endpoints, s.content_changed_on,
    {PROBLEMS_TO_FIX} AS problems_to_fix, s.rows_to_fix, b.status AS status_before,
    {STATUS_BY_RULE} AS status_by_rule,
    CASE WHEN s.endpoint_count = 0 THEN (
        SELECT max(p.to_on) FROM summary_interval p
        WHERE p.snapshot_kind = n.kind AND p.organisation_id = s.organisation_id
            AND p.dataset_id = s.dataset_id AND p.endpoint_count > 0 AND p.to_on < n.as_at
    ) END AS last_provided_on
FROM summary_of(:snapshot_id) s
JOIN snapshot n ON n.id = s.snapshot_id
JOIN organisation o ON o.id = s.organisation_id
JOIN region r USING (region)
JOIN dataset d ON d.id = s.dataset_id
LEFT JOIN cohort h ON h.cohort = s.cohort
LEFT JOIN summary_of(:compare_id) b ON b.organisation_id = s.organisation_id
    AND b.dataset_id = s.dataset_id
WHERE s.snapshot_id = :snapshot_id AND {where}
ORDER BY name, o.organisation
""",
        snapshot_id=snapshot_id,
        compare_id=compare_id,
        **parameters,
    )
    if denominator != "all-lpas":
        return rows
    return _with_every_lpa(connection, snapshot_id, narrow, rows)


def _with_every_lpa(
    connection: Connection, snapshot_id: int, narrow: Narrow, rows: tuple[DatasetAuthority, ...]
) -> tuple[DatasetAuthority, ...]:
    """The rows that there are, and LPAs without any, who have not submitted the dataset."""
    there = {row.organisation for row in rows}
    others = fetch(
        connection,
        DatasetAuthority,
        f"""
SELECT o.organisation, coalesce(o.name, o.organisation) AS name, o.region,
    r.name AS region_name, NULL AS cohort, NULL AS cohort_name, NULL AS reason,
    'not_submitted' AS status, 'unknown' AS access_band, 0 AS endpoints,
    NULL AS content_changed_on, NULL AS problems_to_fix, NULL AS rows_to_fix,
    NULL AS status_before, false AS status_by_rule,
    NULL AS last_provided_on
{LPAS}
""",
        snapshot_id=snapshot_id,
        region=list(narrow.region),
    )
    missing = [row for row in others if row.organisation not in there]
    return tuple(sorted((*rows, *missing), key=lambda row: (row.name, row.organisation)))
