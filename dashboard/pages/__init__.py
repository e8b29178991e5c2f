"""The pages, in the order of the navigation. This tuple is the only list of them."""

from __future__ import annotations

from dashboard.page import PageModule
from dashboard.pages import (
    about,
    dataset,
    datasets,
    home,
    issue,
    national,
    national_changes,
    national_coverage,
    national_dataset,
    national_freshness,
    national_issues,
    national_trends,
    organisation,
    organisations,
)

PAGES: tuple[PageModule, ...] = (
    *(home, organisations, organisation, dataset, issue),
    *(national, national_coverage, national_trends, national_freshness, national_issues),
    *(national_changes, datasets, national_dataset),
    about,
)
