"""Questions: every query function and page, on two years of weekly national snapshots.

The platform's national file is loaded once; 103 earlier weeks are seeded copies of its snapshot in
SQL, with some statuses turned. Limits, in process: 5 ms for one organisation, 20 ms for the nation,
warm; 150 ms cold. Cold means after a restart of the server, on a connection of its own: what the
operating system still holds of the files it keeps.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.baselines import open_read_only
from bench.inputs import national_file
from bench.server import new_store, server
from bench.table import Section, conditions, percentile, ratio, verdict
from dashboard import create_app
from dashboard.data.wiring import read_state
from dashboard.pages import PAGES
from dashboard.urls import addresses
from performance_store.database import connect, make_engine
from performance_store.loading import load
from performance_store.local.embedded import EmbeddedPostgres
from performance_store.queries import (
    cell,
    datasets,
    histories,
    issues,
    national,
    national_tasks,
    organisations,
    snapshots,
    tasks,
)
from performance_store.readers.platform import Platform
from performance_store.settings import Settings

TITLE = "Questions and pages"
WEEKS = 104
BUC, DATASET = "local-authority:BUC", "article-4-direction-area"
ONE_MS, NATION_MS, COLD_MS = 5.0, 20.0, 150.0
ROUNDS = 60

_COPIES = {
    "summary": "summary",
    "endpoint_state": "endpoint_state",
    "issue_summary": "issue_summary",
    "past_issue": "past_issue",
    "coverage": "coverage",
}


def measure(section: Section) -> None:
    """Every question and page on two years of snapshots. Raises NoInput without a national file."""
    before = os.getloadavg()[0]
    path = national_file()
    with server() as running:
        url = new_store(running, "questions")
        engine = make_engine(url, application_name="bench", pool=None)
        load(engine, Platform(path))
        copy_weeks(engine)
        questions = _questions(engine)
        cold = _cold(running, url, questions)
        _tables(section, engine, questions, cold)
        _pages(section, url)
        _datasette(section, path, engine)
    section.say(conditions(before))


def copy_weeks(engine: Engine) -> None:
    """Make 103 earlier snapshots of the one there is, with some statuses turned."""
    with engine.begin() as connection:
        connection.execute(text("SELECT setseed(0.25)"))
        newest = connection.execute(text("SELECT id, as_at FROM current_snapshot")).one()
        for week in range(1, WEEKS):
            copy = connection.execute(
                text(
                    "INSERT INTO snapshot (load_id, as_at, kind, scope, fingerprint, "
                    "ruleset_version, issue_rules, provision_register_id, knows, lpa_count) "
                    "SELECT load_id, as_at - 7 * :week, kind, scope, 'copy', ruleset_version, "
                    "issue_rules, provision_register_id, knows, lpa_count FROM snapshot "
                    "WHERE id = :id RETURNING id"
                ),
                {"week": week, "id": newest.id},
            ).scalar_one()
            for table in _COPIES:
                _copy(connection, table, newest.id, copy)
        connection.execute(
            text(
                "UPDATE summary SET status = 'error', access_band = 'broken' "
                "WHERE status = 'live' AND snapshot_id <> :id AND random() < 0.03"
            ),
            {"id": newest.id},
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _copy(connection: Connection, table: str, old: int, new: int) -> None:
    columns = [
        row[0]
        for row in connection.execute(
            text(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_name = :t AND table_schema = 'public' AND is_generated = 'NEVER' "
                "ORDER BY ordinal_position"
            ),
            {"t": table},
        )
    ]
    names = ", ".join(columns)
    values = ", ".join(":new" if name == "snapshot_id" else name for name in columns)
    connection.execute(
        text(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE snapshot_id = :old"
        ),
        {"new": new, "old": old},
    )


Question = tuple[str, Callable[[Connection], Any], float]


def _questions(engine: Engine) -> list[Question]:
    with engine.connect() as connection:
        now = snapshots.current(connection)[0]
        then = snapshots.earlier(connection, snapshot_id=now.snapshot_id)[0]
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
    compare = {"compare_id": then.snapshot_id}
    issue: dict[str, Any] = {"issue_type": counts[0].issue_type, "field": counts[0].field}
    of_set = {"denominator": "programme"}
    kind = {"kind": "platform"}
    return [
        ("organisations.one", lambda c: organisations.one(c, **one, **at), ONE_MS),
        ("organisations.datasets", lambda c: organisations.datasets(c, **one, **at, **compare),
            ONE_MS),
        ("histories.organisation", lambda c: histories.organisation(c, **one, **kind), ONE_MS),
        ("cell.status", lambda c: cell.status(c, **pair, **at, **compare), ONE_MS),
        ("cell.endpoints", lambda c: cell.endpoints(c, **pair, **at), ONE_MS),
        ("cell.log_days", lambda c: cell.log_days(c, **pair, **at, **year), ONE_MS),
        ("cell.issues", lambda c: cell.issues(c, **pair, **at, **compare), ONE_MS),
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
        ("national.coverage_over_time, by dataset",
            lambda c: national.coverage_over_time(c, **kind, **of_set, dimension="dataset"),
            NATION_MS),
        ("national.event_counts",
            lambda c: national.event_counts(c, **kind, **of_set, after=then.as_at,
                                            until=now.as_at), NATION_MS),
        ("datasets.register", lambda c: datasets.register(c, **at, **of_set), NATION_MS),
        ("datasets.authorities",
            lambda c: datasets.authorities(c, **at, **of_set, **compare, dataset=DATASET),
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


def _cold(running: EmbeddedPostgres, url: str, questions: list[Question]) -> dict[str, float]:
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


def _milliseconds(work: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    for _ in range(5):
        work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return times


def _tables(
    section: Section, engine: Engine, questions: list[Question], cold: dict[str, float]
) -> None:
    rows = []
    with engine.connect() as connection:
        for name, ask, limit in questions:
            times = _milliseconds(lambda ask=ask: ask(connection))  # type: ignore[misc]
            median = percentile(times, 0.5)
            rows.append(
                [
                    name,
                    f"{median:.2f}",
                    f"{percentile(times, 0.95):.2f}",
                    f"{cold[name]:.1f}",
                    f"{verdict(median, limit)} ({limit:.0f})",
                    verdict(cold[name], COLD_MS),
                ]
            )
    section.say(f"{WEEKS} weekly national snapshots. Milliseconds, in process, {ROUNDS} rounds.")
    section.table(["question", "warm median", "warm p95", "cold", "warm limit", "cold limit"], rows)


def _addresses(engine: Engine) -> list[tuple[str, float, float]]:
    """Pages, with the limits on their server time: warm p95 and first request."""
    with engine.connect() as connection:
        worst = connection.execute(
            text(
                "SELECT o.organisation, d.dataset, t.issue_type, s.field FROM issue_summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "JOIN issue_type t ON t.id = s.issue_type_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) "
                "ORDER BY s.problems DESC LIMIT 1"
            )
        ).one()
    issue = addresses.issue(*worst)
    of_one = (
        *("/", "/organisations", "/organisations?q=buck", f"/organisations/{BUC}"),
        *(f"/organisations/{BUC}?view=table", f"/organisations/{BUC}/{DATASET}"),
        *(issue, f"{issue}?q=1", f"{issue}?sort=value&page=100"),
        addresses.tasks(BUC),
    )
    of_all = [
        page.PATH for page in PAGES if page.PATH.startswith("/national") and "<" not in page.PATH
    ]
    of_all += [addresses.DATASETS, addresses.national_dataset(DATASET)]
    with_filters = [f"{path}?set=any&region=E12000007" for path in of_all]
    return [(path, 100.0, 300.0) for path in of_one] + [
        (path, 150.0, 500.0) for path in (*of_all, *with_filters)
    ]


def _pages(section: Section, url: str) -> None:
    # With the connections that the web server keeps.
    engine = make_engine(url, application_name="bench")
    rows = []
    for address, warm_limit, cold_limit in _addresses(engine):
        folder = Path(tempfile.mkdtemp(prefix="performance-bench-"))
        app = create_app(
            Settings(home=folder, downloads_per_minute=0),
            connect=lambda: connect(engine),
            read_state=read_state,
        )
        client = app.server.test_client()
        client.get("/about")
        # As the web server does before its workers start (gunicorn.conf.py).
        gc.collect()
        gc.freeze()
        start = time.perf_counter()
        assert client.get(address).status_code == 200, address
        first = (time.perf_counter() - start) * 1000
        warm = _milliseconds(lambda c=client, a=address: c.get(a).get_data(), 30)  # type: ignore[misc]
        p95 = percentile(warm, 0.95)
        rows.append(
            [
                # The path of an issue would make the table too wide to read.
                re.sub(r"^.*/issues/[^?]*", "the issue with most rows", address),
                f"{first:.0f}",
                f"{percentile(warm, 0.5):.0f}",
                f"{p95:.0f}",
                f"{verdict(p95, warm_limit)} ({warm_limit:.0f})",
                f"{verdict(first, cold_limit)} ({cold_limit:.0f})",
            ]
        )
        gc.unfreeze()
        shutil.rmtree(folder, ignore_errors=True)
    section.say("Server time of whole pages, in milliseconds: empty cache, then warm (file cache).")
    section.table(
        ["page", "empty cache", "warm median", "warm p95", "warm limit", "cold limit"], rows
    )


def _datasette(section: Section, path: Path, engine: Engine) -> None:
    """The nearest questions put to Datasette on the platform's file, and to SQLite itself."""
    with engine.connect() as connection:
        resource = connection.execute(
            text(
                "SELECT r.resource FROM resource_use u JOIN resource r ON r.id = u.resource_id "
                "JOIN organisation o ON o.id = u.organisation_id "
                "JOIN dataset d ON d.id = u.dataset_id "
                "WHERE o.organisation = :o AND d.dataset = :d LIMIT 1"
            ),
            {"o": BUC, "d": DATASET},
        ).scalar_one()
    nearest = {
        "provisions of one organisation": f"provision.json?_shape=objects&organisation={BUC}",
        "log of one endpoint's resource": f"log.json?_shape=objects&resource={resource}",
        "a page of issues": f"issue.json?_shape=objects&resource={resource}&_size=50",
    }
    plain = _in_sqlite(path, resource)
    over_http = _over_http(path, nearest)
    ours = dict(zip(nearest, ("organisations.datasets", "cell.log_days", "issues.rows"),
                    strict=True))  # fmt: skip
    questions = {name: ask for name, ask, _ in _questions(engine)}
    rows = []
    with engine.connect() as connection:
        for name, question in ours.items():
            mine = percentile(_milliseconds(lambda q=question: questions[q](connection)), 0.5)  # type: ignore[misc]
            rows.append(
                [
                    name,
                    f"{over_http[name]:.2f}" if name in over_http else "not measured",
                    f"{plain[name]:.2f}",
                    f"{mine:.2f}",
                    question,
                    ratio(mine, over_http[name]) if name in over_http else "-",
                ]
            )
    section.say(
        "The nearest questions on the platform's own file: Datasette over HTTP, its SQL alone in "
        "SQLite, and ours in process (which answers more: status, reasons, comparison)."
    )
    section.table(["question", "Datasette", "SQLite", "ours", "our question", "to Datasette"], rows)


