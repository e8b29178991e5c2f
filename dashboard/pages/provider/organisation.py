"""One organisation: how are we doing, what changed, and what do we do next?

Asked by its officer in the morning, and by whoever is about to ring them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain
from dashboard.components.provider import cards, holdings, share, similar, timeline
from dashboard.components.words import formatting, wording
from dashboard.data.door import ask
from dashboard.pages.provider import dataset_list, dataset_list_view, peers
from dashboard.pages.provider.dataset_list import Filters
from dashboard.pages.provider.subject import Standing, rule_changes, standing
from dashboard.urls import addresses, links
from dashboard.web import embedding
from performance_store.queries import organisations
from performance_store.rows import Annotation, DatasetStatus, OrganisationHistory, StatusRun

PATH = addresses.ORGANISATION
TITLE = "Organisation"
NAV = None
KEEP = True


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `rows` are all datasets it owes or supplies."""

    standing: Standing
    rows: tuple[DatasetStatus, ...]
    history: tuple[OrganisationHistory, ...]
    changed_rules: tuple[Annotation, ...] = ()
    filters: Filters = field(default_factory=Filters)
    runs: tuple[StatusRun, ...] = ()
    peers: tuple[similar.Group, ...] = ()
    site: str = ""

    @property
    def asked(self) -> tuple[DatasetStatus, ...]:
        """The datasets that count: those expected of it."""
        return tuple(row for row in self.rows if wording.is_asked(row))


def layout(organisation: str = "", **params: Any) -> Component:
    """The page of the organisation in the address."""
    parsed = links.parse(Filters, params)
    return render(view(organisation, parsed.filters, parsed.notices))


def view(organisation: str, filters: Filters | None = None, notices: tuple[str, ...] = ()) -> View:
    """Everything about one organisation. Raises NotFound."""
    filters = filters or Filters()
    place = standing(organisation, filters, notices)
    rows = dataset_list.rows(place)
    which = {"organisation": organisation, "kind": place.snapshot.kind}
    history = ask(organisations.history, **which)
    changed = rule_changes(place.snapshot, history[0].as_at) if history else ()
    changed = tuple(note for note in changed if note.on_date <= history[-1].as_at)
    runs = ask(organisations.status_runs, **which)
    alike = peers.groups(place)
    return View(place, rows, history, changed, filters, runs, alike, embedding.site())


def render(shown: View) -> Component:
    """The page."""
    body = shown.standing.organisation
    name = wording.name_of(body.name, body.organisation)
    lead = None if shown.standing.ended and not shown.rows else wording.summary(shown.rows)
    return html.Div(
        [
            ui.breadcrumbs([("Home", addresses.HOME), ("Authorities", addresses.ORGANISATIONS)]),
            ui.heading(name, caption=wording.kind_of(body.type, body.local_authority_type)),
            ui.notices(shown.standing.notices),
            _ended(shown.standing),
            cards.older_figures(shown.standing.snapshot) if shown.standing.older else None,
            ui.paragraph(lead, lead=True) if lead else None,
            _visited(shown) if shown.rows else None,
            _first(shown),
            dataset_list_view.datasets(shown.standing, shown.filters, shown.rows, _past(shown)),
            _changed(shown),
            _history(shown),
            similar.compared(shown.peers),
            None if shown.standing.ended else _share(shown),
        ]
    )


def _ended(place: Standing) -> Component | None:
    body = place.organisation
    if not place.ended:
        return None
    words: list[Any] = [f"It ended on {formatting.day(body.end_date)}."]
    if body.successor:
        name = wording.name_of(body.successor_name, body.successor)
        words += [" Its work went to ", ui.link(name, addresses.organisation(body.successor)), "."]
    return ui.notification("This body has ended", html.P(words), kind="info")


def _visited(shown: View) -> Component:
    """What `assets/visits.js` completes for those who saw earlier figures; hidden from others."""
    place = shown.standing
    offer = html.A(
        ["See what changed since you were here, with the figures of ", html.Span()],
        href="#changes",
        className="link",
    )
    seen: dict[str, Any] = {
        "data-visit": f"{place.snapshot.kind} {place.organisation.organisation}",
        "data-visit-new": "",
        "data-seen": place.snapshot.as_at.isoformat(),
    }
    return html.P(offer, hidden=True, **seen)


