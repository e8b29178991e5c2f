"""A server of our own in a temporary folder, with its production settings."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from performance_store.database import make_engine, migrate
from performance_store.embedded import EmbeddedPostgres


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