def _in_sqlite(path: Path, resource: str) -> dict[str, float]:
    """Median milliseconds of the same questions as SQL on the platform's file."""
    sql = {
        "provisions of one organisation": (
            "SELECT * FROM provision WHERE organisation = ? LIMIT 101", BUC),
        "log of one endpoint's resource": (
            "SELECT * FROM log WHERE resource = ? LIMIT 101", resource),
        "a page of issues": ("SELECT * FROM issue WHERE resource = ? LIMIT 51", resource),
    }  # fmt: skip
    medians = {}
    with closing(open_read_only(path)) as sqlite:
        for name, (statement, value) in sql.items():
            times = _milliseconds(lambda s=statement, v=value: sqlite.execute(s, [v]).fetchall())  # type: ignore[misc]
            medians[name] = percentile(times, 0.5)
    return medians


def _over_http(path: Path, nearest: dict[str, str]) -> dict[str, float]:
    """Median milliseconds of Datasette, installed into an environment thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="performance-bench-"))
    try:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        python = folder / "venv" / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet", "datasette"]
        if subprocess.run(install, check=False).returncode:
            return {}
        port = 8399
        running = subprocess.Popen(
            [python, "-m", "datasette", "serve", "-i", path, "-p", str(port),
             "--setting", "sql_time_limit_ms", "20000"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            base = f"http://127.0.0.1:{port}/{path.stem}/"
            _wait_for(base)
            return {
                name: percentile(_milliseconds(lambda a=address: _get(base + a), 30), 0.5)  # type: ignore[misc]
                for name, address in nearest.items()
            }
        finally:
            running.terminate()
            running.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def _wait_for(url: str) -> None:
    for _ in range(100):
        with suppress(OSError):
            _get(url.rstrip("/") + ".json")
            return
        time.sleep(0.2)
    raise TimeoutError("datasette did not start")
