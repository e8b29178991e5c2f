"""Which column of a file is which field: a table of selects, with the first values of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash.development.base_component import Component

from dashboard.components.check import cells
from dashboard.components.design import html, status, tables, text
from dashboard.components.design.element import Attributes, Children, aria
from providers.checks.format import Column, Summary

NOT_USED = "IGNORE"
"""The field of a column that is to be left out."""
_HOW = {
    "name": "Matched by its name",
    "alias": "Matched by another name it is known by",
    "mapping": "Matched by hand",
    "ignored": "Left out",
    "unused": "Matches no field",
}
_EXAMPLES = 3


def control(number: int) -> str:
    """The name of the control for a column of the file, counted from 0."""
    return f"column-{number}"


def proposal(summary: Summary, remembered: Mapping[str, str]) -> dict[int, str]:
    """The field to propose for each column, '' for none: what it was taken for, else what it was
    matched with last time, else the likeliest that no other column has."""
    proposals = {
        number: column.field or remembered.get(column.column, "")
        for number, column in enumerate(summary.columns)
    }
    taken = {field for field in proposals.values() if field}
    for number, column in enumerate(summary.columns):
        if proposals[number] or column.how == "ignored":
            continue
        best = next((field for field in column.suggestions if field not in taken), "")
        proposals[number] = best
        taken.add(best)
    return proposals


def fields(
    summary: Summary, proposals: Mapping[int, str], mistakes: Mapping[str, str]
) -> Component:
    """The controls. In: the field for each column, and what was wrong with what was sent."""
    heads = [tables.Column("Column of your file"), tables.Column("Its first values"),
             tables.Column("Field"), tables.Column("How it was matched")]  # fmt: skip
    names = [field.field for field in summary.fields]
    missing = {field.field for field in summary.fields if field.is_required and field.is_missing}
    lines: list[list[Children]] = [
        [
            html.Span(column.column or "(no name)", className="break", id=f"name-{number}"),
            _examples(column.examples),
            _select(number, column, names, missing, proposals.get(number, ""), mistakes),
            _how(column, proposals.get(number, "")),
        ]
        for number, column in enumerate(summary.columns)
    ]
    return tables.table("Columns and fields", heads, lines, caption_hidden=True)


def _examples(values: Sequence[str]) -> Children:
    present = [value for value in values if value][:_EXAMPLES]
    if not present:
        return html.Span("blank", className="quiet")
    return text.bullets([cells.short(value) for value in present], plain=True)


def _select(
    number: int,
    column: Column,
    names: Sequence[str],
    missing: set[str],
    value: str,
    mistakes: Mapping[str, str],
) -> Component:
    name = control(number)
    mistake = mistakes.get(name)
    likely = [field for field in column.suggestions if field in names]
    others = [field for field in names if field not in likely]

    def option(field: str) -> Component:
        words = f"{field} (required, not in the file yet)" if field in missing else field
        more: Attributes = {"selected": "selected"} if field == value else {}
        return html.Option(words, value=field, **more)

    groups: list[Component] = [html.Option("Not used", value="")]
    if likely:
        groups.append(html.Optgroup([option(field) for field in likely], label="Likely"))
    groups.append(html.Optgroup([option(field) for field in others], label="All fields"))
    described = f"field-{name}-mistake" if mistake else None
    return html.Div(
        [
            html.P(mistake, id=described, className="mistake") if mistake else None,
            html.Select(
                groups,
                id=f"field-{name}",
                name=name,
                className="select",
                **aria(
                    label=f"Field of the column {column.column or number + 1}",
                    describedby=described,
                    invalid="true" if mistake else None,
                ),
            ),
        ],
        className="field field-wrong" if mistake else "field",
    )


def _how(column: Column, value: str) -> Children:
    if value and value != column.field:
        return status.tag("Suggested", "busy")
    how = "name" if column.column == column.field and column.how == "alias" else column.how
    return html.Span(_HOW[how], className="quiet")
