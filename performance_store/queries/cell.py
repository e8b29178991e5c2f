"""One organisation's one dataset: endpoints, answers, issues, fields and history."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from performance_store.definitions.vocabulary import BY_SEVERITY
from performance_store.queries.fetch import fetch
from performance_store.queries.organisations import DATASET_STATUS
from performance_store.rows import (
    Dataset,
    DatasetStatus,
    EndedEndpoint,
    EndpointState,
    FieldUse,
    FileSeen,
    IssueCount,
    LogDays,
    UnprocessedEndpoint,
)


def dataset(connection: Connection, *, dataset: str) -> tuple[Dataset, ...]:
    """One dataset by its reference. None or one row."""
    return fetch(
        connection,
        Dataset,
        "SELECT dataset, upper(left(name, 1)) || substr(name, 2) AS name, plural, description, "
        "collection, typology FROM dataset "
        "WHERE dataset = :dataset",
        dataset=dataset,
    )


def status(
    connection: Connection,
    *,
    organisation: str,
    dataset: str,
    snapshot_id: int,
    compare_id: int | None = None,
) -> tuple[DatasetStatus, ...]:
    """Status of one cell. No row: the organisation neither owes nor supplies the dataset."""
    return fetch(
        connection,
        DatasetStatus,
        f"{DATASET_STATUS} AND d.dataset = :dataset",
        organisation=organisation,
        dataset=dataset,
        snapshot_id=snapshot_id,
        compare_id=compare_id,
    )


def endpoints(
    connection: Connection, *, organisation: str, dataset: str, snapshot_id: int
) -> tuple[EndpointState, ...]:
    """Every active endpoint of the cell, the primary first, then newest first."""
    return fetch(
        connection,
        EndpointState,
        """
SELECT e.endpoint, e.endpoint_url, c.documentation_url, c.licence, c.collection, s.is_primary,
    e.entry_date AS added_on, s.attempted, s.success, s.http_status, s.exception,
    s.last_attempt_on, a.last_attempt_at, s.last_success_on, s.failing_since, s.access_band,
    r.resource, r.start_date AS content_changed_on, s.resource_current, s.shared_with,
    c.end_date AS source_ended_on
FROM endpoint_state_of(:snapshot_id) s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
JOIN endpoint e ON e.id = s.endpoint_id
LEFT JOIN source c ON c.id = s.source_id
LEFT JOIN resource r ON r.id = s.resource_id
LEFT JOIN endpoint_run a ON a.endpoint_id = s.endpoint_id AND a.to_day = s.last_attempt_on
WHERE s.snapshot_id = :snapshot_id AND o.organisation = :organisation AND d.dataset = :dataset
ORDER BY s.is_primary DESC, e.entry_date DESC NULLS LAST, e.endpoint
""",
        organisation=organisation,
        dataset=dataset,
        snapshot_id=snapshot_id,
    )


def log_days(
    connection: Connection,
    *,
    organisation: str,
    dataset: str,
    snapshot_id: int,
    first: date,
    last: date,
) -> tuple[LogDays, ...]:
    """How the cell's endpoints answered between two days, in runs of like days, oldest first.

    Days without an attempt make no run.
    """
    return fetch(
        connection,
        LogDays,
        """
SELECT endpoint, min(from_day) AS first_day, max(to_day) AS last_day,
    CASE WHEN success THEN 'ok' ELSE 'failed' END AS outcome, http_status, exception
FROM (
    -- A new file ends a run of the log, but not of like answers.
    SELECT *, count(*) FILTER (WHERE is_other) OVER (PARTITION BY endpoint ORDER BY to_day) AS run
    FROM (
        SELECT e.endpoint, l.success, l.http_status, l.exception,
            greatest(l.from_day, :first) AS from_day, least(l.to_day, :last) AS to_day,
            (l.from_day - 1, l.success, l.http_status, l.exception) IS DISTINCT FROM
                (lag(l.to_day) OVER w, lag(l.success) OVER w, lag(l.http_status) OVER w,
                    lag(l.exception) OVER w) AS is_other
        FROM endpoint_state_of(:snapshot_id) s
        JOIN organisation o ON o.id = s.organisation_id
        JOIN dataset d ON d.id = s.dataset_id
        JOIN endpoint e ON e.id = s.endpoint_id
        JOIN endpoint_run l ON l.endpoint_id = s.endpoint_id AND l.to_day >= :first
            AND l.from_day <= :last
        WHERE s.snapshot_id = :snapshot_id AND o.organisation = :organisation
            AND d.dataset = :dataset
        WINDOW w AS (PARTITION BY e.endpoint ORDER BY l.to_day)
    ) x
) y
GROUP BY endpoint, run, success, http_status, exception
ORDER BY endpoint, min(from_day)
""",
        organisation=organisation,
        dataset=dataset,
        snapshot_id=snapshot_id,
        first=first,
        last=last,
    )


def files(
    connection: Connection,
    *,
    organisation: str,
    dataset: str,
    snapshot_id: int,
    first: date,
    last: date,
    limit: int = 20,
) -> tuple[FileSeen, ...]:
    """Versions of the file that each of the cell's endpoints served between two days, the newest
    first, at most ``limit`` of each."""
    return fetch(
        connection,
        FileSeen,
        """
