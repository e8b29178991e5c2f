"""Files from rows: how they are written, the same for every download."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import wraps
from typing import IO, Any
from urllib.parse import unquote

from flask import Blueprint, Response, request, send_file, stream_with_context

from dashboard.data.door import now
from dashboard.data.errors import NotFound, StoreUnavailable
from dashboard.web.public import hold, unless_new
from performance_store.operations.exports import csv_blocks

blueprint = Blueprint("downloads", __name__, url_prefix="/downloads")

_BYTE_ORDER_MARK = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet can hold.
XLSX_ROWS = 1_048_575
_XLSX_LETTERS = 32_767
_IN_MEMORY = 4_000_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_Handler = Callable[..., Response]


class BadDate(Exception):
    """An address names a date that is none."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name (31 letters at most), columns and rows."""

    name: str
    columns: Sequence[str]
    rows: Iterable[dict[str, Any]]


@blueprint.before_request
def readable() -> Response | None:
    """Answer here for an address that holds what no name does, and what no database can hold; and
    for a file that who asks has."""
    values = (request.view_args or {}).values()
    if any(_CONTROL.search(unquote(str(value))) for value in values):
        return unknown("There is no such file.")
    return unless_new()


blueprint.after_request(hold)


@blueprint.errorhandler(StoreUnavailable)
def unavailable(error: StoreUnavailable) -> Response:
    """Said while the database is silent."""
    words = "Our database is not answering. Try again in a few minutes.\n"
    return Response(words, 503, mimetype="text/plain")


@blueprint.errorhandler(BadDate)
def no_date(error: BadDate) -> Response:
    """Said where an address names a date that is none: nobody would see that a file is of now."""
    return unknown("There is no such file: as_at is not a date such as 2026-11-29.")


@blueprint.errorhandler(NotFound)
def no_file(error: NotFound) -> Response:
    """Said where the address speaks of something that we do not know."""
    # Without the sentence for pages: it repeats what was asked for, and here nothing escapes it.
    return unknown("There is no such file.")


def as_csv(columns: Sequence[str], rows: Iterable[dict[str, Any]], name: str) -> Response:
    """Rows as a CSV to keep, sent as they come. Cells that a spreadsheet would run are defused."""
    answer = Response(stream_with_context(_csv(columns, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def as_xlsx(sheets: Sequence[Sheet], name: str) -> Response:
    """Sheets as a workbook to keep. Text stays text, whatever it begins with: nothing in it is
    run, and no long number is rounded. Raises ValueError for more rows than a sheet can hold."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  sent, then closed
    try:
        _write_xlsx(sheets, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


def names(kind: type[Any]) -> list[str]:
    """The columns of a row."""
    return [field.name for field in fields(kind)]


def unknown(words: str) -> Response:
    """The answer where there is no such file."""
    return Response(f"{words}\n", 404, mimetype="text/plain")


def of_latest(what: str) -> Callable[[_Handler], _Handler]:
    """For a file that there is of the latest figures only: answers in its place where an address
    names another date. In: the file's rows, with the verb, as “submissions are told”."""

    def guard(handler: _Handler) -> _Handler:
        @wraps(handler)
        def answer(*args: Any, **values: Any) -> Response:
            day, latest = request.args.get("as_at"), now().as_at
            if not day or latest is None or day == latest.isoformat():
                return handler(*args, **values)
            return unknown(
                f"There is no such file: {what} of the latest figures only, of {latest}. "
                "Leave out as_at."
            )

        return answer

    return guard


def day_of_address() -> date | None:
    """The date that the address of a file names; None: it names none. Raises BadDate."""
    text = request.args.get("as_at")
    if not text:
        return None
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadDate from None


def write_csv(
    columns: Sequence[str], rows: Iterable[dict[str, Any]], file: IO[bytes], *, heading: bool = True
) -> None:
    """Rows as CSV into a file, under a heading or after what is already in it."""
    for block in _csv(columns, rows, heading=heading):
        file.write(block.encode())


def _csv(
    columns: Sequence[str], rows: Iterable[dict[str, Any]], *, heading: bool = True
) -> Iterator[str]:
    """The text of a file for people, whose spreadsheets take it for UTF-8 only with a mark at its
    beginning. What programs read (the API, ``export``) has none."""
    if heading:
        yield _BYTE_ORDER_MARK
    values = ([row[column] for column in columns] for row in rows)
    yield from csv_blocks(columns, values, heading=heading)


def _write_xlsx(sheets: Sequence[Sheet], file: IO[bytes]) -> None:
    # Loaded here: most processes are never asked for a workbook.
    from xlsxwriter import Workbook

    # Rows go to a temporary file as they come, so that a long sheet needs little memory.
    with Workbook(file, {"constant_memory": True, "remove_timezone": True}) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            page.set_column(0, len(sheet.columns) - 1, 20)
            for at, column in enumerate(sheet.columns):
                page.write_string(0, at, column, bold)
            for number, row in enumerate(sheet.rows, start=1):
                if number > XLSX_ROWS:
                    raise ValueError("more rows than a sheet can hold")
                for at, column in enumerate(sheet.columns):
                    _write_cell(page, number, at, row[column], day)


def _write_cell(page: Any, number: int, at: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(number, at, value)
    elif isinstance(value, int | float) and abs(value) < 10**15:
        page.write_number(number, at, value)
    elif isinstance(value, date) and value.year >= 1900:
        page.write_datetime(number, at, value, day)
    else:
        if isinstance(value, list | tuple):
            value = ";".join(map(str, value))
        page.write_string(number, at, str(value)[:_XLSX_LETTERS])
