"""The nearest questions put to Datasette on the platform's own file, and to SQLite itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.baselines import open_read_only
from bench.inputs import BUC, DATASET
from bench.table import Section, milliseconds, percentile, ratio


def compare(
    section: Section, path: Path, engine: Engine, questions: dict[str, Callable[[Connection], Any]]
) -> None:
    """The nearest questions put to Datasette on the platform's file, and to SQLite itself."""
    with engine.connect() as connection:
        resource = connection.execute(
            text(
                "SELECT r.resource FROM resource_use u JOIN resource r ON r.id = u.resource_id "
                "JOIN organisation o ON o.id = u.organisation_id "
                "JOIN dataset d ON d.id = u.dataset_id "
                "WHERE o.organisation = :o AND d.dataset = :d LIMIT 1"
            ),
            {"o": BUC, "d": DATASET},
        ).scalar_one()
    nearest = {
        "provisions of one organisation": f"provision.json?_shape=objects&organisation={BUC}",
        "log of one endpoint's resource": f"log.json?_shape=objects&resource={resource}",
        "a page of issues": f"issue.json?_shape=objects&resource={resource}&_size=50",
    }
    plain = _in_sqlite(path, resource)
    over_http = _over_http(path, nearest)
    ours = dict(zip(nearest, ("organisations.datasets", "cell.log_days", "issues.rows"),
                    strict=True))  # fmt: skip
    rows = []
    with engine.connect() as connection:
        for name, question in ours.items():
            mine = percentile(milliseconds(lambda q=question: questions[q](connection)), 0.5)  # type: ignore[misc]
            rows.append(
                [
                    name,
                    f"{over_http[name]:.2f}" if name in over_http else "not measured",
                    f"{plain[name]:.2f}",
                    f"{mine:.2f}",
                    question,
                    ratio(mine, over_http[name]) if name in over_http else "-",
                ]
            )
    section.say(
        "The nearest questions on the platform's own file: Datasette over HTTP, its SQL alone in "
        "SQLite, and ours in process (which answers more: status, reasons, comparison)."
    )
    section.table(["question", "Datasette", "SQLite", "ours", "our question", "to Datasette"], rows)


def _in_sqlite(path: Path, resource: str) -> dict[str, float]:
    """Median milliseconds of the same questions as SQL on the platform's file."""
    sql = {
        "provisions of one organisation": (
            "SELECT * FROM provision WHERE organisation = ? LIMIT 101", BUC),
        "log of one endpoint's resource": (
            "SELECT * FROM log WHERE resource = ? LIMIT 101", resource),
        "a page of issues": ("SELECT * FROM issue WHERE resource = ? LIMIT 51", resource),
    }  # fmt: skip
    medians = {}
    with closing(open_read_only(path)) as sqlite:
        for name, (statement, value) in sql.items():
            times = milliseconds(lambda s=statement, v=value: sqlite.execute(s, [v]).fetchall())  # type: ignore[misc]
            medians[name] = percentile(times, 0.5)
    return medians


def _over_http(path: Path, nearest: dict[str, str]) -> dict[str, float]:
    """Median milliseconds of Datasette, installed into an environment thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="performance-bench-"))
    try:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        python = folder / "venv" / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet", "datasette"]
        if subprocess.run(install, check=False).returncode:
            return {}
        port = 8399
        running = subprocess.Popen(
            [python, "-m", "datasette", "serve", "-i", path, "-p", str(port),
             "--setting", "sql_time_limit_ms", "20000"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            base = f"http://127.0.0.1:{port}/{path.stem}/"
            _wait_for(base)
            return {
                name: percentile(milliseconds(lambda a=address: _get(base + a), 30), 0.5)  # type: ignore[misc]
                for name, address in nearest.items()
            }
        finally:
            running.terminate()
            running.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def _wait_for(url: str) -> None:
    for _ in range(100):
        with suppress(OSError):
            _get(url.rstrip("/") + ".json")
            return
        time.sleep(0.2)
    raise TimeoutError("datasette did not start")
