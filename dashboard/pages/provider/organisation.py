"""One organisation: how are we doing, what changed, and what do we do next?

For its officer in the morning, and for anyone about to call them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import check_link, explain, follow
from dashboard.components.design import html
from dashboard.components.provider import (
    cards,
    holdings,
    next_tasks,
    severity_lines,
    share,
    similar,
    status_runs,
    timeline,
)
from dashboard.components.words import formatting, wording
from dashboard.data.reading import soon
from dashboard.pages.provider import charts, dataset_list, dataset_list_view, peers, task_list
from dashboard.pages.provider.dataset_list import Filters
from dashboard.pages.provider.subject import Subject, dates, rule_changes, subject_of
from dashboard.pages.submissions import open_line
from dashboard.urls import addresses, links
from dashboard.web import cookies, embedding, slots
from performance_store.queries import histories, organisations, problem_histories
from performance_store.rows import (
    Annotation,
    DatasetStatus,
    InheritedDataset,
    OrganisationHistory,
    SeverityHistory,
    StatusRun,
    Task,
    TaskCount,
)

PATH = addresses.ORGANISATION
TITLE = "Organisation"
NAV = None
KEEP = True
# So many things to do are seen at once.
_FIRST = 4


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `rows` are all datasets it supplies or is expected to; `dates` those of
    all snapshots of the kind, oldest first."""

    subject: Subject
    rows: tuple[DatasetStatus, ...]
    history: tuple[OrganisationHistory, ...]
    rule_changes: tuple[Annotation, ...] = ()
    filters: Filters = field(default_factory=Filters)
    runs: tuple[StatusRun, ...] = ()
    severities: tuple[SeverityHistory, ...] = ()
    peers: tuple[similar.Group, ...] = ()
    site: str = ""
    inherited: tuple[InheritedDataset, ...] = ()
    tasks: tuple[Task, ...] = ()
    count: TaskCount | None = None
    dates: tuple[date, ...] = ()

    @property
    def expected(self) -> tuple[DatasetStatus, ...]:
        """The datasets it must or is expected to provide, which are those that count."""
        return tuple(row for row in self.rows if wording.is_expected(row))

    @property
    def optional(self) -> tuple[DatasetStatus, ...]:
        """The datasets it can provide."""
        return tuple(row for row in self.rows if wording.is_optional(row))


def layout(organisation: str = "", **params: Any) -> Component:
    """The page of the organisation in the address."""
    reading = links.parse(Filters, params)
    return render(view(organisation, reading.filters, reading.notices))


def view(organisation: str, filters: Filters | None = None, notices: tuple[str, ...] = ()) -> View:
    """Everything about one organisation. Raises NotFound."""
    filters = filters or Filters()
    subject = subject_of(organisation, filters, notices)
    rows = dataset_list.rows(subject)
    history = soon(histories.organisation, organisation=organisation, kind=subject.snapshot.kind)
    runs = soon(histories.statuses, organisation=organisation, kind=subject.snapshot.kind)
    problems = soon(
        problem_histories.severities, organisation=organisation, kind=subject.snapshot.kind
    )
    notes = rule_changes(subject)
    alike = peers.groups(subject)
    before = soon(
        organisations.inherited,
        organisation=organisation,
        snapshot_id=subject.snapshot.snapshot_id,
    )
    tasks, count = task_list.of(subject), task_list.count(subject)
    days = dates(subject.snapshot)
    return View(
        subject,
        rows.value,
        history.value,
        rule_changes=_within(notes.value, history.value),
        filters=filters,
        runs=runs.value,
        severities=problems.value,
        peers=alike.value,
        site=embedding.site(),
        inherited=before.value,
        tasks=tasks.value,
        count=count.value,
        dates=days.value,
    )


def _within(
    notes: tuple[Annotation, ...], history: tuple[OrganisationHistory, ...]
) -> tuple[Annotation, ...]:
    """The changes of rules after the first of its figures and up to the last."""
    if not history:
        return ()
    first, last = history[0].as_at, history[-1].last_as_at
    return tuple(note for note in notes if first < note.on_date <= last)


