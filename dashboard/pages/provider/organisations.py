"""Find an authority: where is mine, and how do they all compare?

For an officer who looks for one name, and anyone who wants the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain, narrowing
from dashboard.components.design import html, slide
from dashboard.components.words import amounts, formatting, wording
from dashboard.data.door import ask
from dashboard.pages.provider import search, several, task_list
from dashboard.pages.provider.organisation_list import (
    STATES,
    WHO,
    Filters,
    choices,
    in_order,
    is_of,
    matching,
)
from dashboard.urls import addresses, links
from dashboard.web import slots
from performance_store.queries import organisations, snapshots, summaries
from performance_store.rows import Dataset, OrganisationCounts, Snapshot, TaskCount

PATH = addresses.ORGANISATIONS
TITLE = "Find an authority"
NAV = "Authorities"
KEEP = True

PAGE_ROWS = 50

NARROWING = (
    ("region", "Region"),
    ("type", "Type"),
    ("cohort", "Programme cohort"),
    ("project", "Programme"),
    ("state", "Status"),
    ("who", "Organisations"),
)
RESULTS_ID = "found"


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `rows` are one page of the `total` that match, `members` the names of
    those of joint units, `datasets` those that the search names, `names` what became of each name
    where it is of several. `tasks` stand for the numbers of open tasks, by organisation."""

    filters: Filters
    notices: tuple[str, ...]
    snapshot: Snapshot
    rows: tuple[OrganisationCounts, ...]
    total: int
    pages: int
    regions: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...]
    cohorts: tuple[tuple[str, str], ...]
    projects: tuple[tuple[str, str], ...]
    members: search.Members
    datasets: tuple[Dataset, ...]
    names: tuple[several.Name, ...]
    tasks: Mapping[str, str]


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    (snapshot,) = ask(snapshots.current)
    rows = ask(organisations.with_counts, snapshot_id=snapshot.snapshot_id, everybody=True)
    allowed = {name: dict(values) for name, values in choices(rows).items()}
    reading = links.parse(Filters, params, allowed=allowed)
    return render(view(reading.filters, reading.notices))


