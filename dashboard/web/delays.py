"""What waits longer than it should, told to whoever waits for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.words import formatting
from dashboard.data.door import door
from dashboard.data.errors import StoreUnavailable
from providers import jobs

LONG = timedelta(minutes=2)


def mail_delay() -> Component | None:
    """Says that mail is slow, where one that should have gone still waits; nothing else."""
    try:
        rows = door().fresh(lambda connection: jobs.waiting(connection, "mail.send"))
    except StoreUnavailable:
        return None
    since = next((row.due_at for row in rows if row.due_at), None)
    age = datetime.now(UTC) - since if since else timedelta()
    if age < LONG:
        return None
    minutes = formatting.plural(int(age.total_seconds() // 60), "minute")
    return ui.notification(
        "Mail is slow at the moment",
        f"Some mail has waited for {minutes}. Yours is kept safe and goes as soon as it can: you "
        "do not need to ask for it again.",
        kind="warning",
    )
