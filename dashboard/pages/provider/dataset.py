"""One dataset of one organisation: does it work, what is wrong with it, and what do we do next?

For the officer who has to fix it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import check_link, fields, follow, steps, submit_link
from dashboard.components.common.steps import About
from dashboard.components.design import html
from dashboard.components.provider import (
    area,
    cards,
    cell_history,
    cell_lines,
    endpoints,
    issues,
)
from dashboard.components.words import advice, formatting, wording
from dashboard.components.words.failures import failure
from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.data.reading import Soon, soon
from dashboard.pages.provider import charts, dataset_figures, platform, task_list
from dashboard.pages.provider.subject import DateFilter, Subject, dates, rule_changes, subject_of
from dashboard.pages.submissions import open_line
from dashboard.urls import addresses, links
from dashboard.web import slots
from performance_store.definitions.specifications import requirements
from performance_store.queries import areas, cell, histories, organisations, problem_histories
from performance_store.queries import issues as issue_rows
from performance_store.rows import (
    Ages,
    Annotation,
    Area,
    CellHistory,
    Dataset,
    DatasetStatus,
    EndedEndpoint,
    EndpointState,
    FieldUse,
    FileSeen,
    InheritedDataset,
    IssueCount,
    IssueHistory,
    LogDays,
    PastIssue,
    Task,
    TaskCount,
    UnprocessedEndpoint,
)

PATH = addresses.DATASET
TITLE = "Dataset"
NAV = None
KEEP = True


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `row` is None when the organisation neither supplies the dataset nor is
    expected to; `dates` are those of all snapshots of the kind, oldest first; `places` is the
    address that lists the places of its data, None without any."""

    subject: Subject
    dataset: Dataset
    row: DatasetStatus | None
    endpoints: tuple[EndpointState, ...] = ()
    days: tuple[LogDays, ...] = ()
    files: tuple[FileSeen, ...] = ()
    past_endpoints: tuple[EndedEndpoint, ...] = ()
    issues: tuple[IssueCount, ...] = ()
    past_issues: tuple[PastIssue, ...] = ()
    fields: tuple[FieldUse, ...] = ()
    history: tuple[CellHistory, ...] = ()
    issue_history: tuple[IssueHistory, ...] = ()
    dates: tuple[date, ...] = ()
    rule_changes: tuple[Annotation, ...] = ()
    area: Area | None = None
    places: str | None = None
    unprocessed: tuple[UnprocessedEndpoint, ...] = ()
    inherited: tuple[InheritedDataset, ...] = ()
    tasks: tuple[Task, ...] = ()
    ages: tuple[Ages, ...] = ()

    @property
    def missing(self) -> int:
        """How many required fields the data lack, where that is known."""
        if not self.subject.knows_fields:
            return 0
        return fields.missing(self.fields, requirements(self.dataset.dataset))


def layout(organisation: str = "", dataset: str = "", **params: Any) -> Component:
    """The page of the organisation and dataset in the address."""
    reading = links.parse(DateFilter, params)
    return render(view(organisation, dataset, reading.filters, reading.notices))


def view(
    organisation: str,
    dataset: str,
    filters: DateFilter | None = None,
    notices: tuple[str, ...] = (),
) -> View:
    """Everything about one dataset of one organisation. Raises NotFound."""
    described = soon(cell.dataset, dataset=dataset)
    ground = soon(areas.area, organisation=organisation)
    subject = subject_of(organisation, filters, notices)
    datasets = described.value
    if not datasets:
        raise NotFound(f"We cannot find a dataset called “{dataset[:80]}”.")
    which = {"organisation": organisation, "dataset": dataset}
    compare = subject.before.snapshot_id if subject.before else None
    at: dict[str, Any] = which | {"snapshot_id": subject.snapshot.snapshot_id}
    status = soon(cell.status, **at, compare_id=compare)
    inherited = soon(organisations.inherited, **at)
    parts = _parts(subject, which, at, compare)
    notes = rule_changes(subject)
    statuses = subject.owed(status.value)
    if not statuses:
        return View(subject, datasets[0], None, inherited=inherited.value)
    values = {name: part.value for name, part in parts.items()}
    history, place = values["history"], next(iter(ground.value), None)
    return View(
        **values,
        subject=subject,
        dataset=datasets[0],
        row=statuses[0],
        rule_changes=tuple(n for n in notes.value if history and n.on_date > history[0].as_at),
        area=place,
        places=platform.list_of_places(place, dataset),
        unprocessed=ask(cell.unprocessed, **at) if advice.is_unprocessed(statuses[0]) else (),
        inherited=inherited.value,
    )


