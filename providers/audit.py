"""The trail of what people did: written in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from providers.schema import audit


def record(
    connection: Connection,
    *,
    action: str,
    person_id: int | None = None,
    organisation: str | None = None,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
    request_id: str | None = None,
) -> None:
    """Add one line to the trail.

    In: what was done (`sign-in`, `progress` ...), by whom (none: the system, or nobody signed in),
    on whose behalf (an organisation's code), to what, and what else tells it. Nothing personal: no
    name, address or text that people typed.
    """
    connection.execute(
        audit.insert().values(
            action=action,
            person_id=person_id,
            organisation=organisation,
            subject=subject,
            details=dict(details or {}),
            request_id=request_id,
        )
    )
