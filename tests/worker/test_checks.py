"""A check from its upload to its result, and how it ends when its process misbehaves."""

from __future__ import annotations

import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest
from sqlalchemy import Engine, text

from performance_store.database import transaction
from performance_store.settings import Settings
from providers.checks import requests, results
from providers.checks.format import ANY_FINDING
from providers.checks.requests import Check
from providers.fetching import entities, layers
from tests.support import check_engine
from tests.support.checks import SETTINGS, begin, begin_address, done, get
from tests.support.fake_site import open_site, rules, says
from tests.support.jobs import CONNECTIONS, rows, stop, until, worker
from worker import checking, checking_process
from worker.checking_process import BROKE, KILLED, TOO_LARGE, TOO_LONG

pytestmark = pytest.mark.postgres
COMMAND = checking_process.COMMAND


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checking_process, "COMMAND", check_engine.COMMAND)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_check_from_its_file_to_pages_of_rows(engine: Engine, tmp_path: Path) -> None:
    check = begin(engine, "rows=1234")
    assert (check.state, check.name, check.summary) == ("waiting", "areas.csv", None)
    check = done(engine, check)
    assert (check.state, check.rows_done, check.failure) == ("finished", 1234, None)
    assert check.summary is not None
    assert check.summary.verdict == "not-ready"
    with engine.connect() as connection:

        def page(first: int, count: int, group: int | None = None) -> list[int]:
            some = results.page(
                connection, check_id=check.id, group=group, first=first, count=count
            )
            assert all(row.cells == (f"cell {row.entry}",) for row in some)
            return [row.entry for row in some]

        assert page(0, 3) == [1, 2, 3]
        assert page(195, 10) == list(range(196, 206))
        assert page(1230, 10) == [1231, 1232, 1233, 1234]
        assert page(2000, 10) == []
        assert page(0, 3, group=0) == [3, 6, 9]
        assert page(100, 50, group=1) == [7 * n for n in range(101, 151)]
        assert page(170, 50, group=1) == [1197, 1204, 1211, 1218, 1225, 1232]
        assert page(0, 50, group=9) == []
        assert page(0, 5, group=ANY_FINDING) == [3, 6, 7, 9, 12]
        assert results.count(connection, check_id=check.id) == 1234
        assert results.count(connection, check_id=check.id, group=0) == 411
        entries = [
            row.entry for some in results.blocks(connection, check_id=check.id) for row in some
        ]
        assert entries == list(range(1, 1235))
        assert b'"coordinates":[0,51]' in results.shapes(connection, check_id=check.id)
        counts = results.national_counts(connection)
    assert [(row.checks, row.clean) for row in counts.datasets] == [(1, 0)]
    assert [(row.rule, row.rows) for row in counts.findings] == [("invalid date", 411)]
    assert list(tmp_path.iterdir()) == []


