"""What is still broken: provisions that were broken on one date and are on a later one, of those
that are in the set on both."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.queries.filters import EVERYTHING, PROBLEMS_TO_FIX, Narrow, conditions
from performance_store.rows import FailingProvision, LastingPoint, LastingProvision

# Whether a summary s is broken, in either way; null: not known.
_FAILING = "CASE WHEN s.status <> 'unknown' THEN s.status = 'error' END"
_ERRORS = f"{PROBLEMS_TO_FIX} > 0"
# The provisions that were broken on the first date, with whether they are on the last. What is not
# known on the last is left out: it is neither broken nor mended.
_SAME = """pair AS (
    SELECT l.kind, f.as_at AS first, l.as_at AS last FROM snapshot f, snapshot l
    WHERE f.id = :compare_id AND l.id = :snapshot_id
), same AS (
    SELECT organisation_id, dataset_id, f.failing AND l.failing IS NOT NULL AS failing,
        f.errors AND l.errors IS NOT NULL AS errors, l.failing AS still_failing,
        l.errors AS still_errors, l.problems
    FROM ({then}) f
    JOIN ({now}) l USING (organisation_id, dataset_id)
    WHERE f.failing OR f.errors
)"""
_SIDE = f"""
SELECT s.organisation_id, s.dataset_id, {_FAILING} AS failing, {_ERRORS} AS errors,
    {PROBLEMS_TO_FIX} AS problems
FROM summary_of({{id}}) s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = {{id}} AND {{where}}
"""


def _same(narrow: Narrow, denominator: str) -> tuple[str, dict[str, Any]]:
    """The provisions as a table of the statement, and its parameters."""
    where, parameters = conditions(narrow, denominator)
    then, now = (_SIDE.format(id=id, where=where) for id in (":compare_id", ":snapshot_id"))
    return _SAME.format(then=then, now=now), parameters


def points(
    connection: Connection,
    *,
    snapshot_id: int,
    compare_id: int,
    denominator: str,
    narrow: Narrow = EVERYTHING,
) -> tuple[LastingPoint, ...]:
    """How many of what was broken on the first date is broken on each date up to the last, oldest
    first; of more than 30 dates those two and the last of each month. None where the snapshot
    knows no logs, or no issues. Who is not asked for on a date between them is not counted on it.
    """
    same, parameters = _same(narrow, denominator)
    return fetch(
        connection,
        LastingPoint,
        f"""
WITH {same}, every AS (
    SELECT n.as_at, n.knows, count(*) OVER () > 30 AS many, n.as_at IN (p.first, p.last) AS is_end,
        row_number() OVER (PARTITION BY date_trunc('month', n.as_at) ORDER BY n.as_at DESC)
            AS place
    FROM pair p JOIN snapshot n ON n.kind = p.kind AND n.as_at BETWEEN p.first AND p.last
), dates AS (SELECT as_at, knows FROM every WHERE place = 1 OR is_end OR NOT many),
grid AS (SELECT array_agg(as_at ORDER BY as_at) AS days FROM dates),
counted AS (
    SELECT n.as_at, count(*) FILTER (WHERE b.failing AND {_FAILING})::int AS failing,
        count(*) FILTER (WHERE b.errors AND {_ERRORS})::int AS errors
    FROM same b CROSS JOIN pair p CROSS JOIN grid g
    -- By the key of each: without OFFSET all intervals of the period would be read.
    CROSS JOIN LATERAL (
        SELECT s.from_on, s.to_on, s.status, s.critical_external, s.error_external
        FROM summary_interval s
        WHERE s.snapshot_kind = p.kind AND s.organisation_id = b.organisation_id
            AND s.dataset_id = b.dataset_id AND s.to_on >= p.first AND s.from_on <= p.last
        OFFSET 0) s
    CROSS JOIN LATERAL unnest(covered(g.days, s.from_on, s.to_on)) n (as_at)
    GROUP BY n.as_at
)
SELECT d.as_at, CASE WHEN 'logs' = ANY(d.knows) THEN coalesce(c.failing, 0) END AS failing,
    CASE WHEN 'issues' = ANY(d.knows) THEN coalesce(c.errors, 0) END AS errors
FROM dates d LEFT JOIN counted c USING (as_at)
ORDER BY d.as_at
""",
        snapshot_id=snapshot_id,
        compare_id=compare_id,
        **parameters,
    )


def provisions(
    connection: Connection,
    *,
    snapshot_id: int,
    compare_id: int,
    denominator: str,
    narrow: Narrow = EVERYTHING,
) -> tuple[LastingProvision, ...]:
    """What was broken on the first date and is on the last: what fails, then what has errors; of
    each the longest first. One that was mended in between is broken since it was again. It is not
    asked how long before the first date one was broken."""
    same, parameters = _same(narrow, denominator)
    return fetch(
        connection,
        LastingProvision,
        f"""
WITH {same}
SELECT v.what, o.organisation, o.name AS organisation_name, d.dataset, d.name AS dataset_name,
    r.since, p.last - r.since AS days, CASE WHEN v.what = 'errors' THEN b.problems END AS problems
FROM same b CROSS JOIN pair p
CROSS JOIN LATERAL (SELECT 'failing' AS what WHERE b.failing AND b.still_failing
    UNION ALL SELECT 'errors' WHERE b.errors AND b.still_errors) v
-- The last interval of the period in which it was not broken, and the one that came after that.
LEFT JOIN LATERAL (
    SELECT s.to_on FROM summary_interval s
    WHERE s.snapshot_kind = p.kind AND s.organisation_id = b.organisation_id
        AND s.dataset_id = b.dataset_id AND s.to_on >= p.first AND s.to_on < p.last
        AND NOT coalesce(
            CASE WHEN v.what = 'failing' THEN {_FAILING} ELSE {_ERRORS} END, false)
    ORDER BY s.to_on DESC LIMIT 1
) e ON true
CROSS JOIN LATERAL (
    SELECT CASE WHEN e.to_on IS NULL THEN p.first ELSE (
        SELECT s.from_on FROM summary_interval s
        WHERE s.snapshot_kind = p.kind AND s.organisation_id = b.organisation_id
            AND s.dataset_id = b.dataset_id AND s.to_on > e.to_on
        ORDER BY s.to_on LIMIT 1) END AS since
) r
JOIN organisation o ON o.id = b.organisation_id
JOIN dataset d ON d.id = b.dataset_id
ORDER BY array_position(ARRAY['failing', 'errors'], v.what), r.since, o.name, o.organisation,
    d.name
""",
        snapshot_id=snapshot_id,
        compare_id=compare_id,
        **parameters,
    )


def failing(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[FailingProvision, ...]:
    """What fails in one snapshot, the longest first; last what is not known to have worked ever."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        FailingProvision,
        f"""
SELECT o.organisation, o.name AS organisation_name, d.dataset, d.name AS dataset_name,
    s.best_success_on AS last_success_on
FROM summary_of(:snapshot_id) s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = :snapshot_id AND s.status = 'error' AND {where}
ORDER BY s.best_success_on NULLS LAST, o.name, o.organisation, d.name
""",
        snapshot_id=snapshot_id,
        **parameters,
    )
