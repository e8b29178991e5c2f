"""The tables that others read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from performance_store.rows.columns import (
    AccessBand,
    ActiveEndpoints,
    AsAt,
    CohortReference,
    Collection,
    ContentChangedOn,
    DatasetReference,
    FailingEndpoints,
    FieldsMatched,
    FieldsOfSpecification,
    FieldsSupplied,
    FreshnessBand,
    IsLpa,
    OfLastGood,
    OrganisationName,
    OrganisationReference,
    PlatformProblems,
    Problems,
    ProblemsToFix,
    ProjectReference,
    ProvisionReason,
    RegionCode,
    RowsToFix,
    SnapshotKind,
    Status,
    StatusReasons,
)


@dataclass(frozen=True, slots=True)
class OrganisationDatasetSummary:
    """A row of ``organisation_dataset_summary``: first the proposal's columns, then ours.

    ``issue_count`` counts problems of severity critical to notice, ``error_count`` of critical and
    error; both responsibilities, of the current or last good resource. What of ``error_count`` the
    organisation has to fix is ``problems_to_fix_count``, the rest ``platform_problem_count``.
    """

    id: Annotated[int, "Number of the row. It changes when data is loaded again."]
    organisation_id: OrganisationReference
    collection_name: Collection | None
    dataset_name: DatasetReference
    endpoint_url: Annotated[
        str | None,
        "Web address that the data is collected from (of several, the newest).",
    ]
    documentation_url: Annotated[str | None, "Web page that describes the data."]
    endpoint_last_accessed: Annotated[date | None, "The day on which the endpoint was last tried."]
    endpoint_last_updated: Annotated[
        date | None,
        "The day on which the content of this endpoint last changed.",
    ]
    licence: Annotated[str | None, "Licence of the data."]
    issue_count: Problems | None
    record_count: Annotated[int | None, "Records on the platform."]
    fields_supplied_count: FieldsSupplied | None
    field_match_count: FieldsMatched | None
    error_count: Annotated[
        int | None,
        "Problems of severity critical or error, whoever has to fix them: the sum of "
        "problems_to_fix_count and platform_problem_count. A row with two problems counts twice.",
    ]
    last_modified: Annotated[datetime, "When the row was worked out."]
    as_at: AsAt
    kind: SnapshotKind
    organisation_name: OrganisationName | None
    region: RegionCode
    is_lpa: IsLpa
    provision_reason: ProvisionReason | None
    project: ProjectReference | None
    cohort: CohortReference | None
    in_denominator: Annotated[
        bool,
        "Whether a provision is valid on the date, for any reason (also experimental) and of any "
        "organisation. The sets that are counted hold fewer.",
    ]
    status: Status
    reasons: StatusReasons
    access_band: AccessBand
    freshness_band: FreshnessBand
    stage: Annotated[
        str,
        "How far it got: expected, endpoint, reachable, collected, error_free, conformant.",
    ]
    endpoint_count: ActiveEndpoints
    error_endpoint_count: FailingEndpoints | None
    latest_status: Annotated[str | None, "HTTP status when the endpoint was last tried."]
    latest_exception: Annotated[str | None, "What went wrong when the endpoint was last tried."]
    endpoint_last_success: Annotated[date | None, "The day on which it last worked."]
    issues_of_last_good: OfLastGood
    fields_total_count: FieldsOfSpecification | None
    issue_type_count: Annotated[int | None, "Different types of issue among the problems to fix."]
    content_changed_on: ContentChangedOn | None
    problems_to_fix_count: ProblemsToFix | None
    rows_to_fix_count: RowsToFix | None
    platform_problem_count: PlatformProblems | None


@dataclass(frozen=True, slots=True)
class ProvisionSummary:
    """A row of ``provision_summary``: the platform builder's columns; counts are problems."""

    organisation: OrganisationReference
    organisation_name: OrganisationName | None
    dataset: DatasetReference
    provision_reason: ProvisionReason
    provision_end_date: Annotated[
        date | None,
        "The day from which the dataset is no longer expected.",
    ]
    active_endpoint_count: Annotated[int, "Active endpoints that were tried by the date."]
    error_endpoint_count: FailingEndpoints
    count_issue_error_internal: Annotated[
        int,
        "Problems of severity error that the platform’s team is dealing with.",
    ]
    count_issue_error_external: Annotated[
        int,
        "Problems of severity error that the organisation has to fix.",
    ]
    count_issue_warning_internal: Annotated[int, "Warnings for the platform."]
    count_issue_warning_external: Annotated[int, "Warnings for the organisation."]
    count_issue_notice_internal: Annotated[int, "Notices for the platform."]
    count_issue_notice_external: Annotated[int, "Notices for the organisation."]
    cohort: CohortReference | None
    status: Status