def _parts(
    subject: Subject, which: dict[str, str], at: dict[str, Any], compare: int | None
) -> dict[str, Soon[Any]]:
    """What is asked of a dataset whatever its state. In: the names of organisation and dataset, the
    same with the snapshot, and the snapshot to compare with."""
    as_at, kind = subject.snapshot.as_at, subject.snapshot.kind
    year: dict[str, Any] = {
        "first": as_at - timedelta(days=endpoints.STRIP_DAYS - 1),
        "last": as_at,
    }
    return {
        "endpoints": soon(cell.endpoints, **at),
        "days": soon(cell.log_days, **at, **year),
        "files": soon(cell.files, **at, **year),
        "past_endpoints": soon(cell.former_endpoints, **at),
        "issues": soon(cell.issues, **at, compare_id=compare),
        "past_issues": soon(issue_rows.past, **at),
        "fields": soon(cell.fields, **which),
        "ages": dataset_figures.ages(at["snapshot_id"], which["dataset"]),
        "history": soon(histories.cell, **which, kind=kind),
        "issue_history": soon(problem_histories.issues, **which, kind=kind),
        "dates": dates(subject.snapshot),
        "tasks": task_list.of(subject, which["dataset"]),
    }


def render(view: View) -> Component:
    """The page."""
    subject = view.subject
    name = subject.name
    overview = subject.address(addresses.organisation(subject.curie))
    closure = cards.closure(subject.organisation, view.dataset.dataset, subject.address)
    top = [
        ui.breadcrumbs(
            [("Home", addresses.HOME), ("Authorities", addresses.ORGANISATIONS), (name, overview)]
        ),
        ui.heading(view.dataset.name, caption=name),
        ui.notices(subject.notices),
        closure if subject.has_closed else None,
        cards.older_figures(subject.snapshot, subject.filters.as_at) if subject.older else None,
    ]
    if view.row is None:
        return html.Div([*top, _not_here(view, name, overview)])
    failing = view.row.status == "error"
    cause = failure(view.row.http_status, view.row.exception).brief if failing else None
    return html.Div(
        [
            *top,
            _state(view, view.row),
            dataset_figures.tiles(view.row, subject.snapshot.as_at, view.ages),
            _next(view, view.row),
            *_details(view, view.row, cause),
            _map(view, view.row, name),
            _records(view),
            cell_history.over_time(
                view.history,
                view.dates,
                view.rule_changes,
                *_charts(view),
                note=subject.all_dates,
            ),
            follow.follow("here", addresses.feed(subject.curie, view.dataset.dataset)),
        ]
    )


def _details(view: View, row: DatasetStatus, cause: str | None) -> list[Component | None]:
    """The parts of the page, those with something to fix first."""
    subject, slug = view.subject, view.dataset.dataset
    endpoint_section = endpoints.section(
        view.endpoints,
        view.days,
        subject.snapshot.as_at,
        files=view.files,
        # Figures that only list that there is an endpoint do not record its end.
        past=view.past_endpoints if view.endpoints or not row.endpoint_count else (),
        advice=endpoints.Advice(cause, _about(view)) if subject.takes_advice else None,
    ) or endpoints.alone(row)
    if view.unprocessed:
        return [endpoints.unprocessed(view.unprocessed), endpoint_section]
    problems = [
        _issues(view, row),
        issues.past(view.past_issues, subject.owner),
        fields.section(view.fields, requirements(slug), addresses.guidance(slug, "fields"))
        if subject.knows_fields
        else None,
    ]
    if row.status == "needs_improving" and not row.endpoint_failing_count:
        return [*problems, endpoint_section]
    return [endpoint_section, *problems]


def _charts(view: View) -> list[Component | None]:
    curie, slug, kind = view.subject.curie, view.dataset.dataset, view.subject.snapshot.kind
    return [
        cell_lines.draw_issues(
            view.issue_history,
            view.history,
            view.dates,
            figure=addresses.chart(curie, slug, charts.ISSUES),
            csv=addresses.past(curie, "issue-history", kind, slug),
            slide=view.subject.slide(f"issues-{slug}", view.dataset.name),
        ),
        cell_lines.draw_state(
            view.history,
            view.dates,
            figure=addresses.chart(curie, slug, charts.STATE),
            csv=addresses.past(curie, "history", kind, slug),
            slide=view.subject.slide(f"state-{slug}", view.dataset.name),
        ),
    ]


def _not_here(view: View, name: str, overview: str) -> Component:
    legacy = cards.inherited(view.inherited)
    return html.Div(
        [
            ui.paragraph(
                f"{name} does not provide this dataset, and is not expected to.", lead=True
            ),
            _description(view),
            ui.section("What to do next", ui.steps(legacy), id="legacy") if legacy else None,
            None
            if not view.subject.takes_advice
            else ui.section(
                "Do you want to provide it?",
                ui.paragraph("You can. To start:"),
                ui.steps(_begin(view)),
                fields.requirement_list(requirements(view.dataset.dataset)),
                id="next",
            ),
            ui.paragraph(ui.link(f"See the datasets of {name}", overview)),
        ]
    )


