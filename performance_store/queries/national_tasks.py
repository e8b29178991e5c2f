"""Tasks of the whole country: one by one; open by kind, dataset and age; how long closing takes;
reminders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from performance_store.queries.filters import EVERYTHING, Narrow, conditions
from performance_store.rows import ClosedTasks, OpenTasks, Reminder, TaskFacts

# The time that `closed_tasks` looks back on.
CLOSED_DAYS = 365
# Tasks t of the provisions s of a set: on the newest date as they stand, else as they stood.
_PROVISION = """
JOIN summary_of(:snapshot_id) s ON s.organisation_id = t.organisation_id
    AND s.dataset_id = t.dataset_id
"""
_WHOSE = """
JOIN organisation o ON o.id = t.organisation_id
JOIN dataset d ON d.id = t.dataset_id
"""
_OF_SET = _PROVISION + _WHOSE
_OPEN = (
    "CASE WHEN :is_now THEN t.closed_on IS NULL ELSE t.first_seen_on <= :as_at "
    "AND (t.closed_on IS NULL OR t.closed_on > :as_at) END"
)

# What is said of each task of a page.
_FACTS = """
SELECT p.public_id AS task, p.organisation, p.organisation_name, p.dataset,
    upper(left(p.name, 1)) || substr(p.name, 2) AS dataset_name, p.kind,
    CASE WHEN p.kind = 'fix' THEN p.code END AS issue_type, nullif(p.field, '') AS field,
    nullif(p.subject, '') AS subject, e.endpoint_url, p.urgency, p.problems, p.rows, p.detail,
    p.since, p.of_last_good, p.unreliable, p.first_seen_on, p.last_seen_on,
    CASE WHEN p.closed_on IS NULL AND p.last_seen_on < n.as_at THEN p.last_seen_on END
        AS not_judged_since, p.closed_on, p.close_reason, p.reopened
FROM page p
LEFT JOIN endpoint e ON e.endpoint = p.subject
LEFT JOIN (SELECT kind, max(as_at) AS as_at FROM snapshot GROUP BY kind) n
    ON n.kind = p.snapshot_kind
ORDER BY p.organisation_id, p.dataset_id, p.public_id
"""
# What single tasks can be asked for by.
_ONLY = {
    "organisation": "t.organisation_id = (SELECT id FROM organisation "
    "WHERE organisation = :organisation)",
    "task_kind": "t.kind = :task_kind",
    "urgency": "t.urgency = :urgency",
}


def open_tasks(
    connection: Connection,
    *,
    snapshot_id: int,
    as_at: date,
    is_now: bool,
    denominator: str,
    narrow: Narrow = EVERYTHING,
    met: Sequence[str] = (),
) -> tuple[OpenTasks, ...]:
    """Open tasks of the set: first all, then each dataset, then each kind, most tasks first.

    In: the snapshot that says who is in the set, its date, and whether it is the one that is now.
    On an earlier date a task is open from the day it was first seen to the day it was closed; how
    urgent it was then is not told: its urgency is its last. ``met``: public ids of tasks that
    count no more, as their authorities said.
    """
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        OpenTasks,
        _open_tasks_of(where),
        snapshot_id=snapshot_id,
        is_now=is_now,
        as_at=as_at,
        met=list(met),
        **parameters,
    )


def _open_tasks_of(where: str) -> str:
    # The provisions of the set are hashed, which IN alone would not be: they were looked up one by
    # one, or sorted, which takes twice as long.
    return f"""
WITH open_task AS MATERIALIZED (
    SELECT t.kind, t.organisation_id, t.dataset_id, t.urgency, :as_at - t.first_seen_on AS days
    FROM task t
    WHERE {_OPEN} AND t.public_id <> ALL (:met) AND ((t.organisation_id, t.dataset_id) IN (
        SELECT s.organisation_id, s.dataset_id FROM summary_of(:snapshot_id) s
        JOIN organisation o ON o.id = s.organisation_id
        JOIN dataset d ON d.id = s.dataset_id
        WHERE {where})) IS TRUE
), sums AS (
    SELECT t.kind, t.dataset_id, GROUPING(t.kind, t.dataset_id) AS grain, count(*) AS tasks,
        count(*) FILTER (WHERE t.urgency = 'must') AS must,
        count(*) FILTER (WHERE t.urgency = 'should') AS should,
        count(*) FILTER (WHERE t.urgency = 'improve') AS improve,
        count(DISTINCT t.organisation_id) AS authorities,
        coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY t.days), 0) AS median_days,
        count(*) FILTER (WHERE t.days <= 30) AS month,
        count(*) FILTER (WHERE t.days BETWEEN 31 AND 365) AS year,
        count(*) FILTER (WHERE t.days > 365) AS older
    FROM open_task t
    GROUP BY GROUPING SETS ((), (t.kind), (t.dataset_id))
)
SELECT coalesce(x.kind, '') AS kind, coalesce(d.dataset, '') AS dataset,
    coalesce(upper(left(d.name, 1)) || substr(d.name, 2), '') AS name, x.tasks, x.must, x.should,
    x.improve, x.authorities, x.median_days, x.month, x.year, x.older
