"""n of N: by dataset, region, cohort and date, and the matrix behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from performance_store.rows.columns import (
    AsAt,
    CohortName,
    CohortReference,
    Collected,
    DatasetOrAll,
    DatasetReference,
    ErrorFree,
    Expected,
    Fresh,
    Label,
    Name,
    OrganisationReference,
    Organisations,
    OrganisationsAll,
    OrganisationsSome,
    Reachable,
    RegionCode,
    RegionName,
    SnapshotKind,
    Status,
    WithEndpoint,
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """n of N in one snapshot, for one value of one dimension of one denominator.

    ``expected`` and the stages count provisions (organisation x dataset); ``organisations_some``
    and ``organisations_all`` count organisations providing at least one, or all, of theirs.
    """

    as_at: AsAt
    kind: SnapshotKind
    denominator: Annotated[
        str, "The set that is counted: programme, to-provide, statutory, any or all-lpas."
    ]
    dimension: Annotated[
        str,
        "What the counts are by: all, dataset, region, cohort, type (of organisation), or region "
        "or cohort with dataset.",
    ]
    value: Annotated[
        str,
        "Which region, cohort or type of organisation; blank where the counts are by none of them.",
    ]
    label: Label
    dataset: DatasetOrAll
    expected: Expected
    endpoint: WithEndpoint
    reachable: Reachable
    collected: Collected
    error_free: ErrorFree
    conformant: Annotated[
        int,
        "Provisions (an organisation’s dataset each) error-free, that supply 80% or more of the "
        "dataset’s fields.",
    ]
    answering: Annotated[
        int,
        "Provisions (an organisation’s dataset each) whose newest attempt worked, at one active "
        "endpoint at least.",
    ]
    not_submitted: Annotated[
        int,
        "Provisions (an organisation’s dataset each) whose status is not_submitted.",
    ]
    processing: Annotated[
        int,
        "Provisions (an organisation’s dataset each) whose status is processing.",
    ]
    error: Annotated[int, "Provisions (an organisation’s dataset each) whose status is error."]
    unknown: Annotated[
        int,
        "Provisions (an organisation’s dataset each) whose status is not known.",
    ]
    needs_improving: Annotated[
        int,
        "Provisions (an organisation’s dataset each) whose status is needs_improving.",
    ]
    live: Annotated[int, "Provisions (an organisation’s dataset each) whose status is live."]
    fresh: Fresh
    ageing: Annotated[
        int,
        "Provisions (an organisation’s dataset each) whose content last changed 183 to 365 days "
        "before.",
    ]
    stale: Annotated[
        int,
        "Provisions (an organisation’s dataset each) whose content has not changed for more than "
        "365 days.",
    ]
    organisations: Organisations
    organisations_some: OrganisationsSome
    organisations_all: OrganisationsAll


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """One date of a national line. ``key`` is what the line is of: a dataset, region or cohort,
    '' for all of them together.

    Counts are provisions, but for the last three, which count organisations.
    """

    as_at: AsAt
    key: Annotated[
        str,
        "What the line is of: a dataset, region or cohort; blank: all of them together.",
    ]
    label: Label
    expected: Expected
    endpoint: WithEndpoint
    reachable: Reachable
    collected: Collected
    error_free: ErrorFree
    fresh: Fresh
    organisations: Organisations
    organisations_some: OrganisationsSome
    organisations_all: OrganisationsAll


@dataclass(frozen=True, slots=True)
class CohortStart:
    """When a cohort of the programme began."""

    cohort: str
    name: str
    start_date: date


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter can take, and how many provisions have it."""

    field: str
    value: str
    label: str
    provisions: int


@dataclass(frozen=True, slots=True)
class AuthorityCells:
    """One organisation's row of the matrix of coverage: its provisions in a set, by dataset.

    ``datasets``, ``statuses`` and ``with_endpoint`` run in step. ``provided`` counts those of the
    ``expected`` with an active endpoint. ``cohort`` is None where no provision has one.
    """

    organisation: OrganisationReference
    name: str
    region: RegionCode
    region_name: RegionName
    cohort: CohortReference | None
    cohort_name: CohortName | None
    expected: int
    provided: int
    datasets: tuple[str, ...]
    statuses: tuple[str, ...]
    with_endpoint: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class NationalCell:
    """One cell of the matrix of coverage by itself: its status, whether it has an active endpoint,
    and how it differs from the snapshot it is compared with, None if it does not."""

    organisation: OrganisationReference
    name: Name
    region: RegionCode
    region_name: RegionName
    cohort: CohortReference | None
    dataset: DatasetReference
    status: Status
    provided: Annotated[bool, "Whether it has an active endpoint."]
    change: Annotated[
        str | None,
        "How the cell differs from the earlier snapshot: newly_provided, lost, newly_broken or "
        "recovered.",
    ]


@dataclass(frozen=True, slots=True)
class CellChange:
    """How a cell of the matrix differs from the snapshot it is compared with: ``newly_provided``,
    ``lost``, ``newly_broken`` or ``recovered``, as events of the same names."""

    organisation: OrganisationReference
    dataset: DatasetReference
    change: str
