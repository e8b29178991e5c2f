"""Find an authority: where is mine, and how do they all stand?

Asked by an officer who looks for one name, and by anybody who wants the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import explain, narrowing
from dashboard.components.words import formatting, wording
from dashboard.data.door import ask
from dashboard.pages.provider import search
from dashboard.urls import addresses, links
from performance_store.queries import organisations, snapshots
from performance_store.rows import OrganisationCounts, Snapshot

PATH = addresses.ORGANISATIONS
TITLE = "Find an authority"
NAV = "Authorities"
KEEP = True

PAGE_ROWS = 50
STATES = {
    "nothing": "Provides nothing yet",
    "all-provided": "Provides all expected datasets",
    "live": "Something is live",
    "fixes": "Something needs fixes",
    "failing": "Something cannot be collected",
    "processing": "Something is not collected yet",
    "missing": "Something is not submitted",
    "unknown": "Something is not known",
}
WHO = {
    "authorities": "Planning authorities",
    "others": "Other bodies",
    "ended": "Bodies that have ended",
    "all": "All of them",
}
NARROWING = (
    ("region", "Region"),
    ("type", "Type"),
    ("cohort", "Programme cohort"),
    ("project", "Programme"),
    ("state", "How they stand"),
    ("who", "Bodies"),
)
FOUND = "found"
# How each column is sorted first: by name upwards, by numbers from the most.
_SORTS = ("name", "provided", "failing", "fixes", "rows", "changed")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for."""

    q: str = links.words()
    region: str | None = links.one_of()
    type: str | None = links.one_of()
    cohort: str | None = links.one_of()
    project: str | None = links.one_of()
    state: str | None = links.one_of(STATES)
    who: str = links.one_of(WHO, default="authorities")
    # None: by name, or the best first when something is searched for.
    sort: str | None = links.one_of(_SORTS)
    order: str = links.one_of(("usual", "reversed"), default="usual")
    page: int = links.number(1, 1000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `rows` are one page of the `found` that match."""

    filters: Filters
    notices: tuple[str, ...]
    snapshot: Snapshot
    rows: tuple[OrganisationCounts, ...]
    found: int
    pages: int
    regions: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...]
    cohorts: tuple[tuple[str, str], ...]
    projects: tuple[tuple[str, str], ...]


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    (snapshot,) = ask(snapshots.current)
    rows = ask(organisations.with_counts, snapshot_id=snapshot.snapshot_id)
    allowed = {name: dict(choices) for name, choices in _choices(rows).items()}
    parsed = links.parse(Filters, params, allowed=allowed)
    return render(view(parsed.filters, parsed.notices))


def view(filters: Filters, notices: tuple[str, ...] = ()) -> View:
    """The organisations that match, one page of them."""
    (snapshot,) = ask(snapshots.current)
    rows = ask(organisations.with_counts, snapshot_id=snapshot.snapshot_id)
    found = _sorted(_matching(rows, filters, snapshot.as_at), filters)
    pages = max(1, -(-len(found) // PAGE_ROWS))
    page = min(filters.page, pages)
    shown = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    choices = _choices(rows)
    return View(
        filters=filters,
        notices=notices,
        snapshot=snapshot,
        rows=tuple(shown),
        found=len(found),
        pages=pages,
        regions=choices["region"],
        types=choices["type"],
        cohorts=choices["cohort"],
        projects=choices["project"],
    )


def _choices(rows: tuple[OrganisationCounts, ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Values of the filters that depend on the data, with their words."""
    regions = {row.region: row.region_name for row in rows}
    types = {row.type: wording.kind_of(row.type) for row in rows}
    cohorts = {row.cohort: row.cohort_name or row.cohort for row in rows if row.cohort}
    projects = {row.project: row.project_name or row.project for row in rows if row.project}
    found = {"region": regions, "type": types, "cohort": cohorts, "project": projects}
    return {
        name: tuple(sorted(values.items(), key=lambda item: item[1]))
        for name, values in found.items()
    }


def _matching(
    rows: tuple[OrganisationCounts, ...], filters: Filters, as_at: date
) -> list[OrganisationCounts]:
    # Whoever types a name wants that body, whatever became of it.
    who = "all" if filters.q and filters.who == "authorities" else filters.who
    fitting = [
        row
        for row in rows
        if _is(row, who, as_at)
        and filters.region in (None, row.region)
        and filters.type in (None, row.type)
        and filters.cohort in (None, row.cohort)
        and filters.project in (None, row.project)
        and _stands(row, filters.state)
    ]
    return search.find(fitting, filters.q)


def _is(row: OrganisationCounts, who: str, as_at: date) -> bool:
    ended = row.end_date is not None and row.end_date <= as_at
    return {
        "authorities": row.is_lpa and not ended,
        "others": not row.is_lpa and not ended,
        "ended": ended,
        "all": True,
    }[who]


def _stands(row: OrganisationCounts, state: str | None) -> bool:
    return {
        None: True,
        "nothing": row.expected > 0 and row.provided == 0,
        "all-provided": 0 < row.expected == row.provided,
        "live": row.live > 0,
        "fixes": row.needs_improving > 0,
        "failing": row.error > 0,
        "processing": row.processing > 0,
        "missing": row.not_submitted > 0,
        "unknown": row.unknown > 0,
    }[state]


def _sorted(rows: list[OrganisationCounts], filters: Filters) -> list[OrganisationCounts]:
    """In the order asked for. What was searched for stays best first unless sorted otherwise."""
    backwards = filters.order == "reversed"
    if filters.sort is None and filters.q:
        return rows
    if filters.sort in (None, "name"):
        key = [(row.name or row.organisation).casefold() for row in rows]
        return _ordered(rows, key, backwards)
    keys: dict[str, list[Any]] = {
        "provided": [-row.provided for row in rows],
        "failing": [-row.error for row in rows],
        "fixes": [-row.needs_improving for row in rows],
        "rows": [-(row.error_rows or 0) for row in rows],
        "changed": [-(row.last_changed_on or date.min).toordinal() for row in rows],
    }
    return _ordered(rows, keys[filters.sort], backwards)


def _ordered(
    rows: list[OrganisationCounts], keys: list[Any], backwards: bool
) -> list[OrganisationCounts]:
    pairs = sorted(zip(keys, range(len(rows)), strict=True), reverse=backwards)
    return [rows[at] for _, at in pairs]


def render(shown: View) -> Component:
    """The page."""
    return html.Div(
        [
            ui.breadcrumbs([("Home", addresses.HOME)]),
            ui.heading(TITLE),
            ui.notices(shown.notices),
            _form(shown),
            ui.return_link(),
            html.Div(_results(shown), id=FOUND),
        ]
    )


def _form(shown: View) -> Component:
    filters = shown.filters
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
            for group in _groups(shown)
        ),
        live=FOUND,
        hint="Part of the name, a former name, an abbreviation such as LBH, or an ONS code",
        filter_count=len(_narrowed_by(filters)),
        keep=links.kept(filters, "sort", "order"),
    )


