"""Reader of the weekly Open Digital Planning (ODP) reports: one snapshot a date.

A folder holds ``odp-status_DATE.csv`` and, when there are any, ``odp-issue_DATE.csv`` and
``odp-conformance_DATE.csv``. The date in the name is the date the report speaks of. The rules below
are those of the report format:

* a status row is one organisation and dataset (column ``pipeline``). The words "No endpoint added"
  in its endpoint, not an empty cell, say that nothing is provided. Some reports have such a row for
  every gap, some only for organisations that provide nothing: the number of rows means nothing, and
  obligations are always all organisations of the file x the programme's datasets;
* numbers may be written as floats (``75.0``);
* ``days_since_200`` counts back from the newest attempt; resource and its date are blank when that
  attempt failed;
* the issue report also lists retired endpoints (no endpoint, or an end date) and second endpoints,
  has a row with a blank severity where there is no issue, and repeats the rows of an endpoint that
  serves two datasets. It leaves out the field, so two fields with equal counts look like such a
  repetition: counts are a slight undercount.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path

from performance_store.readers.csv_files import (
    CsvFile,
    Refusal,
    fingerprint,
    iso_date,
    plain_organisation,
)
from performance_store.readers.odp_counts import (
    cell_of,
    field_counts,
    issue_counts,
    lines_without_count,
)
from performance_store.readers.odp_files import (
    COLUMNS,
    CellKey,
    Provided,
    provided_rows,
    report_paths,
)
from performance_store.readers.programme import COHORT_ALIASES, DATASETS, PROJECT, REASON
from performance_store.readers.stream import (
    Cohort,
    CohortAlias,
    Dataset,
    Endpoint,
    FieldCount,
    InputError,
    IssueCount,
    IssueType,
    Observation,
    Organisation,
    Provision,
    Resource,
    Row,
    Source,
)

VERSION = "odp-reports 1"
"""Part of the fingerprint: change it when the same files would give other rows."""

_KNOWLEDGE = {"issue": "issues", "conformance": "fields"}


class OdpReports:
    """Reads a folder of weekly reports. Raises :class:`InputError` when it is not one."""

    kind = "odp-reports"
    scope = "programme"

    def __init__(self, path: Path | str, *, today: date | None = None) -> None:
        folder = Path(path)
        self.input_name = folder.resolve().name
        paths = report_paths(folder, today or date.today())
        self.as_at: tuple[date, ...] = tuple(sorted(paths))
        self._files = {
            (day, report): CsvFile(paths[day][report], *COLUMNS[report])
            for day in self.as_at
            for report in COLUMNS
            if report in paths[day]
        }
        for day in self.as_at:
            _refuse_empty(self._files[day, "status"])
        self.unknown: dict[date, frozenset[str]] = {}
        """Dates whose snapshot does not know the 'issues' or the 'fields'."""
        missing = []
        for day in self.as_at:
            absent = [report for report in _KNOWLEDGE if report not in paths[day]]
            missing += [f"odp-{report}_{day.isoformat()}.csv" for report in absent]
            if absent:
                self.unknown[day] = frozenset(_KNOWLEDGE[report] for report in absent)
        self.missing: tuple[str, ...] = tuple(missing)
        self._rows = self._row_makers()
        self.provides: tuple[type, ...] = tuple(self._rows)
        self.fingerprint = fingerprint(VERSION, (file.path for file in self._files.values()))

    def rows(self, record: type, *, only: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of one record type; none of a type that the reports do not have."""
        maker = self._rows.get(record)
        return maker() if maker else iter(())

    def refusals(self) -> Iterator[Refusal]:
        """Yield what could not be used as it is."""
        for (_, report), file in self._files.items():
            yield from file.refusals()
            if report == "issue":
                for line, words, row in lines_without_count(file):
                    yield file.name, line, words, row

    def _row_makers(self) -> dict[type, Callable[[], Iterator[Row]]]:
        makers: dict[type, Callable[[], Iterator[Row]]] = {
            Organisation: self._organisations,
            Dataset: lambda: iter(DATASETS),
            Cohort: self._cohorts,
            CohortAlias: lambda: iter(COHORT_ALIASES),
            Provision: self._provisions,
            Endpoint: self._endpoints,
            Source: self._sources,
            Resource: self._resources,
            Observation: self._observations,
        }
        reports = {report for _, report in self._files}
        if "issue" in reports:
            makers |= {IssueType: self._issue_types, IssueCount: self._issue_counts}
        if "conformance" in reports:
            makers[FieldCount] = self._field_counts
        return makers

    # -- registers: the last word of all dates -------------------------------------------------

    def _organisations(self) -> Iterator[Row]:
        names: dict[str, tuple[str, str]] = {}
        for day in self.as_at:
            for _, row in self._files[day, "status"].rows():
                organisation = row["organisation"]
                key = plain_organisation(organisation)
                name = row["name"] or names.get(key, ("", ""))[1]
                names[key] = (organisation, name)
        for organisation, name in names.values():
            yield Organisation(organisation, name or None)

    def _cohorts(self) -> Iterator[Row]:
        starts: dict[str, str] = {}
        for day in self.as_at:
            for _, row in self._files[day, "status"].rows():
                if row["cohort"]:
                    # Rows of gaps leave the date out.
                    start = row["cohort_start_date"] or starts.get(row["cohort"], "")
                    starts[row["cohort"]] = start
        for cohort, start in starts.items():
            yield Cohort(cohort, cohort, PROJECT, None, None, start or None, None)

    def _endpoints(self) -> Iterator[Row]:
        endpoints: dict[str, Endpoint] = {}
        for provided in self._all_provided():
            row = provided.row
            endpoints[row["endpoint"]] = Endpoint(
                row["endpoint"],
                row["endpoint_url"] or None,
                None,
                row["endpoint_entry_date"] or None,
                row["endpoint_end_date"] or None,
            )
        yield from endpoints.values()

    def _sources(self) -> Iterator[Row]:
        sources: dict[str, Source] = {}
        for provided in self._all_provided():
            row = provided.row
            sources[provided.source] = Source(
                provided.source,
                row["organisation"],
                row["endpoint"],
                row["collection"] or None,
                row["licence"] or None,
                None,
                None,
                None,
            )
        yield from sources.values()

    def _resources(self) -> Iterator[Row]:
        """The day a resource was first seen is the earliest that any row gives."""
        resources: dict[str, Resource] = {}
        for provided in self._all_provided():
            row = provided.row
            if not row["resource"]:
                continue
            earlier = resources.get(row["resource"])
            starts = [earlier.start_date if earlier else None, row["resource_start_date"]]
            resources[row["resource"]] = Resource(
                row["resource"],
                min((start for start in starts if start), default=None),
                row["resource_end_date"] or None,
                None,
                None,
            )
        yield from resources.values()

    def _issue_types(self) -> Iterator[Row]:
        types: dict[str, IssueType] = {}
        for (_, report), file in self._files.items():
            if report != "issue":
                continue
            for _, row in file.rows():
                issue_type = row["issue_type"]
                if not issue_type or not row["severity"]:
                    continue
                types[issue_type] = IssueType(
                    issue_type,
                    issue_type[0].upper() + issue_type[1:],
                    None,
                    row["severity"],
                    row["responsibility"] or None,
                    None,
                    None,
                    None,
                )
        yield from types.values()

    # -- facts of one date ---------------------------------------------------------------------

    def _provisions(self) -> Iterator[Row]:
        """Every organisation of a date owes every dataset, in each cohort that it is listed in."""
        for day in self.as_at:
            members: dict[str, str] = {}
            cohorts: dict[str, dict[str, None]] = defaultdict(dict)
            for _, row in self._files[day, "status"].rows():
                key = plain_organisation(row["organisation"])
                members.setdefault(key, row["organisation"])
                if row["cohort"]:
                    cohorts[key][row["cohort"]] = None
            for key, organisation in members.items():
                for cohort in cohorts.get(key) or {"": None}:
                    for dataset in DATASETS:
                        yield _provision(day, organisation, dataset.dataset, cohort)

    def _observations(self) -> Iterator[Row]:
        for day in self.as_at:
            for provided in self._provided(day):
                row = provided.row
                succeeded = row["status"].startswith("2") and row["resource"] != ""
                yield Observation(
                    day.isoformat(),
                    row["organisation"],
                    row["pipeline"],
                    row["endpoint"],
                    provided.source,
                    row["status"] or None,
                    row["exception"] or None,
                    row["latest_log_entry_date"] or None,
                    provided.last_success.isoformat() if provided.last_success else None,
                    row["resource"] or None,
                    row["resource_start_date"] or None,
                    "1" if succeeded else "0",
                    None,
                )

    def _issue_counts(self) -> Iterator[Row]:
        for day in self.as_at:
            file = self._files.get((day, "issue"))
            if file is None:
                continue
            current = {
                cell_of(provided.row): provided
                for provided in self._provided(day)
                if provided.row["resource"]
            }
            yield from issue_counts(day, file, current)

    def _field_counts(self) -> Iterator[Row]:
        for day in self.as_at:
            file = self._files.get((day, "conformance"))
            if file is None:
                continue
            primary: dict[CellKey, Provided] = {}
            for provided in self._provided(day):
                if provided.cell not in primary or _rank(provided) > _rank(primary[provided.cell]):
                    primary[provided.cell] = provided
            yield from field_counts(day, file, primary)

    # -- status rows ---------------------------------------------------------------------------

    def _provided(self, day: date) -> Iterator[Provided]:
        return provided_rows(day, self._files[day, "status"])

    def _all_provided(self) -> Iterator[Provided]:
        for day in self.as_at:
            yield from self._provided(day)


def _refuse_empty(file: CsvFile) -> None:
    """No organisation at all is a file cut short, not a programme without members."""
    if next(file.rows(), None) is None:
        raise InputError(f"{file.name}: has no rows. Export the file again")


def _provision(day: date, organisation: str, dataset: str, cohort: str) -> Provision:
    return Provision(
        as_at=day.isoformat(),
        organisation=organisation,
        dataset=dataset,
        provision_reason=REASON,
        project=PROJECT,
        cohort=cohort or None,
        role=None,
        specification=None,
        entry_date=None,
        start_date=None,
        end_date=None,
    )


def _rank(provided: Provided) -> tuple[str, str]:
    """The primary of several endpoints is the newest one, then the one that answered last."""
    entry = iso_date(provided.row["endpoint_entry_date"])
    return str(entry or ""), str(provided.last_success or "")
