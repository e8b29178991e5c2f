"""Words with a fixed meaning: each list of them stands here once.

The schema refuses any other word, the API documents and checks them, and queries count by them.
"""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal["platform", "odp-reports", "registers", "sample"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Where the figures of a snapshot come from; for one date the first of these is the richest."""

Status = Literal["not_submitted", "processing", "error", "unknown", "needs_improving", "live"]
STATUSES: tuple[Status, ...] = get_args(Status)

STAGES = ("none", "expected", "endpoint", "reachable", "collected", "error_free", "conformant")
"""How far a provision got; each stage includes those before it."""

ACCESS_BANDS = ("ok", "failing", "broken", "long_broken", "never", "unknown")
FRESHNESS_BANDS = ("fresh", "ageing", "stale", "unknown")

Denominator = Literal["programme", "to-provide", "statutory", "any", "all-lpas"]
DENOMINATORS: tuple[Denominator, ...] = get_args(Denominator)
"""The sets of provisions that are counted."""

TO_PROVIDE = ("statutory", "expected")
"""The reasons that an organisation's headline counts: the law, and its funding agreement."""
Obligation = Literal["statutory", "expected", "encouraged", "prospective"]
OBLIGATIONS: tuple[Obligation, ...] = get_args(Obligation)
"""The reasons for which an organisation is expected to provide a dataset. The SQL of a load has
them once more (50_summary.sql, as any_reason)."""

Severity = Literal["critical", "error", "warning", "notice"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Severities that are counted one by one, the most serious first."""
BY_SEVERITY = ("critical", "error", "unclassified", "warning", "notice", "info", "debug")
"""Every severity that an issue can have, the most serious first."""

Responsibility = Literal["external", "internal"]
RESPONSIBILITIES: tuple[Responsibility, ...] = get_args(Responsibility)
"""Who has to fix an issue: the organisation, or the platform."""

EventKind = Literal[
    "newly_provided",
    "lost",
    "newly_broken",
    "recovered",
    "endpoint_replaced",
    "content_updated",
    "status_changed",
    "issue_type_appeared",
    "issue_type_cleared",
    "joined_denominator",
    "left_denominator",
]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)

TaskKind = Literal[
    "access",
    "provide",
    "take_over",
    "fix",
    "field",
    "review",
    "boundary",
    "confirm",
    "documentation",
    "licence",
    "tidy",
]
TASK_KINDS: tuple[TaskKind, ...] = get_args(TaskKind)
Urgency = Literal["must", "should", "improve"]
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)
"""How much a task is asked for, the most first."""
CloseReason = Literal[
    "fixed",
    "endpoint_ended",
    "provision_ended",
    "organisation_ended",
    "rule_changed",
    "superseded",
]
CLOSE_REASONS: tuple[CloseReason, ...] = get_args(CloseReason)
"""Why a task is open no more, by the facts."""
