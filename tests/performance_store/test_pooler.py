"""Behind PgBouncer in transaction mode, as hosting offers it: everything works, or says why not."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from dashboard import create_app
from dashboard.data.wiring import connector, read_state
from performance_api import blueprint as api
from performance_store.__main__ import main
from performance_store.database import (
    POOLED,
    PREPARED,
    DatabaseUnavailable,
    TimeLimits,
    connect,
    make_engine,
    migrate,
    transaction,
)
from performance_store.loading import load
from performance_store.local.processes import OwnedProcess
from performance_store.readers.platform import Platform
from performance_store.settings import load_settings
from providers import jobs
from tests.support.build import AAA
from tests.support.jobs import TABLE, rows, stop, until, words, worker
from tests.support.loads import a_file
from tests.support.servers import free_port, missing
from tests.support.settings import settings_at

pytestmark = pytest.mark.postgres
PATHS = ("/", "/organisations", f"/organisations/{AAA}", "/national?set=any", "/datasets")
API = ("/api/v1/organisations", "/health/ready")


@pytest.fixture(scope="module")
def direct_url(
    fresh_database: Callable[[], AbstractContextManager[str]],
) -> Iterator[str]:
    """A migrated, empty database, past the pooler."""
    with fresh_database() as url:
        yield url


@pytest.fixture(scope="module")
def pooled_url(direct_url: str, open_folder: Callable[[], Path]) -> Iterator[str]:
    """The same database through a PgBouncer of three connections, which refuses what it must."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing("pgbouncer")
    url, folder, port = make_url(direct_url), open_folder(), free_port()
    host = url.query.get("host", url.host)
    number = url.query.get("port", url.port or 5432)
    there = f"host={host} port={number} dbname={url.database}"
    login = f"user={url.username or 'postgres'}"
    login += f" password={url.password}" if url.password else ""
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\nperformance = {there} {login}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
        "default_pool_size = 3\nmax_client_conn = 50\nignore_startup_parameters =\n"
    )
    command = [program, str(folder / "pgbouncer.ini")]
    if os.geteuid() == 0:
        # It does not run as root; the embedded server's socket is for its own user.
        socket_file = Path(str(host), f".s.PGSQL.{number}")
        command[1:1] = ["-u", socket_file.owner() if socket_file.exists() else "nobody"]
    with (folder / "log").open("wb") as log:
        server = OwnedProcess.start(
            command, stop_signal=signal.SIGTERM, cwd=folder, env=dict(os.environ), output=log
        )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.05)
    yield f"postgresql://postgres@127.0.0.1:{port}/performance"
    server.stop([(signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)])


def test_limits_hold_in_every_transaction(pooled_url: str) -> None:
    engine = make_engine(pooled_url, application_name="tests", pool=None)
    names = "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone"
    query = text("SELECT current_setting(name) FROM unnest(CAST(:names AS text[])) name")
    for _ in range(5):
        with connect(engine) as connection:
            for _ in range(2):
                values = connection.execute(query, {"names": list(names)}).scalars().all()
                assert values == ["25s", "5s", "1min", "UTC"]
                connection.rollback()


def test_nothing_is_prepared_or_set_for_others(pooled_url: str, direct_url: str) -> None:
    """A process of the server is not ours for longer than a statement."""
    engine = make_engine(pooled_url, application_name="tests")
    say = text("SELECT CAST(:word AS text)")
    look = text(
        "SELECT current_setting('statement_timeout'), current_setting('plan_cache_mode'), "
        "(SELECT count(*) FROM pg_prepared_statements)"
    )
    with ExitStack() as stack:
        for _ in range(3):
            connection = stack.enter_context(connect(engine))
            connection.execution_options(isolation_level="AUTOCOMMIT")
            for word in ("a", "b"):
                answer = connection.execute(say, {"word": word}, execution_options={PREPARED: True})
                assert answer.scalar() == word
            assert tuple(connection.execute(look).one()) == ("0", "auto", 0)
    engine.dispose()


def test_what_nobody_waits_for_any_more_ends_on_the_server(
    pooled_url: str, direct_url: str
) -> None:
    """Put by itself it has no limit there: nothing of a session reaches through the pooler."""
    limits = TimeLimits(silence_seconds=0.3)
    pooled = make_engine(pooled_url, application_name="tests", pool=None, limits=limits)
    alone = pooled.execution_options(isolation_level="AUTOCOMMIT")
    with pytest.raises(DatabaseUnavailable), connect(alone) as connection:
        connection.execute(text("SELECT pg_sleep(10)"))
    direct = make_engine(direct_url, application_name="tests", pool=None)
    busy = text(
        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(10)'"
        " AND state = 'active'"
    )

    def is_over() -> bool:
        with connect(direct) as connection:
            return connection.scalar(busy) == 0

    until(is_over, "the server works on", seconds=3)


def test_readers_see_no_fault_while_data_are_loaded(
    pooled_url: str, direct_url: str, tmp_path: Path
) -> None:
    loader = make_engine(direct_url, application_name="tests", pool=None)
    load(loader, Platform(a_file(tmp_path / "first")))
    connection_of, engine = connector(load_settings({"DATABASE_URL": pooled_url}))
    app = create_app(settings_at(tmp_path), connect=connection_of, read_state=read_state)
    app.server.register_blueprint(api(connection_of, site="/"))

    def ask(number: int) -> int:
        path = (*PATHS, *API)[number % 7]
        sign = "&" if "?" in path else "?"
        address = path if path in API else f"{path}{sign}utm_x={number}"
        return app.server.test_client().get(address).status_code

    with ThreadPoolExecutor(6) as readers:
        answers = readers.map(ask, range(140))
        for number in range(3):
            day = f"2025-05-2{number + 2}"
            load(loader, Platform(a_file(tmp_path / day, day=day, issues=number)))
        assert set(answers) == {200}
    engine.dispose()


def test_a_worker_asks_each_second_through_the_pooler(
    pooled_url: str, direct_url: str, tmp_path: Path
) -> None:
    engine = make_engine(direct_url, application_name="tests", pool=None)
    with transaction(engine) as connection:
        connection.execute(text(TABLE))
    with worker(pooled_url, tmp_path, DATABASE_DIRECT_URL=direct_url) as running:
        until(lambda: rows(engine, "SELECT * FROM procrastinate_workers"))
        with transaction(engine) as connection:
            jobs.defer(connection, "note", word="light")
            jobs.defer(connection, "heavy", queue=jobs.HEAVY, word="heavy")
        until(lambda: {"light", "heavy"} <= set(words(engine)))
        assert stop(running) == 0


def test_commands_go_to_the_server_itself(
    pooled_url: str,
    direct_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", pooled_url)
    monkeypatch.delenv("DATABASE_DIRECT_URL", raising=False)
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err == f"{POOLED}\n"
    monkeypatch.setenv("DATABASE_DIRECT_URL", direct_url)
    assert main(["migrate"]) == 0


def test_a_pooler_that_shares_sessions_gets_no_migration(pooled_url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="set DATABASE_DIRECT_URL"):
        migrate(make_engine(pooled_url, application_name="tests", pool=None))


def test_what_the_pooler_refuses_is_repeated(pooled_url: str) -> None:
    url = f"{pooled_url}?options=-c%20work_mem%3D4MB"
    engine = make_engine(url, application_name="tests", pool=None)
    with pytest.raises(DatabaseUnavailable) as refusal, connect(engine):
        pass
    assert "unsupported startup parameter: options" in refusal.value.reason
    assert "127.0.0.1" not in refusal.value.reason
