"""Files of what grew, and of what is still broken, from one date to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Response

from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.web.file_writers import blueprint, names, unknown
from performance_store.queries import growth, lasting
from performance_store.rows import Growth, LastingPoint, LastingProvision

_TABLES: dict[str, tuple[Callable[..., Any], type[Any]]] = {
    "growth": (growth.by_dataset, Growth),
    "lasting": (lasting.points, LastingPoint),
    "lasting-provisions": (lasting.provisions, LastingProvision),
}


@blueprint.get(
    f"/national/<any(growth, lasting, 'lasting-provisions'):table>.<{scope_file.FORMS}:form>"
)
def since(table: str, form: str) -> Response:
    """Datasets by how many of the same authorities provide them then and now, or what was broken
    then: how much of it is on each date, or what is now. For the scope's parameters."""
    scope = scope_file.read(over_time=True)
    if scope.before is None:
        return unknown("There are no earlier figures to compare these with.")
    question, row = _TABLES[table]
    rows = ask(question, **scope_file.of_snapshot(scope), compare_id=scope.before.snapshot_id)
    return scope_file.send(form, names(row), map(asdict, rows), table, scope)
