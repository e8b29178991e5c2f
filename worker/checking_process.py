"""The process of a check, seen from the worker: started with nothing that it could give away, heard
for as long as it may take, and ended."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from performance_store.settings import CHECKOUT
from providers.checks.frames import LENGTH_BYTES, MOST_BYTES, Frame, decoder
from providers.checks.requests import Failure

COMMAND = (sys.executable, "-P", "-m", "worker.checking_child")
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


class Failed(Exception):
    """A check that has no result, and why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Child:
    """A check under way in a process of its own. In: what it is to do, its folder, and how much
    memory (bytes) and time (seconds) it may take."""

    def __init__(
        self, order: Mapping[str, Any], folder: Path, *, memory: int, seconds: float
    ) -> None:
        self._memory, self._deadline = memory, time.monotonic() + seconds
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment(folder),
            start_new_session=True,
        )
        self._order = json.dumps({**order, "memory": memory, "seconds": int(seconds)}).encode()

    def frames(self) -> Iterator[Frame | None]:
        """What it says; None several times a second while it says nothing. Raises Failed where it
        takes too much, dies, or says what is no frame."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            # It stays open: when it closes, we are no more, and neither is the child.
            process.stdin.write(self._order + b"\n")
            process.stdin.flush()
            yield from self._listen(process.stdout.fileno())
        except (BrokenPipeError, msgspec.MsgspecError) as error:
            raise Failed(BROKE) from error
        finally:
            self._end()
        if process.returncode:
            raise Failed(_reason(process.returncode))

    def _listen(self, source: int) -> Iterator[Frame | None]:
        waiting = bytearray()
        while True:
            ready, _, _ = select.select([source], [], [], LOOK)
            if time.monotonic() > self._deadline:
                raise Failed(TOO_LONG)
            if _resident(self._process.pid) > self._memory:
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

    def _end(self) -> None:
        process = self._process
        if process.poll() is None:
            try:
                # It ends by itself when it has said all.
                process.wait(0.5 if sys.exc_info()[0] is None else 0)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()


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


def _reason(code: int) -> Failure:
    """Why a process ended that said nothing of it."""
    if code == -signal.SIGXCPU:
        return TOO_LONG
    return BROKE
