"""Which of an organisation's datasets are shown, and in which order: read from the address, the
same for the overview and for its files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.components.design.status import STATUSES
from dashboard.components.provider import cards
from dashboard.components.words import wording
from dashboard.data.door import ask
from dashboard.pages.provider.subject import DateFilter, Subject
from dashboard.urls import addresses, links
from performance_store.queries import organisations
from performance_store.rows import DatasetStatus

VIEWS = {"cards": "Cards", "table": "Table"}
SORTS = {
    "urgency": "Most urgent",
    "name": "Name",
    "rows": "Rows to fix",
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


# The columns of the files of an overview, and what they hold.
COLUMNS = {
    "organisation": "Reference of the organisation",
    "organisation_name": "Its name",
    "as_at": "Date of these figures",
    "dataset": "Reference of the dataset",
    "dataset_name": "Its name",
    "obligation": (
        "Why it is in the list: must provide, expected to provide, can provide, also supplied"
    ),
    "status": "live, needs_improving, error, processing, not_submitted or unknown",
    "why": "The reason for the status, in words",
    "reasons": "The reason for the status, in keywords",
    "endpoint_count": "Active endpoints (the web addresses we collect the data from)",
    "endpoint_failing_count": "How many of them failed at the last attempt",
    "failing_since": "First day of the longest current failure",
    "http_status": "HTTP status of the last attempt",
    "exception": "What went wrong when no web server answered",
    "endpoint_url": "Web address of the newest endpoint",
    "documentation_url": "Web page about the data",
    "licence": "Licence",
    "endpoint_added_on": "Day when it was added",
    "last_attempt_on": "Day of the last attempt to collect",
    "last_success_on": "Day of the last attempt that worked",
    "content_changed_on": "Day when its content last changed",
    "freshness_band": "fresh, ageing, stale or unknown, by that day",
    "record_count": "Records in the data",
    "error_rows": "Rows that must be fixed",
    "error_type_count": "Kinds of issue in those rows",
    "warning_rows": "Rows with a warning",
    "issues_of_last_good": "true: counted in the last data that we could collect",
    "fields_total": "Fields that the dataset can have",
    "fields_supplied": "How many of them are supplied",
    "fields_matched": "How many of them use the standard column name",
    "compared_with": "Date of the earlier figures",
    "status_before": "Status on that date",
    "error_rows_before": "Rows that had to be fixed on that date",
}


def rows(subject: Subject) -> tuple[DatasetStatus, ...]:
    """All datasets that an organisation supplies or is expected to, with their earlier status."""
    return ask(
        organisations.datasets,
        organisation=subject.curie,
        snapshot_id=subject.snapshot.snapshot_id,
        compare_id=subject.before.snapshot_id if subject.before else None,
    )


def of_dataset(subject: Subject, row: DatasetStatus) -> str:
    """The address of a dataset's own page, compared with the same date."""
    path = addresses.dataset(subject.curie, row.dataset)
    return links.address(path, DateFilter(since=subject.filters.since))


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
    """The datasets on an overview: those expected, and any others supplied."""
    return tuple(row for row in rows if wording.is_expected(row) or row.endpoint_count)


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
        "rows": lambda row: row.error_rows,
        "changed": lambda row: row.content_changed_on,
    }[filters.sort]
    with_value = [row for row in by_name if value(row) is not None]
    # What is not known is neither most nor least, so it comes last either way.
    without_value = [row for row in by_name if value(row) is None]
    return sorted(with_value, key=value, reverse=not backwards) + without_value
