"""One type of issue: the rows that have it, how it went, and who else has it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from performance_store.definitions.vocabulary import BY_SEVERITY
from performance_store.queries.fetch import fetch
from performance_store.rows import (
    IssueElsewhere,
    IssueFile,
    IssueFixer,
    IssueKind,
    IssueMatches,
    IssuePoint,
    IssueRow,
    PastIssue,
)

ORDERS: dict[str, str] = {
    "file": "i.id",
    "file-reversed": "i.id DESC",
    "value": "left(i.value, 200), i.id",
    "value-reversed": "left(i.value, 200) DESC NULLS LAST, i.id DESC",
}
COUNT_LIMIT = 10_000

_FITS = """
AND (i.value ILIKE :like OR i.message ILIKE :like OR i.line_number::text = :search
    OR i.entry_number::text = :search OR i.entity::text = :search)
"""


# The files whose issues are a cell's. One may be at several addresses: the primary endpoint's is
# told, else the newest.
_FILES = """
-- All addresses of the cell at once: otherwise they are read again for each file.
WITH here AS MATERIALIZED (
    SELECT s.resource_id, s.endpoint_id, s.is_primary
    FROM current_snapshot n
    JOIN organisation o ON o.organisation = :organisation
    JOIN dataset d ON d.dataset = :dataset
    JOIN endpoint_interval s ON s.snapshot_kind = n.kind AND s.to_on = 'infinity'
        AND s.organisation_id = o.id AND s.dataset_id = d.id
)
SELECT DISTINCT ON (u.resource_id) u.resource_id, u.dataset_id, e.endpoint_url
FROM organisation o
JOIN dataset d ON d.dataset = :dataset
JOIN resource_use u ON u.organisation_id = o.id AND u.dataset_id = d.id
LEFT JOIN here s ON s.resource_id = u.resource_id
LEFT JOIN endpoint e ON e.id = s.endpoint_id
WHERE o.organisation = :organisation
ORDER BY u.resource_id, s.is_primary DESC NULLS LAST, e.entry_date DESC NULLS LAST, e.endpoint
"""


def files(
    connection: Connection, *, organisation: str, dataset: str, issue_type: str, field: str | None
) -> tuple[IssueFile, ...]:
    """The files that have the issue, in the order in which ``rows`` gives their rows."""
    return fetch(
        connection,
        IssueFile,
        f"""
WITH files AS ({_FILES})
SELECT r.resource, f.endpoint_url
FROM files f
JOIN resource r ON r.id = f.resource_id
JOIN issue_type t ON t.issue_type = :issue_type
-- By the address of each: without LIMIT the issues of all files would be read.
CROSS JOIN LATERAL (SELECT FROM issue i WHERE i.dataset_id = f.dataset_id
    AND i.resource_id = f.resource_id AND i.issue_type_id = t.id AND i.field = :field LIMIT 1) i
ORDER BY f.resource_id
""",
        organisation=organisation,
        dataset=dataset,
        issue_type=issue_type,
        field=field or "",
    )


def rows(
    connection: Connection,
    *,
    organisation: str,
    dataset: str,
    issue_type: str,
    field: str | None,
    search: str = "",
    order: str = "file",
    offset: int = 0,
    after: int = 0,
    limit: int = 50,
    letters: int = 500,
) -> tuple[IssueRow, ...]:
    """One page of individual issues of the newest snapshot, by default in the order of the file.

    ``search`` keeps rows with these letters in their value or message, or with this very line,
    entry or entity. ``order`` is one of ``ORDERS``. ``offset`` skips rows; ``after`` is the last
    ``issue_id`` of the page before, for reading on in the order of the file. Values are cut after
    so many ``letters``.
    """
    return fetch(
        connection,
        IssueRow,
        f"""
WITH files AS ({_FILES})
SELECT i.id AS issue_id, r.resource, i.line_number, i.entry_number, i.entity,
    left(i.value, :letters) AS value, i.message, coalesce(length(i.value), 0) AS value_length,
    f.endpoint_url
FROM ({_page(ORDERS[order], search)}) page
JOIN issue i ON i.id = page.id
JOIN resource r ON r.id = i.resource_id
JOIN files f ON f.resource_id = i.resource_id
ORDER BY {ORDERS[order]}
""",
        organisation=organisation,
        dataset=dataset,
        issue_type=issue_type,
        field=field or "",
        offset=offset,
        after=after,
        limit=limit,
        letters=letters,
        **_searched(search),
    )


def _page(order: str, search: str) -> str:
    """The ids of one page. Each resource by itself: in the order of the file the index gives as
    many rows as are asked for, and however many there are the rest is not looked at."""
    return f"""
    SELECT i.id
    FROM organisation o
    JOIN dataset d ON d.dataset = :dataset
    JOIN resource_use u ON u.organisation_id = o.id AND u.dataset_id = d.id
    JOIN issue_type t ON t.issue_type = :issue_type
    CROSS JOIN LATERAL (
        SELECT i.id, i.value FROM issue i
        WHERE i.dataset_id = d.id AND i.resource_id = u.resource_id AND i.issue_type_id = t.id
            AND i.field = :field AND i.id > :after {_FITS if search else ""}
        ORDER BY {order} LIMIT CAST(:offset AS int) + :limit
    ) i
    WHERE o.organisation = :organisation
    ORDER BY {order} OFFSET :offset LIMIT :limit
