"""How far people said they are with tasks, and what the data have said since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from providers.tasks.rows import Confirmation, Event, Progress

# What only the register tells is entered there by people: they promise a week, and sometimes take
# nine days and a weekend.
REGISTER_DAYS = 14
_OF_REGISTER = "t.kind IN ('provide', 'take_over', 'documentation', 'licence', 'tidy')"
# The file is collected at midnight (UTC): a collection of the day of the click came before it.
# A failed attempt is no look at the file, and where the newest figures cannot tell nothing is said.
_NEWEST = f"""
SELECT e.task, e.id AS event_id, e.organisation, e.dataset, e.at, e.person_id, e.state, e.reason,
    e.note, e.until, e.problems, t.problems AS problems_now,
    CASE WHEN {_OF_REGISTER} THEN t.last_seen_on ELSE s.last_success_on END AS looked_on,
    s.content_changed_on AS changed_on, coalesce({_OF_REGISTER}, false) AS of_register,
    CASE
        WHEN t.closed_on IS NOT NULL OR t.public_id IS NULL THEN NULL
        WHEN e.state = 'paused' AND e.until <= :today THEN 'over'
        WHEN e.state = 'not_applicable' AND e.day + interval '12 months' <= :today THEN 'expired'
        WHEN e.state = 'not_applicable' AND t.problems > e.problems THEN 'grew'
        WHEN e.state = 'confirmed' AND t.kind <> 'review'
            AND e.day + interval '12 months' <= :today THEN 'expired'
        WHEN e.state <> 'done' OR t.last_seen_on <= e.day THEN NULL
        WHEN t.kind = 'access' THEN
            CASE WHEN t.last_seen_on > e.day + 1 THEN 'failing' ELSE 'failing_once' END
        WHEN {_OF_REGISTER} THEN
            CASE WHEN t.last_seen_on > e.day + {REGISTER_DAYS} THEN 'absent' ELSE 'absent_yet' END
        WHEN t.kind NOT IN ('fix', 'field', 'boundary', 'review', 'confirm')
            OR s.last_success_on IS NULL OR s.last_success_on <= e.day THEN NULL
        WHEN s.content_changed_on > e.day THEN 'changed'
        WHEN s.last_success_on > e.day + 1 THEN 'unchanged'
        ELSE 'unchanged_once'
    END AS outcome
FROM (
    SELECT DISTINCT ON (task) *, (at AT TIME ZONE 'UTC')::date AS day
    FROM providers.task_event
    WHERE archived_at IS NULL AND ({{which}})
    ORDER BY task, id DESC
) e
LEFT JOIN task t ON t.public_id = e.task
LEFT JOIN summary s ON s.snapshot_id = (SELECT id FROM current_snapshot)
    AND s.organisation_id = t.organisation_id AND s.dataset_id = t.dataset_id
"""


# A review of a year is met by a confirmation of that year or later, whichever review it was given
# for; anything else by its own.
_CONFIRMATIONS = """
WITH subject AS (
    SELECT t.public_id AS task, t.subject, o.public_id AS other
    FROM task t
    JOIN task o USING (organisation_id, dataset_id, kind)
    WHERE t.public_id = ANY (:tasks) AND (o.public_id = t.public_id OR kind = 'review')
)
SELECT x.task, max(n.at) AS at
FROM subject x
JOIN ({newest}) n ON n.task = x.other
WHERE n.state = 'confirmed' AND n.outcome IS NULL
    AND (n.task = x.task OR date_part('year', n.at AT TIME ZONE 'UTC') >= x.subject::int)
GROUP BY x.task
"""


def newest(which: str) -> str:
    """The statement that gives the newest event of tasks, and what the data have said since; it
    takes `:today`. In: which tasks, as a condition in SQL."""
    return _NEWEST.replace("{which}", which)


def progress(connection: Connection, *, tasks: Sequence[str], today: date) -> dict[str, Progress]:
    """What was last said of each of some tasks, by their public ids; tasks of which nothing was
    said are left out."""
    names = ", ".join(f"n.{name}" for name in Progress.__slots__ if name != "address")
    rows = fetch(
        connection,
        Progress,
        f"SELECT {names}, c.address FROM ({newest('task = ANY (:tasks)')}) n "
        "LEFT JOIN providers.person_contact c USING (person_id)",
        tasks=list(tasks),
        today=today,
    )
    return {row.task: row for row in rows}


def confirmations(
    connection: Connection, *, tasks: Sequence[str], today: date
) -> tuple[Confirmation, ...]:
    """Those of some tasks that count as met."""
    return fetch(
        connection,
        Confirmation,
        _CONFIRMATIONS.replace("{newest}", newest("task IN (SELECT other FROM subject)")),
        tasks=list(tasks),
        today=today,
    )


def history(connection: Connection, *, task: str) -> tuple[Event, ...]:
    """All that was said of a task, the newest first."""
    return fetch(
        connection,
        Event,
        """
SELECT e.id AS event_id, e.at, c.address, e.person_id IS NOT NULL AS by_person, e.state, e.reason,
    e.note, e.until, e.problems
FROM providers.task_event e
LEFT JOIN providers.person_contact c USING (person_id)
WHERE e.task = :task AND e.archived_at IS NULL
ORDER BY e.id DESC
""",
        task=task,
    )