def _narrowed_by(filters: Filters) -> dict[str, Any]:
    """Filters that narrow the list, beside the search."""
    return links.kept(filters, *(name for name, _ in NARROWING))


def _groups(shown: View) -> list[narrowing.Group]:
    narrowed = _narrowed_by(shown.filters)
    options = {
        "region": shown.regions,
        "type": shown.types,
        "cohort": shown.cohorts,
        "project": shown.projects,
        "state": tuple(STATES.items()),
        "who": tuple((name, words) for name, words in WHO.items() if name != "authorities"),
    }
    return [
        narrowing.Group(name, title, options[name], (narrowed[name],) if name in narrowed else ())
        for name, title in NARROWING
    ]


def _results(shown: View) -> list[Component | None]:
    """What the form asked for; this much is renewed while the search is typed."""
    filters = shown.filters
    page = min(filters.page, shown.pages)
    first = (page - 1) * PAGE_ROWS + 1
    line = ui.result_line(
        first, first + len(shown.rows) - 1, shown.found, "authority", "authorities"
    )
    chosen = narrowing.filter_list(
        _groups(shown),
        lambda name, _: links.address(PATH, filters, **{name: getattr(Filters(), name)}),
        lead="Only these:",
    )
    if not shown.rows:
        return [line, chosen, _nothing(filters)]
    return [
        line,
        chosen,
        ui.table(
            f"Datasets provided on {formatting.day(shown.snapshot.as_at)}",
            _columns(filters),
            [_row(row, shown.snapshot, filters.q) for row in shown.rows],
            caption_hidden=True,
            dense=True,
        ),
        ui.pagination(page, shown.pages, lambda to: links.address(PATH, filters, page=to)),
        explain.explain("coverage", "failing", "needs_improving", "error_rows"),
    ]


