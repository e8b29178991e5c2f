"""Issues across the country: which problem is worth fixing for everyone, and who has it.

For a programme manager who can offer help with one or two things, not with forty.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.figure import Files, figure, tools
from dashboard.components.national import issue_spread, issue_trend
from dashboard.components.national.issue_spread import MEASURES, Spread
from dashboard.components.words import formatting
from dashboard.components.words.issue_words import issue_words
from dashboard.data.door import ask
from dashboard.pages.national import figure_links, heading
from dashboard.pages.national.scope import SCOPE_FIELDS, Scope, ScopeFilters, notes_on, read_scope
from dashboard.urls import addresses, links
from performance_store.queries import national_issues
from performance_store.rows import (
    Annotation,
    IssueBase,
    IssueFix,
    IssueHolder,
    IssueSpread,
    IssueTypePoint,
)

PATH = addresses.ISSUES
TITLE = "Issues"
NAV = None
KEEP = True
PAGE_ROWS = 50
MOST_DATES = 30


@dataclass(frozen=True, slots=True)
class Filters(ScopeFilters):
    """The filters of the page: the scope; what the table counts; and the list of authorities
    with one type of issue (as in addresses): within one dataset, its order and page."""

    measure: str = links.one_of(MEASURES, default="provisions")
    issue: str | None = links.one_of()
    within: str | None = links.one_of()
    sort: str = links.one_of(national_issues.HOLDER_ORDERS, default="problems")
    page: int = links.number(1, 10_000, default=1)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `focus` is the type of the list of authorities."""

    filters: Filters
    scope: Scope
    bases: tuple[IssueBase, ...]
    spread: tuple[IssueSpread, ...]
    steps: tuple[IssueFix, ...]
    points: tuple[IssueTypePoint, ...]
    notes: tuple[Annotation, ...]
    focus: IssueSpread | None
    holders: tuple[IssueHolder, ...]
    notices: tuple[str, ...]

    @property
    def whole(self) -> IssueBase:
        """All datasets together."""
        return next(base for base in self.bases if not base.dataset)


def layout(**params: Any) -> Component:
    """The page for the filters in the address."""
    return render(build(*read_scope(Filters, params)))