def test_the_engine_itself_runs_within_the_limits(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking_process, "COMMAND", COMMAND)
    lines = ["reference;name;geometry;entry-date", "CA1;Old town;POINT (530000 180000);soon"]
    lines += [f"CA{n};Area {n};;2024-01-0{n}" for n in range(2, 10)]
    check = done(engine, begin(engine, "\r\n".join(lines).encode("cp1252")))
    assert check.failure is None
    assert check.summary is not None
    assert (check.summary.rows, check.summary.recognised.delimiter) == (9, ";")
    (dates,) = (group for group in check.summary.groups if group.issue_type == "invalid date")
    with engine.connect() as connection:
        (row,) = results.page(connection, check_id=check.id, group=dates.number, first=0, count=10)
        assert results.count(connection, check_id=check.id) == 9
    assert (row.entry, row.line, row.cells[:2]) == (1, 2, ("CA1", "Old town"))
    assert "soon" in [finding.value for finding in row.findings]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("unreadable", "html"),
        ("memory", TOO_LARGE.code),
        ("raise", BROKE.code),
        ("die", BROKE.code),
        ("nothing", BROKE.code),
        ("killed", KILLED.code),
        ("spin", TOO_LONG.code),
    ],
)
def test_whatever_its_process_does_a_check_ends_with_a_reason(
    engine: Engine, tmp_path: Path, content: str, code: str
) -> None:
    settings = Settings(check_memory_mb=150, check_seconds=10)
    if content == "spin":
        settings = settings.model_copy(update={"check_seconds": 1})
    check = done(engine, begin(engine, content), settings)
    assert check.state == "failed"
    assert check.failure is not None
    assert check.failure.code == code
    assert check.failure.sentence.endswith(".")
    with engine.connect() as connection:
        assert results.page(connection, check_id=check.id, first=0, count=10) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_check_whose_process_is_killed_from_outside_is_tried_once_more(
    engine: Engine, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    check = done(engine, begin(engine, f"rows=5 killed={mark}"))
    assert mark.exists()
    assert check.summary is not None
    assert (check.state, check.summary.rows) == ("finished", 5)
    assert list(tmp_path.iterdir()) == [mark]


def test_what_stands_at_an_address_is_fetched_and_checked(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_site() as site:
        site_url = f"http://127.0.0.1:{site.port}"
        site.pages["/areas.csv"] = says(b"rows=10")
        site.pages["/page"] = says(b"<html>")
        fetch = partial(layers.fetch, rules=rules(site.port))
        monkeypatch.setattr(layers, "fetch", fetch)
        check = done(engine, begin_address(engine, f"{site_url}/areas.csv"))
        assert check.summary is not None
        assert (check.state, check.summary.rows) == ("finished", 10)
        assert check.summary.recognised.notes == ("areas.csv, downloaded from 127.0.0.1.",)
        check = done(engine, begin_address(engine, f"{site_url}/page"))
    assert check.failure is not None
    assert check.failure.code == "not-fetched"
    assert check.failure.sentence.startswith("This is a web page, not a data file.")


def test_what_the_platform_holds_is_asked_for_once_a_day(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[Any, ...]] = []
    entity = entities.Entity(reference="CA1", entry_date="2024-01-02", geometry="")

    def holdings(url: str, **about: Any) -> entities.Holdings:
        calls.append((url, *about.values()))
        answer = None if len(calls) == 1 else [entity]
        return entities.Holdings(entities=answer, references={"tree": ["T1"]}, boundary=None)

    monkeypatch.setattr(entities, "holdings", holdings)
    with transaction(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO organisation (organisation, type, entity) "
                "VALUES ('local-authority:LBH', 'local-authority', 192)"
            )
        )
    settings = SETTINGS.model_copy(update={"entity_api_url": "https://platform.example"})
    sentences = []
    for number in range(3):
        dataset = "conservation-area-document"
        check = done(engine, begin(engine, f"rows={number + 1}", dataset=dataset), settings)
        assert check.summary is not None
        sentences.append(check.summary.recognised.sentence)
    # What could not be had is asked for again.
    assert sentences == [f"beside {number} that are held" for number in (0, 1, 1)]
    question = (
        "https://platform.example",
        192,
        "conservation-area-document",
        ("conservation-area",),
    )
    assert calls == [question] * 2
    done(engine, begin(engine, "rows=9", organisation=None), settings)
    done(engine, begin(engine, "rows=9", organisation="local-authority:XXX"), settings)
    assert len(calls) == 2


def test_the_process_is_told_no_secret(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody:secret@nowhere/x")
    monkeypatch.setenv("SECRET_KEYS", "x" * 40)
    check = done(engine, begin(engine, "environment"))
    assert check.failure is not None
    names = set(check.failure.sentence.split())
    assert names <= {*checking_process.environment(Path()), "LC_CTYPE"}
    assert not names & {"DATABASE_URL", "SECRET_KEYS"}


def test_a_check_that_is_cancelled_stops(engine: Engine) -> None:
    check = begin(engine, "rows=50000 pause=0.1")
    job = threading.Thread(target=checking.run, args=(engine, SETTINGS, check.id, Event()))
    job.start()
    _until(engine, check)
    with transaction(engine) as connection:
        requests.cancel(connection, check=check)
    began = time.monotonic()
    job.join(5)
    assert time.monotonic() - began < 2
    check = done(engine, check)
    assert (check.state, check.summary) == ("cancelled", None)


def test_a_worker_that_is_to_stop_leaves_the_check_to_another(engine: Engine) -> None:
    check, stop = begin(engine, "rows=5000 pause=0.1"), Event()
    job = threading.Thread(target=checking.run, args=(engine, SETTINGS, check.id, stop))
    job.start()
    _until(engine, check)
    stop.set()
    job.join(5)
    left = get(engine, check)
    assert left is not None
    assert left.state == "waiting"
    assert done(engine, check).state == "finished"


def test_a_check_whose_workers_die_is_begun_again_once(engine: Engine) -> None:
    check = begin(engine, "rows=1")
    with transaction(engine) as connection:
        connection.execute(
            text("UPDATE providers.check_result SET attempts = 2, state = 'running'")
        )
    check = done(engine, check)
    assert check.failure is not None
    assert (check.state, check.failure.code) == ("failed", "stopped")


def test_a_check_whose_worker_is_killed_is_done_by_another_and_in_two_goes(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    check = begin(engine, "rows=500000 pause=0.05")
    with worker(database_url, tmp_path / "one") as one:
        _until(engine, check)
        processes = psutil.Process(one.pid).children(recursive=True)
        assert [process for process in processes if "check_engine" in " ".join(process.cmdline())]
        one.kill()
        one.wait()
        # What nobody listens to ends too.
        assert not psutil.wait_procs(processes, timeout=10)[1]
    with worker(database_url, tmp_path / "two") as two:
        _until(engine, check, attempts=2)
        most = 0
        for _ in range(10):
            ((connections,),) = rows(engine, CONNECTIONS)
            most = max(most, connections)
        assert most <= 3
        two.kill()
        two.wait()
    with worker(database_url, tmp_path / "three") as three:
        _until(engine, check, ending=True)
        assert stop(three) == 0
    ending = get(engine, check)
    assert ending is not None
    assert ending.failure is not None
    assert (ending.state, ending.failure.code) == ("failed", "stopped")
    assert rows(engine, "SELECT DISTINCT status::text FROM procrastinate_jobs") == [("succeeded",)]


def _until(engine: Engine, check: Check, *, attempts: int = 1, ending: bool = False) -> None:
    """Wait until rows of a check are done, at this attempt, or until it is over."""
    condition = (
        "state NOT IN ('waiting', 'running')"
        if ending
        else "rows_done > 0 AND attempts = :attempts"
    )
    sql = f"SELECT 1 FROM providers.check_result WHERE id = :id AND {condition}"
    until(lambda: rows(engine, sql, id=check.id, attempts=attempts))
