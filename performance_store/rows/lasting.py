"""From one date to a later one, of the same authorities: what grew, and what is still broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from performance_store.rows.columns import (
    AsAt,
    DatasetName,
    DatasetReference,
    OrganisationName,
    OrganisationReference,
    ProblemsToFix,
)


@dataclass(frozen=True, slots=True)
class Growth:
    """One dataset on two dates, of the same authorities: those in the set on both."""

    dataset: DatasetReference
    dataset_name: DatasetName
    authorities: Annotated[int, "Authorities that are in the set for it on both dates."]
    before: Annotated[int, "Those of them that had an endpoint for it on the first date."]
    after: Annotated[int, "Those of them that had an endpoint for it on the last date."]

    @property
    def change(self) -> int:
        """How many more have an endpoint on the last date than on the first."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class LastingPoint:
    """One date: of the provisions that were broken on the first, how many are broken on this one.
    All are of the set on the first date and on the last, and known on both."""

    as_at: AsAt
    failing: Annotated[
        int | None,
        "Of the provisions whose endpoints all failed on the first date, those whose endpoints all "
        "failed on this one. Blank where the figures do not say.",
    ]
    errors: Annotated[
        int | None,
        "Of the provisions that had errors for the organisation to fix on the first date, those "
        "that had some on this one. Blank where the figures do not say.",
    ]


@dataclass(frozen=True, slots=True)
class LastingProvision:
    """One provision that was broken on the first date and is on the last."""

    what: Annotated[str, "How it is broken: failing (all endpoints) or errors (to be fixed)."]
    organisation: OrganisationReference
    organisation_name: OrganisationName | None
    dataset: DatasetReference
    dataset_name: DatasetName
    since: Annotated[
        date,
        "The date from which on it was broken on each date up to the last: the first date, or that "
        "on which it was broken again. It may have been broken before the first date too.",
    ]
    days: Annotated[int, "Days from then to the last date."]
    problems: ProblemsToFix | None


@dataclass(frozen=True, slots=True)
class FailingProvision:
    """One provision whose endpoints all failed at the newest attempt."""

    organisation: OrganisationReference
    organisation_name: OrganisationName | None
    dataset: DatasetReference
    dataset_name: DatasetName
    last_success_on: Annotated[date, "The day on which one of them last worked."] | None
