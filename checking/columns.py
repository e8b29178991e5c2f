"""Which column is taken for which field, as the platform does it, with its oddities named.

The platform looks at columns in the order of their spelling (capitals first). A person's mapping
comes first, then aliases, then the fields' own names; where two columns are taken for one field,
the later one wins, even where it is blank.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from checking.model import IGNORE
from checking.specification import Dataset

How = Literal["name", "alias", "mapping", "ignored", "unused"]

_ODD = re.compile(r"[^a-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Match:
    """A column and the field that it is taken for (None: none), and how."""

    column: str
    field: str | None
    how: How


def normalise(name: str) -> str:
    """A column's name as it is compared: lower case, hyphens for underscores, nothing odd."""
    return _ODD.sub("", name.replace("_", "-").lower())


def match_columns(
    columns: Sequence[str],
    dataset: Dataset,
    *,
    mapping: Mapping[str, str] | None = None,
    kind: str | None = None,
) -> tuple[Match, ...]:
    """What each column is taken for, in the order in which the platform takes them: of two for one
    field the later wins; columns that are ignored or unused come last.

    In: a person's mapping of columns to fields (or `IGNORE`), and whether a tree's shapes are
    points or polygons.
    """
    nearer = {normalise(column): field for column, field in (mapping or {}).items()}
    if kind == "polygon" and dataset.dataset == "tree":
        nearer.setdefault("wkt", "geometry")
    taken = {field for field in nearer.values() if field != IGNORE}
    aliases = {
        alias.column: alias.field
        for alias in dataset.aliases
        if alias.is_general and alias.field not in taken
    }
    names = _names(dataset)
    matches: dict[str, Match] = {}
    for column in sorted(columns):
        name = normalise(column)
        if name in nearer:
            matches[column] = _match(column, nearer[name], "mapping")
        elif name in aliases:
            field = aliases[name]
            matches[column] = _match(column, field, "name" if name == normalise(field) else "alias")
    met = {match.field for match in matches.values()}
    for column in sorted(columns):
        name = normalise(column)
        if column not in matches and name in names and name not in met:
            matches[column] = Match(column, names[name], "name")
    used = [match for match in matches.values() if match.field is not None]
    rest = [matches.get(column, Match(column, None, "unused")) for column in columns]
    return (*used, *(match for match in rest if match.field is None))


def columns_of(matches: Sequence[Match]) -> dict[str, tuple[str, ...]]:
    """The columns taken for each field, the one that wins last."""
    columns: dict[str, tuple[str, ...]] = {}
    for match in matches:
        if match.field is not None:
            columns[match.field] = (*columns.get(match.field, ()), match.column)
    return columns


def dropped(matches: Sequence[Match], dataset: Dataset) -> dict[str, str]:
    """Columns that bear a field's own name and are not used, because another column is taken for
    the field; by column the field."""
    names = _names(dataset)
    used = columns_of(matches)
    return {
        match.column: names[normalise(match.column)]
        for match in matches
        if match.how == "unused" and names.get(normalise(match.column), "") in used
    }


def missing_columns(matches: Sequence[Match], dataset: Dataset) -> tuple[str, ...]:
    """Fields that must have a column and have none; where one of several is enough, all of them."""
    used = columns_of(matches)
    missing = []
    for spec in dataset.fields.values():
        if spec.field in used:
            continue
        is_choice = bool(spec.one_of) and not any(field in used for field in spec.one_of)
        if spec.column_required or is_choice:
            missing.append(spec.field)
    return tuple(missing)


def _match(column: str, field: str, how: How) -> Match:
    return Match(column, None, "ignored") if field == IGNORE else Match(column, field, how)


def _names(dataset: Dataset) -> dict[str, str]:
    """Fields by their normalised name. The statutory spelling comes before the platform's."""
    names: dict[str, str] = {}
    for field in sorted(dataset.fields):
        names.setdefault(normalise(field), field)
    return names
