"""The list of organisations: how it is narrowed and in which order it is, for its page and its
files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.components.words import amounts, wording
from dashboard.pages.provider import search
from dashboard.urls import links
from performance_store.rows import OrganisationCounts, TaskCount

STATES = {
    "nothing": "Provides nothing yet",
    "all-provided": f"Provides all {wording.DUE}",
    "live": "Has live datasets",
    "fixes": "Has datasets that need improving",
    "failing": "Has datasets with the status Error",
    "processing": "Has datasets not collected yet",
    "missing": "Has datasets not submitted",
    "lost": "Has datasets no longer provided",
    "unknown": "Has datasets with an unknown status",
}
WHO = {
    "authorities": "Planning authorities",
    "others": "Other organisations",
    "ended": "Closed organisations",
    "all": "All organisations",
}
# The columns that sort the list: names from A to Z first, numbers from the largest.
_SORTS = ("name", "provided", "failing", "fixes", "rows", "tasks", "changed")


@dataclass(frozen=True, slots=True)
class Filters:
    """The search, the filters, the order and the page, from the address."""

    # Several names are compared.
    q: str = links.words(500)
    region: str | None = links.one_of()
    type: str | None = links.one_of()
    cohort: str | None = links.one_of()
    project: str | None = links.one_of()
    state: str | None = links.one_of(STATES)
    who: str = links.one_of(WHO, default="authorities")
    # None: by name, or the best match first after a search.
    sort: str | None = links.one_of(_SORTS)
    order: str = links.one_of(("usual", "reversed"), default="usual")
    page: int = links.number(1, 1000, default=1)


def choices(rows: tuple[OrganisationCounts, ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Values of the filters that depend on the data, with their words."""
    regions = {row.region: row.region_name for row in rows}
    types = {row.type: wording.kind_of(row.type) for row in rows}
    cohorts = {row.cohort: row.cohort_name or row.cohort for row in rows if row.cohort}
    projects = {row.project: row.project_name or row.project for row in rows if row.project}
    values_of = {"region": regions, "type": types, "cohort": cohorts, "project": projects}
    return {
        name: tuple(sorted(values.items(), key=lambda item: item[1]))
        for name, values in values_of.items()
    }


def matching(
    rows: tuple[OrganisationCounts, ...], filters: Filters, as_at: date, members: search.Members
) -> list[OrganisationCounts]:
    """Those of the search and the filters on a date. In: also the members of joint units."""
    # Someone who types a name wants that organisation, open or closed.
    who = "all" if filters.q and filters.who == "authorities" else filters.who
    candidates = [
        row
        for row in rows
        if is_of(row, who, as_at)
        and filters.region in (None, row.region)
        and filters.type in (None, row.type)
        and filters.cohort in (None, row.cohort)
        and filters.project in (None, row.project)
        and _has_state(row, filters.state)
    ]
    return search.find(candidates, filters.q, members)


def is_of(row: OrganisationCounts, who: str, as_at: date) -> bool:
    """Whether an organisation is one of `WHO` on a date."""
    is_over = row.end_date is not None and row.end_date <= as_at
    return {
        "authorities": row.is_lpa and not is_over,
        "others": not row.is_lpa and not is_over,
        "ended": is_over,
        "all": True,
    }[who]


def _has_state(row: OrganisationCounts, state: str | None) -> bool:
    return {
        None: True,
        "nothing": row.expected > 0 and row.provided == 0,
        "all-provided": 0 < row.expected == row.provided,
        "live": row.live > 0,
        "fixes": row.needs_improving > 0,
        "failing": row.error > 0,
        "processing": row.processing > 0,
        "missing": row.not_submitted > 0,
        "lost": row.provided_before > 0,
        "unknown": row.unknown > 0,
    }[state]


def in_order(
    rows: list[OrganisationCounts], filters: Filters, counts: Mapping[str, TaskCount]
) -> list[OrganisationCounts]:
    """In the order of the address. After a search, the best match is first unless it is sorted.
    Tasks are in the order of the facts: the kept page is the same whatever people said."""
    if filters.sort is None and filters.q:
        return rows
    keys: dict[str, Callable[[OrganisationCounts], Any]] = {
        "name": lambda row: wording.name_of(row.name, row.organisation).casefold(),
        "provided": lambda row: -row.provided,
        "failing": lambda row: -row.error,
        "fixes": lambda row: -row.needs_improving,
        "rows": lambda row: -(amounts.to_fix(row) or 0),
        "tasks": lambda row: -(counts[row.organisation].total if row.organisation in counts else 0),
        "changed": lambda row: -(row.last_changed_on or date.min).toordinal(),
    }
    usual = sorted(rows, key=keys[filters.sort or "name"])
    return usual[::-1] if filters.order == "reversed" else usual
