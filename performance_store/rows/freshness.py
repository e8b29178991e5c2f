"""How old content is, whether it can be collected, and how often it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from performance_store.rows.columns import (
    AccessBand,
    AsAt,
    ContentChangedOn,
    DatasetName,
    DatasetNameOrAll,
    DatasetOrAll,
    DatasetReference,
    OrganisationName,
    OrganisationReference,
    ProvidedInAll,
    ProvidedUnknown,
)


@dataclass(frozen=True, slots=True)
class Ages:
    """Provided provisions of one dataset ('': of all) by days since their content changed.

    ``median``: of those whose age is known, of ``organisations`` authorities.
    """

    dataset: DatasetOrAll
    name: DatasetNameOrAll
    provided: ProvidedInAll
    week: Annotated[int, "Provided provisions whose content changed in the last 7 days."]
    month: Annotated[int, "Provided provisions whose content changed 8 to 30 days before."]
    quarter: Annotated[int, "Provided provisions whose content changed 31 to 90 days before."]
    half_year: Annotated[int, "Provided provisions whose content changed 91 to 182 days before."]
    year: Annotated[int, "Provided provisions whose content changed 183 to 365 days before."]
    two_years: Annotated[int, "Provided provisions whose content changed 366 to 730 days before."]
    older: Annotated[
        int,
        "Provided provisions whose content has not changed for more than 730 days.",
    ]
    unknown: ProvidedUnknown
    median: Annotated[
        int | None,
        "Days since the content changed, the median of those that are known.",
    ]
    organisations: Annotated[int, "Organisations for which an age is known."]


@dataclass(frozen=True, slots=True)
class AgeOfContent:
    """One provided provision: when its content changed, and when it was last collected."""

    organisation: OrganisationReference
    organisation_name: OrganisationName | None
    dataset: DatasetReference
    dataset_name: DatasetName
    content_changed_on: ContentChangedOn
    days: Annotated[int, "Days since the content changed."]
    last_success_on: Annotated[date | None, "The day on which it was last collected."]
    access_band: AccessBand


@dataclass(frozen=True, slots=True)
class Availability:
    """Provided provisions on one date, by whether their endpoints answer."""

    as_at: AsAt
    provided: Annotated[int, "Provided provisions on the date."]
    ok: Annotated[int, "Provided provisions whose newest attempt worked."]
    failing: Annotated[int, "Provided provisions failing for less than 5 days."]
    broken: Annotated[int, "Provided provisions failing for 5 to 30 days."]
    long_broken: Annotated[int, "Provided provisions failing for more than 30 days."]
    never: Annotated[int, "Provided provisions at which no attempt that is known has worked."]
    unknown: ProvidedUnknown


@dataclass(frozen=True, slots=True)
class Cadence:
    """Provided provisions of one dataset ('': of all) by how often their content changes."""

    dataset: DatasetOrAll
    name: DatasetNameOrAll
    provided: ProvidedInAll
    continuous: Annotated[
        int,
        "Provided provisions with new content at three of four snapshots or more, which is most "
        "often a file that is made again each night.",
    ]
    monthly: Annotated[
        int,
        "Provided provisions with new content in 7 or more of the last 12 full months.",
    ]
    quarterly: Annotated[int, "Provided provisions with new content in 3 or more of them."]
    half_yearly: Annotated[int, "Provided provisions with new content in each half of them."]
    yearly: Annotated[int, "Provided provisions with new content in any of them."]
    less: Annotated[int, "Provided provisions with no new content in them."]
    young: Annotated[
        int,
        "Provided provisions that were not provided in all these months: there is not enough "
        "history to tell.",
    ]
    unknown: ProvidedUnknown


@dataclass(frozen=True, slots=True)
class RegisterYear:
    """A register that is to be reviewed each year: reviewed, due, overdue, missing, unknown."""

    organisation: OrganisationReference
    organisation_name: OrganisationName | None
    content_changed_on: ContentChangedOn | None
    state: Annotated[str, "One of reviewed, due, overdue, missing and unknown."]
