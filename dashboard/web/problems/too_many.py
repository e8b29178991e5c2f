"""Shown for an address with more choices than we read: why is this not the page I asked for?"""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html


def layout(most: int, path: str) -> Component:
    """The page. In: how many parts an address may have after its question mark, and what stands
    before that in this one."""
    return html.Div(
        [
            ui.heading("This address makes too many choices"),
            ui.paragraph(
                f"It has more than {most} parts after its question mark, so we cannot show what it "
                "asks for.",
                lead=True,
            ),
            ui.paragraph(
                "If you ticked nearly everything in a list, tick nothing in it: that shows all."
            ),
            ui.paragraph(ui.link("Show this page without any choices", path)),
        ]
    )
