"""One dataset of one organisation: does it work, what is wrong with it, and what do we do next?

Asked by the officer who has to mend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dash import Dash, html
from dash.development.base_component import Component

from dashboard import addresses, formatting
from dashboard import components as ui
from dashboard.components import endpoints, provision, wording
from dashboard.components.status import STATUSES, word
from dashboard.data import ask
from dashboard.errors import NotFound
from performance_store.queries import cell, organisations, snapshots
from performance_store.rows import (
    CellHistory,
    Dataset,
    DatasetStatus,
    EndpointState,
    FieldUse,
    IssueCount,
    LogDays,
    Organisation,
    Snapshot,
)

PATH = addresses.DATASET
TITLE = "Dataset"
NAV = None


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `row` is None when the body neither owes nor supplies the dataset."""

    organisation: Organisation
    dataset: Dataset
    snapshot: Snapshot
    before: Snapshot | None
    row: DatasetStatus | None
    endpoints: tuple[EndpointState, ...] = ()
    days: tuple[LogDays, ...] = ()
    issues: tuple[IssueCount, ...] = ()
    fields: tuple[FieldUse, ...] = ()
    history: tuple[CellHistory, ...] = ()


def layout(organisation: str = "", dataset: str = "", **_: Any) -> Component:
    """The page of the organisation and dataset in the address."""
    return render(view(organisation, dataset))


def view(organisation: str, dataset: str) -> View:
    """Everything about one dataset of one organisation. Raises NotFound."""
    (snapshot,) = ask(snapshots.current)
    body = ask(organisations.one, organisation=organisation, snapshot_id=snapshot.snapshot_id)
    if not body:
        raise NotFound(f"We know no organisation called “{organisation}”.")
    known = ask(cell.dataset, dataset=dataset)
    if not known:
        raise NotFound(f"We know no dataset called “{dataset}”.")
    earlier = ask(snapshots.earlier, snapshot_id=snapshot.snapshot_id)
    before = earlier[0] if earlier else None
    which = {"organisation": organisation, "dataset": dataset}
    then = before.snapshot_id if before else None
    at: dict[str, Any] = which | {"snapshot_id": snapshot.snapshot_id}
    found = ask(cell.status, **at, compare_id=then)
    if not found:
        return View(body[0], known[0], snapshot, before, None)
    year = snapshot.as_at - timedelta(days=364)
    return View(
        organisation=body[0],
        dataset=known[0],
        snapshot=snapshot,
        before=before,
        row=found[0],
        endpoints=ask(cell.endpoints, **at),
        days=ask(cell.log_days, **at, first=year, last=snapshot.as_at),
        issues=ask(cell.issues, **at, compare_id=then),
        fields=ask(cell.fields, organisation=organisation, dataset=dataset),
        history=ask(cell.history, organisation=organisation, dataset=dataset, kind=snapshot.kind),
    )


def register(app: Dash) -> None:
    """The page has no callbacks."""


def render(shown: View) -> Component:
    """The page."""
    body = shown.organisation
    name = wording.name_of(body.name, body.organisation)
    trail = [
        ("Home", addresses.HOME),
        ("Authorities", addresses.ORGANISATIONS),
        (name, addresses.organisation(body.organisation)),
    ]
    heading = [ui.breadcrumbs(trail), ui.heading(shown.dataset.name, caption=name)]
    if shown.row is None:
        return html.Div([*heading, _not_here(shown, name)])
    return html.Div(
        [
            *heading,
            _state(shown, shown.row),
            ui.columns([_facts(shown, shown.row)], _next(shown.row)),
            endpoints.listed(shown.endpoints, shown.days, shown.snapshot.as_at),
            _issues(shown, shown.row),
            _fields(shown, shown.row),
            _history(shown),
        ]
    )


def _not_here(shown: View, name: str) -> Component:
    return ui.empty_state(
        "Nothing to show here",
        f"{name} is not asked for this dataset, and supplies none.",
        clear=(
            f"See the datasets of {name}",
            addresses.organisation(shown.organisation.organisation),
        ),
    )


def _state(shown: View, row: DatasetStatus) -> Component:
    kind: Any = {"error": "error", "needs_improving": "warning", "live": "success"}
    group = wording.obligation_of(row)
    return html.Div(
        [
            ui.paragraph(ui.status_tag(row.status), " ", wording.reason(row), lead=True),
            ui.paragraph(f"{group.title}. {group.meaning}", quiet=True),
        ],
        className=f"state state-{kind.get(row.status, 'info')}",
    )


def _next(row: DatasetStatus) -> Component | None:
    steps = wording.next_steps(row)
    if not steps:
        return ui.section(
            "What to do next",
            ui.paragraph("Nothing has to be done now."),
            id="next",
        )
    guidance = ui.external_link("Read the guidance", addresses.GUIDANCE)
    return ui.section("What to do next", ui.steps(list(steps)), ui.paragraph(guidance), id="next")


