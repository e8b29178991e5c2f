"""One organisation: how are we doing, what changed, and what do we do next?

Asked by its officer in the morning, and by whoever is about to ring them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import Dash, html
from dash.development.base_component import Component

from dashboard import addresses, formatting
from dashboard import components as ui
from dashboard.components import provision, wording
from dashboard.data import ask
from dashboard.errors import NotFound
from performance_store.queries import organisations, snapshots
from performance_store.rows import DatasetStatus, Organisation, OrganisationHistory, Snapshot

PATH = addresses.ORGANISATION
TITLE = "Organisation"
NAV = None


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `rows` are all datasets it owes or supplies."""

    organisation: Organisation
    snapshot: Snapshot
    before: Snapshot | None
    rows: tuple[DatasetStatus, ...]
    history: tuple[OrganisationHistory, ...]


def layout(organisation: str = "", **_: Any) -> Component:
    """The page of the organisation in the address."""
    return render(view(organisation))


def view(organisation: str) -> View:
    """Everything about one organisation. Raises NotFound."""
    (snapshot,) = ask(snapshots.current)
    found = ask(organisations.one, organisation=organisation, snapshot_id=snapshot.snapshot_id)
    if not found:
        raise NotFound(f"We know no organisation called “{organisation}”.")
    earlier = ask(snapshots.earlier, snapshot_id=snapshot.snapshot_id)
    before = earlier[0] if earlier else None
    rows = ask(
        organisations.datasets,
        organisation=organisation,
        snapshot_id=snapshot.snapshot_id,
        compare_id=before.snapshot_id if before else None,
    )
    history = ask(organisations.history, organisation=organisation, kind=snapshot.kind)
    return View(found[0], snapshot, before, rows, history)


def register(app: Dash) -> None:
    """The page has no callbacks."""


def render(shown: View) -> Component:
    """The page."""
    body = shown.organisation
    name = wording.name_of(body.name, body.organisation)
    return html.Div(
        [
            ui.breadcrumbs([("Home", addresses.HOME), ("Authorities", addresses.ORGANISATIONS)]),
            ui.heading(name, caption=wording.kind_of(body.type, body.local_authority_type)),
            _ended(shown),
            ui.paragraph(wording.summary(shown.rows), lead=True),
            ui.columns([_counters(shown), _to_do(shown)], _about(body)),
            *_groups(shown),
            _changed(shown),
            _history(shown),
        ]
    )


def _ended(shown: View) -> Component | None:
    body = shown.organisation
    if body.end_date is None or body.end_date > shown.snapshot.as_at:
        return None
    words: list[Any] = [f"It ended on {formatting.day(body.end_date)}."]
    if body.successor:
        name = wording.name_of(body.successor_name, body.successor)
        words += [" Its work went to ", ui.link(name, addresses.organisation(body.successor)), "."]
    return ui.notification("This body has ended", html.P(words), kind="info")


def _counters(shown: View) -> Component | None:
    asked = [row for row in shown.rows if wording.is_asked(row)]
    if not asked:
        return None
    total = len(asked)
    provided = sum(1 for row in asked if row.endpoint_count)
    items = [_stat(provided, total, "expected datasets are provided", "good")]
    if "logs" in shown.snapshot.knows:
        failing = sum(1 for row in asked if row.status == "error")
        fixes = sum(1 for row in asked if row.status == "needs_improving")
        items.append(_stat(failing, provided, "provided cannot be collected", "bad"))
        items.append(_stat(fixes, provided, "provided need fixes", "warn"))
    return html.Div(
        [
            ui.stats(*items),
            provision.provided_bar(asked),
            provision.explain("coverage", "failing", "needs_improving"),
        ]
    )


def _stat(count: int, total: int, label: str, tone: Any) -> Component:
    words = formatting.n_of(count, total)
    return ui.stat(words, label, ui.small_bar(count, total, f"{words} {label}", tone=tone))


