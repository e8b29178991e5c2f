"""The sample in two loads: its newest snapshot first, and its past behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, text

from performance_store import loading
from performance_store.database import make_engine
from performance_store.loading import begin_sample, complete_sample, lacks_past, load_sample
from performance_store.sample.reader import Sample
from tests.support.servers import Databases

WEEKS = 6
# What names a row, in place of the numbers that each store gives for itself.
NAMES = {
    "organisation_id": "SELECT organisation FROM organisation WHERE id = {}",
    "dataset_id": "SELECT dataset FROM dataset WHERE id = {}",
    "endpoint_id": "SELECT endpoint FROM endpoint WHERE id = {}",
    "resource_id": "SELECT resource FROM resource WHERE id = {}",
    "source_id": "SELECT source FROM source WHERE id = {}",
    "issue_type_id": "SELECT issue_type FROM issue_type WHERE id = {}",
    "snapshot_id": "SELECT kind || as_at FROM snapshot WHERE id = {}",
    "previous_snapshot_id": "SELECT kind || as_at FROM snapshot WHERE id = {}",
    "person_id": "SELECT address FROM providers.person_contact WHERE person_id = {}",
    "submission_id": "SELECT reference FROM providers.submission WHERE id = {}",
}
OF_ITS_OWN = {"load_id", "content_key", "fingerprint"}
"""Numbers, and what is made of them. The store's own ones and moments say so themselves."""
COLUMNS = """
SELECT c.table_schema || '.' || c.table_name, array_agg(column_name::text ORDER BY column_name)
FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE t.table_type = 'BASE TABLE' AND c.table_schema IN ('public', 'providers')
    AND c.table_name NOT IN ('load', 'alembic_version')
    AND c.is_identity = 'NO' AND coalesce(c.column_default, '') NOT LIKE '%now()%'
GROUP BY 1
"""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_sample", partial(Sample, authorities=20, weeks=WEEKS))


@pytest.fixture
def other(databases: Databases, template: str) -> Iterator[Engine]:
    with ExitStack() as opened:
        engine = make_engine(opened.enter_context(databases.fresh(template)), application_name="x")
        opened.callback(engine.dispose)
        yield engine


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of every table, by name: as text, and in the order of that."""
    rows = {}
    with engine.connect() as connection:
        for table, columns in connection.execute(text(COLUMNS)).all():
            values = [
                f"({NAMES[name].format('r.' + name)})" if name in NAMES else f'r."{name}"'
                for name in columns
                if name not in OF_ITS_OWN
            ]
            question = f"SELECT ROW({', '.join(values)})::text FROM {table} r ORDER BY 1"
            rows[table] = list(connection.execute(text(question)).scalars())
    return rows


def test_two_loads_leave_what_one_does(engine: Engine, other: Engine, small: None) -> None:
    load_sample(other)
    assert not lacks_past(other)
    whole = contents(other)

    assert not lacks_past(engine)
    assert begin_sample(engine).snapshots == 1
    assert lacks_past(engine)
    percents: list[str] = []
    assert complete_sample(engine, progress=percents.append).snapshots == WEEKS
    assert not lacks_past(engine)

    in_two = contents(engine)
    assert {table for table in whole if whole[table] != in_two[table]} == set()
    filled = {table.partition(".")[2] for table, rows in whole.items() if rows}
    assert {"summary_interval", "event", "task", "issue", "task_event", "submission"} <= filled
    assert percents == sorted(percents, key=lambda words: int(words.removesuffix("%")))
