"""What machines that watch us are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard.data.door import StoreState
from performance_api import create_app as create_api
from performance_store.database import connect
from performance_store.operations import watch
from performance_store.operations.watch import Condition
from tests.support.fake_store import AS_AT, FakeStore, make_app
from tests.support.servers import RedisServer
from tests.support.settings import settings_at

TODAY = datetime.now(UTC).date()


def test_alive_without_asking_anybody(client: FlaskClient, store: FakeStore) -> None:
    store.silent = True
    assert client.get("/health/live").status_code == 200
    assert store.connections == 0


def test_ready_tells_the_data(client: FlaskClient, store: FakeStore) -> None:
    store.state = StoreState("1", TODAY, "platform")
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json() == {
        "status": "ok",
        "reasons": [],
        "database": "ok",
        "migrations": "at head",
        "data": "current",
        "data_version": "1",
        "as_at": TODAY.isoformat(),
        "kind": "platform",
        "data_age_days": 0,
        "expected_days": 3,
        "worker": "none",
        "jobs_waiting": 0,
        "jobs_dead": 0,
        "tickets": "ok",
        "redis": "not used",
    }


def test_not_ready_without_the_database(client: FlaskClient, store: FakeStore) -> None:
    store.silent = True
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.get_json() == {
        "status": "down",
        "reasons": ["The database does not answer."],
        "database": "not answering",
        "redis": "not used",
    }
    store.silent = False
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize(
    ("migrations", "status", "code"),
    [("at head", "ok", 200), ("behind", "down", 503), ("ahead", "degraded", 200)],
)
def test_migrations_of_another_release(
    client: FlaskClient, store: FakeStore, migrations: str, status: str, code: int
) -> None:
    store.state = StoreState("1", TODAY, "platform")
    store.migrations = migrations
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()["status"]) == (code, status)
    assert answer.get_json()["migrations"] == migrations


@pytest.mark.parametrize(
    ("days", "kind", "allowed", "verdict"),
    [
        (3, "platform", 3, "current"),
        (4, "platform", 3, "old"),
        (4, "odp-reports", 10, "current"),
        (4000, "platform", 0, "current"),
        (4000, "sample", 3, "current"),
        # The clock was set back, or that of the source is ahead.
        (-2, "platform", 3, "current"),
    ],
)
def test_old_data_are_degraded(
    tmp_path: Path, days: int, kind: str, allowed: int, verdict: str
) -> None:
    store = FakeStore(StoreState("1", TODAY - timedelta(days=days), kind))
    settings = settings_at(tmp_path, data_old_days=allowed)
    client = make_app(tmp_path, store, settings=settings).server.test_client()
    answer = client.get("/health/ready")
    report = answer.get_json()
    assert answer.status_code == 200
    assert (report["data"], report["status"]) == (verdict, "degraded" if verdict == "old" else "ok")
    assert report["data_age_days"] == max(days, 0)
    age = {f.name: f.value for f in watch.figures(store.look(None), datetime.now(UTC))}
    assert age["pdp_data_age_seconds"] >= 0
    if verdict == "old":
        assert report["reasons"] == ["The data are 4 days old; 3 at most are expected."]


def test_an_empty_store_is_degraded(client: FlaskClient, store: FakeStore) -> None:
    store.state = StoreState("empty", None, None)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
    assert answer.get_json()["reasons"] == ["Nothing has been loaded yet."]


def test_redis_is_optional(own_redis: RedisServer, tmp_path: Path) -> None:
    store = FakeStore(StoreState("1", TODAY, "platform"))
    app = make_app(tmp_path, store, redis_url=own_redis.url)
    client = app.server.test_client()

    def state() -> tuple[int, str, str]:
        answer = client.get("/health/ready")
        report = answer.get_json()
        assert bool(report["reasons"]) == (report["status"] != "ok")
        return answer.status_code, report["status"], report["redis"]

    assert state() == (200, "ok", "ok")
    with redis.Redis.from_url(own_redis.url) as other:
        other.config_set("maxmemory-policy", "noeviction")
        other.config_set("maxmemory", "1")
        assert state() == (200, "degraded", "full")
        other.config_set("maxmemory", "0")
    own_redis.pause()
    assert state() == (200, "degraded", "not answering")
    own_redis.resume()
    own_redis.stop()
    assert state() == (200, "degraded", "not answering")
    own_redis.start()
    assert state() == (200, "ok", "ok")


def test_the_interface_alone_has_them_too(engine: Engine) -> None:
    client = create_api(lambda: connect(engine)).test_client()
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()["data"]) == (200, "none")
    assert answer.get_json()["migrations"] == "at head"
    silent = FakeStore()
    silent.silent = True
    answer = create_api(silent.connect).test_client().get("/health/ready")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "down")


def test_the_fake_store_is_as_old_as_it_says() -> None:
    condition = Condition("at head", as_at=AS_AT, kind="platform")
    now = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert condition.data(now, 3) == "old"
    assert condition.data(now, 4) == "current"
    assert replace(condition, as_at=date(2027, 1, 1)).data(now, 3) == "current"
