"""The platform's ``digital-land.sqlite3``, opened read-only, as the typed stream.

Column and table names are those of the platform's loader: hyphens became underscores, blanks are
``''``. Which tables are required is a ruling of the design: without them status cannot be told.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from performance_store.readers import stream
from performance_store.readers.stream import InputError, Row

FILE_NAME = "digital-land.sqlite3"
VERSION = "1"

# Table, then the column of each field of the record type. A column after '?' may be absent and is
# then null, as NULL is; any other must be there.
_TABLES: dict[type, tuple[str, tuple[str, ...]]] = {
    stream.Organisation: (
        "organisation",
        (
            *("organisation", "name", "?entity", "?region", "?local_authority_type"),
            *("?statistical_geography", "?start_date", "?end_date", "NULL", "NULL", "NULL"),
            *("NULL", "?organisations", "NULL"),
        ),
    ),
    stream.Role: ("role", ("role", "?name", "?description")),
    stream.RoleOrganisation: (
        "role_organisation",
        ("organisation", "role", "?start_date", "?end_date"),
    ),
    stream.Dataset: (
        "dataset",
        (
            *("dataset", "?name", "?plural", "?description", "?collection", "?typology"),
            "?end_date",
        ),
    ),
    stream.DatasetField: ("dataset_field", ("dataset", "field")),
    stream.ProvisionReason: (
        "provision_reason",
        ("provision_reason", "?name", "?description", "?priority"),
    ),
    stream.IssueType: (
        "issue_type",
        (
            *("issue_type", "?name", "?description", "severity", "responsibility"),
            *("?quality_dimension", "?quality_criteria", "?quality_criteria_level"),
        ),
    ),
    stream.Project: ("project", ("project", "?name", "?description")),
    stream.Cohort: (
        "cohort",
        ("cohort", "?name", "?project", "?fund", "?intervention", "?start_date", "?end_date"),
    ),
    stream.Provision: (
        "provision",
        (
            *("NULL", "organisation", "dataset", "provision_reason", "?project", "?cohort"),
            *("?role", "?specification", "?entry_date", "?start_date", "end_date"),
        ),
    ),
    stream.Endpoint: (
        "endpoint",
        ("endpoint", "endpoint_url", "?plugin", "entry_date", "end_date"),
    ),
    stream.Source: (
        "source",
        (
            *("source", "organisation", "endpoint", "?collection", "?licence"),
            *("?documentation_url", "?entry_date", "?end_date"),
        ),
    ),
    stream.SourcePipeline: ("source_pipeline", ("source", "pipeline")),
    stream.LogEntry: ("log", ("endpoint", "entry_date", "status", "?exception", "resource")),
    stream.Resource: (
        "resource",
        ("resource", "start_date", "end_date", "?bytes", "?mime_type"),
    ),
    stream.ResourceEndpoint: ("resource_endpoint", ("resource", "endpoint")),
    stream.DatasetResource: ("dataset_resource", ("dataset", "resource", "entry_count")),
    stream.ColumnField: ("column_field", ("dataset", "resource", "column", "field")),
    stream.Issue: (
        "issue",
        (
            *("dataset", "resource", "issue_type", "field", "?line_number", "?entry_number"),
            *("?entity", "?value", "?message"),
        ),
    ),
    stream.Expectation: (
        "expectation",
        (
            *("dataset", "organisation", "?name", "?operation", "passed", "?severity"),
            *("?responsibility", "?details"),
        ),
    ),
}

REQUIRED = frozenset(
    {
        *("organisation", "source", "source_pipeline", "endpoint", "log", "resource", "issue"),
        *("issue_type", "provision", "column_field"),
    }
)
_WHOLE_NUMBERS = frozenset({"line_number", "entry_number", "entity"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What is read of one table: columns that must be there, and others if they are.
    ``required`` tables must be there themselves."""

    required: bool
    must: frozenset[str]
    may: frozenset[str]


def contract() -> dict[str, Terms]:
    """What this reader reads, by the name of the table: for whoever fetches no more than that."""
    return {
        table: Terms(
            required=table in REQUIRED,
            must=frozenset(e for e in expressions if e != "NULL" and not e.startswith("?")),
            may=frozenset(e[1:] for e in expressions if e.startswith("?")),
        )
        for table, expressions in _TABLES.values()
    }


