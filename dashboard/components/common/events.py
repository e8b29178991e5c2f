"""Events in words: what happened to whom between two dates. Pages, files and feeds say it alike."""

from __future__ import annotations

from typing import Any

from dashboard.components.design import status
from dashboard.components.design.status import STATUSES
from dashboard.components.words.issue_words import issue_words
from performance_store.rows import Event

KINDS = {
    "newly_provided": "Newly provided",
    "lost": "No longer provided",
    "newly_broken": "Newly broken",
    "recovered": "Working again",
    "issue_type_appeared": "New kind of issue",
    "issue_type_cleared": "Kind of issue fixed",
    "status_changed": "Status changed",
    "endpoint_replaced": "Endpoint replaced",
    "content_updated": "Content updated",
    "joined_denominator": "Now counted",
    "left_denominator": "No longer counted",
}
RULE = "by-rule"
CHOICES = {"everything": "Everything", RULE: "Caused by a rule change", **KINDS}
# Of these one day can have several for the same data.
OF_MANY = ("issue_type_appeared", "issue_type_cleared", "joined_denominator", "left_denominator")
# Content is updated so often that it would hide all else.
DEFAULT_KINDS = tuple(name for name in KINDS if name != "content_updated")


def selection(event: str | None) -> dict[str, Any]:
    """The events of a choice, as `queries.changes.events` takes them; those that a rule
    caused only where the choice is that."""
    if event == RULE:
        return {"kinds": (), "by_rule": True}
    if event == "everything":
        return {"kinds": tuple(KINDS), "by_rule": False}
    return {"kinds": (event,) if event in KINDS else DEFAULT_KINDS, "by_rule": False}


def sentence(row: Event) -> str:
    """What happened, in words."""
    label = KINDS.get(row.kind, row.kind)
    if row.kind == "status_changed":
        before, after = (status.word(STATUSES, value).label for value in (row.before, row.after))
        label = f"Status changed from “{before}” to “{after}”"
    elif row.kind in ("issue_type_appeared", "issue_type_cleared"):
        label = f"{label}: {issue(row.after or row.before)}"
    return f"{label} (a rule changed)" if row.by_rule else label


def issue(issue_type: str | None) -> str:
    """A type of issue as it stands within a sentence."""
    title = issue_words(issue_type or "", None).title
    return title[:1].lower() + title[1:]
