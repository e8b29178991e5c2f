"""The database goes away and comes back under a web server that is not started again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from performance_store.database import WEB_POOL, connect, make_engine, migrate
from performance_store.loading import load
from performance_store.local.embedded import EmbeddedPostgres
from performance_store.readers.platform import Platform
from performance_store.settings import load_settings
from tests.support.build import AAA
from tests.support.gunicorn import Web, web
from tests.support.loads import a_file
from tests.support.real_store import real_app

PAGE, OTHER = f"/organisations/{AAA}/tree", "/national"
NOTICE = "These figures may be out of date"
SENTENCE = "3 rows need fixing"


@pytest.fixture
def database(open_folder: Callable[[], Path]) -> Iterator[EmbeddedPostgres]:
    """A server of the test's own, to be stopped and started."""
    binaries = load_settings().postgres_binaries
    with EmbeddedPostgres(open_folder(), durable=False, binaries=binaries) as server:
        yield server


def filled(database: EmbeddedPostgres, folder: Path) -> str:
    url = database.ensure_database()
    engine = make_engine(url, application_name="tests", pool=None)
    migrate(engine)
    load(engine, Platform(a_file(folder)))
    return url


def until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def every(running: Web, path: str, times: int = 12) -> list[tuple[int, str]]:
    """Asked often enough that each worker answers."""
    return [running.get(path)[:2] for _ in range(times)]


def test_a_restart_of_the_database_needs_none_of_ours(
    database: EmbeddedPostgres, tmp_path: Path
) -> None:
    url = filled(database, tmp_path / "in")
    with web(tmp_path, DATABASE_URL=url, WEB_CONCURRENCY="2") as running:
        for status, page in every(running, PAGE):
            assert (status, SENTENCE in page, NOTICE in page) == (200, True, False)

        for _ in range(2):
            database.stop()
            assert running.get("/health/ready")[0] == 503
            assert running.get("/health/live")[0] == 200
            # What was asked before is answered from memory, and says so; the rest is not.
            for status, page in every(running, PAGE):
                assert (status, SENTENCE in page, NOTICE in page) == (200, True, True)
            status, page, headers = running.get(OTHER)
            assert (status, "not answering" in page, headers["Retry-After"]) == (503, True, "30")
            assert running.get("/api/v1/organisations")[0] == 503

            database.start()
            until(lambda: running.get("/health/ready")[0] == 200, 10)
            until(lambda: all(NOTICE not in page for _, page in every(running, PAGE)), 10)
            for status, page in every(running, PAGE):
                assert (status, SENTENCE in page) == (200, True)
            assert running.get("/api/v1/organisations")[0] == 200
        assert running.get(OTHER)[0] == 200
        assert running.process.poll() is None


def test_what_was_loaded_during_the_outage_is_seen_after_it(
    database: EmbeddedPostgres, tmp_path: Path
) -> None:
    url = filled(database, tmp_path / "in")
    engine = make_engine(url, application_name="web")
    client = real_app(tmp_path, engine).server.test_client()
    assert SENTENCE in client.get(PAGE).text
    database.stop()
    assert NOTICE in client.get(PAGE).text
    database.start()
    load(
        make_engine(url, application_name="tests", pool=None),
        Platform(a_file(tmp_path / "more", issues=8)),
    )
    until(lambda: NOTICE not in client.get(PAGE).text, 10)
    assert "8 rows need fixing" in client.get(PAGE).text
    engine.dispose()


def test_a_long_lock_is_an_answer_in_time_and_no_stale_page(
    database: EmbeddedPostgres, tmp_path: Path
) -> None:
    """The database answers, only not this: what is kept is not told to be old."""
    url = filled(database, tmp_path / "in")
    limited = f"{url}&options=-c%20lock_timeout%3D300"
    engine = make_engine(limited, application_name="web")
    client = real_app(tmp_path, engine).server.test_client()
    assert SENTENCE in client.get(PAGE).text
    other = make_engine(url, application_name="tests", pool=None)
    with connect(other) as holder:
        holder.execute(text("LOCK TABLE summary_interval IN ACCESS EXCLUSIVE MODE"))
        answer = client.get(PAGE)
        assert (answer.status_code, SENTENCE in answer.text, NOTICE in answer.text) == (
            200,
            True,
            False,
        )
        began = time.monotonic()
        assert client.get(OTHER).status_code == 503
        assert time.monotonic() - began < 5
        holder.rollback()
    assert client.get(OTHER).status_code == 200
    engine.dispose()


def test_a_long_statement_is_cut_and_the_page_says_so(
    database: EmbeddedPostgres, tmp_path: Path
) -> None:
    url = filled(database, tmp_path / "in")
    engine = make_engine(f"{url}&options=-c%20statement_timeout%3D300", application_name="web")
    other = make_engine(url, application_name="tests", pool=None)
    client = real_app(tmp_path, engine).server.test_client()
    with connect(other) as holder:
        # Waiting for a lock is time of the statement too.
        holder.execute(text("LOCK TABLE summary_interval IN ACCESS EXCLUSIVE MODE"))
        page = client.get(OTHER)
        assert page.status_code == 503
        assert "not answering" in page.text
        holder.rollback()
    assert client.get(OTHER).status_code == 200
    engine.dispose()


def test_a_full_pool_is_an_answer_in_time(database: EmbeddedPostgres, tmp_path: Path) -> None:
    from dataclasses import replace

    url = filled(database, tmp_path / "in")
    pool = replace(WEB_POOL, size=1, overflow=0, wait_seconds=0.3)
    engine = make_engine(url, application_name="web", pool=pool)
    client = real_app(tmp_path, engine).server.test_client()
    assert SENTENCE in client.get(PAGE).text
    with connect(engine):
        began = time.monotonic()
        page = client.get(PAGE)
        assert (page.status_code, NOTICE in page.text) == (200, True)
        assert client.get(OTHER).status_code == 503
        assert time.monotonic() - began < 5
    until(lambda: NOTICE not in client.get(PAGE).text, 10)
    engine.dispose()
