"""Glossary: what does each word on these pages mean?

For anyone who meets a word in a table: each is defined here once, and its uses lead here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.common.events import KINDS
from dashboard.components.design import html, status
from dashboard.components.design.element import Children
from dashboard.components.words import wording
from dashboard.urls import addresses
from performance_store.definitions.measures import MEASURES, STATES
from performance_store.queries.filters import SETS

PATH = addresses.GLOSSARY
TITLE = "Glossary"
NAV = None
KEEP = True
NEEDS_DATA = False

WORDS = {
    "provision": (
        "Provision",
        "One dataset that one authority supplies, or is expected to supply.",
    ),
    "endpoint": (
        "Endpoint",
        "A web address that we collect a dataset from. It is active from the day it was "
        "registered until it is ended.",
    ),
    "problem": (
        "Problem",
        "One fault in one field of one row. A row can have several. Rows are counted once, "
        "problems each time.",
    ),
    "row": ("Row", "A line of a data file."),
    "record": ("Record", "An entry of the data that became part of the platform."),
    "kind-of-issue": ("Kind of issue", "One check that found a problem, such as a missing value."),
    "snapshot": ("Figures as at a date", "Everything that was known on that day."),
}
EVENTS = {
    "newly_provided": "A provision had no active endpoint, and then had one.",
    "lost": "A provision had an active endpoint, and then had none.",
    "newly_broken": "A provision that could be collected has now failed for 5 days.",
    "recovered": "A provision that had failed for 5 days or more was collected again.",
    "issue_type_appeared": "A provision has a kind of issue that it did not have.",
    "issue_type_cleared": "A provision had a kind of issue that it no longer has.",
    "status_changed": "A provision has another status than before.",
    "endpoint_replaced": "The newest endpoint of a provision is another one than before.",
    "content_updated": "A provision has other content than before.",
    "joined_denominator": "An authority is in the set that is counted, and was not.",
    "left_denominator": "An authority was in the set that is counted, and is no longer.",
}


def layout(**_: Any) -> Component:
    """The page. It takes no parameters."""
    return render()


def render() -> Component:
    """The page."""
    sets = ((key, item.title, item.meaning) for key, item in SETS.items())
    groups = (*wording.OBLIGATIONS, wording.ALSO)
    return html.Div(
        [
            ui.heading(TITLE),
            ui.paragraph("Each word has one meaning on all pages.", lead=True),
            _section("word", "Words", ((key, *words) for key, words in WORDS.items())),
            _section(
                "status",
                "Status",
                _states("status"),
                "An authority has one status for each dataset. We check a list of rules in order, "
                "and the first one that applies decides. Old data, warnings and a missing licence "
                "do not change a status. They are shown next to it.",
            ),
            _section("access", "Does the endpoint work?", _states("access")),
            _section("freshness", "How fresh is the content?", _states("freshness")),
            _section("severity", "How serious is an issue?", _states("severity")),
            _section("figure", "Stages and other figures", _figures()),
            _section(
                "event",
                "What changed",
                ((key, KINDS[key], meaning) for key, meaning in EVENTS.items()),
            ),
            _section("set", "Who is counted", sets),
            _section(
                "obligation",
                "Why a dataset is in the list",
                ((item.id, item.title, item.meaning) for item in groups),
            ),
        ]
    )


def _states(family: str) -> Iterator[tuple[str, Children, str]]:
    for name, item in ui.FAMILIES[family].items():
        yield name, status.tag(item.label, item.tone), item.meaning


def _figures() -> Iterator[tuple[str, str, str]]:
    for name, item in MEASURES.items():
        if name not in STATES:
            unit = f"{item.unit}, out of: {item.of}" if item.of else item.unit
            yield name, item.name, f"Counts {unit}."


def _section(
    family: str, title: str, items: Iterable[tuple[str, Children, str]], lead: str | None = None
) -> Component:
    """Words of a family, each at the place that its uses lead to. In: name, words and meaning of
    each. How those that are figures are worked out stands below them."""
    working = {STATES.get(name, ("figure", name)): item.working for name, item in MEASURES.items()}
    rows: list[Component] = []
    for name, words, meaning in items:
        place = addresses.term(family, name).partition("#")[2]
        more = working.get((family, name))
        rows += [
            html.Dt(words if isinstance(words, Component) else html.Strong(words), id=place),
            html.Dd([meaning, ui.bullets(list(more)) if more else None]),
        ]
    return ui.section(
        title,
        ui.paragraph(lead) if lead else None,
        html.Dl(rows, className="key"),
        id=family,
    )
