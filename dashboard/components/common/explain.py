"""How a number is worked out: the words of its measures, folded up beside it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.design import text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from performance_store.definitions.measures import MEASURES


def explain(*ids: str) -> Component:
    """ "How is this worked out?" for one number or several that stand together."""
    measures = [MEASURES[key] for key in ids]
    body: list[Children] = []
    for measure in measures:
        if len(measures) > 1:
            body.append(html.P(html.Strong(measure.name)))
        body.append(text.bullets(list(measure.working)))
    names = [measure.name[0].lower() + measure.name[1:] for measure in measures]
    return text.working(*body, about=formatting.list_of(names))
