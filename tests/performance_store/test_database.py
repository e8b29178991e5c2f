"""Engines: any Postgres URL, limits that hold, no connection shared by two processes; one name
for a database that does not answer; migrations by any number of processes at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from performance_store import database
from performance_store.database import (
    PREPARED,
    DatabaseUnavailable,
    PoolSettings,
    TimeLimits,
    connect,
    current_revision,
    database_errors,
    database_url,
    head_revision,
    make_engine,
    migrate,
)
from performance_store.session import MOST_PREPARED
from tests.support.servers import Databases, free_port

# URLs


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_say_postgres_is_understood(scheme: str) -> None:
    url = database_url(f"{scheme}://u:p%40ss@db.example:5433/name")
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host, url.port, url.database) == (
        "u",
        "p@ss",
        "db.example",
        5433,
        "name",
    )


@pytest.mark.parametrize(
    ("url", "sslmode"),
    [
        ("postgres://u@db.example/d", "require"),
        ("postgres://u@10.0.0.1/d", "require"),
        ("postgres://u@/d?host=db.example", "require"),
        ("postgres://u@/d?host=localhost&host=db.example", "require"),
        ("postgres://u@db.example/d?sslmode=verify-full", "verify-full"),
        ("postgres://u@db.example/d?sslmode=disable", "disable"),
        ("postgres://u@localhost/d", None),
        ("postgres://u@127.0.0.1:5432/d", None),
        ("postgres://u@[::1]/d", None),
        ("postgres:///d", None),
        ("postgres://u@/d?host=/var/run/postgresql", None),
        ("postgres://u@/d?host=%2Fvar%2Frun", None),
    ],
)
def test_what_leaves_the_machine_is_encrypted_unless_the_url_says_otherwise(
    url: str, sslmode: str | None
) -> None:
    assert database_url(url).query.get("sslmode") == sslmode


@pytest.mark.parametrize("url", ["mysql://u:secret@host/d", "secret", "", "postgres://secret:x:y/"])
def test_other_urls_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(ValueError, match="not a ") as raised:
        database_url(url)
    assert "secret" not in str(raised.value)


# Limits


def test_the_limits_and_the_name_reach_the_server(engine: Engine) -> None:
    names = "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone"
    with connect(engine) as connection:
        query = text("SELECT current_setting(name) FROM unnest(CAST(:names AS text[])) name")
        answers = connection.execute(query, {"names": list(names)}).scalars().all()
        name = connection.execute(text("SELECT current_setting('application_name')")).scalar()
    assert answers == ["25s", "5s", "1min", "UTC"]
    assert name == "tests"


def test_options_in_the_url_win(database_url: str) -> None:
    with_options = f"{database_url}&options=-c%20statement_timeout%3D1234"
    engine = make_engine(with_options, application_name="tests", pool=None)
    with connect(engine) as connection:
        value = connection.execute(text("SHOW statement_timeout")).scalar()
    assert value == "1234ms"


def test_a_long_question_is_cut_short(database_url: str) -> None:
    limits = TimeLimits(statement_seconds=0.1)
    engine = make_engine(database_url, application_name="tests", pool=None, limits=limits)
    with pytest.raises(DatabaseUnavailable, match="took too long"), connect(engine) as connection:
        connection.execute(text("SELECT pg_sleep(5)"))


SETTINGS = text(
    "SELECT current_setting('statement_timeout'), current_setting('plan_cache_mode'), "
    "(SELECT count(*) FROM pg_prepared_statements)"
)


def say_alone(connection: Connection, prepare: bool = True) -> None:
    """Put a statement twice."""
    say = text("SELECT CAST(:word AS text)")
    for word in ("a", "b"):
        answer = connection.execute(say, {"word": word}, execution_options={PREPARED: prepare})
        assert answer.scalar() == word


def test_a_statement_alone_is_planned_once_and_has_limits_too(database_url: str) -> None:
    engine = make_engine(database_url, application_name="tests", pool=None)
    with connect(engine) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        say_alone(connection, prepare=False)
        assert tuple(connection.execute(SETTINGS).one()) == ("0", "auto", 0)
        say_alone(connection)
        assert tuple(connection.execute(SETTINGS).one()) == ("25s", "force_generic_plan", 1)
        connection.rollback()
        connection.execution_options(isolation_level="REPEATABLE READ")
        # A transaction's statements are planned for what they are asked with.
        assert tuple(connection.execute(SETTINGS).one()) == ("25s", "auto", 1)


def test_options_in_the_url_win_for_a_statement_alone(database_url: str) -> None:
    options = "-c%20statement_timeout%3D1234%20-c%20plan_cache_mode%3Dforce_custom_plan"
    url = f"{database_url}&options={options}"
    engine = make_engine(url, application_name="tests", pool=None)
    for isolation in ("AUTOCOMMIT", "REPEATABLE READ"):
        with connect(engine) as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            say_alone(connection)
            connection.rollback()
            connection.execution_options(isolation_level=isolation)
            assert tuple(connection.execute(SETTINGS).one()) == ("1234ms", "force_custom_plan", 1)


def test_no_more_is_prepared_than_the_server_has_room_for(database_url: str) -> None:
    engine = make_engine(database_url, application_name="tests", pool=None)
    with connect(engine) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for number in range(MOST_PREPARED + 5):
            connection.execute(text(f"SELECT {number}"), execution_options={PREPARED: True})
        assert connection.execute(SETTINGS).one()[2] == MOST_PREPARED


def ask_for_ten_seconds(connection: Connection) -> None:
    with database_errors():
        connection.execute(text("SELECT pg_sleep(10)"))


def ended_within_a_second(connection: Connection, statement: str) -> None:
    busy = text(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = :statement"
    )
    deadline = time.monotonic() + 1
    while connection.execute(busy, {"statement": statement}).scalar():
        assert time.monotonic() < deadline, "the server works on"
        connection.rollback()
        time.sleep(0.02)


@pytest.mark.parametrize("isolation", ["AUTOCOMMIT", "REPEATABLE READ"])
def test_a_server_that_hangs_is_not_waited_for(database_url: str, isolation: str) -> None:
    """It took the question and says nothing, not even that it takes too long. Nor does it work on
    for nobody."""
    url = f"{database_url}&options=-c%20statement_timeout%3D0"
    limits = TimeLimits(statement_seconds=0.2, silence_seconds=0.3)
    engine = make_engine(url, application_name="tests", limits=limits)
    began = time.monotonic()
    with engine.connect() as hung, pytest.raises(DatabaseUnavailable, match="cannot be reached"):
        ask_for_ten_seconds(hung.execution_options(isolation_level=isolation))  # type: ignore[call-overload]
    assert time.monotonic() - began < 3
    with connect(engine) as connection:
        assert connection.execute(text("SELECT 2")).scalar() == 2
        ended_within_a_second(connection, "SELECT pg_sleep(10)")
    engine.dispose()


def test_a_pool_keeps_all_that_it_opened(database_url: str) -> None:
    engine = make_engine(database_url, application_name="tests")
    seen = []
    for _ in range(2):
        with ExitStack() as stack:
            connections = [stack.enter_context(connect(engine)) for _ in range(4)]
            pid = text("SELECT pg_backend_pid()")
            seen.append({connection.execute(pid).scalar() for connection in connections})
    assert seen[0] == seen[1]
    assert len(seen[0]) == 4
    engine.dispose()


def test_a_full_pool_answers_in_time(database_url: str) -> None:
    pool = PoolSettings(size=1, overflow=0, wait_seconds=0.1)
    engine = make_engine(database_url, application_name="tests", pool=pool)
    with connect(engine), pytest.raises(DatabaseUnavailable, match="busy"), connect(engine):
        pass
    engine.dispose()


# A database that does not answer


def test_nobody_listening() -> None:
    url = f"postgres://u@127.0.0.1:{free_port()}/d"
    engine = make_engine(url, application_name="tests")
    with pytest.raises(DatabaseUnavailable, match="cannot be reached") as raised, connect(engine):
        pass
    assert "127.0.0.1" not in raised.value.reason


def test_no_such_database(databases: Databases) -> None:
    engine = make_engine(databases.url("absent"), application_name="tests", pool=None)
    with pytest.raises(DatabaseUnavailable), connect(engine):
        pass


def test_a_connection_cut_under_a_question(engine: Engine) -> None:
    cut = text("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(DatabaseUnavailable), connect(engine) as connection:
        connection.execute(cut)
    with connect(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_connection_cut_while_idle_is_not_noticed(engine: Engine) -> None:
    with connect(engine) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    other = make_engine(engine.url, application_name="tests", pool=None)
    with connect(other) as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with connect(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_our_own_mistakes_stay_what_they_are(engine: Engine) -> None:
    with pytest.raises(ProgrammingError), connect(engine) as connection:
        connection.execute(text("SELECT nonsense"))
    twice = "CREATE TEMPORARY TABLE once (value) AS SELECT 1 UNION ALL SELECT 1"
    with connect(engine) as connection:
        connection.execute(text(twice))
        with pytest.raises(IntegrityError), database_errors():
            connection.execute(text("CREATE UNIQUE INDEX ON once (value)"))


# Processes


def test_a_child_never_talks_through_its_parents_connection(engine: Engine) -> None:
    """A preloading web server forks after the app may have asked its first question."""
    with connect(engine) as connection:
        parent = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with connect(engine) as connection:
                answer = connection.execute(text("SELECT pg_backend_pid()")).scalar()
            os.write(writing, str(answer).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        assert int(answers.read()) != parent
    os.waitpid(child, 0)
    with connect(engine) as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar() == parent


# Migrations


@pytest.fixture
def empty_engine(databases: Databases) -> Iterator[Engine]:
    """An engine on a database that was never migrated."""
    with databases.fresh() as url:
        yield make_engine(url, application_name="tests", pool=None)


@pytest.fixture(params=["databases", pytest.param("embedded", marks=pytest.mark.embedded)])
def empty_on_both(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """As ``empty_engine``, on the server of all tests and again on the embedded one."""
    with request.getfixturevalue(request.param).fresh() as url:
        yield make_engine(url, application_name="tests", pool=None)


def test_migrating_says_whether_there_was_anything_to_do(empty_on_both: Engine) -> None:
    assert current_revision(empty_on_both) is None
    assert migrate(empty_on_both)
    assert current_revision(empty_on_both) == head_revision() is not None
    assert not migrate(empty_on_both)


def test_a_database_of_the_former_release_is_brought_up_to_date(empty_on_both: Engine) -> None:
    with empty_on_both.begin() as connection:
        config = database._alembic_config(connection)
        newest = ScriptDirectory.from_config(config).get_revision("head")
        assert newest is not None
        command.upgrade(config, str(newest.down_revision))
    assert current_revision(empty_on_both) == newest.down_revision
    assert migrate(empty_on_both)
    with empty_on_both.connect() as connection:
        command.check(database._alembic_config(connection))


def test_eight_processes_migrate_an_empty_database_at_once(empty_engine: Engine) -> None:
    script = (
        "import sys; from performance_store.database import make_engine, migrate;"
        "print(migrate(make_engine(sys.argv[1], application_name='tests', pool=None)))"
    )
    url = empty_engine.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, url],
            cwd=Path(database.__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, answers
    assert sorted(out.strip() for out, _ in answers) == ["False"] * 7 + ["True"]
    assert current_revision(empty_engine) == head_revision()


def test_the_tables_in_the_code_are_those_of_the_migrations(engine: Engine) -> None:
    """Raises, naming what to migrate, where they differ."""
    with engine.connect() as connection:
        command.check(database._alembic_config(connection))


def test_waiting_for_another_migration_ends(empty_engine: Engine) -> None:
    with connect(empty_engine) as holder:
        holder.execute(text("SELECT pg_advisory_lock(:key)"), {"key": database.MIGRATION_LOCK})
        with pytest.raises(TimeoutError, match="another process"):
            migrate(empty_engine, wait_seconds=0.3)
    assert migrate(empty_engine)


def test_waiting_for_another_migration_holds_no_snapshot(empty_engine: Engine) -> None:
    """CREATE INDEX CONCURRENTLY in a migration would wait for it, and it for the migration."""
    with connect(empty_engine) as holder:
        holder.execute(text("SELECT pg_advisory_lock(:key)"), {"key": database.MIGRATION_LOCK})
        holder.commit()
        with connect(empty_engine) as connection:
            connection.execute(text("CREATE TABLE indexed (value int)"))
            connection.commit()
        waiting = threading.Thread(target=migrate, args=(empty_engine,))
        waiting.start()
        time.sleep(0.4)
        builder = make_engine(empty_engine.url, application_name="builder", pool=None)
        with builder.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            started = time.monotonic()
            connection.execute(text("CREATE INDEX CONCURRENTLY ON indexed (value)"))
            assert time.monotonic() - started < 2
        holder.execute(text("SELECT pg_advisory_unlock_all()"))
        holder.commit()
    waiting.join(timeout=30)
    assert not waiting.is_alive()


def test_what_is_in_use_fails_the_migration_rather_than_every_reader(
    empty_engine: Engine,
) -> None:
    """It gives up after its lock limit; the database stays as it was and usable."""
    with connect(empty_engine) as user:
        user.execute(text("CREATE TABLE organisation (in_the_way int)"))
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailable, match="locked"):
            migrate(empty_engine)
        assert time.monotonic() - started < 15
    assert current_revision(empty_engine) is None
    assert migrate(empty_engine)


def test_limits_of_a_migration_do_not_stay_in_the_pool(databases: Databases) -> None:
    with databases.fresh() as url:
        engine = make_engine(url, application_name="tests")
        migrate(engine)
        with connect(engine) as one, connect(engine) as two:
            for connection in (one, two):
                assert connection.execute(text("SHOW statement_timeout")).scalar() == "25s"
        engine.dispose()
