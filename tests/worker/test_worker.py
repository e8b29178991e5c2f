"""Workers as processes over a real database: each job is done, once, by one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from performance_store.database import transaction
from providers import jobs
from tests.support.jobs import TABLE, stop, until, words, worker

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _table(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text(TABLE))


def test_a_job_is_done(engine: Engine, database_url: str, tmp_path: Path) -> None:
    with transaction(engine) as connection:
        jobs.defer(connection, "note", word="one")
        jobs.defer(connection, "heavy", queue=jobs.HEAVY, word="two")
    with worker(database_url, tmp_path) as running:
        until(lambda: {"one", "two"} <= set(words(engine)), (tmp_path / "log").read_text())
        assert stop(running) == 0, (tmp_path / "log").read_text()
