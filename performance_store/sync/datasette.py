"""A Datasette and one database of it: what it holds, its version, and its rows page by page.

Versions 0.6x and 1.0 answer alike in all that is used here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from performance_store.readers.stream import InputError
from performance_store.sync.web import Refused, Web, plain_address

DATABASE = "digital-land"
"""The database that is meant when an address names the Datasette alone."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: ``key`` is its primary key, empty where SQLite's row id serves; ``count`` is None
    where the server did not count to the end."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    count: int | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds. ``digest`` is the server's own of an immutable file, else None;
    ``size`` the file's in bytes, None where it is not told."""

    tables: dict[str, Table]
    digest: str | None
    size: int | None

    @property
    def version(self) -> str:
        """Changes with the file, as far as the server tells. The counts are no part of it: they are
        left out by a server that is busy."""
        return hashlib.sha256(json.dumps([self.digest, self.size]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of the columns asked for, and where the next page begins (None: it is the
    last). ``total`` is the table's, of the first page only, if the server counted."""

    rows: list[tuple[Any, ...]]
    next: str | None
    total: int | None


class Datasette:
    """One database, by the address of its page: ``https://host/digital-land``."""

    def __init__(self, web: Web, url: str) -> None:
        parts = urlsplit(url)
        path = parts.path.rstrip("/") or f"/{DATABASE}"
        path = path.removesuffix(".json")
        self.url = parts._replace(path=path, query="", fragment="").geturl()
        self.name = plain_address(self.url)
        self._web = web
        self._root, _, self._route = self.url.rpartition("/")

    def contents(self) -> Contents:
        """Tables, columns, counts and version, as they are now."""
        answer = self._object(self._web.json(f"{self.url}.json"))
        tables = {}
        for entry in answer.get("tables") or ():
            try:
                count = None if entry.get("count_truncated") else entry.get("count")
                table = Table(
                    str(entry["name"]),
                    tuple(entry["columns"]),
                    tuple(entry["primary_keys"]),
                    int(count) if count is not None else None,
                )
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise self._strange() from error
            tables[table.name] = table
        if not tables:
            raise self._strange()
        digest, size = self._file()
        return Contents(tables, digest, size)

    def page(self, table: str, columns: tuple[str, ...], after: str | None, version: str) -> Page:
        """One page, as large as the server gives.

        ``columns`` may begin with ``rowid``. ``version`` keeps caches between us and the server
        from mixing the pages of one version with those of another.
        """
        parameters: dict[str, Any] = {
            "_shape": "objects",
            "_size": "max",
            "_nofacet": "1",
            "_nosuggest": "1",
            "_col": [column for column in columns if column != "rowid"],
            "_version": version[:12],
        }
        parameters |= {"_extra": "count"} if after is None else {"_nocount": "1", "_next": after}
        answer = self._object(self._web.json(f"{self.url}/{quote(table)}.json", parameters))
        rows, following = answer.get("rows"), answer.get("next")
        if not isinstance(rows, list) or (following is not None and not rows):
            raise self._strange()
        if following is not None and str(following) == after:
            raise InputError(f"{self.name}: table {table}: the same page comes again and again")
        try:
            values = [tuple(_value(row[column]) for column in columns) for row in rows]
        except KeyError as error:
            raise Refused(
                f"{self.name}: table {table} has no column {error.args[0]} any more"
            ) from error
        except (TypeError, ValueError) as error:
            raise self._strange() from error
        total = answer.get("filtered_table_rows_count", answer.get("count"))
        exact = isinstance(total, int) and after is None and not answer.get("count_truncated")
        return Page(values, None if following is None else str(following), total if exact else None)

    def _file(self) -> tuple[str | None, int | None]:
        """Digest and size of the file behind the database; both None where they are not told."""
        try:
            answer = self._web.json(f"{self._root}/-/databases.json")
        except Refused:
            return None, None
        entries = answer.get("databases") if isinstance(answer, dict) else answer
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and entry.get("route", entry.get("name")) == unquote(
                self._route
            ):
                return entry.get("hash"), entry.get("size")
        return None, None

    def _object(self, answer: Any) -> dict[str, Any]:
        if not isinstance(answer, dict) or answer.get("ok") is False:
            raise self._strange()
        return answer

    def _strange(self) -> InputError:
        return InputError(f"{self.name}: this does not answer as a database of Datasette does")


def _value(value: Any) -> str | int | float | bytes | None:
    """A cell as SQLite had it. Raises ValueError for what no cell can be."""
    if isinstance(value, dict) and value.get("$base64") is True:
        return base64.b64decode(value["encoded"], validate=True)
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError("not a value of a cell")