"""


def matches(
    connection: Connection,
    *,
    organisation: str,
    dataset: str,
    issue_type: str,
    field: str | None,
    search: str = "",
) -> tuple[IssueMatches, ...]:
    """How many rows a search finds; counting stops at 10,000. One row."""
    return fetch(
        connection,
        IssueMatches,
        f"""
SELECT least(count(*), :most) AS rows, count(*) > :most AS more FROM (
    SELECT FROM organisation o
    JOIN dataset d ON d.dataset = :dataset
    JOIN resource_use u ON u.organisation_id = o.id AND u.dataset_id = d.id
    JOIN issue_type t ON t.issue_type = :issue_type
    JOIN issue i ON i.dataset_id = d.id AND i.resource_id = u.resource_id
        AND i.issue_type_id = t.id AND i.field = :field
    WHERE o.organisation = :organisation {_FITS if search else ""}
    LIMIT CAST(:most AS int) + 1
) found
""",
        organisation=organisation,
        dataset=dataset,
        issue_type=issue_type,
        field=field or "",
        most=COUNT_LIMIT,
        **_searched(search),
    )


def _searched(search: str) -> dict[str, str]:
    if not search:
        return {}
    escaped = search.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return {"search": search.replace(",", ""), "like": f"%{escaped}%"}


def kinds(connection: Connection) -> tuple[IssueKind, ...]:
    """Every type of issue that the store knows, by name."""
    return fetch(
        connection,
        IssueKind,
        "SELECT issue_type, name, description, severity, responsibility FROM issue_type "
        "ORDER BY issue_type",
    )


_RUNS = """
WITH grid AS (
    SELECT array_agg(as_at ORDER BY as_at) AS days FROM snapshot WHERE kind = :kind
), cell AS (
    SELECT o.id AS organisation_id, d.id AS dataset_id FROM organisation o, dataset d
    WHERE o.organisation = :organisation AND d.dataset = :dataset
), issue AS (
    SELECT y.as_at, x.problems, x.rows
    FROM cell c
    JOIN issue_type t ON t.issue_type = :issue_type
    JOIN issue_interval x ON x.snapshot_kind = :kind AND x.organisation_id = c.organisation_id
        AND x.dataset_id = c.dataset_id AND x.issue_type_id = t.id AND x.field = :field
    CROSS JOIN grid g CROSS JOIN LATERAL unnest(covered(g.days, x.from_on, x.to_on)) y (as_at)
), point AS (
    SELECT n.as_at, width_bucket(n.as_at, g.days) AS place, coalesce(x.problems, 0) AS problems,
        CASE WHEN s.rows_to_fix IS NOT NULL THEN coalesce(x.rows, 0) END AS rows
    FROM cell c
    JOIN summary_interval s ON s.snapshot_kind = :kind AND s.organisation_id = c.organisation_id
        AND s.dataset_id = c.dataset_id AND s.error_external IS NOT NULL
    CROSS JOIN grid g CROSS JOIN LATERAL unnest(covered(g.days, s.from_on, s.to_on)) n (as_at)
    LEFT JOIN issue x USING (as_at)
)
SELECT min(as_at) AS as_at, max(as_at) AS last_as_at, count(*)::int AS snapshots, problems, rows
FROM (
    SELECT *, count(*) FILTER (WHERE is_new) OVER (ORDER BY as_at) AS run
    FROM (
        SELECT *, (place - 1, problems, rows) IS DISTINCT FROM
            (lag(place) OVER w, lag(problems) OVER w, lag(rows) OVER w) AS is_new
        FROM point WINDOW w AS (ORDER BY as_at)
    ) x
) y
GROUP BY run, problems, rows
ORDER BY 1
"""


def over_time(
    connection: Connection,
    *,
    organisation: str,
    dataset: str,
    issue_type: str,
    field: str | None,
    kind: str,
) -> tuple[IssuePoint, ...]:
    """Problems and rows in the snapshots of a kind that know the cell's issues, oldest first: one
    row for as long as they are the same from one snapshot to the next."""
    return fetch(
        connection,
        IssuePoint,
        _RUNS,
        organisation=organisation,
        dataset=dataset,
        issue_type=issue_type,
        field=field or "",
        kind=kind,
    )


def elsewhere(
    connection: Connection, *, organisation: str, dataset: str, issue_type: str, snapshot_id: int
) -> tuple[IssueElsewhere, ...]:
    """How many other organisations have the same type of issue, in whatever field. One row."""
    return fetch(
        connection,
        IssueElsewhere,
        """