FROM sums x
LEFT JOIN dataset d ON d.id = x.dataset_id
ORDER BY x.grain DESC, x.tasks DESC, kind, dataset
"""


def closed_tasks(
    connection: Connection,
    *,
    snapshot_id: int,
    as_at: date,
    denominator: str,
    narrow: Narrow = EVERYTHING,
) -> tuple[ClosedTasks, ...]:
    """Tasks of the set that ended in the year up to a date, by kind, most first."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        ClosedTasks,
        f"""
SELECT t.kind, count(*) FILTER (WHERE t.close_reason = 'fixed') AS fixed,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY t.closed_on - t.first_seen_on)
        FILTER (WHERE t.close_reason = 'fixed') AS median_days,
    count(*) FILTER (WHERE t.close_reason = 'endpoint_ended') AS without_endpoint,
    count(*) FILTER (WHERE t.close_reason = 'provision_ended') AS without_provision,
    count(*) FILTER (WHERE t.close_reason = 'rule_changed') AS by_rule,
    count(*) FILTER (WHERE t.close_reason IN ('superseded', 'organisation_ended')) AS others
FROM task t {_OF_SET}
WHERE t.closed_on > :as_at - {CLOSED_DAYS} AND t.closed_on <= :as_at AND {where}
GROUP BY t.kind
ORDER BY fixed DESC, t.kind
""",
        snapshot_id=snapshot_id,
        as_at=as_at,
        **parameters,
    )


def reminders(
    connection: Connection,
    *,
    snapshot_id: int,
    as_at: date,
    denominator: str,
    narrow: Narrow = EVERYTHING,
    met: Sequence[str] = (),
) -> tuple[Reminder, ...]:
    """Who of the set has not reviewed what is to be reviewed each year, the longest overdue
    first. ``met`` as in `open_tasks`."""
    where, parameters = conditions(narrow, denominator)
    return fetch(
        connection,
        Reminder,
        f"""
SELECT t.public_id, o.organisation, o.name AS organisation_name, d.dataset,
    t.detail::date AS due_on, t.detail::date - :as_at AS days, s.content_changed_on
FROM task t {_OF_SET}
WHERE t.kind = 'review' AND t.closed_on IS NULL AND t.public_id <> ALL (:met) AND {where}
ORDER BY days, s.content_changed_on, o.name, o.organisation
""",
        snapshot_id=snapshot_id,
        as_at=as_at,
        met=list(met),
        **parameters,
    )


def facts(
    connection: Connection,
    *,
    snapshot_id: int,
    as_at: date,
    is_now: bool,
    denominator: str | None = None,
    narrow: Narrow = EVERYTHING,
    only: Mapping[str, Any] = MappingProxyType({}),
    is_open: bool = True,
    closed_after: date = date.min,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[TaskFacts, ...]:
    """Tasks one by one, those of a dataset of an organisation together: open on a date, or ended
    by then and after another.

    In: snapshot, date and set as in `open_tasks` (no set: also what no snapshot asks for any more);
    ``only``: values that columns of `_ONLY` must have; rows to leave out first, and how many to
    give.
    """
    where, parameters = conditions(narrow, denominator)
    close = "t.closed_on <= :as_at AND t.closed_on > :closed_after"
    parts = [where, _OPEN if is_open else close, *(_ONLY[name] for name in only)]
    return fetch(
        connection,
        TaskFacts,
        # In the order of the index, so that a page is read without the rest; then what rows say.
        f"""
WITH page AS (
    SELECT t.*, o.organisation, o.name AS organisation_name, d.dataset, d.name
    FROM task t {_WHOSE} LEFT {_PROVISION}
    WHERE {" AND ".join(f"({part})" for part in parts)}
    ORDER BY t.organisation_id, t.dataset_id, t.public_id
    OFFSET :offset LIMIT :limit
)
{_FACTS}
""",
        snapshot_id=snapshot_id,
        as_at=as_at,
        offset=offset,
        limit=limit,
        **({"is_now": is_now} if is_open else {"closed_after": closed_after}),
        **parameters,
        **only,
    )
