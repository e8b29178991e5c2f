"""Shown while nothing has been loaded yet: why is there nothing here?"""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.web import slots


def layout() -> Component:
    """The page: what is missing, and for the person who runs the service, what to do."""
    return html.Div(
        [
            ui.heading("There is no data here yet"),
            ui.paragraph(
                "This service works, but nobody has given it any data to show.", lead=True
            ),
            ui.paragraph(
                "If you came to look something up, please come back later.",
                slots.loading_sample(),
            ),
            ui.details(
                "I run this service. What do I do?",
                ui.paragraph("Load the Planning Data Platform’s figures, or sample data:"),
                ui.bullets(
                    [
                        ui.code("python -m performance_store load platform FOLDER"),
                        ui.code("python -m performance_store sample"),
                    ]
                ),
            ),
        ]
    )
