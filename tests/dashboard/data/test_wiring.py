"""The application on a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard import create_app
from dashboard.data.wiring import connector, read_state
from performance_store.settings import load_settings
from tests.support.servers import Databases
from tests.support.settings import settings_at


@contextmanager
def client_of(url: str, folder: Path) -> Iterator[FlaskClient]:
    connect, engine = connector(load_settings({"DATABASE_URL": url}))
    app = create_app(
        settings_at(folder),
        connect=connect,
        read_state=read_state,
    )
    yield app.server.test_client()
    engine.dispose()


def test_a_migrated_empty_store_is_ready_and_says_that_it_is_empty(
    database_url: str, tmp_path: Path
) -> None:
    with client_of(database_url, tmp_path) as client:
        answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json()["as_at"] is None
    assert answer.get_json()["migrations"] == "at head"


def test_a_database_without_our_tables_is_not_ready(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh() as url, client_of(url, tmp_path) as client:
        assert client.get("/health/ready").status_code == 503
        assert client.get("/about").status_code == 200


def test_a_server_that_is_not_there_is_not_ready(tmp_path: Path) -> None:
    with client_of("postgresql://nobody@127.0.0.1:1/nothing", tmp_path) as client:
        assert client.get("/health/ready").status_code == 503
        assert "not answering" in client.get("/about").text


def test_a_load_is_seen_within_seconds(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    with fresh_database() as url:
        connect, engine = connector(load_settings({"DATABASE_URL": url}))
        with connect() as connection:
            assert read_state(connection).empty
        _publish(engine)
        with connect() as connection:
            state = read_state(connection)
        assert (state.kind, str(state.as_at)) == ("platform", "2026-03-01")
        engine.dispose()


def _publish(engine: Engine) -> None:
    """The least that makes a snapshot."""
    with engine.begin() as connection:
        load = connection.execute(
            text(
                "INSERT INTO load (kind, input, ruleset_version, state)"
                " VALUES ('platform', 'x', '1', 'published') RETURNING id"
            )
        ).scalar_one()
        connection.execute(
            text(
                "INSERT INTO snapshot (load_id, as_at, kind, scope, fingerprint, ruleset_version,"
                " issue_rules, knows)"
                " VALUES (:load, '2026-03-01', 'platform', 'national', 'x', '1', 'x', '{logs}')"
            ),
            {"load": load},
        )
