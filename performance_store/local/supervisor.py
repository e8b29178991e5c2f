"""What ``make run`` starts: a database if there is none, its tables, sample data, the web server
and the worker beside it.

It owns what it started and stays until it is told to stop (Ctrl-C, SIGTERM, SIGHUP) or the web
server ends; then everything stops, the database last. Killed outright, its watchdogs do the same
(see ``processes``). A database or a worker that dies under it is started again.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import NoReturn

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from performance_store.database import LOAD_LIMITS, DatabaseUnavailable, make_engine, migrate
from performance_store.local.binaries import EmbeddedError, make_home
from performance_store.local.embedded import EmbeddedPostgres
from performance_store.local.processes import STOP_SIGNALS, LockBusy, OwnedProcess, OwnerLock
from performance_store.settings import CHECKOUT, Settings, SettingsError, load_settings

HOST = "127.0.0.1"
# The web server finishes what it is answering. A second Ctrl-C does not wait.
WEB_STOP_STEPS = ((signal.SIGTERM, 8.0), (signal.SIGQUIT, 2.0))
# The worker puts back what it cannot end in time.
WORKER_STOP_STEPS = ((signal.SIGTERM, 5.0),)
# What dies more often than this has a reason that starting it again does not cure.
RESTARTS = 3
RESTARTS_SECONDS = 60.0


class Stop(BaseException):
    """We were told to stop. Not an Exception, so that nothing on the way takes it for a fault."""


class StartError(Exception):
    """Why it cannot run, one line for a person."""


def say(line: str) -> None:
    """Print a line at once, also where output is a pipe."""
    print(line, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, then how long it took."""
    say(f"{what} ...")
    started = time.monotonic()
    yield
    say(f"{what}: {time.monotonic() - started:.1f} s")


