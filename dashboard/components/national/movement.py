"""What a change is made of, in words: what authorities did, apart from who joined, left or moved,
and from what only a changed rule did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dash.development.base_component import Component

from dashboard.components.design import html, tables
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from performance_store.rows import Movement

Moves = Mapping[tuple[str, str, str], Movement]
"""Movements of one dimension by measure, value and dataset."""
_MEASURES = (
    ("expected", "Expected"),
    ("endpoint", "Provided"),
    ("reachable", "Reachable"),
    ("error_free", "Error-free"),
    ("fresh", "Fresh"),
    ("organisations_some", "Authorities providing something"),
    ("organisations_all", "Authorities providing everything"),
)
_OTHERS = (
    ("joiners", "joined"),
    ("leavers", "left"),
    ("movers", "moved"),
    ("by_rule", "changed rule"),
)


def of(rows: Sequence[Movement], dimension: str) -> Moves:
    """The movements of one dimension."""
    return {
        (row.measure, row.value, row.dataset): row for row in rows if row.dimension == dimension
    }


def totals(rows: Sequence[Movement]) -> dict[str, Movement]:
    """The movements of all together, by measure."""
    return {row.measure: row for row in rows if row.dimension == "all"}


def change(row: Movement | None) -> str:
    """ "+6 (authorities +2, joined +4)"; the number alone where authorities did it all."""
    if row is None:
        return formatting.change(0)
    rest = others(row)
    if not rest:
        return formatting.change(row.change)
    if row.by_authorities:
        rest = [f"authorities {formatting.change(row.by_authorities)}", *rest]
    return f"{formatting.change(row.change)} ({', '.join(rest)})"


def others(row: Movement) -> list[str]:
    """The parts of a change that authorities counted on both dates did not make."""
    return [
        f"{words} {formatting.change(getattr(row, name))}"
        for name, words in _OTHERS
        if getattr(row, name)
    ]


def table(moves: Mapping[str, Movement], since: date) -> Component:
    """What the change of each national figure is made of: the parts add up, line by line."""
    body: list[list[Children]] = []
    for measure, words in _MEASURES:
        row = moves.get(measure)
        if row is not None:
            parts = ("by_authorities", *(name for name, _ in _OTHERS))
            body.append(
                [
                    words,
                    formatting.number(row.before),
                    *(_part(getattr(row, name)) for name in parts),
                    formatting.number(row.after),
                ]
            )
    names = ("Authorities", *(formatting.sentence(words)[:-1] for _, words in _OTHERS))
    return tables.table(
        "What the changes are made of",
        [
            tables.Column("Figure"),
            tables.Column(formatting.short_day(since), numeric=True),
            *(tables.Column(name, numeric=True) for name in names),
            tables.Column("Now", numeric=True),
        ],
        body,
        caption_hidden=True,
    )


def _part(value: int) -> Children:
    return formatting.change(value) if value else html.Span("0", className="nought")


def explanation() -> list[str]:
    """What the parts mean, a sentence each."""
    return [
        "Authorities: what those did that are counted on both dates. The parts add up to the "
        "whole change.",
        "Joined and left: who or what is counted on only one of the dates. What they bring, they "
        "may have had for years.",
        "Moved: counted on both dates, but under another heading, such as another cohort.",
        "Changed rule: nobody did anything. The platform checks something else, or gives an "
        "issue to someone else to fix.",
    ]
