"""What people can say of a task, and what is known of what they said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

State = Literal["to_do", "in_progress", "done", "not_applicable", "paused", "confirmed"]
STATES: tuple[State, ...] = get_args(State)
REASONS = ("not_ours", "no_data", "right", "retiring", "other")
"""Why a task does not apply."""
CONFIRMABLE = ("review", "confirm")
"""Kinds of task that are met by saying that there is nothing to change."""
WAITING = ("unchanged_once", "failing_once", "absent_yet")
"""What the data have said of something done that is not enough yet to contradict it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest event of a task, and what the data have said since.

    ``problems`` are those of that time, ``problems_now`` those of now. ``looked_on`` is the day of
    the last collection that worked, or of the newest figures that show a task which the register
    tells; ``changed_on`` that on which the content last changed. ``outcome`` is what has become of
    it: None, or for something done `unchanged_once` (the file has not changed by the first
    collection after: wait for the next), `failing_once`, `unchanged`, `failing` or `changed` (and
    the problem is still there), `absent_yet` (from the register: wait) or after two weeks `absent`;
    `grew` or `expired` for what did not apply; `over` for a pause; `expired` for a confirmation.
    ``of_register``: only the register tells whether it is done, not the file.
    ``address`` is that of whoever said it, for their organisation only.
    """

    task: str
    event_id: int
    at: datetime
    person_id: int | None
    state: State
    reason: str | None
    note: str | None
    until: date | None
    problems: int | None
    problems_now: int | None
    looked_on: date | None
    changed_on: date | None
    outcome: str | None
    address: str | None
    of_register: bool = False

    @property
    def now(self) -> State:
        """How far it is now: what was said counts until the data or the calendar speak."""
        return self.state if self.outcome in (None, *WAITING) else "to_do"


@dataclass(frozen=True, slots=True)
class Event:
    """What was said of a task, and by whom: the address is for their organisation only."""

    event_id: int
    at: datetime
    address: str | None
    by_person: bool
    state: State
    reason: str | None
    note: str | None
    until: date | None
    problems: int | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A task that counts as met: reviewed, nothing to change."""

    task: str
    at: datetime


def state_of(text: str) -> State | None:
    """A state by its name; None for anything else."""
    return next((state for state in STATES if state == text), None)


@dataclass(frozen=True, slots=True)
class Engagement:
    """An organisation's people: how many subscribers confirmed that they follow it, and its open
    tasks by what was last said of them, as long as the data do not contradict it."""

    organisation: str
    followers: int
    in_progress: int
    done: int
    not_applicable: int
    paused: int
    confirmed: int
