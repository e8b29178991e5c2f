"""Who is one client, and how much one may ask."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from providers.checks.terms import A_DAY, AT_ONCE, Refused

# A person is one client wherever they are; of strangers a network is.
OF_CLIENT = """CASE
    WHEN CAST(:person_id AS integer) IS NOT NULL THEN q.person_id = :person_id
    ELSE q.person_id IS NULL AND q.client_hash = :client END"""
"""SQL of whether a row `q` of requests is of who asks."""


def refuse_too_many(connection: Connection, who: dict[str, Any]) -> None:
    """Raises Refused for a client that has too many checks under way, or had too many in a day. In:
    `person_id` and `client` of who asks."""
    running, today = connection.execute(text(_HOW_MANY), who).one()
    if running >= AT_ONCE:
        raise Refused(
            "too-many",
            f"{AT_ONCE} of your checks are still under way. Wait until one has ended, or cancel "
            "it.",
        )
    if today >= A_DAY:
        raise Refused("too-many", f"You can check {A_DAY} files in a day. Try again tomorrow.")


_HOW_MANY = f"""
SELECT count(*) FILTER (WHERE r.state IN ('waiting', 'running')), count(*)
FROM providers.check_request q JOIN providers.check_result r ON r.id = q.check_id
WHERE q.created_at > now() - interval '1 day' AND {OF_CLIENT}
"""
