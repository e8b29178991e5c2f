"""Native controls in forms that send themselves to the address bar (method GET).

They work without a script; with one, `assets/shell.js` turns sending into a quick page change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.element import Attributes, Children, Element, aria
from dashboard.components.words import formatting

Options = Sequence[tuple[str, str]]
Keep = Mapping[str, str | tuple[str, ...]]


def select(
    name: str,
    label: str,
    options: Options,
    value: str | None,
    *,
    any_label: str | None = "All",
    mistake: str | None = None,
) -> Component:
    """One choice from many, as (value, words). `any_label` is the choice of none of them; None
    leaves it out. `mistake` is what was wrong with what was sent."""
    choices = [("", any_label), *options] if any_label is not None else list(options)
    current = value or ""
    return html.Div(
        [
            _label(name, label),
            *_mistake(name, mistake),
            html.Select(
                [_option(words, code, code == current) for code, words in choices],
                id=_id(name),
                name=name,
                className="select",
                **_about_mistake(name, mistake),
            ),
        ],
        className=f"field{_wrong(mistake)}",
    )


def checkboxes(
    name: str, legend: str, options: Options, values: Sequence[str], mistake: str | None = None
) -> Component:
    """Any number of choices from a few."""
    return _group(name, legend, options, set(values), kind="checkbox", mistake=mistake)


def text_input(
    name: str,
    label: str,
    value: str | None,
    *,
    hint: str | None = None,
    max_length: int = 100,
    suggestions: Sequence[str] = (),
) -> Component:
    """A line of text; `suggestions` appear while typing."""
    parts: list[Component] = [_label(name, label)]
    if hint:
        parts.append(html.P(hint, id=f"{_id(name)}-hint", className="hint"))
    parts.append(
        _input(
            name,
            "text",
            value,
            hint=hint,
            maxLength=max_length,
            list=f"{_id(name)}-list" if suggestions else None,
        )
    )
    if suggestions:
        suggestion_options = [html.Option(value=item) for item in suggestions]
        parts.append(html.Datalist(suggestion_options, id=f"{_id(name)}-list"))
    return html.Div(parts, className="field")


def entry(
    name: str,
    label: str,
    value: str = "",
    *,
    kind: str = "text",
    hint: str | None = None,
    mistake: str | None = None,
    max_length: int = 254,
    **more: Any,
) -> Component:
    """A line to fill in, in a form that changes something.

    In: the kind of the control, such as `email`; a hint; what was wrong with what was sent; and
    attributes by their React names, such as `autoComplete`.
    """
    hint_id, mistake_id = f"{_id(name)}-hint", f"{_id(name)}-mistake"
    parts: list[Component] = [_label(name, label)]
    if hint:
        parts.append(html.P(hint, id=hint_id, className="hint"))
    if mistake:
        parts.append(html.P(mistake, id=mistake_id, className="mistake"))
    about = " ".join([*([hint_id] if hint else []), *([mistake_id] if mistake else [])])
    parts.append(
        Element(
            "input",
            type=kind,
            id=_id(name),
            name=name,
            defaultValue=value,
            className="input",
            maxLength=max_length,
            **more,
            **aria(describedby=about or None, invalid="true" if mistake else None),
        )
    )
    return html.Div(parts, className="field field-wrong" if mistake else "field")


def mistake_summary(*mistakes: tuple[str, str]) -> Component:
    """What was wrong with what was sent, above the form: each by the name of its control and a
    sentence, which leads there."""
    links = [html.A(words, href=f"#{_id(name)}", className="link") for name, words in mistakes]
    # The browser goes there by itself: pages with such forms have no script.
    return Element(
        "div",
        text.notification("There is a problem", *links, kind="error"),
        role="alert",
        tabIndex=-1,
        autoFocus=True,
    )


def choice(
    name: str, legend: str, options: Options, value: str | None, mistake: str | None = None
) -> Component:
    """One of a few, each in sight."""
    current = {value} if value else set()
    return _group(name, legend, options, current, kind="radio", mistake=mistake)


def date_input(
    name: str,
    label: str,
    value: date | None,
    *,
    first: date | None = None,
    last: date | None = None,
    hint: str | None = None,
) -> Component:
    """A date, within bounds if given, by the browser's own control."""
    parts: list[Component] = [_label(name, label)]
    if hint:
        parts.append(html.P(hint, id=f"{_id(name)}-hint", className="hint"))
    parts.append(
        _input(
            name,
            "date",
            value.isoformat() if value else None,
            hint=hint,
            min=first.isoformat() if first else None,
            max=last.isoformat() if last else None,
        )
    )
    return html.Div(parts, className="field field-short")


def filter_form(
    action: str,
    *fields: Component,
    filter_count: int = 0,
    clear_href: str | None = None,
    keep: Keep | None = None,
    apply_label: str = "Apply filters",
    title: str = "Filters",
) -> Component:
    """Filters with an Apply button.

    In: the page's path; the controls; how many filters are applied and the address without
    them; and values of the address to `keep`, such as the sorting. It is open while filters are
    applied, and closed otherwise, so that the content comes first.
    """
    actions: list[Component] = [text.button(apply_label)]
    if filter_count and clear_href:
        actions.append(text.link("Clear filters", clear_href))
    form = html.Form(
        [*hidden_values(keep), _fields(fields), html.Div(actions, className="form-actions")],
        action=action,
        method="GET",
        className="filter-form",
    )
    return _fold(form, filter_count, title)


