"""Dates that a question is about, in order as an array of the one row of ``grid``; and which of
them an interval covers: found by halving, so that nobody compares dates with intervals."""

from __future__ import annotations

# All snapshots of a kind.
GRID = "grid AS (SELECT array_agg(as_at ORDER BY as_at) AS days FROM snapshot WHERE kind = :kind)"
# Those up to a date; of more than 160 only the last of each week.
DATES = """week AS (
    SELECT CASE WHEN count(*) > 160 THEN 7 ELSE 1 END AS days FROM snapshot
    WHERE kind = :kind AND as_at <= :until
), known AS (
    -- The first day of all was a Monday.
    SELECT max(as_at) AS as_at FROM snapshot CROSS JOIN week w
    WHERE kind = :kind AND as_at <= :until GROUP BY (as_at - date '0001-01-01') / w.days
), grid AS (SELECT array_agg(as_at ORDER BY as_at) AS days FROM known)"""
# The first and the last of them, and of more than 30 the last of each month.
MONTHLY = """every AS (
    SELECT id, as_at, count(*) OVER () > 30 AS many, min(as_at) OVER () AS first,
        row_number() OVER (PARTITION BY date_trunc('month', as_at) ORDER BY as_at DESC) AS place
    FROM snapshot WHERE kind = :kind AND as_at <= :until
), known AS (SELECT id, as_at FROM every WHERE place = 1 OR as_at = first OR NOT many),
grid AS (SELECT array_agg(as_at ORDER BY as_at) AS days FROM known)"""

# The places of the first and the last date that an interval covers, counted from 1.
FIRST = "width_bucket({0}.from_on - 1, g.days) + 1"
LAST = "width_bucket({0}.to_on, g.days)"
# Whether it covers any: most cover none where dates are few.
COVERS = f"g.days[{FIRST}] <= {{0}}.to_on"
# The summaries s of those dates n: of an interval all dates that it covers.
SUMMARIES = f"""grid g
    JOIN summary_interval s ON s.snapshot_kind = :kind AND {COVERS.format("s")}
    CROSS JOIN LATERAL unnest(covered(g.days, s.from_on, s.to_on)) n (as_at)"""


def runs_of_steps(facts: str) -> str:
    """Runs in which the facts are the same, those without any cell left out. In: the columns of
    ``told``, which has what there is from each place on at which it may change."""
    return f"""
SELECT g.days[r.place] AS as_at, g.days[r.last] AS last_as_at, r.last - r.place + 1 AS snapshots,
    {facts}
FROM grid g CROSS JOIN (
    SELECT *, lead(place) OVER (ORDER BY place) - 1 AS last
    FROM (
        SELECT *, (cells > 0, {facts}) IS DISTINCT FROM
            lag((cells > 0, {facts})) OVER (ORDER BY place) AS is_other
        FROM told
    ) t
    WHERE is_other
) r
WHERE r.cells > 0
ORDER BY r.place
"""
