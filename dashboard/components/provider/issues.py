"""Issues of one dataset: what is wrong, who fixes it, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from dash.development.base_component import Component

from dashboard.components.common import explain
from dashboard.components.common.steps import About
from dashboard.components.design import html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.provider import cards
from dashboard.components.words import amounts, formatting, outages, wording
from dashboard.components.words.issue_words import issue_words
from performance_store.definitions.vocabulary import SEVERITIES
from performance_store.rows import DatasetStatus, IssueCount, PastIssue, Snapshot

_STEPS = 3
_SEVERITIES = (*SEVERITIES, "unclassified")


def section(
    rows: Sequence[IssueCount],
    whole: DatasetStatus,
    before: Snapshot | None,
    href: Callable[[IssueCount], str],
    owner: str = wording.YOU,
    file: str | None = None,
) -> Component:
    """The section of issues by type and field, those that the provider must fix first.

    In: the issues, the dataset they are of, the snapshot they are compared with, the address of
    each, who has to fix them (advice is for nobody but the reader), and the address of the file
    of all their rows, if there is one.
    """
    issues = [row for row in rows if row.severity in _SEVERITIES]
    issues.sort(key=lambda row: (not _must(row), _is_platforms(row)))
    if not issues:
        return text.section("Issues", text.paragraph("There are no open issues."), id="issues")
    knows_rows = whole.rows_to_fix is not None
    return text.section(
        "Issues",
        text.paragraph(_summary(issues, whole, owner)),
        cards.last_good() if whole.issues_of_last_good else None,
        tables.table(
            "Issues by type and field",
            _columns(before, knows_rows),
            [_row(row, before, href(row), knows_rows, owner) for row in issues],
            caption_hidden=True,
        ),
        text.paragraph(text.download_link("Download all these problems", file, note="CSV"))
        if file and knows_rows
        else None,
        explain.explain("to_fix"),
        id="issues",
    )


def to_fix(rows: Sequence[IssueCount], href: Callable[[IssueCount], str]) -> list[Children]:
    """What the provider must fix, as steps: the three with most problems, and how many more."""
    mine = sorted((row for row in rows if _must(row)), key=lambda row: -row.problems)
    steps: list[Children] = []
    for row in mine[:_STEPS]:
        words = issue_words(row.issue_type, row.name)
        where: list[Children] = [" in ", text.code(row.field)] if row.field else []
        rest = f", {amounts.amount(row.rows, row.problems)}. {words.remedy}"
        steps.append([text.link(words.title, href(row), about=row.field), *where, rest])
    if len(mine) > _STEPS:
        kinds = len({row.issue_type for row in mine})
        every = "this kind of issue" if kinds == 1 else f"all {kinds} kinds of issue"
        steps.append([text.link(f"See {every}, by field", "#issues"), "."])
    return steps


def past_steps(rows: Sequence[PastIssue], about: About) -> list[Children]:
    """What to do about each address that is long dead while another works. In: the dataset of an
    organisation that they are of."""
    return [
        [
            text.link("Retire", replace(about, endpoint=row.endpoint).retire),
            " or restore this address: ",
            _address(row),
            ".",
        ]
        for row, _ in _by_address(rows)
    ]


def past(rows: Sequence[PastIssue], owner: str = wording.YOU) -> Component | None:
    """The section of issues that count no more, by address; None without any. Advice is for
    nobody but the reader."""
    if not rows:
        return None
    return text.section(
        "Issues that no longer count",
        text.paragraph(
            "These were found in files that we can no longer collect. Another endpoint works, so "
            "they do not need to be fixed. They are in no figure on this page."
        ),
        *(part for row, issues in _by_address(rows) for part in _of_address(row, issues, owner)),
        id="past-issues",
    )


def _by_address(rows: Sequence[PastIssue]) -> list[tuple[PastIssue, list[PastIssue]]]:
    groups = (list(group) for _, group in groupby(rows, key=lambda row: row.endpoint))
    return [(group[0], group) for group in groups]


def _of_address(row: PastIssue, issues: Sequence[PastIssue], owner: str) -> list[Component]:
    advice = " Retire or restore this address." if owner == wording.YOU else ""
    outage = outages.outage(row.last_success_on, row.failing_since)
    columns = [
        tables.Column("Issue"),
        tables.Column("Field"),
        tables.Column("Severity"),
        tables.Column("Problems", numeric=True),
    ]
    cells: list[list[Children]] = [
        [
            issue_words(issue.issue_type, issue.name).title,
            _field(issue.field),
            status.severity_tag(issue.severity),
            formatting.number(issue.problems),
        ]
        for issue in issues
    ]
    return [
        text.paragraph(_address(row), f", failing{outage}.{advice}"),
        tables.table(
            f"Past issues at {row.endpoint_url or row.endpoint}",
            columns,
            cells,
            caption_hidden=True,
        ),
    ]


def _address(row: PastIssue) -> Component:
    return text.code(row.endpoint_url or row.endpoint)


def _must(row: IssueCount) -> bool:
    return row.responsibility == "external" and row.severity in ("critical", "error")


def _is_platforms(row: IssueCount) -> bool:
    return row.responsibility == "internal"


def _summary(issues: Sequence[IssueCount], whole: DatasetStatus, owner: str) -> str:
    kinds = len({row.issue_type for row in issues if _must(row)})
    platform = ""
    if whole.platform_problems:
        platform = f" {amounts.with_platform(whole.platform_problems)}"
    if not kinds and whole.warnings:
        warnings = amounts.with_warning(whole.warning_rows, whole.warnings)
        advice = " that you should fix" if owner == wording.YOU else ""
        return f"No errors to fix. {warnings}{advice}.{platform}"
    if not kinds:
        return f"No action needed.{platform}"
    words = formatting.plural(kinds, "kind of issue", "kinds of issue")
    count = f"{amounts.amount(whole.rows_to_fix, whole.problems_to_fix)} to fix, with {words}"
    if whole.rows_to_fix is not None and whole.rows_to_fix != whole.problems_to_fix:
        count += f": {formatting.plural(whole.problems_to_fix, 'problem')} in all"
    return f"{count}.{platform}"


def _columns(before: Snapshot | None, knows_rows: bool) -> list[tables.Column]:
    columns = [
        tables.Column("Issue"),
        tables.Column("Field"),
        tables.Column("Severity"),
        tables.Column("Who fixes it"),
        tables.Column("Rows" if knows_rows else "Problems", numeric=True),
    ]
    if before is not None:
        since = f"Since {formatting.short_day(before.as_at)}"
        columns.append(tables.Column(since, numeric=True))
    return columns


def _row(
    row: IssueCount, before: Snapshot | None, href: str, knows_rows: bool, owner: str
) -> list[Any]:
    words = issue_words(row.issue_type, row.name)
    is_mine = owner == wording.YOU and not _is_platforms(row)
    remedy = html.Div(words.remedy, className="quiet small") if words.remedy and is_mine else None
    count = row.rows if knows_rows else row.problems
    cells: list[Any] = [
        html.Div([text.link(words.title, href, about=row.field), remedy]),
        _field(row.field),
        status.severity_tag(row.severity),
        wording.responsible(row.responsibility, owner),
        formatting.number(count),
    ]
    if before is not None:
        cells.append(_since(row))
    return cells


def _since(row: IssueCount) -> str:
    """How many more there are than at the comparison; in problems where rows were not known."""
    if row.problems_before is None:
        return "new check" if row.new_by_rule else "new"
    rows = amounts.difference(row.rows, row.rows_before)
    if rows is not None or row.rows is None:
        return formatting.change(row.problems - row.problems_before if rows is None else rows)
    more = row.problems - row.problems_before
    return formatting.change(more) + (f" problem{'' if abs(more) == 1 else 's'}" if more else "")


def _field(field: str | None) -> Component:
    return text.code(field) if field else html.Span("whole row", className="quiet")
