"""What authorities still have to do: by kind, dataset and age, how long it takes them, and who
needs a reminder.

For a programme manager who wants to know where help is worth most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.figure import Around, tools
from dashboard.components.national import checks as check_parts
from dashboard.components.national import tasks as parts
from dashboard.components.words import formatting, wording
from dashboard.data.door import ask, door, now
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.open_tasks import ask_without_met
from dashboard.pages.national.scope import Scope, ScopeFilters, read_scope
from dashboard.urls import addresses
from dashboard.web import identity
from performance_store.queries import national_tasks, organisations
from performance_store.rows import ClosedTasks, OpenTasks, OrganisationCounts, Reminder
from providers.checks.counts import NationalCounts
from providers.checks.results import national_counts
from providers.tasks import Engagement, engagement

PATH = addresses.NATIONAL_TASKS
TITLE = "Tasks"
NAV = None

NO_CHECKS = NationalCounts((), ())


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `people`: what those of each organisation said, asked anew for programme
    managers; None for everyone else. `checks`: what checks of files came to, with nothing about
    whose."""

    filters: ScopeFilters
    scope: Scope
    is_now: bool
    open: tuple[OpenTasks, ...] = ()
    closed: tuple[ClosedTasks, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    authorities: tuple[OrganisationCounts, ...] = ()
    people: tuple[Engagement, ...] | None = None
    checks: NationalCounts = NO_CHECKS

    @property
    def whole(self) -> OpenTasks | None:
        """All open tasks together; None: none is open."""
        return next((row for row in self.open if not row.kind and not row.dataset), None)

    @property
    def longest(self) -> int:
        """For how many days before the date tasks have been looked for."""
        return (self.scope.snapshot.as_at - self.scope.of_kind()[-1].as_at).days


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(build(*read_scope(ScopeFilters, params), people=_people()))


def _people() -> tuple[Engagement, ...] | None:
    """What people said, for whoever may know: never from a cache."""
    reader = identity.current()
    if reader is None or not reader.is_programme:
        return None
    return door().fresh(engagement, today=datetime.now(UTC).date())


def build(
    filters: ScopeFilters, scope: Scope, *, people: tuple[Engagement, ...] | None = None
) -> View:
    """Tasks of the set: as they stand where the snapshot is the newest, else as they stood."""
    snapshot = scope.snapshot
    which: dict[str, Any] = {
        "snapshot_id": snapshot.snapshot_id,
        "as_at": snapshot.as_at,
        "denominator": scope.set,
        "narrow": scope.narrow,
    }
    is_now = snapshot.snapshot_id == now().snapshot_id
    return View(
        filters,
        scope,
        is_now,
        (ask_without_met if is_now else ask)(national_tasks.open_tasks, is_now=is_now, **which),
        ask(national_tasks.closed_tasks, **which),
        ask_without_met(national_tasks.reminders, **which) if is_now else (),
        ask(organisations.with_counts, snapshot_id=snapshot.snapshot_id)
        if people is not None
        else (),
        people,
        door().fresh(national_counts) if is_now else NO_CHECKS,
    )


def render(view: View) -> Component:
    """The page."""
    scope = view.scope
    head = heading.head(scope, view.filters, PATH, TITLE, sentence=_sentence(view))
    if view.whole is None:
        return html.Div([*head, heading.nothing(scope, PATH)])
    body = [_kinds(view), _datasets(view), _reminders(view), _engagement(view), _closed(view)]
    body.append(_checks(view))
    return html.Div([*head, *body])


def _sentence(view: View) -> str | None:
    whole = view.whole
    if whole is None:
        return None
    return (
        f"{formatting.plural(whole.tasks, 'task is', 'tasks are')} open at "
        f"{formatting.plural(whole.authorities, 'authority', 'authorities')}: "
        f"{formatting.number(whole.must)} must be done, {formatting.number(whole.should)} should "
        f"be, and {formatting.number(whole.improve)} would improve the data."
    )


def _kinds(view: View) -> Component:
    return ui.section(
        "What is asked for",
        parts.legend(),
        parts.open_by([row for row in view.open if row.kind], "Task", parts.kind, view.longest),
        tools(_around(view, "open-tasks", "open tasks"), "Open tasks"),
        ui.working(
            ui.bullets(
                [
                    "A task opens when the data show that something is to be done, and closes when "
                    "they show that it is done, or not needed any more. A review counts no more "
                    "once its authority says that there is nothing to change. What else "
                    "authorities say of their tasks changes nothing here.",
                    "Data that we could not collect close no task: we cannot tell.",
                    "Days are counted since the task was first seen. What was there when we first "
                    "looked may be older.",
                ]
            ),
            about="open tasks",
        ),
        id="open-tasks",
    )


def _datasets(view: View) -> Component:
    href = heading.dataset_href(view.filters)

    def name(row: OpenTasks) -> Component:
        return ui.link(row.name, href(row.dataset))

    rows = [row for row in view.open if row.dataset]
    table = parts.open_by(rows, "Dataset", name, view.longest)
    return ui.section("Dataset by dataset", table, id="datasets")


def _reminders(view: View) -> Component | None:
    if not view.reminders:
        return None
    count = formatting.plural(len(view.reminders), "authority has", "authorities have")
    return ui.section(
        "Who needs a reminder",
        ui.paragraph(
            f"{count} not published new content in a register that must be reviewed each year. "
            "An authority that reviewed it and changed nothing can say so in its list of tasks."
        ),
        ui.details(
            f"Show {formatting.number(len(view.reminders))}",
            parts.reminders(view.reminders, addresses.tasks, _followers(view)),
        ),
        tools(_around(view, "reminders", "authorities that need a reminder")),
        id="reminders",
    )


def _followers(view: View) -> Callable[[str], int] | None:
    """How many follow an organisation, for those who may know."""
    if view.people is None:
        return None
    counts = {row.organisation: row.followers for row in view.people}
    return lambda organisation: counts.get(organisation, 0)


def _engagement(view: View) -> Component | None:
    """For programme managers: what people said, and whom nobody reached."""
    if view.people is None:
        return None
    names = {
        row.organisation: wording.name_of(row.name, row.organisation) for row in view.authorities
    }
    heard = {row.organisation for row in view.people}
    silent = sorted(name for organisation, name in names.items() if organisation not in heard)
    rows = [row for row in view.people if row.organisation in names]
    return ui.section(
        "What authorities say, and who has not been reached",
        ui.paragraph(
            "Only programme managers see this. These are counts: who said what is seen by the "
            "authority’s own people."
        ),
        parts.engagement(rows, lambda organisation: names[organisation], addresses.tasks)
        if rows
        else None,
        ui.details(
            f"{formatting.plural(len(silent), 'authority', 'authorities')} that nobody follows and "
            "whose people said nothing of a task",
            ui.bullets(silent),
        )
        if silent
        else None,
        id="people",
    )


def _closed(view: View) -> Component | None:
    if not view.closed:
        return None
    fixed = sum(row.fixed for row in view.closed)
    return ui.section(
        "What was done in the last year",
        ui.paragraph(f"{formatting.plural(fixed, 'task was', 'tasks were')} done."),
        parts.closed_by(view.closed),
        tools(_around(view, "closed-tasks", "tasks that ended"), "What was done in the last year"),
        id="closed-tasks",
    )


def _checks(view: View) -> Component | None:
    counts = view.checks
    if not counts.datasets:
        return None
    names = {row.dataset: row.name for row in view.open}

    def name(dataset: str) -> str:
        return names.get(dataset) or dataset.replace("-", " ").capitalize()

    total = formatting.plural(sum(row.checks for row in counts.datasets), "file was", "files were")
    return ui.section(
        "Checks before publishing",
        ui.paragraph(f"{total} checked. Nothing is told of whose they were."),
        check_parts.by_dataset(counts.datasets, name),
        ui.details("What they found most often", check_parts.findings(counts.findings, name))
        if counts.findings
        else None,
        id="checks",
    )


def _around(view: View, id: str, about: str) -> Around:
    # Of the API the tasks themselves, which these figures count.
    before = view.scope.snapshot.as_at - timedelta(days=national_tasks.CLOSED_DAYS)
    api = {
        "open-tasks": {"state": "open"},
        "closed-tasks": {"state": "closed", "closed_after": str(before)},
        "reminders": {"state": "open", "task_kind": "review"},
    }
    files = figure_links.files(view.scope, id, api=api[id])
    return heading.around(*(view.scope, view.filters, PATH, id, about), files=files, alone=False)
