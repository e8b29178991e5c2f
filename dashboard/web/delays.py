"""What waits longer than it should, told to whoever waits for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.words import formatting
from dashboard.data.door import door
from dashboard.data.errors import StoreUnavailable
from performance_store.operations.watch import SILENCE
from providers import jobs

LONG = timedelta(minutes=2)


def mail_delay() -> Component | None:
    """Says that mail is slow, where one that should have gone still waits, or waits for a worker
    that is silent; nothing else."""
    try:
        rows, beats = door().fresh(
            lambda connection: (jobs.waiting(connection, "mail.send"), jobs.heard(connection))
        )
    except StoreUnavailable:
        return None
    now = datetime.now(UTC)
    since = next((row.due_at for row in rows if row.due_at), None)
    if since is None:
        return None
    if now - since >= LONG:
        minutes = formatting.plural(int((now - since).total_seconds() // 60), "minute")
        why = f"Some mail has waited for {minutes}."
    elif beats and now - beats[0].heard_at > SILENCE:
        why = "What sends our mail is not answering."
    else:
        return None
    return ui.notification(
        "Mail is slow at the moment",
        f"{why} Yours is kept safe and goes as soon as it can: you do not need to ask for it "
        "again.",
        kind="warning",
    )
