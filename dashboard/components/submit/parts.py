"""Controls and notices of the pages on which something is sent to the data team."""

from __future__ import annotations

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.element import Attributes, Children, Element
from dashboard.components.words import formatting
from dashboard.components.words.failures import failure
from providers.submissions.rows import Registered

PARTIAL = (
    "The data does not have to be complete or perfect. Send what you have: what you add later at "
    "the same address is collected too."
)
AFTER_SENDING = "You get a reference at once, and can see here how far it is until it is done."


def saving_form(save: str, form: Component) -> Component:
    """A form whose content a script keeps while it is typed. In: where it is sent to for that."""
    mark: Attributes = {"data-keeps": save}
    outcome: Attributes = {"data-said": ""}
    words = html.P("", className="quiet small", role="status", **outcome)
    return html.Div([form, words], **mark)


def web_address(
    name: str, label: str, value: str, *, hint: str, mistake: str | None, max_length: int
) -> Component:
    """A field for a web address, which no browser corrects or fills in."""
    return ui.entry(
        name,
        label,
        value,
        hint=hint,
        mistake=mistake,
        max_length=max_length,
        inputMode="url",
        autoComplete="off",
        spellCheck="false",
    )


def problems(items: Sequence[tuple[str, str]]) -> Component:
    """What stands in the way, each with the address where it is put right."""
    links = [html.A(words, href=address, className="link") for words, address in items]
    return Element(
        "div",
        ui.notification("There is a problem", *links, kind="error"),
        role="alert",
        tabIndex=-1,
        autoFocus=True,
    )


def address(row: Registered) -> str:
    """A registered address in words: itself, or else since when it is there."""
    return row.url or f"An address registered {formatting.day(row.entry_date)}"


def option(row: Registered) -> str:
    """A registered address among several: with how it is."""
    return f"{address(row)} ({state(row)})"


def state(row: Registered) -> str:
    """How a registered address is, in a few words."""
    if not row.is_active:
        return f"ended on {formatting.day(row.ended_on)}" if row.ended_on else "ended"
    if row.success is False:
        return f"failing: {failure(row.http_status, row.exception).brief}"
    if row.collected_since:
        return f"collected since {formatting.day(row.collected_since)}"
    return "not collected yet" if row.attempted is False else "in the register"


def facts_of(row: Registered) -> Component:
    """A registered address, with what the register says of it."""
    page = row.documentation_url
    facts: list[tuple[str, Children]] = [
        ("Address", html.Span(address(row), className="break")),
        ("It is", state(row)),
        ("In the register since", ui.day(row.entry_date)),
        ("Page about the data", html.Span(page, className="break") if page else None),
    ]
    return ui.summary_list(facts)
