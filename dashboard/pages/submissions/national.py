"""What all authorities sent to the data team: what is open, late, at which step, and how long it
takes.

For a programme manager who wants to know where something is stuck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.submissions import lines, numbers
from dashboard.components.words import formatting, progress_words, submission_words
from dashboard.data.door import Connection, door
from dashboard.pages.national import heading
from dashboard.pages.submissions import names
from dashboard.urls import addresses, links
from dashboard.web import identity, slots
from providers.submissions import reading
from providers.submissions.rows import STEPS, Figures, Submission
from providers.tickets import condition

PATH = addresses.NATIONAL_SUBMISSIONS
TITLE = "Submissions"
NAV = None

PAGE_ROWS = 50
WHICH = {"open": "Open", "late": "Late", "ended": "Ended"}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which submissions, from the address."""

    which: str | None = links.one_of(tuple(WHICH))
    step: str | None = links.one_of(STEPS)
    dataset: str | None = links.one_of()
    organisation: str | None = links.one_of()
    page: int = links.number(1, 10_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `rows` are those of the filters, the newest first; `datasets` and
    `organisations` are those that sent anything, by name. `desk`: why nothing is passed on, for
    programme managers alone; blank: it is, or nobody may know."""

    filters: Filters
    figures: Figures
    rows: tuple[Submission, ...]
    datasets: tuple[tuple[str, str], ...]
    organisations: tuple[tuple[str, str], ...]
    notices: tuple[str, ...] = ()
    desk: str = ""


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(view(params))


def view(params: Mapping[str, Any]) -> View:
    """Submissions for the filters in the address."""
    figures, every = door().fresh(_read)
    dataset, organisation = names.of_datasets(), names.of_organisations(every)
    datasets = _by_name({row.dataset for row in every}, dataset)
    organisations = _by_name({row.organisation for row in every}, organisation)
    allowed = {"dataset": dict(datasets), "organisation": dict(organisations)}
    choice = links.parse(Filters, params, allowed=allowed)
    rows = matching(every, choice.filters)
    return View(choice.filters, figures, rows, datasets, organisations, choice.notices, _desk())


def _read(connection: Connection) -> tuple[Figures, tuple[Submission, ...]]:
    today = slots.today()
    return reading.figures(connection, today=today), reading.all(connection, today=today)


def _by_name(codes: Iterable[str], name: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((code, name(code)) for code in codes), key=lambda item: item[1]))


def matching(rows: Sequence[Submission], filters: Filters) -> tuple[Submission, ...]:
    """Those of some submissions that filters are of."""
    return tuple(
        row
        for row in rows
        if _is_of(row, filters.which)
        and filters.step in (None, row.step)
        and filters.dataset in (None, row.dataset)
        and filters.organisation in (None, row.organisation)
    )


def _is_of(row: Submission, which: str | None) -> bool:
    if which == "late":
        return row.is_late
    return which is None or row.is_open == (which == "open")


def render(view: View) -> Component:
    """The page."""
    return html.Div(
        [
            ui.breadcrumbs([("Home", addresses.HOME), ("National picture", addresses.NATIONAL)]),
            ui.heading(TITLE, caption="National picture"),
            ui.tabs("Views of the national picture", heading.TABS, PATH),
            ui.notices(view.notices),
            ui.notification(
                "Nothing is passed on to the data team’s ticket system",
                html.P(view.desk),
                kind="warning",
            )
            if view.desk
            else None,
            ui.paragraph(_sentence(view.figures), lead=True),
            *(_content(view) if view.organisations else [_nothing()]),
            ui.working(ui.bullets(list(submission_words.LADDER)), about="how far a submission is"),
        ]
    )


def _content(view: View) -> list[Component | None]:
    return [
        numbers.stats(view.figures, lambda **query: links.with_query(PATH, query)),
        _form(view),
        *_list(view),
        numbers.sections(view.figures),
    ]


def _nothing() -> Component:
    return ui.empty_state(
        "Nothing was sent yet",
        "What authorities send to the data team from the pages of their datasets and tasks is "
        "listed here.",
    )


def _sentence(figures: Figures) -> str:
    still = formatting.plural(figures.open, "submission is", "submissions are")
    late = formatting.plural(figures.late, "takes", "take")
    return (
        f"{still} open, of which {late} longer than promised."
        if figures.open
        else ("No submission is open.")
    )


def _form(view: View) -> Component:
    filters = view.filters
    return ui.filter_form(
        PATH,
        ui.select("which", "Open, late or ended", list(WHICH.items()), filters.which),
        ui.select("step", "How far", list(submission_words.STEPS.items()), filters.step),
        ui.select("dataset", "Dataset", view.datasets, filters.dataset),
        ui.select("organisation", "Authority", view.organisations, filters.organisation),
        filter_count=links.filter_count(filters),
        clear_href=PATH,
    )


def _list(view: View) -> list[Component | None]:
    total, page = len(view.rows), view.filters.page
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(page, pages)
    first = (page - 1) * PAGE_ROWS
    rows = view.rows[first : first + PAGE_ROWS]
    datasets, organisations = dict(view.datasets), dict(view.organisations)
    file = links.address(addresses.NATIONAL_SUBMISSIONS_FILE, view.filters, page=1)
    return [
        ui.result_line(first + 1, first + len(rows), total, "submission"),
        lines.table("Submissions", rows, datasets.__getitem__, organisations.__getitem__)
        if rows
        else None,
        ui.pagination(page, pages, lambda number: links.address(PATH, view.filters, page=number)),
        ui.paragraph(ui.download_link("Download them as CSV", file)) if rows else None,
    ]


def _desk() -> str:
    """Why nothing is passed on now, for programme managers alone."""
    who = identity.current()
    if who is None or not who.is_programme:
        return ""
    rows = door().fresh(condition.conditions)
    if not rows or not rows[0].trouble:
        return ""
    newest = rows[0]
    since = progress_words.moment(newest.trouble_at) if newest.trouble_at else "some time"
    pause = (
        "It refused our credentials: nothing is sent until they are put right. "
        if newest.paused_at
        else ""
    )
    return f"{pause}Since {since}: {newest.trouble}"
