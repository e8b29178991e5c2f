"""The way to remove what was typed."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.text import hidden
from dashboard.urls import addresses
from dashboard.web import identity
from providers.submissions.rows import Draft


def form(draft: Draft, title: str, about: str = "") -> Component:
    """The form, folded, so that nobody sends it by mistake. In: what it is of, for whoever hears
    the button alone."""
    return ui.details(
        title,
        identity.form(
            addresses.submit(addresses.SUBMIT_REMOVE, draft.token),
            ui.paragraph("What you typed is removed at once, and cannot be brought back."),
            html.Button(
                ["Remove it", hidden(f": {about}") if about else None],
                type="submit",
                className="button button-secondary",
            ),
        ),
        on_paper=False,
    )
