"""Issues of one dataset: what is wrong, who fixes it, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.common import explain
from dashboard.components.design import status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting, wording
from dashboard.components.words.issue_words import issue_words
from performance_store.definitions.vocabulary import SEVERITIES
from performance_store.rows import IssueCount, Snapshot

_STEPS = 3
_SEVERITIES = (*SEVERITIES, "unclassified")


def section(
    rows: Sequence[IssueCount],
    before: Snapshot | None,
    href: Callable[[IssueCount], str],
    *,
    of_last_good: bool,
) -> Component:
    """The section of issues by type and field, those that the provider must fix first.

    In: the issues, the snapshot they are compared with, the address of each, and whether they
    are of the last data that could be collected.
    """
    issues = [row for row in rows if row.severity in _SEVERITIES]
    issues.sort(key=lambda row: not _must(row))
    if not issues:
        return text.section("Issues", text.paragraph("There are no open issues."), id="issues")
    mine = [row for row in issues if _must(row)]
    notice = None
    if of_last_good:
        notice = text.inset(
            text.paragraph(
                "We cannot collect the data at the moment. These issues are from the last data we "
                "collected."
            )
        )
    return text.section(
        "Issues",
        text.paragraph(_summary(mine, issues)),
        notice,
        tables.table(
            "Issues by type and field",
            _columns(before),
            [_row(row, before, href(row)) for row in issues],
            caption_hidden=True,
        ),
        explain.explain("error_rows"),
        id="issues",
    )


def to_fix(rows: Sequence[IssueCount], href: Callable[[IssueCount], str]) -> list[Children]:
    """What the provider must fix, as steps: most rows first, three at most and how many more."""
    mine = sorted((row for row in rows if _must(row)), key=lambda row: -row.rows)
    steps: list[Children] = []
    for row in mine[:_STEPS]:
        words = issue_words(row.issue_type, row.name)
        where: list[Children] = [" in ", text.code(row.field)] if row.field else []
        rest = f", {formatting.plural(row.rows, 'row')}. {words.remedy}"
        steps.append([text.link(words.title, href(row), about=row.field), *where, rest])
    if len(mine) > _STEPS:
        kinds = len({row.issue_type for row in mine})
        every = "this kind of issue" if kinds == 1 else f"all {kinds} kinds of issue"
        steps.append([text.link(f"See {every}, by field", "#issues"), "."])
    return steps


def _must(row: IssueCount) -> bool:
    return row.responsibility == "external" and row.severity in ("critical", "error")


def _summary(mine: Sequence[IssueCount], every: Sequence[IssueCount]) -> str:
    if not mine:
        warnings = sum(
            row.rows
            for row in every
            if (row.responsibility, row.severity) == ("external", "warning")
        )
        if not warnings:
            return "No action needed."
        have = "row has" if warnings == 1 else "rows have"
        count = formatting.number(warnings)
        return f"No errors for you to fix. {count} {have} a warning that you should fix."
    rows = sum(row.rows for row in mine)
    kinds = len({row.issue_type for row in mine})
    count = f"{formatting.plural(rows, 'row')} to fix"
    return f"{count}, with {formatting.plural(kinds, 'kind of issue', 'kinds of issue')}."


def _columns(before: Snapshot | None) -> list[tables.Column]:
    columns = [
        tables.Column("Issue"),
        tables.Column("Field"),
        tables.Column("Severity"),
        tables.Column("Who fixes it"),
        tables.Column("Rows", numeric=True),
    ]
    if before is not None:
        since = f"Since {formatting.short_day(before.as_at)}"
        columns.append(tables.Column(since, numeric=True))
    return columns


def _row(row: IssueCount, before: Snapshot | None, href: str) -> list[Any]:
    words = issue_words(row.issue_type, row.name)
    remedy = html.Div(words.remedy, className="quiet small") if words.remedy else None
    cells: list[Any] = [
        html.Div([text.link(words.title, href, about=row.field), remedy]),
        text.code(row.field) if row.field else html.Span("whole row", className="quiet"),
        status.severity_tag(row.severity),
        wording.responsible(row.responsibility),
        formatting.number(row.rows),
    ]
    if before is not None:
        new = "new check" if row.new_by_rule else "new"
        more = row.rows_before is not None and formatting.change(row.rows - row.rows_before)
        cells.append(more or new)
    return cells
