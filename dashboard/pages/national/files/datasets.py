"""Files of the register of datasets, and of the authorities of one dataset."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Response, request

from dashboard.components.national import dataset_authorities
from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.pages.national.scope import Scope, ScopeFilters, read_scope
from dashboard.web.file_writers import blueprint, day_of_address, names, unknown
from performance_store.definitions.vocabulary import STATUSES
from performance_store.queries import cell, datasets, matrix, movements, snapshots
from performance_store.rows import DatasetAuthority, Movement, RegisteredDataset

_PARTS = ("by_authorities", "joiners", "leavers", "movers", "by_rule")


@blueprint.get(f"/national/datasets.<{scope_file.FORMS}:form>")
def register_file(form: str) -> Response:
    """Every dataset of the register, for the scope's parameters: n of N as on the page, and what
    the change of n is made of."""
    scope = scope_file.read()
    columns = ["as_at", "set", *names(RegisteredDataset), "provided_before", *_PARTS]
    return scope_file.send(form, columns, _register(scope), "datasets", scope)


def _register(scope: Scope) -> Iterator[dict[str, Any]]:
    at = scope_file.of_snapshot(scope)
    moves: dict[tuple[str, str], Movement] = {}
    if scope.before is not None:
        rows = ask(movements.balance, compare_id=scope.before.snapshot_id, **at)
        moves = {(row.measure, row.dataset): row for row in rows if row.dimension == "dataset"}
    for row in ask(datasets.with_counts, **at):
        expected = moves.get(("expected", row.dataset))
        parts: dict[str, int | None] = dict.fromkeys(("provided_before", *_PARTS))
        # Who was not counted then has no change.
        if expected is not None and expected.before:
            move = moves.get(("endpoint", row.dataset))
            parts = {name: getattr(move, name) if move else 0 for name in _PARTS}
            parts["provided_before"] = move.before if move else 0
        yield asdict(row) | parts | {"as_at": scope.snapshot.as_at, "set": scope.set}


@blueprint.get(f"/datasets/<dataset>.<{scope_file.FORMS}:form>")
def authorities_file(dataset: str, form: str) -> Response:
    """The list of a dataset's page: the scope's parameters, ``state``, ``sort`` and ``order``."""
    if not ask(snapshots.current):
        return unknown("No data has been loaded yet.")
    day_of_address()
    if not ask(cell.dataset, dataset=dataset):
        return unknown("We do not know that dataset.")
    params = request.args.to_dict(flat=False)
    listing = {name: params.pop(name, [""])[-1] for name in ("state", "sort", "order")}
    _, scope = read_scope(ScopeFilters, params)
    state = listing["state"] or None
    sort = listing["sort"] or "name"
    if state not in (None, *STATUSES) or sort not in dataset_authorities.SORTS:
        return unknown("There is no such list.")
    rows, changes = _authorities(scope, dataset)
    matches = dataset_authorities.in_order(
        rows, changes, state=state, sort=sort, backwards=listing["order"] == "reversed"
    )
    columns = ["as_at", "set", "dataset", *names(DatasetAuthority), "change"]
    lines = (
        {
            "as_at": scope.snapshot.as_at,
            "set": scope.set,
            "dataset": dataset,
            **asdict(row),
            "change": changes.get(row.organisation),
        }
        for row in matches
    )
    return scope_file.send(form, columns, lines, dataset, scope)


def _authorities(scope: Scope, dataset: str) -> tuple[tuple[DatasetAuthority, ...], dict[str, str]]:
    which: dict[str, Any] = {
        "snapshot_id": scope.snapshot.snapshot_id,
        "denominator": scope.set,
        "narrow": dataclasses.replace(scope.narrow, dataset=(dataset,)),
    }
    compare = scope.before.snapshot_id if scope.before else None
    cell_changes = ask(matrix.changes, compare_id=compare, **which) if compare is not None else ()
    rows = ask(datasets.authorities, dataset=dataset, compare_id=compare, **which)
    return rows, {row.organisation: row.change for row in cell_changes}
