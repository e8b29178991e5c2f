"""What all authorities sent to the data team: what is open, late, at which step, and how long it
takes.

For a programme manager who wants to know where something is stuck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.submissions import lines, numbers
from dashboard.components.words import formatting, progress_words, submission_words
from dashboard.data.door import Connection, door, now
from dashboard.pages.national import heading
from dashboard.pages.national.scope import NARROW_FIELDS, SCOPE_FIELDS, ScopeFilters
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
# What the other views of the national picture have in their addresses, and this one passes on.
_OF_SCOPE = tuple(name for name in SCOPE_FIELDS if name != "dataset")


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
    programme managers alone; blank: it is, or nobody may know. `scope`: what the reader chose on
    the other views of the national picture."""

    filters: Filters
    figures: Figures
    rows: tuple[Submission, ...]
    datasets: tuple[tuple[str, str], ...]
    organisations: tuple[tuple[str, str], ...]
    notices: tuple[str, ...] = ()
    desk: str = ""
    scope: ScopeFilters = field(default_factory=ScopeFilters)

    def address(self, **changes: Any) -> str:
        """The page for its filters with some of them changed, in the scope of the other views."""
        rest = links.form_values(self.scope, *_OF_SCOPE)
        return links.more(links.address(PATH, self.filters, **changes), rest)


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
    choice = links.parse(Filters, params, allowed=allowed, ignore=_OF_SCOPE)
    rows = matching(every, choice.filters)
    scope = links.parse(ScopeFilters, params).filters
    notices = (*choice.notices, *_unlike(scope))
    return View(choice.filters, figures, rows, datasets, organisations, notices, _desk(), scope)


def _unlike(scope: ScopeFilters) -> tuple[str, ...]:
    """What is said where the other views show something else than this one can."""
    sentences = []
    latest = now().as_at
    if scope.as_at is not None and latest is not None and scope.as_at < latest:
        day = formatting.day(scope.as_at)
        sentences.append(
            f"This view shows submissions as they are now, and not as at {day}. The other views "
            "keep that date."
        )
    if any(getattr(scope, name) for name in NARROW_FIELDS if name != "dataset"):
        sentences.append(
            "This view shows submissions of all authorities. The other views keep your filters."
        )
    return tuple(sentences)


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
    tabs = heading.tabs(view.scope)
    return html.Div(
        [
            ui.breadcrumbs([("Home", addresses.HOME), ("National picture", tabs[0][1])]),
            ui.heading(TITLE, caption="National picture"),
            ui.tabs("Views of the national picture", tabs, links.address(PATH, view.scope)),
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
        numbers.stats(view.figures, lambda **query: _href(view, query)),
        _form(view),
        *_list(view),
        numbers.sections(view.figures),
    ]


def _href(view: View, query: dict[str, Any]) -> str:
    """The address of what a number counts."""
    return replace(view, filters=Filters()).address(**query)


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
        keep=links.form_values(view.scope, *_OF_SCOPE),
        filter_count=links.filter_count(filters),
        clear_href=_href(view, {}),
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
        ui.pagination(page, pages, lambda number: view.address(page=number)),
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
