"""Workers as processes over a real database: each job is done, once, by one of them."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, text

from performance_store.database import transaction
from performance_store.queries import jobs as queue
from providers import jobs
from providers.jobs import HEAVY
from tests.support.jobs import CONNECTIONS, TABLE, rows, stop, until, words, worker

pytestmark = pytest.mark.postgres
IDLE_MB = 130
CUT = CONNECTIONS.replace("count(*)", "pg_terminate_backend(pid)")


@pytest.fixture(autouse=True)
def _table(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text(TABLE))


def put(
    engine: Engine, name: str, *many: str, queue: str = jobs.DEFAULT, seconds: float = 0
) -> None:
    """Jobs that write these words."""
    more = {"seconds": seconds} if seconds else {}
    with transaction(engine) as connection:
        for word in many:
            jobs.defer(connection, name, queue=queue, word=word, **more)


def states(engine: Engine) -> list[tuple[str, int]]:
    return [
        (str(state), attempts)
        for state, attempts in rows(
            engine, "SELECT status, attempts FROM procrastinate_jobs ORDER BY id"
        )
    ]


def test_two_workers_do_each_job_once_and_what_comes_by_itself_once(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    names = [f"light {number}" for number in range(60)]
    due = "SELECT word, count(*) FROM done WHERE word LIKE 'due%' GROUP BY word"
    with (
        worker(database_url, tmp_path / "one", "often") as one,
        worker(database_url, tmp_path / "two", "often") as two,
    ):
        until(lambda: len({pid for _, pid in rows(engine, "SELECT word, pid FROM done")}) == 2)
        put(engine, "note", *names, seconds=0.02)
        until(lambda: set(names) <= set(words(engine)) and len(rows(engine, due)) > 2)
        assert stop(one) == stop(two) == 0
    light = [word for word in words(engine) if word.startswith("light")]
    assert sorted(light) == sorted(f"{name}{end}" for name in names for end in ("", " begins"))
    assert {times for _, times in rows(engine, due)} == {1}
    pids = rows(engine, "SELECT DISTINCT pid FROM done WHERE word LIKE 'light%'")
    assert {pid for (pid,) in pids} == {one.pid, two.pid}
    assert {state for state, _ in states(engine)} == {"succeeded"}
    # Who stops in order is not missed.
    assert rows(engine, "SELECT * FROM procrastinate_workers") == []


def test_one_worker_is_small_and_does_one_heavy_job_at_a_time_beside_light_ones(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with worker(database_url, tmp_path) as running:
        until(lambda: rows(engine, "SELECT * FROM procrastinate_workers"))
        idle = psutil.Process(running.pid).memory_info().rss / 1e6
        print(f"an idle worker: {idle:.0f} MB")
        assert idle < IDLE_MB
        put(engine, "heavy", "h1", "h2", queue=HEAVY, seconds=0.5)
        until(lambda: "h1 begins" in words(engine))
        put(engine, "note", *(f"n{number}" for number in range(20)))
        most = 0
        while "h2" not in words(engine):
            ((connections,),) = rows(engine, CONNECTIONS)
            most = max(most, connections)
        assert most <= 3
        # A database that cuts its connections, as in a restart, is asked again.
        assert rows(engine, CUT)
        put(engine, "note", "afterwards")
        until(lambda: "afterwards" in words(engine), (tmp_path / "log").read_text())
        assert stop(running) == 0
    order = words(engine)
    heavy = [word for word in order if word.startswith("h")]
    assert heavy == ["h1 begins", "h1", "h2 begins", "h2"]
    assert order.index("n19") < order.index("h2 begins")
    pids = rows(engine, "SELECT DISTINCT pid FROM done WHERE word IN ('h1', 'h2', 'n1')")
    assert len(pids) == 3


def test_what_a_killed_worker_had_begun_is_done_by_another(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with worker(database_url, tmp_path / "one") as one:
        put(engine, "note", "light", seconds=60)
        put(engine, "heavy", "heavy", queue=HEAVY, seconds=60)
        until(lambda: {"light begins", "heavy begins"} <= set(words(engine)))
        children = psutil.Process(one.pid).children(recursive=True)
        one.kill()
        one.wait()
        # Nothing heavy goes on without its worker.
        assert not psutil.wait_procs(children, timeout=10)[1]
    with transaction(engine) as connection:
        connection.execute(
            text("UPDATE procrastinate_jobs SET args = args || jsonb_build_object('seconds', 0)")
        )
    assert [state for state, _ in states(engine)] == ["doing", "doing"]
    with worker(database_url, tmp_path / "two") as two:
        until(lambda: {"light", "heavy"} <= set(words(engine)))
        assert stop(two) == 0
    assert words(engine).count("light") == words(engine).count("heavy") == 1
    assert states(engine) == [("succeeded", 2), ("succeeded", 2)]
    assert "its worker died; now todo" in (tmp_path / "two" / "log").read_text()


def test_told_to_stop_it_ends_what_is_short_and_puts_back_the_rest(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with worker(database_url, tmp_path) as running:
        put(engine, "note", "short", seconds=1.5)
        put(engine, "note", "hangs", seconds=60)
        put(engine, "heavy", "long", queue=HEAVY, seconds=60)
        until(lambda: {"short begins", "hangs begins", "long begins"} <= set(words(engine)))
        running.send_signal(signal.SIGTERM)
        began = time.monotonic()
        time.sleep(0.2)
        put(engine, "note", "late")
        assert running.wait(timeout=25) == 0
        assert time.monotonic() - began < 15
    assert "short" in words(engine)
    assert dict(rows(engine, "SELECT args ->> 'word', status FROM procrastinate_jobs")) == {
        "short": "succeeded",
        "hangs": "todo",
        "long": "todo",
        "late": "todo",
    }
    assert (tmp_path / "log").read_text().splitlines()[-1].endswith("worker Stopped")


def test_a_job_that_fails_is_tried_again_and_is_dead_at_last(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    put(engine, "fail", "in private")
    with worker(database_url, tmp_path) as running:
        until(lambda: states(engine) == [("failed", 3)])
        assert stop(running) == 0
    assert words(engine) == ["in private"] * 3
    log = (tmp_path / "log").read_text()
    assert "fail 1 failed, attempt 3" in log
    assert "in private" not in log
    with engine.connect() as connection:
        [dead] = queue.dead(connection)
    assert (dead.attempts, dead.error) == (3, "RuntimeError")


def test_a_job_that_only_a_newer_release_knows_waits_for_it(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    put(engine, "of next week", "word")
    with worker(database_url, tmp_path) as running:
        until(lambda: states(engine) == [("todo", 1)])
        assert stop(running) == 0
    assert rows(engine, "SELECT error FROM providers.job_failure") == [("UnknownJob",)]
    assert rows(engine, "SELECT scheduled_at > now() FROM procrastinate_jobs") == [(True,)]
