"""Files of what pages show, made from the same rows as the pages.

A file's address carries the page's own filters, so a link to it gives the same figures again.
"""

from dashboard.downloads import (
    changes,
    coverage,
    datasets,
    freshness,
    issues,
    national,
    national_issues,
    provider,
    trends,
)
from dashboard.downloads.files import blueprint

__all__ = [
    "blueprint",
    "changes",
    "coverage",
    "datasets",
    "freshness",
    "issues",
    "national",
    "national_issues",
    "provider",
    "trends",
]
