"""Which of an organisation's datasets are shown, and in which order: read from the address, the
same for the overview and for its files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import links, standing
from dashboard.components import provision, wording
from dashboard.components.status import STATUSES
from performance_store.rows import DatasetStatus

VIEWS = {"cards": "Cards", "table": "Table"}
SORTS = {
    "urgency": "What needs you first",
    "name": "Name",
    "rows": "Rows to fix",
    "changed": "Newest content",
}
OBLIGATIONS = {item.id: item.title for item in (*wording.OBLIGATIONS, wording.ALSO)}


@dataclass(frozen=True, slots=True)
class Filters(standing.Filters):
    """What the reader asked for: which datasets, how shown, and the date to compare with."""

    view: str = links.one_of(VIEWS, default="cards")
    status: str | None = links.one_of(STATUSES)
    obligation: str | None = links.one_of(OBLIGATIONS)
    sort: str = links.one_of(SORTS, default="urgency")
    order: str = links.one_of(("usual", "reversed"), default="usual")


def listed(rows: Sequence[DatasetStatus]) -> tuple[DatasetStatus, ...]:
    """The datasets an overview speaks of: those asked for, and those supplied all the same."""
    return tuple(row for row in rows if wording.is_asked(row) or row.endpoint_count)


def chosen(rows: Sequence[DatasetStatus], filters: Filters) -> tuple[DatasetStatus, ...]:
    """Those of the listed datasets that the filters ask for, in the order asked for."""
    fitting = [
        row
        for row in listed(rows)
        if filters.status in (None, row.status)
        and filters.obligation in (None, wording.obligation_of(row).id)
    ]
    return tuple(_ordered(fitting, filters))


def _ordered(rows: list[DatasetStatus], filters: Filters) -> list[DatasetStatus]:
    backwards = filters.order == "reversed"
    by_name = sorted(rows, key=lambda row: row.dataset_name.casefold())
    if filters.sort == "name":
        return by_name[::-1] if backwards else by_name
    if filters.sort == "urgency":
        urgent = provision.by_urgency(rows)
        return urgent[::-1] if backwards else urgent
    value: Callable[[DatasetStatus], Any] = {
        "rows": lambda row: row.error_rows,
        "changed": lambda row: row.content_changed_on,
    }[filters.sort]
    known = [row for row in by_name if value(row) is not None]
    # What is not known is neither most nor least: it stands last either way.
    unknown = [row for row in by_name if value(row) is None]
    return sorted(known, key=value, reverse=not backwards) + unknown
