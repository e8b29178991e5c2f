"""What people said of tasks: progress, and confirmations that there is nothing to change.

Tasks are facts of the store; what is said of them is laid over when they are read, and changes no
status and no national figure.
"""

from __future__ import annotations

from providers.tasks.changes import record, settle
from providers.tasks.programme import engagement, met
from providers.tasks.progress import confirmations, history, progress
from providers.tasks.rows import (
    CONFIRMABLE,
    REASONS,
    STATES,
    Confirmation,
    Engagement,
    Event,
    Progress,
    State,
    state_of,
)

__all__ = [
    "CONFIRMABLE",
    "REASONS",
    "STATES",
    "Confirmation",
    "Engagement",
    "Event",
    "Progress",
    "State",
    "confirmations",
    "engagement",
    "history",
    "met",
    "progress",
    "record",
    "settle",
    "state_of",
]
