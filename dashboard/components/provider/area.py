"""The map of an authority's area with the places of one dataset."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.element import Element


def area_map(
    name: str, dataset: str, *, picture: str, boundary: bool, places: str | None
) -> Component | None:
    """A section with the map; None if neither the boundary nor any places are to be had.

    In: what the authority and the dataset are called, the address of the picture, whether the
    boundary is known, and where people can look through the places (None: there are none).
    """
    if not boundary and places is None:
        return None
    area = f"the area of {name}" if boundary else name
    if places is None:
        alt = f"Map of {area}."
        words = "The outline of the area. The places in the data are not known here."
        more = None
    else:
        alt = f"Map of {area}, with the places in its data on {dataset[0].lower()}{dataset[1:]}."
        words = "The places in the data, as the platform holds them."
        if boundary:
            words = (
                "The outline of the area and the places in the data, as the platform holds them."
            )
        more = text.paragraph(text.external_link("The same places as a list", places))
    image = Element("img", src=picture, alt=alt, loading="lazy", className="map")
    return text.section("Map", text.paragraph(words), html.Div(image), more, id="map")
