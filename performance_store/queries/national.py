"""How far is the country? Coverage by dataset, region, cohort and date; what changed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from performance_store.queries import counts
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import EVERYTHING, Narrow, conditions
from performance_store.rows import Coverage, CoveragePoint, Event, EventCount, Knowledge

_COLUMNS = """
SELECT n.as_at, n.kind, c.denominator, c.dimension, c.value,
    CASE WHEN c.dimension LIKE 'region%' THEN coalesce(r.name, c.value)
        WHEN c.dimension LIKE 'cohort%' THEN coalesce(h.name, c.value)
        WHEN c.dimension = 'dataset' THEN coalesce(d.name, c.dataset)
        WHEN c.dimension = 'all' THEN 'All' ELSE c.value END AS label,
    c.dataset, c.expected, c.endpoint, c.reachable, c.collected, c.error_free, c.conformant,
    c.answering, c.not_submitted, c.processing, c.error, c.unknown, c.needs_improving, c.live,
    c.fresh, c.ageing, c.stale, c.organisations, c.organisations_some, c.organisations_all
"""
_NAMES = """
LEFT JOIN region r ON r.region = c.value AND c.dimension LIKE 'region%'
LEFT JOIN cohort h ON h.cohort = c.value AND c.dimension LIKE 'cohort%'
LEFT JOIN dataset d ON d.dataset = c.dataset
"""
COVERAGE = f"""{_COLUMNS}FROM coverage_of(:snapshot_id) c
JOIN snapshot n ON n.id = :snapshot_id{_NAMES}"""


def coverage(
    connection: Connection, *, snapshot_id: int, denominator: str, dimension: str
) -> tuple[Coverage, ...]:
    """n of N for every value of a dimension in one snapshot, by label.

    ``dimension`` is all, dataset, region, cohort, type, region+dataset or cohort+dataset;
    ``denominator`` programme, to-provide, statutory, any or all-lpas (which has only the
    dimensions all, dataset, region and region+dataset).
    """
    return fetch(
        connection,
        Coverage,
        f"{COVERAGE} WHERE c.denominator = :denominator "
        "AND c.dimension = :dimension ORDER BY label, c.dataset",
        snapshot_id=snapshot_id,
        denominator=denominator,
        dimension=dimension,
    )


def totals(connection: Connection, *, snapshot_id: int) -> tuple[Coverage, ...]:
    """n of N in every denominator that a snapshot has, without any dimension."""
    return fetch(
        connection,
        Coverage,
        f"{COVERAGE} WHERE c.dimension = 'all' AND c.expected > 0 ORDER BY c.denominator",
        snapshot_id=snapshot_id,
    )


def knowledge(connection: Connection, *, snapshot_id: int) -> tuple[Knowledge, ...]:
    """Which figures a snapshot can tell: those of logs, issues, fields and expectations it knows.

    Fields only where the specification of some dataset says how many there should be: without it
    nobody is known to conform, which is not the same as nobody conforming.
    """
    return fetch(
        connection,
        Knowledge,
        "SELECT k AS of FROM snapshot n CROSS JOIN unnest(n.knows) k WHERE n.id = :snapshot_id "
        "AND (k <> 'fields' OR (SELECT count(fields_total) "
        "FROM summary_of(:snapshot_id)) > 0) ORDER BY k",
        snapshot_id=snapshot_id,
    )


def picture(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[Coverage, ...]:
    """One snapshot as a national page shows it: its dimensions all, dataset, region and cohort."""
    if narrow:
        return counts.picture(
            connection, snapshot_id=snapshot_id, denominator=denominator, narrow=narrow
        )
    return fetch(
        connection,
        Coverage,
        f"{COVERAGE} WHERE c.denominator = :denominator "
        "AND c.dimension IN ('all', 'dataset', 'region', 'cohort') "
        "ORDER BY c.dimension, c.value = 'none', label, c.dataset",
        snapshot_id=snapshot_id,
        denominator=denominator,
    )


def lines(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    until: date,
    narrow: Narrow = EVERYTHING,
) -> tuple[CoveragePoint, ...]:
    """All datasets together, and each of them, through the snapshots of one kind up to a date.

    Oldest first. Of more than 160 snapshots only the last of each week is given.
    """
    if narrow:
        return counts.lines(
            connection, kind=kind, denominator=denominator, until=until, narrow=narrow
        )
    return fetch(
        connection,
        CoveragePoint,
        f"""
WITH {counts.DATES}
SELECT n.as_at, c.dataset AS key, coalesce(d.name, c.dataset) AS label, c.expected, c.endpoint,
    c.reachable, c.collected, c.error_free, c.fresh, c.organisations, c.organisations_some,
    c.organisations_all
