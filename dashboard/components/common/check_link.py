"""The way from a page about some data to a check of a file for it."""

from __future__ import annotations

from datetime import datetime

from dash.development.base_component import Component

from dashboard.components.design import text
from dashboard.components.words import formatting
from dashboard.urls import addresses

WORDS = "Check a file before you publish it"


def link(dataset: str, organisation: str, words: str = WORDS) -> Component:
    """A link to a check with the dataset and the organisation filled in."""
    return text.link(words, addresses.start_check(dataset, organisation))


def line(dataset: str, organisation: str) -> Component:
    """The same, with what it is good for."""
    what = "what the platform would say of it, row by row."
    return text.paragraph(link(dataset, organisation), f": {what}")


def section(dataset: str, organisation: str, clean_at: datetime | None) -> Component:
    """The part of a task's page on checks. In: when the last one found nothing that must be fixed,
    if it did."""
    words = (
        f"Your last check found nothing that must be fixed, on {formatting.day(clean_at.date())}. "
        "What you publish is looked at anew when we collect it."
        if clean_at
        else "See whether your file is right before you publish it: you need not wait for the next "
        "collection."
    )
    return text.section(
        "Check your file",
        text.paragraph(words),
        text.paragraph(link(dataset, organisation)),
        id="check",
    )
