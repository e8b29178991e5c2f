"""Starting servers so that none outlives the process that owns it.

A server gets a watchdog: a small shell that holds the reading end of a pipe. However the owner
ends, SIGKILL included, the pipe closes and the watchdog signals the server. Unlike Linux's
parent-death signal this works on macOS too and does not depend on which thread started what.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, Self

if os.name == "posix":
    import fcntl

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Reads the server's pid, then waits for the end of the pipe: for the end of the owner.
WATCH = 'read -r pid && read -r _; [ -z "$pid" ] || kill -s "$0" "$pid"'


@contextmanager
def hold_signals() -> Iterator[None]:
    """Put off INT, TERM and HUP for the few milliseconds in which a process is started.

    A handler that raises between fork and the return of Popen would leave a server that nobody
    knows of. Elsewhere than in the main thread no handler runs, so there is nothing to do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        arrived.append(number)

    before = {stop: signal.signal(stop, note) for stop in STOP_SIGNALS}
    try:
        yield
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)
        for number in arrived[:1]:
            signal.raise_signal(number)


class OwnedProcess:
    """A running server and its watchdog."""

    def __init__(self, process: subprocess.Popen[bytes], watchdog: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._watchdog = watchdog

    @classmethod
    def start(
        cls,
        command: Sequence[str | Path],
        *,
        stop_signal: signal.Signals,
        cwd: Path,
        env: Mapping[str, str],
        output: IO[bytes] | None = None,
        user: Mapping[str, object] | None = None,
    ) -> Self:
        """Start ``command`` in a session of its own, where a terminal's Ctrl-C does not reach it.

        ``stop_signal`` is what the watchdog sends once we are gone. ``output`` takes what the
        server prints (ours by default). ``user`` holds Popen's user, group and extra_groups.
        """
        with hold_signals():
            watchdog = subprocess.Popen(
                ["/bin/sh", "-c", WATCH, stop_signal.name.removeprefix("SIG")],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd=cwd,
                    env=env,
                    start_new_session=True,
                    **(user or {}),  # type: ignore[call-overload]
                )
            except OSError:
                _end_watchdog(watchdog)
                raise
            assert watchdog.stdin is not None
            watchdog.stdin.write(b"%d\n" % process.pid)
            watchdog.stdin.flush()
            return cls(process, watchdog)

    @property
    def exit_code(self) -> int | None:
        """None while the server runs."""
        return self.process.poll()

    def stop(self, steps: Sequence[tuple[signal.Signals, float]]) -> None:
        """Send each signal in turn and wait its seconds, until the server has ended."""
        for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        _end_watchdog(self._watchdog)


def _end_watchdog(watchdog: subprocess.Popen[bytes]) -> None:
    """Kill it before its pipe closes: the pid it knows may soon belong to someone else."""
    watchdog.kill()
    watchdog.wait()
    if watchdog.stdin is not None:
        with suppress(BrokenPipeError):
            watchdog.stdin.close()


class LockBusy(Exception):
    """Someone else holds the lock; ``holder`` is what they wrote into it."""

    def __init__(self, holder: Mapping[str, object]) -> None:
        super().__init__(f"held by process {holder.get('pid', 'unknown')}")
        self.holder = holder


class OwnerLock:
    """A lock file that says who holds it. The system lets go of it when its holder ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self, **about: object) -> None:
        """Take the lock and write ``about`` and our pid into it. Raises LockBusy at once."""
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            text = file.read()
            file.close()
            raise LockBusy(_parse(text)) from error
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), **about}))
        file.flush()
        self._file = file

    @property
    def is_ours(self) -> bool:
        """Whether we hold it."""
        return self._file is not None

    def release(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def _parse(text: str) -> Mapping[str, object]:
    """What a holder wrote; nothing where it was caught between taking the lock and writing."""
    try:
        holder = json.loads(text)
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}