FROM grid g
JOIN coverage_interval c ON c.snapshot_kind = :kind
CROSS JOIN LATERAL unnest(covered(g.days, c.from_on, c.to_on)) n (as_at)
LEFT JOIN dataset d ON d.dataset = c.dataset
WHERE c.denominator = :denominator AND c.dimension IN ('all', 'dataset') AND c.value = ''
ORDER BY n.as_at, c.dataset
""",
        kind=kind,
        denominator=denominator,
        until=until,
    )


# An event, of the tables below.
EVENT = """
SELECT n.as_at, (SELECT p.as_at FROM snapshot p WHERE p.id = e.previous_snapshot_id)
        AS previous_as_at,
    e.kind, o.organisation, o.name AS organisation_name, t.dataset, t.name AS dataset_name,
    e.before, e.after, e.by_rule
"""
# Events of a period in a denominator, narrowed: s is the summary that says whose they are. What
# was lost counts when its provision did in the snapshot before; who joined or left a denominator
# (e.dataset_id is null) has no summary of its own, and is taken by any of its provisions.
EVENTS = """
FROM event e
JOIN snapshot n ON n.id = e.snapshot_id AND n.kind = :kind AND n.as_at > :after
    AND n.as_at <= :until
JOIN snapshot b ON b.id = e.previous_snapshot_id
JOIN organisation o ON o.id = e.organisation_id
LEFT JOIN dataset t ON t.id = e.dataset_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN e.kind IN ('lost', 'left_denominator') THEN b.as_at ELSE n.as_at END AS day
) w
WHERE CASE WHEN e.kind IN ('joined_denominator', 'left_denominator')
    THEN coalesce(e.after, e.before) = :denominator ELSE e.dataset_id IS NOT NULL END
-- Two looks, lest for one dataset every interval of the organisation be read.
AND (EXISTS (
    SELECT FROM summary_interval s JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_kind = :kind AND s.organisation_id = e.organisation_id
        AND s.dataset_id = e.dataset_id AND s.from_on <= w.day AND s.to_on >= w.day AND {where}
) OR e.dataset_id IS NULL AND EXISTS (
    SELECT FROM summary_interval s JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_kind = :kind AND s.organisation_id = e.organisation_id
        AND s.from_on <= w.day AND s.to_on >= w.day AND {where}
))
"""


def event_counts(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    after: date,
    until: date,
    narrow: Narrow = EVERYTHING,
) -> tuple[EventCount, ...]:
    """What changed in a denominator after one date and up to another, by kind of event.

    An event belongs to a denominator when its provision does, in the snapshot it was found in;
    what was lost, when it did in the snapshot before.
    """
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        EventCount,
        "SELECT e.kind, count(*) AS events, count(DISTINCT e.organisation_id) AS organisations, "
        f"count(*) FILTER (WHERE e.by_rule) AS by_rule {EVENTS.format(where=where)} "
        "GROUP BY e.kind ORDER BY e.kind",
        kind=kind,
        denominator=denominator,
        after=after,
        until=until,
        **parameters,
    )


def changes(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    after: date,
    until: date,
    narrow: Narrow = EVERYTHING,
) -> tuple[Event, ...]:
    """What changed in a denominator after one date and up to another, oldest first.

    The events that ``event_counts`` counts, one by one.
    """
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        Event,
        f"""
{EVENT}
{EVENTS.format(where=where)}
ORDER BY n.as_at, e.kind, o.name, t.name, e.id
""",
        kind=kind,
        denominator=denominator,
        after=after,
        until=until,
        **parameters,
    )


def coverage_over_time(
    connection: Connection, *, kind: str, denominator: str
) -> tuple[Coverage, ...]:
    """All of a denominator together, in every snapshot of one kind, oldest first. Of each dataset
    ``lines`` tells."""
    return fetch(
        connection,
        Coverage,
        f"""
WITH grid AS (SELECT array_agg(as_at ORDER BY as_at) AS days FROM snapshot WHERE kind = :kind)
{_COLUMNS}
FROM grid g
JOIN coverage_interval c ON c.snapshot_kind = :kind
CROSS JOIN LATERAL (
    SELECT x AS as_at, :kind AS kind FROM unnest(covered(g.days, c.from_on, c.to_on)) x
) n
{_NAMES}
WHERE c.denominator = :denominator AND c.dimension = 'all'
ORDER BY n.as_at
""",
        kind=kind,
        denominator=denominator,
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
        f"""
{EVENT}
FROM event e
JOIN snapshot n ON n.id = e.snapshot_id
JOIN organisation o ON o.id = e.organisation_id
LEFT JOIN dataset t ON t.id = e.dataset_id
WHERE e.snapshot_id = :snapshot_id
    AND (CAST(:organisation AS text) IS NULL OR o.organisation = :organisation)
    AND (CAST(:dataset AS text) IS NULL OR t.dataset = :dataset)
ORDER BY e.kind, o.name, o.organisation, t.name, e.before, e.after
LIMIT :limit
""",
        snapshot_id=snapshot_id,
        organisation=organisation,
        dataset=dataset,
        limit=limit,
    )