class Platform:
    """A reader of one platform file.

    ``path`` is the SQLite file, or the folder that holds ``digital-land.sqlite3``. ``as_at`` is the
    date of the snapshot; the newest date of the log when not given, and never later than it.
    Raises :class:`InputError`, one line, when the file cannot be used.
    """

    kind = "platform"
    scope = "national"

    def __init__(self, path: str | Path, *, as_at: date | None = None) -> None:
        location = Path(path)
        self.path = location / FILE_NAME if location.is_dir() else location
        self.input_name = self.path.name
        _check_file(self.path)
        with closing(self._open()) as connection:
            columns = _columns(connection, self.input_name)
            self._sql = _queries(columns, self.input_name)
            newest = _newest_day(connection, self.input_name)
        if newest is None:
            # Without a log nobody can tell what answers: status is then unknown, never live.
            del self._sql[stream.LogEntry]
            if as_at is None:
                raise InputError(
                    f"{self.input_name}: table log is empty, so the snapshot has no date; "
                    "give --as-at"
                )
        elif as_at is not None and as_at > newest:
            raise InputError(
                f"{self.input_name}: --as-at {as_at} is later than the newest log entry ({newest})"
            )
        day = as_at or newest
        assert day is not None
        self.as_at: tuple[date, ...] = (day,)
        self.provides = tuple(self._sql)
        self.missing = tuple(sorted(table for table, _ in _TABLES.values() if table not in columns))
        self.fingerprint = _file_fingerprint(self.path)

    def rows(self, record: type, *, only: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of one record type as the table has them, in the order of its row ids."""
        with closing(self._open()) as connection:
            try:
                if only is None:
                    yield from connection.execute(self._sql[record])
                    return
                connection.execute("CREATE TEMP TABLE wanted (resource TEXT PRIMARY KEY)")
                connection.executemany("INSERT INTO wanted VALUES (?)", ((w,) for w in only))
                yield from connection.execute(
                    f"{self._sql[record]} WHERE resource IN (SELECT resource FROM wanted)"
                )
            except sqlite3.Error as error:
                table = _TABLES[record][0]
                raise InputError(
                    f"{self.input_name}: cannot read table {table}: {error}"
                ) from error

    def _open(self) -> sqlite3.Connection:
        uri = f"file:{quote(str(self.path.absolute()))}?mode=ro"
        try:
            connection = sqlite3.connect(uri, uri=True, timeout=5)
            connection.execute("PRAGMA cache_size = -16000")
        except sqlite3.Error as error:
            raise _unreadable(error, self.input_name) from error
        return connection


def _check_file(path: Path) -> None:
    """Refuse what is not a whole SQLite file before anything is read from it."""
    if not path.exists():
        raise InputError(f"{path.name}: there is no such file; give the folder that holds it")
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"{path.name}: the file is empty; fetch it again")
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(b"SQLite format 3\0"):
        raise InputError(f"{path.name}: this is not a SQLite file")
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(header[28:32], "big")
    # The count in the header is valid when these two counters agree (SQLite file format, 1.3.7).
    if header[24:28] == header[92:96] and pages * page != size:
        word = "truncated" if size < pages * page else "longer than it should be"
        raise InputError(
            f"{path.name}: the file is {word} ({size:,} bytes of {pages * page:,}); fetch it again"
        )


def _columns(connection: sqlite3.Connection, name: str) -> dict[str, set[str]]:
    """Columns by table. A locked or damaged file shows itself here."""
    try:
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {
            table: {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
            for table in tables
        }
    except sqlite3.Error as error:
        raise _unreadable(error, name) from error


def _unreadable(error: sqlite3.Error, name: str) -> InputError:
    """What SQLite says of a file, in words that help."""
    if "locked" in str(error):
        return InputError(f"{name}: another program is writing to it; try again when it has ended")
    if isinstance(error, sqlite3.OperationalError):
        return InputError(f"{name}: cannot be read: {error}")
    return InputError(f"{name}: the file is damaged ({error}); fetch it again")


def _queries(columns: dict[str, set[str]], name: str) -> dict[type, str]:
    """The SELECT of each record type that the file can give, checked against its columns."""
    absent = sorted(REQUIRED - set(columns))
    if absent:
        raise InputError(f"{name}: required table missing: {', '.join(absent)}")
    return {
        record: _select(table, expressions, columns[table], name)
        for record, (table, expressions) in _TABLES.items()
        if table in columns and (table in REQUIRED or _usable(expressions, columns[table]))
    }


def _usable(expressions: tuple[str, ...], present: set[str]) -> bool:
    return all(e in present or e == "NULL" or e.startswith("?") for e in expressions)


def _select(table: str, expressions: tuple[str, ...], present: set[str], name: str) -> str:
    terms = []
    for expression in expressions:
        column = expression.lstrip("?")
        if expression == "NULL" or (expression.startswith("?") and column not in present):
            terms.append("NULL")
        elif column not in present:
            raise InputError(f"{name}: table {table} has no column {column}")
        elif column in _WHOLE_NUMBERS:
            # Blanks are '' in these files, whatever the column's type says.
            terms.append(f"""CASE WHEN typeof("{column}") = 'integer' THEN "{column}" END""")
        else:
            terms.append(f'"{column}"')
    return f'SELECT {", ".join(terms)} FROM "{table}"'


def _newest_day(connection: sqlite3.Connection, name: str) -> date | None:
    """The newest date of the log up to today; None when it has none.

    A mistyped date of one row must not date the snapshot: such rows are rejected by the loader.
    """
    try:
        row: Any = connection.execute(
            "SELECT max(substr(entry_date, 1, 10)) FROM log WHERE substr(entry_date, 1, 10) <= ? "
            "AND entry_date GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'",
            [date.today().isoformat()],
        ).fetchone()
    except sqlite3.Error as error:
        raise InputError(f"{name}: cannot read table log: {error}") from error
    if row[0] is None:
        return None
    text = str(row[0])
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{name}: table log has an entry_date that is no date ({text!r}); mend or remove it"
        ) from None


def _file_fingerprint(path: Path) -> str:
    digest = hashlib.sha256(VERSION.encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
