"""What is due each year of those who provide a dataset: the days, for a calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

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
    met_on: Mapping[tuple[str, int], date] = MappingProxyType({}),
) -> list[Occasion]:
    """The reviews of this year and the next, the soonest first; one is called off as soon as the
    data have changed in its year, or its people said that there is nothing to change. In: an
    organisation, its datasets, what is to be reviewed, the day of the figures, this site's address,
    blank where it has none, and by dataset and year the day on which people said so."""
    mine = {row.dataset: row for row in rows if wording.is_expected(row) or row.endpoint_count}
    days = [
        _occasion(
            *(curie, mine[review.dataset], review, year, site),
            met_on.get((review.dataset, year)),
        )
        for year in (today.year, today.year + 1)
        for review in reviews
        if review.dataset in mine
    ]
    return sorted(days, key=lambda one: (one.day, one.summary))


def _occasion(
    curie: str, row: DatasetStatus, review: Deadline, year: int, site: str, met_on: date | None
) -> Occasion:
    day = date(year, review.month, review.day)
    changed_on = row.content_changed_on
    words = f"Review each entry and publish the result by {formatting.day(day)}."
    seen = None
    if changed_on is not None and changed_on >= date(year, 1, 1):
        seen, words = (
            changed_on,
            f"Nothing is due: the data changed on {formatting.day(changed_on)}.",
        )
    elif met_on is not None:
        seen = met_on
        words = f"Nothing is due: reviewed without a change on {formatting.day(met_on)}."
    return Occasion(
        key=("review", curie, row.dataset, str(year)),
        day=day,
        summary=f"Review due: {row.dataset_name}",
        description=f"{words}\n{review.basis}.",
        url=site + addresses.dataset(curie, row.dataset) if site else "",
        said_on=seen or date(year - 1, 1, 1),
        sequence=int(seen is not None),
        is_over=seen is not None,
    )
