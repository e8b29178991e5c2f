"""An organisation, its datasets and a cell through time, told in runs: a row for as long as nothing
of it changes, over the ordered snapshots of one kind. A snapshot that says nothing ends a run."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.queries.filters import OWED, PROBLEMS, PROBLEMS_TO_FIX
from performance_store.queries.grid import FIRST, GRID, LAST, runs_of_steps
from performance_store.rows import CellHistory, OrganisationHistory, StatusRun

# The places of the first and the last snapshot of an interval s.
FROM, TO = FIRST.format("s"), LAST.format("s")
# What each interval of an organisation adds at its first snapshot, and takes away after its last.
_COUNTS = {
    "expected": OWED,
    "provided": f"{OWED} AND s.endpoint_count > 0",
    **{
        status: f"{OWED} AND s.status = '{status}'"
        for status in ("live", "needs_improving", "error")
    },
}
_STEPS_OF = ("cells", *_COUNTS, "problems", "problems_known", "rows", "rows_known")
_STEPS = f"""cell AS MATERIALIZED (
    SELECT {FROM} AS first, {TO} AS last, 1 AS cells,
        {", ".join(f"(({what}) IS TRUE)::int AS {name}" for name, what in _COUNTS.items())},
        {PROBLEMS_TO_FIX} AS problems, ({PROBLEMS_TO_FIX} IS NOT NULL)::int AS problems_known,
        s.rows_to_fix AS rows, (s.rows_to_fix IS NOT NULL)::int AS rows_known
    FROM grid g CROSS JOIN organisation o
    JOIN summary_interval s ON s.organisation_id = o.id AND s.snapshot_kind = :kind
    WHERE o.organisation = :organisation
), steps AS (
    SELECT place, {", ".join(f"sum(sign * {name})::int AS {name}" for name in _STEPS_OF)}
    FROM (SELECT *, first AS place, 1 AS sign FROM cell
        UNION ALL SELECT *, last + 1, -1 FROM cell) c
    GROUP BY place
    -- Most intervals end with something that is not told here.
    HAVING {" OR ".join(f"sum(sign * {name}) <> 0" for name in _STEPS_OF)}
)"""


def organisation(
    connection: Connection, *, organisation: str, kind: str
) -> tuple[OrganisationHistory, ...]:
    """One organisation through all snapshots of one kind, oldest first: a row for as long as
    nothing of it changes. Where there are snapshots without it there is none."""
    counts = ", ".join(f"sum({name}) OVER w AS {name}" for name in ("cells", *_COUNTS))
    return fetch(
        connection,
        OrganisationHistory,
        f"""
WITH {GRID}, {_STEPS}, told AS (
    SELECT place, :kind AS kind, {counts},
        CASE WHEN sum(problems_known) OVER w > 0 THEN sum(problems) OVER w END AS problems_to_fix,
        CASE WHEN sum(rows_known) OVER w > 0 THEN sum(rows) OVER w END AS rows_to_fix
    FROM steps WINDOW w AS (ORDER BY place)
)
{runs_of_steps(f"kind, {', '.join(_COUNTS)}, problems_to_fix, rows_to_fix")}
""",
        organisation=organisation,
        kind=kind,
    )


def statuses(connection: Connection, *, organisation: str, kind: str) -> tuple[StatusRun, ...]:
    """Each dataset of an organisation through all snapshots of one kind, in runs of like status.

    By dataset, oldest first. A snapshot in which a dataset is not asked for ends its run.
    """
    return fetch(
        connection,
        StatusRun,
        f"""
WITH {GRID}, told AS (
    SELECT s.dataset_id, s.status, {FROM} AS first, {TO} AS last
    FROM grid g CROSS JOIN organisation o
    JOIN summary_interval s ON s.organisation_id = o.id AND s.snapshot_kind = :kind
    WHERE o.organisation = :organisation
), runs AS (
    SELECT *, count(*) FILTER (WHERE is_other) OVER (PARTITION BY dataset_id ORDER BY first) AS run
    FROM (
        SELECT *, (status, first - 1) IS DISTINCT FROM (lag(status) OVER w, lag(last) OVER w)
            AS is_other
        FROM told
        WINDOW w AS (PARTITION BY dataset_id ORDER BY first)
    ) t
)
SELECT d.dataset, d.name AS dataset_name, r.status, g.days[r.first] AS first_as_at,
    g.days[r.last] AS last_as_at, r.last - r.first + 1 AS snapshots
FROM grid g CROSS JOIN (
    SELECT dataset_id, status, min(first) AS first, max(last) AS last
    FROM runs GROUP BY dataset_id, status, run
) r
JOIN dataset d ON d.id = r.dataset_id
ORDER BY d.dataset, r.first
""",
        organisation=organisation,
        kind=kind,
    )


_ALL = (
    "status, endpoint_count, endpoint_attempted_count, endpoint_failing_count, problems_to_fix, "
    "rows_to_fix, problems, content_changed_on, fields_total, fields_supplied, warnings, notices"
)


def cell(
    connection: Connection, *, organisation: str, dataset: str, kind: str
) -> tuple[CellHistory, ...]:
    """The cell through all snapshots of one kind, oldest first: a row for as long as nothing of it
    changes. Gaps are gaps."""
    return fetch(
        connection,
        CellHistory,
        f"""
WITH {GRID}, told AS (
    SELECT {FROM} AS first, {TO} AS last, s.status, s.endpoint_count,
        s.endpoint_attempted_count, s.endpoint_failing_count,
        {PROBLEMS_TO_FIX} AS problems_to_fix, s.rows_to_fix, {PROBLEMS} AS problems,
        s.content_changed_on, s.fields_total, s.fields_supplied,
        s.warning_external + s.warning_internal AS warnings,
        s.notice_external + s.notice_internal AS notices
    FROM grid g CROSS JOIN summary_interval s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.snapshot_kind = :kind AND o.organisation = :organisation AND d.dataset = :dataset
), runs AS (
    SELECT *, count(*) FILTER (WHERE is_other) OVER (ORDER BY first) AS run
    FROM (
        SELECT *, ({_ALL}) IS DISTINCT FROM lag(({_ALL})) OVER w OR first - 1 <> lag(last) OVER w
            AS is_other
        FROM told
        WINDOW w AS (ORDER BY first)
    ) t
)
SELECT g.days[r.first] AS as_at, g.days[r.last] AS last_as_at, r.last - r.first + 1 AS snapshots,
    :kind AS kind, {_ALL}
FROM grid g CROSS JOIN (
    SELECT min(first) AS first, max(last) AS last, {_ALL} FROM runs GROUP BY run, {_ALL}
) r
ORDER BY r.first
""",
        organisation=organisation,
        dataset=dataset,
        kind=kind,
    )
