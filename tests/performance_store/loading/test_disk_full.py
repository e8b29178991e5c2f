"""The disk is full in the middle of a load: one clear line, and the last good data stay.

A real server may not let a file grow past a size: the system refuses to write on, as a full disk
does. That works for every user, where a small disk could be made by root alone.
"""

from __future__ import annotations

import re
import resource
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from performance_store.database import make_engine, migrate
from performance_store.loading import load
from performance_store.local.embedded import EmbeddedPostgres
from performance_store.queries import snapshots
from performance_store.readers.platform import Platform
from performance_store.settings import load_settings
from tests.support.build import PlatformFile
from tests.support.loads import a_file, checksum, command

MEGABYTES = 20  # more than a file of the server's log, which is made whole before it is used


@pytest.fixture
def server(open_folder: Callable[[], Path]) -> Iterator[EmbeddedPostgres]:
    """A server of the test's own with an empty store, not running."""
    binaries = load_settings().postgres_binaries
    postgres = EmbeddedPostgres(open_folder(), durable=False, binaries=binaries)
    with postgres:
        migrate(make_engine(postgres.ensure_database(), application_name="tests", pool=None))
    yield postgres
    postgres.stop()


@contextmanager
def small_disk(server: EmbeddedPostgres) -> Iterator[str]:
    """The server, running, on a disk that is soon full; the address of its store."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # What is started now inherits it. PostgreSQL takes it as it takes a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (MEGABYTES * 1_000_000, before[1]))
    try:
        server.start()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    try:
        yield server.ensure_database()
    finally:
        server.stop()


def a_large_file(folder: Path) -> Path:
    """A platform file whose issues fill more than the disk has; nothing in it can be packed."""
    file = PlatformFile(folder, as_at=date(2025, 5, 22))
    file.provision().endpoint().answer()
    for number in range(30):
        file.issues(value=secrets.token_hex(500_000), entry_number=number)
    path = file.write()
    return path.parent if path.is_file() else path


def test_a_load_that_fills_the_disk_is_one_clear_line_and_changes_nothing(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    folder = a_large_file(tmp_path / "large")
    with small_disk(server) as url:
        engine = make_engine(url, application_name="tests", pool=None)
        assert command(url, "load", "platform", a_file(tmp_path / "good")).returncode == 0
        before = checksum(engine)
        for _ in range(2):
            outcome = command(url, "load", "platform", folder)
            assert (outcome.returncode, outcome.stdout) == (1, "")
            (line,) = outcome.stderr.splitlines()
            assert re.search("no room|File too large|No space left", line), line
            assert line.endswith("nothing was changed")
            assert checksum(engine) == before
            with engine.connect() as connection:
                newest = snapshots.loads(connection)[0]
                assert snapshots.current(connection)[0].as_at == date(2025, 5, 21)
            assert newest.state == "failed"
            assert newest.error
        report = command(url, "status").stdout
        assert "platform, FAILED since: 2, the last because: " in report

    with server:
        url = server.ensure_database()
        outcome = command(url, "load", "platform", folder)
        assert (outcome.returncode, outcome.stderr) == (0, "")
        with make_engine(url, application_name="tests", pool=None).connect() as connection:
            assert snapshots.current(connection)[0].as_at == date(2025, 5, 22)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_export_to_a_full_disk_is_one_clear_line(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    load(engine, Platform(a_file(tmp_path / "good")))
    outcome = command(database_url, "export", "provision-summary", "--output", "/dev/full")
    assert outcome.returncode == 1
    (line,) = outcome.stderr.splitlines()
    assert "No space left on device" in line
