"""What a check gives: progress, rows, and one result at the end.

The names of the fields are those under which results are kept, so that whoever keeps them converts
by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from checking.columns import How
from checking.rules.ladder import Ladder, Origin

Verdict = Literal["not-ready", "improve", "ready", "empty"]

Finding: TypeAlias = "tuple[int, str, str]"
"""The number of a group, the value as the platform would log it, and a message for this cell."""

Row: TypeAlias = "tuple[int, int, tuple[str, ...], tuple[str, ...], tuple[Finding, ...]]"
"""Entry number from 1, line in the file, cells as in the file, values as kept, and findings."""

Rows: TypeAlias = "list[Row]"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is: what is being done, and how many rows it was done to."""

    stage: str
    rows: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the file was recognised as; `sentence` says it in one line, `notes` what was assumed."""

    sentence: str
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    crs: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, what it was taken for and how, what else it may be, and examples."""

    column: str
    field: str | None
    how: How
    suggestions: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a file can supply. `is_missing` says that no column is taken for it; a file of
    the values as kept has no column for such a field."""

    field: str
    is_required: bool = False
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What one rule found in one field; rows refer to its number."""

    number: int
    rule: str
    issue_type: str
    field: str
    severity: str
    responsibility: str
    origin: Origin
    ladder: Ladder
    count: int
    rows: int
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A rule that had so many rows to look at and found nothing."""

    rule: str
    field: str
    rows: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Beside what the platform holds: how many references are new, changed, the same and gone."""

    new: int
    changed: int
    same: int
    gone: int
    gone_references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The result as a whole. `fields` are those of the rows' values, in their order; `shapes` are
    for a map, `boundary` is the authority's as GeoJSON."""

    verdict: Verdict
    rows: int
    must_rows: int
    should_rows: int
    changed_rows: int
    recognised: Recognised
    columns: tuple[Column, ...]
    fields: tuple[Field, ...]
    groups: tuple[Group, ...]
    passed: tuple[Passed, ...] = ()
    comparison: Comparison | None = None
    has_shapes: bool = False
    rows_skipped: int = 0
    shapes: list[dict[str, Any]] = field(default_factory=list)
    boundary: dict[str, Any] | None = None
