"""Which of an organisation's datasets are shown, and in which order: read from the address, the
same for the overview and for its files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.components.design.status import STATUSES
from dashboard.components.provider import cards
from dashboard.components.words import amounts, wording
from dashboard.data.reading import Soon, soon
from dashboard.pages.provider.subject import DateFilter, Subject
from dashboard.urls import addresses, links
from performance_store.queries import organisations
from performance_store.rows import DatasetStatus
from performance_store.rows.columns import meaning

VIEWS = {"cards": "Cards", "table": "Table"}
SORTS = {
    "urgency": "Most urgent",
    "name": "Name",
    "rows": "Most to fix",
    "changed": "Latest content",
}
OBLIGATIONS = {item.id: item.title for item in (*wording.OBLIGATIONS, wording.ALSO)}


@dataclass(frozen=True, slots=True)
class Filters(DateFilter):
    """Which datasets to show, how, and the date to compare with, from the address."""

    view: str = links.one_of(VIEWS, default="cards")
    status: str | None = links.one_of(STATUSES)
    obligation: str | None = links.one_of(OBLIGATIONS)
    sort: str = links.one_of(SORTS, default="urgency")
    order: str = links.one_of(("usual", "reversed"), default="usual")


# Columns of the files of an overview that are not fields of a dataset's row.
_OWN_COLUMNS = {
    "organisation": "Reference of the organisation.",
    "organisation_name": "Name of the organisation.",
    "as_at": "Date of these figures.",
    "obligation": (
        "Why the dataset is in the list: must provide, expected to provide, can provide or also "
        "supplied."
    ),
    "why": "The reason for the status, as a sentence.",
    "compared_with": "Date of the earlier figures.",
}
_NAMES = (
    *("organisation", "organisation_name", "as_at", "dataset", "dataset_name", "obligation"),
    *("status", "why", "reasons", "endpoint_count", "endpoint_failing_count", "failing_since"),
    "best_success_on",
    *("http_status", "exception", "endpoint_url", "documentation_url", "licence"),
    *("endpoint_added_on", "last_attempt_on", "last_success_on", "content_changed_on"),
    *("freshness_band", "record_count", "rows_to_fix", "problems_to_fix", "error_type_count"),
    *("warning_rows", "warnings", "platform_problems", "issues_of_last_good"),
    *("fields_total", "fields_supplied", "fields_matched"),
    *("compared_with", "status_before", "status_by_rule"),
    *("rows_to_fix_before", "problems_to_fix_before", "problems_to_fix_by_rule"),
)
COLUMNS = {name: _OWN_COLUMNS.get(name) or meaning(DatasetStatus, name) for name in _NAMES}
"""The columns of the files, each with what it means."""


def rows(subject: Subject) -> Soon[tuple[DatasetStatus, ...]]:
    """All datasets that an organisation supplies or is expected to, with their earlier status."""
    return soon(
        organisations.datasets,
        organisation=subject.curie,
        snapshot_id=subject.snapshot.snapshot_id,
        compare_id=subject.before.snapshot_id if subject.before else None,
    ).then(subject.owed)


def of_dataset(subject: Subject, row: DatasetStatus) -> str:
    """The address of a dataset's own page, of the same date and compared with the same."""
    return subject.address(addresses.dataset(subject.curie, row.dataset))


def record(row: DatasetStatus, subject: Subject) -> dict[str, Any]:
    """A dataset as a line of a file: a value for each of `COLUMNS`."""
    values = {
        "organisation": subject.curie,
        "organisation_name": subject.organisation.name,
        "as_at": subject.snapshot.as_at,
        "obligation": wording.obligation_of(row).title,
        "why": wording.reason(row),
        "reasons": ";".join(row.reasons),
        "compared_with": subject.before.as_at if subject.before else None,
    }
    return {name: values[name] if name in values else getattr(row, name) for name in COLUMNS}


def relevant(rows: Sequence[DatasetStatus]) -> tuple[DatasetStatus, ...]:
    """The datasets on an overview: those expected, optional ones, and any others supplied."""
    return tuple(
        row
        for row in rows
        if wording.is_expected(row) or wording.is_optional(row) or row.endpoint_count
    )


def matching(rows: Sequence[DatasetStatus], filters: Filters) -> tuple[DatasetStatus, ...]:
    """The datasets on an overview that match the filters, in the order of the address."""
    matches = [
        row
        for row in relevant(rows)
        if filters.status in (None, row.status)
        and filters.obligation in (None, wording.obligation_of(row).id)
    ]
    return tuple(_ordered(matches, filters))


def _ordered(rows: list[DatasetStatus], filters: Filters) -> list[DatasetStatus]:
    backwards = filters.order == "reversed"
    by_name = sorted(rows, key=lambda row: row.dataset_name.casefold())
    if filters.sort == "name":
        return by_name[::-1] if backwards else by_name
    if filters.sort == "urgency":
        urgent = cards.by_urgency(rows)
        return urgent[::-1] if backwards else urgent
    value: Callable[[DatasetStatus], Any] = {
        "rows": amounts.to_fix,
        "changed": lambda row: row.content_changed_on,
    }[filters.sort]
    with_value = [row for row in by_name if value(row) is not None]
    # What is not known is neither most nor least, so it comes last either way.
    without_value = [row for row in by_name if value(row) is None]
    return sorted(with_value, key=value, reverse=not backwards) + without_value
