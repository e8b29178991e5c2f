"""Questions: every query function and page, on two years of weekly national snapshots.

The platform's national file is loaded once; 103 earlier weeks are seeded copies of its snapshot in
SQL, with some statuses turned. Limits, in process: 5 ms for one organisation, 20 ms for the nation,
warm; 150 ms cold. Cold means after a restart of the server, on a connection of its own: what the
operating system still holds of the files it keeps.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.datasette import compare
from bench.inputs import BUC, DATASET, national_file
from bench.page_times import page_table
from bench.server import new_store, server
from bench.table import ROUNDS, Section, conditions, milliseconds, percentile, verdict
from performance_store.database import LOAD_LIMITS, make_engine, set_limits
from performance_store.loading import load
from performance_store.loading.endings import driver
from performance_store.loading.room import INTERVALS, vacuum
from performance_store.local.embedded import EmbeddedPostgres
from performance_store.queries import (
    cell,
    datasets,
    growth,
    histories,
    issues,
    lasting,
    national,
    national_tasks,
    organisations,
    snapshots,
    tasks,
    trends,
)
from performance_store.readers.platform import Platform

TITLE = "Questions and pages"
WEEKS = 104
UNITS = f"Milliseconds, in process, {ROUNDS} rounds."
ONE_MS, NATION_MS, COLD_MS = 5.0, 20.0, 150.0


def measure(section: Section) -> None:
    """Every question and page on two years of snapshots. Raises NoInput without a national file."""
    before = os.getloadavg()[0]
    path = national_file()
    with server() as running:
        url = new_store(running, "questions")
        engine = make_engine(url, application_name="bench", pool=None)
        load(engine, Platform(path))
        copy_weeks(engine)
        questions = ask_all(engine)
        cold = cold_times(running, url, questions)
        section.say(
            f"{WEEKS} weekly national snapshots. Milliseconds, in process, {ROUNDS} rounds."
        )
        question_table(section, warm_times(engine, questions), cold, questions)
        page_table(section, url)
        compare(section, path, engine, dict((name, ask) for name, ask, _ in questions))
    section.say(conditions(before))


def copy_weeks(engine: Engine) -> None:
    """Make 103 earlier snapshots of the one there is, with some statuses turned."""
    with engine.connect() as connection:
        set_limits(connection, LOAD_LIMITS)
        connection.execute(text("SET statement_timeout = 0"))  # for the vacuum too
        connection.execute(text("SELECT setseed(0.25)"))
        connection.execute(text("SET LOCAL work_mem = '128MB'"))
        connection.execute(text(_WEEKS), {"weeks": WEEKS - 1})
        for table in INTERVALS[:6]:
            connection.execute(text(_SAME.format(table=table)))
            if table == "summary_interval":
                connection.execute(text(_TURNED))
            connection.execute(text(_RECORD), {"table": table})
            connection.execute(text("DROP TABLE t_copy"))
        connection.commit()
        vacuum(driver(connection))
        connection.invalidate()


_WEEKS = """
INSERT INTO snapshot (load_id, as_at, kind, scope, fingerprint, ruleset_version, issue_rules, knows,
    lpa_count)
SELECT load_id, as_at - 7 * week, kind, scope, 'copy', ruleset_version, issue_rules, knows,
    lpa_count
FROM current_snapshot, generate_series(1, :weeks) week
"""
_SAME = """
CREATE TEMP TABLE t_copy AS SELECT i.*, s.as_at, random() < 0.03 AS turns
FROM {table} i, snapshot s WHERE s.fingerprint = 'copy';
UPDATE t_copy SET from_on = as_at, to_on = as_at;
ANALYZE t_copy
"""
_TURNED = """
UPDATE t_copy SET status = 'error', access_band = 'broken' WHERE status = 'live' AND turns
"""
_RECORD = """
SELECT record_intervals(cast(:table AS regclass), 't_copy', 'platform', (
    SELECT array_agg(as_at) FROM snapshot WHERE fingerprint = 'copy'))
