"""One organisation's one dataset: endpoints, answers, issues, fields and history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from performance_store.rows.columns import (
    AccessBand,
    ActiveEndpoints,
    Collection,
    ContentChangedOn,
    DatasetReference,
    Description,
    FailingEndpoints,
    FieldsOfSpecification,
    FieldsSupplied,
    FirstAsAt,
    IssueType,
    LastAsAt,
    Name,
    OfLastGood,
    Problems,
    ProblemsOfIssue,
    ProblemsToFix,
    Responsibility,
    RowsToFix,
    RowsWithIssue,
    Severity,
    SnapshotKind,
    SnapshotsInARow,
    Status,
)


@dataclass(frozen=True, slots=True)
class EndpointState:
    """One active endpoint of a cell in one snapshot. ``success`` None: not tried or not known."""

    endpoint: str
    endpoint_url: str | None
    documentation_url: str | None
    licence: str | None
    collection: Collection | None
    is_primary: bool
    added_on: date | None
    attempted: bool
    success: bool | None
    http_status: str | None
    exception: str | None
    last_attempt_on: Annotated[date | None, "The day of the last attempt to collect."]
    last_attempt_at: Annotated[
        datetime | None,
        "The moment of that attempt; null where no more than its day is in the store.",
    ]
    last_success_on: date | None
    failing_since: date | None
    access_band: AccessBand
    resource: str | None
    content_changed_on: Annotated[date | None, "The day on which its own content last changed."]
    resource_current: bool
    shared_with: int
    source_ended_on: date | None


@dataclass(frozen=True, slots=True)
class LogDays:
    """A run of days on which an endpoint answered alike. ``outcome`` is ok or failed."""

    endpoint: str
    first_day: date
    last_day: date
    outcome: str
    http_status: str | None
    exception: str | None


@dataclass(frozen=True, slots=True)
class FileSeen:
    """One version of the file that an endpoint served within a period.

    ``first_day`` is when these bytes were first seen, before the period perhaps, ``last_day`` when
    they were last collected in it. ``versions`` is how many versions the endpoint served in the
    period, shown or not. ``size`` is in bytes.
    """

    endpoint: str
    resource: str
    first_day: date
    last_day: date
    size: int | None
    versions: int


@dataclass(frozen=True, slots=True)
class EndedEndpoint:
    """An endpoint that a cell had once and has no more.

    ``ended_on`` is None where no register says, ``last_listed_on`` the last snapshot that held it,
    None if none did. ``last_success_on`` is of any day up to the snapshot.
    """

    endpoint: str
    endpoint_url: str | None
    added_on: date | None
    ended_on: date | None
    last_listed_on: date | None
    last_success_on: date | None


@dataclass(frozen=True, slots=True)
class UnprocessedEndpoint:
    """An address that is registered for a dataset's collection and that no pipeline processes,
    with the newest attempt to collect it."""

    endpoint: str
    endpoint_url: str | None
    documentation_url: str | None
    added_on: date | None
    last_attempt_on: date | None
    http_status: str | None
    exception: str | None


@dataclass(frozen=True, slots=True)
class IssueCount:
    """One issue type in one field of a cell: problems and rows, now and before."""

    issue_type: IssueType
    name: Name | None
    description: Description | None
    field: Annotated[str | None, "The field that the issue is in."]
    severity: Severity
    responsibility: Responsibility
    problems: ProblemsOfIssue
    rows: RowsWithIssue | None
    of_last_good: OfLastGood
    problems_before: Annotated[int | None, "How often it occurred in the snapshot before."]
    rows_before: Annotated[int | None, "Rows that had it in the snapshot before."]
    new_by_rule: Annotated[
        bool, "Whether it is new only because the platform makes a new check."
    ] = False


@dataclass(frozen=True, slots=True)
class PastIssue:
    """An issue that counts no more: its file stands at an address that has failed for more than 30
    days, and another endpoint of the cell works."""

    endpoint: Annotated[str, "Key of the endpoint that its file stands at."]
    endpoint_url: Annotated[str | None, "Web address of that endpoint."]
    last_success_on: Annotated[
        date | None, "The day on which it last worked; null: no such day is known."
    ]
    failing_since: Annotated[date | None, "The first day on which it is known to have failed."]
    issue_type: IssueType
    name: Name | None
    field: Annotated[str | None, "The field that the issue is in."]
    severity: Severity
    responsibility: Responsibility
    problems: ProblemsOfIssue
    rows: RowsWithIssue | None


@dataclass(frozen=True, slots=True)
class FieldUse:
    """One field of a dataset and how a cell supplies it. ``expected`` None: not specified."""

    field: str
    supplied: bool
    matched: bool
    supplied_as: str | None
    expected: bool | None
    dataset: DatasetReference = ""


@dataclass(frozen=True, slots=True)
class CellHistory:
    """One cell for as long as nothing of this changes: ``as_at`` is the first snapshot,
    ``last_as_at`` the last, ``snapshots`` how many in a row. Where snapshots say nothing of the
    cell there is no row. ``warnings`` and ``notices`` are anybody's."""

    as_at: FirstAsAt
    last_as_at: LastAsAt
    snapshots: SnapshotsInARow
    kind: SnapshotKind
    status: Status
    endpoint_count: ActiveEndpoints
    endpoint_attempted_count: Annotated[int, "Active endpoints that were tried."]
    endpoint_failing_count: FailingEndpoints | None
    problems_to_fix: ProblemsToFix | None
    rows_to_fix: RowsToFix | None
    problems: Problems | None
    content_changed_on: ContentChangedOn | None
    fields_total: FieldsOfSpecification | None
    fields_supplied: FieldsSupplied | None
    warnings: Annotated[int | None, "Problems of severity warning."]
    notices: Annotated[int | None, "Problems of severity notice."]


@dataclass(frozen=True, slots=True)
class IssueHistory:
    """One issue type in one field of a cell for as long as its counts stay the same. Where it does
    not occur there is no row."""

    issue_type: IssueType
    name: Name | None
    field: Annotated[str | None, "The field that the issue is in."]
    severity: Severity
    responsibility: Responsibility
    as_at: FirstAsAt
    last_as_at: LastAsAt
    snapshots: SnapshotsInARow
    problems: ProblemsOfIssue
    rows: RowsWithIssue | None
