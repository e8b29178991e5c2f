"""The file of the lines of coverage over time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

from flask import Response, request

from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.pages.national.scope import fit_narrow
from dashboard.web.file_writers import blueprint, names, unknown
from performance_store.definitions.knowledge import honest
from performance_store.queries import trends
from performance_store.rows import CoveragePoint


@blueprint.get(f"/national/trend.<{scope_file.FORMS}:form>")
def trend(form: str) -> Response:
    """All together and a line for each, every date up to the one shown: the scope's parameters,
    ``by`` (dataset, region, cohort; none: dataset) and ``basis`` (expected, basket, all)."""
    by: Any = request.args.get("by") or "dataset"
    basis = request.args.get("basis") or "expected"
    if by not in get_args(trends.By) or basis not in ("expected", "basket", "all"):
        return unknown("There are no such lines.")
    scope = scope_file.read(over_time=True)
    denominator = "all-lpas" if basis == "all" else scope.set
    narrow, _ = fit_narrow(scope.narrow, denominator)
    rows = ask(
        trends.lines,
        kind=scope.snapshot.kind,
        denominator=denominator,
        until=scope.snapshot.as_at,
        by=by,
        basket=basis == "basket",
        narrow=narrow,
    )
    knows = {row.as_at: row.knows for row in scope.of_kind()}
    lines = (honest(asdict(row), knows.get(row.as_at, ())) for row in rows)
    return scope_file.send(form, names(CoveragePoint), lines, f"trend-{by}-{basis}", scope)
