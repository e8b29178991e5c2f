"""Files of the national figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Response, request

from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.pages.national.scope import Scope
from dashboard.web.file_writers import as_csv, blueprint, day_of_address, names, unknown
from performance_store.definitions.knowledge import honest
from performance_store.definitions.vocabulary import DENOMINATORS, KINDS
from performance_store.queries import movements, national, snapshots
from performance_store.rows import Coverage, CoveragePoint, Event, Movement

_DIMENSIONS = ("all", "dataset", "region", "cohort")


@blueprint.get("/coverage.csv")
def coverage() -> Response:
    """The national line of one set and kind (``?set=&kind=``), a row a date, up to ``as_at``."""
    until = day_of_address() or date.max
    denominator = request.args.get("set", "programme")
    kind = request.args.get("kind") or _present_kind()
    if denominator not in DENOMINATORS or kind not in KINDS:
        return unknown("There is no such set or kind of figures.")
    rows = ask(national.coverage_over_time, kind=kind, denominator=denominator)
    knows = {row.as_at: row.knows for row in ask(snapshots.every) if row.kind == kind}
    lines = (honest(asdict(row), knows.get(row.as_at, ())) for row in rows if row.as_at <= until)
    return as_csv(names(Coverage), lines, f"coverage-{denominator}-{kind}.csv")


_TABLES = f"any({', '.join(_DIMENSIONS)}, lines, changes, movements)"


@blueprint.get(f"/national/<{_TABLES}:table>.<{scope_file.FORMS}:form>")
def of_national(table: str, form: str) -> Response:
    """One table of the national page, for the page's own filters: all, dataset, region or
    cohort; lines (every date up to the one shown); changes (what happened since the comparison);
    movements (what the change of each figure since then is made of).
    """
    scope = scope_file.read()
    if table in _DIMENSIONS:
        rows = ask(national.picture, **scope_file.of_snapshot(scope))
        lines = (honest(asdict(row), scope.knows) for row in rows if row.dimension == table)
        return scope_file.send(form, names(Coverage), lines, table, scope)
    if table == "lines":
        return scope_file.send(form, names(CoveragePoint), _lines(scope), table, scope)
    if table == "changes":
        return scope_file.send(form, names(Event), _changes(scope), table, scope)
    if table == "movements" and scope.before is not None:
        parts = ask(
            movements.balance,
            **scope_file.of_snapshot(scope),
            compare_id=scope.before.snapshot_id,
        )
        return scope_file.send(form, names(Movement), map(asdict, parts), table, scope)
    return unknown("There is no such file.")


def _lines(scope: Scope) -> Iterator[dict[str, Any]]:
    rows = ask(
        national.lines,
        kind=scope.snapshot.kind,
        denominator=scope.set,
        until=scope.snapshot.as_at,
        narrow=scope.narrow,
    )
    knows = {row.as_at: row.knows for row in scope.of_kind()}
    return (honest(asdict(row), knows.get(row.as_at, ())) for row in rows)


def _changes(scope: Scope) -> Iterator[dict[str, Any]]:
    rows = ask(
        national.changes,
        kind=scope.snapshot.kind,
        denominator=scope.set,
        after=scope.before.as_at if scope.before else date.max,
        until=scope.snapshot.as_at,
        narrow=scope.narrow,
    )
    return (asdict(row) for row in rows)


def _present_kind() -> str:
    present = ask(snapshots.current)
    return present[0].kind if present else ""
