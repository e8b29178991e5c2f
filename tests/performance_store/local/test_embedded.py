"""The embedded server survives everything that may happen to it and to its owner.

Each case is one that an existing package was measured to fail. They run as the user of the
tests and, if that is root, as an ordinary user too.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from performance_store.local import binaries
from performance_store.local.binaries import EmbeddedError, server_user
from performance_store.local.embedded import AlreadyOwned, EmbeddedPostgres, open_store
from performance_store.settings import load_settings
from tests.support.owners import Owner, gone, server_of, servers_of

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no embedded server"),
]

ROOT = os.geteuid() == 0


@pytest.fixture(params=["as we are", "as an ordinary user"])
def user(request: pytest.FixtureRequest) -> str | None:
    """Whom the owner runs as; None is ourselves."""
    if request.param == "as we are":
        return None
    if not ROOT:
        pytest.skip("we are an ordinary user already")
    return "nobody"


@pytest.fixture
def folder(open_folder: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Takes what a test makes, side folders included."""
    answer = open_folder()
    monkeypatch.setattr(tempfile, "tempdir", str(answer))
    monkeypatch.setattr(binaries, "LASTING_TEMPORARY", answer)
    return answer


@pytest.fixture
def home(folder: Path, user: str | None) -> Iterator[Path]:
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    path = folder / "home"
    yield path
    Owner.end_all()
    for server in servers_of(folder):
        server.kill()
    assert gone(lambda: servers_of(folder))


@pytest.fixture
def root_home(folder: Path) -> Path:
    return folder / "home"


def write_row(url: str, value: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def rows(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_killed_owner_takes_its_server_along_and_loses_nothing(
    home: Path, user: str | None, how: signal.Signals
) -> None:
    owner = Owner(home, user=user, durable=True)
    write_row(owner.url, 1)
    owner.signal(how)
    assert owner.wait() == -how
    assert gone(lambda: servers_of(home), seconds=3)

    again = Owner(home, user=user)
    assert rows(again.url) == [1]
    again.end()


def test_an_interrupted_owner_shuts_its_server_down_cleanly(home: Path, user: str | None) -> None:
    owner = Owner(home, user=user)
    log = next(home.glob("pg*.log"))
    owner.signal(signal.SIGINT)
    assert owner.wait() == 0
    assert not servers_of(home)
    assert "database system is shut down" in log.read_text()


def test_a_killed_server_is_started_again_by_its_owner(root_home: Path) -> None:
    with EmbeddedPostgres(root_home) as server:
        url = server.ensure_database()
        write_row(url, 1)
        # A session at work: its process outlives the server for a moment, with its memory.
        with closing(psycopg.connect(url)) as session:
            session.execute("SELECT 1")
            server_of(root_home).kill()
            assert gone(lambda: server.running)
            server.start()
        assert rows(url) == [1]


def test_owner_and_server_killed_at_once(home: Path, user: str | None) -> None:
    owner = Owner(home, user=user)
    write_row(owner.url, 1)
    server = owner.server
    owner.signal(signal.SIGSTOP)
    server.kill()
    owner.signal(signal.SIGKILL)
    owner.wait()
    again = Owner(home, user=user)
    assert rows(again.url) == [1]
    again.end()


def test_a_server_whose_owner_and_watchdog_are_gone_is_taken_over(
    home: Path, user: str | None
) -> None:
    owner = Owner(home, user=user)
    write_row(owner.url, 1)
    orphan = owner.server
    shells = [p for p in psutil.Process(owner.pid).children() if p.name() in ("sh", "dash")]
    assert shells, "no watchdog"
    for shell in shells:
        shell.kill()
    owner.signal(signal.SIGKILL)
    owner.wait()
    time.sleep(0.3)
    assert orphan.is_running()

    again = Owner(home, user=user)
    assert again.server.pid != orphan.pid
    assert rows(again.url) == [1]
    again.end()


def killed_server_with_pid(home: Path, user: str | None, pid: int) -> Path:
    """A data folder as a killed server leaves it, its lock file naming process ``pid``."""
    owner = Owner(home, user=user)
    write_row(owner.url, 1)
    data = next(path for path in home.glob("pg*") if path.is_dir())
    owner.signal(signal.SIGSTOP)
    server = owner.server
    server.kill()
    owner.signal(signal.SIGKILL)
    owner.wait()
    lock = data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(pid), *lines[1:]]) + "\n")
    return lock


