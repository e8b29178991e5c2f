"""Organisations: who they are, where, and what they provide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from performance_store.projection import Projection
from performance_store.rows.columns import (
    AccessBand,
    ActiveEndpoints,
    AreaCode,
    CohortName,
    CohortReference,
    Collection,
    ContentChangedOn,
    DatasetName,
    DatasetReference,
    EndDate,
    FailingEndpoints,
    FieldsMatched,
    FieldsOfSpecification,
    FieldsSupplied,
    FirstAsAt,
    FormerNames,
    FreshnessBand,
    IsLpa,
    LastAsAt,
    LocalAuthorityType,
    Name,
    OfLastGood,
    OrganisationName,
    OrganisationReference,
    OrganisationType,
    PlatformProblems,
    Problems,
    ProblemsToFix,
    ProjectName,
    ProjectReference,
    ProvisionReason,
    RegionCode,
    RegionName,
    RowsToFix,
    SnapshotKind,
    SnapshotsInARow,
    Status,
    StatusByRule,
    StatusReasons,
    Successor,
    SuccessorName,
    Typology,
)


@dataclass(frozen=True, slots=True)
class OrganisationCounts:
    """An organisation in the list, with how many datasets are expected of it and provided.

    ``expected`` counts the datasets it must or is expected to provide (statutory or expected) on
    the date, ``provided`` those of them with an active endpoint. ``optional`` are those encouraged
    or prospective, ``also_supplied`` all others with an active endpoint. Status counts are of the
    expected ones.
    """

    organisation: OrganisationReference
    name: Name | None
    type: OrganisationType
    region: RegionCode
    region_name: RegionName
    cohort: CohortReference | None
    is_lpa: IsLpa
    statistical_geography: AreaCode | None
    end_date: EndDate | None
    successor: Successor | None
    successor_name: SuccessorName | None
    former_names: FormerNames
    expected: Annotated[
        int, "Datasets that it must (statutory) or is expected to provide on the date."
    ]
    provided: Annotated[int, "Expected datasets with an active endpoint."]
    optional: Annotated[int, "Datasets that it can provide (encouraged or prospective)."]
    optional_provided: Annotated[int, "Optional datasets with an active endpoint."]
    also_supplied: Annotated[int, "Datasets it provides for no such reason."]
    live: Annotated[int, "Expected datasets whose status is live."]
    needs_improving: Annotated[int, "Expected datasets whose status is needs_improving."]
    error: Annotated[int, "Expected datasets whose status is error."]
    processing: Annotated[int, "Expected datasets whose status is processing."]
    unknown: Annotated[int, "Expected datasets whose status is not known."]
    not_submitted: Annotated[int, "Expected datasets whose status is not_submitted."]
    problems_to_fix: ProblemsToFix | None
    rows_to_fix: RowsToFix | None
    last_changed_on: Annotated[
        date | None,
        "The day on which the content of any of its datasets last changed.",
    ]
    cohort_name: CohortName | None
    project: ProjectReference | None
    project_name: ProjectName | None
    local_authority_type: LocalAuthorityType | None = None
    provided_before: Annotated[
        int, "Expected datasets without an active endpoint that had one on an earlier date."
    ] = 0


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation, from the register."""

    organisation: OrganisationReference
    name: Name | None
    type: OrganisationType
    region: RegionCode
    region_name: RegionName
    local_authority_type: LocalAuthorityType | None
    statistical_geography: AreaCode | None
    start_date: Annotated[date | None, "The day on which it began."]
    end_date: EndDate | None
    successor: Successor | None
    successor_name: SuccessorName | None
    former_names: FormerNames
    is_lpa: IsLpa
    cohort: CohortReference | None
    project: ProjectReference | None
    groups: Annotated[
        tuple[tuple[str, str], ...],
        "Reference and name of each group it belongs to.",
    ]
    members: Annotated[
        tuple[tuple[str, str], ...],
        "Reference and name of each member, where it is a group.",
    ]
    cohort_name: CohortName | None
    project_name: ProjectName | None


@dataclass(frozen=True, slots=True)
class NamedOrganisation:
    """What an organisation is called: its code where no source names it."""

    organisation: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an organisation is: a point in its area, in degrees (WGS84)."""

    organisation: OrganisationReference
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Hexagon:
    """Where an authority stands on the map of equal hexagons: counted from the west and from the
    north; odd rows are moved east by half a hexagon."""

    organisation: OrganisationReference
    name: str
    across: int
    down: int


@dataclass(frozen=True, slots=True)
class Area:
    """What is known of an organisation's area. ``entity`` is its number on the platform."""

    organisation: OrganisationReference
    name: str | None
    entity: int | None
    has_boundary: bool


@dataclass(frozen=True, slots=True)
class Outline(Projection):
    """The outline of an organisation's area in a drawing of its own: the path of an SVG picture."""

    path: str


@dataclass(frozen=True, slots=True)
class Tile:
    """An authority on the map of England: the path of its outline there."""

    organisation: OrganisationReference
    path: str


