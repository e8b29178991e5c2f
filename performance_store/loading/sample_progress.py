"""What the sample's invented officers said of their tasks, so that a store of the sample shows
lists that are worked on. Put aside with all else that is of the sample when real data come."""

from __future__ import annotations

from sqlalchemy import Engine, text

AUTHORITIES = 8


def say_something(engine: Engine) -> None:
    """Give open tasks of a few authorities a state, where nobody has said anything yet. The same
    ones each time: which is told by their public ids."""
    with engine.begin() as connection:
        connection.execute(text(_PEOPLE), {"authorities": AUTHORITIES})
        connection.execute(text(_EVENTS), {"authorities": AUTHORITIES})


# By their names the first few authorities that have something to do.
_CHOICE = """
WITH body AS (
    SELECT o.id, o.organisation, 'officer@' || coalesce(
        substring(o.website FROM '([a-z0-9-]+[.]example)'),
        lower(split_part(o.organisation, ':', 2)) || '.example') AS address
    FROM organisation o
    WHERE EXISTS (SELECT FROM task t WHERE t.organisation_id = o.id AND t.closed_on IS NULL)
        AND o.type = 'local-authority'
    ORDER BY o.name
    LIMIT :authorities
)
"""
_PEOPLE = f"""
{_CHOICE}, fresh AS (
    SELECT address, row_number() OVER (ORDER BY address) AS number FROM body
    WHERE NOT EXISTS (SELECT FROM providers.person_contact c WHERE c.address_key = body.address)
), person AS (
    INSERT INTO providers.person (created_at) SELECT now() FROM fresh RETURNING id
)
INSERT INTO providers.person_contact (person_id, address, address_key, purge_on)
SELECT p.id, f.address, f.address, current_date + interval '24 months'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM person) p
JOIN fresh f USING (number)
"""
_EVENTS = f"""
{_CHOICE}, open AS (
    SELECT t.*, b.organisation, d.dataset, c.person_id, n.as_at,
        ('x' || left(t.public_id, 6))::bit(24)::int % 10 AS dice
    FROM task t
    JOIN body b ON b.id = t.organisation_id
    JOIN dataset d ON d.id = t.dataset_id
    JOIN providers.person_contact c ON c.address_key = b.address
    CROSS JOIN (SELECT max(as_at) AS as_at FROM snapshot) n
    WHERE t.closed_on IS NULL
)
INSERT INTO providers.task_event (task, organisation, dataset, at, person_id, state, reason, note,
    until, problems)
SELECT public_id, organisation, dataset,
    as_at - (3 + dice) * interval '1 day' + interval '10 hours', person_id,
    CASE WHEN kind IN ('confirm', 'review') AND dice > 4 THEN 'confirmed'
        WHEN dice < 2 THEN 'in_progress' WHEN dice = 2 THEN 'done'
        WHEN dice = 3 THEN 'paused' ELSE 'not_applicable' END,
    CASE WHEN dice = 4 THEN 'retiring' END,
    CASE dice WHEN 0 THEN 'Asked the supplier for a new export.'
        WHEN 3 THEN 'After the move to the new system.' END,
    CASE WHEN dice = 3 THEN as_at + 60 END,
    problems
FROM open
WHERE (dice < 5 OR kind IN ('confirm', 'review') AND dice > 4)
    AND NOT EXISTS (SELECT FROM providers.task_event e
        WHERE e.task = open.public_id AND e.archived_at IS NULL)
"""