def main(arguments: list[str] | None = None) -> int:
    """Run until told to stop. 0 after a clean stop, 1 with one line on stderr otherwise."""
    parser = argparse.ArgumentParser(prog="performance_store.local.supervisor", description=__doc__)
    parser.add_argument(
        "--with-parent",
        type=int,
        metavar="PID",
        help="stop also when this process, which started us, ends (make, killed)",
    )
    options = parser.parse_args(arguments)
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    try:
        if options.with_parent is not None:
            # The caller says who it is: it may have been killed before we could look.
            threading.Thread(target=_follow, args=(options.with_parent,), daemon=True).start()
        run(load_settings())
    except Stop:
        say("Stopped.")
    except (SettingsError, StartError, EmbeddedError, DatabaseUnavailable, TimeoutError) as error:
        for line in str(error).splitlines():
            print(f"Error: {line}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        # A disk that is full, a folder where a file should be.
        where = f"{error.filename}: " if error.filename else ""
        print(f"Error: {where}{error.strerror or error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """Handle the first signal; while everything stops (it is bounded), further ones wait."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Stop


def _follow(parent: int) -> None:
    """Tell ourselves to stop once the parent is gone, whatever is being done."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGTERM)


def run(settings: Settings) -> None:
    """Start everything and stay. Whatever ends this, all that was started is stopped."""
    address = f"http://{HOST}:{settings.port}"
    with ExitStack() as owned:
        lock = OwnerLock(make_home(settings.home) / "run.lock")
        try:
            lock.acquire(address=address)
        except LockBusy as error:
            where = error.holder.get("address", "an address it has not said yet")
            say(f"Already running at {where} (process {error.holder.get('pid', 'unknown')}).")
            return
        owned.callback(lock.release)
        refuse_taken_port(settings.port)

        started = time.monotonic()
        database = None
        url = settings.database_url
        if url is None:
            database = EmbeddedPostgres(settings.home, binaries=settings.postgres_binaries)
            owned.callback(database.stop)
            with step("Starting PostgreSQL"), in_one_line(database):
                database.start()
                url = database.ensure_database()
        direct = settings.database_direct_url or url
        engine = make_engine(direct, application_name="supervisor", pool=None, limits=LOAD_LIMITS)
        with in_one_line(database), step("Migrating"):
            migrate(engine)
        # Importing the application takes as long as loading: a machine has two processors.
        web = start_web(settings, url)
        owned.callback(web.stop, WEB_STOP_STEPS)
        with in_one_line(database):
            is_whole = fill(engine)
        with step("Starting the web server"):
            wait_until_listening(web, settings.port)
        worker = Worker(settings, url)
        owned.callback(worker.stop)
        say(f"Ready in {time.monotonic() - started:.1f} s.")
        say(f"Serving {address} - Ctrl-C to stop")
        if not is_whole:
            past = Past(engine)
            owned.callback(past.hush)
            past.start()
        stay(web, worker, database)


@contextmanager
def in_one_line(database: EmbeddedPostgres | None) -> Iterator[None]:
    """What the database refuses within the block is StartError, in the words that help most."""
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        if database is not None and not database.running:
            raise StartError(f"PostgreSQL stopped: {database.last_words()}") from error
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StartError(f"the database refused: {reason}") from error


def refuse_taken_port(port: int) -> None:
    """Raise StartError if somebody listens on ``port`` of this machine already."""
    with socket.socket() as probe:
        # As a server does; it does not let two listen at once, only forgets closed connections.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StartError(
                f"port {port} cannot be used ({error.strerror}): "
                f"choose another with PORT={port + 1 if port < 65535 else 8050} make run"
            ) from error


def fill(engine: Engine) -> bool:
    """Begin with sample data if there is nothing in the store. Returns whether all is there: the
    sample's past is not, which is loaded behind what is served."""
    # Here and not above: loading is a lot to import, and only a first start needs it.
    from performance_store.loading import begin_sample, lacks_past, store_is_empty

    if store_is_empty(engine):
        with step("Loading sample data of today"):
            begin_sample(engine)
    return not lacks_past(engine)


class Past(threading.Thread):
    """Loads the sample's past while the application is served. It ends with us; the next start
    begins it anew."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(daemon=True)
        self._engine, self._say = engine, say

    def hush(self) -> None:
        """Say nothing more: that the database stops is no news to who stops it."""
        self._say = lambda line: None
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)

    def run(self) -> None:
        from performance_store.loading import complete_sample
        from performance_store.readers.stream import InputError

        what = "Loading the sample's history beside it"
        started = time.monotonic()
        self._say(f"{what} ...")
        try:
            complete_sample(self._engine, progress=lambda part: self._say(f"{what}: {part}"))
        except (SQLAlchemyError, psycopg.Error, InputError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            self._say(f"{what} failed, the next start tries again: {reason}")
        else:
            self._say(f"{what}: {time.monotonic() - started:.1f} s")


def start_web(settings: Settings, url: str) -> OwnedProcess:
    """Start gunicorn on ``app:server``, for this machine only."""
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
    command += ["--bind", f"{HOST}:{settings.port}"]
    return start_program([*command, "app:server"], settings, url)


def start_program(command: list[str], settings: Settings, url: str) -> OwnedProcess:
    """Start a program of ours over the database."""
    # Our own lines say what the web server would; more is shown to those who ask for it.
    quiet = {"LOG_LEVEL": "WARNING"} if settings.log_level == "INFO" else {}
    return OwnedProcess.start(
        command,
        stop_signal=signal.SIGTERM,
        cwd=CHECKOUT,
        env={
            "LOG_FORMAT": "text",
            **os.environ,
            **quiet,
            "DATABASE_URL": url,
            "PERFORMANCE_STORE_HOME": str(settings.home),
        },
    )


def wait_until_listening(web: OwnedProcess, port: int, seconds: float = 60) -> None:
    """Wait for the web server to accept connections, which it does once the app is loaded."""
    deadline = time.monotonic() + seconds
    while web.exit_code is None:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise StartError(f"the web server did not answer within {seconds:.0f} s")
        time.sleep(0.05)
    raise StartError(f"the web server did not start (exit code {web.exit_code})")


class Restarts:
    """How often something was started again lately."""

    def __init__(self) -> None:
        self._moments: list[float] = []

    def too_many(self) -> bool:
        """Count one more. Whether that is more often than helps."""
        now = time.monotonic()
        self._moments = [then for then in self._moments if now - then < RESTARTS_SECONDS] + [now]
        return len(self._moments) > RESTARTS


class Worker:
    """The worker beside the web server, which goes on without it."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._settings, self._url, self._restarts = settings, url, Restarts()
        self._process: OwnedProcess | None = None
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-m", "worker"]
        self._process = start_program(command, self._settings, self._url)

    def look(self) -> None:
        """Start it again if it ended by itself, unless it does so again and again."""
        if self._process is None or self._process.exit_code is None:
            return
        code = self._process.exit_code
        self.stop()
        if self._restarts.too_many():
            say(f"The worker keeps stopping (exit code {code}): what waits for it is not done")
            return
        say(f"The worker stopped by itself (exit code {code}), starting it again")
        self._start()

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop(WORKER_STOP_STEPS)
            self._process = None


def stay(web: OwnedProcess, worker: Worker, database: EmbeddedPostgres | None) -> None:
    """Return only by raising: Stop when told to, else what failed."""
    restarts = Restarts()
    while web.exit_code is None:
        if database is not None and not database.running:
            if restarts.too_many():
                raise EmbeddedError(f"PostgreSQL keeps stopping: see {database.log}")
            with step("PostgreSQL stopped by itself, starting it again"):
                database.start()
        worker.look()
        time.sleep(0.2)
    raise StartError(f"the web server stopped by itself (exit code {web.exit_code})")


if __name__ == "__main__":
    sys.exit(main())
