"""What can be taken away from a check: its findings, the file put right, and what was changed.

Each is a stream of bytes whose first come at once, and needs no more memory than a block of rows.
Cells that a spreadsheet would run are defused by the one rule of `csv_value`; JSON has them as they
are. CSV files begin with a byte order mark, for spreadsheets; the platform reads it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from performance_store.operations.exports import csv_blocks, csv_value
from providers.checks.findings import COLUMNS, Findings
from providers.checks.format import Column, Group, Row, Summary
from providers.checks.requests import Check
from providers.checks.wkt import geojson
from providers.checks.workbook import marked_workbook

__all__ = [
    "changes_csv",
    "corrected_csv",
    "corrected_geojson",
    "findings_csv",
    "findings_json",
    "marked_workbook",
    "omissions",
]

Blocks = Iterable[tuple[Row, ...]]
CHANGES = ("line-number", "entry-number", "field", "before", "after", "why")
AS_GIVEN = "geometry-as-given"
"""The property of a feature without a shape that has the text which is none."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_AS_SPECIFIED = "Written as the specification has it."
_GONE = "The platform would keep nothing of it."
_NO_COLUMN = "Filled in: the file has no column for it."
_DEFUSED = "An apostrophe stands before it, so that no spreadsheet runs it as a formula."
# A dash or plus before words and digits alone calls nothing and reaches nothing.
_RUNS_NOTHING = re.compile(r"[+-][\w\s.,:;/&–—-]*")


def findings_csv(check: Check, blocks: Blocks) -> Iterator[bytes]:
    """A row for each thing that was found (`findings.COLUMNS`), in the order of the file. What is
    said of the file as a whole, a missing column, comes first and has no line. Raises ValueError
    for a check without a result."""
    findings = Findings(_summary(check))
    return _csv(COLUMNS, findings.of_file(), blocks, findings.of_row)


def findings_json(check: Check, blocks: Blocks) -> Iterator[bytes]:
    """The same as a JSON array of objects; line and entry are numbers, or null for the file as a
    whole. Raises ValueError for a check without a result."""
    return _findings_json(Findings(_summary(check)), blocks)


def corrected_csv(check: Check, blocks: Blocks) -> Iterator[bytes]:
    """The file with what can be put right without guessing: those of the specification's fields
    that the file has, WGS84, the rows in their order. Raises ValueError for a check without a
    result.

    What cannot be put right without guessing stays as it was given.

    This file is for publishing, so that values must arrive as they are; and it is opened in
    spreadsheets before, perhaps from somebody else's link, so that none may run. A number with a
    sign, and a dash or plus before words and digits alone (`- see notes`), run nothing and stay.
    What could (`=…`, `@…`, `-f(…)`) gets the apostrophe, and is in the list of changes.
    """
    summary = _summary(check)
    fields, originals = _fields_of_file(summary), _Originals(summary)

    def rows_of(row: Row) -> Iterator[Sequence[Any]]:
        texts = originals.of(row)
        yield [texts.get(name) or row.values[at] for at, name in fields]

    return _csv([name for _, name in fields], (), blocks, rows_of, cell=_publishable)


def corrected_geojson(check: Check, blocks: Blocks) -> Iterator[bytes]:
    """The same as a GeoJSON feature collection, values exactly as they are. Shapes are those of
    geometry where the file has it, else of point, else GeoX and GeoY; of trees, which have one or
    the other, either; null where it is blank. Of a shape that was refused the text is the property
    `geometry-as-given`. Raises ValueError for a check without a result."""
    summary = _summary(check)
    fields, originals = _fields_of_file(summary), _Originals(summary)
    names = {name for _, name in fields}
    shapes = [name for name in ("geometry", "point") if name in names]
    shapes = shapes[::-1] if check.dataset == "tree" else shapes[:1]
    return _features(lambda row: _feature(fields, shapes, row, originals.of(row)), blocks)


def changes_csv(check: Check, blocks: Blocks) -> Iterator[bytes]:
    """A row for each column that the corrected file leaves out (its name as what was before), then
    for each cell that differs in the corrected CSV (`CHANGES`), in the order of the file. Raises
    ValueError for a check without a result."""
    summary = _summary(check)
    columns = [(None, None, "", name, "", why) for name, why in omissions(summary)]
    return _csv(CHANGES, columns, blocks, _Differences(summary).of)


def omissions(summary: Summary) -> list[tuple[str, str]]:
    """The columns of the file that the corrected file leaves out, and a sentence why of each."""
    winners = _winners(summary)
    return [
        (column.column, _why_not(column, summary.columns[winners[column.field]].column))
        for at, column in enumerate(summary.columns)
        if column.field is None or winners[column.field] != at
    ]


class _Originals:
    """Cells that stay as they were given: nobody can put right what was refused without guessing,
    and a blank would be a trouble of another kind. In: the summary of a check."""

    def __init__(self, summary: Summary) -> None:
        self._groups = _by_number(summary.groups)
        column_of = _winners(summary)
        self._places = {
            field.field: (at, column_of[field.field])
            for at, field in enumerate(summary.fields)
            if field.field in column_of
        }

    def of(self, row: Row) -> dict[str, str]:
        """The cells of a row that were refused, by field."""
        groups = [self._groups[finding.group] for finding in row.findings]
        troubles = {
            name for group in groups if group.ladder != "changed" for name in group.field.split(",")
        }
        return {
            name: cell
            for name in troubles & self._places.keys()
            for value, cell in [self._pair(row, *self._places[name])]
            if cell.strip() and not value
        }

    @staticmethod
    def _pair(row: Row, value_at: int, cell_at: int) -> tuple[str, str]:
        """A value and the cell that it comes of."""
        value = row.values[value_at] if value_at < len(row.values) else ""
        return value, row.cells[cell_at] if cell_at < len(row.cells) else ""


