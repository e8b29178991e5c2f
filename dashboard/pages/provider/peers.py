"""The authorities that one is compared with: all, and by region, cohort and type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from dashboard.components.provider import similar
from dashboard.components.words import wording
from dashboard.data.reading import Soon, soon
from dashboard.pages.provider.subject import Subject
from performance_store.queries import organisations
from performance_store.rows import OrganisationCounts


def groups(subject: Subject) -> Soon[tuple[similar.Group, ...]]:
    """An authority among all and in each group like it; none if it has closed or no dataset is
    expected of it."""
    every = soon(organisations.with_counts, snapshot_id=subject.snapshot.snapshot_id)
    return every.then(lambda rows: _groups(subject, rows))


def _groups(subject: Subject, every: tuple[OrganisationCounts, ...]) -> tuple[similar.Group, ...]:
    members = [row for row in every if _counts(row, subject.snapshot.as_at)]
    own = next((row for row in members if row.organisation == subject.curie), None)
    if own is None:
        return ()
    criteria: list[tuple[str, str, Callable[[OrganisationCounts], object]]] = [
        ("All authorities", "All together", lambda row: None)
    ]
    if own.region != "none":
        criteria.append(("Same region", own.region_name, lambda row: row.region))
    if own.cohort:
        criteria.append(
            ("Same programme cohort", own.cohort_name or own.cohort, lambda row: row.cohort)
        )
    kind = wording.kind_of(own.type, own.local_authority_type)
    criteria.append(
        ("Same type of authority", kind, lambda row: (row.type, row.local_authority_type))
    )
    return tuple(
        similar.group(title, of, own, [row for row in members if like(row) == like(own)])
        for title, of, like in criteria
    )


def _counts(row: OrganisationCounts, as_at: date) -> bool:
    is_over = row.end_date is not None and row.end_date <= as_at
    return row.is_lpa and not is_over and row.expected > 0
