"""What the sample's invented officers sent to the data team, and what came of it, so that a store
of the sample shows submissions in several states. Put aside with all else of the sample when real
data come."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

AUTHORITIES = 8
# The steps of those that are on their way, each with days after it was sent, by turns.
_PATHS: tuple[tuple[tuple[str, int], ...], ...] = (
    (("sending", 0), ("sent", 0)),
    (("sending", 0), ("sent", 0), ("acknowledged", 1)),
    (("sending", 0), ("sent", 0), ("acknowledged", 1), ("waiting", 2)),
    (("sending", 0), ("sent", 0), ("ended", 3)),
)
_DAYS_AGO = (3, 6, 4, 20, 12)


def send_something(engine: Engine) -> None:
    """Give the few authorities whose officers say something of tasks submissions as well, where
    nobody has sent any yet: some that are live, some on their way. After `say_something`, which
    invents the officers."""
    with engine.begin() as connection:
        if connection.execute(text("SELECT EXISTS (SELECT FROM providers.submission)")).scalar():
            return
        for number, row in enumerate(connection.execute(text(_OPEN)).mappings().all()):
            day = row["as_at"] - timedelta(days=_DAYS_AGO[number % len(_DAYS_AGO)])
            _send(connection, row, day, _PATHS[number % len(_PATHS)])
        for row in connection.execute(text(_LIVE)).mappings().all():
            day = row["entry_date"] - timedelta(days=2)
            days = (("sending", 0), ("sent", 0), ("acknowledged", 1), ("registered", 2),
                    ("collected", 3), ("live", 3))  # fmt: skip
            _send(connection, row, day, days)


def _send(connection: Connection, row: Any, day: date, path: tuple[tuple[str, int], ...]) -> None:
    """Write a submission that was sent on a day at ten, and the steps that it came to."""
    step, last = path[-1]
    is_over = step in ("live", "ended")
    at = datetime.combine(day, time(10), UTC)
    values = {
        **row,
        "at": at,
        "step": step,
        "step_at": at + timedelta(days=last),
        "ended_at": at + timedelta(days=last) if is_over else None,
        "link": row["endpoint"] if is_over else None,
    }
    number = connection.execute(text(_SUBMISSION), values).scalar_one()
    connection.execute(text(_CONTACT), values | {"id": number})
    for name, days in path:
        evidence = {"reason": "withdrawn"} if name == "ended" else {}
        if name in ("registered", "collected", "live"):
            evidence = {
                "snapshot": str(day + timedelta(days=days)),
                "endpoint": row["endpoint"],
                "address": row["url"],
                "rule": "L1",
            }
        connection.execute(
            text(_EVENT),
            {
                "id": number,
                "at": at + timedelta(days=days, minutes=len(name)),
                "day": day + timedelta(days=days),
                "step": name,
                "evidence": json.dumps(evidence),
            },
        )
    if values["link"]:
        connection.execute(text(_LINK), {"id": number, "endpoint": values["link"]})


_OFFICERS = f"""
WITH officer AS (
    SELECT DISTINCT o.id, o.organisation, o.name, e.person_id, c.address
    FROM providers.task_event e
    JOIN organisation o USING (organisation)
    JOIN providers.person_contact c USING (person_id)
    WHERE e.archived_at IS NULL ORDER BY o.name LIMIT {AUTHORITIES}
), newest AS (SELECT id, as_at FROM snapshot ORDER BY as_at DESC, id DESC LIMIT 1)
"""
_OPEN = f"""
{_OFFICERS}
SELECT * FROM (
    SELECT b.organisation, b.person_id, b.address, d.dataset, n.as_at, t.public_id AS task,
        NULL AS endpoint, 'https://www.' || split_part(b.address, '@', 2)
            || '/planning/data/' || d.dataset || '.csv' AS url,
        row_number() OVER (PARTITION BY b.id ORDER BY d.dataset) AS turn
    FROM officer b
    JOIN task t ON t.organisation_id = b.id AND t.closed_on IS NULL AND t.kind = 'provide'
    JOIN dataset d ON d.id = t.dataset_id
    CROSS JOIN newest n
) x
WHERE turn <= 2 ORDER BY organisation, dataset LIMIT 10
"""
_LIVE = f"""
{_OFFICERS}
SELECT b.organisation, b.person_id, b.address, d.dataset, n.as_at, NULL AS task, e.endpoint,
    e.endpoint_url AS url, e.entry_date
FROM officer b
CROSS JOIN newest n
JOIN summary s ON s.snapshot_id = n.id AND s.organisation_id = b.id AND s.status = 'live'
JOIN dataset d ON d.id = s.dataset_id
JOIN endpoint_use u ON u.organisation_id = b.id AND u.dataset_id = d.id
JOIN endpoint e ON e.id = u.endpoint_id AND e.end_date IS NULL AND e.endpoint_url IS NOT NULL
WHERE e.entry_date IS NOT NULL
ORDER BY e.entry_date DESC, b.name, d.dataset LIMIT 6
"""
_SUBMISSION = """
INSERT INTO providers.submission (reference, kind, organisation, acting_for, dataset, subject, url,
    url_key, licence, task, sent_at, step, step_at, ended_at)
VALUES ('PD' || upper(translate(left(md5(:dataset || ' ' || :url), 8), '01', 'XZ')), 'provide',
    :organisation, :organisation, :dataset, 'url ' || :url, :url, split_part(:url, '://', 2), 'yes',
    :task, :at, :step, :step_at, :ended_at)
RETURNING id
"""
_CONTACT = """
INSERT INTO providers.submission_contact (submission_id, person_id, name, address, purge_on)
VALUES (:id, :person_id, 'An invented officer', :address, current_date + interval '24 months')
"""
_EVENT = """
INSERT INTO providers.submission_event (submission_id, at, on_day, step, evidence)
VALUES (:id, :at, :day, :step, CAST(:evidence AS jsonb))
"""
_LINK = """
INSERT INTO providers.submission_link (submission_id, endpoint, rule) VALUES (:id, :endpoint, 'L1')
"""
