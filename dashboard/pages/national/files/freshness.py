"""Files of the freshness page: ages, the oldest, registers, availability and cadence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Response

from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.web.file_writers import blueprint, names, unknown
from performance_store.queries import freshness
from performance_store.rows import AgeOfContent, Ages, Availability, Cadence, RegisterYear

# Each table's question, row, and which of the snapshot's values the question takes.
_TABLES: dict[str, tuple[Callable[..., Any], type[Any], tuple[str, ...]]] = {
    "ages": (freshness.ages, Ages, ("snapshot_id",)),
    "oldest": (freshness.oldest, AgeOfContent, ("snapshot_id",)),
    "registers": (freshness.registers, RegisterYear, ("snapshot_id",)),
    "availability": (freshness.availability, Availability, ("kind", "until")),
    "cadence": (freshness.cadence, Cadence, ("snapshot_id", "kind", "as_at")),
}


@blueprint.get(
    "/national/<any(ages, oldest, registers, availability, cadence):table>"
    f".<{scope_file.FORMS}:form>"
)
def of_freshness(table: str, form: str) -> Response:
    """One table of the page, for the scope's parameters."""
    scope = scope_file.read()
    if "logs" not in scope.knows:
        return unknown("These figures do not show when content changed.")
    question, row, takes = _TABLES[table]
    now = scope.snapshot
    values = {
        "snapshot_id": now.snapshot_id,
        "kind": now.kind,
        "as_at": now.as_at,
        "until": now.as_at,
    }
    rows = ask(
        question,
        **{name: values[name] for name in takes},
        denominator=scope.set,
        narrow=scope.narrow,
    )
    return scope_file.send(form, names(row), map(asdict, rows), table, scope)
