"""Which issues hold the country back: by type and dataset, which three to fix first, through time.

Filters say which provisions are looked at. Those of severity and responsibility say, besides, which
issues are told of them: who asks for errors is not told of warnings.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from performance_store.definitions.vocabulary import SEVERITIES
from performance_store.queries import grid
from performance_store.queries.fetch import fetch
from performance_store.queries.filters import (
    EVERYTHING,
    PROBLEMS_TO_FIX,
    Narrow,
    at_least,
    conditions,
)
from performance_store.queries.fixes import best_three, error_free, in_order
from performance_store.rows import (
    CommonIssue,
    IssueBase,
    IssueFix,
    IssueHolder,
    IssueSpread,
    IssueTypePoint,
)

HOLDER_ORDERS: dict[str, str] = {
    "problems": "x.problems DESC, o.name, o.organisation, d.name",
    "authority": "o.name, o.organisation, d.name",
    "dataset": "d.name, o.name, o.organisation",
}

# Issues i of the summaries s that are looked at.
_ISSUES = """
FROM issue_summary_of(:snapshot_id) i
JOIN summary_of(:snapshot_id) s ON s.organisation_id = i.organisation_id
    AND s.dataset_id = i.dataset_id
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
"""


def _where(narrow: Narrow, denominator: str) -> tuple[str, dict[str, Any]]:
    """The WHERE clause for provisions s and their issues i, and its parameters."""
    where, parameters = conditions(narrow, denominator)
    of_issue, more = _of_issue(narrow)
    return f"{where} AND {of_issue}", {**parameters, **more}


def _of_issue(narrow: Narrow) -> tuple[str, dict[str, Any]]:
    """The part of that clause that is about issues i."""
    where, parameters = "true", {}
    if narrow.severity or narrow.responsibility:
        where += " AND i.severity = ANY(:issue_severity)"
        parameters["issue_severity"] = list(narrow.severity or SEVERITIES)
    if len(narrow.responsibility) == 1:
        sign = "=" if narrow.responsibility[0] == "external" else "<>"
        where += f" AND i.responsibility {sign} 'external'"
    return where, parameters


def by_type(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[IssueSpread, ...]:
    """How far each type of issue is spread, in each dataset and ('') in all of them together.

    A type that comes with two severities on one date is two.
    """
    where, parameters = _where(narrow, denominator)
    return fetch(
        connection,
        IssueSpread,
        f"""
SELECT t.issue_type, max(t.name) AS name, x.severity, x.responsibility,
    coalesce(d.dataset, '') AS dataset,
    CASE WHEN GROUPING(d.dataset) = 0 THEN max(d.name) ELSE '' END AS dataset_name,
    count(*) AS provisions, count(DISTINCT x.organisation_id) AS organisations,
    sum(x.problems)::bigint AS problems
FROM (
    SELECT i.issue_type_id, i.severity, i.responsibility, i.organisation_id, i.dataset_id,
        sum(i.problems) AS problems
    {_ISSUES}
    WHERE i.snapshot_id = :snapshot_id AND s.snapshot_id = :snapshot_id AND {where}
    GROUP BY 1, 2, 3, 4, 5
) x
JOIN issue_type t ON t.id = x.issue_type_id
JOIN dataset d ON d.id = x.dataset_id
GROUP BY t.issue_type, x.severity, x.responsibility, GROUPING SETS ((), (d.dataset))
ORDER BY t.issue_type, x.severity, x.responsibility, dataset
""",
        snapshot_id=snapshot_id,
        **parameters,
    )


def common(
    connection: Connection, *, snapshot_id: int, dataset: str, limit: int = 10
) -> tuple[CommonIssue, ...]:
    """What planning authorities most often have to fix in a dataset, by type and field."""
    return fetch(
        connection,
        CommonIssue,
        f"""
