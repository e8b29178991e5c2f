"""A stand-in for the check engine, for tests of what is around it: ``python -m`` this file is the
process of a check. What it does its file says: `rows=N`, and words that make it misbehave."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from checking.model import CannotRead, Choices, Request
from worker import checking_child

COMMAND = (sys.executable, "-P", "-m", "tests.support.check_engine")


@dataclass(frozen=True)
class Progress:
    stage: str
    rows: int


@dataclass(frozen=True)
class Recognised:
    sentence: str = "made up"
    format: str = "csv"


@dataclass(frozen=True)
class Group:
    number: int
    rows: int
    rule: str = "invalid date"
    issue_type: str = "invalid date"
    field: str = "entry-date"
    severity: str = "error"
    responsibility: str = "external"
    origin: str = "platform"
    ladder: str = "must"
    count: int = 1
    message: str = "wrong"


@dataclass(frozen=True)
class Result:
    verdict: str
    rows: int
    must_rows: int = 0
    should_rows: int = 0
    changed_rows: int = 0
    recognised: Recognised = Recognised()
    columns: tuple[Any, ...] = ()
    fields: tuple[Any, ...] = ()
    groups: tuple[Group, ...] = ()
    shapes: list[dict[str, Any]] = field(default_factory=list)
    boundary: dict[str, Any] | None = None


@contextmanager
def open_file(
    path: Path, *, name: str | None, choices: Choices, names: frozenset[str]
) -> Iterator[dict[str, str]]:
    words = path.read_text(encoding="utf-8").split()
    yield dict(word.partition("=")[::2] for word in words)


def check(source: dict[str, str], request: Request) -> Iterator[Any]:
    """Each third row has a finding, each seventh another."""
    print("what a library prints")
    os.write(1, b"and what native code does")
    _misbehave(source)
    rows = int(source.get("rows", 1))
    for first in range(1, rows + 1, 500):
        yield Progress("checking", first - 1)
        yield [_row(entry) for entry in range(first, min(first + 500, rows + 1))]
        time.sleep(float(source.get("pause", 0)))
    groups = tuple(
        Group(number, rows // step) for number, step in enumerate((3, 7)) if rows // step
    )
    shape = {"entry": 1, "trouble": False, "geometry": {"type": "Point", "coordinates": [0, 51]}}
    recognition = Recognised(f"beside {len(request.held.entities or ())} that are held")
    verdict = "not-ready" if groups else "ready"
    yield Result(verdict, rows, recognised=recognition, groups=groups, shapes=[shape])


def _row(entry: int) -> tuple[Any, ...]:
    findings = [(number, str(entry), "") for number, step in enumerate((3, 7)) if not entry % step]
    return (entry, entry + 1, (f"cell {entry}",), (f"value {entry}",), findings)


def _misbehave(source: dict[str, str]) -> None:
    if "unreadable" in source:
        raise CannotRead("html", "This is a web page.")
    if "memory" in source:
        hoard = []
        while True:
            hoard.append(bytearray(5_000_000))
    if "raise" in source:
        raise RuntimeError("a fault of the engine")
    if "killed" in source:
        mark = Path(source["killed"] or "never")
        if not mark.exists():
            if source["killed"]:
                mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if "die" in source:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "spin" in source:
        while True:
            pass
    if "nothing" in source:
        os._exit(0)
    if "environment" in source:
        raise CannotRead("environment", " ".join(sorted(os.environ)))


def install() -> None:
    """Be the engine of this process."""
    engine, reading = ModuleType("checking.engine"), ModuleType("checking.reading")
    engine.__dict__.update(Progress=Progress, Result=Result, check=check)
    reading.__dict__.update(open_file=open_file)
    sys.modules |= {name: reading for name in checking_child.FIRST}
    sys.modules |= {"checking.engine": engine, "checking.reading": reading}


if __name__ == "__main__":
    install()
    checking_child.main()
