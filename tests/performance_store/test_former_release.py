"""A store of the former release is carried over: nothing that it says is another afterwards."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from performance_store import database
from performance_store.database import current_revision, make_engine, migrate
from performance_store.loading import load
from performance_store.loading.room import INTERVALS
from performance_store.readers.odp_reports import OdpReports
from tests.support.build import PlatformFile, Store
from tests.support.facts import facts
from tests.support.former_release import REVISION, downgraded
from tests.support.servers import Databases

MIGRATE = (
    "import sys; from performance_store.database import make_engine, migrate;"
    "migrate(make_engine(sys.argv[1], application_name='tests', pool=None))"
)


def test_a_store_of_the_former_release_is_carried_over(
    fresh_database: Callable[[], AbstractContextManager[str]],
    databases: Databases,
    shared_data: Path,
    tmp_path: Path,
) -> None:
    """Killed half way, it goes on where it was."""
    with fresh_database() as url, databases.fresh() as empty:
        engine = make_engine(url, application_name="test", pool=None)
        former = make_engine(empty, application_name="test", pool=None)
        load(engine, OdpReports(shared_data / "snapshots"))
        store = Store(engine)
        for night in range(4):
            store.load(_file(tmp_path / str(night), date(2025, 5, 1 + night), night))
        downgraded(engine, former)
        assert current_revision(former) == REVISION
        _kill_half_way(former)
        assert current_revision(former) == REVISION
        assert migrate(former)
        assert facts(former) == facts(engine)
        for table in (*INTERVALS, "endpoint_run"):
            assert _whole(former, table) == _whole(engine, table), table
        with former.connect() as connection:
            assert connection.scalar(text("SELECT to_regclass('carried')")) is None


def _file(folder: Path, day: date, night: int) -> PlatformFile:
    """A night: one address answers, another fails from the second night on."""
    file = PlatformFile(folder, as_at=day).provision().endpoint("good").endpoint("bad")
    for before in range(night + 1):
        at = (day - timedelta(days=before)).isoformat()
        file.answer("good", at)
        if before == night:
            file.answer("bad", at)
        else:
            file.failure("bad", at)
    return file.issues(3 + night // 2)


def _kill_half_way(engine: Engine) -> None:
    """Migrate in a process of its own that is killed when the first lot is there."""
    with subprocess.Popen(
        [sys.executable, "-c", MIGRATE, engine.url.render_as_string(hide_password=False)],
        cwd=Path(database.__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
    ) as migration:
        assert migration.stdout is not None
        line = migration.stdout.readline()
        migration.send_signal(signal.SIGKILL)
    assert line == "  history as intervals: 6 of 10 snapshots\n"


def _whole(engine: Engine, table: str) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text(f"SELECT t::text FROM {table} t ORDER BY 1")))
