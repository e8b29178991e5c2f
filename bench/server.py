"""A server of our own in a temporary folder, with its production settings."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from performance_store.database import make_engine, migrate
from performance_store.local.embedded import EmbeddedPostgres


@contextmanager
def server() -> Iterator[EmbeddedPostgres]:
    """A running server, durable as in production; stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="performance-bench-"))
    home.chmod(0o755)  # as root the server runs as another user, who must pass through
    try:
        with EmbeddedPostgres(home) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


def new_store(running: EmbeddedPostgres, name: str) -> str:
    """A migrated, empty database. Returns its URL."""
    url = running.ensure_database(name)
    engine = make_engine(url, application_name="bench", pool=None)
    migrate(engine)
    engine.dispose()
    return url


@contextmanager
def web(
    url: str, port: int, application: str, address: str, checkout: Path | None = None
) -> Iterator[None]:
    """A web server of ours on a store, limits on clients off. In: the store's URL, the port, what
    gunicorn serves, an address that answers once it is up, and where not this checkout is to serve
    but another, that one, set up."""
    home = tempfile.mkdtemp(prefix="performance-bench-")
    environment = os.environ | {
        "DATABASE_URL": url,
        "PORT": str(port),
        "PERFORMANCE_STORE_HOME": home,
        "API_PER_MINUTE": "0",
        "DOWNLOADS_PER_MINUTE": "0",
        "CLIENT_CONNECTIONS": "0",
    }
    command = [str(python_of(checkout)), "-m", "gunicorn", "-c", "gunicorn.conf.py"]
    command += ["-b", f"127.0.0.1:{port}", application]
    try:
        with running(command, port, address, environment, checkout):
            yield
    finally:
        shutil.rmtree(home, ignore_errors=True)


def python_of(checkout: Path | None) -> Path:
    """The Python of another checkout, or ours for None."""
    return checkout / ".venv" / "bin" / "python" if checkout else Path(sys.executable)


@contextmanager
def running(
    command: list[str],
    port: int,
    address: str,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[None]:
    """A server that was started, in a folder (None: this one), and answers; stopped at the end.
    Raises TimeoutError."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=folder,
    )
    try:
        for _ in range(600):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", address)
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise TimeoutError(f"{command[2]} did not start")
        yield
    finally:
        process.terminate()
        process.wait()
