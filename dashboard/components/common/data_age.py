"""Of when the data of a page is, for the footer: nothing that is seen in the page itself."""

from __future__ import annotations

from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import html
from dashboard.components.design.element import Attributes
from dashboard.components.words import formatting, wording


def sentence(as_at: date, kind: str) -> str:
    """One sentence about how old the data is and where it comes from."""
    return f"Data as at {formatting.day(as_at)}, from {wording.source_of(kind)}."


def data_age(as_at: date, kind: str) -> Component:
    """What a page of one snapshot tells the footer (`dashboard.web.document`, `shell.js`)."""
    words: Attributes = {"data-age": sentence(as_at, kind)}
    return html.Span("", **words)
