"""One dataset of one organisation: does it work, what is wrong with it, and what do we do next?

Asked by the officer who has to mend it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain, fields
from dashboard.components.provider import area, cards, cell_history, endpoints, issues
from dashboard.components.words import formatting, wording
from dashboard.components.words.failures import failure
from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.pages.provider import area_map
from dashboard.pages.provider.subject import Filters, Standing, rule_changes, standing
from dashboard.urls import addresses, links
from performance_store.definitions.specifications import requirements
from performance_store.queries import areas, cell
from performance_store.rows import (
    Annotation,
    Area,
    CellHistory,
    Dataset,
    DatasetStatus,
    EndedEndpoint,
    EndpointState,
    FieldUse,
    FileSeen,
    IssueCount,
    LogDays,
)

PATH = addresses.DATASET
TITLE = "Dataset"
NAV = None
KEEP = True


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `row` is None when the body neither owes nor supplies the dataset;
    `places` is where the places of its data are listed, None if we have none to draw."""

    standing: Standing
    dataset: Dataset
    row: DatasetStatus | None
    endpoints: tuple[EndpointState, ...] = ()
    days: tuple[LogDays, ...] = ()
    files: tuple[FileSeen, ...] = ()
    ended: tuple[EndedEndpoint, ...] = ()
    issues: tuple[IssueCount, ...] = ()
    fields: tuple[FieldUse, ...] = ()
    history: tuple[CellHistory, ...] = ()
    changed_rules: tuple[Annotation, ...] = ()
    area: Area | None = None
    places: str | None = None


def layout(organisation: str = "", dataset: str = "", **params: Any) -> Component:
    """The page of the organisation and dataset in the address."""
    parsed = links.parse(Filters, params)
    return render(view(organisation, dataset, parsed.filters, parsed.notices))


def view(
    organisation: str,
    dataset: str,
    filters: Filters | None = None,
    notices: tuple[str, ...] = (),
) -> View:
    """Everything about one dataset of one organisation. Raises NotFound."""
    place = standing(organisation, filters, notices)
    known = ask(cell.dataset, dataset=dataset)
    if not known:
        raise NotFound(f"We know no dataset called “{dataset[:80]}”.")
    which = {"organisation": organisation, "dataset": dataset}
    compare = place.before.snapshot_id if place.before else None
    at: dict[str, Any] = which | {"snapshot_id": place.snapshot.snapshot_id}
    found = ask(cell.status, **at, compare_id=compare)
    if not found:
        return View(place, known[0], None)
    as_at, kind = place.snapshot.as_at, place.snapshot.kind
    year = as_at - timedelta(days=endpoints.STRIP_DAYS - 1)
    history = ask(cell.history, organisation=organisation, dataset=dataset, kind=kind)
    ground = ask(areas.known, organisation=organisation)
    return View(
        standing=place,
        dataset=known[0],
        row=found[0],
        endpoints=ask(cell.endpoints, **at),
        days=ask(cell.log_days, **at, first=year, last=as_at),
        files=ask(cell.files, **at, first=year, last=as_at),
        ended=ask(cell.ended, **at),
        issues=ask(cell.issues, **at, compare_id=compare),
        fields=ask(cell.fields, organisation=organisation, dataset=dataset),
        history=history,
        changed_rules=rule_changes(place.snapshot, history[0].as_at) if history else (),
        area=ground[0] if ground else None,
        places=area_map.listed_at(ground[0], dataset) if ground else None,
    )


def render(shown: View) -> Component:
    """The page."""
    place = shown.standing
    body = place.organisation
    name = wording.name_of(body.name, body.organisation)
    overview = links.address(addresses.organisation(body.organisation), place.filters)
    top = [
        ui.breadcrumbs(
            [("Home", addresses.HOME), ("Authorities", addresses.ORGANISATIONS), (name, overview)]
        ),
        ui.heading(shown.dataset.name, caption=name),
        ui.notices(place.notices),
        cards.older_figures(place.snapshot) if place.older else None,
    ]
    if shown.row is None:
        return html.Div([*top, _not_here(shown, name, overview)])
    failing = shown.row.status == "error"
    advised = failure(shown.row.http_status, shown.row.exception).brief if failing else None
    return html.Div(
        [
            *top,
            _state(shown, shown.row),
            _next(shown, shown.row),
            *_figures(shown, shown.row),
            *_details(shown, shown.row, advised),
            _map(shown, shown.row, name),
            cell_history.over_time(shown.history, shown.changed_rules),
        ]
    )


def _details(shown: View, row: DatasetStatus, advised: str | None) -> list[Component | None]:
    """The parts of the page in the order of what there is to mend."""
    place = shown.standing
    where = endpoints.listed(
        shown.endpoints,
        shown.days,
        place.snapshot.as_at,
        files=shown.files,
        # Figures that know no more than that there is an endpoint do not know of its end.
        ended=shown.ended if shown.endpoints or not row.endpoint_count else (),
        advised=advised,
    ) or _registered(row)
    wrong = [_issues(shown, row), _fields(shown) if place.knows_fields else None]
    if row.status == "needs_improving" and not row.endpoint_failing_count:
        return [*wrong, where]
    return [where, *wrong]


def _not_here(shown: View, name: str, overview: str) -> Component:
    return html.Div(
        [
            ui.paragraph(
                f"{name} does not provide this dataset, and nobody asks it to.", lead=True
            ),
            _described(shown),
            ui.section(
                "Do you want to provide it?",
                ui.paragraph("You are welcome to. This is how to begin:"),
                ui.steps(_begin()),
                fields.requirement_list(requirements(shown.dataset.dataset)),
                id="next",
            ),
            ui.paragraph(ui.link(f"See the datasets of {name}", overview)),
        ]
    )


