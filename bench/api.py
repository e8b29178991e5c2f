"""The read API and Datasette over HTTP, on the same file, by one client and by eight."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from bench.inputs import national_file
from bench.server import new_store, running, server, web
from bench.table import Section, conditions, percentile, ratio, verdict
from performance_store.database import make_engine
from performance_store.loading import load
from performance_store.queries import cell, snapshots
from performance_store.readers.platform import Platform

TITLE = "API and Datasette over HTTP"
BUC, DATASET = "local-authority:BUC", "article-4-direction-area"
ROUNDS, CLIENTS = 60, 8
API_PORT, DATASETTE_PORT = 8398, 8399
CACHE_HIT_MS = 2.0


def measure(section: Section) -> None:
    """Our API beside Datasette. Raises NoInput without the national file."""
    before = os.getloadavg()[0]
    path = national_file()
    with server() as postgres:
        url = new_store(postgres, "api")
        engine = make_engine(url, application_name="bench", pool=None)
        load(engine, Platform(path))
        with engine.connect() as connection:
            now = snapshots.current(connection)[0]
            worst = cell.issues(
                connection, organisation=BUC, dataset=DATASET, snapshot_id=now.snapshot_id
            )[0]
        one = f"/api/v1/organisations/{quote(BUC)}"
        field = f"&field={quote(worst.field)}" if worst.field else ""
        rows = f"{one}/{DATASET}/issue-rows?issue_type={quote(worst.issue_type)}{field}"
        base = f"/{path.stem}"
        pairs = {
            "a page of organisations": (
                "/api/v1/organisations?limit=100",
                f"{base}/organisation.json?_shape=objects&_size=100",
            ),
            "what one organisation provides": (
                f"{one}/summary",
                f"{base}/provision.json?_shape=objects&organisation={quote(BUC)}",
            ),
            "a page of issues": (
                f"{rows}&limit=50",
                f"{base}/issue.json?_shape=objects&dataset={DATASET}"
                f"&issue_type={quote(worst.issue_type)}&_size=50",
            ),
            "a page of provisions": (
                "/api/v1/provision-summary?limit=100",
                f"{base}/provision.json?_shape=objects&_size=100",
            ),
        }
        with (
            web(url, API_PORT, "performance_api:create_app()", "/api/v1/openapi.json"),
            _datasette(path) as there,
        ):
            _compare(section, pairs, there)
            _cache_hits(section, f"{one}/summary")
    section.say(conditions(before))


def _compare(section: Section, pairs: dict[str, tuple[str, str]], there: bool) -> None:
    rows = []
    for name, (ours, theirs) in pairs.items():
        for clients in (1, CLIENTS):
            mine = _milliseconds(API_PORT, ours, clients)
            other = _milliseconds(DATASETTE_PORT, theirs, clients) if there else []
            rows.append(
                [
                    name,
                    str(clients),
                    *(f"{percentile(mine, share):.1f}" for share in (0.5, 0.95)),
                    *(
                        f"{percentile(other, share):.1f}" if other else "not measured"
                        for share in (0.5, 0.95)
                    ),
                    ratio(percentile(mine, 0.5), percentile(other, 0.5)) if other else "-",
                ]
            )
    section.say(
        f"Milliseconds over HTTP on kept connections, {ROUNDS} rounds a client; ours on 2 "
        "gunicorn processes, Datasette as it comes. The nearest questions are not the same ones: "
        "ours come with status, reasons and counts, Datasette's are rows of the platform's tables."
    )
    section.table(["question", "clients", "ours", "p95", "Datasette", "p95", "to Datasette"], rows)


def _cache_hits(section: Section, address: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", API_PORT, timeout=30)
    connection.request("GET", address)
    answer = connection.getresponse()
    answer.read()
    headers = {"If-None-Match": answer.headers["ETag"]}
    times = _rounds(connection, address, headers, 304)
    median = percentile(times, 0.5)
    section.say(
        f"A 304: median {median:.1f} ms, p95 {percentile(times, 0.95):.1f} ms; limit of "
        f"{CACHE_HIT_MS:.0f} ms {verdict(median, CACHE_HIT_MS)}."
    )


def _milliseconds(port: int, address: str, clients: int) -> list[float]:
    """Milliseconds of every answer, of so many clients at once."""
    times: list[float] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        _rounds(connection, address, {}, 200, rounds=5)
        times.extend(_rounds(connection, address, {}, 200))
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == ROUNDS * clients, f"{address}: a client failed"
    return times


def _rounds(
    connection: http.client.HTTPConnection,
    address: str,
    headers: dict[str, str],
    status: int,
    rounds: int = ROUNDS,
) -> list[float]:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status == status, (address, answer.status)
    return times


@contextmanager
def _datasette(path: Path) -> Iterator[bool]:
    """Datasette, installed into an environment thrown away afterwards; False if it cannot be."""
    folder = Path(tempfile.mkdtemp(prefix="performance-bench-"))
    try:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        python = folder / "venv" / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet", "datasette"]
        if subprocess.run(install, check=False, stderr=subprocess.DEVNULL).returncode:
            yield False
            return
        command = [str(python), "-m", "datasette", "serve", "-i", str(path)]
        options = ["-p", str(DATASETTE_PORT), "--setting", "sql_time_limit_ms", "20000"]
        with running([*command, *options], DATASETTE_PORT, f"/{path.stem}.json"):
            yield True
    finally:
        shutil.rmtree(folder, ignore_errors=True)