def _facts(shown: View, row: DatasetStatus) -> Component:
    fields = None
    if row.fields_total is not None:
        fields = (
            f"{formatting.n_of(row.fields_supplied, row.fields_total)} supplied, "
            f"{formatting.number(row.fields_matched)} under their own name"
        )
    facts: list[tuple[str, Any]] = [
        ("Records", formatting.number(row.record_count) if row.record_count is not None else None),
        ("Fields", fields),
        ("Last accessed", _dated(row.last_attempt_on, shown)),
        ("Last success", _dated(row.last_success_on, shown)),
        ("Last updated", _dated(row.content_changed_on, shown)),
        ("Freshness", ui.freshness_tag(row.freshness_band)),
        ("Endpoint", ui.external_link(row.endpoint_url, row.endpoint_url)
            if row.endpoint_url else None),
        ("Documentation", ui.external_link(row.documentation_url, row.documentation_url)
            if row.documentation_url else None),
        ("Licence", wording.licence_of(row.licence)),
    ]  # fmt: skip
    if not row.endpoint_count:
        facts = [("Endpoint", "None has been added")]
    return ui.section(
        "At a glance",
        ui.summary_list(facts),
        provision.explain("records", "fields", "fresh"),
        id="facts",
    )


def _dated(day: Any, shown: View) -> Component | None:
    if day is None:
        return None
    return html.Span([ui.day(day), f" ({formatting.age(day, shown.snapshot.as_at)})"])


def _issues(shown: View, row: DatasetStatus) -> Component | None:
    if not row.endpoint_count:
        return None
    if row.issue_rows is None:
        said = "These figures do not say what is wrong with the data."
        return ui.section("Issues", ui.paragraph(said), id="issues")
    told = [item for item in shown.issues if item.severity not in ("info", "debug")]
    if not told:
        return ui.section("Issues", ui.paragraph("None are open."), id="issues")
    notice = None
    if row.issues_of_last_good:
        notice = ui.inset("These are the issues of the last good data: collecting fails now.")
    return ui.section(
        "Issues",
        notice,
        ui.table(
            "Issues by type and field",
            [
                ui.Column("Issue"),
                ui.Column("Field"),
                ui.Column("Severity"),
                ui.Column("Who acts"),
                ui.Column("Rows", numeric=True),
                *([ui.Column("Change", numeric=True)] if shown.before else []),
            ],
            [_issue(item, shown.before) for item in told],
            caption_hidden=True,
        ),
        provision.explain("error_rows"),
        id="issues",
    )


def _issue(item: IssueCount, before: Snapshot | None) -> list[Any]:
    name: Any = html.Span(item.name or formatting.sentence(item.issue_type).rstrip("."))
    if item.description:
        name = html.Div([name, html.Div(item.description, className="quiet small")])
    row: list[Any] = [
        name,
        ui.code(item.field) if item.field else html.Span("none", className="quiet"),
        ui.severity_tag(item.severity),
        wording.responsible(item.responsibility),
        formatting.number(item.rows),
    ]
    if before is not None:
        change = "new" if item.rows_before is None else formatting.change(
            item.rows - item.rows_before
        )  # fmt: skip
        row.append(change)
    return row


def _fields(shown: View, row: DatasetStatus) -> Component | None:
    if not shown.fields:
        return None
    expected = [item for item in shown.fields if item.expected is not False]
    missing = [item for item in expected if not item.supplied]
    renamed = [item for item in expected if item.supplied and not item.matched]
    parts: list[Any] = []
    if missing:
        parts.append(ui.paragraph("Missing:"))
        parts.append(ui.bullets([ui.code(item.field) for item in missing]))
    if renamed:
        parts.append(ui.paragraph("Supplied under another name:"))
        parts.append(
            ui.bullets(
                [
                    [ui.code(item.field), " is called ", ui.code(item.supplied_as or "")]
                    for item in renamed
                ]
            )
        )
    matched = [item.field for item in expected if item.matched]
    if matched:
        names = [piece for name in matched for piece in (ui.code(name), " ")]
        parts.append(
            ui.details(
                f"{formatting.plural(len(matched), 'field')} supplied under their own name",
                html.P(names, className="text"),
            )
        )
    return ui.section("Fields", *parts, id="fields")


def _history(shown: View) -> Component | None:
    rows = shown.history
    if len(rows) < 2:
        return None
    first, last = rows[0], rows[-1]
    said = f"Status from {formatting.day(first.as_at)} to {formatting.day(last.as_at)}"
    strip = ui.status_strip([row.status for row in rows], said)
    known = [row for row in rows if row.error_rows is not None]
    line: list[Any] = []
    if len(known) > 1:
        words = (
            f"Rows to fix: {formatting.number(known[0].error_rows)} on "
            f"{formatting.day(known[0].as_at)}, {formatting.number(known[-1].error_rows)} on "
            f"{formatting.day(known[-1].as_at)}."
        )
        line = [ui.paragraph(words), ui.sparkline([row.error_rows for row in rows], words)]
    table = ui.table(
        "Status and rows to fix over time",
        [ui.Column("Date"), ui.Column("Status"), ui.Column("Rows to fix", numeric=True)],
        [
            [
                formatting.short_day(row.as_at),
                word(STATUSES, row.status).label,
                None if row.error_rows is None else formatting.number(row.error_rows),
            ]
            for row in reversed(rows)
        ],
        caption_hidden=True,
    )
    return ui.section(
        "Over time",
        provision.strip_with_dates(strip, first.as_at, last.as_at),
        *line,
        ui.details("Show every date as a table", table),
        id="history",
    )
