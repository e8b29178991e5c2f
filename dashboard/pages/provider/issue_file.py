"""The file of the rows that have one type of issue."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any

from flask import Response, request

from dashboard.data.door import Connection, ask_anew, now
from dashboard.urls.links import slug
from dashboard.web.file_writers import blueprint, names, unknown, write_csv
from performance_store.queries import issues
from performance_store.rows import IssueRow

_BATCH = 5_000
_IN_MEMORY = 4_000_000
_WHOLE = 10_000_000
_BLOCK = 65_536
_COLUMNS = [name for name in names(IssueRow) if name not in ("issue_id", "value_length")]


@blueprint.get("/issues.csv")
def issue_rows() -> Response:
    """Rows with one type of issue: ``?organisation=&dataset=&issue_type=&field=``, and ``q`` for
    those that a search finds. In the order of the file, with whole values.
    """
    where = {name: request.args.get(name, "") for name in ("organisation", "dataset", "issue_type")}
    if now().empty or not all(where.values()):
        return unknown("Say which organisation, dataset and issue_type.")
    issue: dict[str, Any] = where | {"field": request.args.get("field") or None}
    search = " ".join(request.args.get("q", "").split())[:100]
    if any("\x00" in (value or "") for value in (*issue.values(), search)):
        return unknown("An address cannot hold a NUL character.")
    # Written to a file first: a slow reader then holds no connection, and a database that falls
    # silent half-way gives an error and not half a file.
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  sent, then closed
    try:
        count = ask_anew(_write, file=file, issue=issue, search=search)
    except BaseException:
        file.close()
        raise
    if not count and not search:
        file.close()
        return unknown("No row has this issue now.")
    name = "-".join(slug(part) for part in (*where.values(), issue["field"] or "")).strip("-")
    answer = Response(_blocks(file), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="issues-{name[:150]}.csv"'
    answer.call_on_close(file.close)
    return answer


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _write(connection: Connection, *, file: IO[bytes], issue: dict[str, Any], search: str) -> int:
    """Write all rows, in batches. The connection is of one state of the data. Written anew where
    a read server stopped half-way and the database is asked."""
    file.seek(0)
    file.truncate()
    after, count = 0, 0
    while True:
        rows = issues.rows(
            connection, **issue, search=search, after=after, limit=_BATCH, letters=_WHOLE
        )
        write_csv(_COLUMNS, map(asdict, rows), file, heading=not count)
        count += len(rows)
        if len(rows) < _BATCH:
            return count
        after = rows[-1].issue_id
