"""Reader of the registers as CSV files: who is an authority, who owes what, who provided what when.

The folder holds CSV files of the platform's specification (dataset, provision, roles ...) and the
source and endpoint files of its configuration, each concatenated over all collections. These say
from when until when an endpoint was collected, so what was provided can be told of any past date;
whether it worked cannot.

Rules that follow how the platform reads these files:

* an endpoint's key may occur several times: the last row is taken;
* a source's key is worked out anew from collection, organisation and endpoint, because some of the
  given keys are wrong. Rows of one source may name different pipelines: all of them hold. For the
  other columns the last row is taken;
* ``pipelines`` is a list parted by semicolons.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from performance_store.readers.boundaries import check_boundaries, read_boundaries
from performance_store.readers.csv_files import (
    CsvFile,
    Edition,
    Refusal,
    check_folder,
    fingerprint,
    iso_date,
    source_key,
)
from performance_store.readers.stream import (
    Boundary,
    Cohort,
    Dataset,
    DatasetField,
    Endpoint,
    InputError,
    IssueType,
    Organisation,
    Provision,
    ProvisionReason,
    RoleOrganisation,
    Row,
    Source,
    SourcePipeline,
)

VERSION = "registers 1"
"""Part of the fingerprint: change it when the same files would give other rows."""

FIRST_MONTH = date(2018, 1, 1)

_SPREADSHEET_EPOCH = date(1899, 12, 30)
_SPREADSHEET_YEARS = range(1974, 2007)
_REORGANISED = (1974, 1995, 1996, 1997, 1998)


class _File(NamedTuple):
    """A register file: its name without ``.csv``, what it becomes and the columns it must have."""

    name: str
    record: type[Any]
    columns: tuple[str, ...]
    required: bool = False


_ENDPOINT = _File("endpoint", Endpoint, ("endpoint", "entry_date", "end_date"), True)
_SOURCE = _File("source", Source, ("organisation", "endpoint", "pipelines", "entry_date"), True)
_PROVISION = _File("provision", Provision, ("organisation", "dataset", "provision_reason"), True)
_DATASET_FIELD = _File("dataset-field", DatasetField, ("dataset", "field"))
_ROLE_ORGANISATION = _File("role-organisation", RoleOrganisation, ("organisation", "role"))
_FILES = (
    _PROVISION,
    _SOURCE,
    _ENDPOINT,
    _File("dataset", Dataset, ("dataset", "name")),
    _DATASET_FIELD,
    _File("provision-reason", ProvisionReason, ("provision_reason",)),
    _ROLE_ORGANISATION,
    _File("cohort", Cohort, ("cohort",)),
    _File("issue-type", IssueType, ("issue_type", "severity", "responsibility")),
)


class Registers:
    """Reads a folder of register files and the list of planning authorities.

    ``organisations`` is a CSV with one row a local planning authority, ended ones included;
    ``boundaries`` a GeoJSON feature collection with one feature an organisation. A date later than
    ``today`` is never taken for the newest one: it is a slip of the pen.
    """

    kind = "registers"
    scope = "national"

    def __init__(
        self,
        path: Path | str,
        organisations: Path | str,
        boundaries: Path | str | None = None,
        *,
        today: date | None = None,
    ) -> None:
        folder = Path(path)
        self.input_name = folder.resolve().name
        paths = _register_paths(folder)
        self._files = {
            file: CsvFile(paths[file.name], file.columns, _optional_columns(file))
            for file in _FILES
            if file.name in paths
        }
        self._organisation_file = CsvFile(
            Path(organisations), ("organisation", "name"), Organisation._fields
        )
        self._boundary_path = None if boundaries is None else Path(boundaries)
        missing = [f"{file.name}.csv" for file in _FILES if file not in self._files]
        if self._boundary_path is None:
            missing.append("boundaries")
        else:
            check_boundaries(self._boundary_path)
        self.missing: tuple[str, ...] = tuple(missing)
        self._newest = self._newest_entry(today or date.today())
        self.as_at: tuple[date, ...] = _months_until(self._newest)
        self._rows = self._row_makers()
        self.provides: tuple[type, ...] = tuple(self._rows)
        read = [file.path for file in (*self._files.values(), self._organisation_file)]
        read += [self._boundary_path] if self._boundary_path else []
        self.fingerprint = fingerprint(VERSION, read)

    def rows(self, record: type, *, only: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of one record type; none of a type that the registers do not have."""
        maker = self._rows.get(record)
        return maker() if maker else iter(())

    def refusals(self) -> Iterator[Refusal]:
        """Yield what could not be used as it is."""
        for file in (*self._files.values(), self._organisation_file):
            yield from file.refusals()

    def _row_makers(self) -> dict[type, Callable[[], Iterator[Row]]]:
        special: dict[_File, Callable[[], Iterator[Row]]] = {
            _PROVISION: self._provisions,
            _SOURCE: self._sources,
            _ENDPOINT: self._endpoints,
            _DATASET_FIELD: self._dataset_fields,
            _ROLE_ORGANISATION: self._role_organisations,
        }
        makers: dict[type, Callable[[], Iterator[Row]]] = {Organisation: self._organisations}
        for file in self._files:
            makers[file.record] = special.get(file) or _plain_rows(file.record, self._files[file])
        makers[SourcePipeline] = self._source_pipelines
        if self._boundary_path is not None:
            makers[Boundary] = partial(
                _boundaries, self._boundary_path, Edition(self._boundary_path)
            )
        return makers

    def _newest_entry(self, today: date) -> date:
        newest = None
        for file in (_SOURCE, _ENDPOINT):
            for _, row in self._files[file].rows():
                day = iso_date(row["entry_date"])
                if day is not None and day <= today and (newest is None or day > newest):
                    newest = day
        if newest is None:
            raise InputError(
                "source.csv and endpoint.csv: no entry-date up to today is readable. "
                "Give the files with their dates, as in 2025-01-22"
            )
        return newest

    # -- rows ----------------------------------------------------------------------------------

    def _organisations(self) -> Iterator[Row]:
        for _, row in self._organisation_file.rows():
            dates = _repaired(row, "start_date", "end_date")
            yield _record(Organisation, row | dates | {"lpa": "1"})

    def _provisions(self) -> Iterator[Row]:
        for _, row in self._files[_PROVISION].rows():
            dates = _repaired(row, "entry_date", "start_date", "end_date")
            yield _record(Provision, row | dates | {"as_at": ""})

    def _role_organisations(self) -> Iterator[Row]:
        for _, row in self._files[_ROLE_ORGANISATION].rows():
            yield _record(RoleOrganisation, row | _repaired(row, "start_date", "end_date"))

    def _dataset_fields(self) -> Iterator[Row]:
        """Fields that the specification still has, once each: the record has no dates."""
        fields: dict[Row, None] = {}
        for _, row in self._files[_DATASET_FIELD].rows():
            end = iso_date(row["end_date"])
            if end is None or end > self._newest:
                fields[_record(DatasetField, row)] = None
        yield from fields

    def _endpoints(self) -> Iterator[Row]:
        """The last row of a key counts, as on the platform; but an endpoint that was entered twice
        was there from its first entry, and history must say so."""
        last: dict[str, dict[str, str]] = {}
        for _, row in self._files[_ENDPOINT].rows():
            before = last.get(row["endpoint"])
            dates = [r["entry_date"] for r in (before, row) if r and iso_date(r["entry_date"])]
            last[row["endpoint"]] = row | {"entry_date": min(dates, default=row["entry_date"])}
        for row in last.values():
            yield _record(Endpoint, row)

    def _sources(self) -> Iterator[Row]:
        last = {_key(row): row for _, row in self._files[_SOURCE].rows()}
        for key, row in last.items():
            yield _record(Source, row | {"source": key})

    def _source_pipelines(self) -> Iterator[Row]:
        seen: set[tuple[str, str]] = set()
        for _, row in self._files[_SOURCE].rows():
            key = _key(row)
            for pipeline in row["pipelines"].split(";"):
                pair = (key, pipeline.strip())
                if pair[1] and pair not in seen:
                    seen.add(pair)
                    yield SourcePipeline(*pair)


