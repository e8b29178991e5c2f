"""Tasks, as the facts have them: open ones, ended ones, how each went."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.rows import Deadline, Task, TaskCount, TaskOfKind, TaskState

# What a task's cell is like now; the newest date of the kind that had the task last.
_TASKS = """
SELECT t.public_id, o.organisation, d.dataset, upper(left(d.name, 1)) || substr(d.name, 2)
        AS dataset_name, t.kind, t.code, t.field, t.subject, e.endpoint_url, t.urgency, t.problems,
    t.rows, t.detail, t.since, t.of_last_good, s.provision_reason, s.record_count,
    t.closed_on IS NULL AND t.kind IN ('access', 'fix', 'boundary')
        AND (t.kind <> 'fix' OR t.urgency = 'must') AND s.status IN ('error', 'needs_improving')
        AND count(*) FILTER (WHERE t.closed_on IS NULL AND (t.kind IN ('access', 'boundary')
            OR t.kind = 'fix' AND t.urgency = 'must')) OVER (PARTITION BY t.dataset_id) = 1
        AS gains,
    t.unreliable, t.first_seen_on, t.last_seen_on,
    CASE WHEN t.closed_on IS NULL AND t.last_seen_on < n.as_at THEN t.last_seen_on END
        AS not_judged_since,
    t.closed_on, t.close_reason, t.reopened, t.first_seen_on = n.first_on AS or_earlier
FROM task t
JOIN organisation o ON o.id = t.organisation_id
JOIN dataset d ON d.id = t.dataset_id
LEFT JOIN endpoint e ON e.endpoint = t.subject
LEFT JOIN LATERAL (
    SELECT max(as_at) AS as_at, min(as_at) AS first_on FROM snapshot WHERE kind = t.snapshot_kind
) n ON true
LEFT JOIN summary_of(:snapshot_id) s ON s.organisation_id = t.organisation_id
    AND s.dataset_id = t.dataset_id
"""
# Urgency, then an endpoint that does not work (what else is wrong there is of an older file), then
# what makes a dataset live, then what has to be provided, then the share of records, then the
# oldest.
_ORDER = """
ORDER BY array_position(ARRAY['must', 'should', 'improve'], urgency), kind = 'access' DESC,
    gains DESC, array_position(ARRAY['statutory', 'expected'], provision_reason) NULLS LAST,
    rows::float / nullif(record_count, 0) DESC NULLS LAST, problems DESC NULLS LAST,
    first_seen_on, public_id
"""


def of_organisation(
    connection: Connection, *, organisation: str, snapshot_id: int, dataset: str | None = None
) -> tuple[Task, ...]:
    """Open tasks of an organisation, or of one of its datasets, the most urgent first.

    In: also the snapshot that is now, which says what the datasets are like.
    """
    return fetch(
        connection,
        Task,
        f"SELECT * FROM ({_TASKS} WHERE o.organisation = :organisation AND t.closed_on IS NULL) x "
        f"WHERE (CAST(:dataset AS text) IS NULL OR dataset = :dataset) {_ORDER}",
        organisation=organisation,
        snapshot_id=snapshot_id,
        dataset=dataset,
    )


def endings(
    connection: Connection, *, organisation: str, snapshot_id: int, since: date
) -> tuple[Task, ...]:
    """Tasks of an organisation that ended on a date or later, the latest first."""
    return fetch(
        connection,
        Task,
        f"SELECT * FROM ({_TASKS} WHERE o.organisation = :organisation AND t.closed_on >= :since) x"
        " ORDER BY closed_on DESC, dataset_name, public_id",
        organisation=organisation,
        snapshot_id=snapshot_id,
        since=since,
    )


def one(connection: Connection, *, public_id: str, snapshot_id: int) -> tuple[Task, ...]:
    """A task by its public id, open or not: none or one row."""
    return fetch(
        connection,
        Task,
        f"""
SELECT * FROM ({_TASKS} WHERE (t.organisation_id, t.dataset_id) =
    (SELECT organisation_id, dataset_id FROM task WHERE public_id = :public_id)) x
WHERE public_id = :public_id
""",
        public_id=public_id,
        snapshot_id=snapshot_id,
    )


def states(connection: Connection, *, public_id: str) -> tuple[TaskState, ...]:
    """How a task stood, the oldest first; times in which nothing speaks of it are left out."""
    return fetch(
        connection,
        TaskState,
        """
SELECT v.snapshot_kind AS kind, v.from_on, least(v.to_on, (SELECT max(n.as_at)
        FROM snapshot n WHERE n.kind = v.snapshot_kind)) AS to_on,
    v.urgency, v.problems, v.rows, v.detail
FROM task t
JOIN task_observation v USING (organisation_id, dataset_id, kind, code, field, subject)
WHERE t.public_id = :public_id
ORDER BY v.from_on, v.snapshot_kind
""",
        public_id=public_id,
    )


def counts(
    connection: Connection, *, snapshot_id: int, organisation: str | None = None
) -> tuple[TaskCount, ...]:
    """Open tasks by urgency, of one organisation or of each that the snapshot or a task names."""
    return fetch(
        connection,
        TaskCount,
        """
SELECT o.organisation, coalesce(t.must, 0) AS must, coalesce(t.should, 0) AS should,
    coalesce(t.improve, 0) AS improve, coalesce(s.unknown, true) AS unknown
FROM (
    SELECT organisation_id, count(*) FILTER (WHERE urgency = 'must') AS must,
        count(*) FILTER (WHERE urgency = 'should') AS should,
        count(*) FILTER (WHERE urgency = 'improve') AS improve
    FROM task
    WHERE closed_on IS NULL AND (CAST(:organisation AS text) IS NULL OR organisation_id =
        (SELECT id FROM organisation WHERE organisation = :organisation))
    GROUP BY 1
) t
FULL JOIN (
    SELECT organisation_id, bool_or(status = 'unknown') AS unknown
    FROM summary
    WHERE snapshot_id = :snapshot_id AND (CAST(:organisation AS text) IS NULL OR organisation_id =
        (SELECT id FROM organisation WHERE organisation = :organisation))
    GROUP BY 1
) s USING (organisation_id)
JOIN organisation o ON o.id = organisation_id
ORDER BY o.organisation
""",
        snapshot_id=snapshot_id,
        organisation=organisation,
    )


def of_kinds(connection: Connection, *, kinds: tuple[str, ...]) -> tuple[TaskOfKind, ...]:
    """Open tasks of some kinds, of all organisations."""
    return fetch(
        connection,
        TaskOfKind,
        "SELECT o.organisation, t.public_id, t.kind FROM task t "
        "JOIN organisation o ON o.id = t.organisation_id "
        "WHERE t.closed_on IS NULL AND t.kind = ANY (:kinds) ORDER BY o.organisation, t.public_id",
        kinds=list(kinds),
    )


def deadlines(connection: Connection) -> tuple[Deadline, ...]:
    """Datasets that are to be reviewed each year."""
    return fetch(
        connection,
        Deadline,
        "SELECT dataset, month, day, notice_days, basis FROM deadline ORDER BY dataset",
    )
