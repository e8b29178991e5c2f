"""Issues: row by row, and how far their types are spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from performance_store.rows.columns import (
    AsAt,
    DatasetName,
    DatasetNameOrAll,
    DatasetOrAll,
    DatasetReference,
    IssueType,
    IssueTypeName,
    LastAsAt,
    OfLastGood,
    OrganisationName,
    OrganisationReference,
    ProblemsOfIssue,
    ProvisionsOfRow,
    Responsibility,
    RowsWithIssue,
    Severity,
    SnapshotsInARow,
)


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One individual issue of the newest snapshot. ``value_length`` is that of the whole value;
    ``value`` may be its beginning only."""

    issue_id: Annotated[int, "Number of the issue. It changes when data is loaded again."]
    resource: Annotated[str, "SHA-256 of the file."]
    line_number: Annotated[int | None, "Line in the file."]
    entry_number: Annotated[int | None, "Number of the entry in the file."]
    entity: Annotated[int | None, "Number of the entity on the platform."]
    value: Annotated[str | None, "The value that is wrong; of a very long one only the beginning."]
    message: Annotated[str | None, "What the platform says about it."]
    value_length: Annotated[int, "Length of the whole value, in characters."]
    endpoint_url: Annotated[
        str | None, "Web address that the file was collected from (of several, the newest)."
    ]


@dataclass(frozen=True, slots=True)
class IssueFile:
    """A file with a type of issue: its hash, and the address that it was collected from."""

    resource: str
    endpoint_url: str | None


@dataclass(frozen=True, slots=True)
class IssueMatches:
    """How many rows a search finds; ``more`` when counting stopped there."""

    rows: int
    more: bool


@dataclass(frozen=True, slots=True)
class IssueKind:
    """A type of issue, from the register or as it was first seen."""

    issue_type: IssueType
    name: IssueTypeName | None
    description: str | None
    severity: Severity
    responsibility: Responsibility


@dataclass(frozen=True, slots=True)
class IssueElsewhere:
    """Who else has one type of issue: organisations, not counting one's own.

    ``same_dataset`` have it in the dataset, ``providers`` provide the dataset and their issues are
    known, ``any_dataset`` have it anywhere.
    """

    same_dataset: int
    providers: int
    any_dataset: int


@dataclass(frozen=True, slots=True)
class IssueFixer:
    """An organisation that got rid of a type of issue in a dataset, and still provides it."""

    organisation: OrganisationReference
    name: str | None
    as_at: AsAt


@dataclass(frozen=True, slots=True)
class IssuePoint:
    """One type of issue in one field of a cell for as long as its numbers stayed the same; 0: none
    were open. ``as_at`` is the first of its dates, ``last_as_at`` the last, ``snapshots`` how many
    in a row."""

    as_at: AsAt
    last_as_at: LastAsAt
    snapshots: SnapshotsInARow
    problems: ProblemsOfIssue
    rows: RowsWithIssue | None


@dataclass(frozen=True, slots=True)
class IssueSpread:
    """How far a type of issue is spread on one date: in a dataset, or ('') in all together."""

    issue_type: IssueType
    name: IssueTypeName | None
    severity: Severity
    responsibility: Responsibility
    dataset: DatasetOrAll
    dataset_name: DatasetName
    provisions: ProvisionsOfRow
    organisations: Annotated[int, "Organisations that have it."]
    problems: ProblemsOfIssue


@dataclass(frozen=True, slots=True)
class CommonIssue:
    """A type of issue in one field of a dataset, which providers can fix: how many planning
    authorities have it."""

    issue_type: IssueType
    name: IssueTypeName | None
    field: str
    severity: Severity
    organisations: Annotated[int, "Planning authorities that have it."]
    problems: ProblemsOfIssue


@dataclass(frozen=True, slots=True)
class IssueBase:
    """What issues are counted of: provisions of a dataset, or ('') of all.

    ``provisions`` are those whose issues are known, of so many ``organisations``; ``to_fix`` those
    of the ``collected`` that would be error-free without errors of their own.
    """

    dataset: DatasetOrAll
    dataset_name: DatasetNameOrAll
    provided: int
    provisions: int
    collected: int
    organisations: int
    to_fix: int


@dataclass(frozen=True, slots=True)
class IssueFix:
    """One of the types to fix first. ``provisions`` have it; ``alone`` have no other error;
    ``more`` become error-free when it is fixed besides those before it, ``together`` with them.
    """

    issue_type: IssueType
    name: IssueTypeName | None
    provisions: int
    alone: int
    more: int
    together: int


@dataclass(frozen=True, slots=True)
class IssueHolder:
    """A provision that has a type of issue: in which fields ('' for none), most problems first.

    ``found`` is how many there are on all pages together.
    """

    organisation: OrganisationReference
    organisation_name: OrganisationName | None
    dataset: DatasetReference
    dataset_name: DatasetName
    fields: Annotated[
        tuple[str, ...],
        "The fields that the issue is in, most problems first; a blank one: in none.",
    ]
    problems: ProblemsOfIssue
    of_last_good: OfLastGood
    found: Annotated[int, "How many there are on all pages together."]


@dataclass(frozen=True, slots=True)
class IssueTypePoint:
    """How far a type of issue was spread on one date; of type '' of how many it is known."""

    as_at: AsAt
    issue_type: Annotated[str, "Type of issue; blank: all whose issues are known."]
    name: IssueTypeName | None
    provisions: ProvisionsOfRow
    problems: ProblemsOfIssue