def _begin(view: View) -> list[Any]:
    slug = view.dataset.dataset
    return [
        ["Read the ", ui.link("guidance on this dataset", addresses.guidance(slug)),
         ": what it needs, and how to get it out of your systems."],
        [ui.link("Publish the data", addresses.guidance(slug, "publish")),
         " on your own website, at an address that will not change."],
        [check_link.link(slug, view.subject.curie, "Check the file"), ", and ", ui.link(
            "give its address to the data team", _about(view).give),
         ". It is then collected every night.", slots.step(view.subject.curie, slug)],
    ]  # fmt: skip


def _description(view: View) -> Component | None:
    text = (view.dataset.description or "").strip()
    words = f"What it contains: {formatting.sentence(text)}"
    return ui.paragraph(words, quiet=True) if text else None


def _state(view: View, row: DatasetStatus) -> Component:
    why = wording.reason(row)
    if row.status == "not_submitted" and not view.unprocessed:
        why = endpoints.why_absent(view.past_endpoints)
    return html.Div(
        [
            ui.paragraph(ui.status_tag(row.status), " ", why, lead=True),
            ui.paragraph(wording.obligation_of(row).of_one, quiet=True),
            _description(view) if row.status == "not_submitted" else None,
        ]
    )


def _next(view: View, row: DatasetStatus) -> Component | None:
    which = (view.dataset.dataset, view.subject.curie)
    if view.subject.is_past:
        return None
    sent = open_line.line(view.subject.curie, view.dataset.dataset)
    if view.subject.has_closed:
        return sent
    legacy = cards.inherited(view.inherited)
    if row.status == "not_submitted" and not view.unprocessed:
        needs = fields.requirement_list(requirements(view.dataset.dataset))
        begin = ui.steps([*legacy, *_begin(view)])
        return ui.section("What to do next", begin, needs, ui.row(_tasks(view), sent), id="next")
    dead = issues.past_steps(view.past_issues, _about(view))
    todo: list[Any] = legacy + dead
    done: tuple[str, ...] = ()
    if dead and len(dead) >= (row.endpoint_failing_count or 0):
        # Where none but dead addresses fail, their own steps say all.
        done = (wording.SEE_ENDPOINT, wording.RETIRE)
    for step in wording.next_steps(row, view.missing):
        fixes = issues.to_fix(view.issues, _issue(view)) if step == wording.SEE_ISSUES else []
        if step not in done:
            todo += fixes or steps.linked([step], _about(view))
    content = ui.steps(todo) if todo else ui.paragraph(wording.nothing_to_do([row]))
    jump = dataset_figures.jump(row, view.missing) if todo else None
    check = ui.paragraph(check_link.link(*which))
    ways = ui.row(jump, _tasks(view), check, submit_link.line(*which), sent)
    return ui.section("What to do next", content, ways, id="next")


def _about(view: View) -> About:
    """What the steps of the page are about. A failing address is replaced by what is given."""
    failing = [row.endpoint for row in view.endpoints if row.success is False]
    about = About(view.dataset.dataset, view.subject.curie)
    if view.row is None or view.row.status != "error" or len(failing) != 1:
        return about
    return replace(about, endpoint=failing[0], giving="replace")


def _tasks(view: View) -> Component | None:
    """The way to what is to be done for the dataset."""
    if not view.tasks:
        return None
    count = TaskCount(view.subject.curie, len(view.tasks), 0, 0, unknown=False)
    words = f"See all tasks of this dataset: {slots.count(count, view.tasks)}"
    path = addresses.tasks(view.subject.curie)
    return ui.paragraph(ui.link(words, links.with_query(path, {"dataset": view.dataset.dataset})))


def _issues(view: View, row: DatasetStatus) -> Component | None:
    if not row.endpoint_count:
        return None
    if row.problems is None:
        sentence = "These figures do not show what is wrong with the data."
        return ui.section("Issues", ui.paragraph(sentence), id="issues")
    where = {"organisation": view.subject.curie, "dataset": view.dataset.dataset}
    file = None if view.subject.is_past else links.with_query(addresses.ISSUES_FILE, where)
    return issues.section(
        view.issues, row, view.subject.before, _issue(view), view.subject.owner, file
    )


def _issue(view: View) -> Callable[[IssueCount], str]:
    """The address of the page of an issue."""
    subject, slug = view.subject, view.dataset.dataset
    return lambda issue: subject.address(
        addresses.issue(subject.curie, slug, issue.issue_type, issue.field)
    )


def _map(view: View, row: DatasetStatus, name: str) -> Component | None:
    if view.area is None or not row.endpoint_count or view.dataset.typology != "geography":
        return None
    return area.area_map(
        name,
        view.dataset.name,
        picture=addresses.map_of(view.area.organisation, view.dataset.dataset),
        boundary=view.area.has_boundary,
        places=view.places,
    )


def _records(view: View) -> Component | None:
    """The way to what the platform holds; None where nobody asks it."""
    if view.places is None:
        return None
    where = addresses.records(view.subject.curie, view.dataset.dataset)
    return ui.paragraph(ui.link("See the records that the platform holds", where))
