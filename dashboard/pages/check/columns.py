"""Which column of a checked file is which field: to look at, to change, and to check again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.check import columns as parts
from dashboard.components.design import alive
from dashboard.components.design.forms import hidden_values
from dashboard.pages.check import access
from dashboard.pages.check.access import Place
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from providers.checks import requests
from providers.checks.format import Summary
from providers.checks.requests import Check

PATH = addresses.CHECK_COLUMNS
TITLE = "Which column is which field"
NAV = None
PLAIN = True

SENT = "columns"
"""The hidden value by which a form of columns is known."""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the check, what it is of, the field for each column, and what was
    wrong with what was sent."""

    check: Check
    summary: Summary
    place: Place
    proposals: Mapping[int, str]
    mistakes: Mapping[str, str] = field(default_factory=dict)


def layout(check: str = "", **_: Any) -> Component:
    """The page of the check in the address."""
    cookies.keep_private()
    return render(view(check))


def view(secret: str, *, proposals: Mapping[int, str] | None = None) -> View:
    """The columns of a check. In: the field for each, where somebody chose it already."""
    with identity.change() as connection:
        check = access.finished(connection, secret)
        remembered = (
            requests.remembered_mapping(
                connection,
                organisation=check.organisation,
                dataset=check.dataset,
                client=access.client()["client"],
            )
            if check.organisation
            else None
        )
    summary = access.summary_of(check)
    if proposals is None:
        proposals = parts.proposal(summary, _fields_only(remembered, summary))
    return View(check, summary, access.place(check), proposals)


def render(view: View) -> Component:
    """The page."""
    check = view.check
    back = ("What was found", addresses.check(check.secret))
    may_again = check.url is not None or check.original_until is not None
    return alive.page(
        access.trail(check, back),
        ui.mistake_summary(*view.mistakes.items()) if view.mistakes else None,
        ui.heading(TITLE, caption=f"{view.place.caption} – {check.url or check.name}"),
        ui.paragraph(
            "Say which field of the dataset each column of your file is. What we suggest is filled "
            "in; nothing is used before you check again.",
            lead=True,
        ),
        ui.paragraph("We remember it for this authority and dataset.")
        if check.organisation
        else None,
        _form(view) if may_again else _gone(check),
    )


def _form(view: View) -> Component:
    return identity.form(
        addresses.path(addresses.CHECK_AGAIN, check=view.check.secret),
        *hidden_values({SENT: "1"}),
        parts.fields(view.summary, view.proposals, view.mistakes),
        ui.button("Check again with these fields"),
        wide=True,
    )


def _gone(check: Check) -> Component:
    new = addresses.start_check(check.dataset, check.organisation or "")
    return ui.paragraph(
        "We do not keep the file any more. ", ui.link("Send it again", new), " to check it again."
    )


def choices(check: Check, form: Mapping[str, str]) -> dict[int, str]:
    """The field that was sent for each column, '' for none."""
    summary = access.summary_of(check)
    names = {field.field for field in summary.fields}
    values = {number: form.get(parts.control(number), "") for number in range(len(summary.columns))}
    return {number: value if value in names else "" for number, value in values.items()}


def mapping_of(check: Check, form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What a form says: field by column, where it is not what is taken for granted, and what is
    wrong with it by the names of the controls."""
    summary = access.summary_of(check)
    mapping = dict(check.options.mapping or {})
    mistakes: dict[str, str] = {}
    first: dict[str, str] = {}
    for number, value in choices(check, form).items():
        column = summary.columns[number]
        name = column.column or f"column {number + 1}"
        if value and value in first:
            mistakes[parts.control(number)] = (
                f"“{name}” and “{first[value]}” cannot both be {value}"
            )
        first.setdefault(value, name)
        if value and value != column.field:
            mapping[column.column] = value
        elif not value and column.field is not None:
            mapping[column.column] = parts.NOT_USED
    return mapping, mistakes


def _fields_only(mapping: Mapping[str, str] | None, summary: Summary) -> dict[str, str]:
    names = {field.field for field in summary.fields}
    return {column: name for column, name in (mapping or {}).items() if name in names}
