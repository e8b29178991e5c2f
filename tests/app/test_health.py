"""What machines that watch us are told."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient

from tests.support.fake_store import FakeStore, make_app


def test_alive_without_asking_anybody(client: FlaskClient, store: FakeStore) -> None:
    store.silent = True
    assert client.get("/health/live").status_code == 200
    assert store.connections == 0


def test_ready_tells_the_data(client: FlaskClient) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ok",
        "database": "ok",
        "migrations": "at head",
        "data_version": "1",
        "as_at": "2026-03-01",
        "kind": "platform",
    }


def test_not_ready_without_the_database(client: FlaskClient, store: FakeStore) -> None:
    store.silent = True
    assert client.get("/health/ready").status_code == 503
    store.silent = False
    assert client.get("/health/ready").status_code == 200


def test_not_ready_with_old_migrations(tmp_path: Path) -> None:
    app = make_app(tmp_path, at_head=lambda: False)
    answer = app.server.test_client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.get_json()["migrations"] == "behind"
