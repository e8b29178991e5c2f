"""One type of issue in one dataset: what is it, how do we mend it, and in which rows?

Asked by the officer who has the file open in another window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.provider import cards, issue_rows, places
from dashboard.components.words import formatting, wording
from dashboard.components.words.issue_words import IssueWords, counted, issue_words
from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.pages.provider.subject import Standing, standing
from dashboard.urls import addresses, links
from performance_store.queries import cell, issues, organisations
from performance_store.rows import (
    Dataset,
    DatasetStatus,
    IssueCleared,
    IssueCount,
    IssueElsewhere,
    IssueKind,
    IssueMatches,
    IssuePoint,
    IssueRow,
    Place,
)

PATH = addresses.ISSUE
TITLE = "Issue"
NAV = None
KEEP = True

PAGE_ROWS = 50
FIXED_WITHIN_DAYS = 366
_ORDERS = tuple(issues.ORDERS)
# Snapshots that come with their individual issues.
_LISTING_KINDS = ("platform", "sample")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for."""

    q: str = links.words()
    sort: str = links.one_of(_ORDERS, default="file")
    page: int = links.number(1, 100_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `count` is None when the cell does not have the issue now; `matches`
    is None when the figures do not list individual issues."""

    standing: Standing
    dataset: Dataset
    row: DatasetStatus | None
    kind: IssueKind
    field: str | None
    count: IssueCount | None
    filters: Filters
    notices: tuple[str, ...]
    rows: tuple[IssueRow, ...] = ()
    matches: IssueMatches | None = None
    history: tuple[IssuePoint, ...] = ()
    elsewhere: IssueElsewhere | None = None
    cleared: tuple[IssueCleared, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def words(self) -> IssueWords:
        """What is said of this type of issue."""
        return issue_words(self.kind.issue_type, self.kind.name)

    @property
    def where(self) -> dict[str, Any]:
        """What the rows are asked by."""
        return {
            "organisation": self.standing.organisation.organisation,
            "dataset": self.dataset.dataset,
            "issue_type": self.kind.issue_type,
            "field": self.field,
        }

    @property
    def address(self) -> str:
        """The page's own path."""
        return addresses.issue(*self.where.values())


def layout(
    organisation: str = "",
    dataset: str = "",
    issue_type: str = "",
    field: str = "",
    **params: Any,
) -> Component:
    """The page of the issue in the address."""
    parsed = links.parse(Filters, params)
    return render(view(organisation, dataset, issue_type, field, parsed.filters, parsed.notices))


def view(
    organisation: str,
    dataset: str,
    issue_type: str,
    field: str,
    filters: Filters | None = None,
    notices: tuple[str, ...] = (),
) -> View:
    """One type of issue of one cell; type and field as in the address. Raises NotFound."""
    filters = filters or Filters()
    place = standing(organisation)
    known = ask(cell.dataset, dataset=dataset)
    if not known:
        raise NotFound(f"We know no dataset called “{dataset[:80]}”.")
    at: dict[str, Any] = {
        "organisation": organisation,
        "dataset": dataset,
        "snapshot_id": place.snapshot.snapshot_id,
    }
    status = ask(cell.status, **at)
    kind, name, count = _which(ask(cell.issues, **at), issue_type, field)
    where: dict[str, Any] = {
        "organisation": organisation,
        "dataset": dataset,
        "issue_type": kind.issue_type,
        "field": name,
    }
    rows, matches = _rows(place, where, filters) if count else ((), None)
    same = at | {"issue_type": kind.issue_type}
    since = place.snapshot.as_at - timedelta(days=FIXED_WITHIN_DAYS)
    return View(
        standing=place,
        dataset=known[0],
        row=status[0] if status else None,
        kind=kind,
        field=name,
        count=count,
        filters=filters,
        notices=(*place.notices, *notices),
        rows=rows,
        matches=matches,
        history=ask(issues.over_time, **where, kind=place.snapshot.kind),
        elsewhere=ask(issues.elsewhere, **same)[0],
        cleared=ask(issues.cleared, **same, since=since),
        places=ask(organisations.places),
    )


def _which(
    open_now: tuple[IssueCount, ...], issue_type: str, field: str
) -> tuple[IssueKind, str | None, IssueCount | None]:
    """The type, the field and the count that an address speaks of; of the types without a count
    now, those that are known. Raises NotFound."""
    for row in open_now:
        if (links.slug(row.issue_type), links.slug(row.field or "")) == (issue_type, field):
            kind = IssueKind(
                row.issue_type, row.name, row.description, row.severity, row.responsibility
            )
            return kind, row.field, row
    for kind in ask(issues.kinds):
        if links.slug(kind.issue_type) == issue_type:
            return kind, None if field == "-" else field[:80], None
    raise NotFound(f"We know no kind of issue called “{issue_type[:80]}”.")


def _rows(
    place: Standing, where: dict[str, Any], filters: Filters
) -> tuple[tuple[IssueRow, ...], IssueMatches | None]:
    if place.older or place.snapshot.kind not in _LISTING_KINDS:
        return (), None
    (found,) = ask(issues.matches, **where, search=filters.q)
    offset = (min(filters.page, _pages(found.rows)) - 1) * PAGE_ROWS
    asked: dict[str, Any] = {
        "search": filters.q,
        "order": filters.sort,
        "offset": offset,
        "limit": PAGE_ROWS,
    }
    return ask(issues.rows, **where, **asked), found


def _pages(rows: int) -> int:
    return max(1, -(-rows // PAGE_ROWS))


def render(shown: View) -> Component:
    """The page."""
    return html.Div(
        [
            _trail(shown),
            ui.heading(_heading(shown), caption=_caption(shown)),
            ui.notices(shown.notices),
            cards.older_figures(shown.standing.snapshot) if shown.standing.older else None,
            _what(shown),
            _how(shown),
            _affected(shown),
            _others(shown),
            _over_time(shown),
        ]
    )


def _trail(shown: View) -> Component:
    body = shown.standing.organisation
    curie = body.organisation
    return ui.breadcrumbs(
        [
            ("Home", addresses.HOME),
            ("Authorities", addresses.ORGANISATIONS),
            (wording.name_of(body.name, curie), addresses.organisation(curie)),
            (shown.dataset.name, addresses.dataset(curie, shown.dataset.dataset)),
        ]
    )


def _heading(shown: View) -> str:
    if shown.count is None:
        return shown.words.title
    records = shown.row.record_count if shown.row else None
    return counted(shown.words, shown.count.rows, records)


def _caption(shown: View) -> str:
    name = wording.name_of(shown.standing.organisation.name, shown.where["organisation"])
    field = f", field {shown.field}" if shown.field else ""
    return f"{shown.dataset.name} of {name}{field}"


def _what(shown: View) -> Component:
    if shown.count is None:
        as_at = formatting.day(shown.standing.snapshot.as_at)
        said = f"No row has this issue in the figures of {as_at}. There is nothing to mend."
        return ui.paragraph(said, lead=True)
    told = [
        ui.paragraph(shown.words.why, lead=True),
        ui.paragraph(
            ui.severity_tag(shown.count.severity),
            " Who acts: ",
            wording.responsible(shown.count.responsibility),
            ".",
        ),
    ]
    if shown.count.of_last_good:
        told.append(
            ui.inset(
                ui.paragraph("Collecting fails now. These are the rows of the last good data.")
            )
        )
    return html.Div(told)


def _how(shown: View) -> Component | None:
    if shown.count is None:
        return None
    if not shown.words.steps:
        return ui.section("What to do", ui.paragraph(shown.words.remedy), id="fix")
    return ui.section("How to mend it", ui.steps(list(shown.words.steps)), id="fix")


def _affected(shown: View) -> Component | None:
    if shown.count is None:
        return None
    if shown.matches is None or not (shown.matches.rows or shown.filters.q):
        said = "These figures count the rows and do not list them."
        return ui.section("Rows affected", ui.paragraph(said), id="rows")
    return ui.section("Rows affected", *_search(shown, shown.count), *_paged(shown), id="rows")


def _search(shown: View, count: IssueCount) -> list[Component]:
    if count.rows <= 5 and not shown.filters.q:
        return []
    return [
        ui.search_box(
            f"{shown.address}#rows",
            "Search these rows",
            shown.filters.q,
            hint="Part of a value, or a line number",
            keep=links.kept(shown.filters, "sort"),
        )
    ]


def _paged(shown: View) -> list[Component | None]:
    filters, matches, rows = shown.filters, shown.matches, shown.rows
    assert matches is not None
    pages = _pages(matches.rows)
    page = min(filters.page, pages)
    first = (page - 1) * PAGE_ROWS + 1
    total = shown.count.rows if shown.count and matches.more and not filters.q else matches.rows
    line = ui.result_line(first, first + len(rows) - 1, total, "row")
    if not rows:
        clear = ("Show all rows", shown.address)
        return [line, ui.empty_state("No row fits", f"“{filters.q}” is in none.", clear=clear)]
    most = formatting.number(issues.MOST_COUNTED)
    cut = f"Only the first {most} can be seen here. The file below has them all."
    here = shown.where["organisation"]
    values = [row.value for row in rows]
    found = places.locator(values, shown.kind.issue_type, shown.places, here)
    table = issue_rows.table(rows, filters.sort, lambda to: _sorted(shown, to))
    return [
        line,
        ui.paragraph(cut, quiet=True) if matches.more else None,
        issue_rows.said_of_all(rows),
        ui.columns(table, issue_rows.mapped(*found)) if found else table,
        ui.pagination(page, pages, lambda to: f"{_page(shown, to)}#rows"),
        ui.paragraph(ui.download_link("Download these rows", _file(shown), note="CSV")),
    ]


def _sorted(shown: View, order: str) -> str:
    return f"{links.address(shown.address, shown.filters, sort=order)}#rows"


def _page(shown: View, page: int) -> str:
    return links.address(shown.address, shown.filters, page=page)


def _file(shown: View) -> str:
    where = {**shown.where, "q": shown.filters.q}
    return links.with_query("/downloads/issues.csv", where)


def _others(shown: View) -> Component | None:
    found = shown.elsewhere
    if found is None or found.providers == 0:
        return None
    dataset = shown.dataset.name.lower()
    said = (
        f"{formatting.n_of(found.same_dataset, found.providers)} other bodies whose {dataset} data "
        "we can read have the same kind of issue in it."
    )
    if found.any_dataset > found.same_dataset:
        any_where = formatting.plural(found.any_dataset, "body has", "bodies have")
        said += f" In any dataset, {any_where} it."
    fixed: list[Any] = [
        [
            ui.link(
                wording.name_of(row.name, row.organisation),
                addresses.dataset(row.organisation, shown.dataset.dataset),
            ),
            f", by {formatting.day(row.as_at)}",
        ]
        for row in shown.cleared
    ]
    return ui.section(
        "Elsewhere",
        ui.paragraph(said),
        ui.paragraph("These had it and have mended it within a year. You could ask them how:")
        if fixed
        else None,
        ui.bullets(fixed) if fixed else None,
        issue_rows.worked_out(),
        id="elsewhere",
    )


def _over_time(shown: View) -> Component | None:
    points = shown.history
    if len(points) < 2 or not any(point.rows for point in points):
        return None
    first, last = points[0], points[-1]
    said = (
        f"Rows with this issue: {formatting.number(first.rows)} on {formatting.day(first.as_at)}, "
        f"{formatting.number(last.rows)} on {formatting.day(last.as_at)}."
    )
    drawn = ui.sparkline([point.rows for point in points], said)
    columns = [ui.Column("Date"), ui.Column("Rows", numeric=True)]
    cells = [
        [formatting.short_day(point.as_at), formatting.number(point.rows)]
        for point in reversed(points)
    ]
    return ui.section(
        "Over time",
        ui.paragraph(said),
        drawn,
        ui.details(
            "Show every date as a table",
            ui.table("Rows with this issue over time", columns, cells, caption_hidden=True),
        ),
        id="history",
    )
