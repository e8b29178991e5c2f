"""An organisation, its datasets and a cell through time, told in runs: a row for as long as nothing
of it changes, over the ordered snapshots of one kind. A snapshot that says nothing ends a run."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.queries.filters import OWED, PROBLEMS, PROBLEMS_TO_FIX
from performance_store.rows import CellHistory, OrganisationHistory, StatusRun

# The snapshots of a kind and their places, by which it is told whether one follows another.
DATED = """dated AS (
    SELECT as_at, row_number() OVER (ORDER BY as_at)::int AS place FROM snapshot WHERE kind = :kind
)"""


# What each interval of an organisation adds on its first day, and takes away after its last; and
# the snapshots, by which it is told.
_STEPS = f"""steps AS (
    SELECT v.day, NULL AS as_at, v.sign AS cells, CASE WHEN {OWED} THEN v.sign END AS expected,
        CASE WHEN {OWED} AND s.endpoint_count > 0 THEN v.sign END AS provided,
        CASE WHEN {OWED} AND s.status = 'live' THEN v.sign END AS live,
        CASE WHEN {OWED} AND s.status = 'needs_improving' THEN v.sign END AS needs_improving,
        CASE WHEN {OWED} AND s.status = 'error' THEN v.sign END AS error,
        v.sign * ({PROBLEMS_TO_FIX}) AS problems,
        CASE WHEN {PROBLEMS_TO_FIX} IS NOT NULL THEN v.sign END AS problems_known,
        v.sign * s.rows_to_fix AS rows,
        CASE WHEN s.rows_to_fix IS NOT NULL THEN v.sign END AS rows_known
    FROM organisation o
    JOIN summary_interval s ON s.organisation_id = o.id AND s.snapshot_kind = :kind
    CROSS JOIN LATERAL (VALUES (s.from_on, 1), (s.to_on + 1, -1)) v (day, sign)
    WHERE o.organisation = :organisation AND isfinite(v.day)
    UNION ALL
    SELECT as_at, as_at, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM snapshot WHERE kind = :kind
"""


def organisation(
    connection: Connection, *, organisation: str, kind: str
) -> tuple[OrganisationHistory, ...]:
    """One organisation through all snapshots of one kind, oldest first: a row for as long as
    nothing of it changes. Where there are snapshots without it there is none."""
    return fetch(
        connection,
        OrganisationHistory,
        f"""
WITH {_STEPS}), told AS (
    SELECT as_at, sum(cells) OVER w AS cells, sum(expected) OVER w AS expected,
        sum(provided) OVER w AS provided, sum(live) OVER w AS live,
        sum(needs_improving) OVER w AS needs_improving, sum(error) OVER w AS error,
        CASE WHEN sum(problems_known) OVER w > 0 THEN sum(problems) OVER w END AS problems_to_fix,
        CASE WHEN sum(rows_known) OVER w > 0 THEN sum(rows) OVER w END AS rows_to_fix
    FROM steps
    WINDOW w AS (ORDER BY day)
), runs AS (
    SELECT *, count(*) FILTER (WHERE is_other) OVER (ORDER BY as_at) AS run
    FROM (
        SELECT *, (cells > 0, expected, provided, live, needs_improving, error, problems_to_fix,
                rows_to_fix) IS DISTINCT FROM lag((cells > 0, expected, provided, live,
                needs_improving, error, problems_to_fix, rows_to_fix)) OVER (ORDER BY as_at)
                AS is_other
        FROM told WHERE as_at IS NOT NULL
    ) t
)
SELECT min(as_at) AS as_at, max(as_at) AS last_as_at, count(*) AS snapshots, :kind AS kind,
    expected, provided, live, needs_improving, error, problems_to_fix, rows_to_fix
FROM runs
WHERE cells > 0
GROUP BY run, expected, provided, live, needs_improving, error, problems_to_fix, rows_to_fix
ORDER BY min(as_at)
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
WITH {DATED}, told AS (
    SELECT s.dataset_id, s.status, s.from_on, f.place AS first, l.place AS last
    FROM organisation o
    JOIN summary_interval s ON s.organisation_id = o.id AND s.snapshot_kind = :kind
    JOIN dated f ON f.as_at = s.from_on
    JOIN dated l ON l.as_at = least(s.to_on, (SELECT max(as_at) FROM dated))
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
SELECT d.dataset, d.name AS dataset_name, r.status, f.as_at AS first_as_at, l.as_at AS last_as_at,
    r.last - r.first + 1 AS snapshots
FROM (
    SELECT dataset_id, status, min(first) AS first, max(last) AS last
    FROM runs GROUP BY dataset_id, status, run
) r
JOIN dated f ON f.place = r.first
JOIN dated l ON l.place = r.last
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
WITH {DATED}, told AS (
    SELECT f.place AS first, l.place AS last, s.status, s.endpoint_count,
        s.endpoint_attempted_count, s.endpoint_failing_count,
        {PROBLEMS_TO_FIX} AS problems_to_fix, s.rows_to_fix, {PROBLEMS} AS problems,
        s.content_changed_on, s.fields_total, s.fields_supplied,
        s.warning_external + s.warning_internal AS warnings,
        s.notice_external + s.notice_internal AS notices
    FROM summary_interval s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    JOIN dated f ON f.as_at = s.from_on
    JOIN dated l ON l.as_at = least(s.to_on, (SELECT max(as_at) FROM dated))
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
SELECT f.as_at, l.as_at AS last_as_at, r.last - r.first + 1 AS snapshots, :kind AS kind, {_ALL}
FROM (SELECT min(first) AS first, max(last) AS last, {_ALL} FROM runs GROUP BY run, {_ALL}) r
JOIN dated f ON f.place = r.first
JOIN dated l ON l.place = r.last
ORDER BY r.first
""",
        organisation=organisation,
        dataset=dataset,
        kind=kind,
    )