def _register_paths(folder: Path) -> dict[str, Path]:
    """The register files of a folder by name. Names may have underscores for hyphens."""
    present = {entry.name.lower().replace("_", "-"): entry for entry in check_folder(folder)}
    paths = {
        file.name: present[f"{file.name}.csv"] for file in _FILES if f"{file.name}.csv" in present
    }
    for file in _FILES:
        if file.required and file.name not in paths:
            raise InputError(
                f"{file.name}.csv: is missing in the folder {folder.name}. "
                "Give the folder that holds provision.csv, source.csv and endpoint.csv"
            )
    return paths


def _boundaries(path: Path, edition: Edition) -> Iterator[Row]:
    yield from read_boundaries(path)
    edition.check()


def _optional_columns(file: _File) -> tuple[str, ...]:
    extra = ("end_date",) if file is _DATASET_FIELD else ()
    return (*file.record._fields, *extra)


def _plain_rows(record: type[Any], file: CsvFile) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        for _, row in file.rows():
            yield _record(record, row)

    return rows


def _record(record: type[Any], row: dict[str, str]) -> Row:
    """The columns of a row that a record has, in its order; None for blank ones."""
    values: Row = record(*(row.get(field) or None for field in record._fields))
    return values


def _key(row: dict[str, str]) -> str:
    return source_key(row["collection"], row["organisation"], row["endpoint"])


def _repaired(row: dict[str, str], *columns: str) -> dict[str, str]:
    return {column: repaired_date(row[column]) for column in columns}


def repaired_date(text: str) -> str:
    """Undo what a spreadsheet did to a year.

    The registers have start dates from 1905-05-27 to 1905-06-28: the years 1974 to 2006, taken for
    day numbers. The years of a reorganisation of local government become the day on which it took
    effect, 1 April; of the others only the year is known, so they become blank ("always"). Every
    other text is returned as it is.
    """
    day = iso_date(text)
    if day is None:
        return text
    year = (day - _SPREADSHEET_EPOCH).days
    if year not in _SPREADSHEET_YEARS:
        return text
    return f"{year}-04-01" if year in _REORGANISED else ""


def _months_until(newest: date) -> tuple[date, ...]:
    """The first of each month up to a day, and the day itself."""
    months = []
    day = FIRST_MONTH
    while day < newest:
        months.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (*months, newest)
