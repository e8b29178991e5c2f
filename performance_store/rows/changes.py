"""What changed between two dates."""

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
    ProvisionsOfRow,
)


@dataclass(frozen=True, slots=True)
class Event:
    """One change between two consecutive snapshots of one kind."""

    as_at: AsAt
    previous_as_at: Annotated[date, "The date of the snapshot before."]
    kind: Annotated[str, "What happened, such as newly_provided, lost, newly_broken or recovered."]
    organisation: OrganisationReference
    organisation_name: OrganisationName | None
    dataset: DatasetReference | None
    dataset_name: DatasetName | None
    before: Annotated[
        str | None,
        "What it was before: a status, an endpoint, a file or a type of issue.",
    ]
    after: Annotated[
        str | None,
        "What it became: a status, an endpoint, a file or a type of issue.",
    ]
    by_rule: Annotated[bool, "Whether a changed rule, and not the organisation, made the change."]


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many events of one kind a period saw in one denominator, and of how many authorities.

    ``by_rule`` are those of them that a changed rule caused.
    """

    kind: str
    events: int
    organisations: int
    by_rule: int


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """How many events of one kind, of how many authorities."""

    kind: str
    events: int
    organisations: int


@dataclass(frozen=True, slots=True)
class ChangedByRule:
    """Events of one date that a changed rule caused: what became of what, and how often."""

    as_at: AsAt
    kind: str
    before: str | None
    after: str | None
    events: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Provisions that had one status and have another; None: not in the denominator."""

    before: Annotated[str | None, "The status then; null: not in the set then."]
    after: Annotated[str | None, "The status now; null: not in the set now."]
    provisions: ProvisionsOfRow
