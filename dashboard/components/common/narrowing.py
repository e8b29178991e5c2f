"""The form of a national page's scope: dates, set and filters; and the filters in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from dashboard.components.design import forms, html, status, text
from dashboard.components.design.element import aria
from dashboard.components.words import formatting, wording
from performance_store.definitions.vocabulary import SEVERITIES
from performance_store.rows import Choice

_NONE = {
    "region": "No region",
    "cohort": "No cohort",
    "project": "No project",
    "reason": "Not required",
    "typology": "Kind not known",
}
_FIXERS = {"external": "The authority", "internal": "The platform’s team"}


@dataclass(frozen=True, slots=True)
class Group:
    """One filter: its name in the address, its words, its options (value, words), and the
    values that are set."""

    name: str
    title: str
    options: tuple[tuple[str, str], ...]
    values: tuple[str, ...]


def groups(
    titles: Mapping[str, str], choices: Sequence[Choice], values: Mapping[str, tuple[str, ...]]
) -> list[Group]:
    """Filters that the data offers, each option with its count of provisions.

    In: the titles by name, the choices, and the values that are set. A filter with a single option
    that is not set is left out: it could not narrow anything.
    """
    filters = []
    for name, title in titles.items():
        rows = [row for row in choices if row.field == name]
        options = tuple(
            (row.value, f"{choice_words(name, row)} ({formatting.number(row.provisions)})")
            for row in rows
        )
        if name == "severity":
            options = tuple((key, status.SEVERITIES[key].label) for key in SEVERITIES)
        if name == "responsibility":
            options = tuple(_FIXERS.items())
        if len(options) > 1 or values.get(name):
            filters.append(Group(name, title, options, values.get(name, ())))
    return filters


def choice_words(name: str, row: Choice) -> str:
    """One choice in words."""
    if row.value == "none":
        return _NONE.get(name, "None")
    if name == "status":
        return status.word(status.STATUSES, row.value).label
    if name == "type":
        return wording.AUTHORITY_TYPES.get(row.value) or wording.kind_of(row.value)
    if name in ("reason", "typology"):
        return row.value.replace("-", " ").capitalize()
    return row.label[0].upper() + row.label[1:]


def label(name: str, value: str, choices: Sequence[Choice]) -> str:
    """A value of a filter in words; as it is written where no row has it."""
    if name == "severity":
        return status.SEVERITIES[value].label
    if name == "responsibility":
        return _FIXERS[value]
    rows = [row for row in choices if row.field == name and row.value == value]
    return choice_words(name, rows[0]) if rows else value


def form(
    action: str,
    dates: Sequence[Component],
    fields: Sequence[Component],
    filters: Sequence[Group],
    *,
    keep: forms.Keep,
    clear_href: str,
) -> Component:
    """Dates, and who is counted folded up behind one line, with one button for all; open while
    filters are set."""
    count = sum(len(group.values) for group in filters)
    title = "Choose who is counted"
    if count:
        title += f" ({formatting.plural(count, 'filter')} applied)"
    actions = [
        text.button("Apply"),
        text.link("Clear filters", clear_href) if count else None,
    ]
    narrowing = [_group(group) for group in filters]
    who = html.Details(
        [
            html.Summary(title, className="details-summary"),
            html.Div(
                [
                    html.Div(list(fields), className="fields"),
                    html.Div(narrowing, className="narrowing") if narrowing else None,
                ]
            ),
        ],
        className="details",
        open=bool(count),
    )
    return html.Form(
        [
            *forms.hidden_values(keep),
            html.Div(list(dates), className="fields"),
            who,
            html.Div(actions, className="form-actions"),
        ],
        action=action,
        method="GET",
        className="frame-form filters",
    )


def _group(group: Group) -> Component:
    count = f": {formatting.number(len(group.values))} chosen" if group.values else ""
    return html.Details(
        [
            html.Summary(f"{group.title}{count}", className="details-summary"),
            forms.checkboxes(group.name, group.title, group.options, group.values),
        ],
        className="details",
        open=bool(group.values),
    )


def filter_list(
    filters: Sequence[Group],
    without: Callable[[str, str], str],
    *,
    lead: str = "Only these provisions are counted:",
) -> Component | None:
    """The filters in words, each with a link that removes it; None where none is set."""
    items = []
    for group in filters:
        words = dict(group.options)
        for value in group.values:
            label = words.get(value, value).rsplit(" (", 1)[0]
            items.append(
                html.Li(
                    [
                        f"{group.title}: ",
                        html.Strong(label),
                        " ",
                        html.A(
                            "remove",
                            href=without(group.name, value),
                            className="link",
                            **aria(label=f"Remove {group.title.lower()} {label}"),
                        ),
                    ]
                )
            )
    if not items:
        return None
    return html.Div(
        [html.P(lead, className="label"), html.Ul(items)],
        className="chosen",
    )
