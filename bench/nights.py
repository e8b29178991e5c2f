"""Five years of nights: what a store of 1,826 national snapshots takes, and how quickly it answers.

The national file is loaded as at a week before its newest day; the past behind it is drawn (see
``history``), and the last seven nights are loaded from the file. Limits: 700 MB with everything;
20 s and 400 MB of Python memory for one more night; questions and pages as in ``questions``, with
100 ms for every warm page. ``PERFORMANCE_BENCH_NIGHTS`` makes it shorter, to try it.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta

import psycopg
from sqlalchemy import Connection, Engine, text

from bench import worker
from bench.baselines import open_read_only
from bench.datasette import compare
from bench.history import Past
from bench.inputs import national_file
from bench.page_times import page_table
from bench.questions import UNITS, ask_all, cold_times, question_table, warm_times
from bench.rates import LABELS, Rate, always_new, measure_rates
from bench.server import new_store, server
from bench.settings import load_settings
from bench.table import Section, Watch, conditions, percentile, ratio, verdict
from performance_store.database import make_engine

TITLE = "Five years of nights"
YEAR = 365
LOADED = 7
STORE_MB, NIGHT_SECONDS, NIGHT_MB, WARM_PAGE_MS = 700, 20, 400, 100.0


@dataclass(frozen=True, slots=True)
class _Store:
    """A store at one age: bytes in all and by table, milliseconds of each question when warm."""

    nights: int
    summaries: int
    size: int
    tables: dict[str, int]
    warm: dict[str, list[float]]


def measure(section: Section) -> None:
    """Build the store and measure it. Raises NoInput without the national file or the reports."""
    before = os.getloadavg()[0]
    path = national_file()
    rates, always = measure_rates(), always_new()
    nights = load_settings().nights
    with closing(open_read_only(path)) as file:
        newest = _newest(file)
    _rates(section, rates, always)
    with server() as running:
        url = new_store(running, "nights")
        engine = make_engine(url, application_name="bench", pool=None)
        first = newest - timedelta(days=LOADED)
        worker.run("load-platform", url, str(path), first.isoformat())
        shares = {name: rate.nightly for name, rate in rates.items()} | {"always": always}
        with psycopg.connect(_plain(url)) as connection:
            watch = Watch()
            past = Past(connection, nights - LOADED - 1, shares)
            year_ends = min(YEAR, nights // 2)
            past.bring(1, year_ends - 1, _progress)
            year = _store(engine)
            past.bring(year_ends, nights - LOADED - 1, _progress)
        section.say(f"The past took {watch.seconds / 60:.0f} minutes to make, measuring included.")
        _loads(section, url, str(path), newest)
        questions = ask_all(engine)
        whole = _store(engine)
        _sizes(section, year, whole)
        section.say(f"Every question after {whole.nights:,} nights. {UNITS}")
        question_table(section, whole.warm, cold_times(running, url, questions), questions)
        _growth(section, year, whole)
        page_table(section, url, warm_limit=WARM_PAGE_MS)
        compare(section, path, engine, {name: ask for name, ask, _ in questions})
        engine.dispose()
    section.say(conditions(before))


def _plain(url: str) -> str:
    """A URL without the name of a driver."""
    return re.sub(r"^\w+\+\w+:", "postgresql:", url)


def _progress(message: str) -> None:
    print(message, flush=True)


def _newest(file: sqlite3.Connection) -> date:
    """The newest day of the file's log."""
    return date.fromisoformat(file.execute("SELECT max(entry_date) FROM log").fetchone()[0][:10])


def _rates(section: Section, rates: dict[str, Rate], always: float) -> None:
    section.say(
        "What changes between the six weekly reports, and from one night to the next: "
        "1 - (1 - share) ^ (1 / days). Of endpoints whose resource is another in every report "
        f"({always:.1%} of those in all of them) it is taken to change every night, and of the "
        "others at the rate below. Cells have their endpoints all along: that costs more than the "
        "rate at which they came."
    )
    rows = [
        [label, f"{rates[name].changes} of {rates[name].compared:,}",
         f"{rates[name].weekly:.2%}", f"{rates[name].nightly:.3%}"]
        for name, label in LABELS.items()
    ]  # fmt: skip
    section.table(["", "changes between reports", "a week", "a night"], rows)


