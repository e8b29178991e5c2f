"""Datasets of the register, and who is expected to provide them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from performance_store.rows.columns import (
    AccessBand,
    CohortName,
    CohortReference,
    Collection,
    ContentChangedOn,
    DatasetReference,
    Description,
    Name,
    OrganisationReference,
    ProblemsToFix,
    RegionCode,
    RegionName,
    RowsToFix,
    Status,
    StatusByRule,
    Typology,
)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset, from the register."""

    dataset: DatasetReference
    name: Name
    plural: Annotated[str | None, "The name for several of them."]
    description: Description | None
    collection: Collection | None
    typology: Typology | None


@dataclass(frozen=True, slots=True)
class RegisteredDataset:
    """One dataset of the register, and what a snapshot tells of its provisions in a set.

    ``expected`` and ``provided`` count those that have a row, 0 and 0 where it is expected of
    nobody in the set; ``asked_elsewhere`` the provisions of LPAs for any reason that counts;
    ``suppliers`` everybody with an active endpoint, whether or not it is expected of them, None
    where the snapshot cannot tell.
    ``endpoints`` are active, ``endpoints_ever`` were registered up to the date, each counted once
    however many share it; first and newest by the day on which they were registered.
    """

    dataset: DatasetReference
    name: Name
    collection: Collection | None
    typology: Typology | None
    ended_on: Annotated[date | None, "The day on which the dataset ended; null: it has not."]
    expected: Annotated[
        int,
        "Provisions (an organisation’s dataset each) expected of it in the set.",
    ]
    provided: Annotated[
        int,
        "Provisions (an organisation’s dataset each) of those with an active endpoint.",
    ]
    asked_elsewhere: Annotated[
        int,
        "Planning authorities expected to provide it, for any reason that counts.",
    ]
    suppliers: Annotated[
        int | None,
        "Organisations with an active endpoint, whether or not the dataset is expected of them.",
    ]
    endpoints: Annotated[int, "Active endpoints of those counted; a shared one counts once."]
    endpoints_ever: Annotated[int, "Endpoints that those counted have ever had."]
    first_endpoint_on: Annotated[date | None, "The day on which the first endpoint was registered."]
    newest_endpoint_on: Annotated[
        date | None,
        "The day on which the newest endpoint was registered.",
    ]
    content_changed_on: ContentChangedOn | None


@dataclass(frozen=True, slots=True)
class FieldOfDataset:
    """A field of a dataset's specification. Not ``expected``: the pipeline adds it itself."""

    field: str
    expected: bool


@dataclass(frozen=True, slots=True)
class DatasetAuthority:
    """One authority's provision of a dataset, and its status at the comparison (None: it was not
    there)."""

    organisation: OrganisationReference
    name: Name
    region: RegionCode
    region_name: RegionName
    cohort: CohortReference | None
    cohort_name: CohortName | None
    reason: Annotated[
        str | None,
        "Why it is expected: statutory, expected, encouraged or prospective.",
    ]
    status: Status
    access_band: AccessBand
    endpoints: Annotated[int, "Its active endpoints."]
    content_changed_on: ContentChangedOn | None
    problems_to_fix: ProblemsToFix | None
    rows_to_fix: RowsToFix | None
    status_before: Annotated[str | None, "The status at the comparison; null: it was not there."]
    status_by_rule: StatusByRule
    last_provided_on: Annotated[
        date | None,
        "Of one that is not provided, the newest date before on which it was; null: on none.",
    ]
