"""Files of what a check found, sent as they are made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from flask import Response, send_file, stream_with_context

from dashboard.web import identity
from dashboard.web.file_writers import XLSX
from providers.checks import downloads, results
from providers.checks.format import Row
from providers.checks.requests import Check

Blocks = Iterator[tuple[Row, ...]]
Writer = Callable[[Check, Blocks], Iterator[bytes]]

_CSV, _JSON, _GEOJSON = "text/csv", "application/json", "application/geo+json"
_STREAMS: dict[str, tuple[Writer, str]] = {
    "findings.csv": (downloads.findings_csv, _CSV),
    "findings.json": (downloads.findings_json, _JSON),
    "corrected.csv": (downloads.corrected_csv, _CSV),
    "corrected.geojson": (downloads.corrected_geojson, _GEOJSON),
    "changes.csv": (downloads.changes_csv, _CSV),
}
_WORKBOOK = "rows.xlsx"
KINDS = frozenset({*_STREAMS, _WORKBOOK})
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def answer(check: Check, kind: str) -> Response:
    """A file of a check with a result. In: one of `KINDS`."""
    name = f"{_stem(check.name)}-{kind}"
    if kind == _WORKBOOK:
        book = downloads.marked_workbook(check, _blocks(check))
        return send_file(book, mimetype=XLSX, as_attachment=True, download_name=name)
    write, mimetype = _STREAMS[kind]
    response = Response(stream_with_context(write(check, _blocks(check))), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _blocks(check: Check) -> Blocks:
    with identity.change() as connection:
        yield from results.blocks(connection, check_id=check.id)


def _stem(name: str) -> str:
    """A file's name without its end, in letters that every system takes."""
    return _NO_NAME.sub("-", name.rpartition(".")[0] or name).strip("-.")[:60] or "check"
