"""200 users browse a national store for a minute; then for another one in which services fail.

``python -m bench soak``. The web server is what Procfile's ``web`` line starts, with two workers,
the PostgreSQL and Redis of this machine behind it, all over loopback.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import psutil
import psycopg

from bench.inputs import NoInput
from bench.server import new_store
from bench.settings import CHECKOUT
from bench.table import Section, conditions, percentile, verdict
from bench.visitors import Ask, Outcome, Plan
from performance_store.database import make_engine
from performance_store.loading import load
from performance_store.local.embedded import EmbeddedPostgres
from performance_store.queries import organisations, snapshots
from performance_store.sample.reader import Sample
from tests.support.servers import REDIS_SERVERS, RedisServer
from tools.run_tests import postgres_binaries

TITLE = "Soak"
PORT = 8396
USERS, SECONDS, THINK, WORKERS = 200, 60.0, 5.0, 2
AUTHORITIES = 25
P99_SECONDS, CONNECTIONS, GROWTH = 1.0, 10, 1.10
# After these seconds of the second minute.
REDIS_STOP, REDIS_BACK, DATABASE_STOP, DATABASE_BACK = 10, 20, 30, 35
CALLBACK = "page data (callback)"


@dataclass
class Stack:
    """What is behind the web server, and the server itself."""

    database: EmbeddedPostgres
    url: str
    redis: RedisServer
    web: subprocess.Popen[bytes] | None = None


@dataclass
class Usage:
    """What was seen each second: memory of the workers, connections of the web server."""

    memory_mb: list[float] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)


def measure(section: Section) -> None:
    """Two minutes of 200 users, the second with failing services. Raises NoInput without them."""
    before = os.getloadavg()[0]
    with _stack() as stack:
        asks = _asks(stack.url)
        with _web(stack):
            plan = Plan(PORT, USERS, SECONDS, THINK, asks)
            plan.expected = json.loads(_visit(plan))
            _calm(section, stack, plan)
            _stormy(section, stack, plan)
            _versions(section, stack)
    section.say(conditions(before))


def _calm(section: Section, stack: Stack, plan: Plan) -> None:
    usage, (outcomes, _) = _watching(stack, lambda: _browse(plan))
    section.say(
        f"{USERS} users, each asking every {THINK:.0f} s or so (half to half as much again) for "
        f"{SECONDS:.0f} s, of the sample of the whole country: {len(plan.asks)} addresses. They "
        "share the cores with the server. Seconds; the rate limits are off, since all come from "
        "one address."
    )
    kinds = dict.fromkeys(one.kind for one in plan.asks)
    rows = []
    for kind in kinds:
        mine = [one for one in outcomes if plan.asks[one.ask].kind == kind]
        times = [one.end - one.start for one in mine] or [0.0]
        bad = sum(one.status != 200 for one in mine)
        shares = (percentile(times, 0.5), percentile(times, 0.95), percentile(times, 0.99))
        rows.append([kind, str(len(mine)), str(bad), *(f"{one:.3f}" for one in shares)])
    section.table(["what", "requests", "errors", "median", "p95", "p99"], rows)
    times = [one.end - one.start for one in outcomes if plan.asks[one.ask].kind == CALLBACK]
    slow = percentile(times, 0.99)
    errors = sum(one.status != 200 for one in outcomes)
    wrong = sum(one.wrong for one in outcomes)
    early, late = _memory(usage)
    most = max(usage.connections)
    section.say(
        f"{len(outcomes) / SECONDS:.0f} requests a second. Errors: {errors}, "
        f"{verdict(errors, 0)} (none allowed); wrong figures: {wrong}. Page data p99 {slow:.2f} s: "
        f"limit of {P99_SECONDS:.0f} s {verdict(slow, P99_SECONDS)}. Memory of the workers "
        f"{early:.0f} MB in the first third, {late:.0f} MB in the last: flat within "
        f"{GROWTH - 1:.0%} {verdict(late, early * GROWTH)}. Database connections {most} at most: "
        f"limit of {CONNECTIONS} {verdict(most, CONNECTIONS)}. Asked again on a connection that "
        f"the server had closed: {sum(one.second_connection for one in outcomes)}."
    )


def _stormy(section: Section, stack: Stack, plan: Plan) -> None:
    times: dict[str, float] = {}
    breaker = threading.Thread(target=_break_things, args=(stack, times, time.monotonic()))
    breaker.start()
    usage, (outcomes, _) = _watching(stack, lambda: _browse(plan))
    breaker.join()
    bad = [one for one in outcomes if one.status != 200]
    away, back = times["database gone"], times["database back"]
    outside = [one for one in bad if one.end < away or one.start > back]
    last = max((one.end for one in bad), default=back)
    redis = [one for one in outcomes if times["redis killed"] <= one.start < times["redis back"]]
    stale = [one for one in outcomes if one.stale]
    stale_outside = [one for one in stale if one.end < away or one.start > back + 3]
    wrong = sum(one.wrong for one in outcomes)
    section.say(
        f"Again, with Redis killed after {REDIS_STOP} s and started after {REDIS_BACK} s, and "
        f"PostgreSQL stopped after {DATABASE_STOP} s and started again {back - away:.1f} s later. "
        f"{len(outcomes)} requests; wrong figures: {wrong}, {verdict(wrong, 0)}. "
        f"Errors: {len(bad)} in all, {len(outside)} of requests made "
        "outside of the seconds without database, "
        f"{verdict(len(outside), 0)} (none allowed); the last answer that failed ended "
        f"{max(last - back, 0):.1f} s after it was back. Pages from memory, marked as such: "
        f"{len(stale)}; {len(stale_outside)} later than 3 s after it was back. Without Redis: "
        f"{len(redis)} requests, {sum(one.status != 200 for one in redis)} errors, p99 "
        f"{percentile([one.end - one.start for one in redis], 0.99):.2f} s. Database connections "
        f"{max(usage.connections)} at most."
    )


def _break_things(stack: Stack, times: dict[str, float], start: float) -> None:
    def at(seconds: float) -> None:
        time.sleep(max(0.0, start + seconds - time.monotonic()))

    at(REDIS_STOP)
    times["redis killed"] = time.monotonic()
    stack.redis.kill()
    at(REDIS_BACK)
    stack.redis.start()
    times["redis back"] = time.monotonic()
    at(DATABASE_STOP)
    times["database gone"] = time.monotonic()
    stack.database.stop()
    at(DATABASE_BACK)
    stack.database.start()
    times["database back"] = time.monotonic()


def _versions(section: Section, stack: Stack) -> None:
    """What it costs to look up the version of the data on each request."""
    from dashboard.data.wiring import read_state
    from performance_store.database import connect

    engine = make_engine(stack.url, application_name="bench")
    times = []
    for _ in range(500):
        start = time.perf_counter()
        with connect(engine) as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            read_state(connection)
        times.append((time.perf_counter() - start) * 1000)
    engine.dispose()
    section.say(
        "Each request looks up which data there are, so that a load is seen by all processes at "
        f"once: median {statistics.median(times):.2f} ms, p95 {percentile(times, 0.95):.2f} ms."
    )


# What is asked for


def _asks(url: str) -> list[Ask]:
    """Addresses as people visit them: most move from page to page, some arrive, few take files."""
    engine = make_engine(url, application_name="bench", pool=None)
    with engine.connect() as connection:
        (now,) = snapshots.current(connection)
        every = organisations.with_counts(connection, snapshot_id=now.snapshot_id)
        authorities = [row.organisation for row in every if row.is_lpa and row.provided]
        authorities = authorities[:: max(1, len(authorities) // AUTHORITIES)][:AUTHORITIES]
        pages = ["/", "/organisations", "/national", "/national/coverage", "/national/trends"]
        pages += ["/national/freshness", "/national/issues", "/national/changes", "/about"]
        own, files, api = [], [], []
        for organisation in authorities:
            own.append(f"/organisations/{organisation}")
            rows = organisations.datasets(
                connection, organisation=organisation, snapshot_id=now.snapshot_id
            )
            own += [f"/organisations/{organisation}/{row.dataset}" for row in rows[:2]]
            files.append(f"/organisations/{organisation}/badge.svg")
            api.append(f"/api/v1/organisations/{organisation}/summary")
    api += ["/api/v1/organisations?limit=100", "/api/v1/coverage", "/api/v1/provision-summary"]
    files += ["/downloads/coverage.csv"]
    return [
        *_equal_shares(CALLBACK, 55, pages, callback=True),
        *_equal_shares(CALLBACK, 55, own, callback=True),
        *_equal_shares("page (first visit)", 10, pages),
        *_equal_shares("page (first visit)", 10, own),
        *_equal_shares("file", 15, files),
        *_equal_shares("API", 25, api),
    ]


def _equal_shares(
    kind: str, weight: float, paths: Sequence[str], callback: bool = False
) -> list[Ask]:
    each = weight / len(paths)
    return (
        [Ask(kind, "/_dash-update-component", _callback(p), each) for p in paths]
        if callback
        else [Ask(kind, path, "", each) for path in paths]
    )


def _callback(path: str) -> str:
    """What the browser sends when a reader moves to a page."""
    outputs = [{"id": "page", "property": "children"}, {"id": "page-state", "property": "data"}]
    inputs = [
        {"id": "url", "property": "pathname", "value": path},
        {"id": "url", "property": "search", "value": ""},
    ]
    output = "..page.children...page-state.data.."
    request = {"output": output, "outputs": outputs, "inputs": inputs}
    return json.dumps(request | {"changedPropIds": ["url.pathname"]})


# What is started


@contextmanager
def _stack() -> Iterator[Stack]:
    binaries = postgres_binaries()
    if binaries is None or not any(map(shutil.which, REDIS_SERVERS)):
        raise NoInput("this machine has no PostgreSQL or no Redis of its own")
    home = Path(tempfile.mkdtemp(prefix="performance-bench-"))
    home.chmod(0o755)  # as root the server runs as another user, who must pass through
    database, redis = EmbeddedPostgres(home, binaries=binaries), RedisServer(home)
    try:
        database.start()
        redis.start()
        url = new_store(database, "soak")
        load(make_engine(url, application_name="bench", pool=None), Sample(date.today()))
        yield Stack(database, url, redis)
    finally:
        redis.stop()
        database.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _web(stack: Stack) -> Iterator[None]:
    """The web server of Procfile."""
    lines = (CHECKOUT / "Procfile").read_text().splitlines()
    (command,) = (line.partition(":")[2] for line in lines if line.startswith("web:"))
    program, *arguments = shlex.split(command)
    environment = os.environ | {
        "DATABASE_URL": stack.url,
        "REDIS_URL": stack.redis.url,
        "PORT": str(PORT),
        "WEB_CONCURRENCY": str(WORKERS),
        "API_PER_MINUTE": "0",
        "DOWNLOADS_PER_MINUTE": "0",
        "LOG_LEVEL": "WARNING",
        "PERFORMANCE_STORE_HOME": str(stack.database.home / "web"),
    }
    log = stack.database.home / "web.log"
    with log.open("wb") as output:
        stack.web = subprocess.Popen(
            [sys.executable, "-m", program, *arguments],
            cwd=CHECKOUT, env=environment, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not _serves():
            if stack.web.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(log.read_text()[-2000:])
            time.sleep(0.2)
        yield
    finally:
        stack.web.send_signal(signal.SIGTERM)
        stack.web.wait()


def _serves() -> bool:
    from bench.visitors import Visitor

    return Visitor(PORT).ask(Ask("", "/health/ready"))[0] == 200


def _visit(plan: Plan) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "bench.visitors"],
        input=json.dumps(asdict(plan)),
        check=True, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT,
    )  # fmt: skip
    return run.stdout


def _browse(plan: Plan) -> list[Outcome]:
    return [Outcome(**one) for one in json.loads(_visit(plan))]


def _watching(
    stack: Stack, work: Callable[[], list[Outcome]]
) -> tuple[Usage, tuple[list[Outcome], float]]:
    """Do it, and see each second what the web server uses."""
    usage, over = Usage(), threading.Event()
    assert stack.web is not None
    parent = psutil.Process(stack.web.pid)

    def watch() -> None:
        while not over.wait(1.0):
            memory = 0.0
            for worker in parent.children():
                try:
                    memory += worker.memory_full_info().uss / 1e6
                except psutil.Error:
                    continue
            usage.memory_mb.append(memory)
            usage.connections.append(_connections(stack.url))

    thread = threading.Thread(target=watch)
    thread.start()
    start = time.monotonic()
    try:
        outcomes = work()
    finally:
        over.set()
        thread.join()
    return usage, (outcomes, start)


def _connections(url: str) -> int:
    """How many the web server has; 0 while the database is away."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dashboard'"
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            row = connection.execute(query).fetchone()
    except psycopg.OperationalError:
        return 0
    return int(row[0]) if row else 0


def _memory(usage: Usage) -> tuple[float, float]:
    """The medians of the first and the last third; the first seconds fill caches."""
    third = max(1, len(usage.memory_mb) // 3)
    return statistics.median(usage.memory_mb[:third]), statistics.median(usage.memory_mb[-third:])
