"""The table of a check's rows, with marks in the cells where something was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash.development.base_component import Component

from dashboard.components.check import cells
from dashboard.components.check.words import LADDER, group_title
from dashboard.components.design import forms, html, tables
from dashboard.components.design.element import Children, aria
from dashboard.components.words import formatting
from providers.checks.format import Finding, Group, Row, Summary


def choice(action: str, summary: Summary, group: int | None) -> Component | None:
    """A form to look only at rows with one finding; None where there is none."""
    options = [
        (str(one.number), f"{LADDER[one.ladder].tag}: {group_title(one)} ({_rows(one)})")
        for one in summary.groups
        if one.rows
    ]
    if not options:
        return None
    present = None if group is None else str(group)
    field = forms.select("group", "Only rows with", options, present, any_label="All rows")
    return forms.inline_form(action, field, apply_label="Show")


def _rows(group: Group) -> str:
    return formatting.plural(group.rows, "row")


def table(caption: str, summary: Summary, rows: Sequence[Row]) -> Component:
    """Rows as they stand in the file, each with its number there."""
    groups = {group.number: group for group in summary.groups}
    at = cells.places(summary)
    columns = [
        tables.Column("Row"),
        *(tables.Column(column.column or "(no name)") for column in summary.columns),
        tables.Column("About the whole row"),
    ]
    lines = [_line(row, summary, groups, at) for row in rows]
    grid = tables.table(caption, columns, lines, caption_hidden=True)
    # Sideways where there is room to scroll, and as lists on a phone.
    return html.Div(
        grid, className="table-scroll", tabIndex="0", role="region", **aria(label=caption)
    )


def _line(
    row: Row,
    summary: Summary,
    groups: Mapping[int, Group],
    at: Mapping[str, tuple[int, ...]],
) -> list[Children]:
    findings: dict[int, list[Finding]] = {}
    for finding in row.findings:
        group = groups.get(finding.group)
        where = at.get(group.field, ()) if group else ()
        # A pair of columns is marked in its first; -1 is the row.
        findings.setdefault(where[0] if where else -1, []).append(finding)
    line: list[Children] = [html.Span(str(row.line), id=f"row-{row.entry}", className="check-line")]
    for number in range(len(summary.columns)):
        value = row.cells[number] if number < len(row.cells) else ""
        line.append(_cell(cells.short(value), findings.get(number, ()), groups))
    line.append(_cell("", findings.get(-1, ()), groups))
    return line


def _cell(value: Children, findings: Sequence[Finding], groups: Mapping[int, Group]) -> Children:
    if not findings:
        return value
    worst = min(
        (list(LADDER).index(groups[one.group].ladder) for one in findings if one.group in groups),
        default=len(LADDER) - 1,
    )
    return html.Div(
        [html.Div(value), *(cells.remark(finding, groups) for finding in findings)],
        className=f"check-cell check-cell-{list(LADDER)[worst]}",
    )
