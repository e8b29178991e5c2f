"""What is due each year of those who provide a dataset: the days, for a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.components.words import formatting, wording
from dashboard.urls import addresses
from dashboard.web.ics import Occasion
from performance_store.rows import DatasetStatus


@dataclass(frozen=True, slots=True)
class Deadline:
    """A dataset that is to be reviewed each year by ``month`` and ``day``; asked for
    ``notice_days`` before."""

    dataset: str
    month: int
    day: int
    notice_days: int
    basis: str


REVIEWS = (
    Deadline(
        "brownfield-land",
        12,
        31,
        92,
        "Town and Country Planning (Brownfield Land Register) Regulations 2017, regulation 17: "
        "each entry is reviewed at least once in each register year",
    ),
)


def occasions(
    curie: str,
    rows: Sequence[DatasetStatus],
    reviews: Sequence[Deadline],
    today: date,
    site: str,
) -> list[Occasion]:
    """The reviews of this year and the next, the soonest first. In: an organisation, its datasets,
    what is to be reviewed, the day of the figures, and this site's address."""
    names = {
        row.dataset: row.dataset_name
        for row in rows
        if wording.is_expected(row) or row.endpoint_count
    }
    days = [
        Occasion(
            key=("review", curie, review.dataset, str(year)),
            day=date(year, review.month, review.day),
            summary=f"Review due: {names[review.dataset]}",
            description=(
                "Review each entry and publish the result by "
                f"{formatting.day(date(year, review.month, review.day))}.\n{review.basis}."
            ),
            url=site + addresses.dataset(curie, review.dataset),
            said_on=date(year - 1, 1, 1),
        )
        for year in (today.year, today.year + 1)
        for review in reviews
        if review.dataset in names
    ]
    return sorted(days, key=lambda one: (one.day, one.summary))
