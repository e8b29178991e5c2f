"""One type of issue in one dataset: what is it, how do we fix it, and in which rows?

For the officer who has the file open in another window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common import check_link
from dashboard.components.design import html
from dashboard.components.provider import cards, issue_rows, places
from dashboard.components.words import formatting, wording
from dashboard.components.words.issue_words import IssueWords, issue_words, row_heading
from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.pages.provider import platform, task_list
from dashboard.pages.provider.subject import DateFilter, Subject, subject_of
from dashboard.urls import addresses, links
from performance_store.queries import cell, issues, organisations
from performance_store.rows import (
    Dataset,
    DatasetStatus,
    IssueCount,
    IssueElsewhere,
    IssueFile,
    IssueFixer,
    IssueKind,
    IssueMatches,
    IssuePoint,
    IssueRow,
    Place,
    Task,
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
class Filters(DateFilter):
    """The search, the order and the page, and the dates, from the address."""

    q: str = links.words()
    sort: str = links.one_of(_ORDERS, default="file")
    page: int = links.number(1, 100_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `count` is None when the cell does not have the issue now; `matches`
    is None when the figures do not list individual issues; `whole` is the address of a record."""

    subject: Subject
    dataset: Dataset
    row: DatasetStatus | None
    kind: IssueKind
    field: str | None
    count: IssueCount | None
    filters: Filters
    notices: tuple[str, ...]
    rows: tuple[IssueRow, ...] = ()
    files: tuple[IssueFile, ...] = ()
    matches: IssueMatches | None = None
    history: tuple[IssuePoint, ...] = ()
    elsewhere: IssueElsewhere | None = None
    fixes: tuple[IssueFixer, ...] = ()
    places: tuple[Place, ...] = ()
    task: Task | None = None
    whole: Callable[[int], str] | None = None

    @property
    def words(self) -> IssueWords:
        """The words for this type of issue."""
        return issue_words(self.kind.issue_type, self.kind.name)

    @property
    def where(self) -> dict[str, Any]:
        """What selects the rows."""
        return {
            "organisation": self.subject.curie,
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
    reading = links.parse(Filters, params)
    return render(view(organisation, dataset, issue_type, field, reading.filters, reading.notices))


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
    subject = subject_of(organisation, filters)
    datasets = ask(cell.dataset, dataset=dataset)
    if not datasets:
        raise NotFound(f"We cannot find a dataset called “{dataset[:80]}”.")
    which: dict[str, Any] = {"organisation": organisation, "dataset": dataset}
    at = which | {"snapshot_id": subject.snapshot.snapshot_id}
    status = ask(cell.status, **at)
    kind, name, count = _which(ask(cell.issues, **at), issue_type, field)
    where = which | {"issue_type": kind.issue_type, "field": name}
    rows, matches = _rows(subject, where, filters) if count else ((), None)
    files = ask(issues.files, **where) if rows else ()
    same = at | {"issue_type": kind.issue_type}
    since = subject.snapshot.as_at - timedelta(days=FIXED_WITHIN_DAYS)
    return View(
        subject=subject,
        dataset=datasets[0],
        row=status[0] if status else None,
        kind=kind,
        field=name,
        count=count,
        filters=filters,
        notices=(*subject.notices, *notices),
        rows=rows,
        files=files,
        matches=matches,
        history=ask(issues.over_time, **where, kind=subject.snapshot.kind),
        elsewhere=ask(issues.elsewhere, **same)[0],
        fixes=ask(issues.fixers, **same, since=since),
        places=ask(organisations.places),
        task=_task(subject, where),
        whole=platform.whole_record(organisation, dataset),
    )


def _which(
    open_now: tuple[IssueCount, ...], issue_type: str, field: str
) -> tuple[IssueKind, str | None, IssueCount | None]:
    """The type, the field and the count that an address names; the count is None where no row has
    the issue now. Raises NotFound."""
    for row in open_now:
        if (links.slug(row.issue_type), links.slug(row.field or "")) == (issue_type, field):
            kind = IssueKind(
                row.issue_type, row.name, row.description, row.severity, row.responsibility
            )
            return kind, row.field, row
    for kind in ask(issues.kinds):
        if links.slug(kind.issue_type) == issue_type:
            return kind, None if field == "-" else field[:80], None
    raise NotFound(f"We cannot find a kind of issue called “{issue_type[:80]}”.")


def _task(subject: Subject, where: dict[str, Any]) -> Task | None:
    """The open task to fix it: one of now."""
    if subject.is_past:
        return None
    key = ("fix", where["issue_type"], where["field"] or "")
    rows = task_list.of(subject, where["dataset"]).value
    return next((row for row in rows if (row.kind, row.code, row.field) == key), None)


def _rows(
    subject: Subject, where: dict[str, Any], filters: Filters
) -> tuple[tuple[IssueRow, ...], IssueMatches | None]:
    if subject.older or subject.snapshot.kind not in _LISTING_KINDS:
        return (), None
    (matches,) = ask(issues.matches, **where, search=filters.q)
    offset = (min(filters.page, _pages(matches.rows)) - 1) * PAGE_ROWS
    page: dict[str, Any] = {
        "search": filters.q,
        "order": filters.sort,
        "offset": offset,
        "limit": PAGE_ROWS,
    }
    return ask(issues.rows, **where, **page), matches


def _pages(rows: int) -> int:
    return max(1, -(-rows // PAGE_ROWS))


def render(view: View) -> Component:
    """The page."""
    return html.Div(
        [
            _trail(view),
            ui.heading(_heading(view), caption=_caption(view)),
            ui.notices(view.notices),
            cards.closure(view.subject.organisation, view.dataset.dataset, view.subject.address)
            if view.subject.has_closed
            else None,
            cards.older_figures(view.subject.snapshot, view.subject.filters.as_at)
            if view.subject.older
            else None,
            _what(view),
            _how(view),
            _affected(view),
            _others(view),
            issue_rows.over_time(view.history),
        ]
    )


def _trail(view: View) -> Component:
    subject, curie = view.subject, view.subject.curie
    dataset = addresses.dataset(curie, view.dataset.dataset)
    return ui.breadcrumbs(
        [
            ("Home", addresses.HOME),
            ("Authorities", addresses.ORGANISATIONS),
            (subject.name, subject.address(addresses.organisation(curie))),
            (view.dataset.name, subject.address(dataset)),
        ]
    )


def _heading(view: View) -> str:
    if view.count is None:
        return view.words.title
    records = view.row.record_count if view.row else None
    return row_heading(view.words, view.count.rows, view.count.problems, records)


def _caption(view: View) -> str:
    field = f", field {view.field}" if view.field else ""
    return f"{view.dataset.name} of {view.subject.name}{field}"


def _what(view: View) -> Component:
    if view.count is None:
        as_at = formatting.day(view.subject.snapshot.as_at)
        sentence = f"No row has this issue in the figures of {as_at}."
        advice = " You do not need to fix anything." if view.subject.takes_advice else ""
        return ui.paragraph(f"{sentence}{advice}", lead=True)
    who = wording.who_fixes(view.count.responsibility, view.count.severity)
    tag = ui.severity_tag(view.count.severity)
    parts = [
        ui.paragraph(view.words.why, lead=True),
        ui.paragraph(tag, *((" ", who) if view.subject.takes_advice else ())),
    ]
    if view.task is not None:
        page = addresses.task(view.task.organisation, view.task.public_id)
        parts.append(ui.paragraph(ui.link("See this as a task", page)))
    if view.count.of_last_good:
        parts.append(cards.last_good())
    return html.Div(parts)


def _how(view: View) -> Component | None:
    # Who has nothing to do is told so above, and gets no advice.
    is_theirs = view.count is not None and view.count.responsibility == "internal"
    if view.count is None or is_theirs or not view.subject.takes_advice:
        return None
    if not view.words.steps:
        return ui.section("What to do", ui.paragraph(view.words.remedy), id="fix")
    check = check_link.line(view.dataset.dataset, view.subject.curie)
    steps = ui.steps(list(view.words.steps))
    return ui.section("How to fix it", steps, _guidance(view), check, id="fix")


def _guidance(view: View) -> Component:
    """To what the field has to hold; to all fields where the issue is in none."""
    slug = view.dataset.dataset
    if view.field is None:
        return ui.paragraph(
            ui.link("See what each field has to hold", addresses.guidance(slug, "fields"))
        )
    where = addresses.guidance(slug, field=view.field)
    return ui.paragraph(
        ui.link(["See what ", ui.code(view.field), " has to hold, with an example"], where)
    )


def _affected(view: View) -> Component | None:
    if view.count is None:
        return None
    if view.subject.is_past:
        return ui.section("Where it is", *issue_rows.of_now(view.address), id="rows")
    if view.matches is None or not (view.matches.rows or view.filters.q):
        sentence = "These figures count the problems, but do not list them."
        return ui.section("Where it is", ui.paragraph(sentence), id="rows")
    return ui.section("Where it is", *_search(view, view.count), *_paged(view), id="rows")


def _search(view: View, count: IssueCount) -> list[Component]:
    if count.problems <= 5 and not view.filters.q:
        return []
    return [
        ui.search_box(
            f"{view.address}#rows",
            "Search these problems",
            view.filters.q,
            hint="Part of a value, or a line number",
            keep=links.form_values(view.filters, "sort"),
        )
    ]


def _paged(view: View) -> list[Component | None]:
    filters, matches, rows = view.filters, view.matches, view.rows
    assert matches is not None
    pages = _pages(matches.rows)
    page = min(filters.page, pages)
    first = (page - 1) * PAGE_ROWS + 1
    total = view.count.problems if view.count and matches.more and not filters.q else matches.rows
    line = ui.result_line(first, first + len(rows) - 1, total, "problem")
    if not rows:
        clear = ("Show all problems", view.address)
        words = f"No problem contains “{filters.q}”."
        return [line, ui.empty_state("No matches", words, clear=clear)]
    most = formatting.number(issues.COUNT_LIMIT)
    limit_note = f"This page shows the first {most} problems only. The file below has them all."
    here = view.where["organisation"]
    values = [row.value for row in rows]
    location = places.locator(values, view.kind.issue_type, view.places, here)
    table = issue_rows.table(
        rows, filters.sort, lambda to: _sort_address(view, to), view.files, view.whole
    )
    return [
        line,
        ui.paragraph(limit_note, quiet=True) if matches.more else None,
        issue_rows.common_message(rows),
        issue_rows.file_list(view.files),
        ui.columns(table, issue_rows.map_figure(*location)) if location else table,
        ui.pagination(page, pages, lambda to: f"{_page_address(view, to)}#rows"),
        ui.paragraph(ui.download_link("Download these problems", _file_address(view), note="CSV")),
    ]


def _sort_address(view: View, order: str) -> str:
    return f"{links.address(view.address, view.filters, sort=order)}#rows"


def _page_address(view: View, page: int) -> str:
    return links.address(view.address, view.filters, page=page)


def _file_address(view: View) -> str:
    where = {**view.where, "q": view.filters.q}
    return links.with_query(addresses.ISSUES_FILE, where)


def _others(view: View) -> Component | None:
    subject, slug = view.subject, view.dataset.dataset
    return issue_rows.elsewhere(
        view.elsewhere,
        view.fixes,
        view.dataset.name.lower(),
        subject.snapshot.as_at,
        lambda organisation: subject.address(addresses.dataset(organisation, slug)),
        advice=subject.takes_advice,
    )
