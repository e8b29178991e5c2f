"""How old the content is, whether it can still be collected, how often it changes, and which
registers are overdue."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from performance_store.definitions.vocabulary import ACCESS_BANDS
from performance_store.queries import grid
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import EVERYTHING, Narrow, conditions
from performance_store.rows import AgeOfContent, Ages, Availability, Cadence, RegisterYear

# The last day of each band, in days since the content changed; older ones are in the band after.
# 182 and 365 part fresh, ageing and stale as everywhere else.
AGE_BANDS = (7, 30, 90, 182, 365, 730)
BROWNFIELD = "brownfield-land"
_FROM = """
FROM summary_of(:snapshot_id) s
JOIN snapshot n ON n.id = :snapshot_id
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
"""
_AGE = "n.as_at - s.content_changed_on"
_BAND_NAMES = ("week", "month", "quarter", "half_year", "year", "two_years")
_BANDS = ", ".join(
    f"count(*) FILTER (WHERE {_AGE} <= {last} AND {_AGE} > {first}) AS {name}"
    for first, last, name in zip((-100_000, *AGE_BANDS), AGE_BANDS, _BAND_NAMES, strict=False)
)

_ACCESS = ", ".join(
    f"count(*) FILTER (WHERE s.access_band = '{band}') AS {band}" for band in ACCESS_BANDS
)
_CADENCES = ", ".join(
    f"count(*) FILTER (WHERE class = '{name}') AS {name}"
    for name in (
        *("continuous", "monthly", "quarterly", "half_yearly", "yearly", "less"),
        *("young", "unknown"),
    )
)


def ages(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[Ages, ...]:
    """Provided provisions by days since their content changed, and the median: of all datasets
    together (''), then of each."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        Ages,
        f"""
SELECT coalesce(d.dataset, '') AS dataset,
    CASE WHEN GROUPING(d.dataset) = 0 THEN max(d.name) ELSE '' END AS name,
    count(*) AS provided, {_BANDS},
    count(*) FILTER (WHERE {_AGE} > {AGE_BANDS[-1]}) AS older,
    count(*) FILTER (WHERE s.content_changed_on IS NULL) AS unknown,
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY {_AGE}))::numeric)::int AS median,
    count(DISTINCT s.organisation_id) FILTER (WHERE s.content_changed_on IS NOT NULL)
        AS organisations
{_FROM}
WHERE s.snapshot_id = :snapshot_id AND s.endpoint_count > 0 AND {where}
GROUP BY GROUPING SETS ((), (d.dataset))
ORDER BY dataset
""",
        snapshot_id=snapshot_id,
        **parameters,
    )


def oldest(
    connection: Connection,
    *,
    snapshot_id: int,
    denominator: str,
    narrow: Narrow = EVERYTHING,
    offset: int = 0,
    limit: int = 10_000_000,
) -> tuple[AgeOfContent, ...]:
    """Provided provisions whose content's age is known, the oldest first, one page of them."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        AgeOfContent,
        f"""
SELECT o.organisation, o.name AS organisation_name, d.dataset, d.name AS dataset_name,
    s.content_changed_on, {_AGE} AS days, s.best_success_on AS last_success_on, s.access_band
{_FROM}
WHERE s.snapshot_id = :snapshot_id AND s.content_changed_on IS NOT NULL AND s.endpoint_count > 0
    AND {where}
ORDER BY s.content_changed_on, o.name, o.organisation, d.name
LIMIT :limit OFFSET :offset
""",
        snapshot_id=snapshot_id,
        offset=offset,
        limit=limit,
        **parameters,
    )


def availability(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    until: date,
    narrow: Narrow = EVERYTHING,
) -> tuple[Availability, ...]:
    """Provided provisions by whether they can be collected, oldest first; of more than 30
    snapshots the last of each month. Snapshots that know no log are left out."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        Availability,
        f"""
WITH {grid.MONTHLY}
SELECT k.as_at, count(*) AS provided, {_ACCESS}
FROM {grid.SUMMARIES}
JOIN snapshot k ON k.kind = :kind AND k.as_at = n.as_at AND 'logs' = ANY(k.knows)
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE s.endpoint_count > 0 AND {where}
GROUP BY k.as_at ORDER BY k.as_at
""",
        kind=kind,
        until=until,
        **parameters,
    )


