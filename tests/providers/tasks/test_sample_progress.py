"""The sample's lists are worked on, by people who are invented."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, text

from performance_store.database import connect
from performance_store.loading.sample_progress import say_something
from performance_store.loading.sample_submissions import send_something
from performance_store.sample.reader import Sample
from providers.submissions import reading
from tests.support.servers import Filled


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=2))


@pytest.mark.postgres
def test_something_is_said_once_of_every_kind(module_engine: Engine) -> None:
    def states() -> dict[str, int]:
        with module_engine.connect() as connection:
            rows = connection.execute(
                text("SELECT state, count(*) FROM providers.task_event GROUP BY 1")
            )
            return {row[0]: row[1] for row in rows}

    say_something(module_engine)
    first = states()
    assert {"in_progress", "done", "paused", "not_applicable"} <= set(first)
    say_something(module_engine)
    assert states() == first
    for _ in range(2):
        send_something(module_engine)
    with connect(module_engine) as connection:
        rows = reading.all(connection, today=date(2026, 8, 21))
        figures = reading.figures(connection, today=date(2026, 8, 21))
    assert {"sent", "acknowledged", "waiting", "ended", "live"} == {row.step for row in rows}
    assert any(row.is_late for row in rows)
    assert all(row.linked for row in rows if row.step == "live")
    assert figures.median_days == 3
    with module_engine.connect() as connection:
        addresses = connection.execute(
            text("SELECT address, purge_on FROM providers.person_contact")
        ).all()
    assert addresses
    assert all(row.address.endswith(".example") and row.purge_on for row in addresses)
