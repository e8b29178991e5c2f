"""What ``status`` says: how old the data are, snapshots, loads, and rows that could not be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import Connection

from performance_store.database import head_revision
from performance_store.operations import servers
from performance_store.operations.watch import Condition, LoadState, days_since
from performance_store.queries import jobs, snapshots
from performance_store.read_server import ReadServer
from performance_store.rows.jobs import JobCount
from performance_store.settings import Settings


def as_json(
    connection: Connection, at: datetime, settings: Settings, read_server: ReadServer | None = None
) -> str:
    """Everything as one JSON object. In: the time, after how many days data are old, and the read
    server if there is one."""
    condition, replica = servers.look_at(connection, read_server)
    health = servers.health(condition, replica, at, settings.data_old_days)
    report: dict[str, Any] = {"health": health | {"release": release()}}
    if condition.migrations != "behind":
        now = snapshots.current(connection)
        report |= {
            "now": asdict(now[0]) if now else None,
            "history": settings.retention.sentence(),
            "snapshots": [asdict(row) for row in snapshots.every(connection)],
            "standing": [asdict(row) for row in condition.loads],
            "loads": [asdict(row) for row in snapshots.loads(connection)],
            "rejections": [asdict(row) for row in snapshots.rejections(connection)],
            "worker_heard_at": condition.worker_heard_at,
            "jobs": [asdict(row) for row in condition.jobs],
            "dead_jobs": [asdict(row) for row in jobs.dead(connection)],
        }
    return json.dumps(report, default=_plain, indent=2)


def as_text(
    connection: Connection, at: datetime, settings: Settings, read_server: ReadServer | None = None
) -> str:
    """The same for people, shortest first."""
    condition, replica = servers.look_at(connection, read_server)
    lines = [f"Release {release()}; migrations: {_migrations(condition)}"]
    if condition.migrations == "behind":
        return "\n".join(lines)
    now = snapshots.current(connection)
    if now:
        lines.append(f"Now: {now[0].as_at} ({now[0].kind}), data version {now[0].data_version}")
        lines.append(_age(condition, at, settings.data_old_days))
    else:
        lines.append("The store is empty. Load data, or: python -m performance_store sample")
    if replica is not None:
        lines.append(replica.sentence())
    by_kind: dict[str, list[date]] = {}
    for row in snapshots.every(connection):
        by_kind.setdefault(row.kind, []).append(row.as_at)
    for kind, dates in by_kind.items():
        span = f"{len(dates)} snapshots, {min(dates)} to {max(dates)}"
        lines.append(f"{kind}: {span if len(dates) > 1 else f'1 snapshot, {dates[0]}'}")
    lines.append(f"History: {settings.retention.sentence()}")
    lines += [line for one in condition.loads for line in _load_state(one, condition, at)]
    lines += _jobs(connection, condition, at)
    lines += _loads(connection)
    lines += [
        f"Rejected by load {row.load_id}: {quantity(row.rows, 'row')} of {row.table_name}: "
        f"{row.reason}" + (f" (first: row {row.first_row:,})" if row.first_row else "")
        for row in snapshots.rejections(connection)
    ]
    return "\n".join(lines)


def quantity(number: int, noun: str) -> str:
    """``1 row``, ``1,011 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def release() -> str:
    """The version of this project; "unknown" where it runs without being installed."""
    try:
        return version("planning-data-performance")
    except PackageNotFoundError:
        return "unknown"


def _migrations(condition: Condition) -> str:
    if condition.migrations == "behind":
        return "behind. Bring them up to date: python -m performance_store migrate"
    if condition.migrations == "ahead":
        return "ahead: the database was migrated by a newer release"
    return f"at head ({head_revision()})"


def _age(condition: Condition, at: datetime, old_days: int) -> str:
    assert condition.as_at is not None
    line = f"Age: {quantity(days_since(condition.as_at, at), 'day')}"
    if condition.data(at, old_days) == "old":
        line += f", OLDER than the {old_days} expected"
    if condition.published_at is not None:
        line += f"; visible since {condition.published_at:%Y-%m-%d %H:%M}"
    return line


def _load_state(one: LoadState, condition: Condition, at: datetime) -> Iterator[str]:
    """When data of a kind last came, and what failed since."""
    line = f"{one.kind}, last loaded well: "
    line += f"{one.good.started_at:%Y-%m-%d %H:%M}" if one.good else "never"
    if one.kind == "platform" and condition.platform_as_at is not None:
        behind = days_since(condition.platform_as_at, at)
        line += f"; the platform’s data are {quantity(behind, 'day')} behind"
    yield line
    if one.failed is not None:
        yield f"{one.kind}, FAILED since: {one.failures:,}, the last because: {one.failed.error}"


def _loads(connection: Connection) -> list[str]:
    lines = []
    for row in snapshots.loads(connection, limit=5):
        line = f"Load {row.load_id} of {row.input} ({row.kind}): {row.state}"
        line += f", {row.started_at:%Y-%m-%d %H:%M}"
        if row.finished_at is not None:
            line += f", {max((row.finished_at - row.started_at).total_seconds(), 0):.1f} s"
        if row.error:
            line += f": {row.error}"
        if row.missing:
            line += f"; not in the input: {', '.join(row.missing)}"
        lines.append(line)
    return lines


def _jobs(connection: Connection, condition: Condition, at: datetime) -> Iterator[str]:
    """Whether anybody works, what waits, and what died."""
    heard = condition.worker_heard_at
    ago = "" if heard is None else f"; last heard of {_long(heard, at)} ago"
    state = {"ok": "at work", "silent": "SILENT", "none": "none, and nothing for it to do"}
    yield f"Worker: {state[condition.worker(at)]}{ago}"
    for job in condition.jobs:
        yield f"Jobs {job.name}: {', '.join(_job_parts(job, at))}"
    for row in jobs.dead(connection, limit=5):
        since = f", dead for {_long(row.dead_at, at)}" if row.dead_at else ""
        why = f"; at last: {row.error}" if row.error else ""
        attempts = quantity(row.attempts, "attempt")
        yield f"Dead job {row.job_id} ({row.name}): {attempts}{since}{why}"


def _job_parts(job: JobCount, at: datetime) -> Iterator[str]:
    if job.running:
        yield f"{job.running:,} being done"
    if job.waiting:
        wait = f" (for up to {_long(job.due_at, at)})" if job.due_at else ""
        yield f"{job.waiting:,} waiting{wait}"
    if job.failing:
        yield f"{job.failing:,} of them after a failure"
    if job.dead:
        yield f"{job.dead:,} DEAD"


def _long(then: datetime, now: datetime) -> str:
    """A span of time in its largest unit: ``3 hours``."""
    seconds = max(int((now - then).total_seconds()), 0)
    for unit, noun in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            return quantity(seconds // unit, noun)
    return quantity(seconds, "second")


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
