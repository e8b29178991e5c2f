"""Files of what a page shows, made from the same rows as the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, Response, request

from dashboard.data import ask
from performance_store.exports import csv_value
from performance_store.queries import national, snapshots
from performance_store.rows import Coverage
from performance_store.schema import DENOMINATORS, KINDS

blueprint = Blueprint("downloads", __name__, url_prefix="/downloads")


@blueprint.get("/coverage.csv")
def coverage() -> Response:
    """The national line of one set and kind (``?set=&kind=``), a row a date."""
    denominator = request.args.get("set", "programme")
    kind = request.args.get("kind") or ask(snapshots.current)[0].kind
    if denominator not in DENOMINATORS or kind not in KINDS:
        return Response("There is no such set or kind of figures.\n", 404, mimetype="text/plain")
    rows = ask(national.coverage_over_time, kind=kind, denominator=denominator)
    return as_csv(Coverage, rows, f"coverage-{denominator}-{kind}.csv")


def as_csv(kind: type[Any], rows: Iterable[Any], name: str) -> Response:
    """Rows of one dataclass as a CSV to keep. Cells that a spreadsheet would run are defused."""
    columns: Sequence[str] = [field.name for field in fields(kind)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([csv_value(value) for value in asdict(row).values()])
    answer = Response(text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