SELECT t.issue_type, t.name, i.field, min(i.severity) AS severity,
    count(DISTINCT i.organisation_id) AS organisations, sum(i.problems)::bigint AS problems
{_ISSUES}
JOIN issue_type t ON t.id = i.issue_type_id
WHERE i.snapshot_id = :snapshot_id AND s.snapshot_id = :snapshot_id AND s.is_lpa
    AND d.dataset = :dataset AND i.responsibility = 'external'
    AND i.severity IN ('critical', 'error', 'warning')
GROUP BY t.issue_type, t.name, i.field
ORDER BY organisations DESC, problems DESC, t.issue_type, i.field
LIMIT :limit
""",
        snapshot_id=snapshot_id,
        dataset=dataset,
        limit=limit,
    )


def bases(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[IssueBase, ...]:
    """Of how many provisions the issues are known, in each dataset and ('') in all together.

    Datasets of which none is provided are left out.
    """
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        IssueBase,
        f"""
SELECT coalesce(d.dataset, '') AS dataset,
    CASE WHEN GROUPING(d.dataset) = 0 THEN max(d.name) ELSE '' END AS dataset_name,
    count(*) AS provided, count(s.error_external) AS provisions,
    count(*) FILTER (WHERE {at_least("collected")}) AS collected,
    count(DISTINCT s.organisation_id) FILTER (WHERE s.error_external IS NOT NULL) AS organisations,
    count(*) FILTER (WHERE s.stage = 'collected' AND {PROBLEMS_TO_FIX} > 0)
        AS to_fix
FROM summary_of(:snapshot_id) s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = :snapshot_id AND s.endpoint_count > 0 AND {where}
GROUP BY GROUPING SETS ((), (d.dataset))
ORDER BY dataset
""",
        snapshot_id=snapshot_id,
        **parameters,
    )


def fix_three(
    connection: Connection, *, snapshot_id: int, denominator: str, narrow: Narrow = EVERYTHING
) -> tuple[IssueFix, ...]:
    """Which three types to fix so that the most provisions become error-free: at most three rows.

    Looked for among every set of three types. A provision becomes error-free when all types of
    error or critical that its authority has to fix are among them; only provisions that are
    collected and not yet error-free count. Each row adds to those before it: first the type that
    frees the most by itself. Types that free nothing further are left out.
    """
    where, parameters = conditions(narrow, denominator)
    provisions = _provisions_by_types(connection, snapshot_id, where, parameters)
    names: dict[str, str | None] = dict(
        connection.execute(text("SELECT issue_type, name FROM issue_type")).all()
    )
    steps, before = [], 0
    for types in in_order(best_three(provisions), provisions):
        together = error_free(types, provisions)
        steps.append(
            IssueFix(
                issue_type=types[-1],
                name=names.get(types[-1]),
                # How many have the type at all, whatever else they have.
                provisions=sum(count for some, count in provisions.items() if types[-1] in some),
                alone=error_free(types[-1:], provisions),
                more=together - before,
                together=together,
            )
        )
        before = together
    return tuple(steps)


def _provisions_by_types(
    connection: Connection, snapshot_id: int, where: str, parameters: dict[str, Any]
) -> dict[frozenset[str], int]:
    """How many collected provisions have exactly these types of error of their own."""
    rows = connection.execute(
        text(f"""
SELECT types, count(*) AS provisions FROM (
    SELECT array_agg(DISTINCT t.issue_type) AS types
    {_ISSUES}
    JOIN issue_type t ON t.id = i.issue_type_id
    WHERE i.snapshot_id = :snapshot_id AND s.snapshot_id = :snapshot_id AND s.stage = 'collected'
        AND i.severity IN ('critical', 'error') AND i.responsibility = 'external' AND {where}
    GROUP BY i.organisation_id, i.dataset_id
) x GROUP BY types
"""),
        {"snapshot_id": snapshot_id, **parameters},
    )
    return {frozenset(row.types): row.provisions for row in rows}


def holders(
    connection: Connection,
    *,
    snapshot_id: int,
    denominator: str,
    issue_type: str,
    within: str | None = None,
    narrow: Narrow = EVERYTHING,
    order: str = "problems",
    offset: int = 0,
    limit: int | None = None,
) -> tuple[IssueHolder, ...]:
    """Provisions that have a type of issue, in all datasets or ``within`` one.

    ``order`` is one of ``HOLDER_ORDERS``; ``limit`` and ``offset`` give a page of them.
    """
    where, parameters = _where(narrow, denominator)
    return fetch(
        connection,
        IssueHolder,
        f"""