class _Differences:
    """What a row's corrected values have that its cells had not. In: the summary of its check."""

    def __init__(self, summary: Summary) -> None:
        self._originals = _Originals(summary)
        self._groups = _by_number(summary.groups)
        self._fields = [
            (
                field.field,
                [at for at, column in enumerate(summary.columns) if column.field == field.field],
            )
            for field in summary.fields
        ]

    def of(self, row: Row) -> Iterator[Sequence[Any]]:
        """The rows of `CHANGES` for one row of the file."""
        originals = self._originals.of(row)
        for (field, columns), clean in zip(self._fields, row.values, strict=False):
            value = originals.get(field) or clean
            cells = [row.cells[at] for at in columns if at < len(row.cells)]
            after = _publishable(value)
            if after in cells or (not after and not any(cells)):
                continue
            before = next(filter(None, cells), "")
            why = self._why(row, field, before, value, after)
            yield row.line, row.entry, field, before, after, why

    def _why(self, row: Row, field: str, before: str, value: str, after: str) -> str:
        reasons = [
            finding.message or group.message
            for finding in row.findings
            if value != before and field in (group := self._groups[finding.group]).field.split(",")
        ]
        if not reasons and value != before:
            reasons.append(_AS_SPECIFIED if value and before else _GONE if before else _NO_COLUMN)
        if after != value:
            reasons.append(_DEFUSED)
        return " ".join(_sentence(reason) for reason in dict.fromkeys(reasons))


def _summary(check: Check) -> Summary:
    if check.summary is None:
        raise ValueError("a check without a result has nothing to take away")
    return check.summary


def _fields_of_file(summary: Summary) -> list[tuple[int, str]]:
    """The fields that the file has a column for, and where they stand among a row's values: to the
    platform a blank column is worse than no column."""
    return [(at, one.field) for at, one in enumerate(summary.fields) if not one.is_missing]


def _winners(summary: Summary) -> dict[str | None, int]:
    """Which column each field comes of: of two the later by name, as the platform has it."""
    places = sorted(range(len(summary.columns)), key=lambda at: summary.columns[at].column)
    return {summary.columns[at].field: at for at in places}


def _why_not(column: Column, winner: str) -> str:
    if column.field is not None:
        return f"The column is left out: {column.field} comes of the column {winner}."
    if column.how == "ignored":
        return "The column is left out, as was chosen for it."
    return "The column is left out: it was taken for no field of the specification."


def _by_number(groups: Sequence[Group]) -> dict[int, Group]:
    return {group.number: group for group in groups}


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _publishable(value: str) -> Any:
    return value if _RUNS_NOTHING.fullmatch(value) else csv_value(value)


def _csv(
    columns: Sequence[str],
    first: Iterable[Sequence[Any]],
    blocks: Blocks,
    rows_of: Callable[[Row], Iterable[Sequence[Any]]],
    *,
    cell: Callable[[Any], Any] | None = None,
) -> Iterator[bytes]:
    yield _BYTE_ORDER_MARK
    yield from (text.encode() for text in csv_blocks(columns, first))
    for block in blocks:
        rows = (cells for row in block for cells in rows_of(row))
        for text in csv_blocks(columns, rows, heading=False, cell=cell):
            yield text.encode()


def _findings_json(findings: Findings, blocks: Blocks) -> Iterator[bytes]:
    def encode(rows: Iterable[Sequence[Any]]) -> bytes:
        return b",\n".join(
            msgspec.json.encode(dict(zip(COLUMNS, row, strict=True))) for row in rows
        )

    yield b"["
    first = encode(findings.of_file())
    if first:
        yield b"\n" + first
    separator = b",\n" if first else b"\n"
    for block in blocks:
        objects = encode(cells for row in block for cells in findings.of_row(row))
        if objects:
            yield separator + objects
            separator = b",\n"
    yield b"\n]\n"


def _features(feature_of: Callable[[Row], bytes], blocks: Blocks) -> Iterator[bytes]:
    yield b'{"type":"FeatureCollection","features":['
    separator = b"\n"
    for block in blocks:
        if block:
            yield separator + b",\n".join(map(feature_of, block))
            separator = b",\n"
    yield b"\n]}\n"


def _feature(
    fields: Sequence[tuple[int, str]],
    shape_fields: Sequence[str],
    row: Row,
    originals: dict[str, str],
) -> bytes:
    properties = {name: row.values[at] for at, name in fields}
    if shape_fields:
        # What became the shape is not said twice.
        wkt = properties.pop(next(filter(properties.get, shape_fields), shape_fields[0]))
        for name in shape_fields:
            if not properties.get(name):
                properties.pop(name, None)
        shape = geojson(wkt)
    else:
        shape = geojson(f"POINT ({properties.get('GeoX')} {properties.get('GeoY')})")
    for name, cell in originals.items():
        properties[AS_GIVEN if name in shape_fields else name] = cell
    return b'{"type":"Feature","properties":%b,"geometry":%b}' % (
        msgspec.json.encode(properties),
        shape or b"null",
    )
