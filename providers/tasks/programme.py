"""What the national picture takes of people: which tasks they met, and for programme managers
counts by organisation; never who."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from performance_store.queries.fetch import fetch
from providers.tasks.progress import confirmations, newest
from providers.tasks.rows import CONFIRMABLE, WAITING, Engagement


def met(connection: Connection, *, today: date) -> tuple[str, ...]:
    """The public ids of all open tasks that people said are met: reviewed, nothing to change."""
    ids = connection.execute(
        text(
            "SELECT DISTINCT t.public_id FROM providers.task_event e "
            "JOIN task o ON o.public_id = e.task "
            "JOIN task t USING (organisation_id, dataset_id, kind) "
            "WHERE e.state = 'confirmed' AND e.archived_at IS NULL AND t.closed_on IS NULL "
            "AND t.kind = ANY (:kinds)"
        ),
        {"kinds": list(CONFIRMABLE)},
    ).scalars()
    rows = confirmations(connection, tasks=list(ids), today=today)
    return tuple(sorted(row.task for row in rows))


def engagement(connection: Connection, *, today: date) -> tuple[Engagement, ...]:
    """Every organisation that somebody follows, or whose people said something of a task."""
    return fetch(
        connection,
        Engagement,
        f"""
SELECT organisation, coalesce(f.followers, 0) AS followers,
    coalesce(p.in_progress, 0) AS in_progress, coalesce(p.done, 0) AS done,
    coalesce(p.not_applicable, 0) AS not_applicable, coalesce(p.paused, 0) AS paused,
    coalesce(p.confirmed, 0) AS confirmed
FROM (
    SELECT n.organisation, count(*) FILTER (WHERE n.state = 'in_progress') AS in_progress,
        count(*) FILTER (WHERE n.state = 'done') AS done,
        count(*) FILTER (WHERE n.state = 'not_applicable') AS not_applicable,
        count(*) FILTER (WHERE n.state = 'paused') AS paused,
        count(*) FILTER (WHERE n.state = 'confirmed') AS confirmed
    FROM ({newest("true")}) n
    JOIN task t ON t.public_id = n.task AND t.closed_on IS NULL
    WHERE n.outcome IS NULL OR n.outcome IN ({", ".join(f"'{name}'" for name in WAITING)})
    GROUP BY 1
) p
FULL JOIN (
    SELECT t.organisation, count(DISTINCT t.subscription_id) AS followers
    FROM providers.subscription_topic t
    JOIN providers.subscription s ON s.id = t.subscription_id AND s.ended_at IS NULL
    WHERE t.confirmed_at IS NOT NULL AND t.archived_at IS NULL
    GROUP BY 1
) f USING (organisation)
ORDER BY organisation
""",
        today=today,
    )