# The last 12 full months, and the snapshots in them.
_YEAR = """period AS (
    SELECT CAST(date_trunc('month', CAST(:as_at AS date)) AS date) AS till,
        CAST(date_trunc('month', CAST(:as_at AS date)) - interval '12 months' AS date) AS since
), seen AS (
    SELECT x.id, x.as_at FROM snapshot x, period p
    WHERE x.kind = :kind AND x.as_at >= p.since AND x.as_at < p.till
)"""
# When the content of each provision asked for was first seen in the period.
_FILES = """files AS (
    SELECT s.organisation_id, s.dataset_id, s.content_changed_on AS day, min(n.as_at) AS first
    FROM asked a
    CROSS JOIN period p
    -- By the key of each: without OFFSET all intervals of the year would be read.
    CROSS JOIN LATERAL (SELECT * FROM summary_interval s
        WHERE s.snapshot_kind = :kind AND s.organisation_id = a.organisation_id
            AND s.dataset_id = a.dataset_id AND s.to_on >= p.since AND s.from_on < p.till
            AND s.endpoint_count > 0 OFFSET 0) s
    -- An interval may have begun before.
    CROSS JOIN LATERAL (SELECT min(x.as_at) AS as_at FROM snapshot x
        WHERE x.kind = :kind AND x.as_at >= greatest(s.from_on, p.since)) n
    WHERE n.as_at <= s.to_on AND n.as_at < p.till
    GROUP BY 1, 2, 3
)"""
# How often the content of each provision asked for changed in the period, as a class.
_CLASSES = """counted AS (
    SELECT a.dataset, a.name, min(f.first) AS first,
        count(DISTINCT date_trunc('month', f.day)) FILTER (WHERE f.day >= p.since) AS months,
        count(f.day) FILTER (WHERE f.day >= p.since) AS files,
        max(f.day) AS newest,
        coalesce(bool_or(f.day >= p.since AND f.day < p.since + interval '6 months'), false)
            AS early,
        coalesce(bool_or(f.day >= p.since + interval '6 months'), false) AS late
    FROM asked a CROSS JOIN period p
    LEFT JOIN files f USING (organisation_id, dataset_id)
    GROUP BY a.organisation_id, a.dataset_id, a.dataset, a.name, p.since
), classed AS (
    SELECT c.dataset, c.name, CASE
        WHEN t.first IS NULL OR t.first > p.since + 31 THEN 'unknown'
        WHEN c.first IS NULL OR c.first > p.since + 31 THEN 'young'
        WHEN c.newest IS NULL THEN 'unknown'
        WHEN t.snapshots >= 8 AND c.files * 4 >= t.snapshots * 3 THEN 'continuous'
        WHEN c.months >= 7 AND c.newest >= p.till - interval '2 months' THEN 'monthly'
        WHEN c.months >= 3 AND c.newest >= p.till - interval '4 months' THEN 'quarterly'
        WHEN c.early AND c.late THEN 'half_yearly'
        WHEN c.months >= 1 THEN 'yearly' ELSE 'less' END AS class
    FROM counted c CROSS JOIN period p
    CROSS JOIN (SELECT count(*) AS snapshots, min(as_at) AS first FROM seen) t
)"""


def cadence(
    connection: Connection,
    *,
    snapshot_id: int,
    kind: str,
    as_at: date,
    denominator: str,
    narrow: Narrow = EVERYTHING,
) -> tuple[Cadence, ...]:
    """How often content changed in the last 12 full months, of all datasets ('') and of each.

    Counted are months in which content was first seen: monthly from 7 of them with one among the
    last 2, quarterly from 3 with one among the last 4, half-yearly with one in each half, yearly
    with any (the ladder of IATI's dashboard). New content at 3 of 4 snapshots and more is
    "continuous": that is most often a file that is made anew each night, and earns no class.
    Who was not provided through all these months is too young to tell. Where the figures
    themselves do not go back so far, nothing is known.
    """
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        Cadence,
        f"""
WITH {_YEAR}, asked AS (
    SELECT s.organisation_id, s.dataset_id, d.dataset, d.name
    {_FROM}
    WHERE s.snapshot_id = :snapshot_id AND s.endpoint_count > 0 AND {where}
), {_FILES}, {_CLASSES}
SELECT coalesce(c.dataset, '') AS dataset,
    CASE WHEN GROUPING(c.dataset) = 0 THEN max(c.name) ELSE '' END AS name, count(*) AS provided,
    {_CADENCES}
FROM classed c GROUP BY GROUPING SETS ((), (c.dataset)) ORDER BY dataset
""",
        snapshot_id=snapshot_id,
        kind=kind,
        as_at=as_at,
        **parameters,
    )


def registers(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[RegisterYear, ...]:
    """Brownfield land registers, which are to be reviewed once a calendar year, the longest
    overdue first.

    The evidence is the content: changed in the year of the snapshot, it was reviewed; last changed
    in the year before, it is due by 31 December; earlier, it is overdue. Without an endpoint it is
    missing, without a date not known.
    """
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        RegisterYear,
        f"""
SELECT * FROM (
    SELECT o.organisation, o.name AS organisation_name, s.content_changed_on,
        CASE WHEN s.endpoint_count = 0 THEN 'missing'
        WHEN s.content_changed_on IS NULL THEN 'unknown'
        WHEN date_part('year', s.content_changed_on) >= date_part('year', n.as_at) THEN 'reviewed'
        WHEN date_part('year', s.content_changed_on) = date_part('year', n.as_at) - 1 THEN 'due'
        ELSE 'overdue' END AS state
    {_FROM}
    WHERE s.snapshot_id = :snapshot_id AND d.dataset = '{BROWNFIELD}' AND {where}
) x
ORDER BY array_position(ARRAY['overdue', 'due', 'missing', 'unknown', 'reviewed'], state),
    content_changed_on, organisation_name, organisation
""",
        snapshot_id=snapshot_id,
        **parameters,
    )
