"""The queue without a worker: what is put into it, what is told of it, and its upkeep."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from sqlalchemy import Engine, text

from performance_store.database import connect, transaction
from performance_store.operations import report, watch
from performance_store.settings import CHECKOUT, Settings
from providers import jobs
from serving.health import judge
from tests.support.jobs import rows
from worker.tasks import SYNC, TASKS, WHEN, defer_missed_sync

pytestmark = pytest.mark.postgres
DOING = "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"
TODO = "UPDATE procrastinate_jobs SET status = 'todo' WHERE id = :id"
DEAD = "UPDATE procrastinate_jobs SET status = 'failed', attempts = 10 WHERE id = :id"
GOOD = "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = :id"
OLDER = "UPDATE procrastinate_events SET at = at - make_interval(days => :days) WHERE job_id = :id"


def put(engine: Engine, name: str = "mail.send", **options: object) -> int | None:
    with transaction(engine) as connection:
        return jobs.defer(connection, name, **options)  # type: ignore[arg-type]


def run(engine: Engine, sql: str, **values: object) -> None:
    with transaction(engine) as connection:
        connection.execute(text(sql), values)


def waiting(engine: Engine, *names: str) -> list[tuple[str, int]]:
    with connect(engine) as connection:
        return [(row.name, row.waiting) for row in jobs.waiting(connection, *names)]


def test_a_job_is_there_with_what_it_follows_from_or_not_at_all(engine: Engine) -> None:
    with connect(engine) as connection:
        jobs.defer(connection, "mail.send", message_id=1)
        connection.rollback()
    assert waiting(engine) == []
    with transaction(engine) as connection:
        jobs.defer(connection, "mail.send", message_id=2)
        assert waiting(engine) == []
    assert rows(engine, "SELECT task_name, queue_name, args FROM procrastinate_jobs") == [
        ("mail.send", "default", {"message_id": 2})
    ]


def test_of_those_with_a_queueing_lock_one_waits_and_the_caller_goes_on(engine: Engine) -> None:
    with transaction(engine) as connection:
        first = jobs.defer(connection, "mail.send", queueing_lock="a")
        assert jobs.defer(connection, "mail.send", queueing_lock="a") is None
        assert jobs.defer(connection, "mail.send", queueing_lock="b") is not None
    assert waiting(engine) == [("mail.send", 2)]
    # One that has begun does not stand for what waits, nor is it kept from going back.
    run(engine, DOING, id=first)
    assert put(engine, queueing_lock="a") is not None
    run(engine, TODO, id=first)
    assert waiting(engine) == [("mail.send", 3)]


def test_a_queue_that_nobody_takes_from_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="no worker takes from a queue 'mail'"):
        put(engine, queue="mail")


def test_what_waits_and_what_died_is_told(engine: Engine) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    put(engine, run_at=later)
    old, dead = put(engine), put(engine, "webhook.deliver")
    run(engine, OLDER, id=old, days=2)
    run(engine, DEAD, id=dead)
    run(engine, "INSERT INTO providers.job_failure VALUES (:id, now(), 'Timeout')", id=dead)
    assert waiting(engine) == [("mail.send", 2)]
    assert waiting(engine, "webhook.deliver") == []
    now = datetime.now(UTC)
    with connect(engine) as connection:
        condition = watch.look(connection)
        people = report.as_text(connection, now, Settings(data_old_days=0)).splitlines()
        machines = json.loads(report.as_json(connection, now, Settings(data_old_days=0)))
    assert "Worker: SILENT" in people
    assert "Jobs mail.send: 2 waiting (for up to 2 days)" in people
    assert "Jobs webhook.deliver: 1 DEAD" in people
    assert any(
        line.startswith(f"Dead job {dead} (webhook.deliver): 10 attempts, dead for")
        and line.endswith("; at last: Timeout")
        for line in people
    )
    assert [job["name"] for job in machines["jobs"]] == ["mail.send", "webhook.deliver"]
    assert machines["dead_jobs"][0]["job_id"] == dead
    values = {(f.name, f.labels): f.value for f in watch.figures(condition, now)}
    mail, hook = (("job", "mail.send"),), (("job", "webhook.deliver"),)
    assert values["pdp_jobs_waiting", mail] == 2
    assert values["pdp_jobs_wait_seconds", mail] >= 2 * 86400
    assert values["pdp_jobs_dead", hook] == 1
    assert values["pdp_jobs_dead_seconds", hook] >= 0


def test_dead_jobs_are_tried_again_or_forgotten(engine: Engine) -> None:
    first, second = put(engine), put(engine)
    assert first is not None
    assert second is not None
    for number in (first, second):
        run(engine, DEAD, id=number)
    with transaction(engine) as connection:
        assert jobs.retry(connection, [first]) == 1
        assert jobs.forget(connection, [first]) == 0
        assert jobs.forget(connection, [second]) == 1
    assert rows(engine, "SELECT id, status, attempts FROM procrastinate_jobs") == [
        (first, "todo", 0)
    ]


def test_what_ended_well_a_month_ago_goes_and_the_dead_stay(engine: Engine) -> None:
    numbers = [put(engine) for _ in range(4)]
    for number, end in zip(numbers, (GOOD, GOOD, DEAD), strict=False):
        run(engine, end, id=number)
    for number in (numbers[0], *numbers[2:]):
        run(engine, OLDER, id=number, days=31)
    why = "INSERT INTO providers.job_failure (job_id, error) SELECT id, 'E' FROM procrastinate_jobs"
    run(engine, why)
    with transaction(engine) as connection:
        assert jobs.purge(connection, days=30) == 1
    left = rows(engine, "SELECT id FROM procrastinate_jobs ORDER BY id")
    assert [number for (number,) in left] == numbers[1:]
    assert rows(engine, "SELECT job_id FROM providers.job_failure ORDER BY 1") == left


def heard(engine: Engine, minutes: int) -> None:
    run(
        engine,
        "INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now() - make_interval(mins => :minutes))",
        minutes=minutes,
    )


@pytest.mark.parametrize(
    ("beats", "waits", "state"),
    [
        # Nobody works, and nobody has to: no worker is deployed, or it stopped in order.
        ((), None, "none"),
        ((), 0, "none"),
        ((), 1, "silent"),
        ((0,), 1, "ok"),
        ((0, 60), None, "ok"),
        ((6,), None, "silent"),
    ],
)
def test_a_worker_is_missed_where_one_ought_to_be(
    engine: Engine, beats: tuple[int, ...], waits: int | None, state: str
) -> None:
    for minutes in beats:
        heard(engine, minutes)
    if waits is not None:
        run(engine, OLDER, id=put(engine), days=waits)
    now = datetime.now(UTC)
    with connect(engine) as connection:
        parts = watch.look(connection).describe(now, 0)
    assert parts["worker"] == state
    _, reasons = judge({"database": "ok", "redis": "ok", **parts})
    assert any("No worker has been heard of" in reason for reason in reasons) == (state == "silent")


def test_a_missed_sync_is_made_up_for_once(engine: Engine) -> None:
    def catch_up() -> list[tuple[str, int]]:
        with transaction(engine) as connection:
            defer_missed_sync(connection)
        return waiting(engine)

    assert catch_up() == catch_up() == [(SYNC, 1)]
    ((number,),) = rows(engine, "SELECT id FROM procrastinate_jobs")
    run(engine, DOING, id=number)
    assert catch_up() == []
    run(engine, GOOD, id=number)
    assert catch_up() == []
    run(engine, OLDER, id=number, days=1)
    assert catch_up() == [(SYNC, 1)]


def test_what_comes_by_itself_has_a_function_or_is_yet_to_get_one() -> None:
    """Heavy ones say where they belong: whoever defers them puts them there."""
    assert {SYNC, "jobs.purge"} <= set(TASKS) & set(WHEN)
    assert all(task.queue in jobs.QUEUES for task in TASKS.values())


def test_the_librarys_tables_are_those_that_we_migrate_to() -> None:
    """Where this fails, the library has changed its tables: write a revision with the files of
    `procrastinate/sql/migrations` that are new, and take the new `schema.sql` along."""
    ours = CHECKOUT / "performance_store" / "migrations" / "sql" / "0014_jobs.sql"
    theirs = files("procrastinate") / "sql" / "schema.sql"
    assert ours.read_text() == theirs.read_text()