def find_form(
    action: str,
    label: str,
    value: str,
    *fields: Component,
    live: str,
    hint: str,
    filter_count: int = 0,
    keep: Keep | None = None,
) -> Component:
    """A search and its filters in one form, which answers while the search is typed.

    In: the page's path; the label, words and hint of the search; the filters and how many are
    applied; the id of the part of the page to renew, which also says what is chosen; and values
    of the address to `keep`. The filters are folded away, so that what is found is in sight of
    who types. Without a script its buttons send it, as other forms.
    """
    filters = [_fields(fields), html.Div(text.button("Apply filters"), className="form-actions")]
    more: Attributes = {"data-live": live}
    return html.Form(
        [
            *hidden_values(keep),
            html.Div(_search("q", label, value, hint, "Search", ()), className="search"),
            _fold(html.Div(filters), filter_count, "Filters", open=False),
        ],
        action=action,
        method="GET",
        role="search",
        **more,
    )


def inline_form(
    action: str,
    *fields: Component,
    keep: Keep | None = None,
    apply_label: str = "Apply",
) -> Component:
    """One or two controls and their button on a line, always in sight."""
    return html.Form(
        [*hidden_values(keep), *fields, text.button(apply_label, kind="secondary")],
        action=action,
        method="GET",
        className="inline-form",
    )


def search_box(
    action: str,
    label: str,
    value: str | None,
    *,
    name: str = "q",
    hint: str | None = None,
    keep: Keep | None = None,
    button_label: str = "Search",
    suggestions: Sequence[str] = (),
) -> Component:
    """A search with its label, a hint and a button."""
    return html.Form(
        [*hidden_values(keep), *_search(name, label, value, hint, button_label, suggestions)],
        action=action,
        method="GET",
        role="search",
        className="search",
    )


def _search(
    name: str,
    label: str,
    value: str | None,
    hint: str | None,
    button_label: str,
    suggestions: Sequence[str],
) -> list[Component]:
    """The label, hint, box and button of a search."""
    hints = [html.P(hint, id=f"{_id(name)}-hint", className="hint")] if hint else []
    suggestion_options = [html.Option(value=item) for item in suggestions]
    box = _input(
        name,
        "search",
        value,
        hint=hint,
        maxLength=100,
        autoComplete="off",
        list=f"{_id(name)}-list" if suggestions else None,
    )
    return [
        _label(name, label, large=True),
        *hints,
        html.Div([box, text.button(button_label)], className="search-row"),
        *(
            [html.Datalist(suggestion_options, id=f"{_id(name)}-list")]
            if suggestion_options
            else []
        ),
    ]


def _fields(fields: Sequence[Component]) -> Component:
    return html.Div(list(fields), className="fields")


def _fold(content: Component, filter_count: int, title: str, *, open: bool = True) -> Component:
    """Filters behind a line that says how many are applied; `open` if any are."""
    count_words = f" ({formatting.number(filter_count)} applied)" if filter_count else ""
    return html.Details(
        [html.Summary(title + count_words, className="details-summary"), content],
        className="details filters",
        open=open and bool(filter_count),
    )


def _id(name: str) -> str:
    return f"field-{name}"


def _label(name: str, words: str, *, large: bool = False) -> Component:
    return html.Label(words, htmlFor=_id(name), className="label label-large" if large else "label")


def _option(words: Children, value: str, current: bool) -> Component:
    # `selected` is only there where it holds: React takes it as the first choice.
    more: Attributes = {"selected": "selected"} if current else {}
    return html.Option(words, value=value, **more)


def _input(name: str, kind: str, value: str | None, *, hint: str | None, **more: Any) -> Component:
    return Element(
        "input",
        type=kind,
        id=_id(name),
        name=name,
        defaultValue=value or "",
        className="input",
        **more,
        **aria(describedby=f"{_id(name)}-hint" if hint else None),
    )


def _mistake(name: str, mistake: str | None) -> list[Component]:
    return [html.P(mistake, id=f"{_id(name)}-mistake", className="mistake")] if mistake else []


def _about_mistake(name: str, mistake: str | None) -> Attributes:
    return aria(describedby=f"{_id(name)}-mistake", invalid="true") if mistake else {}


def _wrong(mistake: str | None) -> str:
    return " field-wrong" if mistake else ""


def _group(
    name: str,
    legend: str,
    options: Options,
    current: set[str],
    *,
    kind: str,
    mistake: str | None,
) -> Component:
    items = []
    for number, (value, words) in enumerate(options):
        # The first has the name's own id: what was wrong with the group leads there.
        item_id = f"{_id(name)}-{number}" if number else _id(name)
        box = Element(
            "input",
            type=kind,
            id=item_id,
            name=name,
            value=value,
            defaultChecked=value in current,
            className="choice-input",
        )
        items.append(
            html.Div(
                [box, html.Label(words, htmlFor=item_id, className="choice-label")],
                className="choice",
            )
        )
    return html.Fieldset(
        [
            html.Legend(legend, className="label"),
            *_mistake(name, mistake),
            html.Div(items, className="choices"),
        ],
        className=f"field fieldset{_wrong(mistake)}",
        **(aria(describedby=f"{_id(name)}-mistake") if mistake else {}),
    )


def hidden_values(keep: Keep | None) -> list[Component]:
    """Values of the address that a form must not lose."""
    return [
        Element("input", type="hidden", name=name, value=value)
        for name, values in (keep or {}).items()
        for value in ((values,) if isinstance(values, str) else values)
    ]
