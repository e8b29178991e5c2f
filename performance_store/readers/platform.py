"""The platform's ``digital-land.sqlite3``, opened read-only, as the typed stream.

Column and table names are those of the platform's loader: hyphens became underscores, blanks are
``''``. Which tables are required is a ruling of the design: without them status cannot be told.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from performance_store.readers import stream
from performance_store.readers.csv_files import iso_date
from performance_store.readers.log_runs import without_repeats
from performance_store.readers.one_state import OneState, unreadable_state
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
            *("NULL", "?organisations", "NULL", "?website"),
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

_KEY = f"""CASE WHEN "{{0}}" BETWEEN '!' AND '~'
    AND substr(CAST("{{0}}" AS BLOB), -1) BETWEEN x'21' AND x'7e' THEN "{{0}}"
    ELSE trim("{{0}}", '{stream.BLANKS}') END"""
"""A key as text, whatever it is stored as. Most begin and end with a letter: looking at those takes
a third of the time that trimming does."""
_IS_KEY = re.compile(f"[!-~]{{1,{stream.LONGEST_KEY}}}")
_TEXT = """CASE WHEN typeof("{0}") = 'blob' THEN CAST("{0}" AS TEXT) ELSE "{0}" END"""
_NUMBER = """CASE WHEN "{0}" = CAST("{0}" AS INTEGER) THEN CAST("{0}" AS INTEGER)
    WHEN "{0}" <> '' THEN "{0}" END"""
"""Blanks are '' in these files, whatever the column's type says. What is no whole number comes as
it is: the loader tells of it."""

_ZONED = "substr(entry_date, 11) GLOB '*[+-]*' AND entry_date NOT GLOB '*+00:00'"
"""The time of another zone than UTC."""


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
    """A reader of one platform file, as it was at one moment.

    ``path`` is the SQLite file, or the folder that holds ``digital-land.sqlite3``. ``as_at`` is the
    date of the snapshot; the newest date of the log when not given, and never later than it.
    Whoever exchanges or writes to the file meanwhile changes nothing of what is read.
    Raises :class:`InputError`, one line, when the file cannot be used.
    """

    kind = "platform"
    scope = "national"

    def __init__(self, path: str | Path, *, as_at: date | None = None) -> None:
        location = Path(path)
        self.path = location / FILE_NAME if location.is_dir() else location
        self.input_name = self.path.name
        self._state = OneState(self.path)
        columns = _columns(self._state)
        self._sql = _queries(columns, self.input_name)
        newest = _newest_day(self._state)
        if newest is None:
            # Without a log nobody can tell what answers: status is then unknown, never live.
            del self._sql[stream.LogEntry]
            if as_at is None:
                raise InputError(
                    f"{self.input_name}: table log is empty, or none of its dates can be "
                    "read, so the snapshot has no date; give --as-at"
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
        self.fingerprint = self._state.fingerprint(VERSION)

    def rows(self, record: type, *, only: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of one record type in the order of their row ids, keys without blanks; of
        the log what does not repeat itself, by endpoint and time.

        With the rows of the resources ``only`` come those whose resource is no key at all: the
        loader has to tell of them.
        """
        table = _TABLES[record][0]
        try:
            if record is stream.LogEntry:
                yield from self._attempts()
            elif only is None:
                yield from self._state.rows(self._sql[record])
            else:
                self._list_spellings(table, only)
                yield from self._state.rows(
                    f"{self._sql[record]} WHERE resource IN (SELECT resource FROM spelling) "
                    "OR resource IS NULL"
                )
        except sqlite3.Error as error:
            raise InputError(f"{self.input_name}: cannot read table {table}: {error}") from error
        self._state.check()

    def _attempts(self) -> Iterator[Row]:
        """The log by endpoint and time, without what repeats itself; whole where a time has
        another zone, whose day cannot be told from its text."""
        zoned = f"SELECT 1 FROM log WHERE {_ZONED} LIMIT 1"
        rows = self._state.rows(f"{self._sql[stream.LogEntry]} ORDER BY 1, 2, 6")
        if any(self._state.rows(zoned)):
            return ((*row[:5], "", row[5]) for row in rows)
        return without_repeats(rows, self.as_at[0])

    def _list_spellings(self, table: str, resources: Collection[str]) -> None:
        """Make the table ``spelling``: of resources as a table has them. A file has some ten
        thousand, and a million rows."""
        connection = self._state.connection
        spellings = [
            text
            for (text,) in self._state.rows(f'SELECT DISTINCT resource FROM "{table}"')
            if _key(text) in resources or not _IS_KEY.fullmatch(_key(text))
        ]
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS spelling (resource)")
        connection.execute("DELETE FROM spelling")
        # What is not UTF-8 goes back as the bytes that it was.
        connection.executemany(
            "INSERT INTO spelling VALUES (CASE WHEN ?1 THEN CAST(?2 AS TEXT) ELSE ?2 END)",
            (
                (True, text.encode("utf-8", "surrogateescape"))
                if isinstance(text, str)
                else (False, text)
                for text in spellings
            ),
        )


def _key(value: object) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
    return text.strip(stream.BLANKS)


def _columns(state: OneState) -> dict[str, set[str]]:
    """Columns by table, of those that are read."""
    try:
        names = state.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        present = {name for (name,) in names}
        return {
            table: {row[1] for row in state.rows(f'PRAGMA table_info("{table}")')}
            for table, _ in _TABLES.values()
            if table in present
        }
    except sqlite3.Error as error:
        raise unreadable_state(error, state.name) from error


def _queries(columns: dict[str, set[str]], name: str) -> dict[type, str]:
    """The SELECT of each record type that the file can give, checked against its columns."""
    absent = sorted(REQUIRED - set(columns))
    if absent:
        raise InputError(f"{name}: required table missing: {', '.join(absent)}")
    return {
        record: f'SELECT {_terms(table, expressions, columns[table], name)} FROM "{table}"'
        for record, (table, expressions) in _TABLES.items()
        if table in columns and (table in REQUIRED or _usable(expressions, columns[table]))
    }


def _usable(expressions: tuple[str, ...], present: set[str]) -> bool:
    return all(e in present or e == "NULL" or e.startswith("?") for e in expressions)


def _terms(table: str, expressions: tuple[str, ...], present: set[str], name: str) -> str:
    terms = []
    for expression in expressions:
        column = expression.lstrip("?")
        if expression == "NULL" or (expression.startswith("?") and column not in present):
            terms.append("NULL")
        elif column not in present:
            raise InputError(f"{name}: table {table} has no column {column}")
        elif column in _WHOLE_NUMBERS:
            terms.append(_NUMBER.format(column))
        elif column in stream.TEXTS:
            terms.append(_TEXT.format(column))
        else:
            terms.append(_KEY.format(column))
    if table == "log":
        terms.append("row_number() OVER ()")
    return ", ".join(terms)


def _newest_day(state: OneState) -> date | None:
    """The newest day of the log up to today, in UTC; None when it has none.

    A mistyped date of one row must not date the snapshot: such rows are rejected by the loader.
    """
    # Only a time of another zone has to be read as a whole: there are many times in a day.
    texts = state.rows(
        f"SELECT DISTINCT CASE WHEN {_ZONED} THEN entry_date ELSE substr(entry_date, 1, 10) END "
        "FROM log WHERE entry_date <> ''"
    )
    try:
        days = {iso_date(str(text)) for (text,) in texts}
    except sqlite3.Error as error:
        raise InputError(f"{state.name}: cannot read table log: {error}") from error
    today = date.today()
    return max((day for day in days if day is not None and day <= today), default=None)
