"""Authorities, regions, cohorts and datasets side by side: now, and through time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from performance_store.rows.columns import (
    AsAt,
    Collected,
    ErrorFree,
    Expected,
    Fresh,
    Label,
    Name,
    OrganisationReference,
    Organisations,
    Reachable,
    RegionCode,
    RegionName,
    WithEndpoint,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one organisation of a set stands in one snapshot. ``provided`` are provisions of the
    ``expected``, and ``error_free`` of the ``collected``; None where the snapshot cannot tell."""

    organisation: OrganisationReference
    name: Name
    region: RegionCode
    region_name: RegionName
    expected: Expected
    provided: WithEndpoint
    collected: Collected | None
    error_free: ErrorFree | None
    rows_to_fix: Annotated[
        int | None,
        "Rows with a problem of severity critical or error that the organisation has to fix, in "
        "all of its provisions of the set. Blank where it is known of none.",
    ]
    problems_to_fix: Annotated[
        int | None,
        "Problems of severity critical or error that the organisation has to fix, in all of its "
        "provisions of the set. Blank where it is known of none.",
    ]
    median_age: Annotated[
        int | None,
        "Days since the content of its provisions changed: half of them changed later, half "
        "earlier. Blank where it is known of none.",
    ]


@dataclass(frozen=True, slots=True)
class ComparedPoint:
    """One date of what is compared: ``part`` says what it is, and ``key`` which one. Counts are
    provisions, but for the last, which counts organisations."""

    as_at: AsAt
    part: Annotated[str, "What is compared: all, organisation, region, cohort or dataset."]
    key: Annotated[str, "Which one; blank: all together."]
    label: Label
    expected: Expected
    endpoint: WithEndpoint
    reachable: Reachable | None
    collected: Collected | None
    error_free: ErrorFree | None
    fresh: Fresh | None
    organisations: Organisations
