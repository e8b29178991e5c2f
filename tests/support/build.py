"""Platform files written row by row, and a store to load them into.

A test names only what matters to it: everything else is one authority (``AAA``) that owes one
dataset (``tree``), as at :data:`TODAY`.
"""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from performance_store.loading import LoadResult, load
from performance_store.operations import exports
from performance_store.queries import cell, organisations, snapshots
from performance_store.readers.platform import FILE_NAME, Platform
from performance_store.readers.stream import Reader
from performance_store.rows import DatasetStatus, OrganisationCounts, Snapshot

AAA = "local-authority:AAA"
BBB = "local-authority:BBB"
TODAY = date(2025, 5, 21)

REQUIRED = {
    "organisation": "organisation name entity region statistical_geography start_date end_date "
    "organisations",
    "source": "source organisation endpoint collection licence documentation_url entry_date "
    "end_date",
    "source_pipeline": "source pipeline",
    "endpoint": "endpoint endpoint_url entry_date end_date",
    "log": "endpoint entry_date status exception resource",
    "resource": "resource start_date end_date",
    "issue": "dataset resource issue_type field line_number entry_number entity value message",
    "issue_type": "issue_type name description severity responsibility",
    "provision": "organisation dataset provision_reason project cohort entry_date start_date "
    "end_date",
    "column_field": "dataset resource column field",
}
OPTIONAL = {
    "role_organisation": "organisation role start_date end_date",
    "dataset": "dataset name collection typology end_date",
    "dataset_field": "dataset field",
    "cohort": "cohort name project start_date end_date",
    "resource_endpoint": "resource endpoint",
    "dataset_resource": "dataset resource entry_count",
    "expectation": "dataset organisation name operation passed severity responsibility details",
}
"""Columns by table: of the platform's, those that mean something to us."""

ISSUE_TYPES = {
    "missing value": ("error", "external"),
    "bad file": ("critical", "external"),
    "broken by us": ("error", "internal"),
    "OSGB": ("warning", "external"),
    "default value": ("notice", "internal"),
    "whitespace": ("info", "external"),
}
"""Severity and responsibility of the issue types that a built file lists."""


def days_ago(days: int, of: date = TODAY) -> str:
    return (of - timedelta(days=days)).isoformat()


class PlatformFile:
    """The rows of a ``digital-land.sqlite3`` to be. Blanks are '' unless a row says otherwise."""

    def __init__(self, folder: Path, *, as_at: date = TODAY) -> None:
        self.folder = folder
        self.as_at = as_at
        self.rows: dict[str, list[dict[str, Any]]] = {table: [] for table in REQUIRED}
        self.organisation(AAA)
        for issue_type, (severity, responsibility) in ISSUE_TYPES.items():
            self.add(
                "issue_type",
                issue_type=issue_type,
                severity=severity,
                responsibility=responsibility,
            )

    def add(self, table: str, **columns: Any) -> PlatformFile:
        """Add one row to a table. What returns the file itself can be chained."""
        self.rows.setdefault(table, []).append(columns)
        return self

    def _has(self, table: str, key: str) -> bool:
        return any(row[table] == key for row in self.rows.get(table, ()))

    def organisation(self, organisation: str, *, lpa: bool = True, **columns: Any) -> PlatformFile:
        """A body; a local planning authority unless told."""
        if not self._has("organisation", organisation):
            name = organisation.partition(":")[2].title()
            self.add("organisation", **{"organisation": organisation, "name": name, **columns})
            if lpa:
                self.add(
                    "role_organisation",
                    organisation=organisation,
                    role="local-planning-authority",
                )
        return self

    def provision(
        self,
        dataset: str = "tree",
        organisation: str = AAA,
        *,
        reason: str | None = "statutory",
        **columns: Any,
    ) -> PlatformFile:
        return self.add(
            "provision",
            organisation=organisation,
            dataset=dataset,
            provision_reason=reason,
            **columns,
        )

    def endpoint(
        self,
        endpoint: str = "e1",
        dataset: str = "tree",
        organisation: str = AAA,
        *,
        collection: str = "tree-preservation-order",
        entry_date: str | None = "2024-01-01",
        end_date: str | None = "",
        **source: Any,
    ) -> PlatformFile:
        """An endpoint and the source that ties it to an organisation and a dataset."""
        if not self._has("endpoint", endpoint):
            self.add(
                "endpoint",
                endpoint=endpoint,
                endpoint_url=f"https://data.example/{endpoint}",
                entry_date=entry_date,
                end_date=end_date,
            )
        key = f"{collection}|{organisation}|{endpoint}"
        if not self._has("source", key):
            columns = {"source": key, "organisation": organisation, "endpoint": endpoint}
            self.add("source", **columns, collection=collection, **source)
        return self.add("source_pipeline", source=key, pipeline=dataset)

    def answer(
        self,
        endpoint: str = "e1",
        when: str | None = None,
        *,
        status: str | None = "200",
        resource: str | None = "r1",
        exception: str | None = "",
    ) -> PlatformFile:
        """One attempt to collect an endpoint; a success unless told."""
        if resource and not self._has("resource", resource):
            self.resource(resource)
        return self.add(
            "log",
            endpoint=endpoint,
            entry_date=when or self.as_at.isoformat(),
            status=status,
            exception=exception,
            resource=resource,
        )

    def failure(
        self,
        endpoint: str = "e1",
        when: str | None = None,
        *,
        status: str | None = "404",
        exception: str | None = "",
    ) -> PlatformFile:
        return self.answer(endpoint, when, status=status, resource="", exception=exception)

    def resource(
        self, resource: str = "r1", *, start_date: str | None = "2025-01-01", **columns: Any
    ) -> PlatformFile:
        return self.add("resource", resource=resource, start_date=start_date, **columns)

    def issues(
        self,
        rows: int = 1,
        issue_type: str = "missing value",
        *,
        dataset: str = "tree",
        resource: str = "r1",
        field: str = "name",
        **columns: Any,
    ) -> PlatformFile:
        for number in range(rows):
            self.add(
                "issue",
                **{
                    "dataset": dataset,
                    "resource": resource,
                    "issue_type": issue_type,
                    "field": field,
                    "entry_number": number,
                    **columns,
                },
            )
        return self

    def write(self, *, without: str = "") -> Path:
        """Write the file. An attempt at an endpoint of nobody's dates the snapshot.

        ``without`` leaves out a table, or one column of it (``log.status``).
        """
        if not any(str(row["entry_date"])[:10] >= str(self.as_at) for row in self.rows["log"]):
            self.add("endpoint", endpoint="clock", endpoint_url="https://data.example/clock")
            self.failure("clock")
        path = self.folder / FILE_NAME
        self.folder.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        no_table, _, no_column = without.partition(".")
        with closing(sqlite3.connect(path)) as connection, connection:
            for table, names in (REQUIRED | OPTIONAL).items():
                if table not in self.rows or (table == no_table and not no_column):
                    continue
                columns = [name for name in names.split() if f"{table}.{name}" != without]
                columns_sql = ", ".join(f'"{name}"' for name in columns)
                connection.execute(f'CREATE TABLE "{table}" ({columns_sql})')
                connection.executemany(
                    f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(columns))})',
                    ([row.get(name, "") for name in columns] for row in self.rows[table]),
                )
        return path


