"""The process of a check, seen from the worker: started with nothing that it could give away, heard
for as long as it may take, and ended."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from performance_store.settings import CHECKOUT
from providers.checks.frames import LENGTH_BYTES, MOST_BYTES, Frame, decoder
from providers.checks.terms import Failure

COMMAND = (sys.executable, "-P", "-m", "worker.checking_child")
FOLDERS = "planning-data-check-"
LOOK = 0.1
_READ = 1 << 20

TOO_LARGE = Failure(
    "too-large",
    "The file is too large to check: it needs more memory than one check may take. Split it into "
    "several files, or simplify its shapes.",
)
TOO_LONG = Failure(
    "too-long",
    "The check took too long and was stopped. Split the file into several, or simplify its shapes.",
)
BROKE = Failure(
    "broke",
    "The check broke off in the middle, which files with damaged or very unusual contents can "
    "cause. Save the file anew with the program it comes from, as CSV or GeoPackage, and try "
    "again.",
)
KILLED = Failure(
    "killed",
    "The check ran out of memory or was stopped, twice. Try again in a while; if it happens again, "
    "split the file into several, or simplify its shapes.",
)


class Failed(Exception):
    """A check that has no result, and why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Child:
    """A process for one check, with a folder that goes with it. In: how much memory (bytes) and
    time (seconds) it may take. It loads the engine at once, and then waits for what to do."""

    def __init__(self, memory: int, seconds: int) -> None:
        self.limits = (memory, seconds)
        self.folder = Path(tempfile.mkdtemp(prefix=FOLDERS))
        self._deadline = 0.0
        self._process = subprocess.Popen(
            (*COMMAND, str(memory), str(seconds)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env=environment(self.folder),
            start_new_session=True,
        )

    @property
    def is_ready(self) -> bool:
        """Whether it can be given something to do: it runs, and nobody swept its folder away."""
        return self._process.poll() is None and self.folder.is_dir()

    def frames(self, order: Mapping[str, Any]) -> Iterator[Frame | None]:
        """Give it something to do. Out: what it says; None several times a second while it says
        nothing. Raises Failed where it takes too much, dies, or says what is no frame."""
        self._deadline = time.monotonic() + self.limits[1]
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            # It stays open: when it closes, we are no more, and neither is the child.
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()
            yield from self._listen(process.stdout.fileno())
            process.wait(1)
        except (BrokenPipeError, msgspec.MsgspecError, subprocess.TimeoutExpired) as error:
            raise Failed(_reason(process.poll())) from error
        if process.returncode:
            raise Failed(_reason(process.returncode))

    def close(self) -> None:
        """End it, whatever it does, and remove its folder."""
        process = self._process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _listen(self, source: int) -> Iterator[Frame | None]:
        waiting = bytearray()
        while True:
            ready, _, _ = select.select([source], [], [], LOOK)
            if time.monotonic() > self._deadline:
                raise Failed(TOO_LONG)
            if _resident(self._process.pid) > self.limits[0]:
                raise Failed(TOO_LARGE)
            if not ready:
                yield None
                continue
            some = os.read(source, _READ)
            if not some:
                return
            waiting += some
            while len(waiting) >= LENGTH_BYTES:
                (length,) = struct.unpack_from(">I", waiting)
                if length > MOST_BYTES:
                    raise Failed(BROKE)
                if len(waiting) < LENGTH_BYTES + length:
                    break
                frame = decoder.decode(memoryview(waiting)[LENGTH_BYTES : LENGTH_BYTES + length])
                del waiting[: LENGTH_BYTES + length]
                yield frame


class Spare:
    """A process that has loaded the engine before there is something to check, which saves whoever
    waits most of a second. There is never more than one of a worker, at work or waiting."""

    def __init__(self) -> None:
        self._child: Child | None = None

    def take(self, memory: int, seconds: int) -> Child:
        """A process for a check: the one that waits, if it will do, or a new one."""
        child, self._child = self._child, None
        if child is not None and child.is_ready and child.limits == (memory, seconds):
            return child
        if child is not None:
            child.close()
        return Child(memory, seconds)

    def fill(self, memory: int, seconds: int) -> None:
        """Have one wait for the next check."""
        self.drop()
        self._child = Child(memory, seconds)

    def drop(self) -> None:
        """Have none wait: its memory is needed, or the worker ends."""
        child, self._child = self._child, None
        if child is not None:
            child.close()


def sweep(seconds: float) -> None:
    """Remove folders so many seconds old, that workers left behind that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDERS}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - seconds:
                shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path) -> dict[str, str]:
    """What the process may know: where programs are, and where it is to write."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(CHECKOUT),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        # Threads of libraries take address space and no time of ours.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PROJ_NETWORK": "OFF",
    }


def _resident(pid: int) -> int:
    """Bytes of memory that a process has; 0 where nobody can tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _reason(code: int | None) -> Failure:
    """Why a process ended that said nothing of it (None: it has not)."""
    if code == -signal.SIGXCPU:
        return TOO_LONG
    # Nothing in a file does this: somebody else did, mostly the system for want of memory.
    if code == -signal.SIGKILL:
        return KILLED
    return BROKE