SELECT count(DISTINCT s.organisation_id) FILTER (WHERE d.id IS NOT NULL) AS same_dataset,
    (SELECT count(*) FROM summary_of(:snapshot_id) p JOIN dataset q ON q.id = p.dataset_id
     WHERE p.snapshot_id = :snapshot_id AND q.dataset = :dataset AND p.endpoint_count > 0
        AND p.error_external IS NOT NULL AND p.organisation_id NOT IN (
            SELECT id FROM organisation WHERE organisation = :organisation)) AS providers,
    count(DISTINCT s.organisation_id) AS any_dataset
FROM issue_summary_of(:snapshot_id) s
JOIN issue_type t ON t.id = s.issue_type_id AND t.issue_type = :issue_type
JOIN organisation o ON o.id = s.organisation_id AND o.organisation <> :organisation
LEFT JOIN dataset d ON d.id = s.dataset_id AND d.dataset = :dataset
WHERE s.snapshot_id = :snapshot_id
""",
        organisation=organisation,
        dataset=dataset,
        issue_type=issue_type,
        snapshot_id=snapshot_id,
    )


def fixers(
    connection: Connection,
    *,
    organisation: str,
    dataset: str,
    issue_type: str,
    snapshot_id: int,
    since: date,
    limit: int = 5,
) -> tuple[IssueFixer, ...]:
    """Other organisations that got rid of the issue between a date and a snapshot, newest first.

    Only those that still provide the dataset, are collected, and do not have the issue now.
    """
    return fetch(
        connection,
        IssueFixer,
        """
SELECT o.organisation, o.name, max(n.as_at) AS as_at
FROM snapshot now
JOIN snapshot n ON n.kind = now.kind AND n.as_at BETWEEN :since AND now.as_at
JOIN dataset d ON d.dataset = :dataset
JOIN event e ON e.snapshot_id = n.id AND e.kind = 'issue_type_cleared' AND e.dataset_id = d.id
    AND e.before = :issue_type AND NOT e.by_rule
JOIN organisation o ON o.id = e.organisation_id AND o.organisation <> :organisation
JOIN summary_of(:snapshot_id) s ON s.organisation_id = o.id AND s.dataset_id = d.id
    AND s.endpoint_count > 0 AND s.status IN ('live', 'needs_improving')
WHERE now.id = :snapshot_id AND NOT EXISTS (
    SELECT FROM issue_summary_of(:snapshot_id) x JOIN issue_type t ON t.id = x.issue_type_id
    WHERE x.organisation_id = o.id AND x.dataset_id = d.id
        AND t.issue_type = :issue_type)
GROUP BY o.organisation, o.name
ORDER BY max(n.as_at) DESC, o.name
LIMIT :limit
""",
        organisation=organisation,
        dataset=dataset,
        issue_type=issue_type,
        snapshot_id=snapshot_id,
        since=since,
        limit=limit,
    )


ENDPOINT_OF_PAST = """
CROSS JOIN LATERAL (
    SELECT e.endpoint, e.endpoint_url, e.entry_date, s.last_success_on, s.failing_since
    FROM endpoint_state_of(:snapshot_id) s
    JOIN endpoint e ON e.id = s.endpoint_id
    WHERE s.organisation_id = p.organisation_id
        AND s.dataset_id = p.dataset_id AND s.resource_id = p.resource_id
    ORDER BY e.entry_date DESC NULLS LAST, e.endpoint
    LIMIT 1
) e
"""
"""The endpoint that the file of a past issue `p` stands at, as `e`."""


def past(
    connection: Connection, *, organisation: str, dataset: str, snapshot_id: int
) -> tuple[PastIssue, ...]:
    """Issues of files at long dead addresses, which count no more, by address, most serious first.

    Where several endpoints led to one file the newest stands for them.
    """
    return fetch(
        connection,
        PastIssue,
        f"""
SELECT e.endpoint, e.endpoint_url, e.last_success_on, e.failing_since, i.issue_type, i.name,
    nullif(p.field, '') AS field, p.severity, p.responsibility, p.problems, p.rows
FROM past_issue_of(:snapshot_id) p
JOIN organisation o ON o.id = p.organisation_id
JOIN dataset d ON d.id = p.dataset_id
JOIN issue_type i ON i.id = p.issue_type_id
{ENDPOINT_OF_PAST}
WHERE p.snapshot_id = :snapshot_id AND o.organisation = :organisation AND d.dataset = :dataset
ORDER BY e.entry_date DESC NULLS LAST, e.endpoint,
    array_position(CAST(:by_severity AS text[]), p.severity), p.responsibility, p.problems DESC,
    i.issue_type, p.field
""",
        organisation=organisation,
        dataset=dataset,
        snapshot_id=snapshot_id,
        by_severity=list(BY_SEVERITY),
    )
