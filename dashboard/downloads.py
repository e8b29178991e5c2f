"""Files of what a page shows, made from the same rows as the page.

A file's address carries the page's own filters, so a link to it gives the same figures again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from flask import Blueprint, Response, request, stream_with_context

from dashboard import frame, links
from dashboard.data import ask
from dashboard.errors import StoreUnavailable
from dashboard.frame import Frame
from performance_store.exports import csv_value
from performance_store.queries import national, snapshots
from performance_store.rows import Coverage, CoveragePoint, Event
from performance_store.schema import DENOMINATORS, KINDS

blueprint = Blueprint("downloads", __name__, url_prefix="/downloads")

_DIMENSIONS = ("all", "dataset", "region", "cohort")
_BLOCK = 500
# What a snapshot must know for a figure; otherwise its nought means "not known".
_NEEDS = {
    "reachable": "logs",
    "collected": "logs",
    "answering": "logs",
    "fresh": "logs",
    "ageing": "logs",
    "stale": "logs",
    "error_free": "issues",
    "conformant": "fields",
}


@blueprint.errorhandler(StoreUnavailable)
def unavailable(error: StoreUnavailable) -> Response:
    """Said while the database is silent."""
    words = "Our database is not answering. Try again in a few minutes.\n"
    return Response(words, 503, mimetype="text/plain")


@blueprint.get("/coverage.csv")
def coverage() -> Response:
    """The national line of one set and kind (``?set=&kind=``), a row a date."""
    denominator = request.args.get("set", "programme")
    kind = request.args.get("kind") or _present_kind()
    if denominator not in DENOMINATORS or kind not in KINDS:
        return _unknown("There is no such set or kind of figures.")
    rows = ask(national.coverage_over_time, kind=kind, denominator=denominator)
    known = {row.as_at: row.knows for row in ask(snapshots.every) if row.kind == kind}
    lines = (_honest(asdict(row), known.get(row.as_at, ())) for row in rows)
    return as_csv(_names(Coverage), lines, f"coverage-{denominator}-{kind}.csv")


@blueprint.get("/national/<table>.csv")
def of_national(table: str) -> Response:
    """One table of the national page, for the page's own filters: all, dataset, region or
    cohort; lines (every date up to the one shown); changes (what happened since the comparison).
    """
    if not ask(snapshots.current):
        return _unknown("No data has been loaded yet.")
    found = frame.choose(links.parse(frame.Wanted, request.args.to_dict()).filters)
    name = f"{table}-{found.set}-{found.snapshot.kind}-{found.snapshot.as_at}.csv"
    if table in _DIMENSIONS:
        rows = ask(national.picture, snapshot_id=found.snapshot.snapshot_id, denominator=found.set)
        told = (_honest(asdict(row), found.known) for row in rows if row.dimension == table)
        return as_csv(_names(Coverage), told, name)
    if table == "lines":
        return as_csv(_names(CoveragePoint), _lines(found), name)
    if table == "changes":
        return as_csv(_names(Event), _changes(found), name)
    return _unknown("There is no such file.")


def as_csv(columns: Sequence[str], rows: Iterable[dict[str, Any]], name: str) -> Response:
    """Rows as a CSV to keep, sent as they come. Cells that a spreadsheet would run are defused."""
    answer = Response(stream_with_context(_written(columns, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _written(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    block = io.StringIO()
    writer = csv.writer(block, lineterminator="\n")
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([csv_value(row[column]) for column in columns])
        if number % _BLOCK == 0:
            yield block.getvalue()
            block.seek(0)
            block.truncate()
    yield block.getvalue()


def _lines(found: Frame) -> Iterator[dict[str, Any]]:
    rows = ask(
        national.lines,
        kind=found.snapshot.kind,
        denominator=found.set,
        until=found.snapshot.as_at,
    )
    known = {row.as_at: row.knows for row in found.of_kind()}
    return (_honest(asdict(row), known.get(row.as_at, ())) for row in rows)


def _changes(found: Frame) -> Iterator[dict[str, Any]]:
    rows = ask(
        national.changes,
        kind=found.snapshot.kind,
        denominator=found.set,
        after=found.before.as_at if found.before else date.max,
        until=found.snapshot.as_at,
    )
    return (asdict(row) for row in rows)


def _honest(row: dict[str, Any], knows: Sequence[str]) -> dict[str, Any]:
    """The row with blanks where its snapshot could not tell."""
    return {
        name: None if name in _NEEDS and not {"logs", _NEEDS[name]} <= set(knows) else value
        for name, value in row.items()
    }


def _names(kind: type[Any]) -> list[str]:
    return [field.name for field in fields(kind)]


def _present_kind() -> str:
    present = ask(snapshots.current)
    return present[0].kind if present else ""


def _unknown(words: str) -> Response:
    return Response(f"{words}\n", 404, mimetype="text/plain")
