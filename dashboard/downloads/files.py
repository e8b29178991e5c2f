"""Files from rows: how they are written, the same for every download."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import IO, Any

from flask import Blueprint, Response, stream_with_context

from dashboard.errors import StoreUnavailable
from performance_store.exports import csv_value

blueprint = Blueprint("downloads", __name__, url_prefix="/downloads")

_BLOCK = 500


@blueprint.errorhandler(StoreUnavailable)
def unavailable(error: StoreUnavailable) -> Response:
    """Said while the database is silent."""
    words = "Our database is not answering. Try again in a few minutes.\n"
    return Response(words, 503, mimetype="text/plain")


def as_csv(columns: Sequence[str], rows: Iterable[dict[str, Any]], name: str) -> Response:
    """Rows as a CSV to keep, sent as they come. Cells that a spreadsheet would run are defused."""
    answer = Response(stream_with_context(_written(columns, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def names(kind: type[Any]) -> list[str]:
    """The columns of a row."""
    return [field.name for field in fields(kind)]


def unknown(words: str) -> Response:
    """The answer where there is no such file."""
    return Response(f"{words}\n", 404, mimetype="text/plain")


def write_csv(
    columns: Sequence[str], rows: Iterable[dict[str, Any]], file: IO[bytes], *, heading: bool = True
) -> None:
    """Rows as CSV into a file, under a heading or after what is already in it."""
    for block in _written(columns, rows, heading=heading):
        file.write(block.encode())


def _written(
    columns: Sequence[str], rows: Iterable[dict[str, Any]], *, heading: bool = True
) -> Iterator[str]:
    block = io.StringIO()
    writer = csv.writer(block, lineterminator="\n")
    if heading:
        writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([csv_value(row[column]) for column in columns])
        if number % _BLOCK == 0:
            yield block.getvalue()
            block.seek(0)
            block.truncate()
    yield block.getvalue()