def render(view: View) -> Component:
    """The page."""
    organisation = view.subject.organisation
    kind = wording.kind_of(organisation.type, organisation.local_authority_type)
    lead = None if view.subject.has_closed and not view.rows else wording.summary(view.rows)
    return html.Div(
        [
            ui.breadcrumbs([("Home", addresses.HOME), ("Authorities", addresses.ORGANISATIONS)]),
            ui.heading(view.subject.name, caption=kind),
            ui.notices(view.subject.notices),
            cards.closure(organisation, at=view.subject.address)
            if view.subject.has_closed
            else None,
            cards.older_figures(view.subject.snapshot, view.subject.filters.as_at)
            if view.subject.older
            else None,
            ui.paragraph(lead, lead=True) if lead else None,
            _counters(view),
            _first(view),
            dataset_list_view.datasets(
                view.subject, view.filters, view.rows, _past(view), _bar(view)
            ),
            _history(view),
            _about(view),
            similar.section(view.peers, _ranking(view)),
            _follow(view),
            None if view.subject.has_closed else _share(view),
        ]
    )


def _ranking(view: View) -> str:
    """Where the authority stands among all, on the date of the page."""
    day = view.subject.filters.as_at
    of_date = {"as_at": day.isoformat() if day else None}
    pick = {"pick": f"organisation:{view.subject.curie}"}
    return links.more(addresses.COMPARE, {"set": "any", **of_date, **pick})


def _last_visit(view: View) -> Component:
    """The link that `assets/visits.js` shows to those who saw earlier figures."""
    subject = view.subject
    offer = html.A(
        ["See what changed since your last visit, with figures as at ", html.Span()],
        href="#changes",
        className="link",
    )
    attributes: dict[str, Any] = {
        "data-visit": f"{subject.snapshot.kind} {subject.curie}",
        "data-visit-new": "",
        "data-seen": subject.snapshot.as_at.isoformat(),
    }
    return html.P(offer, hidden=True, **attributes)


def _counters(view: View) -> Component | None:
    """One line of tiles; the sentence above them names the set."""
    expected = view.expected
    if not expected:
        return None
    provided = sum(1 for row in expected if row.endpoint_count)
    items = [_stat(provided, len(expected), "provided", f"of the {wording.DUE}", "good")]
    if provided and "logs" in view.subject.snapshot.knows:
        failing = sum(1 for row in expected if row.status == "error")
        fixes = sum(1 for row in expected if row.status == "needs_improving")
        items.append(_stat(failing, provided, "Error", "of those provided", "bad"))
        items.append(_stat(fixes, provided, "Needs improving", "of those provided", "warn"))
    return ui.stats(*items)


def _stat(count: int, total: int, label: str, of: str, tone: Any) -> Component:
    words = formatting.n_of(count, total)
    bar = ui.small_bar(count, total, f"{words} {of}: {label}", tone=tone)
    return ui.stat(words, [label, ui.hidden(f" {of}")], bar)


def _bar(view: View) -> dataset_list_view.Above:
    """The status of all that counts, and how it is worked out."""
    if not view.expected:
        return dataset_list_view.Above()
    measures = ["coverage"]
    if "logs" in view.subject.snapshot.knows:
        measures += ["failing", "needs_improving"]
    bar = cards.provided_bar(view.expected)
    return dataset_list_view.Above(bar, explain.explain(*measures))


def _to_do(view: View) -> Component | None:
    """The top of the organisation's tasks: the first few, and the rest of it folded."""
    may_provide = view.expected + view.optional
    if not view.subject.takes_advice or not (may_provide or view.tasks):
        return None
    items = next_tasks.top(view.tasks, slots.confirmation) + cards.inherited(view.inherited)
    content = (
        ui.steps(items[:_FIRST]) if items else ui.paragraph(wording.nothing_to_do(may_provide))
    )
    rest = items[_FIRST:]
    more = ui.details(f"{len(rest)} more", ui.steps(rest, start=_FIRST + 1)) if rest else None
    check = ui.paragraph(check_link.link("", view.subject.curie))
    ways = ui.row(_all_tasks(view), check, open_line.line(view.subject.curie))
    return ui.section("What to do next", content, more, ways, id="next")


def _all_tasks(view: View) -> Component | None:
    """The way to the whole list."""
    if view.count is None:
        return None
    words = f"See all tasks: {slots.count(view.count, view.tasks)}"
    return ui.paragraph(ui.link(words, addresses.tasks(view.subject.curie)))


def _first(view: View) -> Component | None:
    """What to do next, beside what changed."""
    to_do, changes = _to_do(view), _changes(view)
    if to_do is None or changes is None:
        return to_do or changes
    return ui.columns(to_do, changes)


