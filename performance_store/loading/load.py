"""Load one input: read, stage, check, derive and publish, all in one transaction.

Readers of the store see the old snapshots until the new ones are whole. A load that fails, or is
killed at any point, leaves the last good data; the ``load`` table keeps what happened and why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from time import perf_counter
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from performance_store.database import LOAD_LIMITS, LOAD_LOCK, set_limits
from performance_store.loading.endings import close_record, driver, give_up
from performance_store.loading.hexagons import settle, settle_beside
from performance_store.loading.outlines import draw_outlines
from performance_store.loading.result import LoadResult
from performance_store.loading.room import make_old_room, make_room, vacuum
from performance_store.loading.staging import create_staging, run_file, stage, tell_of_refusals
from performance_store.readers import stream
from performance_store.readers.stream import InputError, Reader
from performance_store.retention import KEEP_ALL, Retention

RULESET_VERSION = "7"
"""Version of the rules in ``loading/sql``. Raise it when they change: inputs load again."""

AUTHORITY_RANK = {"registers": 3, "platform": 2, "sample": 2, "odp-reports": 1}
Progress = Callable[[str], None]
_OBSERVE = {"platform": "platform", "registers": "registers"}
_LAST = (
    ("coverage", "70_coverage.sql"),
    ("events", "80_events.sql"),
    ("tasks", "90_tasks.sql"),
    ("lives of tasks", "95_lives.sql"),
)
_STAGED_LATE = (stream.Issue, stream.ColumnField)


def load(
    engine: Engine,
    reader: Reader,
    *,
    retention: Retention = KEEP_ALL,
    progress: Progress = lambda _: None,
) -> LoadResult:
    """Load everything a reader has into the store, and remove nights that are too old by now.

    Returns what was done; ``unchanged`` when the same input was loaded before with the same rules.
    Raises :class:`InputError` when the input cannot be used, or another load is running; then
    nothing of the store has changed but the record of the failure.
    """
    fingerprint = _fingerprint(reader)
    with engine.connect() as holder:
        set_limits(holder, LOAD_LIMITS)
        connection = driver(holder)
        connection.execute("SET statement_timeout = 0")  # of the session too, for the vacuum
        connection.commit()
        _notice_death(connection)
        try:
            _lock(connection)
            return _load_locked(engine, connection, reader, fingerprint, retention, progress)
        finally:
            _unlock(connection)
            # The session carries settings that no other user of the pool may inherit.
            holder.invalidate()


def _load_locked(
    engine: Engine,
    connection: psycopg.Connection[Any],
    reader: Reader,
    fingerprint: str,
    retention: Retention,
    progress: Progress,
) -> LoadResult:
    before = _loaded_before(connection, reader, fingerprint)
    load_id = _open_record(connection, reader, fingerprint)
    if before is not None:
        # An older edition may have loaded it without.
        settle(connection)
        draw_outlines(connection, load_id)
        connection.commit()
        close_record(connection, load_id, "unchanged")
        return LoadResult(load_id, "unchanged", before)
    try:
        result = _derive(connection, reader, load_id, fingerprint, retention, progress)
        connection.commit()
    except BaseException as error:
        reason = str(error) or type(error).__name__ if isinstance(error, Exception) else "stopped"
        give_up(engine, connection, load_id, reason.split("\n")[0])
        raise
    vacuum(connection)
    return result


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps of one load: each says that it begins, and how long it took."""

    connection: psycopg.Connection[Any]
    reader: Reader
    progress: Progress
    counts: dict[str, int] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)

    def timed(self, name: str, work: Callable[[], Any]) -> Any:
        """What the work gives."""
        started = perf_counter()
        outcome = work()
        self.timings[name] = round(perf_counter() - started, 2)
        return outcome

    def read_all(self, *, late: bool) -> None:
        """Stage the records of all types, or of those that wait until it is known which resources
        count."""
        resources = _resources(self.connection) if late else None
        for record in self.reader.provides:
            if (record in _STAGED_LATE) == late:
                self._read(record, resources)

    def _read(self, record: type[Any], resources: set[str] | None) -> None:
        self.progress(f"reading {record.__name__}")
        staging = partial(stage, self.connection, self.reader, record, only=resources)
        self.counts[record.__name__] = self.timed(f"read {record.__name__}", staging)

    def run(self, title: str, file: str) -> None:
        """Run a file of SQL."""
        self.progress(title)
        self.timed(title, lambda: self.timings.update(_slow(run_file(self.connection, file))))


