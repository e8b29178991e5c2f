"""What ``status`` says: snapshots, loads, and rows that could not be used."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from performance_store.queries import snapshots


def as_json(connection: Connection) -> str:
    """Everything as one JSON object: now, snapshots, loads, rejections."""
    now = snapshots.current(connection)
    return json.dumps(
        {
            "now": asdict(now[0]) if now else None,
            "snapshots": [asdict(row) for row in snapshots.every(connection)],
            "loads": [asdict(row) for row in snapshots.loads(connection)],
            "rejections": [asdict(row) for row in snapshots.rejections(connection)],
        },
        default=_plain,
        indent=2,
    )


def as_text(connection: Connection) -> str:
    """The same for people, shortest first."""
    now = snapshots.current(connection)
    lines = []
    if now:
        lines.append(f"Now: {now[0].as_at} ({now[0].kind}), data version {now[0].data_version}")
    else:
        lines.append("The store is empty. Load data, or: python -m performance_store sample")
    by_kind: dict[str, list[date]] = {}
    for row in snapshots.every(connection):
        by_kind.setdefault(row.kind, []).append(row.as_at)
    for kind, dates in by_kind.items():
        span = f"{len(dates)} snapshots, {min(dates)} to {max(dates)}"
        lines.append(f"{kind}: {span if len(dates) > 1 else f'1 snapshot, {dates[0]}'}")
    lines += _loads(connection)
    lines += [
        f"Rejected by load {row.load_id}: {counted(row.rows, 'row')} of {row.table_name}: "
        f"{row.reason}"
        for row in snapshots.rejections(connection)
    ]
    return "\n".join(lines)


def counted(number: int, noun: str) -> str:
    """``1 row``, ``1,011 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _loads(connection: Connection) -> list[str]:
    lines = []
    for row in snapshots.loads(connection, limit=5):
        line = f"Load {row.load_id} of {row.input} ({row.kind}): {row.state}"
        line += f", {row.started_at:%Y-%m-%d %H:%M}"
        if row.error:
            line += f": {row.error}"
        if row.missing:
            line += f"; not in the input: {', '.join(row.missing)}"
        lines.append(line)
    return lines


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