def _about(view: View) -> Component:
    organisation = view.subject.organisation
    facts: list[tuple[str, Any]] = [
        ("Reference", ui.code(organisation.organisation)),
        ("Region", organisation.region_name),
    ]
    if organisation.statistical_geography:
        facts.append(("ONS code", ui.code(organisation.statistical_geography)))
    if organisation.cohort:
        facts.append(("Programme cohort", organisation.cohort_name or organisation.cohort))
    if organisation.former_names:
        facts.append(("Formerly", formatting.list_of(organisation.former_names)))
    for title, others in (
        ("Planning groups", organisation.groups),
        ("Members", organisation.members),
    ):
        if others:
            names = [
                ui.link(name, view.subject.address(addresses.organisation(key)))
                for key, name in others
            ]
            facts.append((title, ui.bullets(names, plain=True)))
    return ui.fold("About this organisation", ui.summary_list(facts), id="about")


def _past(view: View) -> holdings.Past:
    runs: dict[str, list[StatusRun]] = {}
    for run in view.runs:
        runs.setdefault(run.dataset, []).append(run)
    if not view.history:
        return holdings.Past((), runs)
    first, last = view.history[0].as_at, view.history[-1].last_as_at
    return holdings.Past(tuple(day for day in view.dates if first <= day <= last), runs)


def _address(view: View, row: DatasetStatus) -> str:
    return dataset_list.of_dataset(view.subject, row)


def _changes(view: View) -> Component | None:
    subject = view.subject
    if subject.before is None or not view.rows:
        return None
    changes = cards.changes(view.rows)
    count = formatting.plural(len(changes), "dataset") if changes else "No dataset"
    path = addresses.organisation(subject.curie)
    items: list[Any] = [
        [ui.link(row.dataset_name, _address(view, row)), f": {change}"] for row, change in changes
    ]
    compare = ui.inline_form(
        f"{path}#changes",
        ui.date_input(
            "since",
            "Compare with",
            subject.filters.since or subject.before.as_at,
            first=view.history[0].as_at if view.history else None,
            last=subject.snapshot.as_at,
        ),
        keep=links.form_values(
            view.filters, "as_at", "view", "status", "obligation", "sort", "order"
        ),
        apply_label="Compare",
    )
    return ui.section(
        f"What changed since {formatting.day(subject.before.as_at)}",
        None if view.subject.is_past else _last_visit(view),
        ui.paragraph(f"{count} changed."),
        ui.bullets(items) if items else None,
        ui.controls(
            ui.details("Compare with another date", compare, on_paper=False),
            explain.explain("changes"),
        ),
        id="changes",
    )


def _share(view: View) -> Component:
    supplied = [row.dataset for row in view.rows if row.endpoint_count]
    example = supplied[0] if supplied else None
    return share.share(view.site, view.subject.organisation, example)


def _follow(view: View) -> Component:
    curie = view.subject.curie
    calendar = None if view.subject.has_closed else addresses.calendar(curie)
    mail = addresses.follow(curie) if cookies.is_on() else None
    return follow.follow(f"at {view.subject.name}", addresses.feed(curie), calendar, mail)


def _history(view: View) -> Component | None:
    rows = view.history
    if not rows or rows[0].as_at == rows[-1].last_as_at:
        return None
    first, last = rows[0], rows[-1]
    headline = (
        f"Datasets provided: {formatting.n_of(first.provided, first.expected)} on "
        f"{formatting.day(first.as_at)}, {formatting.n_of(last.provided, last.expected)} on "
        f"{formatting.day(last.last_as_at)}."
    )
    curie, kind = view.subject.curie, view.subject.snapshot.kind
    return ui.section(
        "Over time",
        ui.paragraph(view.subject.all_dates) if view.subject.is_past else None,
        ui.paragraph(headline),
        status_runs.draw(
            view.runs,
            view.dates,
            figure=addresses.organisation_chart(curie, charts.STATUSES),
            csv=addresses.past(curie, "statuses", kind),
            slide=view.subject.slide("statuses"),
        ),
        severity_lines.draw(
            view.severities,
            view.dates,
            figure=addresses.organisation_chart(curie, charts.SEVERITIES),
            csv=addresses.past(curie, "severities", kind),
            slide=view.subject.slide("severities"),
        ),
        timeline.notes(view.rule_changes),
        id="history",
    )