WITH seen AS (
    SELECT s.endpoint_id, l.resource_id, greatest(min(l.from_day), :first) AS first_day,
        least(max(l.to_day), :last) AS last_day,
        count(*) OVER (PARTITION BY s.endpoint_id) AS versions,
        row_number() OVER (PARTITION BY s.endpoint_id ORDER BY least(max(l.to_day), :last) DESC,
            greatest(min(l.from_day), :first) DESC, l.resource_id DESC) AS place
    FROM endpoint_state_of(:snapshot_id) s
    JOIN organisation o ON o.id = s.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    JOIN endpoint_run l ON l.endpoint_id = s.endpoint_id AND l.to_day >= :first
        AND l.from_day <= :last
    WHERE s.snapshot_id = :snapshot_id AND o.organisation = :organisation
        AND d.dataset = :dataset AND l.success
    GROUP BY s.endpoint_id, l.resource_id
)
SELECT e.endpoint, r.resource, least(v.first_day, r.start_date) AS first_day, v.last_day,
    r.bytes AS size, v.versions
FROM seen v
JOIN endpoint e ON e.id = v.endpoint_id
CROSS JOIN LATERAL (SELECT * FROM resource x WHERE x.id = v.resource_id LIMIT 1) r
WHERE v.place <= :limit
ORDER BY e.endpoint, v.place
""",
        organisation=organisation,
        dataset=dataset,
        snapshot_id=snapshot_id,
        first=first,
        last=last,
        limit=limit,
    )


_FORMER = """
WITH cell AS (
    SELECT o.id AS organisation_id, d.id AS dataset_id, d.collection, n.id AS snapshot_id,
        n.as_at, n.kind
    FROM organisation o, dataset d, snapshot n
    WHERE o.organisation = :organisation AND d.dataset = :dataset AND n.id = :snapshot_id
), known AS (
    SELECT s.endpoint_id, max(x.as_at) AS listed_on
    FROM cell c
    JOIN endpoint_interval s ON s.snapshot_kind = c.kind AND s.from_on < c.as_at
        AND s.organisation_id = c.organisation_id AND s.dataset_id = c.dataset_id
    CROSS JOIN LATERAL (
        SELECT n.as_at FROM snapshot n
        WHERE n.kind = c.kind AND n.as_at < c.as_at AND n.as_at <= s.to_on
        ORDER BY n.as_at DESC LIMIT 1
    ) x
    GROUP BY 1
    UNION ALL
    SELECT r.endpoint_id, NULL
    FROM cell c
    JOIN source r ON r.organisation_id = c.organisation_id AND r.collection = c.collection
        AND r.end_date <= c.as_at
    WHERE (SELECT count(*) FROM dataset x WHERE x.collection = c.collection) = 1
)
SELECT e.endpoint, e.endpoint_url, e.entry_date AS added_on, z.ended_on,
    k.listed_on AS last_listed_on, g.day AS last_success_on
FROM (SELECT endpoint_id, max(listed_on) AS listed_on FROM known GROUP BY 1) k
CROSS JOIN cell c
JOIN endpoint e ON e.id = k.endpoint_id
CROSS JOIN LATERAL (
    -- Of editions of a source the open one counts; an end still to come is none.
    SELECT min(x.day) AS ended_on
    FROM (
        SELECT e.end_date AS day
        UNION ALL
        (SELECT r.end_date FROM source r
        WHERE r.endpoint_id = e.id AND r.organisation_id = c.organisation_id
        ORDER BY r.end_date DESC NULLS FIRST LIMIT 1)
    ) x
    WHERE x.day <= c.as_at
) z
LEFT JOIN LATERAL (
    SELECT least(l.to_day, c.as_at) AS day FROM endpoint_run l
    WHERE l.endpoint_id = e.id AND l.success AND l.from_day <= c.as_at
    ORDER BY l.to_day DESC LIMIT 1
) g ON true
WHERE NOT EXISTS (SELECT FROM endpoint_state_of(:snapshot_id) s
    WHERE s.organisation_id = c.organisation_id AND s.dataset_id = c.dataset_id
    AND s.endpoint_id = k.endpoint_id)
ORDER BY coalesce(z.ended_on, k.listed_on) DESC NULLS LAST, e.entry_date DESC NULLS LAST,
    e.endpoint