"""

Question = tuple[str, Callable[[Connection], Any], float]


def ask_all(engine: Engine) -> list[Question]:
    """Each question: its name, what asks it, and its limit when warm, in milliseconds."""
    with engine.connect() as connection:
        now = snapshots.current(connection)[0]
        then = snapshots.earlier(connection, snapshot_id=now.snapshot_id)[0]
        long_ago = snapshots.earlier(connection, snapshot_id=now.snapshot_id, days=364)[0]
        counts = cell.issues(
            connection, organisation=BUC, dataset=DATASET, snapshot_id=now.snapshot_id
        )
        (task, *_) = tasks.of_organisation(
            connection, organisation=BUC, snapshot_id=now.snapshot_id
        )
    one: dict[str, Any] = {"organisation": BUC}
    at: dict[str, Any] = {"snapshot_id": now.snapshot_id}
    pair: dict[str, Any] = {**one, "dataset": DATASET}
    year = {"first": now.as_at - timedelta(days=364), "last": now.as_at}
    earlier = {"compare_id": then.snapshot_id}
    issue: dict[str, Any] = {"issue_type": counts[0].issue_type, "field": counts[0].field}
    of_set = {"denominator": "programme"}
    kind = {"kind": "platform"}
    over_year: dict[str, Any] = {**at, **of_set, "compare_id": long_ago.snapshot_id}
    return [
        ("organisations.one", lambda c: organisations.one(c, **one, **at), ONE_MS),
        ("organisations.datasets", lambda c: organisations.datasets(c, **one, **at, **earlier),
            ONE_MS),
        ("histories.organisation", lambda c: histories.organisation(c, **one, **kind), ONE_MS),
        ("cell.status", lambda c: cell.status(c, **pair, **at, **earlier), ONE_MS),
        ("cell.endpoints", lambda c: cell.endpoints(c, **pair, **at), ONE_MS),
        ("cell.log_days", lambda c: cell.log_days(c, **pair, **at, **year), ONE_MS),
        ("cell.issues", lambda c: cell.issues(c, **pair, **at, **earlier), ONE_MS),
        ("cell.fields", lambda c: cell.fields(c, **pair), ONE_MS),
        ("histories.cell", lambda c: histories.cell(c, **pair, **kind), ONE_MS),
        ("issues.rows", lambda c: issues.rows(c, **pair, **issue), ONE_MS),
        ("organisations.with_counts", lambda c: organisations.with_counts(c, **at), NATION_MS),
        ("national.coverage, dataset",
            lambda c: national.coverage(c, **at, **of_set, dimension="dataset"), NATION_MS),
        ("national.coverage, region",
            lambda c: national.coverage(c, **at, **of_set, dimension="region"), NATION_MS),
        ("national.coverage, cohort",
            lambda c: national.coverage(c, **at, **of_set, dimension="cohort"), NATION_MS),
        ("national.coverage_over_time",
            lambda c: national.coverage_over_time(c, **kind, **of_set), NATION_MS),
        ("national.lines, by dataset",
            lambda c: national.lines(c, **kind, **of_set, until=now.as_at), NATION_MS),
        ("growth.by_dataset, a year", lambda c: growth.by_dataset(c, **over_year), NATION_MS),
        ("lasting.points, a year", lambda c: lasting.points(c, **over_year), NATION_MS),
        ("lasting.provisions, a year", lambda c: lasting.provisions(c, **over_year), NATION_MS),
        ("trends.lines, by region",
            lambda c: trends.lines(c, **kind, **of_set, until=now.as_at, by="region"), NATION_MS),
        ("national.event_counts",
            lambda c: national.event_counts(c, **kind, **of_set, after=then.as_at,
                                            until=now.as_at), NATION_MS),
        ("datasets.register", lambda c: datasets.register(c, **at, **of_set), NATION_MS),
        ("datasets.authorities",
            lambda c: datasets.authorities(c, **at, **of_set, **earlier, dataset=DATASET),
            NATION_MS),
        ("tasks.of_organisation", lambda c: tasks.of_organisation(c, **one, **at), ONE_MS),
        ("tasks.one", lambda c: tasks.one(c, public_id=task.public_id, **at), ONE_MS),
        ("tasks.counts, one", lambda c: tasks.counts(c, **one, **at), ONE_MS),
        ("tasks.counts, all", lambda c: tasks.counts(c, **at), NATION_MS),
        ("national_tasks.open_tasks",
            lambda c: national_tasks.open_tasks(c, **at, denominator="any", as_at=now.as_at,
                                                is_now=True), NATION_MS),
        ("national_tasks.closed_tasks",
            lambda c: national_tasks.closed_tasks(c, **at, denominator="any", as_at=now.as_at),
            NATION_MS),
        ("national_tasks.facts",
            lambda c: national_tasks.facts(c, **at, denominator="any", as_at=now.as_at, is_now=True,
                                           limit=101), NATION_MS),
        ("snapshots.current", snapshots.current, NATION_MS),
        ("snapshots.every", snapshots.every, NATION_MS),
    ]  # fmt: skip


def cold_times(running: EmbeddedPostgres, url: str, questions: list[Question]) -> dict[str, float]:
    """Milliseconds of each question as the first of a freshly started server."""
    times = {}
    for name, ask, _ in questions:
        running.stop()
        running.start()
        engine = make_engine(url, application_name="bench", pool=None)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            start = time.perf_counter()
            ask(connection)
            times[name] = (time.perf_counter() - start) * 1000
        engine.dispose()
    return times


def warm_times(engine: Engine, questions: list[Question]) -> dict[str, list[float]]:
    """Milliseconds of each question, by its name."""
    with engine.connect() as connection:
        return {
            name: milliseconds(lambda ask=ask: ask(connection))  # type: ignore[misc]
            for name, ask, _ in questions
        }


def question_table(
    section: Section,
    warm: dict[str, list[float]],
    cold: dict[str, float],
    questions: list[Question],
) -> None:
    """Print them beside their limits."""
    rows = []
    for name, _, limit in questions:
        median = percentile(warm[name], 0.5)
        rows.append(
            [
                name,
                f"{median:.2f}",
                f"{percentile(warm[name], 0.95):.2f}",
                f"{cold[name]:.1f}",
                f"{verdict(median, limit)} ({limit:.0f})",
                verdict(cold[name], COLD_MS),
            ]
        )
    section.table(["question", "warm median", "warm p95", "cold", "warm limit", "cold limit"], rows)
