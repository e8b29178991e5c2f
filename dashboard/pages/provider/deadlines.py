"""What is due each year of those who provide a dataset: the days, for a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.components.words import formatting, wording
from dashboard.urls import addresses
from dashboard.web.ics import Occasion
from performance_store.rows import DatasetStatus, Deadline


def occasions(
    curie: str,
    rows: Sequence[DatasetStatus],
    reviews: Sequence[Deadline],
    today: date,
    site: str,
) -> list[Occasion]:
    """The reviews of this year and the next, the soonest first; one is called off as soon as the
    data have changed in its year. In: an organisation, its datasets, what is to be reviewed, the
    day of the figures, and this site's address, blank where it has none."""
    mine = {row.dataset: row for row in rows if wording.is_expected(row) or row.endpoint_count}
    days = [
        _occasion(curie, mine[review.dataset], review, year, site)
        for year in (today.year, today.year + 1)
        for review in reviews
        if review.dataset in mine
    ]
    return sorted(days, key=lambda one: (one.day, one.summary))


def _occasion(curie: str, row: DatasetStatus, review: Deadline, year: int, site: str) -> Occasion:
    day = date(year, review.month, review.day)
    seen = row.content_changed_on
    is_over = seen is not None and seen >= date(year, 1, 1)
    words = f"Review each entry and publish the result by {formatting.day(day)}."
    if seen is not None and is_over:
        words = f"Nothing is due: the data changed on {formatting.day(seen)}."
    return Occasion(
        key=("review", curie, row.dataset, str(year)),
        day=day,
        summary=f"Review due: {row.dataset_name}",
        description=f"{words}\n{review.basis}.",
        url=site + addresses.dataset(curie, row.dataset) if site else "",
        said_on=seen if seen is not None and is_over else date(year - 1, 1, 1),
        sequence=int(is_over),
        is_over=is_over,
    )
