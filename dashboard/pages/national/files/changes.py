"""Files of what changed: events, and the flow between statuses."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Response, request

from dashboard.components.common import events as event_words
from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.pages.national.scope import Scope
from dashboard.web.file_writers import blueprint, names, unknown
from performance_store.queries import changes
from performance_store.rows import Event, Flow


@blueprint.get(f"/national/events.<{scope_file.FORMS}:form>")
def events_file(form: str) -> Response:
    """The events of the changes page, for its own parameters."""
    scope = scope_file.read(over_time=True)
    after = scope.before.as_at if scope.before else date.max
    rows = ask(
        changes.events,
        **_of(scope),
        after=after,
        **event_words.selection(request.args.get("event")),
    )
    return scope_file.send(form, names(Event), map(asdict, rows), "changes", scope)


@blueprint.get(f"/national/flow.<{scope_file.FORMS}:form>")
def flow_file(form: str) -> Response:
    """Provisions by status then and now, for the scope's parameters."""
    scope = scope_file.read(over_time=True)
    if scope.before is None:
        return unknown("There are no earlier figures to compare these with.")
    rows = ask(
        changes.flow,
        **scope_file.of_snapshot(scope),
        compare_id=scope.before.snapshot_id,
    )
    return scope_file.send(form, names(Flow), map(asdict, rows), "flow", scope)


def _of(scope: Scope) -> dict[str, Any]:
    return {
        "kind": scope.snapshot.kind,
        "denominator": scope.set,
        "until": scope.snapshot.as_at,
        "narrow": scope.narrow,
    }
