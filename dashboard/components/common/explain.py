"""How a number is worked out: the words of its measures, folded up beside it, each with the way to
the glossary."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.design import html, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from dashboard.urls import addresses
from performance_store.definitions.measures import MEASURES, STATES


def explain(*ids: str) -> Component:
    """ "How is this worked out?" for one number or several that stand together."""
    measures = [MEASURES[key] for key in ids]
    body: list[Children] = []
    for measure in measures:
        family, name = STATES.get(measure.id, ("figure", measure.id))
        body.append(html.P(text.link(measure.name, addresses.term(family, name))))
        body.append(text.bullets(list(measure.working)))
    names = [measure.name[0].lower() + measure.name[1:] for measure in measures]
    return text.working(*body, about=formatting.list_of(names))