def _store(engine: Engine) -> _Store:
    with engine.connect() as connection:
        counts = connection.execute(
            text(
                "WITH place AS (SELECT as_at, row_number() OVER (ORDER BY as_at) AS n "
                "FROM snapshot) SELECT (SELECT count(*) FROM snapshot), "
                "(SELECT sum(l.n - f.n + 1) FROM summary_interval i "
                "JOIN place f ON f.as_at = i.from_on "
                "JOIN place l ON l.as_at = least(i.to_on, (SELECT max(as_at) FROM place))), "
                # Without what is only drawn yet, in temporary tables.
                "pg_database_size(current_database()) - (SELECT coalesce(sum("
                "pg_total_relation_size(oid)), 0) FROM pg_class WHERE relkind = 'r' "
                "AND relpersistence = 't')"
            )
        ).one()
        tables = _table_sizes(connection)
    return _Store(
        counts[0], int(counts[1]), int(counts[2]), tables, warm_times(engine, ask_all(engine))
    )


def _table_sizes(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        text(
            "SELECT relname, pg_total_relation_size(c.oid) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema)' ORDER BY 2 DESC"
        )
    )
    return {row[0]: row[1] for row in rows}


def _loads(section: Section, url: str, path: str, newest: date) -> None:
    rows, seconds, peaks = [], [], []
    for back in range(LOADED - 1, -1, -1):
        day = newest - timedelta(days=back)
        report = worker.run("load-platform", url, path, day.isoformat())
        seconds.append(report["seconds"])
        peaks.append(report["peak_mb"])
        rows.append([day.isoformat(), f"{seconds[-1]:.1f}", f"{peaks[-1]:.0f}"])
        _progress(f"loaded {day.isoformat()}")
    section.say(
        f"The last {LOADED} nights, loaded from the file: limit of {NIGHT_SECONDS} s "
        f"{verdict(max(seconds), NIGHT_SECONDS)}, of {NIGHT_MB} MB of Python memory "
        f"{verdict(max(peaks), NIGHT_MB)}."
    )
    section.table(["night", "s", "peak MB"], rows)


def _sizes(section: Section, year: _Store, whole: _Store) -> None:
    def line(name: str, one: int, five: int) -> list[str]:
        return [name, f"{one / 1e6:.1f}", f"{five / 1e6:.1f}", ratio(five, one)]

    large = [name for name, size in whole.tables.items() if size >= whole.size / 100]
    rest = [sum(s for n, s in store.tables.items() if n not in large) for store in (year, whole)]
    section.say(
        f"{whole.nights:,} nightly snapshots, {whole.summaries:,} summaries: "
        f"{whole.size / 1e6:.0f} MB with everything, limit of {STORE_MB} MB "
        f"{verdict(whole.size / 1e6, STORE_MB)}. MB by table with its indexes, after "
        f"{year.nights:,} nights and after all:"
    )
    rows = [line(name, year.tables[name], whole.tables[name]) for name in large]
    rows.append(line("other tables", *rest))
    one, five = (store.size - sum(store.tables.values()) for store in (year, whole))
    rows.append(line("catalogue", one, five))
    rows.append(line("**everything**", year.size, whole.size))
    section.table(["table", f"{year.nights:,} nights", f"{whole.nights:,}", "growth"], rows)


def _growth(section: Section, year: _Store, whole: _Store) -> None:
    section.say("How each question grew, warm median in milliseconds:")
    rows = []
    for name, times in whole.warm.items():
        one, five = percentile(year.warm[name], 0.5), percentile(times, 0.5)
        rows.append([name, f"{one:.2f}", f"{five:.2f}", ratio(five, one)])
    section.table(["question", f"{year.nights:,} nights", f"{whole.nights:,}", "growth"], rows)
