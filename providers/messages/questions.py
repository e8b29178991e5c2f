"""What a mailed link asks to confirm, for the page that it leads to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from performance_store.queries.fetch import fetch
from providers.messages import subscriptions
from providers.messages.links import Links, number_in


@dataclass(frozen=True, slots=True)
class Question:
    """The address that mail goes to, and what it would be told of: an organisation, or one of its
    datasets ('': all), each week or the morning after something broke."""

    address: str
    organisation: str
    dataset: str
    digest: bool
    alerts: bool


def question(connection: Connection, *, links: Links, token: str) -> Question | None:
    """What a link asks, while it can be used. Asking changes nothing."""
    if subscriptions.of_confirmation(connection, links=links, token=token) is None:
        return None
    rows = fetch(
        connection,
        Question,
        "SELECT c.address, t.organisation, t.dataset, t.digest, t.alerts "
        "FROM providers.subscription_topic t "
        "JOIN providers.subscription_contact c USING (subscription_id) WHERE t.id = :number",
        number=number_in(token),
    )
    return rows[0] if rows else None
