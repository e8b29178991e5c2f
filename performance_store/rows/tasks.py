"""Tasks, as facts. What people said of them is laid over when they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from performance_store.definitions.vocabulary import CloseReason, TaskKind, Urgency
from performance_store.rows.columns import (
    DatasetName,
    DatasetReference,
    IssueType,
    OfLastGood,
    OrganisationName,
    OrganisationReference,
    ProblemsOfIssue,
    RowsWithIssue,
    SnapshotKind,
)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that an organisation is to do, or has done.

    ``public_id`` is the same in every store and through every load. ``code`` is the issue type of a
    `fix`, ``subject`` the endpoint (sha256) or the year of a `review`, '' where there is none.
    ``problems`` and ``rows`` of an issue; ``detail`` the last answer of an endpoint, the day a
    review is due (ISO), or `not_processed`. ``since``: failing since, or content last changed.
    ``closed_on`` None: open. ``not_judged_since`` is the date of the last snapshot that had it,
    where later ones of its kind could not tell; None: the newest one has it. ``gains``: nothing
    else keeps the dataset from being live. ``or_earlier``: it was there when we first looked.
    """

    public_id: str
    organisation: str
    dataset: str
    dataset_name: str
    kind: TaskKind
    code: str
    field: str
    subject: str
    endpoint_url: str | None
    urgency: Urgency
    problems: int | None
    rows: int | None
    detail: str | None
    since: date | None
    of_last_good: bool
    provision_reason: str | None
    record_count: int | None
    gains: bool
    unreliable: bool
    first_seen_on: date
    last_seen_on: date
    not_judged_since: date | None
    closed_on: date | None
    close_reason: CloseReason | None
    reopened: int
    or_earlier: bool = False


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task of any organisation, as the data have it: what is to be done, and its life.

    It opens when the data show a problem and closes when they show that it is gone. What people
    said of it is not here.
    """

    task: Annotated[str, "What the task is called here, for as long as there is this problem."]
    organisation: OrganisationReference
    organisation_name: OrganisationName | None
    dataset: DatasetReference
    dataset_name: DatasetName
    kind: Annotated[TaskKind, "What sort of task it is."]
    issue_type: IssueType | None
    field: Annotated[str, "Field that the task is about."] | None
    subject: (
        Annotated[
            str,
            "What else it is about: an endpoint (sha256 of its address), or the year of a review.",
        ]
        | None
    )
    endpoint_url: Annotated[str, "Address of the endpoint that it is about."] | None
    urgency: Annotated[Urgency, "Group of the task: must, should or improve."]
    problems: ProblemsOfIssue | None
    rows: RowsWithIssue | None
    detail: (
        Annotated[
            str,
            "The endpoint’s last answer, the day on which a review is due, or not_processed: its "
            "address is registered and the platform does not process it.",
        ]
        | None
    )
    since: Annotated[date, "Since when it fails, or the day the content last changed."] | None
    of_last_good: OfLastGood
    unreliable: Annotated[bool, "Whether its endpoint keeps coming and going."]
    first_seen_on: Annotated[date, "Date of the first snapshot that has it."]
    last_seen_on: Annotated[date, "Date of the last snapshot that has it."]
    not_judged_since: (
        Annotated[date, "Date of the last snapshot that has it, where newer ones cannot tell."]
        | None
    )
    closed_on: Annotated[date, "Date of the snapshot that closed it; null: it is open."] | None
    close_reason: (
        Annotated[
            CloseReason,
            "Why it is closed: fixed, endpoint_ended, provision_ended, organisation_ended, "
            "rule_changed or superseded.",
        ]
        | None
    )
    reopened: Annotated[int, "How often it was gone and came back."]


@dataclass(frozen=True, slots=True)
class TaskState:
    """How a task stood from one date to another, by the snapshots of one kind."""

    kind: SnapshotKind
    from_on: date
    to_on: date
    urgency: Urgency
    problems: int | None
    rows: int | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class TaskCount:
    """Open tasks of an organisation by urgency. ``unknown``: the newest snapshot does not know the
    problems of something that it collected, so there may be more."""

    organisation: str
    must: int
    should: int
    improve: int
    unknown: bool

    @property
    def total(self) -> int:
        """All of them."""
        return self.must + self.should + self.improve


@dataclass(frozen=True, slots=True)
class TaskOfKind:
    """An open task by its public id: whose, and of which kind."""

    organisation: str
    public_id: str
    kind: TaskKind


@dataclass(frozen=True, slots=True)
class Deadline:
    """A dataset that is to be reviewed each year by ``month`` and ``day``; asked for
    ``notice_days`` before."""

    dataset: str
    month: int
    day: int
    notice_days: int
    basis: str


@dataclass(frozen=True, slots=True)
class OpenTasks:
    """Open tasks of a set of provisions: of all (``kind`` and ``dataset`` ''), of a kind, or of a
    dataset. ``authorities`` that have any; ``median_days`` since first seen; ``month``, ``year``
    and ``older``: first seen at most 30 days ago, at most 365, longer ago."""

    kind: str
    dataset: str
    name: str
    tasks: int
    must: int
    should: int
    improve: int
    authorities: int
    median_days: int
    month: int
    year: int
    older: int


@dataclass(frozen=True, slots=True)
class ClosedTasks:
    """Tasks of a kind that ended in a year: ``fixed``, after ``median_days`` (None: none was), and
    for other reasons."""

    kind: str
    fixed: int
    median_days: int | None
    without_endpoint: int
    without_provision: int
    by_rule: int
    others: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """An authority that has to review a dataset this year and has not, as far as content tells.
    ``content_changed_on`` is the last evidence; ``days`` until it is due, negative when overdue."""

    public_id: str
    organisation: str
    organisation_name: str | None
    dataset: str
    due_on: date
    days: int
    content_changed_on: date | None
