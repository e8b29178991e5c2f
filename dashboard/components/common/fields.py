"""Fields of one dataset: what its specification requires, and what the data has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components.common import explain
from dashboard.components.design import html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from performance_store.definitions.specifications import Requirement
from performance_store.rows import FieldUse

LEVELS = {
    "required": "Required",
    "should": "Recommended",
    "if_applies": "If it applies",
    "optional": "Optional",
    "accepted": "Accepted but not required",
}
_ORDER = tuple(LEVELS)
_COLUMNS = [tables.Column("Field"), tables.Column("Requirement"), tables.Column("In the data")]


@dataclass(frozen=True, slots=True)
class _Field:
    """A field, its requirement, and how the data has it: missing, supplied, or renamed (then
    ``alias`` is its name there, if known)."""

    name: str
    requirement: Requirement | None
    has: str
    alias: str | None = None

    @property
    def level(self) -> str:
        """How strongly the specification requires it; "accepted" where it does not say."""
        return self.requirement.level if self.requirement else "accepted"


def section(
    rows: Sequence[FieldUse],
    requirements: Sequence[Requirement] = (),
    guidance: str | None = None,
) -> Component | None:
    """Fields of the dataset: missing, supplied under another name, supplied. None if not known.

    In: the fields as the data has them, what the specification requires of each (nothing where
    that is not known), and where it is told what each has to hold.
    """
    uses = [row for row in rows if row.expected is not False]
    if not uses:
        return None
    parts = _by_level(rows, requirements) if requirements else _plainly(uses)
    words = "See what each field has to hold"
    more = text.paragraph(text.link(words, guidance)) if guidance else None
    return text.section(
        "Fields",
        *parts,
        more,
        explain.explain("fields"),
        id="fields",
    )


def missing(rows: Sequence[FieldUse], requirements: Sequence[Requirement]) -> int:
    """How many required fields the data lack; 0 where that is not known."""
    if not any(row.expected is not False for row in rows):
        return 0
    return len(_lacking(_match(rows, requirements)))


def requirement_list(requirements: Sequence[Requirement]) -> Component | None:
    """What a dataset has to hold, for those who are to begin with it. None where not known."""
    if not requirements:
        return None
    rows = [
        [text.code(item.field), LEVELS[item.level], _form(item) or ""]
        for item in sorted(requirements, key=lambda item: _ORDER.index(item.level))
    ]
    columns = [*_COLUMNS[:2], tables.Column("Format")]
    lacking = _lacking([_Field(item.field, item, "missing") for item in requirements])
    return text.details(
        f"Fields it needs: {formatting.plural(len(lacking), 'required field')}",
        tables.table("Fields of the specification", columns, rows, caption_hidden=True),
    )


def _count_sentence(count: int, total: int, uses: Sequence[FieldUse]) -> Component:
    if any(row.expected is None for row in uses):
        return text.paragraph(f"{formatting.plural(count, 'field is', 'fields are')} supplied.")
    words = f"{formatting.n_of(count, total)} fields of the specification are supplied."
    return text.paragraph(words)


# With a requirement for each field


def _by_level(rows: Sequence[FieldUse], requirements: Sequence[Requirement]) -> list[Children]:
    items = _match(rows, requirements)
    missing = [item for item in items if item.has == "missing" and item.level in _ORDER[:3]]
    everything = tables.table(
        "All fields", _COLUMNS, [_row(item) for item in items], caption_hidden=True
    )
    count = sum(item.has in ("supplied", "renamed") for item in items if item.requirement)
    parts: list[Children] = [_count_sentence(count, len(requirements), rows)]
    parts.append(_missing_sentence(items))
    if len(missing) > len(_lacking(items)):
        cells = [_row(item) for item in missing]
        parts.append(tables.table("Missing fields", _COLUMNS, cells, caption_hidden=True))
    title = f"All {formatting.plural(len(requirements), 'field')}"
    if len(items) > len(requirements):
        title += f" and {formatting.number(len(items) - len(requirements))} more"
    parts.append(text.details(title, everything))
    return parts


def _match(rows: Sequence[FieldUse], requirements: Sequence[Requirement]) -> list[_Field]:
    """Every field, those that are missing and required first."""
    uses = {row.field: row for row in rows}
    items: list[_Field] = []
    names_of_requirements: set[str] = set()
    for item in requirements:
        names = (item.field, *item.also)
        names_of_requirements.update(names)
        matches = [uses[name] for name in names if name in uses and uses[name].supplied]
        has, alias = _has(item.field, matches[0]) if matches else ("missing", None)
        if not matches and item.instead in uses and uses[item.instead].supplied:
            has = "instead"
        items.append(_Field(item.field, item, has, alias))
    for row in rows:
        if row.field not in names_of_requirements and row.expected is not False:
            has, alias = _has(row.field, row) if row.supplied else ("missing", None)
            items.append(_Field(row.field, None, has, alias))
    return sorted(items, key=lambda item: (item.has != "missing", _ORDER.index(item.level)))


def _has(name: str, use: FieldUse) -> tuple[str, str | None]:
    if use.field == name and use.matched:
        return "supplied", None
    alias = use.field if use.matched else use.supplied_as
    return ("supplied", None) if alias == name else ("renamed", alias)


def _missing_sentence(items: Sequence[_Field]) -> Component:
    missing = _lacking(items)
    if not missing:
        return text.paragraph("No required fields are missing.")
    count = formatting.plural(
        len(missing), "required field is missing", "required fields are missing"
    )
    pieces: list[Children] = [html.Strong(f"{count}: "), *_names(missing), "."]
    check_columns = [item for item in missing if item.requirement and item.requirement.column]
    if check_columns:
        which: list[Children] = ["it"] if len(missing) == 1 else ["them"]
        if len(check_columns) < len(missing):
            which = _names(check_columns)
        pieces += [" The check does not accept a file without ", *which, "."]
    return text.paragraph(*pieces)


def _lacking(items: Sequence[_Field]) -> list[_Field]:
    """Required fields that are missing; of two that do for each other, the first."""
    lacking: list[_Field] = []
    for item in items:
        if item.has != "missing" or item.level != "required" or item.requirement is None:
            continue
        if item.requirement.instead not in [other.name for other in lacking]:
            lacking.append(item)
    return lacking


def _names(items: Sequence[_Field]) -> list[Children]:
    pieces: list[Children] = []
    for number, item in enumerate(items):
        if number:
            pieces.append(" and " if number == len(items) - 1 else ", ")
        pieces.append(text.code(item.name))
        if item.requirement and item.requirement.instead:
            pieces += [" or ", text.code(item.requirement.instead)]
    return pieces


def _row(item: _Field) -> list[Any]:
    note = _form(item.requirement) if item.requirement else None
    quiet = html.Div(note, className="quiet small") if note else None
    return [text.code(item.name), html.Div([LEVELS[item.level], quiet]), _state(item)]


def _state(item: _Field) -> Children:
    if item.has == "missing":
        if item.level == "required":
            return status.tag("Missing", "bad")
        return status.tag("Missing", "warn") if item.level == "should" else "Missing"
    if item.has == "instead" and item.requirement and item.requirement.instead:
        return html.Span(["Not needed: ", text.code(item.requirement.instead), " is supplied"])
    if item.has == "renamed":
        if item.alias is None:
            return "Supplied under a different name"
        return html.Span(["Supplied as ", text.code(item.alias)])
    return "Supplied"


def _form(requirement: Requirement) -> str | None:
    """What is to be known of the values of a field."""
    sentences = demands(requirement)
    if requirement.refers_to:
        sentences.append(f"A reference from the dataset {requirement.refers_to}.")
    if requirement.several:
        sentences.append("Can hold several values, separated by semicolons.")
    return " ".join(sentences) or None


def demands(requirement: Requirement) -> list[str]:
    """What a level alone does not say: where a value can be blank, or another field will do."""
    sentences = []
    if requirement.column and not requirement.value:
        sentences.append("The column is required, but values can be blank.")
    elif requirement.published == "if_applies" and requirement.level == "required":
        sentences.append("The column is required. Give a value if it applies.")
    if requirement.instead:
        sentences.append(f"Supply this or {requirement.instead}.")
    return sentences


# Without


def _plainly(uses: Sequence[FieldUse]) -> list[Children]:
    missing = [row.field for row in uses if not row.supplied]
    same_names = [row.field for row in uses if row.supplied and row.matched]
    count = sum(row.supplied for row in uses)
    parts: list[Children] = [_count_sentence(count, len(uses), uses)]
    if any(row.expected is None for row in uses):
        parts.append(text.paragraph("We do not know which fields the specification requires."))
    if missing:
        parts += [text.heading("Missing", 3), _codes(missing)]
    parts.append(_alias_table([row for row in uses if row.supplied and not row.matched]))
    if same_names:
        number = formatting.plural(len(same_names), "field")
        verb = "uses" if len(same_names) == 1 else "use"
        parts.append(text.details(f"{number} {verb} the standard column name", _codes(same_names)))
    return parts


def _codes(names: Sequence[str]) -> Component:
    return html.P([piece for name in names for piece in (text.code(name), " ")], className="text")


def _alias_table(rows: Sequence[FieldUse]) -> Component | None:
    if not rows:
        return None
    return tables.table(
        "Supplied under a different name",
        [tables.Column("Name in the specification"), tables.Column("Name in the data")],
        [
            [text.code(row.field), text.code(row.supplied_as) if row.supplied_as else None]
            for row in rows
        ],
    )
