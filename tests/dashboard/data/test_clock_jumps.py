"""The clock of the machine may jump by hours: nothing is refused, kept or aged by that."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from dashboard.data.cache import Cache
from dashboard.data.cache_store import FileStore
from performance_store.operations.watch import Condition, LoadState, figures
from performance_store.rows import LoadRecord
from serving.breaker import Breaker
from serving.limits import Limiter

HOUR = 3600.0


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the wall clock; the monotonic one, which no clock setting moves, stays."""
    real, moved = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + moved[0])

    def by(seconds: float) -> None:
        moved[0] += seconds

    return by


@pytest.mark.parametrize("where", ["memory", "redis"])
def test_who_had_used_up_his_minute_is_not_shut_out_for_an_hour(
    jump: Callable[[float], None], where: str, request: pytest.FixtureRequest
) -> None:
    url = str(request.getfixturevalue("redis_url")) if where == "redis" else None
    limiter = Limiter(url)
    client = f"{where} {time.monotonic_ns()}"
    assert [limiter.wait("api", client, 2) for _ in range(2)] == [None, None]
    assert limiter.wait("api", client, 2)
    jump(-HOUR)
    # At worst he waits for the rest of a minute, and is told no more than that.
    waits = [limiter.wait("api", client, 2) for _ in range(4)]
    assert waits[-1] is not None
    assert all(1 <= seconds <= 60 for seconds in waits if seconds is not None)
    if where == "memory":
        assert waits[:2] == [None, None]
    jump(2 * HOUR)
    if where == "memory":
        assert limiter.wait("api", client, 2) is None


def test_the_cache_forgets_or_keeps_but_never_errs(
    jump: Callable[[float], None], tmp_path: Path
) -> None:
    cache = Cache(FileStore(Flask("test"), tmp_path / "c", prefix="x"))
    for seconds in (0.0, -HOUR, 2 * HOUR, 100 * HOUR, -200 * HOUR, 0.0):
        jump(seconds)
        assert cache.cached("key", lambda: "the same") == "the same"
        assert cache.cached("key", lambda: "kept if this is not asked") == "the same"


def test_a_breaker_rests_by_a_clock_that_nobody_sets(jump: Callable[[float], None]) -> None:
    breaker = Breaker("x", rest_seconds=0.05)
    breaker.failed("x")
    jump(-HOUR)
    assert not breaker.allows()
    time.sleep(0.06)
    assert breaker.allows()


def test_no_age_and_no_duration_is_negative() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    later = now + timedelta(days=2)
    load = LoadRecord(1, "platform", "x", "published", later, now, None, (), 0)
    condition = Condition(
        "at head",
        version=1,
        as_at=later.date(),
        kind="platform",
        published_at=later,
        platform_as_at=later.date(),
        loads=(LoadState("platform", load, load, None, 0),),
    )
    values = {figure.name: figure.value for figure in figures(condition, now)}
    for name in ("pdp_data_age_seconds", "pdp_sync_lag_seconds", "pdp_load_seconds"):
        assert values[name] == 0
    assert condition.describe(now, 3)["data_age_days"] == 0
    assert condition.data(now, 3) == "current"
