"""The file of the rows that have one type of issue, or any that their dataset has."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any

from flask import Response, request

from dashboard.data.door import Connection, ask_anew, now
from dashboard.urls.links import slug
from dashboard.web.file_writers import blueprint, names, of_latest, unknown, write_csv
from performance_store.definitions.vocabulary import SEVERITIES
from performance_store.queries import cell, issues, snapshots
from performance_store.rows import IssueRow

_BATCH = 5_000
_IN_MEMORY = 4_000_000
_WHOLE = 10_000_000
_BLOCK = 65_536
# What is only information is no problem.
_SEVERITIES = (*SEVERITIES, "unclassified")
_KIND = ["issue_type", "field", "severity", "responsibility"]
_COLUMNS = [name for name in names(IssueRow) if name not in ("issue_id", "value_length")]


@blueprint.get("/issues.csv")
@of_latest("which rows have an issue is kept")
def issue_rows() -> Response:
    """Rows with one type of issue: ``?organisation=&dataset=&issue_type=&field=``, and ``q`` for
    those that a search finds; without ``issue_type`` those of every type that the page of the
    dataset lists, the most serious first. In the order of the file, with whole values.
    """
    where = {name: request.args.get(name, "") for name in ("organisation", "dataset")}
    if now().empty or not all(where.values()):
        return unknown("Say which organisation and dataset.")
    issue_type, field = (request.args.get(name) or None for name in ("issue_type", "field"))
    search = " ".join(request.args.get("q", "").split())[:100]
    if any("\x00" in (value or "") for value in (*where.values(), issue_type, field, search)):
        return unknown("An address cannot hold a NUL character.")
    if issue_type is None and (field or search):
        return unknown("Say which issue_type.")
    # Written to a file first: a slow reader then holds no connection, and a database that falls
    # silent half-way gives an error and not half a file.
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  sent, then closed
    try:
        if issue_type is None:
            count = ask_anew(_write_every, file=file, where=where)
        else:
            issue: dict[str, Any] = {**where, "issue_type": issue_type, "field": field}
            count = ask_anew(_write, file=file, issue=issue, search=search)
    except BaseException:
        file.close()
        raise
    if not count and not search:
        file.close()
        return unknown("No row has this issue now.")
    parts = (*where.values(), issue_type, field)
    name = "-".join(slug(part) for part in parts if part)
    answer = Response(_blocks(file), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="issues-{name[:150]}.csv"'
    answer.call_on_close(file.close)
    return answer


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _write(connection: Connection, *, file: IO[bytes], issue: dict[str, Any], search: str) -> int:
    """Write all rows of one type. The connection is of one state of the data. Written anew where
    a read server stopped half-way and the database is asked."""
    file.seek(0)
    file.truncate()
    count = 0
    for rows in _batches(connection, issue, search):
        write_csv(_COLUMNS, map(asdict, rows), file, heading=not count)
        count += len(rows)
    if not count:
        write_csv(_COLUMNS, (), file)
    return count


def _write_every(connection: Connection, *, file: IO[bytes], where: dict[str, Any]) -> int:
    """Write the rows of every type of issue that a dataset has, each with its type."""
    file.seek(0)
    file.truncate()
    count = 0
    for snapshot in snapshots.current(connection):
        for kind in cell.issues(connection, **where, snapshot_id=snapshot.snapshot_id):
            if kind.severity not in _SEVERITIES:
                continue
            what = {name: getattr(kind, name) for name in _KIND}
            issue = {**where, "issue_type": kind.issue_type, "field": kind.field}
            for rows in _batches(connection, issue):
                lines = ({**what, **asdict(row)} for row in rows)
                write_csv([*_KIND, *_COLUMNS], lines, file, heading=not count)
                count += len(rows)
    return count


def _batches(
    connection: Connection, issue: dict[str, Any], search: str = ""
) -> Iterator[tuple[IssueRow, ...]]:
    after = 0
    while rows := issues.rows(
        connection, **issue, search=search, after=after, limit=_BATCH, letters=_WHOLE
    ):
        yield rows
        if len(rows) < _BATCH:
            return
        after = rows[-1].issue_id