LIMIT :limit
"""


def former_endpoints(
    connection: Connection, *, organisation: str, dataset: str, snapshot_id: int, limit: int = 20
) -> tuple[EndedEndpoint, ...]:
    """Endpoints that the cell had and has no more, the last ended first, at most ``limit``.

    They are those of its earlier snapshots of the same kind, and those of the organisation's ended
    sources. A source names a collection: it counts where the dataset has its collection to itself.
    """
    return fetch(
        connection,
        EndedEndpoint,
        _FORMER,
        organisation=organisation,
        dataset=dataset,
        snapshot_id=snapshot_id,
        limit=limit,
    )


def unprocessed(
    connection: Connection, *, organisation: str, dataset: str, snapshot_id: int
) -> tuple[UnprocessedEndpoint, ...]:
    """Addresses registered for the dataset's collection that no pipeline has ever processed, the
    newest first. Whether there are any is among the reasons of a cell's status."""
    return fetch(
        connection,
        UnprocessedEndpoint,
        """
SELECT e.endpoint, e.endpoint_url, c.documentation_url, e.entry_date AS added_on,
    least(l.to_day, c.as_at) AS last_attempt_on, l.http_status, l.exception
FROM (
    -- Of editions of a source the newest counts.
    SELECT DISTINCT ON (c.source) c.*, d.collection AS of_collection, n.as_at
    FROM source c
    JOIN organisation o ON o.id = c.organisation_id
    JOIN snapshot n ON n.id = :snapshot_id
    JOIN dataset d ON d.dataset = :dataset AND c.collection IN (d.dataset, d.collection)
    WHERE o.organisation = :organisation
    ORDER BY c.source, c.id DESC
) c
JOIN endpoint e ON e.id = c.endpoint_id
LEFT JOIN LATERAL (
    SELECT * FROM endpoint_run l WHERE l.endpoint_id = e.id AND l.from_day <= c.as_at
    ORDER BY l.to_day DESC LIMIT 1
) l ON true
WHERE (e.entry_date IS NULL OR e.entry_date <= c.as_at)
    AND (e.end_date IS NULL OR e.end_date > c.as_at)
    AND (c.end_date IS NULL OR c.end_date > c.as_at)
    AND NOT EXISTS (SELECT FROM endpoint_use u JOIN dataset x ON x.id = u.dataset_id
        WHERE u.organisation_id = c.organisation_id AND u.endpoint_id = e.id
            AND x.collection IS NOT DISTINCT FROM c.of_collection)
ORDER BY e.entry_date DESC NULLS LAST, e.endpoint
""",
        organisation=organisation,
        dataset=dataset,
        snapshot_id=snapshot_id,
    )


def issues(
    connection: Connection,
    *,
    organisation: str,
    dataset: str,
    snapshot_id: int,
    compare_id: int | None = None,
) -> tuple[IssueCount, ...]:
    """Issues of the cell by type and field, most serious and most problems first."""
    return fetch(
        connection,
        IssueCount,
        """
SELECT i.issue_type, i.name, i.description, nullif(s.field, '') AS field, s.severity,
    s.responsibility, s.problems, s.rows, s.of_last_good, b.problems AS problems_before,
    b.rows AS rows_before, b.problems IS NULL AND EXISTS (
        SELECT FROM event e
        JOIN snapshot n ON n.id = e.snapshot_id
        JOIN snapshot l ON l.id = :compare_id AND n.kind = l.kind AND n.as_at > l.as_at
        JOIN snapshot m ON m.id = s.snapshot_id AND n.as_at <= m.as_at
        WHERE e.organisation_id = s.organisation_id AND e.dataset_id = s.dataset_id
            AND e.kind = 'issue_type_appeared' AND e.after = i.issue_type AND e.by_rule)
        AS new_by_rule
FROM issue_summary_of(:snapshot_id) s
JOIN organisation o ON o.id = s.organisation_id
JOIN dataset d ON d.id = s.dataset_id
JOIN issue_type i ON i.id = s.issue_type_id
LEFT JOIN issue_summary_of(:compare_id) b ON b.organisation_id = s.organisation_id
    AND b.dataset_id = s.dataset_id AND b.issue_type_id = s.issue_type_id AND b.field = s.field
WHERE s.snapshot_id = :snapshot_id AND o.organisation = :organisation AND d.dataset = :dataset
ORDER BY array_position(CAST(:by_severity AS text[]), s.severity), s.responsibility,
    s.problems DESC, i.issue_type, s.field
""",
        organisation=organisation,
        dataset=dataset,
        snapshot_id=snapshot_id,
        compare_id=compare_id,
        by_severity=list(BY_SEVERITY),
    )


def fields(
    connection: Connection, *, organisation: str, dataset: str | None = None
) -> tuple[FieldUse, ...]:
    """Fields of the newest snapshot, of one dataset or of all of an organisation's: by dataset,
    missing expected ones first, then by name."""
    return fetch(
        connection,
        FieldUse,
        """
SELECT f.field, f.supplied, f.matched, f.supplied_as, f.expected, d.dataset
FROM field_summary f
JOIN organisation o ON o.id = f.organisation_id
JOIN dataset d ON d.id = f.dataset_id
WHERE o.organisation = :organisation
    AND (CAST(:dataset AS text) IS NULL OR d.dataset = :dataset)
ORDER BY d.dataset, f.supplied, f.expected DESC NULLS LAST, f.field
""",
        organisation=organisation,
        dataset=dataset,
    )
