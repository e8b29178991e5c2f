"""What pages say while the sample, or its past, is still being loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from performance_store.database import LOAD_LOCK
from performance_store.sample.reader import Sample
from tests.support.metrics import figures
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
SAMPLE = Sample(date(2026, 8, 21), authorities=20, weeks=2)
PAST = "The history of the sample"


@contextmanager
def loading(engine: Engine, percent: int | None = None) -> Iterator[None]:
    """Note that the sample is being loaded, and how far that is. At the end it is killed."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM load WHERE state = 'running'"))
        connection.execute(
            text(
                "INSERT INTO load (kind, input, ruleset_version, state, timings) "
                "VALUES ('sample', 'sample', '1', 'running', CAST(:timings AS jsonb))"
            ),
            {"timings": json.dumps({"percent": percent} if percent else {})},
        )
    with engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOAD_LOCK})
        yield
        holder.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOAD_LOCK})


def test_an_empty_store_says_that_the_sample_is_on_its_way(engine: Engine, tmp_path: Path) -> None:
    client = real_app(tmp_path, engine).server.test_client()
    assert "come back later.</p>" in client.get("/").text
    with loading(engine):
        assert "come back later. Sample data are being loaded" in client.get("/").text
    assert "come back later.</p>" in client.get("/").text


def test_every_page_says_how_far_the_past_is_and_stays_in_the_cache(
    filled: Filled, tmp_path: Path
) -> None:
    engine = filled(SAMPLE.part or SAMPLE)
    client = real_app(tmp_path, engine).server.test_client()
    for path in ("/", "/national/trends", "/organisations", "/about"):
        assert f"invented. {PAST} is not loaded yet. " in client.get(path).text
    for percent in (9, 40):
        with loading(engine, percent):
            answer = client.get("/national/trends")
        assert f"{PAST} is still being loaded: {percent}% when this page was drawn. " in answer.text
        assert "There is only one date so far" in answer.text
        assert answer.headers["Cache-Control"] == "no-cache, max-age=0"
    assert f"{PAST} is not loaded yet. " in client.get("/national/trends").text
    values = figures(client.get("/metrics").text)
    assert values["pdp_cache_answers_total", (("outcome", "page"),)] == 3


def test_of_a_whole_sample_nothing_is_said(filled: Filled, tmp_path: Path) -> None:
    engine = filled(SAMPLE)
    client = real_app(tmp_path, engine).server.test_client()
    assert PAST not in client.get("/").text
    with loading(engine, 40):
        assert PAST not in client.get("/national/trends").text
