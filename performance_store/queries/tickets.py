"""Does what people send reach the ticket system?"""

from __future__ import annotations

from sqlalchemy import Connection, text

_TROUBLE = """
SELECT CASE
    WHEN EXISTS (SELECT FROM providers.ticket_desk WHERE paused_at IS NOT NULL) THEN 'paused'
    WHEN EXISTS (
        SELECT FROM providers.ticket_desk
        WHERE trouble <> '' AND trouble_at < now() - interval '5 minutes') THEN 'away'
    WHEN EXISTS (
        SELECT FROM providers.ticket_step
        WHERE ended_at IS NULL AND state = 'failed') THEN 'refused'
    ELSE 'ok' END
"""


def trouble(connection: Connection) -> str:
    """ "ok"; "paused": it refuses our credentials; "away": it has not answered for 5 minutes; or
    "refused": something waits for a person, since it was refused for good."""
    return str(connection.execute(text(_TROUBLE)).scalar_one())
