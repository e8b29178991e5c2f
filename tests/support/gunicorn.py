"""The web server as a deployment starts it, on a port of the test's own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers import free_port

CHECKOUT = Path(__file__).resolve().parents[2]
_OURS = (
    *("DATABASE_URL", "DATABASE_READ_URL", "REDIS_URL"),
    *("LOG_LEVEL", "LOG_FORMAT", "METRICS_TOKEN", "PORT"),
)


@dataclass(frozen=True, slots=True)
class Web:
    """A web server that runs: its address, its process and the file of its log."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def get(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str, Mapping[str, str]]:
        """Status, text and headers. A connection of its own: any worker may answer."""
        request = urllib.request.Request(self.address + path, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers


@contextmanager
def web(
    folder: Path,
    application: str = "app:server",
    *options: str,
    ready: str = "/health/live",
    **environment: str,
) -> Iterator[Web]:
    """gunicorn with this project's configuration, once it answers at `ready`; stopped by SIGTERM
    afterwards."""
    port = free_port()
    variables = {name: value for name, value in os.environ.items() if name not in _OURS}
    variables |= {"PERFORMANCE_STORE_HOME": str(folder / "home"), **environment}
    log = folder / "web.log"
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
    command += ["-b", f"127.0.0.1:{port}", *options, application]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    running = Web(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait(running, ready)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=25)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(running: Web, path: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            running.get(path)
            return
        except OSError:
            assert running.process.poll() is None, running.log.read_text()
            assert time.monotonic() < deadline, running.log.read_text()
            time.sleep(0.1)
