"""Which datasets are provided by more authorities than before, and which by fewer: of the same
authorities on both dates."""

from __future__ import annotations

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.queries.filters import EVERYTHING, Narrow, conditions
from performance_store.queries.matrix import LPAS
from performance_store.rows import Growth

_SIDE = """
SELECT s.organisation_id, s.dataset_id, s.endpoint_count > 0 AS provided
FROM summary_of({id}) s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = {id} AND {where}
"""
# Of a set: the provisions that are in it on both dates.
_IN_SET = """
SELECT f.dataset_id, count(*)::int AS authorities,
    count(*) FILTER (WHERE f.provided)::int AS before,
    count(*) FILTER (WHERE l.provided)::int AS after
FROM ({then}) f JOIN ({now}) l USING (organisation_id, dataset_id)
GROUP BY f.dataset_id
"""
# Of all LPAs: who is one on both dates, with each dataset that any of them provides. Who provides
# nothing and owes nothing has no summary.
_BODIES = (
    """
SELECT o.id, o.region """
    + LPAS.replace(":snapshot_id", "{id}").replace("'{}'", "'{{}}'").replace(":region", "'{{}}'")
    + """
UNION SELECT o.id, o.region FROM summary_of({id}) s
JOIN organisation o ON o.id = s.organisation_id
WHERE s.snapshot_id = {id} AND s.is_lpa
"""
)
_OF_ALL = """
SELECT x.dataset_id, b.authorities, count(*) FILTER (WHERE NOT x.is_now)::int AS before,
    count(*) FILTER (WHERE x.is_now)::int AS after
FROM (
    SELECT count(*)::int AS authorities, array_agg(o.id) AS ids
    FROM (({bodies_then}) INTERSECT ({bodies_now})) o WHERE {region}
) b
CROSS JOIN (
    SELECT f.*, false AS is_now FROM ({then}) f
    UNION ALL SELECT l.*, true FROM ({now}) l
) x
WHERE x.provided AND x.organisation_id = ANY(b.ids)
GROUP BY x.dataset_id, b.authorities
"""


def by_dataset(
    connection: Connection,
    *,
    snapshot_id: int,
    compare_id: int,
    denominator: str,
    narrow: Narrow = EVERYTHING,
) -> tuple[Growth, ...]:
    """Each dataset of a set, what grew most first: how many authorities had an endpoint on both
    dates, of those that are in the set, and in the narrowing, on both."""
    where, parameters = conditions(narrow, denominator)
    ids = (":compare_id", ":snapshot_id")
    then, now = (_SIDE.format(id=id, where=where) for id in ids)
    pieces = {"then": then, "now": now}
    cells = _IN_SET.format(**pieces)
    if denominator == "all-lpas":
        bodies_then, bodies_now = (_BODIES.format(id=id) for id in ids)
        region = "o.region = ANY(:narrow_region)" if narrow.region else "true"
        cells = _OF_ALL.format(
            **pieces, bodies_then=bodies_then, bodies_now=bodies_now, region=region
        )
    return fetch(
        connection,
        Growth,
        f"""
SELECT d.dataset, d.name AS dataset_name, c.authorities, c.before, c.after
FROM ({cells}) c
JOIN dataset d ON d.id = c.dataset_id
ORDER BY c.after - c.before DESC, d.name, d.dataset
""",
        snapshot_id=snapshot_id,
        compare_id=compare_id,
        **parameters,
    )