def build(filters: Filters, scope: Scope) -> View:
    """Issues of one snapshot, and through those of its kind up to it."""
    now = scope.snapshot
    which: dict[str, Any] = {"denominator": scope.set, "narrow": scope.narrow}
    at = which | {"snapshot_id": now.snapshot_id}
    spread = ask(national_issues.by_type, **at)
    filters, focus, notices = _focus(filters, spread)
    holders: tuple[IssueHolder, ...] = ()
    if focus is not None:
        pages = -(-focus.provisions // PAGE_ROWS)
        page = min(filters.page, max(1, pages))
        filters = dataclasses.replace(filters, page=page)
        holders = ask(
            national_issues.holders,
            **at,
            issue_type=focus.issue_type,
            within=filters.within,
            order=filters.sort,
            offset=(page - 1) * PAGE_ROWS,
            limit=PAGE_ROWS,
        )
    return View(
        filters=filters,
        scope=scope,
        bases=ask(national_issues.bases, **at),
        spread=spread,
        steps=ask(national_issues.fix_three, **at),
        points=ask(national_issues.through_time, kind=now.kind, until=now.as_at, **which),
        notes=notes_on(now.kind, scope.set),
        focus=focus,
        holders=holders,
        notices=notices,
    )


def _focus(
    filters: Filters, spread: tuple[IssueSpread, ...]
) -> tuple[Filters, IssueSpread | None, tuple[str, ...]]:
    """The type of issue in the address, within its dataset, with a notice if there is none."""
    if filters.issue is None:
        if filters.within is None:
            return filters, None, ()
        return dataclasses.replace(filters, within=None), None, ()
    rows = [row for row in spread if links.slug(row.issue_type) == filters.issue]
    if not rows:
        notices = f"No authority here has an issue called “{filters.issue[:40]}”."
        return dataclasses.replace(filters, issue=None, within=None), None, (notices,)
    here = [row for row in rows if row.dataset == (filters.within or "")]
    if here:
        return filters, here[0], ()
    whole = next(row for row in rows if not row.dataset)
    notices = f"No authority here has this issue in “{str(filters.within)[:40]}”."
    return dataclasses.replace(filters, within=None), whole, (notices,)


def render(view: View) -> Component:
    """The page."""
    scope, whole = view.scope, view.whole
    nothing = _nothing(view)
    sentence = None
    if nothing is None:
        sentence = (
            f"{formatting.n_of(whole.to_fix, whole.collected)} collected provisions have errors "
            "that the authority needs to fix."
        )
    return html.Div(
        [
            *heading.head(scope, view.filters, PATH, TITLE, sentence=sentence),
            ui.notices(view.notices),
            *(
                [nothing]
                if nothing is not None
                else [
                    issue_spread.fix(
                        view.steps,
                        whole,
                        lambda name: _who(view, name, None),
                        heading.around(
                            scope, view.filters, PATH, "mend", "what to fix first", at="fix"
                        ),
                    ),
                    _table(view),
                    _holders(view),
                    _over_time(view),
                ]
            ),
        ]
    )


def _nothing(view: View) -> Component | None:
    """What the page shows instead when the figures have no issues."""
    scope = view.scope
    if "issues" not in scope.knows:
        title = "These figures do not include issues"
        words = "They show who had an endpoint, but not what was in the data."
        return heading.lacking(scope, PATH, "issues", title, words)
    if not view.whole.provided:
        return heading.nothing(scope, PATH)
    if not view.whole.provisions:
        return ui.empty_state(
            "We have no issues data for these provisions",
            f"{formatting.plural(view.whole.provided, 'provision has', 'provisions have')} an "
            "endpoint, but we have not collected anything yet.",
        )
    return None


def _who(view: View, issue_type: str, dataset: str | None) -> str:
    """The address that lists who has a type of issue."""
    href = links.address(
        PATH, view.filters, issue=links.slug(issue_type), within=dataset, sort="problems", page=1
    )
    return f"{href}#who"


def _table(view: View) -> Component:
    filters, scope = view.filters, view.scope
    if not view.spread:
        return ui.section(
            "By kind of issue and dataset",
            ui.paragraph(
                f"No issues were found in {formatting.plural(view.whole.provisions, 'provision')}."
            ),
            id="types",
        )
    spread = Spread(
        rows=view.spread,
        bases=view.bases,
        measure="problems" if filters.measure == "problems" else "provisions",
        href=lambda name, dataset: _who(view, name, dataset),
        dataset_href=heading.dataset_href(filters),
    )
    return ui.section(
        "By kind of issue and dataset",
        ui.paragraph(
            "The most serious come first. Select a kind of issue, or a number, to see which "
            "authorities have it. A darker colour means that more have it."
        ),
        _unknown(view),
        ui.inline_form(
            f"{PATH}#types",
            ui.select("measure", "Count", list(MEASURES.items()), filters.measure, any_label=None),
            keep=links.form_values(filters, *SCOPE_FIELDS, "issue", "within", "sort"),
            apply_label="Show",
        ),
        figure(
            heading.around(
                scope,
                filters,
                PATH,
                "kinds",
                "issues by kind and dataset",
                files=figure_links.files(scope, "issues"),
                at="types",
                height=900,
            ),
            f"{MEASURES[spread.measure]} by kind of issue and dataset",
            issue_spread.headline(spread),
            issue_spread.table(spread),
            caption=False,
        ),
        _worked_out(),
        id="types",
    )


def _unknown(view: View) -> Component | None:
    """Which provisions are not in the table, and why."""
    missing = view.whole.provided - view.whole.provisions
    if not missing:
        return None
    verb = "is" if missing == 1 else "are"
    return ui.paragraph(
        f"{formatting.plural(missing, 'provided provision')} {verb} not in this table: we do not "
        "know their issues, because nothing was collected.",
        quiet=True,
    )


def _worked_out() -> Component:
    return ui.working(
        ui.bullets(
            [
                "A provision is one dataset of one authority. It counts once for each kind of "
                "issue it has, however often it has that issue.",
                "A problem is one issue in one row; a row can have several. A few large files can "
                "hold most of the problems, so the number of provisions is a better guide to how "
                "widespread it is.",
                "We count only the latest file, or the last good one while collection fails: for "
                "30 days, or longer where no other endpoint works.",
                "Severity, and who needs to fix an issue, are as the platform gave them on the "
                "date shown. If you filter by either, other kinds of issue are left out.",
            ]
        ),
        about="the number of provisions and problems",
    )


def _holders(view: View) -> Component | None:
    focus, filters = view.focus, view.filters
    if focus is None:
        return None
    words = issue_words(focus.issue_type, focus.name)
    total = view.holders[0].found if view.holders else 0
    first = (filters.page - 1) * PAGE_ROWS + 1
    of_date = heading.of_date(view.scope, filters)

    def at(**changes: Any) -> str:
        return links.address(PATH, filters, **changes) + "#who"

    where = f" in {_low(focus.dataset_name)}" if filters.within else ""
    return ui.section(
        f"Who has it: {_low(words.title)}{where}",
        ui.paragraph(_advice(focus, words.remedy)),
        ui.paragraph("The platform calls it ", ui.code(focus.issue_type), ".", quiet=True),
        heading.elsewhen(view.scope, filters),
        ui.result_line(first, first + len(view.holders) - 1, total, "provision"),
        issue_spread.holders(
            view.holders,
            filters.sort,
            lambda order: at(sort=order),
            lambda row, field: of_date(
                addresses.issue(row.organisation, row.dataset, focus.issue_type, field)
            ),
        ),
        ui.pagination(filters.page, -(-total // PAGE_ROWS), lambda page: at(page=page)),
        tools(
            heading.around(
                view.scope,
                filters,
                PATH,
                "who",
                "all who have it",
                files=_holders_files(view, focus.issue_type),
                alone=False,
            ),
            f"{words.title}{where}",
            *(total, first),
        ),
        ui.paragraph(
            ui.link("Show all kinds of issue", at(issue=None, within=None, page=1)[: -len("#who")]),
        ),
        _worked_out(),
        id="who",
    )


def _advice(focus: IssueSpread, remedy: str) -> str:
    """Who fixes it, and how; nobody is told how to fix what the platform's team deals with."""
    who = issue_spread.who_fixes(focus)
    return who if focus.responsibility == "internal" and who else f"{who} {remedy}".strip()


def _low(words: str) -> str:
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[:2] == "A " else words


def _holders_files(view: View, issue_type: str) -> Files:
    within = view.filters.within
    return figure_links.files(
        view.scope,
        "issue-authorities",
        params={"issue": view.filters.issue, "within": within},
        api={"issue_type": issue_type, "within": within},
    )


def _over_time(view: View) -> Component:
    days = sorted(issue_trend.dates(view.points))
    if len(days) < 2:
        words = "There is only one date so far. The chart appears when there are two."
        return ui.section("Over time", ui.paragraph(words), id="over-time")
    files = figure_links.files(view.scope, "issue-trend")
    lines = issue_trend.IssueTrend(
        points=view.points,
        types=(view.focus.issue_type,) if view.focus else (),
        measure="problems" if view.filters.measure == "problems" else "provisions",
        notes=tuple(note for note in view.notes if days[0] < note.on_date <= days[-1]),
        href=lambda name: f"{_who(view, name, None).removesuffix('#who')}#over-time",
        around=heading.around(
            view.scope,
            view.filters,
            PATH,
            "issue-lines",
            "issues through time",
            files=files,
            at="over-time",
            views=True,
            height=640,
            lines=heading.Lines(view.scope.snapshot.kind, days[0], days[-1]),
        ),
    )
    sentence = "All datasets together"
    if view.focus is None:
        sentence += ", the most widespread kinds of issue; select a kind above to see it on its own"
    if sum(1 for row in view.scope.of_kind() if row.as_at <= days[-1]) > MOST_DATES:
        sentence += ". There are many dates, so the chart shows only the last of each month"
    return ui.section(
        "Over time",
        ui.paragraph(f"{sentence}."),
        issue_trend.draw(lines),
        _worked_out(),
        id="over-time",
    )
