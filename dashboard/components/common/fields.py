"""Fields of one dataset: what its specification asks for, and what the data has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.common import explain
from dashboard.components.design import status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from performance_store.definitions.specifications import Requirement
from performance_store.rows import FieldUse

_ASKED = {
    "required": "Required",
    "should": "Should be there",
    "if_applies": "If it applies",
    "optional": "Optional",
    "accepted": "Accepted, not asked for",
}
_ORDER = tuple(_ASKED)
_COLUMNS = [tables.Column("Field"), tables.Column("Asked for"), tables.Column("In the data")]


@dataclass(frozen=True, slots=True)
class _Field:
    """A field, what is asked of it, and how the data has it: missing, supplied, or renamed (then
    ``called`` is its name there, if known)."""

    name: str
    asked: Requirement | None
    has: str
    called: str | None = None

    @property
    def level(self) -> str:
        return self.asked.level if self.asked else "accepted"


def listed(rows: Sequence[FieldUse], asked: Sequence[Requirement] = ()) -> Component | None:
    """Fields of the dataset: missing, supplied under another name, supplied. None if not known.

    In: the fields as the data has them, and what the specification asks of each (nothing where
    that is not known).
    """
    counted = [row for row in rows if row.expected is not False]
    if not counted:
        return None
    parts = _by_level(rows, asked) if asked else _plainly(counted)
    return text.section(
        "Fields",
        text.paragraph(_counted(counted, bool(asked))),
        *parts,
        explain.explain("fields"),
        id="fields",
    )


def needed(asked: Sequence[Requirement]) -> Component | None:
    """What a dataset has to hold, for those who are to begin with it. None where not known."""
    if not asked:
        return None
    rows = [
        [text.code(item.field), _ASKED[item.level], _form(item) or ""]
        for item in sorted(asked, key=lambda item: _ORDER.index(item.level))
    ]
    columns = [*_COLUMNS[:2], tables.Column("Its form")]
    lacking = _lacking([_Field(item.field, item, "missing") for item in asked])
    return text.details(
        f"Which fields it needs: {formatting.plural(len(lacking), 'required field')}",
        tables.table("Fields of the specification", columns, rows, caption_hidden=True),
    )


def _counted(counted: Sequence[FieldUse], levels: bool) -> str:
    supplied = sum(row.supplied for row in counted)
    if any(row.expected is None for row in counted):
        more = "" if levels else " We do not know which the specification asks for."
        return f"{formatting.plural(supplied, 'field is', 'fields are')} supplied.{more}"
    return f"{formatting.n_of(supplied, len(counted))} fields of the specification are supplied."


# With what is asked of each field


def _by_level(rows: Sequence[FieldUse], asked: Sequence[Requirement]) -> list[Children]:
    found = _matched(rows, asked)
    missing = [item for item in found if item.has == "missing" and item.level in _ORDER[:3]]
    everything = tables.table(
        "All fields", _COLUMNS, [_row(item) for item in found], caption_hidden=True
    )
    parts: list[Children] = [_said(found)]
    if missing:
        cells = [_row(item) for item in missing]
        parts.append(tables.table("Missing fields", _COLUMNS, cells, caption_hidden=True))
    parts.append(text.details(f"All {formatting.plural(len(found), 'field')}", everything))
    return parts


def _matched(rows: Sequence[FieldUse], asked: Sequence[Requirement]) -> list[_Field]:
    """Every field, those that are missing and required first."""
    uses = {row.field: row for row in rows}
    found: list[_Field] = []
    known: set[str] = set()
    for item in asked:
        names = (item.field, *item.also)
        known.update(names)
        supplied = [uses[name] for name in names if name in uses and uses[name].supplied]
        has, called = _has(item.field, supplied[0]) if supplied else ("missing", None)
        if not supplied and item.instead in uses and uses[item.instead].supplied:
            has = "instead"
        found.append(_Field(item.field, item, has, called))
    for row in rows:
        if row.field not in known and row.expected is not False:
            has, called = _has(row.field, row) if row.supplied else ("missing", None)
            found.append(_Field(row.field, None, has, called))
    return sorted(found, key=lambda item: (item.has != "missing", _ORDER.index(item.level)))


def _has(name: str, use: FieldUse) -> tuple[str, str | None]:
    if use.field == name and use.matched:
        return "supplied", None
    called = use.field if use.matched else use.supplied_as
    return ("supplied", None) if called == name else ("renamed", called)


def _said(found: Sequence[_Field]) -> Component:
    missing = _lacking(found)
    if not missing:
        return text.paragraph("Every required field is there.")
    count = formatting.plural(
        len(missing), "required field is missing", "required fields are missing"
    )
    pieces: list[Children] = [html.Strong(f"{count}: "), *_names(missing), "."]
    refused = [item for item in missing if item.asked and item.asked.column]
    if refused:
        which: list[Children] = ["it"] if len(missing) == 1 else ["them"]
        if len(refused) < len(missing):
            which = _names(refused)
        pieces += [" The check does not accept a file without ", *which, "."]
    return text.paragraph(*pieces)


def _lacking(found: Sequence[_Field]) -> list[_Field]:
    """Required fields that are missing; of two that do for each other, the first."""
    kept: list[_Field] = []
    for item in found:
        if item.has != "missing" or item.level != "required" or item.asked is None:
            continue
        if item.asked.instead not in [other.name for other in kept]:
            kept.append(item)
    return kept


def _names(items: Sequence[_Field]) -> list[Children]:
    pieces: list[Children] = []
    for number, item in enumerate(items):
        if number:
            pieces.append(" and " if number == len(items) - 1 else ", ")
        pieces.append(text.code(item.name))
        if item.asked and item.asked.instead:
            pieces += [" or ", text.code(item.asked.instead)]
    return pieces


def _row(item: _Field) -> list[Any]:
    note = _form(item.asked) if item.asked else None
    quiet = html.Div(note, className="quiet small") if note else None
    return [text.code(item.name), html.Div([_ASKED[item.level], quiet]), _shown(item)]


def _shown(item: _Field) -> Children:
    if item.has == "missing":
        if item.level == "required":
            return status.tag("Missing", "bad")
        return status.tag("Missing", "warn") if item.level == "should" else "Missing"
    if item.has == "instead" and item.asked and item.asked.instead:
        return html.Span(["Not needed: ", text.code(item.asked.instead), " is there"])
    if item.has == "renamed":
        if item.called is None:
            return "Supplied under another name"
        return html.Span(["Supplied as ", text.code(item.called)])
    return "Supplied"


def _form(asked: Requirement) -> str | None:
    """What is to be known of the values of a field."""
    said = []
    if asked.column and not asked.value:
        said.append("The column must be there; a value may be blank.")
    elif asked.published == "if_applies" and asked.level == "required":
        said.append("The column must be there; a value, if it applies.")
    if asked.instead:
        said.append(f"Either this or {asked.instead}.")
    if asked.refers_to:
        said.append(f"A reference of the dataset {asked.refers_to}.")
    if asked.several:
        said.append("May hold several values, with ; between them.")
    return " ".join(said) or None


# Without


def _plainly(counted: Sequence[FieldUse]) -> list[Children]:
    missing = [row.field for row in counted if not row.supplied]
    matched = [row.field for row in counted if row.supplied and row.matched]
    parts: list[Children] = []
    if missing:
        parts += [text.heading("Missing", 3), _codes(missing)]
    parts.append(_renamed([row for row in counted if row.supplied and not row.matched]))
    if matched:
        number = formatting.plural(len(matched), "field")
        own = "its own name" if len(matched) == 1 else "their own name"
        parts.append(text.details(f"{number} supplied under {own}", _codes(matched)))
    return parts


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
