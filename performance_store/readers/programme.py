"""What the weekly Open Digital Planning reports take for granted: their datasets and cohorts."""

from __future__ import annotations

from typing import Final

from performance_store.readers.stream import CohortAlias, Dataset

PROJECT: Final = "open-digital-planning"
REASON: Final = "expected"

DATASETS: Final = (
    Dataset(
        "article-4-direction",
        "Article 4 direction",
        "Article 4 directions",
        None,
        "article-4-direction",
        "legal-instrument",
    ),
    Dataset(
        "article-4-direction-area",
        "Article 4 direction area",
        "Article 4 direction areas",
        None,
        "article-4-direction",
        "geography",
    ),
    Dataset(
        "conservation-area",
        "Conservation area",
        "Conservation areas",
        None,
        "conservation-area",
        "geography",
    ),
    Dataset(
        "conservation-area-document",
        "Conservation area document",
        "Conservation area documents",
        None,
        "conservation-area",
        "document",
    ),
    Dataset(
        "listed-building-outline",
        "Listed building outline",
        "Listed building outlines",
        None,
        "listed-building",
        "geography",
    ),
    Dataset("tree", "Tree", "Trees", None, "tree-preservation-order", "geography"),
    Dataset(
        "tree-preservation-order",
        "Tree preservation order",
        "Tree preservation orders",
        None,
        "tree-preservation-order",
        "legal-instrument",
    ),
    Dataset(
        "tree-preservation-zone",
        "Tree preservation zone",
        "Tree preservation zones",
        None,
        "tree-preservation-order",
        "geography",
    ),
)
"""The eight datasets that every member of the programme is expected to provide."""

COHORT_ALIASES: Final = (
    # Every member of these two is in psif-Track3 in the register of 2026 (4 of 4, 6 of 6).
    CohortAlias("ODP-Track1", "psif-Track3"),
    CohortAlias("ODP-Track3", "psif-Track3"),
    # Clear majorities, not one-to-one: 5 of 6, 41 of 43, 31 of 45.
    CohortAlias("ODP-Track2", "psif-Track3"),
    CohortAlias("ODP-Track4", "dpif-round-2"),
    CohortAlias("odp-round-3", "dpif-round-3"),
)
"""Names of cohorts in the reports of 2025 and in the specification of 2026, matched by members.

Left out because no name has a clear majority: ``odp-development-management-software`` (3 of 5 in
psif-Track3). ``RIPA-Beta`` and ``RIPA-BOPS`` keep their names. An alias is for grouping cohorts
across the change of names only: the cohort of a date is never rewritten with it.
"""
