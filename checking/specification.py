"""What the platform asks of a dataset: its fields, allowed values and names of columns.

The tables lie in `checking/data`; `tools/check_tables.py` makes them from the published ones.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of a dataset. `category` is the list of its allowed values, if it has one, and
    `has_many` says whether a cell may hold several. `one_of` are fields one of which must be a
    column. `later_names` are its names after the platform renames statutory fields."""

    field: str
    datatype: str
    typology: str
    has_many: bool = False
    category: str | None = None
    column_required: bool = False
    one_of: tuple[str, ...] = ()
    value_required: bool = False
    is_published: bool = False
    later_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a column, normalised. `is_general` aliases hold for every file, the others
    were set for single sources and are suggestions; the field may be `IGNORE`."""

    column: str
    field: str
    is_general: bool
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset with its fields by name, in the order of the specification, and its aliases."""

    dataset: str
    name: str
    collection: str
    typology: str
    geometry: str
    fields: dict[str, FieldSpec]
    aliases: tuple[Alias, ...]


PLANS = ("local-plan", "minerals-plan", "waste-plan", "supplementary-plan")
"""Datasets that a field `plan` may name a reference of."""


class UnknownDataset(LookupError):
    """A dataset of which there is no specification."""


def _rows(table: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def datasets() -> dict[str, str]:
    """The names of all datasets that can be checked, by their codes."""
    return {row["dataset"]: row["name"] for row in _rows("datasets")}


@cache
def specification(dataset: str) -> Dataset:
    """What is asked of a dataset. Raises UnknownDataset."""
    for row in _rows("datasets"):
        if row["dataset"] == dataset:
            return Dataset(
                dataset=dataset,
                name=row["name"],
                collection=row["collection"],
                typology=row["typology"],
                geometry=row["geometry_expected"],
                fields={spec.field: spec for spec in _fields(dataset)},
                aliases=tuple(_aliases(dataset)),
            )
    raise UnknownDataset(dataset)


def _fields(dataset: str) -> Iterator[FieldSpec]:
    for row in _rows("fields"):
        if row["dataset"] != dataset:
            continue
        required = row["column_required"]
        choice = required.removeprefix("one of ") if required.startswith("one of ") else ""
        yield FieldSpec(
            field=row["field"],
            datatype=row["datatype"],
            typology=row["typology"],
            has_many=row["cardinality"] == "n",
            category=row["category_dataset"] or None,
            column_required=required == "yes",
            one_of=tuple(part.strip() for part in choice.split("/") if part.strip()),
            value_required=row["value_required"] == "yes",
            is_published=row["in_published_specification"] == "yes",
            later_names=tuple(part for part in row["replaced_by"].split(";") if part),
        )


def _aliases(dataset: str) -> Iterator[Alias]:
    for row in _rows("column-aliases"):
        if row["dataset"] == dataset:
            yield Alias(
                column=row["column_normalised"],
                field=row["field"],
                is_general=row["applies_to_every_file"] == "yes",
                spellings=tuple(part.strip() for part in row["spellings"].split(" | ")),
            )


@cache
def allowed_values(category: str) -> tuple[str, ...]:
    """The values of a category, as the register spells them; none if no register is published.
    Values with an end date are among them, as the platform takes them."""
    return tuple(
        row["reference"] for row in _rows("enumerations") if row["category_dataset"] == category
    )


@cache
def issue_types() -> dict[str, tuple[str, str]]:
    """Severity and responsibility of each of the platform's issue types."""
    return {
        row["issue_type"]: (row["severity"], row["responsibility"]) for row in _rows("issue-rules")
    }


@cache
def organisations() -> dict[str, str]:
    """The names of organisations that the platform has ('' where not known), by their codes."""
    return {row["organisation"]: row["name"] for row in _rows("organisations")}


def linked_datasets(dataset: str) -> tuple[str, ...]:
    """Datasets whose references the fields of a dataset name."""
    fields = specification(dataset).fields
    plans = PLANS if "plan" in fields else ()
    return (*(name for name in fields if name in datasets() and name != dataset), *plans)


def column_names(dataset: str) -> frozenset[str]:
    """Names by which a header is known among other rows: those of fields, and their aliases in all
    spellings."""
    spec = specification(dataset)
    spellings = (name for alias in spec.aliases for name in (alias.column, *alias.spellings))
    return frozenset((*spec.fields, *spellings))