def _derive(
    connection: psycopg.Connection[Any],
    reader: Reader,
    load_id: int,
    fingerprint: str,
    retention: Retention,
    progress: Progress,
) -> LoadResult:
    """Everything between BEGIN and COMMIT."""
    steps = _Steps(connection, reader, progress)
    counts, timings, timed, run = steps.counts, steps.timings, steps.timed, steps.run
    _settings(connection)
    replaced_sample = timed("make room", lambda: make_room(connection, reader, _begun(reader)))
    outdated = timed("outdated nights", lambda: make_old_room(connection, reader, retention))
    _tell_outdated(outdated, retention, progress)
    create_staging(connection)
    _context(connection, reader, load_id)
    run_file(connection, "05_staging.sql")
    steps.read_all(late=False)
    timed("snapshots", lambda: _snapshots(connection, reader, load_id, fingerprint))
    run("registers", "10_registers.sql")
    hexagons = settle_beside(connection)
    timed("outlines", lambda: draw_outlines(connection, load_id))
    run("collection", "20_collection.sql")
    run("observations", f"30_observe_{_OBSERVE.get(reader.kind, 'reports')}.sql")
    run("cells", "35_cells.sql")
    steps.read_all(late=True)
    timed("refusals", lambda: tell_of_refusals(connection, reader))
    run("issues", f"40_issues_{'rows' if reader.kind == 'platform' else 'reported'}.sql")
    run("rows", "42_rows.sql")
    run("fields", "45_fields.sql")
    run("summaries", "50_summary.sql")
    if _is_newest(connection, reader):
        run("current issues", "60_current.sql")
    for title, file in _LAST:
        run(title, file)
    timed("hexagons", hexagons)
    counts |= _publish(connection, reader, load_id, counts, timings)
    return LoadResult(
        load_id,
        "published",
        len(reader.as_at),
        counts,
        _forget_old_rejections(connection, reader, load_id),
        tuple(reader.missing),
        timings,
        replaced_sample,
        outdated,
    )


def _tell_outdated(nights: tuple[date, ...], retention: Retention, progress: Progress) -> None:
    if nights:
        span = f"{len(nights):,} of {nights[0]} to {nights[-1]}"
        progress(f"removing outdated nights ({span}): {retention.sentence()}")


def _fingerprint(reader: Reader) -> str:
    dates = ",".join(day.isoformat() for day in reader.as_at)
    text = f"{reader.kind}|{reader.fingerprint}|{dates}|{RULESET_VERSION}"
    return hashlib.sha256(text.encode()).hexdigest()


def _begun(reader: Reader) -> str | None:
    """The fingerprint of the load that this one goes on with, if it does so."""
    part = getattr(reader, "part", None)
    return _fingerprint(part) if part else None


def _notice_death(connection: psycopg.Connection[Any]) -> None:
    """Have the server look for us now and then, in the middle of a long statement too.

    Otherwise a killed load goes on until its statement ends, and refuses the next one meanwhile.
    A server on a system that cannot look refuses the setting: then it stays as it is.
    """
    try:
        connection.execute("SET client_connection_check_interval = '1s'")
        connection.commit()
    except psycopg.Error:
        connection.rollback()


def _lock(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOAD_LOCK]).fetchone()
    connection.commit()
    if row is None or not row[0]:
        raise InputError("another load is running; try again when it has ended")


def _unlock(connection: psycopg.Connection[Any]) -> None:
    """Let the next load begin now: the server may take its time to notice a closed session."""
    with suppress(psycopg.Error):
        connection.rollback()
        connection.execute("SELECT pg_advisory_unlock_all()")
        connection.commit()


def _open_record(connection: psycopg.Connection[Any], reader: Reader, fingerprint: str) -> int:
    """Record that a load began. Whatever still says it is running was killed: we hold the lock."""
    connection.execute(
        "UPDATE load SET state = 'failed', finished_at = now(), error = 'was interrupted' "
        "WHERE state = 'running'"
    )
    row = connection.execute(
        "INSERT INTO load (kind, input, fingerprint, ruleset_version, state, missing) "
        "VALUES (%s, %s, %s, %s, 'running', %s) RETURNING id",
        [reader.kind, reader.input_name, fingerprint, RULESET_VERSION, list(reader.missing)],
    ).fetchone()
    connection.commit()
    assert row is not None
    return int(row[0])


def record_failure(engine: Engine, *, kind: str, input_name: str, error: str) -> None:
    """Keep a record of an input that could not even be opened, for ``status`` to show."""
    with engine.begin() as holder:
        driver(holder).execute(
            "INSERT INTO load (kind, input, ruleset_version, state, error, finished_at) "
            "VALUES (%s, %s, %s, 'failed', %s, now())",
            [kind, input_name, RULESET_VERSION, error],
        )


def _loaded_before(
    connection: psycopg.Connection[Any], reader: Reader, fingerprint: str
) -> int | None:
    """How many snapshots this very input made, if all of them still stand."""
    row = connection.execute(
        "SELECT count(*) FROM snapshot WHERE kind = %s AND fingerprint = %s",
        [reader.kind, fingerprint],
    ).fetchone()
    connection.commit()
    standing = int(row[0]) if row else 0
    return standing if standing == len(reader.as_at) and standing > 0 else None


def _settings(connection: psycopg.Connection[Any]) -> None:
    """Room in memory for steps that join millions of rows; no longer than the load."""
    connection.execute("SET LOCAL temp_buffers = '128MB'")
    connection.execute("SET LOCAL work_mem = '128MB'")
    connection.execute("SET LOCAL jit = off")
    # A tenth of the usual sample is enough to plan these steps, and takes a tenth of the time.
    connection.execute("SET LOCAL default_statistics_target = 10")


