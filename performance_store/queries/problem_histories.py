"""Problems through time, told in runs: a row for as long as nothing of it changes, over the ordered
snapshots of one kind."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.queries.grid import GRID, runs_of_steps
from performance_store.queries.histories import FROM, TO
from performance_store.rows import IssueHistory, SeverityHistory

_COUNTS = ("critical", "error", "warnings", "notices")
_SUMS = ", ".join(f"sum(sum({name})) OVER w AS {name}" for name in _COUNTS)
_OR_NULL = ", ".join(f"CASE WHEN datasets > 0 THEN {name}::int END AS {name}" for name in _COUNTS)
_ALL = f"datasets, {', '.join(_COUNTS)}"


def severities(
    connection: Connection, *, organisation: str, kind: str
) -> tuple[SeverityHistory, ...]:
    """Problems of an organisation by severity through all snapshots of one kind, oldest first.

    What each of its intervals adds at its first snapshot, and takes away after its last.
    """
    return fetch(
        connection,
        SeverityHistory,
        f"""
WITH {GRID}, steps AS (
    SELECT v.place, v.sign AS cells,
        CASE WHEN s.critical_external IS NOT NULL THEN v.sign ELSE 0 END AS datasets,
        v.sign * s.critical_external AS critical, v.sign * s.error_external AS error,
        v.sign * (s.warning_external + s.warning_internal) AS warnings,
        v.sign * (s.notice_external + s.notice_internal) AS notices
    FROM grid g CROSS JOIN organisation o
    JOIN summary_interval s ON s.organisation_id = o.id AND s.snapshot_kind = :kind
    CROSS JOIN LATERAL (VALUES ({FROM}, 1), ({TO} + 1, -1)) v (place, sign)
    WHERE o.organisation = :organisation
), told AS (
    SELECT place, cells, datasets::int AS datasets, {_OR_NULL}
    FROM (
        SELECT place, sum(sum(cells)) OVER w AS cells, sum(sum(datasets)) OVER w AS datasets,
            {_SUMS}
        FROM steps GROUP BY place WINDOW w AS (ORDER BY place)
    ) t
)
{runs_of_steps(_ALL)}
""",
        organisation=organisation,
        kind=kind,
    )


def issues(
    connection: Connection, *, organisation: str, dataset: str, kind: str
) -> tuple[IssueHistory, ...]:
    """Each issue of a cell through all snapshots of one kind: by type and field, oldest first."""
    return fetch(
        connection,
        IssueHistory,
        f"""
WITH {GRID}, told AS (
    SELECT s.issue_type_id, s.field, s.severity, s.responsibility, s.problems, s.rows,
        {FROM} AS first, {TO} AS last
    FROM grid g CROSS JOIN issue_interval s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_kind = :kind AND o.organisation = :organisation AND d.dataset = :dataset
), runs AS (
    SELECT *, count(*) FILTER (WHERE is_other)
        OVER (PARTITION BY issue_type_id, field ORDER BY first) AS run
    FROM (
        SELECT *, (severity, responsibility, problems, rows, first - 1) IS DISTINCT FROM
            lag((severity, responsibility, problems, rows, last)) OVER w AS is_other
        FROM told
        WINDOW w AS (PARTITION BY issue_type_id, field ORDER BY first)
    ) t
)
SELECT i.issue_type, i.name, nullif(r.field, '') AS field, r.severity, r.responsibility,
    g.days[r.first] AS as_at, g.days[r.last] AS last_as_at, r.last - r.first + 1 AS snapshots,
    r.problems, r.rows
FROM grid g CROSS JOIN (
    SELECT issue_type_id, field, severity, responsibility, problems, rows, min(first) AS first,
        max(last) AS last
    FROM runs GROUP BY run, issue_type_id, field, severity, responsibility, problems, rows
) r
JOIN issue_type i ON i.id = r.issue_type_id
ORDER BY i.issue_type, r.field, r.first
""",
        organisation=organisation,
        dataset=dataset,
        kind=kind,
    )
