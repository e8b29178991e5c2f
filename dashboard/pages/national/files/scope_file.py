"""What files of the national figures have in common: their scope, their name and their forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, request

from dashboard.components.words import formatting, wording
from dashboard.data.door import ask
from dashboard.data.errors import NotFound
from dashboard.pages.national.scope import Scope, ScopeFilters, read_scope
from dashboard.web.file_writers import Sheet, as_csv, as_xlsx, day_of_address
from performance_store.queries import snapshots

FORMS = "any(csv, xlsx)"
"""Both hold the same rows."""


def read(*, over_time: bool = False) -> Scope:
    """The scope in the address of a file. Raises NotFound where there is no data, and BadDate. In:
    whether the file needs several dates."""
    day_of_address()
    if not ask(snapshots.current):
        raise NotFound("No data has been loaded yet.")
    params = request.args.to_dict(flat=False)
    return read_scope(ScopeFilters, params, over_time=over_time)[1]


def of_snapshot(scope: Scope) -> dict[str, Any]:
    """The scope as questions about one snapshot take it."""
    return {
        "snapshot_id": scope.snapshot.snapshot_id,
        "denominator": scope.set,
        "narrow": scope.narrow,
    }


def send(
    form: str, columns: Sequence[str], rows: Iterable[dict[str, Any]], what: str, scope: Scope
) -> Response:
    """Rows as a file to keep, named after its scope. A workbook says besides what it is of."""
    name = f"{what}-{scope.set}-{scope.snapshot.kind}-{scope.snapshot.as_at}.{form}"
    if form == "csv":
        return as_csv(columns, rows, name)
    try:
        return as_xlsx([Sheet("Figures", columns, rows), _about(scope)], name)
    except ValueError:
        words = "There are too many rows for a spreadsheet. Use the CSV file.\n"
        return Response(words, 400, mimetype="text/plain")


def _about(scope: Scope) -> Sheet:
    facts = {
        "Figures for": formatting.day(scope.snapshot.as_at),
        "Compared with": formatting.day(scope.before.as_at) if scope.before else "nothing",
        "Who is counted": scope.in_words(),
        "Source": wording.source_of(scope.snapshot.kind),
        "An empty cell": "not known, or not applicable",
    }
    rows = ({"What": name, "Meaning": meaning} for name, meaning in facts.items())
    return Sheet("About this file", ["What", "Meaning"], rows)
