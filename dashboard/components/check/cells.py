"""Cells of a checked file: cut to a length, and with what was found in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dash.development.base_component import Component

from dashboard.components.check.words import LADDER
from dashboard.components.design import html, text
from dashboard.components.design.element import Children
from dashboard.components.design.status import tag
from dashboard.components.words import formatting
from providers.checks.format import Finding, Group, Row, Summary

MOST_LETTERS = 120
# So short that it never has to be broken.
_A_WORD = 24
# Of a shape nobody reads the coordinates: a line of it says which kind it is, and where.
_SHAPE_LETTERS = 32
_SHAPE = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)[ ZM]*\(", re.IGNORECASE)
# What the brownfield standard calls fields that the platform speaks of by its own names.
_OTHER_NAMES = {"reference": "SiteReference", "organisation": "OrganisationURI"}


def short(value: str) -> Children:
    """A value as it is in the data, cut where it is long; a blank one says so."""
    if not value:
        return html.Span("blank", className="quiet")
    if len(value) <= _A_WORD:
        return value
    is_shape = _SHAPE.match(value) is not None
    most = _SHAPE_LETTERS if is_shape else MOST_LETTERS
    if len(value) <= most:
        return html.Span(value, className="break")
    left = formatting.number(len(value))
    # One piece: on a phone a cell's pieces stand beside each other.
    return html.Span(
        [
            html.Span(value[:most], className="check-shape" if is_shape else "break"),
            html.Span(f"… ({left} characters)", className="quiet"),
        ]
    )


def places(summary: Summary) -> dict[str, tuple[int, ...]]:
    """Where the values of each field stand among the file's columns; several columns for one
    field of a pair, as `GeoX,GeoY`."""
    at: dict[str, tuple[int, ...]] = {}
    for number, column in enumerate(summary.columns):
        for name in {column.field, column.column} - {None}:
            at.setdefault(str(name), (number,))
    for name, other in _OTHER_NAMES.items():
        if name not in at and other in at:
            at[name] = at[other]
    for group in summary.groups:
        parts = group.field.split(",")
        if len(parts) > 1 and group.field not in at:
            at[group.field] = tuple(place for part in parts for place in at.get(part, ()))
    return at


def before(row: Row, field: str, at: Mapping[str, tuple[int, ...]]) -> str:
    """What the file has in a field of a row."""
    return ", ".join(row.cells[place] for place in at.get(field, ()) if place < len(row.cells))


def after(row: Row, field: str, summary: Summary) -> str:
    """What would be kept in a field of a row; of a pair of coordinates, the point."""
    names = [one.field for one in summary.fields]
    target = field if field in names else "point" if "," in field else _OTHER_NAMES.get(field, "")
    place = names.index(target) if target in names else -1
    return row.values[place] if 0 <= place < len(row.values) else ""


def reference(row: Row, summary: Summary) -> str:
    """What a row is called: its reference, or nothing."""
    return after(row, "reference", summary) or before(row, "reference", places(summary))


def remark(finding: Finding, groups: Mapping[int, Group]) -> Component | None:
    """What was found in a cell: how bad, and what."""
    group = groups.get(finding.group)
    if group is None:
        return None
    rung = LADDER[group.ladder]
    return html.Span(
        [tag(rung.tag, rung.tone), " ", finding.message or group.message],
        className="check-remark",
    )


def row_link(words: str, href: str, name: str) -> Component:
    """A link to a row: its line, with its reference for those who hear links out of context."""
    return text.link(words, href, about=name or None)
