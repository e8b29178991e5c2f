"""What monitoring is told, and who may ask."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard.data.cache import Cache
from dashboard.data.cache_store import NoStore
from performance_api import create_app
from performance_store.database import connect
from performance_store.loading import load, record_failure
from performance_store.operations.watch import LoadState
from performance_store.readers.platform import Platform
from performance_store.rows import LoadRecord
from tests.support.fake_store import FakeStore, make_app
from tests.support.gunicorn import Web, web
from tests.support.loads import a_file
from tests.support.metrics import figures
from tests.support.real_store import real_app
from tests.support.settings import settings_at

FIVE_SECONDS = timedelta(seconds=5)
TOKEN = "a-token-that-nobody-guesses"


def requests_of(text: str, route: str, status: int = 200) -> float:
    labels = (("method", "GET"), ("route", route), ("status", str(status)))
    return figures(text).get(("pdp_requests_total", labels), 0.0)


def test_requests_are_counted_by_what_answers_them(client: FlaskClient) -> None:
    client.get("/about")
    client.get("/about?one=1")
    client.get("/nowhere/1")
    client.get("/nowhere/2")
    text = client.get("/metrics").text
    assert requests_of(text, "/about") == 2
    assert requests_of(text, "none", 404) == 2
    values = figures(text)
    assert values["pdp_request_seconds_count", (("route", "/about"),)] == 2
    assert 0 < values["pdp_request_seconds_sum", (("route", "/about"),)] < 60


def test_invented_addresses_and_methods_make_no_new_figures(client: FlaskClient) -> None:
    def count() -> int:
        return len(figures(client.get("/metrics").text))

    for method in ("BREW", "GET"):
        client.open("/organisations/x/y/z/0", method=method)
    client.get("/metrics")
    before = count()
    for number in range(20):
        client.open(f"/organisations/x/y/z/{number}", method="GET")
        client.open(f"/organisations/x/y/z/{number}", method=f"BREW{number}")
    assert count() == before


def test_the_cache_tells_how_it_did() -> None:
    noted: list[str] = []

    class Memory(NoStore):
        def get(self, key: str) -> bytes | None:  # type: ignore[override]
            return b"\x01" if key == "kept" else None

    cache = Cache(Memory(), noted.append)
    assert cache.cached("kept", lambda: 2) == 1
    assert cache.cached("new", lambda: 2) == 2
    assert noted == ["hit", "miss"]


def test_the_age_of_the_data_and_what_answers(tmp_path: Path) -> None:
    store = FakeStore()
    began = datetime(2026, 3, 1, 3, tzinfo=UTC)
    good = LoadRecord(7, "platform", "x", "published", began, began + FIVE_SECONDS, None, (), 0)
    bad = replace(good, load_id=8, state="failed", error="x")
    store.loads = (LoadState("platform", bad, good, bad, 1),)
    client = make_app(tmp_path, store).server.test_client()
    values = figures(client.get("/metrics").text)
    kind = (("kind", "platform"),)
    assert values["pdp_database_up", ()] == values["pdp_cache_up", ()] == 1
    assert values["pdp_migrations_at_head", ()] == 1
    assert values["pdp_load_seconds", kind] == 5
    assert values["pdp_load_succeeded", kind] == 0
    assert values["pdp_load_failures", kind] == 1
    assert values["pdp_load_good_timestamp_seconds", kind] == (began + FIVE_SECONDS).timestamp()
    day = 1_772_323_200  # 1 March 2026, the day of the fake store's data
    assert values["pdp_data_age_seconds", ()] == pytest.approx(time.time() - day, abs=60)
    store.silent = True
    values = figures(client.get("/metrics").text)
    assert values["pdp_database_up", ()] == 0
    assert ("pdp_data_age_seconds", ()) not in values


def test_a_real_store_tells_how_far_sync_is_behind(engine: Engine, tmp_path: Path) -> None:
    load(engine, Platform(a_file(tmp_path / "in")))
    record_failure(engine, kind="platform", input_name="x", error="refused")
    for server in (real_app(tmp_path, engine).server, create_app(lambda: connect(engine))):
        values = figures(server.test_client().get("/metrics").text)
        kind = (("kind", "platform"),)
        days = (datetime.now(UTC).date() - date(2025, 5, 21)).days
        assert values["pdp_sync_lag_seconds", ()] == days * 86400
        assert values["pdp_load_failures", kind] == 1
        assert values["pdp_load_succeeded", kind] == 0
        assert values["pdp_data_age_seconds", ()] >= days * 86400


def test_callbacks_are_timed_by_the_page_they_draw(client: FlaskClient) -> None:
    body = {
        "output": "..page.children...page-state.data..",
        "outputs": [
            {"id": "page", "property": "children"},
            {"id": "page-state", "property": "data"},
        ],
        "inputs": [
            {"id": "url", "property": "pathname", "value": "/about"},
            {"id": "url", "property": "search", "value": ""},
        ],
        "changedPropIds": ["url.pathname"],
    }
    assert client.post("/_dash-update-component", json=body).status_code == 200
    body["inputs"][0]["value"] = "/nowhere"
    client.post("/_dash-update-component", json=body)
    values = figures(client.get("/metrics").text)
    assert values["pdp_request_seconds_count", (("route", "callback /about"),)] == 1
    assert values["pdp_request_seconds_count", (("route", "callback none"),)] == 1


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_without_a_token_this_machine_alone_may_ask(client: FlaskClient, name: str) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 404
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics", environ_base=far).status_code == 404


def test_who_is_behind_a_trusted_proxy_is_not_this_machine(tmp_path: Path) -> None:
    settings = settings_at(tmp_path, trusted_proxies=1)
    client = make_app(tmp_path, settings=settings).server.test_client()
    answer = client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert answer.status_code == 404


def test_with_a_token_whoever_has_it_may_ask(tmp_path: Path) -> None:
    settings = settings_at(tmp_path, metrics_token=TOKEN)
    client = make_app(tmp_path, settings=settings).server.test_client()
    far = {"REMOTE_ADDR": "203.0.113.9"}

    def status(token: str | None) -> int:
        headers = {} if token is None else {"Authorization": token}
        return client.get("/metrics", headers=headers, environ_base=far).status_code

    assert status(f"Bearer {TOKEN}") == 200
    for wrong in (None, "", TOKEN, f"Bearer {TOKEN}x", "Bearer", "Bearer \xe9"):
        assert status(wrong) == 404
    assert client.get("/metrics").status_code == 404


def test_the_interface_alone_has_them_too() -> None:
    store = FakeStore()
    store.silent = True
    client = create_app(store.connect).test_client()
    client.get("/api/v1/nothing", buffered=True)
    text = client.get("/metrics").text
    assert requests_of(text, "/api/v1/<path:rest>", 404) == 1
    assert figures(text)["pdp_database_up", ()] == 0


def workers(running: Web) -> list[psutil.Process]:
    return psutil.Process(running.process.pid).children()


def folder_of(running: Web) -> Path:
    """Where the workers count."""
    files = [Path(file.path) for worker in workers(running) for file in worker.open_files()]
    return next(path.parent for path in files if path.name.startswith("place-"))


def test_workers_count_together_and_one_that_follows_counts_on(
    tmp_path: Path, database_url: str
) -> None:
    environment = {"DATABASE_URL": database_url, "WEB_CONCURRENCY": "2"}
    with web(tmp_path, **environment) as running:
        for _ in range(30):
            assert running.get("/about")[0] == 200
        assert requests_of(running.get("/metrics")[1], "/about") == 30
        folder = folder_of(running)
        before = sorted(path.name for path in folder.iterdir())

        last = workers(running)[0]
        os.kill(last.pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while last.pid in {w.pid for w in workers(running)} or len(workers(running)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        for _ in range(30):
            assert running.get("/about")[0] == 200
        assert requests_of(running.get("/metrics")[1], "/about") == 60
        assert sorted(path.name for path in folder.iterdir()) == before
        assert "place-2" not in before
    assert not folder.exists()
    lines = [json.loads(line) for line in running.log.read_text().splitlines()]
    assert sum(line.get("route") == "/about" for line in lines) == 60
    assert len({line["request_id"] for line in lines if line.get("route") == "/about"}) == 60
