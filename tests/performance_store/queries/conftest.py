"""What the tests of queries share: a sample, a connection to it, and its summaries in pandas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Connection, Engine

from performance_store.sample.reader import Sample
from tests.support.servers import Filled


@pytest.fixture(scope="module")
def sample_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=12))


@pytest.fixture(scope="module")
def ask(sample_engine: Engine) -> Iterator[Connection]:
    with sample_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@pytest.fixture(scope="module")
def cells(ask: Connection) -> pd.DataFrame:
    """Every summary of every snapshot, as one flat table."""
    return pd.read_sql(
        "SELECT s.*, n.as_at, o.region, d.dataset, d.typology FROM summary s "
        "JOIN snapshot n ON n.id = s.snapshot_id JOIN organisation o ON o.id = s.organisation_id "
        "JOIN dataset d ON d.id = s.dataset_id",
        ask,
    )
