"""Files of what national pages show, from the same rows.

A file's address carries the page's own filters, so a link to it gives the same figures again.
"""

from dashboard.pages.national.files import (
    changes,
    comparison,
    coverage,
    datasets,
    feeds,
    freshness,
    issues,
    lasting,
    national,
    tasks,
    trends,
)

ALL = (
    *(changes, comparison, coverage, datasets, feeds, freshness, issues, lasting, national, tasks),
    trends,
)
