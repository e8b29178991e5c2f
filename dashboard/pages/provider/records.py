"""Which records does the platform hold for an authority, and where do they lie?

For the officer who wonders what has become of a file. The page itself asks nobody: the table and
the map are fetched by requests of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html, part
from dashboard.pages.provider import platform
from dashboard.pages.provider.platform import Holding
from dashboard.urls import addresses, links

PATH = addresses.RECORDS
TITLE = "Records"
NAV = None
KEEP = True


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. `places`: where the same records are listed by the platform."""

    holding: Holding
    page: int
    notices: tuple[str, ...]
    places: str


def layout(organisation: str = "", dataset: str = "", **params: Any) -> Component:
    """The page of the organisation and dataset in the address."""
    reading = links.parse(platform.Filters, params)
    return render(view(organisation, dataset, reading.filters.page, reading.notices))


def view(organisation: str, dataset: str, page: int = 1, notices: tuple[str, ...] = ()) -> View:
    """Whose records these are, and of what. Raises NotFound."""
    holding = platform.holding_of(organisation, dataset)
    places = holding.source.list_address(holding.number, dataset)
    return View(holding, page, (*holding.subject.notices, *notices), places)


def render(view: View) -> Component:
    """The page."""
    holding = view.holding
    return html.Div(
        [
            platform.trail(holding),
            ui.heading("Records on the platform", caption=holding.caption),
            ui.notices(view.notices),
            ui.paragraph(
                f"What the Planning Data Platform holds of {holding.subject.name} now, with all "
                "fields.",
                lead=True,
            ),
            ui.section(
                "Table",
                part.part("Show the records", addresses.record_list(*holding.where, view.page)),
                id="records",
            ),
            ui.section(
                "Map", part.part("Show the map", addresses.record_map(*holding.where)), id="map"
            )
            if holding.dataset.typology == "geography"
            else None,
            ui.paragraph(ui.external_link("The same records on the platform", view.places)),
        ]
    )
