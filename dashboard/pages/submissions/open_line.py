"""The line about submissions on pages of an organisation and of its datasets."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.urls import addresses, links
from dashboard.web import slots


def line(organisation: str, dataset: str = "") -> Component:
    """How far is what was sent to the data team, and the way to it. The page may be kept: what is
    open is filled in for each request."""
    path = links.with_query(addresses.submissions(organisation), {"dataset": dataset})
    whose = "for this dataset" if dataset else "and what came of it"
    return ui.paragraph(
        slots.submissions(organisation, dataset),
        " ",
        ui.link(f"See what was sent to the data team {whose}", path),
    )