def _begin() -> list[Any]:
    return [
        ["Find out in the ", ui.external_link("guidance", addresses.GUIDANCE),
         " what the dataset needs."],
        "Publish the data on your own website, at an address that will stay the same.",
        ["Check the file, and give its address, at ",
         ui.external_link("Check and provide planning data", addresses.CHECK),
         ". From then on we collect it every night."],
    ]  # fmt: skip


def _described(shown: View) -> Component | None:
    text = (shown.dataset.description or "").strip()
    return ui.paragraph(f"What it holds: {formatting.sentence(text)}", quiet=True) if text else None


def _state(shown: View, row: DatasetStatus) -> Component:
    group = wording.obligation_of(row)
    return html.Div(
        [
            ui.paragraph(ui.status_tag(row.status), " ", wording.reason(row), lead=True),
            ui.paragraph(group.of_one, quiet=True),
            _described(shown) if row.status == "not_submitted" else None,
        ]
    )


def _next(shown: View, row: DatasetStatus) -> Component | None:
    if shown.standing.ended:
        return None
    if row.status == "not_submitted":
        needs = fields.requirement_list(requirements(shown.dataset.dataset))
        return ui.section("What to do next", ui.steps(_begin()), needs, id="next")
    steps: list[Any] = []
    for step in wording.next_steps(row):
        mend = issues.to_mend(shown.issues, _issue(shown)) if step == wording.SEE_ISSUES else []
        steps += mend or [step]
    if not steps:
        body: Component = ui.paragraph(wording.nothing_to_do([row]))
    else:
        body = html.Div([ui.steps(steps), _jump(row)])
    return ui.section("What to do next", body, id="next")


def _jump(row: DatasetStatus) -> Component | None:
    """A way down to the part of the page that the steps speak of."""
    if row.status == "error" or "some_endpoints_failing" in row.reasons:
        return ui.paragraph(ui.link("See what happened at the endpoint", "#endpoints"))
    if "issues_to_fix" in row.reasons:
        return ui.paragraph(ui.link("See the issues to fix", "#issues"))
    return None


def _figures(shown: View, row: DatasetStatus) -> list[Component]:
    known = (row.error_rows, row.record_count, row.fields_total, row.content_changed_on)
    if not row.endpoint_count or not any(value is not None for value in known):
        return []
    as_at = shown.standing.snapshot.as_at
    fields = formatting.n_of(row.fields_supplied, row.fields_total)
    renamed = None
    if row.fields_matched is not None and row.fields_total is not None:
        renamed = f"{formatting.number(row.fields_matched)} under their own name"
    changed = formatting.age(row.content_changed_on, as_at)
    noted = formatting.day(row.content_changed_on) if row.content_changed_on else None
    if row.content_changed_on and (as_at - row.content_changed_on).days < 2:
        changed, noted = formatting.short_day(row.content_changed_on), None
    last_good = "in the last good data" if row.issues_of_last_good else None
    items = [
        ui.stat(_value(formatting.number(row.error_rows)), "rows to fix", note=last_good),
        ui.stat(_value(formatting.number(row.record_count)), "records"),
        ui.stat(_value(fields), "fields supplied", note=renamed),
        ui.stat(_value(changed), "content last changed", note=noted),
    ]
    if row.freshness_band in ("ageing", "stale"):
        items[-1] = ui.stat(
            _value(changed),
            "content last changed",
            ui.freshness_tag(row.freshness_band),
            note=noted,
        )
    return [
        ui.section(
            "At a glance",
            ui.stats(*items),
            explain.explain("error_rows", "records", "fields", "fresh"),
            id="facts",
        )
    ]


def _value(words: str) -> str:
    return words[0].upper() + words[1:]


def _registered(row: DatasetStatus) -> Component | None:
    """The endpoint, where the figures know of one and nothing about how it does."""
    if not row.endpoint_count:
        return None
    url, documentation = row.endpoint_url, row.documentation_url
    facts: list[tuple[str, Any]] = [
        ("Endpoint", ui.external_link(url, url) if url else None),
        ("Documentation", ui.external_link(documentation, documentation)
            if documentation else None),
        ("Licence", wording.licence_of(row.licence)),
        ("Added", ui.day(row.endpoint_added_on)),
        ("Last accessed", ui.day(row.last_attempt_on)),
        ("Last successful", ui.day(row.last_success_on)),
        ("Content last updated", ui.day(row.content_changed_on)),
    ]  # fmt: skip
    return ui.section("Endpoint", ui.summary_list(facts), id="endpoints")


def _issues(shown: View, row: DatasetStatus) -> Component | None:
    if not row.endpoint_count:
        return None
    if row.issue_rows is None:
        said = "These figures do not say what is wrong with the data."
        return ui.section("Issues", ui.paragraph(said), id="issues")
    return issues.listed(
        shown.issues,
        shown.standing.before,
        _issue(shown),
        of_last_good=row.issues_of_last_good,
    )


def _issue(shown: View) -> Callable[[IssueCount], str]:
    """The address of the page of an issue."""
    where = (shown.standing.organisation.organisation, shown.dataset.dataset)
    return lambda issue: addresses.issue(*where, issue.issue_type, issue.field)


def _fields(shown: View) -> Component | None:
    return fields.section(shown.fields, requirements(shown.dataset.dataset))


def _map(shown: View, row: DatasetStatus, name: str) -> Component | None:
    if shown.area is None or not row.endpoint_count or shown.dataset.typology != "geography":
        return None
    return area.area_map(
        name,
        shown.dataset.name,
        picture=addresses.map_of(shown.area.organisation, shown.dataset.dataset),
        boundary=shown.area.has_boundary,
        places=shown.places,
    )