def _nothing(filters: Filters) -> Component:
    everybody = ("Show all authorities", PATH)
    if _narrowed_by(filters):
        named = f" and is called “{filters.q}”" if filters.q else ""
        unfiltered = links.address(PATH, Filters(q=filters.q))
        return ui.empty_state(
            "Nobody found",
            f"No body fits all of these filters{named}.",
            clear=("Search without filters", unfiltered) if filters.q else everybody,
        )
    return ui.empty_state(
        "Nobody found",
        f"Nothing is called “{filters.q}”, or anything like it.",
        "Try a shorter part of the name. Bodies that have ended are found by their old name.",
        clear=everybody,
    )


def _columns(filters: Filters) -> list[ui.Column]:
    made = []
    for key, label, numeric in (
        ("name", "Authority", False),
        ("provided", "Provided", False),
        ("failing", "Cannot be collected", True),
        ("fixes", "Need fixes", True),
        ("rows", "Rows to fix", True),
        ("changed", "Newest content", True),
    ):
        here = key == (filters.sort or ("" if filters.q else "name"))
        turned = here and filters.order == "usual"
        upwards = (key == "name") == (filters.order == "usual")
        made.append(
            ui.Column(
                label,
                numeric=numeric,
                sort_href=links.address(
                    PATH, filters, sort=key, order="reversed" if turned else "usual"
                ),
                order=("ascending" if upwards else "descending") if here else None,
            )
        )
    return made


def _row(row: OrganisationCounts, snapshot: Snapshot, wanted: str) -> list[Any]:
    knows_logs = "logs" in snapshot.knows
    share = formatting.n_of(row.provided, row.expected)
    provided: Any = (
        [share, ui.small_bar(row.provided, row.expected, f"{share} provided")]
        if row.expected
        else html.Span("nothing expected", className="quiet")
    )
    return [
        _name(row, snapshot.as_at, wanted),
        provided,
        _count(row.error) if knows_logs else None,
        _count(row.needs_improving) if "issues" in snapshot.knows else None,
        _count(row.error_rows) if row.error_rows is not None else _dash(row),
        formatting.short_day(row.last_changed_on) if row.last_changed_on else _dash(row),
    ]


def _count(count: int) -> Any:
    """A number; noughts are marked, so that a narrow screen can leave them out."""
    return formatting.number(count) if count else html.Span("0", className="nought")


def _dash(row: OrganisationCounts) -> Any:
    """Not known, or nothing to know about."""
    if row.provided or row.also_supplied:
        return None
    return html.Span("none", className="quiet nought")


def _name(row: OrganisationCounts, as_at: date, wanted: str) -> Component:
    words = [wording.kind_of(row.type)]
    if row.region != "none":
        words.append(row.region_name)
    more: list[Any] = [", ".join(words)]
    if row.end_date is not None and row.end_date <= as_at:
        more = [f"Ended {formatting.day(row.end_date)}."]
        if row.successor:
            successor = wording.name_of(row.successor_name, row.successor)
            more += [" Now ", ui.link(successor, addresses.organisation(row.successor)), "."]
    because = search.because(row, wanted)
    if because:
        more.insert(0, f"{because}. ")
    name = wording.name_of(row.name, row.organisation)
    return html.Div(
        [
            ui.link(name, addresses.organisation(row.organisation)),
            html.Div(more, className="quiet small"),
        ]
    )