def _counters(shown: View) -> Component | None:
    asked = shown.asked
    if not asked:
        return None
    provided = sum(1 for row in asked if row.endpoint_count)
    items = [_stat(provided, len(asked), "expected datasets are provided", "good")]
    explained = ["coverage"]
    if provided and "logs" in shown.standing.snapshot.knows:
        failing = sum(1 for row in asked if row.status == "error")
        fixes = sum(1 for row in asked if row.status == "needs_improving")
        items.append(_stat(failing, provided, "provided cannot be collected", "bad"))
        items.append(_stat(fixes, provided, "provided need fixes", "warn"))
        explained += ["failing", "needs_improving"]
    return html.Div([ui.stats(*items), cards.provided_bar(asked), explain.explain(*explained)])


def _stat(count: int, total: int, label: str, tone: Any) -> Component:
    words = formatting.n_of(count, total)
    return ui.stat(words, label, ui.small_bar(count, total, f"{words} {label}", tone=tone))


def _to_do(shown: View) -> Component | None:
    """What waits for the provider, the gravest first."""
    if not shown.asked or shown.standing.ended:
        return None
    items = cards.tasks(shown.rows, lambda row: _address(shown, row))
    body = ui.steps(items) if items else ui.paragraph(wording.nothing_to_do(shown.asked))
    return ui.section("What to do next", body, id="next")


def _first(shown: View) -> Component:
    """What comes first: how they are doing and what to do next, with the body's facts beside."""
    main = [part for part in (_counters(shown), _to_do(shown)) if part is not None]
    return ui.columns(main, _about(shown)) if main else _about(shown)


def _about(shown: View) -> Component:
    body = shown.standing.organisation
    facts: list[tuple[str, Any]] = [
        ("Reference", ui.code(body.organisation)),
        ("Region", body.region_name),
    ]
    if body.statistical_geography:
        facts.append(("ONS code", ui.code(body.statistical_geography)))
    if body.cohort:
        facts.append(("Programme cohort", body.cohort_name or body.cohort))
    if body.former_names:
        facts.append(("Formerly", formatting.listed(body.former_names)))
    for title, others in (("Planning groups", body.groups), ("Members", body.members)):
        if others:
            linked = [ui.link(name, addresses.organisation(key)) for key, name in others]
            facts.append((title, ui.bullets(linked, plain=True)))
    return ui.section("About this body", ui.summary_list(facts), id="about")


def _past(shown: View) -> holdings.Past:
    runs: dict[str, list[StatusRun]] = {}
    for run in shown.runs:
        runs.setdefault(run.dataset, []).append(run)
    return holdings.Past(tuple(row.as_at for row in shown.history), runs)


def _address(shown: View, row: DatasetStatus) -> str:
    return dataset_list.of_dataset(shown.standing, row)


def _changed(shown: View) -> Component | None:
    place = shown.standing
    if place.before is None or not shown.rows:
        return None
    found = cards.changes(shown.rows)
    count = formatting.plural(len(found), "dataset") if found else "No dataset"
    path = addresses.organisation(place.organisation.organisation)
    items: list[Any] = [
        [ui.link(row.dataset_name, _address(shown, row)), f": {said}"] for row, said in found
    ]
    return ui.section(
        f"What changed since {formatting.day(place.before.as_at)}",
        ui.paragraph(f"{count} changed."),
        ui.bullets(items) if items else None,
        ui.inline_form(
            f"{path}#changes",
            ui.date_input(
                "since",
                "Compare with",
                place.filters.since or place.before.as_at,
                first=shown.history[0].as_at if shown.history else None,
                last=place.snapshot.as_at,
            ),
            keep=links.kept(shown.filters, "view", "status", "obligation", "sort", "order"),
            apply_label="Compare",
        ),
        explain.explain("changes"),
        id="changes",
    )


def _share(shown: View) -> Component:
    supplied = [row.dataset for row in shown.rows if row.endpoint_count]
    example = supplied[0] if supplied else None
    return share.share(shown.site, shown.standing.organisation, example)


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
    drawn = timeline.columns(rows, said)
    return ui.section(
        "Over time",
        ui.paragraph(said),
        cards.strip_with_dates(drawn, first.as_at, last.as_at),
        timeline.legend(rows),
        timeline.notes(shown.changed_rules),
        ui.details("Show every date as a table", _history_table(rows), on_paper=False),
        id="history",
    )


def _history_table(rows: tuple[OrganisationHistory, ...]) -> Component:
    columns = [
        ui.Column("Date"),
        ui.Column("Provided"),
        ui.Column("Live", numeric=True),
        ui.Column("Need fixes", numeric=True),
        ui.Column("Cannot be collected", numeric=True),
    ]
    cells = [
        [
            formatting.short_day(row.as_at),
            formatting.n_of(row.provided, row.expected),
            *(formatting.number(count) for count in (row.live, row.needs_improving, row.error)),
        ]
        for row in reversed(rows)
    ]
    return ui.table("Datasets provided over time", columns, cells, caption_hidden=True)
