"""The file of the cells of the matrix of coverage."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response

from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.web.file_writers import blueprint, names
from performance_store.queries import matrix
from performance_store.rows import NationalCell


@blueprint.get(f"/national/cells.<{scope_file.FORMS}:form>")
def cells(form: str) -> Response:
    """Every authority and dataset of the scope, with its status and how it has changed."""
    scope = scope_file.read()
    rows = ask(
        matrix.cells,
        **scope_file.of_snapshot(scope),
        compare_id=scope.before.snapshot_id if scope.before else None,
    )
    lines = ({"as_at": scope.snapshot.as_at, **asdict(row)} for row in rows)
    return scope_file.send(form, ["as_at", *names(NationalCell)], lines, "cells", scope)
