"""Addresses of the rows behind a national figure: CSV, spreadsheet, and the read API's JSON, each
of exactly the scope on the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dashboard.components.common import events as event_words
from dashboard.components.design.figure import Files
from dashboard.pages.national.scope import NARROW_FIELDS, Scope, fit_narrow
from dashboard.urls import addresses, links
from performance_store.queries.filters import Narrow

_DIMENSIONS = ("all", "dataset", "region", "cohort")
_LINES = ("lines", "trend")
_EVENTS = {"changes": "/events", "events": "/national/changes"}
_COMPARED = (
    *("cells", "flow", "movements", "dataset-authorities"),
    *("growth", "lasting", "lasting-provisions"),
)
_TASKS = ("open-tasks", "closed-tasks", "reminders")
# The most that the API gives at once, so that one page holds all that a figure shows.
_PAGE = 200_000
_Value = str | tuple[str, ...]


def files(
    scope: Scope,
    table: str,
    *,
    params: Mapping[str, _Value | None] | None = None,
    api: Mapping[str, _Value | None] | None = None,
    **changes: Any,
) -> Files:
    """The files of one table. In: what it takes besides the scope (with other names for the API,
    where it uses them), and the fields of the scope that differ from the page."""
    more = {name: value for name, value in (params or {}).items() if value}

    def address(form: str) -> str:
        path = f"/downloads/national/{table}.{form}"
        return links.more(links.address(path, scope.filters(), **changes), more)

    api_params = more if api is None else {name: value for name, value in api.items() if value}
    return Files(address("csv"), address("xlsx"), of_api(scope, table, api_params, **changes))


def of_api(scope: Scope, table: str, more: Mapping[str, _Value], **changes: Any) -> str:
    """The address of the read API with the same rows, all on one page."""
    filters = dataclasses.replace(scope.filters(), **changes)
    extra = {name: value for name, value in more.items() if isinstance(value, str)}
    several = {name: value for name, value in more.items() if not isinstance(value, str)}
    denominator = "all-lpas" if extra.get("basis") == "all" else str(filters.set)
    pairs: list[tuple[str, str]] = [
        ("denominator", denominator),
        ("kind", str(filters.kind)),
        ("as_at", str(filters.as_at)),
    ]
    narrow = Narrow(**{name: getattr(filters, name) for name in NARROW_FIELDS})
    narrow, _ = fit_narrow(narrow, denominator)
    for name, values in dataclasses.asdict(narrow).items():
        pairs += [(name, value) for value in values]
    if table in _DIMENSIONS:
        path = "/coverage"
        pairs.append(("dimension", table))
    elif table in _LINES:
        path = "/coverage/history"
        pairs += [(name, value) for name, value in extra.items() if value != "all"]
    elif table in _EVENTS:
        path = _EVENTS[table]
        pairs += _events(filters.since, table, extra.get("event"))
    elif table in _TASKS:
        path = "/tasks"
        pairs += list(extra.items())
    else:
        path = f"/national/{table}"
        if table in _COMPARED and filters.since:
            pairs.append(("compare", str(filters.since)))
        pairs += list(extra.items())
    pairs += [(name, value) for name, values in several.items() for value in values]
    pairs.append(("limit", str(_PAGE)))
    return f"{addresses.API}{path}?{urlencode(pairs, safe=':,')}"


def _events(after: Any, table: str, event: str | None) -> list[tuple[str, str]]:
    pairs = [("since", str(after))] if after else []
    if table == "events":
        listing = event_words.selection(event)
        pairs += [("event", kind) for kind in listing["kinds"]]
        pairs.append(("by_rule", str(listing["by_rule"]).lower()))
    return pairs
