"""Processes that own an embedded server, to be ended in every way there is."""

from __future__ import annotations

import os
import pwd
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, NoReturn

import psutil

from performance_store.local.binaries import EmbeddedError
from performance_store.local.embedded import EmbeddedPostgres


class Owner:
    """A forked process that starts a server over ``home`` and waits.

    Forked, not executed: an ordinary user may be unable to reach the interpreter of this very
    environment, and needs none of its files any more once everything is imported.
    """

    started: ClassVar[list[Owner]] = []

    def __init__(
        self,
        home: Path,
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        umask: int = 0o022,
        durable: bool = False,
    ) -> None:
        self.home = home
        self._running = True
        self.started.append(self)
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            os.umask(umask)
            os.environ.update(environment or {})
            _own(home, user, durable, lambda text: os.write(writing, text.encode()))
        os.close(writing)
        with os.fdopen(reading) as answers:
            self.answer = answers.readline().strip()

    @property
    def url(self) -> str:
        assert self.answer.startswith("postgresql://"), self.answer
        return self.answer

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self) -> int:
        """Its exit status, negative for the signal that ended it."""
        self._running = False
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def end(self) -> None:
        self.signal(signal.SIGINT)
        self.wait()

    @classmethod
    def end_all(cls) -> None:
        """Kill those that a failed test left."""
        while cls.started:
            owner = cls.started.pop()
            if owner._running:
                owner.signal(signal.SIGKILL)
                owner.wait()

    @property
    def server(self) -> psutil.Process:
        return server_of(self.home)


def _own(home: Path, user: str | None, durable: bool, tell: Callable[[str], int]) -> NoReturn:
    """The child's life. It never returns into the tests."""
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if user is not None:
            become(user)
        with EmbeddedPostgres(home, durable=durable) as server:
            tell(server.ensure_database() + "\n")
            while True:
                signal.pause()
    except KeyboardInterrupt:
        code = 0
    except (EmbeddedError, OSError) as error:
        tell(f"{type(error).__name__}: {error}\n")
    finally:
        os._exit(code)


def become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def servers_of(home: Path) -> list[psutil.Process]:
    """The postmasters at work below ``home``."""
    servers = []
    for process in psutil.process_iter():
        try:
            command = process.cmdline()
            if process.status() == psutil.STATUS_ZOMBIE or "-D" not in command:
                continue
        except psutil.Error:
            continue
        if Path(command[command.index("-D") + 1]).is_relative_to(home):
            servers.append(process)
    return servers


def server_of(home: Path) -> psutil.Process:
    (server,) = servers_of(home)
    return server


def gone(condition: Callable[[], object], seconds: float = 10) -> bool:
    """Whether ``condition`` becomes false in time."""
    deadline = time.monotonic() + seconds
    while condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
