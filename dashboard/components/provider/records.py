"""Records as the platform holds them: a table of many, and one with all its fields.

Whatever is in them comes from somebody else's server, and is shown as text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from dash.development.base_component import Component

from dashboard.components.design import blocks, html, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from dashboard.maps.records import Record, Value
from performance_store.projection import KM_A_DEGREE, Box

UNAVAILABLE = (
    "The platform did not answer, or not as it should. Nobody asks it again for a minute: "
    "try again after that."
)
_FIRST = ("entity", "name", "reference", "entry-date", "start-date", "end-date")
_LETTERS = 160
# Smaller is said to be a spot.
_SMALL_KM = 0.001
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


def table(records: Sequence[Record], whole: Callable[[int], str]) -> list[Component | None]:
    """Records of one page with all fields that any of them has, and what none of them has in
    words. In: also the address of one record, by its number."""
    names = dict.fromkeys(value.field for record in records for value in record.values)
    present = {
        value.field for record in records for value in record.values if value.text or value.shape
    }
    shapes = {value.field for record in records for value in record.values if value.shape}
    fields = sorted(
        (name for name in names if name in present), key=lambda name: _rank(name, shapes)
    )
    blank = [name for name in names if name not in present]
    columns = [
        tables.Column("Record"),
        *(tables.Column(name) for name in fields if name != "entity"),
    ]
    rows = [
        [_number(record, whole), *(_cell(record, name) for name in fields if name != "entity")]
        for record in records
    ]
    return [
        text.scroll_hint("the table"),
        html.Div(
            tables.table("Records", columns, rows, caption_hidden=True, stack=False),
            className="part-wide",
        ),
        text.paragraph("Blank in all of these: ", formatting.list_of(blank), ".", quiet=True)
        if blank
        else None,
    ]


def facts(record: Record) -> Component:
    """One record with all its fields, those that are blank named in a last row."""
    values = sorted(record.values, key=lambda value: _rank(value.field, ()))
    there = [
        (value.field, _words(value, value.letters)) for value in values if not _is_blank(value)
    ]
    blank = [value.field for value in values if _is_blank(value)]
    rows: list[tuple[str, Children]] = list(there)
    if blank:
        rows.append(("Blank", html.Span(formatting.list_of(blank), className="quiet")))
    return blocks.summary_list(rows)


def spot(box: Box) -> str:
    """Where a record lies and how large it is, in words. In: west, south, east and north of it in
    degrees."""
    west, south, east, north = box
    latitude, longitude = (south + north) / 2, (west + east) / 2
    where = f"latitude {latitude:.4f} and longitude {longitude:.4f}"
    across = (east - west) * KM_A_DEGREE * math.cos(math.radians(latitude))
    up = (north - south) * KM_A_DEGREE
    if max(across, up) < _SMALL_KM:
        return f"It lies at {where}."
    size = f"{_length(across)} from west to east, {_length(up)} from south to north"
    return f"It lies around {where}, {size}."


def _length(km: float) -> str:
    return f"{km:.1f} km" if km >= 1 else f"{km * 1000:.0f} m"


def _rank(name: str, shapes: Sequence[str] | set[str]) -> tuple[int, int]:
    """The usual fields first, shapes last, and the others as they came."""
    if name in _FIRST:
        return 0, _FIRST.index(name)
    return (2 if name in shapes else 1), 0


def _number(record: Record, whole: Callable[[int], str]) -> Children:
    if record.number is None:
        return html.Span("no number", className="quiet")
    about = f"whole record of {record.name}" if record.name else "whole record"
    return text.link(str(record.number), whole(record.number), about=about)


def _cell(record: Record, field: str) -> Children:
    value = next((value for value in record.values if value.field == field), None)
    if value is None or _is_blank(value):
        return html.Span("blank", className="quiet")
    return _words(value, _LETTERS)


def _is_blank(value: Value) -> bool:
    return not (value.text or value.shape)


def _words(value: Value, most: int) -> Children:
    """A value as it may be shown: an address as a link, of a long one the beginning, of a shape
    only that it is there."""
    if value.shape:
        letters = formatting.plural(value.letters, "letter")
        return html.Span(f"shape ({value.shape}, {letters})", className="quiet")
    if _ADDRESS.fullmatch(value.text) and len(value.text) == value.letters:
        return text.external_link(value.text, value.text)
    words = value.text[:most]
    if len(words) == value.letters:
        return html.Span(words, className="break")
    of = formatting.n_of(len(words), value.letters)
    more = f" (the first {of} letters)"
    return html.Span([f"{words}…", html.Span(more, className="quiet small")], className="break")
