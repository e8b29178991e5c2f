"""Rows: the contract between SQL and everything above it.

Frozen dataclasses, one for each kind of answer. ``None`` means "not known", never zero. Counts say
their unit in the docstring. Dates are dates, not text. What a column means is said once, at its
field: see ``columns.meaning``.
"""

from __future__ import annotations

from performance_store.rows.cell import (
    CellHistory,
    EndedEndpoint,
    EndpointState,
    FieldUse,
    FileSeen,
    IssueCount,
    LogDays,
    UnprocessedEndpoint,
)
from performance_store.rows.changes import (
    ChangedByRule,
    ChangeKind,
    Event,
    EventCount,
    Flow,
    Movement,
)
from performance_store.rows.datasets import (
    Dataset,
    DatasetAuthority,
    FieldOfDataset,
    RegisteredDataset,
)
from performance_store.rows.freshness import (
    AgeOfContent,
    Ages,
    Availability,
    Cadence,
    RegisterYear,
)
from performance_store.rows.issues import (
    IssueBase,
    IssueElsewhere,
    IssueFile,
    IssueFix,
    IssueFixer,
    IssueHolder,
    IssueKind,
    IssueMatches,
    IssuePoint,
    IssueRow,
    IssueSpread,
    IssueTypePoint,
)
from performance_store.rows.national import (
    AuthorityCells,
    CellChange,
    Choice,
    CohortStart,
    Coverage,
    CoveragePoint,
    NationalCell,
)
from performance_store.rows.organisations import (
    Area,
    DatasetStatus,
    Hexagon,
    InheritedDataset,
    Organisation,
    OrganisationCounts,
    OrganisationHistory,
    Outline,
    OutlineCount,
    Place,
    StatusRun,
    Tile,
)
from performance_store.rows.snapshots import (
    Annotation,
    DataVersion,
    Knowledge,
    LoadRecord,
    RejectionCount,
    Snapshot,
)
from performance_store.rows.summaries import (
    OrganisationDatasetSummary,
    ProvisionSummary,
)

__all__ = [
    "AgeOfContent",
    "Ages",
    "Annotation",
    "Area",
    "AuthorityCells",
    "Availability",
    "Cadence",
    "CellChange",
    "CellHistory",
    "ChangeKind",
    "ChangedByRule",
    "Choice",
    "CohortStart",
    "Coverage",
    "CoveragePoint",
    "DataVersion",
    "Dataset",
    "DatasetAuthority",
    "DatasetStatus",
    "EndedEndpoint",
    "EndpointState",
    "Event",
    "EventCount",
    "FieldOfDataset",
    "FieldUse",
    "FileSeen",
    "Flow",
    "Hexagon",
    "InheritedDataset",
    "IssueBase",
    "IssueCount",
    "IssueElsewhere",
    "IssueFile",
    "IssueFix",
    "IssueFixer",
    "IssueHolder",
    "IssueKind",
    "IssueMatches",
    "IssuePoint",
    "IssueRow",
    "IssueSpread",
    "IssueTypePoint",
    "Knowledge",
    "LoadRecord",
    "LogDays",
    "Movement",
    "NationalCell",
    "Organisation",
    "OrganisationCounts",
    "OrganisationDatasetSummary",
    "OrganisationHistory",
    "Outline",
    "OutlineCount",
    "Place",
    "ProvisionSummary",
    "RegisterYear",
    "RegisteredDataset",
    "RejectionCount",
    "Snapshot",
    "StatusRun",
    "Tile",
    "UnprocessedEndpoint",
]
