"""A command that is told to stop ends with one line, and `status` says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.build import Store
from tests.support.loads import a_file, command

CHECKOUT = Path(__file__).resolve().parents[2]

SLOW = """
import sys
from performance_store.__main__ import main
from performance_store.loading import load

module = sys.modules["performance_store.loading.load"]
module.run_file = lambda connection, file: connection.execute("SELECT pg_sleep(60)") or {}
sys.exit(main(sys.argv[1:]))
"""
BUSY = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND query LIKE 'SELECT pg_sleep%' AND state = 'active'"
)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_load_told_to_stop_says_so_in_one_line(
    database_url: str, engine: Engine, tmp_path: Path, how: signal.Signals
) -> None:
    """In the middle of a statement, and of whoever started it ignoring Ctrl-C."""
    loading = subprocess.Popen(
        [sys.executable, "-c", SLOW, "load", "platform", str(a_file(tmp_path / "in"))],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    store = Store(engine)
    while not store.value(BUSY):
        assert loading.poll() is None
        time.sleep(0.05)
    loading.send_signal(how)
    output, complained = loading.communicate(timeout=20)
    assert (loading.returncode, output) == (1, "")
    assert complained == "stopped: what had not ended changed nothing\n"
    assert store.sql("SELECT state, error FROM load") == [("failed", "stopped")]
    assert ": stopped\n" in command(database_url, "status").stdout
    assert store.sql("SELECT count(*) FROM snapshot") == [(0,)]


def test_a_database_of_a_newer_release_is_one_line_from_every_command(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    folder = a_file(tmp_path / "in")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for arguments in (
        ("migrate",),
        ("load", "platform", folder),
        ("sample",),
        ("export", "coverage"),
        ("sync", "--from", "https://data.example/digital-land.sqlite3"),
    ):
        outcome = command(database_url, *arguments)
        assert (outcome.returncode, outcome.stdout) == (1, "")
        assert outcome.stderr == (
            "the database was migrated by a newer release: install that release, or restore a "
            "backup from before it\n"
        )
    assert "ahead" in command(database_url, "status").stdout.splitlines()[0]


AGAIN = """
import os, signal
from performance_store.operations.stopping import stopping

try:
    with stopping():
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
except KeyboardInterrupt:
    os.kill(os.getpid(), signal.SIGTERM)
    print("tidied up")
"""


def test_who_is_told_again_while_it_ends_ends_as_it_meant_to() -> None:
    """A supervisor that repeats itself does not turn an orderly end into a killed one."""
    outcome = subprocess.run([sys.executable, "-c", AGAIN], cwd=CHECKOUT, capture_output=True)
    assert (outcome.returncode, outcome.stdout) == (0, b"tidied up\n")