def _to_do(shown: View) -> Component | None:
    """The datasets that wait for the provider, the gravest first."""
    waiting = [
        row
        for row in provision.by_urgency(shown.rows)
        if row.status in ("error", "needs_improving")
    ]
    if not waiting:
        return None
    items: list[Any] = [
        [
            ui.link(row.dataset_name, _address(shown, row)),
            f": {wording.task(row)} ",
            ui.status_tag(row.status),
        ]
        for row in waiting
    ]
    return ui.section("What to do next", ui.steps(items), id="next")


def _about(body: Organisation) -> Component:
    facts: list[tuple[str, Any]] = [
        ("Reference", ui.code(body.organisation)),
        ("Region", body.region_name),
    ]
    if body.statistical_geography:
        facts.append(("ONS code", ui.code(body.statistical_geography)))
    if body.cohort:
        facts.append(("Programme cohort", body.cohort))
    if body.former_names:
        facts.append(("Formerly", formatting.listed(body.former_names)))
    for title, others in (("Planning groups", body.groups), ("Members", body.members)):
        if others:
            links = [ui.link(name, addresses.organisation(key)) for key, name in others]
            facts.append((title, ui.bullets(links, plain=True)))
    return ui.section("About this body", ui.summary_list(facts), id="about")


def _groups(shown: View) -> list[Component]:
    made = []
    for group in (*wording.OBLIGATIONS, wording.ALSO):
        rows = [row for row in shown.rows if wording.obligation_of(row) == group]
        if group is wording.ALSO:
            rows = [row for row in rows if row.endpoint_count]
        if not rows:
            continue
        provided = sum(1 for row in rows if row.endpoint_count)
        counted = group is not wording.ALSO
        told = f"{formatting.n_of(provided, len(rows))} provided. " if counted else ""
        made.append(
            ui.section(
                group.title,
                ui.paragraph(f"{told}{group.meaning}"),
                ui.cards(
                    *(
                        provision.dataset_card(row, shown.snapshot.as_at, _address(shown, row))
                        for row in provision.by_urgency(rows)
                    )
                ),
                id=group.id,
            )
        )
    return made


def _address(shown: View, row: DatasetStatus) -> str:
    return addresses.dataset(shown.organisation.organisation, row.dataset)


def _changed(shown: View) -> Component | None:
    if shown.before is None:
        return None
    title = f"What changed since {formatting.day(shown.before.as_at)}"
    found = provision.changes(shown.rows)
    if not found:
        return ui.section(title, ui.paragraph("Nothing changed."), id="changes")
    items: list[Any] = [
        [ui.link(row.dataset_name, _address(shown, row)), f": {said}"] for row, said in found
    ]
    return ui.section(title, ui.bullets(items), id="changes")


def _history(shown: View) -> Component | None:
    rows = shown.history
    if len(rows) < 2:
        return None
    first, last = rows[0], rows[-1]
    said = (
        f"Datasets provided: {formatting.n_of(first.provided, first.expected)} on "
        f"{formatting.day(first.as_at)}, {formatting.n_of(last.provided, last.expected)} on "
        f"{formatting.day(last.as_at)}."
    )
    line = ui.sparkline([row.provided for row in rows], said)
    table = ui.table(
        "Datasets provided over time",
        [
            ui.Column("Date"),
            ui.Column("Provided"),
            ui.Column("Live", numeric=True),
            ui.Column("Need fixes", numeric=True),
            ui.Column("Cannot be collected", numeric=True),
        ],
        [
            [
                formatting.short_day(row.as_at),
                formatting.n_of(row.provided, row.expected),
                formatting.number(row.live),
                formatting.number(row.needs_improving),
                formatting.number(row.error),
            ]
            for row in reversed(rows)
        ],
        caption_hidden=True,
    )
    return ui.section(
        "Over time",
        ui.paragraph(said),
        provision.strip_with_dates(line, first.as_at, last.as_at),
        ui.details("Show every date as a table", table),
        id="history",
    )
