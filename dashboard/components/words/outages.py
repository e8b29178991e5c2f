"""How long something has failed, as far as it is known.

The log does not go back for ever: where no success is known, its first failure is not when it
began to fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.components.words import formatting
from performance_store.rows import DatasetStatus, EndpointState


def outage(
    last_success_on: date | None, failing_since: date | None, added_on: date | None = None
) -> str:
    """What follows "failing": " (last worked 25 June 2022)", or where no success is known " since
    17 April 2024 or earlier"; "" when nothing is known.

    In: the day of the last success, that of the first failure after it that the log holds, and
    the day on which the endpoint was added.
    """
    if last_success_on:
        return f" (last worked {formatting.day(last_success_on)})"
    if failing_since is None:
        return ""
    if added_on and (failing_since - added_on).days in (0, 1):
        return f" since it was added on {formatting.day(added_on)}"
    return f" since {formatting.day(failing_since)} or earlier"


def of_endpoint(row: EndpointState) -> str:
    """How long an endpoint has failed."""
    return outage(row.last_success_on, row.failing_since, row.added_on)


def of_dataset(row: DatasetStatus) -> str:
    """How long none of a dataset's endpoints has worked."""
    added_on = row.endpoint_added_on if row.endpoint_count == 1 else None
    return outage(row.best_success_on, row.failing_since, added_on)


def longest(rows: Sequence[DatasetStatus]) -> str:
    """How long the one of several datasets has failed that has failed longest; "" if not known."""
    starts = [
        (start, of_dataset(row))
        for row in rows
        if (start := row.best_success_on or row.failing_since)
    ]
    return min(starts)[1] if starts else ""
