"""The file of the cells of the matrix of coverage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, request

from dashboard import frame
from dashboard.data import ask
from dashboard.downloads.files import as_csv, blueprint, unknown
from dashboard.frame import Frame
from performance_store.queries import matrix, snapshots

COLUMNS = (
    *("as_at", "organisation", "name", "region", "region_name", "cohort", "dataset"),
    *("status", "provided", "change"),
)


@blueprint.get("/national/cells.csv")
def cells() -> Response:
    """Every authority and dataset of the frame, with its status and how it has changed."""
    if not ask(snapshots.current):
        return unknown("No data has been loaded yet.")
    _, found = frame.read(frame.Wanted, request.args.to_dict(flat=False))
    name = f"cells-{found.set}-{found.snapshot.kind}-{found.snapshot.as_at}.csv"
    return as_csv(COLUMNS, _rows(found), name)


def _rows(found: Frame) -> Iterator[dict[str, Any]]:
    which: dict[str, Any] = {
        "snapshot_id": found.snapshot.snapshot_id,
        "denominator": found.set,
        "narrow": found.narrow,
    }
    changed = {}
    if found.before is not None:
        rows = ask(matrix.changes, compare_id=found.before.snapshot_id, **which)
        changed = {(row.organisation, row.dataset): row.change for row in rows}
    authorities = ask(matrix.authorities, **which)
    return (
        {
            "as_at": found.snapshot.as_at,
            "organisation": row.organisation,
            "name": row.name,
            "region": row.region,
            "region_name": row.region_name,
            "cohort": row.cohort,
            "dataset": dataset,
            "status": status,
            "provided": provided,
            "change": changed.get((row.organisation, dataset)),
        }
        for row in authorities
        for dataset, status, provided in zip(
            row.datasets, row.statuses, row.with_endpoint, strict=True
        )
    )