def view(filters: Filters, notices: tuple[str, ...] = ()) -> View:
    """The organisations that match, one page of them."""
    (snapshot,) = ask(snapshots.current)
    rows = ask(organisations.with_counts, snapshot_id=snapshot.snapshot_id, everybody=True)
    members = search.members_of(rows)
    counts = task_list.counts(snapshot)
    matches = in_order(matching(rows, filters, snapshot.as_at, members), filters, counts)
    pages = max(1, -(-len(matches) // PAGE_ROWS))
    page = min(filters.page, pages)
    page_rows = matches[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    options = choices(rows)
    return View(
        filters=filters,
        notices=notices,
        snapshot=snapshot,
        rows=tuple(page_rows),
        total=len(matches),
        pages=pages,
        regions=options["region"],
        types=options["type"],
        cohorts=options["cohort"],
        projects=options["project"],
        members=members,
        datasets=tuple(search.find_datasets(ask(summaries.datasets), filters.q)),
        names=several.names_in(rows, filters.q, members),
        tasks=_tasks(page_rows, counts),
    )


def _tasks(rows: list[OrganisationCounts], counts: Mapping[str, TaskCount]) -> dict[str, str]:
    """What stands for the number of open tasks of each organisation that has any to count."""
    confirmable = task_list.confirmable()
    return {
        row.organisation: slots.count(count, confirmable.get(row.organisation, []))
        for row in rows
        if (count := counts.get(row.organisation)) is not None
    }


def render(view: View) -> Component:
    """The page."""
    return html.Div(
        [
            ui.breadcrumbs([("Home", addresses.HOME)]),
            ui.heading(TITLE),
            ui.notices(view.notices),
            _form(view),
            ui.return_link(),
            html.Div(_results(view), id=RESULTS_ID),
        ]
    )


def _form(view: View) -> Component:
    filters = view.filters
    return ui.find_form(
        PATH,
        "Name, abbreviation or code",
        filters.q,
        *(
            ui.select(
                group.name,
                group.title,
                group.options,
                getattr(filters, group.name),
                any_label=WHO["authorities"] if group.name == "who" else "All",
            )
            for group in _groups(view)
        ),
        live=RESULTS_ID,
        hint="Part of a name, a former name, an abbreviation such as LBH, an ONS code or a dataset",
        filter_count=len(_active_filters(filters)),
        keep=links.form_values(filters, "sort", "order"),
    )


def _active_filters(filters: Filters) -> dict[str, Any]:
    """Filters that narrow the list, beside the search."""
    return links.form_values(filters, *(name for name, _ in NARROWING))


def _groups(view: View) -> list[narrowing.Group]:
    active = _active_filters(view.filters)
    options = {
        "region": view.regions,
        "type": view.types,
        "cohort": view.cohorts,
        "project": view.projects,
        "state": tuple(STATES.items()),
        "who": tuple((name, words) for name, words in WHO.items() if name != "authorities"),
    }
    return [
        narrowing.Group(name, title, options[name], (active[name],) if name in active else ())
        for name, title in NARROWING
    ]


def _results(view: View) -> list[Component | None]:
    """The result of the form: the part that is updated while the search is typed."""
    filters = view.filters
    page = min(filters.page, view.pages)
    first = (page - 1) * PAGE_ROWS + 1
    line = ui.result_line(first, first + len(view.rows) - 1, view.total, "authority", "authorities")
    if view.names and not view.rows:
        line = ui.result_words(several.summary(view.names))
    choices = narrowing.filter_list(
        _groups(view),
        lambda name, _: links.address(PATH, filters, **{name: getattr(Filters(), name)}),
        lead="Showing only:",
    )
    top = [line, choices, _datasets(view.datasets), several.outcome(view.names)]
    if not view.rows:
        return top if view.names else [*top, _nothing(filters)]
    return [
        *top,
        ui.table(
            f"{wording.DUE.capitalize()} provided on {formatting.day(view.snapshot.as_at)}",
            _columns(filters, view.rows),
            [_row(row, view) for row in view.rows],
            caption_hidden=True,
        ),
        ui.pagination(page, view.pages, lambda to: links.address(PATH, filters, page=to)),
        ui.caption(
            f"Provided, no longer provided, error and needs improving count {wording.DUE}. "
            f"{amounts.heading(view.rows)} and tasks are those of all datasets. The order by tasks "
            "is that of the data: reviews that authorities confirmed are taken off afterwards."
        ),
        ui.controls(
            ui.menu(
                [
                    *(_file(filters, form) for form in ("csv", "xlsx")),
                    slide.choices(_slide(view, first), _measure(filters), "the list"),
                    ui.announcement(),
                ],
                about="the list",
            ),
            explain.explain("coverage", "failing", "needs_improving", "to_fix"),
        ),
    ]


def _measure(filters: Filters) -> str:
    which = " that match the filters" if _active_filters(filters) else ""
    return f"Authorities and what they provide{which}"


def _slide(view: View, first: int) -> slide.Slide:
    """What a picture of the list says. In: also the number of its first row on the page."""
    return slide.Slide(
        name=f"organisations-{view.snapshot.as_at}",
        of="England",
        last=view.snapshot.as_at,
        source=wording.source_of(view.snapshot.kind),
        page=PATH,
        total=view.total,
        row=first,
    )


def _file(filters: Filters, form: str) -> Component:
    """A link to the file of everything that matches."""
    file = links.address(addresses.organisations_file(form), filters, page=1)
    return ui.download_link(form.upper(), file)


def _datasets(rows: tuple[Dataset, ...]) -> Component | None:
    """The datasets that the search names, each with its page across the country."""
    names = [ui.link(row.name, addresses.national_dataset(row.dataset)) for row in rows]
    parts = [part for name in names for part in (", ", name)][1:]
    return ui.inset(f"Dataset{'s' * (len(rows) > 1)} of that name: ", *parts) if rows else None


def _nothing(filters: Filters) -> Component:
    show_all = ("Show all authorities", PATH)
    if _active_filters(filters):
        name = f" and is called “{filters.q}”" if filters.q else ""
        address = links.address(PATH, Filters(q=filters.q))
        return ui.empty_state(
            "No matches",
            f"No organisation matches all of these filters{name}.",
            clear=("Search without filters", address) if filters.q else show_all,
        )
    return ui.empty_state(
        "No matches",
        f"No organisation has a name like “{filters.q}”.",
        "Try a shorter part of the name. You can find closed organisations by their old name.",
        clear=show_all,
    )


def _columns(filters: Filters, rows: tuple[OrganisationCounts, ...]) -> list[ui.Column]:
    columns = []
    for key, label, numeric in (
        ("name", "Authority", False),
        ("provided", "Provided", False),
        ("failing", "Error", True),
        ("fixes", "Needs improving", True),
        ("rows", amounts.heading(rows), True),
        ("tasks", "Tasks", True),
        ("changed", "Latest content", True),
    ):
        here = key == (filters.sort or ("" if filters.q else "name"))
        is_usual = here and filters.order == "usual"
        upwards = (key == "name") == (filters.order == "usual")
        columns.append(
            ui.Column(
                label,
                numeric=numeric,
                sort_href=links.address(
                    PATH, filters, sort=key, order="reversed" if is_usual else "usual"
                ),
                order=("ascending" if upwards else "descending") if here else None,
            )
        )
    return columns


def _row(row: OrganisationCounts, view: View) -> list[Any]:
    snapshot = view.snapshot
    knows_logs = "logs" in snapshot.knows
    if is_of(row, "ended", snapshot.as_at):
        # It owes nothing any more.
        row = replace(row, expected=0, optional=0, provided_before=0)
    share = formatting.n_of(row.provided, row.expected)
    beside = wording.and_optional(row.optional_provided, row.optional).removeprefix(", ")
    provided: Any = (
        [share, ui.small_bar(row.provided, row.expected, f"{share} provided")]
        if row.expected
        else [html.Span("none expected", className="quiet")]
    )
    before = formatting.number(row.provided_before)
    # A phone shows both on one line with the share.
    for words in (f"({before} no longer)" if row.provided_before else "", beside):
        if words:
            provided = [*provided, html.Div(words, className="quiet small")]
    return [
        _name(row, view),
        provided,
        _count(row.error) if knows_logs else None,
        _count(row.needs_improving) if "issues" in snapshot.knows else None,
        _dash(row) if (count := amounts.to_fix(row)) is None else _count(count),
        _tasks_link(row, view),
        formatting.short_day(row.last_changed_on) if row.last_changed_on else _dash(row),
    ]


def _tasks_link(row: OrganisationCounts, view: View) -> Component:
    """The number of open tasks, which leads to them."""
    number = view.tasks.get(row.organisation)
    if number is None:
        return html.Span("none", className="quiet nought")
    name = wording.name_of(row.name, row.organisation)
    return ui.link(number, addresses.tasks(row.organisation), about=f"open tasks of {name}")


def _count(count: int) -> Any:
    """A number; a zero has a class, so that a narrow screen can hide it."""
    return formatting.number(count) if count else html.Span("0", className="nought")


def _dash(row: OrganisationCounts) -> Any:
    """Not known, or does not apply."""
    if row.provided or row.also_supplied:
        return None
    return html.Span("none", className="quiet nought")


def _name(row: OrganisationCounts, view: View) -> Component:
    as_at = view.snapshot.as_at
    words = [wording.kind_of(row.type, row.local_authority_type)]
    if row.region != "none":
        words.append(row.region_name)
    more: list[Any] = [", ".join(words)]
    if row.end_date is not None and row.end_date <= as_at:
        more = [f"Closed {formatting.day(row.end_date)}."]
        if row.successor:
            successor = wording.name_of(row.successor_name, row.successor)
            more += [" Now ", ui.link(successor, addresses.organisation(row.successor)), "."]
    because = search.because(row, view.filters.q, view.members)
    if because:
        more.insert(0, f"{because}. ")
    name = wording.name_of(row.name, row.organisation)
    return html.Div(
        [
            ui.link(name, addresses.organisation(row.organisation)),
            html.Div(more, className="quiet small"),
        ]
    )
