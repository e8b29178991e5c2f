"""What changed between two dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from performance_store.rows.columns import (
    AsAt,
    DatasetName,
    DatasetOrAll,
    DatasetReference,
    Label,
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
    """Provisions that had one status and have another; None: not in the denominator. ``by_rule``
    are those of them that have another only because a rule changed between the two dates."""

    before: Annotated[str | None, "The status then; null: not in the set then."]
    after: Annotated[str | None, "The status now; null: not in the set now."]
    provisions: ProvisionsOfRow
    by_rule: Annotated[int, "Those of them whose status is another only because a rule changed."]


@dataclass(frozen=True, slots=True)
class Movement:
    """How one figure came from one date to another. Exactly: ``after`` is ``before`` and the sum
    of the five parts: joiners are never negative, leavers never positive."""

    dimension: Annotated[str, "What the figure is by: all, dataset, region or cohort."]
    value: Annotated[str, "Which region or cohort; blank where it is by none of them."]
    label: Label
    dataset: DatasetOrAll
    measure: Annotated[
        str,
        "What is counted: expected, endpoint, reachable, collected, error_free or fresh "
        "provisions, or organisations, organisations_some or organisations_all.",
    ]
    before: Annotated[int, "The figure on the earlier date."]
    after: Annotated[int, "The figure on the later date."]
    by_authorities: Annotated[
        int, "What changed by what organisations did that are counted on both dates."
    ]
    joiners: Annotated[int, "What came with provisions that are in the set only since."]
    leavers: Annotated[int, "What went with provisions that are no longer in the set."]
    movers: Annotated[
        int,
        "What came or went with provisions that are in the set on both dates, but under this "
        "heading or in these filters on only one of them.",
    ]
    by_rule: Annotated[int, "What changed only because a rule of the platform did."]

    @property
    def change(self) -> int:
        """The whole change."""
        return self.after - self.before