@dataclass(frozen=True, slots=True)
class OutlineCount:
    """How many authorities are on the map of hexagons, and how many of them have an outline."""

    outlines: int
    authorities: int


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    """One organisation's dataset in one snapshot; see ``reasons``.

    ``failing_since`` is the first day of the longest failure under way among its endpoints that
    the log holds, ``best_success_on`` the last success of any of them: without one it may have
    begun earlier.
    Rows and problems are of the last good data when ``issues_of_last_good``. ``status_before`` is
    that of the comparison snapshot, None when there is none or the cell was not in it.
    """

    dataset: DatasetReference
    dataset_name: DatasetName
    collection: Collection | None
    typology: Typology | None
    provision_reason: ProvisionReason | None
    in_denominator: bool
    status: Status
    reasons: StatusReasons
    access_band: AccessBand
    freshness_band: FreshnessBand
    stage: str
    endpoint_count: ActiveEndpoints
    endpoint_failing_count: FailingEndpoints | None
    endpoint_url: Annotated[str | None, "Web address of the newest endpoint."]
    documentation_url: Annotated[str | None, "Web page about the data."]
    licence: Annotated[str | None, "Licence of the data."]
    http_status: Annotated[str | None, "HTTP status of the last attempt."]
    exception: Annotated[str | None, "What went wrong when no web server answered."]
    endpoint_added_on: Annotated[date | None, "The day when the newest endpoint was added."]
    last_attempt_on: Annotated[date | None, "The day of the last attempt to collect."]
    last_success_on: Annotated[date | None, "The day of the last attempt that worked."]
    content_changed_on: ContentChangedOn | None
    issues_of_last_good: OfLastGood
    problems_to_fix: ProblemsToFix | None
    rows_to_fix: RowsToFix | None
    warnings: Annotated[int | None, "Problems of severity warning for the organisation."]
    warning_rows: Annotated[
        int | None,
        "Rows with a warning for the organisation, each counted once. Blank where only problems "
        "are known.",
    ]
    problems: Problems | None
    platform_problems: PlatformProblems | None
    error_type_count: Annotated[int | None, "Kinds of issue in the problems to fix."]
    fields_total: FieldsOfSpecification | None
    fields_supplied: FieldsSupplied | None
    fields_matched: FieldsMatched | None
    record_count: Annotated[int | None, "Records in the data."]
    status_before: Annotated[
        str | None, "The status at the comparison; blank when it was not in the list."
    ]
    problems_to_fix_before: Annotated[int | None, "Problems to fix at the comparison."]
    rows_to_fix_before: Annotated[int | None, "Rows to fix at the comparison."]
    failing_since: Annotated[
        date | None,
        "The first day of the longest current failure in the log. Where no success is known it "
        "may have begun earlier.",
    ]
    best_success_on: Annotated[
        date | None, "The day of the last attempt that worked, at any active endpoint."
    ]
    status_by_rule: StatusByRule
    problems_to_fix_by_rule: Annotated[
        int,
        "How many more problems there are to fix than at the comparison only because the platform "
        "checks something else.",
    ]


@dataclass(frozen=True, slots=True)
class InheritedDataset:
    """A dataset that is still collected from an organisation that has closed: its successor's."""

    organisation: OrganisationReference
    organisation_name: OrganisationName | None
    ended_on: EndDate
    dataset: DatasetReference
    dataset_name: DatasetName


@dataclass(frozen=True, slots=True)
class OrganisationHistory:
    """One organisation for as long as nothing of this changed: n of N provided, of its provisions
    at the time."""

    as_at: FirstAsAt
    last_as_at: LastAsAt
    snapshots: SnapshotsInARow
    kind: SnapshotKind
    expected: int
    provided: int
    live: int
    needs_improving: int
    error: int
    problems_to_fix: ProblemsToFix | None
    rows_to_fix: RowsToFix | None


@dataclass(frozen=True, slots=True)
class StatusRun:
    """Snapshots in a row in which a dataset of an organisation had one status.

    ``snapshots`` counts them; between ``first_as_at`` and ``last_as_at`` there are no others.
    """

    dataset: DatasetReference
    dataset_name: DatasetName
    status: Status
    first_as_at: FirstAsAt
    last_as_at: LastAsAt
    snapshots: SnapshotsInARow


@dataclass(frozen=True, slots=True)
class SeverityHistory:
    """Problems of all datasets of an organisation by severity, for as long as none of it changes.

    ``datasets`` is how many are counted: those of which problems are known. With none of them there
    is no number. Where snapshots say nothing of the organisation there is no row.
    """

    as_at: FirstAsAt
    last_as_at: LastAsAt
    snapshots: SnapshotsInARow
    datasets: Annotated[int, "Datasets of which problems are known."]
    critical: Annotated[
        int | None, "Problems of severity critical that the organisation has to fix."
    ]
    error: Annotated[int | None, "Problems of severity error that the organisation has to fix."]
    warnings: Annotated[int | None, "Problems of severity warning, anybody’s."]
    notices: Annotated[int | None, "Problems of severity notice, anybody’s."]
