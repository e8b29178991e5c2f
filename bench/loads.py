"""Loading: the national platform file and the sample, with seconds by stage.

Limits: 40 s and 400 MB of Python memory for the national file, 20 s for the sample.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench import worker
from bench.baselines import open_read_only
from bench.inputs import NoInput, national_file
from bench.server import new_store, server
from bench.table import Section, conditions, ratio, verdict
from performance_store.local.embedded import EmbeddedPostgres

TITLE = "Load"
NATIONAL_SECONDS, NATIONAL_MB, SAMPLE_SECONDS = 40, 400, 20
ROUNDS = 3


def measure(section: Section) -> None:
    """Loads of the national file, where there is one, and of the sample."""
    before = os.getloadavg()[0]
    with server() as running:
        try:
            _national(section, running, national_file())
        except NoInput as error:
            section.say(f"National file not measured: {error}.")
        _sample(section, running)
    section.say(conditions(before))


def _national(section: Section, running: EmbeddedPostgres, path: Path) -> None:
    with closing(open_read_only(path)) as connection:
        newest, rows = _shape(connection)
    plain = min((worker.run("plain-sql", str(path)) for _ in range(2)), key=_seconds)
    pandas = worker.run("pandas", str(path))
    first = []
    for number in range(ROUNDS):
        first.append(worker.run("load-platform", new_store(running, f"first{number}"), str(path)))
    best = min(first, key=_seconds)
    again = worker.run("load-platform", running.url("first0"), str(path))
    url = new_store(running, "nightly")
    worker.run("load-platform", url, str(path), (newest - timedelta(days=1)).isoformat())
    next_day = worker.run("load-platform", url, str(path))
    assert again["state"] == "unchanged"

    def line(name: str, report: dict[str, Any], limit: str = "") -> list[str]:
        seconds, peak = report["seconds"], report["peak_mb"]
        speed = f"{rows / seconds:,.0f}" if report.get("state") != "unchanged" else ""
        return [
            *(name, f"{seconds:.1f}", f"{peak:.0f}", speed),
            *(ratio(seconds, plain["seconds"]), ratio(seconds, pandas["seconds"]), limit),
        ]

    took = sorted(map(_seconds, first))
    peak = max(report["peak_mb"] for report in first)
    ok = verdict(took[ROUNDS // 2], NATIONAL_SECONDS), verdict(peak, NATIONAL_MB)
    section.say(
        f"A national platform file ({rows:,} rows in its tables; rows a second are of these). "
        f"{ROUNDS} loads into empty stores took {', '.join(f'{s:.1f}' for s in took)} s: limit of "
        f"{NATIONAL_SECONDS} s {ok[0]}, of {NATIONAL_MB} MB of Python memory {ok[1]}. The two "
        "baselines make `provision_summary` alone."
    )
    section.table(
        ["", "s", "peak MB", "rows/s", "to plain SQL", "to pandas", "limit"],
        [
            line("plain SQL in SQLite", plain),
            line("naive pandas", pandas),
            line("first load, best", best, f"{NATIONAL_SECONDS} s, {NATIONAL_MB} MB"),
            line("the same again", again),
            line("the next day's", next_day),
        ],
    )
    section.say("Where each second of the best first load and of the next day's goes:")
    section.table(["stage", "first", "next day"], _stages(best, next_day))


def _sample(section: Section, running: EmbeddedPostgres) -> None:
    reports = [
        worker.run("load-sample", new_store(running, f"sample{number}")) for number in range(ROUNDS)
    ]
    took = sorted(map(_seconds, reports))
    best = min(reports, key=_seconds)
    rows = sum(best["counts"].get(name, 0) for name in best["counts"] if name[0].isupper())
    section.say(
        f"The sample, two years of weekly snapshots ({rows:,} rows read, "
        f"{best['counts']['summary']:,} summaries made): {', '.join(f'{s:.1f}' for s in took)} s, "
        f"peak {max(d['peak_mb'] for d in reports):.0f} MB; aim of {SAMPLE_SECONDS} s "
        f"{verdict(took[ROUNDS // 2], SAMPLE_SECONDS)}."
    )
    section.table(["stage", "s"], _stages(best))


def _seconds(report: dict[str, Any]) -> float:
    return float(report["seconds"])


def _stages(*loads: dict[str, Any]) -> list[list[str]]:
    """Seconds by stage of the first load, the others beside it. Steps within one are indented."""
    rows = []
    names = ["prepare", *loads[0]["timings"]]
    for name in names:
        values = [report["timings"].get(name, report.get(name, 0.0)) for report in loads]
        if max(values) < 0.05:
            continue
        label = f"- {name.strip()}" if name.startswith(" ") else f"**{name}**"
        rows.append([label, *(f"{value:.2f}" for value in values)])
    whole = [
        report["seconds"]
        - report.get("prepare", 0)
        - sum(v for n, v in report["timings"].items() if not n.startswith(" "))
        for report in loads
    ]
    rows.append(["**start, commit, vacuum**", *(f"{value:.2f}" for value in whole)])
    return rows


def _shape(connection: sqlite3.Connection) -> tuple[date, int]:
    """Newest day of the log, and rows in the tables that a load reads."""
    newest = connection.execute("SELECT max(entry_date) FROM log").fetchone()[0]
    tables = ("log", "issue", "resource", "column_field", "source", "endpoint", "provision")
    rows = sum(connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables)
    return date.fromisoformat(newest[:10]), rows