def _context(connection: psycopg.Connection[Any], reader: Reader, load_id: int) -> None:
    connection.execute(
        "CREATE TEMP TABLE t_context (load_id int, kind text, authority_rank smallint) "
        "ON COMMIT DROP"
    )
    connection.execute(
        "INSERT INTO t_context VALUES (%s, %s, %s)",
        [load_id, reader.kind, AUTHORITY_RANK[reader.kind]],
    )


def _snapshots(
    connection: psycopg.Connection[Any], reader: Reader, load_id: int, fingerprint: str
) -> None:
    """Make the snapshots and ``t_as_at``, which says what each of them knows."""
    connection.execute(
        "CREATE TEMP TABLE t_as_at (as_at date PRIMARY KEY, snapshot_id int NOT NULL, "
        "knows_logs boolean NOT NULL, knows_issues boolean NOT NULL, "
        "knows_columns boolean NOT NULL, knows_expectations boolean NOT NULL) ON COMMIT DROP"
    )
    unknown: dict[Any, frozenset[str]] = getattr(reader, "unknown", {})
    for as_at in reader.as_at:
        provided = set(reader.provides)
        knows = {
            "logs": bool(provided & {stream.LogEntry, stream.Observation}),
            "issues": bool(provided & {stream.Issue, stream.IssueCount}),
            "fields": bool(provided & {stream.ColumnField, stream.FieldCount}),
            "expectations": stream.Expectation in provided,
        }
        names = [n for n, yes in knows.items() if yes and n not in unknown.get(as_at, frozenset())]
        row = connection.execute(
            "INSERT INTO snapshot (load_id, as_at, kind, scope, fingerprint, ruleset_version, "
            "issue_rules, knows) VALUES (%s, %s, %s, %s, %s, %s, '', %s) RETURNING id",
            [load_id, as_at, reader.kind, reader.scope, fingerprint, RULESET_VERSION, names],
        ).fetchone()
        assert row is not None
        columns = "fields" in names and stream.FieldCount not in provided
        connection.execute(
            "INSERT INTO t_as_at VALUES (%s, %s, %s, %s, %s, %s)",
            [as_at, row[0], "logs" in names, "issues" in names, columns, "expectations" in names],
        )
    connection.execute("ANALYZE t_as_at")


def _resources(connection: psycopg.Connection[Any]) -> set[str]:
    """Resources whose issues and columns count: the others' rows need not be read at all."""
    rows = connection.execute(
        "SELECT DISTINCT r.resource FROM t_use u JOIN t_resource r USING (resource_id) "
        "WHERE u.snapshot_id = (SELECT snapshot_id FROM t_as_at ORDER BY as_at DESC LIMIT 1)"
    )
    return {row[0] for row in rows}


def _is_newest(connection: psycopg.Connection[Any], reader: Reader) -> bool:
    """Individual issues are those of the newest platform snapshot (or of the sample)."""
    if stream.Issue not in reader.provides:
        return False
    row = connection.execute(
        "SELECT max(as_at) FROM snapshot WHERE kind = %s", [reader.kind]
    ).fetchone()
    return row is not None and row[0] == max(reader.as_at)


def _forget_old_rejections(
    connection: psycopg.Connection[Any], reader: Reader, load_id: int
) -> int:
    """Keep rejected rows of the newest load of each kind. Returns how many this load has."""
    connection.execute(
        "DELETE FROM rejection WHERE load_id IN (SELECT id FROM load WHERE kind = %s AND id <> %s)",
        [reader.kind, load_id],
    )
    row = connection.execute(
        "SELECT count(*) FROM rejection WHERE load_id = %s", [load_id]
    ).fetchone()
    return int(row[0]) if row else 0


def _publish(
    connection: psycopg.Connection[Any],
    reader: Reader,
    load_id: int,
    counts: dict[str, int],
    timings: dict[str, float],
) -> dict[str, int]:
    """Mark the load published: from the commit on, its id is the data version."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM t_summary), (SELECT count(*) FROM t_issue_summary), "
        "(SELECT count(*) FROM event JOIN t_as_at USING (snapshot_id)), "
        "(SELECT count(*) FROM rejection WHERE load_id = %s)",
        [load_id],
    ).fetchone()
    assert row is not None
    totals = dict(zip(("summary", "issue_summary", "event", "rejected"), row, strict=True))
    connection.execute(
        "UPDATE load SET state = 'published', finished_at = clock_timestamp(), counts = %s, "
        "timings = %s WHERE id = %s",
        [Jsonb({**counts, **totals}), Jsonb(timings), load_id],
    )
    return totals


def _slow(seconds: dict[str, float]) -> dict[str, float]:
    """Only steps worth naming: a load has a hundred."""
    return {f"  {name}": taken for name, taken in seconds.items() if taken >= 0.1}
