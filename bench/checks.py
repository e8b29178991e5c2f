"""Checks: from the last byte received to the result stored, and what the process of one takes.

Limits: 10,000 rows in 1 s, 100,000 polygons in 8 s, cost that grows with the rows and no faster,
400 MB at every size, a page of a result in 100 ms.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import Engine

from bench.server import new_store, server
from bench.settings import CHECKOUT
from bench.table import Section, Watch, conditions, ratio, verdict
from performance_store.database import make_engine, transaction
from providers.checks import requests, results, uploads
from providers.checks.format import ANY_FINDING
from providers.checks.requests import Check
from providers.checks.terms import Terms

TITLE = "Checks"
TERMS = Terms(storage_bytes=10_000_000_000)
SIZES = (10_000, 100_000, 1_000_000)
SECONDS = {("points", 10_000): 1.0, ("polygons", 10_000): 1.0, ("polygons", 100_000): 8.0}
# What the platform's own pipeline took for the same on the machine that it was looked at on, its
# result not stored.
PIPELINE = {
    ("points", 10_000): (9.5, 306),
    ("polygons", 10_000): (12.9, 313),
    ("points", 100_000): (99.3, 662),
    ("polygons", 100_000): (96.1, 659),
}
CHILD_MB, PAGE_SECONDS, ROUNDS, SETTLE = 400, 0.1, 5, 3


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds to the result stored, and MB that the check's process had at most."""

    seconds: float
    peak: float


def measure(section: Section) -> None:
    """Each kind and size of file, by a worker that has nothing else to do."""
    before = os.getloadavg()[0]
    with server() as running:
        url = new_store(running, "checks")
        engine = make_engine(url, application_name="bench")
        lines, pages = [], []
        with _worker(url) as worker, tempfile.TemporaryDirectory() as folder:
            for kind in ("points", "polygons"):
                for rows in SIZES:
                    if (kind, rows) == ("polygons", SIZES[-1]):
                        continue  # 570 MB: more than may be sent
                    path = Path(folder) / f"{kind}.csv"
                    write(path, kind, rows)
                    timings = [
                        _time(engine, worker, path, kind, number)
                        for number in range(ROUNDS if rows < SIZES[-1] else 1)
                    ]
                    lines.append(_line(kind, rows, path, [timing for timing, _ in timings]))
                    pages.append(_page_line(engine, kind, rows, timings[-1][1]))
        engine.dispose()
    section.say("From the last byte received to the result stored, an idle worker; medians.")
    heads = ["File", "MB", "Seconds", "ms a row", "Peak MB", "Pipeline s", "", "Limits"]
    section.table(heads, lines)
    section.say("A page of 50 rows of a result, warm: seconds.")
    section.table(["File", "First", "Last", "Of a finding", "Limit"], pages)
    section.say(conditions(before))


def write(path: Path, kind: str, rows: int) -> None:
    """A file of conservation areas: points on the national grid, or polygons of 21 corners."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f"reference,name,{'point' if kind == 'points' else 'geometry'},entry-date\n")
        for number in range(rows):
            east, north = number % 1000, number // 1000 % 1000
            shape = (
                f"POINT ({430000 + east * 50} {230000 + north * 50})"
                if kind == "points"
                else _circle(-1.5 + east * 0.001, 52.0 + north * 0.001)
            )
            # One in a hundred has a date that nobody can read.
            day = "soon" if number % 100 == 99 else f"2024-{number % 12 + 1:02}-01"
            file.write(f'CA{number},Area {number},"{shape}",{day}\n')


def _circle(x: float, y: float) -> str:
    corners = [
        f"{x + 0.0003 * math.cos(math.tau * at / 20):.6f} "
        f"{y + 0.0002 * math.sin(math.tau * at / 20):.6f}"
        for at in range(20)
    ]
    return f"POLYGON (({', '.join([*corners, corners[0]])}))"


def _time(engine: Engine, worker: int, path: Path, kind: str, number: int) -> tuple[Timing, Check]:
    dataset = "tree" if kind == "points" else "conservation-area"
    with path.open("rb") as file:
        upload = uploads.receive(
            lambda: transaction(engine), file, name=f"{kind}{number}.csv", terms=TERMS
        )
    # Idle it is when the process of the next check has loaded what it needs.
    time.sleep(SETTLE)
    watch = Watch()
    with transaction(engine) as connection:
        check = requests.start(
            connection,
            dataset=dataset,
            # Each is another, or the first result would do for all.
            organisation=f"bench:{path.stat().st_size}-{number}",
            name=upload.name,
            terms=TERMS,
            upload=upload,
        )
    peak = 0.0
    while not check.is_over:
        time.sleep(0.02)
        peak = max(peak, _child_peak(worker))
        with engine.connect() as connection:
            check = requests.get(connection, secret=check.secret) or check
    if check.state != "finished":
        raise RuntimeError(f"{path.name}: {check.failure}")
    return Timing(watch.seconds, peak), check


def _child_peak(worker: int) -> float:
    """MB that the process of a check has had at most. Read without a walk through all processes,
    which would take the time that is measured."""
    peak = 0
    for file in Path(f"/proc/{worker}/task").glob("*/children"):
        for pid in file.read_text(encoding="ascii").split():
            try:
                status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
            except OSError:
                continue
            for line in status.splitlines():
                if line.startswith("VmHWM"):
                    peak = max(peak, int(line.split()[1]) * 1024)
    return peak / 1e6


def _line(kind: str, rows: int, path: Path, timings: list[Timing]) -> list[str]:
    seconds, peak = median(one.seconds for one in timings), max(one.peak for one in timings)
    theirs = PIPELINE.get((kind, rows))
    limit = SECONDS.get((kind, rows))
    limits = f"{CHILD_MB} MB {verdict(peak, CHILD_MB)}"
    if limit is not None:
        limits = f"{limit:g} s {verdict(seconds, limit)}; {limits}"
    return [
        f"{rows:,} {kind}",
        f"{path.stat().st_size / 1e6:.1f}",
        f"{seconds:.2f}",
        f"{seconds / rows * 1000:.3f}",
        f"{peak:.0f}",
        f"{theirs[0]:.0f}" if theirs else "-",
        ratio(seconds, theirs[0]) if theirs else "-",
        limits,
    ]


def _page_line(engine: Engine, kind: str, rows: int, check: Check) -> list[str]:
    seconds = []
    for group, first in ((None, 0), (None, rows - 50), (ANY_FINDING, 20)):
        with engine.connect() as connection:
            for _ in range(3):
                watch = Watch()
                results.page(connection, check_id=check.id, group=group, first=first, count=50)
            seconds.append(watch.seconds)
    times = [f"{one:.3f}" for one in seconds]
    return [f"{rows:,} {kind}", *times, f"{PAGE_SECONDS} s {verdict(max(seconds), PAGE_SECONDS)}"]


@contextmanager
def _worker(url: str) -> Iterator[int]:
    home = tempfile.mkdtemp(prefix="performance-bench-")
    variables = {"DATABASE_URL": url, "PERFORMANCE_STORE_HOME": home, "CHECK_STORAGE_MB": "10000"}
    running = subprocess.Popen(
        [sys.executable, "-m", "worker"],
        cwd=CHECKOUT,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield running.pid
    finally:
        running.terminate()
        running.wait(30)