class Store:
    """A migrated database to load files into, and what a test asks of it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def load(self, source: PlatformFile | Path | Reader, **options: Any) -> LoadResult:
        """Load a built file, a platform file by its path, or whatever a reader reads."""
        if isinstance(source, PlatformFile):
            source = source.write()
        reader = Platform(source, **options) if isinstance(source, Path) else source
        return load(self.engine, reader)

    def sql(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def value(self, statement: str, **parameters: Any) -> Any:
        (row,) = self.sql(statement, **parameters)
        (value,) = row
        return value

    def now(self) -> Snapshot:
        with self.engine.connect() as connection:
            (snapshot,) = snapshots.current(connection)
        return snapshot

    def snapshot(self, as_at: str, kind: str = "platform") -> Snapshot:
        with self.engine.connect() as connection:
            day = date.fromisoformat(as_at)
            (snapshot,) = snapshots.on(connection, as_at=day, kind=kind)
        return snapshot

    def cell(
        self, dataset: str = "tree", organisation: str = AAA, *, as_at: str | None = None
    ) -> DatasetStatus:
        """What the store says of one organisation's dataset, now unless told."""
        snapshot = self.snapshot(as_at) if as_at else self.now()
        with self.engine.connect() as connection:
            (row,) = cell.status(
                connection,
                organisation=organisation,
                dataset=dataset,
                snapshot_id=snapshot.snapshot_id,
            )
        return row

    def datasets(self, organisation: str = AAA) -> set[str]:
        """Datasets that the organisation owes or supplies now."""
        with self.engine.connect() as connection:
            rows = organisations.datasets(
                connection, organisation=organisation, snapshot_id=self.now().snapshot_id
            )
        return {row.dataset for row in rows}

    def counts(self, organisation: str = AAA) -> OrganisationCounts:
        with self.engine.connect() as connection:
            rows = organisations.with_counts(connection, snapshot_id=self.now().snapshot_id)
        (row,) = [row for row in rows if row.organisation == organisation]
        return row

    def coverage(self, denominator: str, dimension: str = "all", value: str = "") -> Any:
        """expected and endpoint of the present snapshot: (N, n); None where there is no row."""
        rows = self.sql(
            "SELECT expected, endpoint FROM coverage WHERE snapshot_id = :id "
            "AND denominator = :denominator AND dimension = :dimension AND value = :value",
            id=self.now().snapshot_id,
            denominator=denominator,
            dimension=dimension,
            value=value,
        )
        return rows[0] if rows else None

    def table(self, table: str, *, snapshot_id: int | None = None) -> list[dict[str, Any]]:
        """The rows of an export, now unless told."""
        file = io.StringIO()
        with self.engine.connect() as connection:
            exports.export(
                connection,
                table=table,
                snapshot_id=snapshot_id or self.now().snapshot_id,
                form="json",
                file=file,
            )
        rows: list[dict[str, Any]] = json.loads(file.getvalue())
        return rows