SELECT o.organisation, o.name AS organisation_name, d.dataset, d.name AS dataset_name, x.fields,
    x.problems, x.of_last_good, count(*) OVER () AS found
FROM (
    SELECT i.organisation_id, i.dataset_id, sum(i.problems)::bigint AS problems,
        array_agg(i.field ORDER BY i.problems DESC, i.field) AS fields,
        bool_and(i.of_last_good) AS of_last_good
    {_ISSUES}
    WHERE i.snapshot_id = :snapshot_id AND s.snapshot_id = :snapshot_id
        AND i.issue_type_id = (SELECT id FROM issue_type WHERE issue_type = :issue_type)
        AND (CAST(:within AS text) IS NULL OR d.dataset = :within) AND {where}
    GROUP BY 1, 2
) x
JOIN organisation o ON o.id = x.organisation_id
JOIN dataset d ON d.id = x.dataset_id
ORDER BY {HOLDER_ORDERS[order]} OFFSET :offset LIMIT :limit
""",
        snapshot_id=snapshot_id,
        issue_type=issue_type,
        within=within,
        offset=offset,
        limit=limit,
        **parameters,
    )


# The dates that know issues, and the provisions of a set on each of them.
_IN_SET = f"""told AS (
    SELECT array_agg(k.as_at ORDER BY k.as_at) AS days
    FROM known k JOIN snapshot n ON n.id = k.id WHERE 'issues' = ANY(n.knows)
), provisions AS (
    SELECT n.as_at, s.organisation_id, s.dataset_id, s.error_external
    FROM {grid.SUMMARIES.replace("grid g", "told g")}
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE s.endpoint_count > 0 AND {{where}}
)"""


def through_time(
    connection: Connection,
    *,
    kind: str,
    denominator: str,
    until: date,
    narrow: Narrow = EVERYTHING,
) -> tuple[IssueTypePoint, ...]:
    """How far each type was spread in the snapshots of one kind that know issues, up to a date.

    Oldest first; of more than 30 dates the last of each month. Every date has a row of type '': of
    how many provisions the issues were known. A type without a row on a date had nobody then.
    """
    where, parameters = conditions(narrow, denominator)
    of_issue, more = _of_issue(narrow)
    return fetch(
        connection,
        IssueTypePoint,
        f"""
WITH {grid.MONTHLY}, {_IN_SET.format(where=where)}
SELECT x.as_at, t.issue_type, t.name, count(*) AS provisions, sum(x.problems)::bigint AS problems
FROM (
    SELECT n.as_at, i.issue_type_id, sum(i.problems) AS problems
    FROM told g
    JOIN issue_interval i ON i.snapshot_kind = :kind AND {grid.COVERS.format("i")}
    CROSS JOIN LATERAL unnest(covered(g.days, i.from_on, i.to_on)) n (as_at)
    JOIN provisions s ON s.as_at = n.as_at AND s.organisation_id = i.organisation_id
        AND s.dataset_id = i.dataset_id
    WHERE {of_issue}
    GROUP BY n.as_at, i.issue_type_id, i.organisation_id, i.dataset_id
) x
JOIN issue_type t ON t.id = x.issue_type_id
GROUP BY x.as_at, t.issue_type, t.name
UNION ALL
SELECT n.as_at, '', NULL, coalesce(x.provisions, 0), 0
FROM told g
CROSS JOIN LATERAL unnest(g.days) n (as_at)
LEFT JOIN (SELECT as_at, count(error_external) AS provisions FROM provisions GROUP BY as_at) x
    USING (as_at)
ORDER BY as_at, issue_type
""",
        kind=kind,
        until=until,
        **parameters,
        **more,
    )