def test_a_corpse_in_the_lock_file_is_no_server(home: Path, user: str | None) -> None:
    corpse = subprocess.Popen([sys.executable, "-c", ""])
    try:
        assert gone(lambda: psutil.Process(corpse.pid).status() != psutil.STATUS_ZOMBIE)
        killed_server_with_pid(home, user, corpse.pid)
        owner = Owner(home, user=user)
        assert rows(owner.url) == [1]
        owner.end()
    finally:
        corpse.wait()


def test_a_stranger_in_the_lock_file_is_left_alone(home: Path, user: str | None) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        killed_server_with_pid(home, user, stranger.pid)
        owner = Owner(home, user=user)
        assert rows(owner.url) == [1]
        owner.end()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_another_postgres_in_the_lock_file_is_left_alone(
    home: Path, user: str | None, open_folder: Callable[[], Path]
) -> None:
    with EmbeddedPostgres(open_folder(), durable=False) as other:
        assert other.pid is not None
        killed_server_with_pid(home, user, other.pid)
        owner = Owner(home, user=user)
        assert rows(owner.url) == [1]
        owner.end()
        assert other.running


@pytest.mark.parametrize("text", ["", "\n", "not a pid\n"])
def test_a_lock_file_that_was_never_finished_is_no_obstacle(
    home: Path, user: str | None, text: str
) -> None:
    lock = killed_server_with_pid(home, user, 1)
    lock.write_text(text)
    owner = Owner(home, user=user)
    assert rows(owner.url) == [1]
    owner.end()


def test_a_killed_first_start_leaves_nothing_that_looks_whole(home: Path, user: str | None) -> None:
    owner = Owner(home, user=user)
    owner.end()
    data = next(path for path in home.glob("pg*") if path.is_dir())
    # What initdb had made when it was killed: it writes the version first.
    partial = data.rename(data.with_name(data.name + ".new"))
    for left in partial.iterdir():
        if left.is_file() and left.name != "PG_VERSION":
            left.unlink()
    again = Owner(home, user=user)
    write_row(again.url, 2)
    again.end()


def test_the_second_owner_is_told_who_is_the_first(home: Path, user: str | None) -> None:
    owner = Owner(home, user=user)
    second = Owner(home, user=user)
    assert second.answer.startswith("AlreadyOwned")
    assert str(owner.pid) in second.answer
    second.wait()
    owner.end()


