"""Errors reported to Sentry, where an operator has named one; nothing of who asked goes there.

What is logged as an error is reported, with its traceback and the id of the request, by which the
line of the log is found. No address, query string, header, body, cookie or value of a variable.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from serving import logs

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

# What of an event is sent; a new release of the library may gather more.
_FIELDS = frozenset(
    {"event_id", "timestamp", "platform", "level", "logger", "exception", "logentry", "release"}
    | {"environment", "sdk", "tags", "type"}
)


def report_errors(dsn: str | None, release: str) -> None:
    """Report what is logged as an error from now on, in this process and its children. Without an
    address nothing is done, and nothing loaded."""
    if not dsn:
        return
    import sentry_sdk
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        shutdown_timeout=2,
        before_send=_bare,
    )


def _bare(event: Event, _hint: Hint) -> Event:
    """An event without everything that is not on our list."""
    fields: dict[str, Any] = event  # type: ignore[assignment]
    for name in set(fields) - _FIELDS:
        del fields[name]
    for error in (fields.get("exception") or {}).get("values", ()):
        # The database repeats in further lines what it was asked.
        error["value"] = str(error.get("value") or "").partition("\n")[0]
    entry = fields.get("logentry")
    if entry:
        # The words as the code has them, without what was put into them.
        fields["logentry"] = {"message": entry.get("message", "")}
    fields["tags"] = {"request_id": logs.request_id.get()}
    return event
