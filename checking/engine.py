"""A whole check: chunks of a file through columns and rules, to rows with findings and a result.

A first pass cleans each chunk and puts its rows aside; what rows say of each other is known then,
and a second pass over the rows put aside gives them out complete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import shapely

from checking.cells import safe, tidy
from checking.cleaning import PAIR, Cleaner, Fields
from checking.columns import columns_of, dropped, match_columns, missing_columns
from checking.geometry import is_system
from checking.groups import REFERENCES, Groups
from checking.model import CannotRead, Chunk, Mark, Numbers, Recognition, Request, Texts
from checking.passing import Looked, passed
from checking.result import Column, Field, Finding, Group, Progress, Result, Rows, Verdict
from checking.rules.judging import texts_of
from checking.rules.rows import overruled
from checking.specification import Dataset, specification
from checking.spool import Spool
from checking.suggesting import suggest
from checking.together import Together, boundary_of
from checking.words import recognised

ROWS_A_BLOCK = 500
EXAMPLES = 3
SAMPLE = 200
MOST_BROKEN = 10


class Source(Protocol):
    """A file that was opened: what it was recognised as, and its rows."""

    @property
    def recognition(self) -> Recognition:
        """What the file is."""
        ...

    def chunks(self, rows: int = 10_000) -> Iterator[Chunk]:
        """Its rows, some at a time."""
        ...


def check(source: Source, request: Request) -> Iterator[Progress | Rows | Result]:
    """Check a file. Gives progress, then all rows in blocks, then the result. Raises
    UnknownDataset, and CannotRead where the file breaks off, or is said to be in a coordinate
    system that does not exist."""
    with closing(Spool()) as spool:
        run = _Run(_as_said(source.recognition, request.choices.crs), request, spool)
        yield Progress("checking", 0)
        for chunk in source.chunks():
            run.take(chunk)
            yield Progress("checking", run.rows)
        yield Progress("comparing", run.rows)
        run.compare()
        yield Progress("storing", run.rows)
        yield from run.blocks()
        yield run.result()


def _as_said(recognition: Recognition, crs: int | None) -> Recognition:
    """What a file is when a person says which coordinate system it is in."""
    if crs is None:
        return recognition
    if not is_system(crs):
        raise CannotRead(
            "crs",
            f"There is no coordinate system with the number EPSG:{crs}. The British National Grid "
            "is 27700, longitude and latitude are 4326.",
        )
    return replace(recognition, crs=crs)


class _Run:
    """One check, from its first chunk to its result."""

    def __init__(self, recognition: Recognition, request: Request, spool: Spool) -> None:
        self._recognition = recognition
        self._dataset = specification(request.dataset)
        self._matches = match_columns(
            recognition.columns, self._dataset, mapping=request.mapping, kind=request.kind
        )
        self._columns = columns_of(self._matches)
        self._missing = missing_columns(self._matches, self._dataset)
        self._fields = _fields(self._columns, self._dataset, self._missing)
        boundary = boundary_of(request.held.boundary)
        self._cleaner = Cleaner(self._dataset, request.day, crs=recognition.crs, boundary=boundary)
        self._groups = Groups()
        self._looked = Looked()
        self._spool = spool
        self._together = Together(request.held, boundary)
        self._samples: dict[str, list[str]] = {column: [] for column in recognition.columns}
        self._laddered: Counter[str] = Counter()
        self._late: set[int] = set()
        self.rows = 0
        self._skipped = 0
        self._lost: list[str] = []

    def take(self, chunk: Chunk) -> None:
        """Clean some rows and put them aside."""
        originals = {column: safe(values) for column, values in chunk.columns.items()}
        cells = {column: tidy(values) for column, values in originals.items()}
        keep = np.flatnonzero(_any_filled(cells, len(chunk.lines)))
        self._skipped += len(chunk.lines) - len(keep)
        lines = chunk.lines[keep]
        broken = self._broken(chunk, lines)
        if not len(keep):
            return
        cells = {column: values[keep] for column, values in cells.items()}
        raw = {field: cells[names[-1]] for field, names in self._columns.items()}
        fields = self._cleaner.clean(raw)
        entries = np.arange(self.rows + 1, self.rows + 1 + len(keep), dtype=np.int64)
        self.rows += len(keep)
        marks = [*broken, *fields.marks, *self._hidden(cells)]
        marks.extend(self._together.add(entries, lines, fields))
        findings: list[list[Finding]] = [[] for _ in keep]
        self._groups.take(marks, findings)
        self._together.draw(entries, fields, findings, self._groups)
        self._note(cells, raw, fields)
        unchanged = [originals[column][keep] for column in self._recognition.columns]
        self._put_aside(entries, lines, unchanged, fields, findings)

    def compare(self) -> None:
        """What is known of rows once all were looked at."""
        self._together.finish(self._groups)
        for field in self._missing:
            self._groups.count("missing column", field, 1, 0)

    def blocks(self) -> Iterator[Rows]:
        """All rows, with what was found of them."""
        numbers = {group.number: group.ladder for group in self._group_list()}
        names = [field.field for field in self._fields]
        place = next((names.index(name) for name in REFERENCES if name in names), None)
        drawn = self._together.without_trouble()
        for block in self._spool.blocks():
            rows = self._together.complete(block, self._groups, place)
            for row in rows:
                if row[4]:
                    ladders = {numbers[finding[0]] for finding in row[4]}
                    self._laddered.update(ladders)
                    if row[0] in drawn and ladders != {"changed"}:
                        self._late.add(row[0])
            yield rows

    def result(self) -> Result:
        """The result as a whole, once all rows were given out."""
        groups = self._group_list()
        self._together.count_looked(self._looked)
        return Result(
            verdict=_verdict(groups, self.rows),
            rows=self.rows,
            must_rows=self._laddered["must"],
            should_rows=self._laddered["should"],
            changed_rows=self._laddered["changed"],
            recognised=recognised(self._recognition, self.rows, self._lost),
            columns=self._column_list(),
            fields=self._fields,
            groups=tuple(map(self._advised, groups)),
            passed=passed(self._groups, self._looked, self._dataset, self.rows),
            comparison=self._together.comparison(),
            has_shapes=any(self._looked.shapes.values()),
            rows_skipped=self._skipped,
            shapes=self._together.features(self._late),
            boundary=self._together.boundary(),
        )

    def _group_list(self) -> tuple[Group, ...]:
        return self._groups.groups({**self._looked.filled, PAIR: self.rows}, self.rows)

    def _advised(self, group: Group) -> Group:
        """A group, with advice where one of several columns is enough."""
        spec = self._dataset.fields.get(group.field)
        if group.rule != "missing column" or spec is None or not spec.one_of:
            return group
        choice = " and ".join(spec.one_of)
        return replace(group, advice=f"{group.advice} Of {choice} one is enough.")

    def _hidden(self, cells: dict[str, Texts]) -> Iterator[Mark]:
        """Cells that another column hides."""
        yield from overruled(cells, self._columns, "two columns for one field")
        hidden = {
            field: (column, *self._columns[field])
            for column, field in dropped(self._matches, self._dataset).items()
        }
        yield from overruled(cells, hidden, "column dropped")

    def _broken(self, chunk: Chunk, lines: Numbers) -> list[Mark]:
        """Rows that could be read in part; those that could not be read at all are only counted,
        and the first of them named."""
        sentences = dict(chunk.broken)
        rows = np.flatnonzero(np.isin(lines, list(sentences))) if sentences else lines[:0]
        lost = sentences.keys() - set(lines[rows].tolist())
        if lost:
            self._groups.count("broken row", "", len(lost), 0)
            for line in sorted(lost)[: MOST_BROKEN - len(self._lost)]:
                self._lost.append(f"Row {line}: {sentences[line]}")
        if not len(rows):
            return []
        messages = texts_of([sentences[line] for line in lines[rows].tolist()])
        return [Mark("broken row", "", rows, None, messages)]

    def _note(self, cells: dict[str, Texts], raw: dict[str, Texts], fields: Fields) -> None:
        """Count what there was to look at, and keep first values as examples."""
        for field, values in raw.items():
            self._looked.add(self._looked.filled, field, int((values != "").sum()))
        for field, shapes in fields.shapes.items():
            self._looked.add(self._looked.shapes, field, int((~shapely.is_missing(shapes)).sum()))
        for column, sample in self._samples.items():
            if len(sample) < SAMPLE:
                values = cells[column][: 10 * SAMPLE].tolist()
                sample.extend([value[:SAMPLE] for value in values if value][: SAMPLE - len(sample)])

    def _put_aside(
        self,
        entries: Numbers,
        lines: Numbers,
        originals: list[Texts],
        fields: Fields,
        findings: list[list[Finding]],
    ) -> None:
        blank = [""] * len(entries)
        values = [
            fields.values[field.field].tolist() if field.field in fields.values else blank
            for field in self._fields
        ]
        cells_of = zip(*(column.tolist() for column in originals), strict=True)
        values_of = zip(*values, strict=True) if values else iter([()] * len(entries))
        rows: Rows = list(
            zip(
                entries.tolist(),
                lines.tolist(),
                cells_of,
                values_of,
                map(tuple, findings),
                strict=True,
            )
        )
        for first in range(0, len(rows), ROWS_A_BLOCK):
            self._spool.add(rows[first : first + ROWS_A_BLOCK])

    def _column_list(self) -> tuple[Column, ...]:
        """The file's columns in their order, with what those that are not used may be."""
        by_column = {match.column: match for match in self._matches}
        unused = {
            column: self._samples[column]
            for column, match in by_column.items()
            if match.how == "unused"
        }
        free = [
            spec
            for spec in self._dataset.fields.values()
            if spec.field not in self._columns and (spec.is_published or spec.column_required)
        ]
        suggestions = suggest(unused, free, self._dataset.aliases)
        return tuple(
            Column(
                column=column,
                field=by_column[column].field,
                how=by_column[column].how,
                suggestions=suggestions.get(column, ()),
                examples=tuple(dict.fromkeys(self._samples[column]))[:EXAMPLES],
            )
            for column in self._recognition.columns
        )


def _any_filled(cells: dict[str, Texts], size: int) -> Any:
    is_filled = np.zeros(size, dtype=bool)
    for values in cells.values():
        is_filled |= values != ""
    return is_filled


def _fields(
    columns: Mapping[str, tuple[str, ...]], dataset: Dataset, missing: tuple[str, ...]
) -> tuple[Field, ...]:
    """Fields of the corrected file: those that have a column, in the specification's order, then
    those that a file could have."""
    names = [name for name in dataset.fields if name in columns]
    others = [
        spec.field
        for spec in dataset.fields.values()
        if spec.field not in columns and (spec.is_published or spec.field in missing)
    ]
    extra = [name for name in columns if name not in dataset.fields]
    required = {spec.field for spec in dataset.fields.values() if spec.column_required}
    return tuple(
        Field(name, name in required or name in missing, name not in columns)
        for name in (*names, *extra, *others)
    )


def _verdict(groups: tuple[Group, ...], rows: int) -> Verdict:
    ladders = {group.ladder for group in groups}
    if not rows and not any(group.rule == "broken row" for group in groups):
        return "empty"
    if "must" in ladders:
        return "not-ready"
    return "improve" if "should" in ladders else "ready"