def test_eight_starts_at_once_give_one_server(root_home: Path) -> None:
    """One owns it, the others are told and use it."""
    script = (
        "import sys, time; from performance_store.local.embedded import open_store;"
        "from performance_store.settings import load_settings; import psycopg\n"
        "with open_store(load_settings()) as url:\n"
        "    with psycopg.connect(url) as c: print(c.execute('SELECT 7').fetchone()[0])\n"
        "    time.sleep(2)\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {"PERFORMANCE_STORE_HOME": str(root_home), "PYTHONPATH": os.getcwd()}
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    answers = [process.communicate(timeout=60) for process in starts]
    assert [out.strip() for out, _ in answers] == ["7"] * 8, answers
    assert gone(lambda: servers_of(root_home))


def test_a_path_with_spaces_and_quotes(home: Path, user: str | None) -> None:
    owner = Owner(home.with_name('Application Support, "it\'s" %20'), user=user)
    write_row(owner.url, 1)
    assert rows(owner.url) == [1]
    owner.end()


def test_a_path_too_long_for_a_socket(home: Path, user: str | None) -> None:
    owner = Owner(home / ("x" * 140), user=user)
    write_row(owner.url, 1)
    assert rows(owner.url) == [1]
    owner.end()


@pytest.mark.parametrize("language", ["de_DE.UTF-8", "C", "tr_TR"])
def test_the_locale_of_the_machine_changes_nothing(
    home: Path, user: str | None, language: str
) -> None:
    owner = Owner(home, user=user, environment={"LC_ALL": language, "LANG": language})
    with psycopg.connect(owner.url) as connection:
        query = "SELECT lower('ÉI'), 'a' < 'B', current_setting('server_encoding')"
        assert connection.execute(query).fetchone() == ("éi", False, "UTF8")
    owner.end()


def test_settings_of_another_postgres_change_nothing(home: Path, user: str | None) -> None:
    foreign = {"PGDATA": "/nowhere", "PGPORT": "1", "PGHOST": "nowhere", "PGUSER": "nobody"}
    owner = Owner(home, user=user, environment=foreign)
    write_row(owner.url, 1)
    owner.end()


def test_a_strict_umask(home: Path, user: str | None) -> None:
    owner = Owner(home, user=user, umask=0o077)
    write_row(owner.url, 1)
    owner.end()


def test_it_listens_on_no_network_address(root_home: Path) -> None:
    with EmbeddedPostgres(root_home, durable=False):
        assert server_of(root_home).net_connections(kind="inet") == []


@pytest.mark.skipif(not ROOT, reason="only root hands the server to another user")
def test_folders_that_the_server_cannot_reach_stay_closed(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "home")
    with server:
        write_row(server.ensure_database(), 1)
        assert not server.data.is_relative_to(closed)
    assert closed.stat().st_mode & 0o777 == 0o700
    with EmbeddedPostgres(closed / "home") as again:
        assert rows(again.url()) == [1]
        assert again.data.parent.stat().st_uid == 0


@pytest.mark.skipif(not ROOT, reason="needs two users")
def test_the_folder_of_another_user_is_refused_in_one_line(open_folder: Callable[[], Path]) -> None:
    home = open_folder() / "home"
    with EmbeddedPostgres(home, durable=False):
        pass
    other = Owner(home, user="nobody")
    assert "was made by another user" in other.answer
    other.wait()


def _file(home: Path) -> None:
    home.touch()


def _link_to_nothing(home: Path) -> None:
    home.symlink_to(home.parent / "nowhere" / "x")


def _half_of_a_database(home: Path) -> None:
    data = EmbeddedPostgres(home).data
    (data / "base").mkdir(parents=True)
    server_user().give(data)


def _log_is_a_folder(home: Path) -> None:
    EmbeddedPostgres(home).log.mkdir(parents=True)


def _of_another_edition(home: Path) -> None:
    data = EmbeddedPostgres(home).data
    data.mkdir(mode=0o700, parents=True)
    (data / "PG_VERSION").write_text("15\n")
    server_user().give(data)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_file, "home is not a folder: set PERFORMANCE_STORE_HOME to one$"),
        (_link_to_nothing, "home is a link to .*nowhere/x, which is not there$"),
        (_half_of_a_database, "holds no whole database: move it to another place$"),
        (_log_is_a_folder, r"cannot start PostgreSQL: .*\.log: Is a directory$"),
        (_of_another_edition, r"is of PostgreSQL 15: move it to another place$"),
    ],
)
def test_an_odd_data_folder_is_told_as_it_is(
    root_home: Path, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(root_home)
    with pytest.raises(EmbeddedError, match=words):
        EmbeddedPostgres(root_home, durable=False).start()
    assert not servers_of(root_home)


def test_a_disk_that_is_read_only_is_told(root_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flags = SimpleNamespace(f_flag=os.ST_RDONLY)
    monkeypatch.setattr(os, "statvfs", lambda _: flags)
    with pytest.raises(EmbeddedError, match="on a disk that is read-only"):
        EmbeddedPostgres(root_home, durable=False).start()


def test_a_server_that_cannot_start_says_why(root_home: Path) -> None:
    server = EmbeddedPostgres(root_home, durable=False, options={"max_wal_size": "nonsense"})
    with pytest.raises(EmbeddedError, match=r'invalid value for parameter "max_wal_size"'):
        server.start()
    assert not servers_of(root_home)


def test_a_command_uses_the_server_that_is_running(root_home: Path) -> None:
    settings = load_settings({"PERFORMANCE_STORE_HOME": str(root_home)})
    with open_store(settings) as url:
        write_row(url, 1)
        with open_store(settings) as same:
            assert same == url
        with pytest.raises(AlreadyOwned):
            EmbeddedPostgres(root_home).start()
        assert rows(url) == [1]
    assert not servers_of(root_home)


def test_a_given_database_is_used_as_it_is() -> None:
    settings = load_settings({"DATABASE_URL": "postgres://somewhere/else"})
    with open_store(settings) as url:
        assert url == "postgres://somewhere/else"
