"""How far is the country? Coverage by dataset, region, cohort and date; what changed."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.rows import Coverage, Event

_COVERAGE = """
SELECT n.as_at, n.kind, c.denominator, c.dimension, c.value,
    CASE WHEN c.dimension LIKE 'region%' THEN coalesce(r.name, c.value)
        WHEN c.dimension LIKE 'cohort%' THEN coalesce(h.name, c.value)
        WHEN c.dimension = 'dataset' THEN coalesce(d.name, c.dataset)
        WHEN c.dimension = 'all' THEN 'All' ELSE c.value END,
    c.dataset, c.expected, c.endpoint, c.reachable, c.collected, c.error_free, c.conformant,
    c.answering, c.not_submitted, c.processing, c.error, c.unknown, c.needs_improving, c.live,
    c.fresh, c.ageing, c.stale, c.organisations, c.organisations_some, c.organisations_all
FROM coverage c
JOIN snapshot n ON n.id = c.snapshot_id
LEFT JOIN region r ON r.region = c.value AND c.dimension LIKE 'region%'
LEFT JOIN cohort h ON h.cohort = c.value AND c.dimension LIKE 'cohort%'
LEFT JOIN dataset d ON d.dataset = c.dataset
"""


def coverage(
    connection: Connection, *, snapshot_id: int, denominator: str, dimension: str
) -> tuple[Coverage, ...]:
    """n of N for every value of a dimension in one snapshot, by label.

    ``dimension`` is all, dataset, region, cohort, type, region+dataset or cohort+dataset;
    ``denominator`` programme, statutory, any or all-lpas (which has only the dimensions dataset
    and region+dataset).
    """
    return fetch(
        connection,
        Coverage,
        f"{_COVERAGE} WHERE c.snapshot_id = :snapshot_id AND c.denominator = :denominator "
        "AND c.dimension = :dimension ORDER BY 6, c.dataset",
        snapshot_id=snapshot_id,
        denominator=denominator,
        dimension=dimension,
    )


def coverage_over_time(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    dimension: str = "all",
    value: str = "",
    dataset: str | None = None,
) -> tuple[Coverage, ...]:
    """One dimension through all snapshots of one kind, oldest first.

    ``value`` picks one region or cohort; ``dataset`` one dataset, or None for all of them.
    """
    return fetch(
        connection,
        Coverage,
        f"{_COVERAGE} WHERE c.denominator = :denominator AND c.dimension = :dimension "
        "AND c.value = :value AND (CAST(:dataset AS text) IS NULL OR c.dataset = :dataset) "
        "AND n.kind = :kind ORDER BY n.as_at, 6, c.dataset",
        kind=kind,
        denominator=denominator,
        dimension=dimension,
        value=value,
        dataset=dataset,
    )


def events(
    connection: Connection,
    *,
    snapshot_id: int,
    organisation: str | None = None,
    dataset: str | None = None,
    limit: int = 1000,
) -> tuple[Event, ...]:
    """What changed between a snapshot and the one before it of the same kind."""
    return fetch(
        connection,
        Event,
        """
SELECT n.as_at, p.as_at, e.kind, o.organisation, o.name, d.dataset, d.name, e.before, e.after,
    e.by_rule
FROM event e
JOIN snapshot n ON n.id = e.snapshot_id
JOIN snapshot p ON p.id = e.previous_snapshot_id
JOIN organisation o ON o.id = e.organisation_id
LEFT JOIN dataset d ON d.id = e.dataset_id
WHERE e.snapshot_id = :snapshot_id
    AND (CAST(:organisation AS text) IS NULL OR o.organisation = :organisation)
    AND (CAST(:dataset AS text) IS NULL OR d.dataset = :dataset)
ORDER BY e.kind, o.name, d.name, e.id
LIMIT :limit
""",
        snapshot_id=snapshot_id,
        organisation=organisation,
        dataset=dataset,
        limit=limit,
    )
