"""What is known of a submission: itself, its steps with what says so, and where it led."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, get_args

Kind = Literal["provide", "replace", "take_back", "retire", "correct", "help"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CHECKED: tuple[Kind, ...] = ("provide", "replace", "take_back")
"""Kinds that are of an address whose data must have been checked."""
OF_ENDPOINT: tuple[Kind, ...] = ("replace", "take_back", "retire", "correct")
"""Kinds that name an address which is registered already."""
Step = Literal[
    "sending",
    "sent",
    "acknowledged",
    "waiting",
    "answered",
    "registered",
    "collection_failed",
    "collected",
    "no_records",
    "live",
    "done",
    "ended",
]
"""What a submission came to, as its events say. `waiting` and `answered` may come several times;
`live` ends what was to be collected, `done` what was to be changed, `ended` all that came to
nothing (its evidence has a `reason`)."""
STEPS: tuple[Step, ...] = get_args(Step)
REASONS = ("absent", "refused", "duplicate", "withdrawn", "answered")
"""Why a submission ended without being live."""
Licence = Literal["yes", "no", "unsure"]


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission, for every reader: nothing personal.

    ``step`` is the newest event's, since ``step_at``; ``is_late`` that it was sent more than five
    working days ago and the register has not had it; ``ended_at`` None: open. ``reason``: of one
    that ended without being live. ``linked`` is the hash of the registered address that it led to.
    """

    id: int
    reference: str
    kind: Kind
    organisation: str
    acting_for: str
    dataset: str
    url: str | None
    endpoint: str | None
    documentation_url: str | None
    licence: Licence | None
    task: str | None
    sent_at: datetime
    step: Step
    step_at: datetime
    ended_at: datetime | None
    reason: str | None
    linked: str | None
    is_late: bool

    @property
    def is_open(self) -> bool:
        """Whether anything is still to come."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a submission: when it was noted, the day of what says so, and that itself.

    ``evidence``: plain values, such as `snapshot` (its date), `kind` of the snapshot, `rule`,
    `endpoint` (hash), `address` (as registered), `http_status`, `exception`, `status` (of the
    dataset), `ticket` (its status in the desk's word), `reason`, `existed` (true: the register had
    it before it was sent), `log_day` (of the attempt), `field` and `value` (what was put right),
    `ended_on`, `unlinked` (hash of the address that a person took back).
    """

    id: int
    at: datetime
    on_day: date
    step: Step
    by_person: bool
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """Who sent a submission, and their words: for their organisation and the programme only."""

    person_id: int
    name: str
    address: str
    note: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A public comment of the ticket, for signed-in people of the organisation only. ``is_sent``
    False: ours, on its way to the desk."""

    id: int
    at: datetime
    by_agent: bool
    text: str
    is_sent: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is typing. ``answers``: `url`, `endpoint`, `field` (of a correction:
    `documentation` or `licence`), `documentation_url`, `licence`, `note`, `name`, `check` (the
    secret of the check of that address). ``sent_as``: the reference, once it was sent."""

    token: str
    person_id: int
    organisation: str
    acting_for: str
    dataset: str
    kind: Kind
    task: str | None
    answers: dict[str, str]
    changed_at: datetime
    expires_at: datetime
    sent_as: str | None


@dataclass(frozen=True, slots=True)
class Registered:
    """An address in the register, as the newest snapshot that has registers shows it.

    ``endpoint`` is its hash. ``is_active``: neither it nor its source has ended. ``attempted``,
    ``success`` (of the newest attempt) and ``collected_since`` (first day of its log with a
    success) None: not known.
    """

    endpoint: str
    url: str | None
    documentation_url: str | None
    licence: str | None
    entry_date: date | None
    ended_on: date | None
    is_active: bool
    attempted: bool | None
    success: bool | None
    http_status: str | None
    exception: str | None
    collected_since: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an address stands before it is sent: one of the six answers.

    ``answer``: `new`, `collected`, `registered` (waits for its first collection), `failing`,
    `ended`, `sent` (somebody sent it: ``reference``, ``sent_at``). ``registered``: the row that
    says so. ``near``: rows whose address is nearly the same; a person says which is meant.
    """

    answer: Literal["new", "collected", "registered", "failing", "ended", "sent"]
    registered: Registered | None = None
    reference: str | None = None
    sent_at: datetime | None = None
    near: tuple[Registered, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """A step of the outbox that the desk has not done yet: `create`, `note`, `attach`, `comment`
    or `close`, waiting since ``since``. ``answer``: the desk's last, blank before the first.
    ``is_failed``: it is tried no more, and a person has to look."""

    kind: str
    since: datetime
    attempts: int
    answer: str
    is_failed: bool


@dataclass(frozen=True, slots=True)
class TicketRow:
    """The ticket of a submission, and what is on its way to it. All but the last None or blank:
    there is no ticket yet. ``native``: its status in the desk's own word."""

    adapter: str | None
    external_id: str | None
    external_url: str | None
    category: str | None
    native: str
    changed_at: datetime | None
    waiting_for: tuple[WaitingStep, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Submissions of one month: how many were ``sent`` in it, ``live`` of these by now, and the
    median days that took those (None: none)."""

    month: date
    sent: int
    live: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All submissions in numbers. ``by_step``: open ones, in the order of the ladder.
    ``by_reason``: why others ended without being live, the commonest first. ``median_days``: from
    the day it was sent to that of the data that show it live, of those that are (None: none) and
    were not in the register before. ``months``: the newest first, 12 at most; months
    without a submission are left out."""

    open: int
    late: int
    live: int
    done: int
    by_step: tuple[tuple[Step, int], ...]
    by_reason: tuple[tuple[str, int], ...]
    median_days: float | None
    months: tuple[MonthFigures, ...]
