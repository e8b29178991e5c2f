"""What was collected from endpoints: versions of the file, and endpoints that have ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash.development.base_component import Component

from dashboard.components.design import blocks, html, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from performance_store.rows import EndedEndpoint, EndpointState, FileSeen

_LETTERS = 8
# An endpoint is tried once a night: a day without a change says nothing.
_UNCHANGED_DAYS = 2


def versions(row: EndpointState, files: Sequence[FileSeen], as_at: date) -> list[Component]:
    """Versions of the file that one endpoint served in the year to a date, folded; first
    how long it has been the same. In: its files, the newest first."""
    if not files:
        return []
    newest, count = files[0], files[0].versions
    parts: list[Component] = []
    days = (newest.last_day - newest.first_day).days
    if row.resource_current and row.resource == newest.resource and days >= _UNCHANGED_DAYS:
        parts.append(
            text.paragraph(
                f"The file has not changed for {formatting.plural(days, 'day')}, "
                f"since {formatting.day(newest.first_day)}."
            )
        )
    cells = [
        [
            text.code(file.resource[:_LETTERS]),
            text.day(file.first_day),
            text.day(file.last_day),
            formatting.size(file.size) if file.size is not None else None,
        ]
        for file in files
    ]
    more = None
    if count > len(files):
        part = formatting.n_of(len(files), count)
        more = text.paragraph(f"The newest {part}.", quiet=True)
    columns = [
        tables.Column("Version"),
        tables.Column("First collected"),
        tables.Column("Last collected"),
        tables.Column("Size", numeric=True),
    ]
    summary = formatting.plural(count, "version of the file", "versions of the file")
    table = tables.table("Versions of the file", columns, cells, caption_hidden=True)
    parts.append(
        text.details(f"{summary} collected in the year to {formatting.day(as_at)}", more, table)
    )
    return parts


def past_endpoints(rows: Sequence[EndedEndpoint]) -> Component | None:
    """Endpoints that we no longer collect from, folded; None if there are none."""
    if not rows:
        return None
    count = formatting.plural(len(rows), "ended endpoint")
    return text.details(count, *(_past_endpoint(row) for row in rows))


def _past_endpoint(row: EndedEndpoint) -> Component:
    url = row.endpoint_url or row.endpoint
    facts: list[tuple[str, Any]] = [("Added", text.day(row.added_on))]
    if row.ended_on or row.last_listed_on is None:
        facts.append(("Ended", text.day(row.ended_on)))
    else:
        facts.append(("Ended", _after(row.last_listed_on)))
    facts.append(("Last successful", text.day(row.last_success_on)))
    return html.Div(
        [html.P(text.external_link(url, url), className="break"), blocks.summary_list(facts)]
    )


def _after(day: date) -> Children:
    return html.Span(["not known. It was last in our figures of ", text.day(day)])
