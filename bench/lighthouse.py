"""Eight pages as Lighthouse sees them on a telephone, and how long charts keep a reader waiting.

The store is the sample of today. With ``PERFORMANCE_BENCH_BEFORE`` the former release's checkout,
set up, is measured on a store of its own in the same run, by turns: on a slow machine the ratio of
the two says more than either.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, text

from bench import chart_waits
from bench.lighthouse_runs import Run, program, run
from bench.server import new_store, python_of, server, web
from bench.settings import load_settings
from bench.table import Section, conditions, ratio
from dashboard.urls import addresses
from performance_store.database import make_engine
from performance_store.loading import load
from performance_store.local.embedded import EmbeddedPostgres
from performance_store.sample.reader import Sample

TITLE = "Lighthouse"
PORT, PORT_BEFORE = 8398, 8399
RUNS = 3
GOOD, TIMES = 90, 1.3
FIRST_KB, CHART_KB = 300, 650
LOAD, PATIENCE = 1.0, 300.0
_HEADS = (
    *("page", "performance", "limit", "others", "limit", "LCP ms", "TBT ms", "CLS"),
    *("KB", "limit", "index"),
)


class Quiet:
    """Waits until the machine has little to do, for so many seconds in all."""

    def __init__(self) -> None:
        self._patience = PATIENCE
        self.loads: list[float] = []

    def wait(self) -> None:
        """Wait, and note the load average at the end of it."""
        while (load_now := os.getloadavg()[0]) >= LOAD and self._patience > 0:
            time.sleep(2)
            self._patience -= 2
        self.loads.append(load_now)

    def sentence(self) -> str:
        """How busy the machine was before the runs."""
        busy = sum(one >= LOAD for one in self.loads)
        waited_for = f"{busy} of {len(self.loads)} began with {LOAD:.0f} or more, after "
        return (
            f"Load average before runs: {min(self.loads):.1f} to {max(self.loads):.1f}. "
            + (f"{waited_for} {PATIENCE:.0f} seconds of waiting in all: " if busy else "")
            + ("these figures are of a busy machine." if busy else "All began below 1.")
        )


def measure(section: Section) -> None:
    """Scores, times and bytes of each page, and waits for charts. Raises NoInput without npm or
    Chromium."""
    before, script = os.getloadavg()[0], program()
    with server() as running:
        url = new_store(running, "lighthouse")
        engine = make_engine(url, application_name="bench", pool=None)
        load(engine, Sample(date.today()))
        pages = _pages(engine)
        engine.dispose()
        with ExitStack() as servers:
            servers.enter_context(web(url, PORT, "app:server", "/health/live"))
            has_former = servers.enter_context(_former(running))
            quiet = Quiet()
            runs = {name: _of_page(script, path, has_former, quiet) for name, path in pages.items()}
        _tell(section, pages, runs, quiet)
        with web(url, PORT, "app:server", "/health/live"):
            quiet.wait()
            chart_waits.measure(section, PORT, {**pages, "a comparison": chart_waits.COMPARISON})
    section.say(conditions(before))


def _pages(engine: Engine) -> dict[str, str]:
    """Addresses of the eight pages by what they are. The authority is the middle one by how much
    is wrong with its rows, its dataset the one with most."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT o.organisation, d.dataset, t.issue_type, s.field, "
                "sum(s.problems) OVER (PARTITION BY o.organisation) AS problems "
                "FROM issue_summary s JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "JOIN issue_type t ON t.id = s.issue_type_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) "
                "ORDER BY problems, o.organisation, s.problems DESC, d.dataset, t.issue_type"
            )
        ).all()
    authorities = list(dict.fromkeys(row.organisation for row in rows))
    middle = authorities[len(authorities) // 2]
    first = next(row for row in rows if row.organisation == middle)
    return {
        "home": addresses.HOME,
        "the national picture": addresses.NATIONAL,
        "trends": addresses.TRENDS,
        "coverage": addresses.COVERAGE,
        "an authority": addresses.organisation(middle),
        "a dataset of it": addresses.dataset(middle, first.dataset),
        "an issue of that": addresses.issue(middle, first.dataset, first.issue_type, first.field),
        "the start of a check": addresses.START_CHECK,
    }


@contextmanager
def _former(running: EmbeddedPostgres) -> Iterator[bool]:
    """The former release, serving a sample of its own; whether there is one."""
    checkout = load_settings().before
    if checkout is None:
        yield False
        return
    url = running.ensure_database("lighthouse_before")
    for command in ("migrate", "sample"):
        subprocess.run(
            [str(python_of(checkout)), "-m", "performance_store", command],
            cwd=checkout,
            env=os.environ | {"DATABASE_URL": url},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    with web(url, PORT_BEFORE, "app:server", "/health/live", checkout):
        yield True


def _of_page(
    script: Path, path: str, has_former: bool, quiet: Quiet
) -> tuple[list[Run], list[Run]]:
    """Runs of a page, ours and the former release's, by turns."""
    ours, former = [], []
    for _ in range(RUNS):
        quiet.wait()
        ours.append(run(script, f"http://127.0.0.1:{PORT}{path}"))
        if has_former:
            quiet.wait()
            former.append(run(script, f"http://127.0.0.1:{PORT_BEFORE}{path}"))
    return ours, former


def _middle(runs: list[Run], figure: Callable[[Run], float]) -> float:
    return median(figure(one) for one in runs)


def _performance(one: Run) -> float:
    return one.scores["performance"]


def _tell(
    section: Section,
    pages: dict[str, str],
    runs: dict[str, tuple[list[Run], list[Run]]],
    quiet: Quiet,
) -> None:
    section.say(
        f"Medians of {RUNS} runs each, as a telephone, throttled by simulation, with an empty "
        "profile. Accessibility, best practice and SEO are the lowest of the three. KB are 1,000 "
        "bytes over the wire. The index is how fast Lighthouse held the machine to be."
    )
    section.say("; ".join(f"{name}: `{path}`" for name, path in pages.items()) + ".")
    section.say(quiet.sentence())
    section.table(
        _HEADS,
        [_row(name, *both) for name, both in runs.items()],
    )
    if any(former for _, former in runs.values()):
        section.say("The former release in the same run, by turns with ours.")
        section.table(
            ["page", "performance", "ours", "ratio", "TBT ms", "ours", "KB", "ours", "index"],
            [_beside(name, *both) for name, both in runs.items()],
        )
    for name, (ours, _) in runs.items():
        for line in sorted({line for one in ours for line in one.complaints}):
            section.say(f"Found on “{name}”: {line}")


def _row(name: str, ours: list[Run], former: list[Run]) -> list[str]:
    score, kb = _middle(ours, _performance), _middle(ours, lambda one: one.transfer) / 1000
    times = score / _middle(former, _performance) if former else 0.0
    others = min(value for one in ours for key, value in one.scores.items() if key != "performance")
    limit = CHART_KB if any(one.chart for one in ours) else FIRST_KB
    return [
        name,
        f"{score:.0f}",
        f"{_met(score >= GOOD or times >= TIMES)} ({GOOD} or x {TIMES})",
        f"{others:.0f}",
        f"{_met(round(others) == 100)} (100)",
        f"{_middle(ours, lambda one: one.largest_paint):.0f}",
        f"{_middle(ours, lambda one: one.blocking):.0f}",
        f"{_middle(ours, lambda one: one.shift):.3f}",
        f"{kb:.0f}",
        f"{_met(kb <= limit)} ({limit})",
        f"{_middle(ours, lambda one: one.speed):.0f}",
    ]


def _beside(name: str, ours: list[Run], former: list[Run]) -> list[str]:
    """The former release's figures, each before ours."""
    cells = [name]
    for figure, unit in (
        (_performance, 1),
        (lambda one: one.blocking, 1),
        (lambda one: one.transfer, 1000),
    ):
        theirs, own = _middle(former, figure), _middle(ours, figure)
        cells += [f"{theirs / unit:.0f}", f"{own / unit:.0f}"]
        if figure is _performance:
            cells.append(ratio(own, theirs))
    return [*cells, f"{_middle(former, lambda one: one.speed):.0f}"]


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"
