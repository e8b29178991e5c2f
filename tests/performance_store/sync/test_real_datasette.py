"""A real Datasette serving the platform's file: sync gives what ``load platform`` gives."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from performance_store.database import make_engine
from performance_store.loading import load
from performance_store.readers.platform import FILE_NAME, Platform
from performance_store.sync.run import sync
from tests.support.servers import free_port
from tests.support.sync import facts, snapshot


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "platform-small"


@pytest.fixture(scope="module", params=["-i", "mutable"])
def served(request: pytest.FixtureRequest) -> str:
    """Whether the file is served as one that does not change."""
    return str(request.param)


@pytest.fixture(scope="module")
def address(folder: Path, served: str) -> Iterator[str]:
    """The database's page."""
    port = free_port()
    immutable = ["-i"] if served == "-i" else []
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "datasette", "serve", *immutable, str(folder / FILE_NAME)),
            *("--port", str(port)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while True:
        try:
            urlopen(f"{url}/-/versions.json", timeout=5).close()
            break
        except (URLError, ConnectionError):
            assert process.poll() is None
            assert time.monotonic() < deadline, "Datasette did not start"
            time.sleep(0.1)
    yield f"{url}/digital-land"
    process.terminate()
    process.wait(10)


def test_sync_is_load_platform(
    address: str,
    served: str,
    folder: Path,
    fresh_database: Callable[[], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    with fresh_database() as one, fresh_database() as other:
        loaded, synced = (make_engine(url, application_name="tests") for url in (one, other))
        try:
            load(loaded, Platform(folder))
            done = sync(synced, address, tmp_path)
            assert done.load.state == "published"
            assert facts(synced) == facts(loaded)
            assert snapshot(synced) == snapshot(loaded)
            again = sync(synced, address, tmp_path)
            assert again.load.state == "unchanged"
            if served == "-i":
                # Such a file may be downloaded: it is the very input that was loaded.
                assert sync(loaded, f"{address}.db", tmp_path).load.state == "unchanged"
        finally:
            loaded.dispose()
            synced.dispose()
