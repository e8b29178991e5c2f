"""Fields of one dataset: what its specification asks for, and what the data has."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import formatting
from dashboard.components import provision, tables, text
from performance_store.rows import FieldUse


def listed(rows: Sequence[FieldUse]) -> Component | None:
    """Fields of the dataset: missing, supplied under another name, supplied. None if not known."""
    asked = [row for row in rows if row.expected is not False]
    if not asked:
        return None
    missing = [row.field for row in asked if not row.supplied]
    renamed = [row for row in asked if row.supplied and not row.matched]
    matched = [row.field for row in asked if row.supplied and row.matched]
    supplied = formatting.n_of(len(asked) - len(missing), len(asked))
    said = f"{supplied} fields of the specification are supplied."
    if any(row.expected is None for row in asked):
        count = formatting.plural(len(asked) - len(missing), "field is", "fields are")
        said = f"{count} supplied. We do not know which the specification asks for."
    return text.section(
        "Fields",
        text.paragraph(said),
        *_named("Missing", missing),
        _renamed(renamed),
        text.details(
            f"{formatting.plural(len(matched), 'field')} supplied under their own name"
            if len(matched) != 1
            else "1 field supplied under its own name",
            _codes(matched),
        )
        if matched
        else None,
        provision.explain("fields"),
        id="fields",
    )


def _named(title: str, names: Sequence[str]) -> list[Component]:
    return [text.heading(title, 3), _codes(names)] if names else []


def _codes(names: Sequence[str]) -> Component:
    return html.P([piece for name in names for piece in (text.code(name), " ")], className="text")


def _renamed(rows: Sequence[FieldUse]) -> Component | None:
    if not rows:
        return None
    return tables.table(
        "Supplied under another name",
        [tables.Column("The specification says"), tables.Column("The data says")],
        [
            [text.code(row.field), text.code(row.supplied_as) if row.supplied_as else None]
            for row in rows
        ],
    )
