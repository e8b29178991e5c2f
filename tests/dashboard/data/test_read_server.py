"""A replica answers questions: of the version it has, and the primary those that it cannot."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text

from dashboard import create_app
from dashboard.data.door import EXTENSION, DataDoor
from dashboard.data.wiring import read_state
from dashboard.pages.provider import issue_file
from performance_api import blueprint as api
from performance_store.database import DatabaseUnavailable, connect, make_engine, migrate
from performance_store.loading import load
from performance_store.queries import issues
from performance_store.read_server import (
    COMPARE_SECONDS,
    LAG_SECONDS,
    Lag,
    ReadServer,
    open_read_server,
)
from performance_store.readers.platform import Platform
from serving.breaker import Breaker
from tests.support.build import AAA
from tests.support.loads import a_file, command
from tests.support.metrics import figures
from tests.support.replica import Pair, pair
from tests.support.settings import settings_at

PAGE = f"/organisations/{AAA}/tree"
API = f"/api/v1/organisations/{AAA}/summary"
VERSION = re.compile(r'data-version="(\d+)"')
ROWS = re.compile(r"(\d+) rows need fixing")


@pytest.fixture(scope="module")
def servers(open_folder: Callable[[], Path]) -> Iterator[Pair]:
    """Two servers for all tests, each of which has a database of its own on them, with data of
    21 May. The replica cancels at once what is in the way of replaying."""
    folder = open_folder()
    with pair(folder, max_standby_streaming_delay="0") as servers:
        url = servers.primary.ensure_database("loaded")
        engine = make_engine(url, application_name="tests", pool=None)
        migrate(engine)
        load(engine, Platform(a_file(folder / "in")))
        yield servers


class Site:
    """An application on a database of both servers."""

    def __init__(self, servers: Pair, template: str, name: str, folder: Path) -> None:
        self.servers, self.folder = servers, folder
        self.engine = make_engine(servers.copy(template, name), application_name="tests")
        servers.catch_up()
        self.breaker = Breaker("The read server", rest_seconds=0.0)
        url = servers.replica.url(name)
        self.now = 0.0
        lag = Lag(lambda: self.open_primary(), lambda: self.now)
        self.read_server = open_read_server(url, self.breaker, lag, application_name="tests")
        self.open_primary: Callable[[], AbstractContextManager[Connection]]
        self.open_primary = partial(connect, self.engine)

    def load(self, day: str, issues: int) -> None:
        load(self.engine, Platform(a_file(self.folder / day, day=day, issues=issues)))

    def client(self) -> FlaskClient:
        """A web process that has just started."""
        self.folder.joinpath("home").mkdir(exist_ok=True)
        settings = settings_at(self.folder / "home", redis_url=None, data_old_days=0)
        ways = {"connect": lambda: self.open_primary(), "read_server": self.read_server}
        app = create_app(settings, read_state=read_state, **ways)  # type: ignore[arg-type]
        app.server.register_blueprint(api(ways["connect"], read_server=self.read_server))  # type: ignore[arg-type]
        return app.server.test_client()

    def status(self, *options: str) -> str:
        url = self.engine.url.render_as_string(hide_password=False)
        there = self.read_server.engine.url.render_as_string(hide_password=False)
        with mock.patch.dict(os.environ, {"DATABASE_READ_URL": there}):
            return command(url, "status", *options).stdout


@pytest.fixture
def site(servers: Pair, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """What is in `template`: data of 21 May with 3 rows to fix, unless the test says otherwise."""
    template = getattr(request, "param", "loaded")
    site = Site(servers, template, request.node.name.split("[")[0][:60], tmp_path)
    yield site
    site.read_server.engine.dispose()
    site.engine.dispose()


@contextmanager
def paused(servers: Pair) -> Iterator[None]:
    servers.pause()
    try:
        yield
    finally:
        servers.resume()
        servers.catch_up()


@contextmanager
def without_replica(servers: Pair) -> Iterator[None]:
    servers.replica.stop()
    try:
        yield
    finally:
        servers.replica.start()
        servers.catch_up()


def away() -> AbstractContextManager[Connection]:
    """In place of what opens a connection to the primary."""
    raise DatabaseUnavailable("it is away")


def telling(client: FlaskClient) -> tuple[str, str, str]:
    """The version that a page says it is of, the figure on it, and the version the API tells."""
    page = client.get(PAGE)
    assert page.status_code == 200, page.text
    (version,), (rows,) = set(VERSION.findall(page.text)), set(ROWS.findall(page.text))
    return version, rows, client.get(API).get_json()["version"]


def health(client: FlaskClient, *names: str) -> tuple[object, ...]:
    """The whole state, and these parts of it."""
    report = client.get("/health/ready").get_json()
    return tuple(report[name] for name in ("status", *names))


def test_a_load_is_told_once_it_was_replayed(site: Site) -> None:
    client = site.client()
    assert telling(client) == ("1", "3", "1")
    tag = client.get(API).headers["ETag"]

    with paused(site.servers):
        site.load("2025-05-22", 5)
        # One that remembers, and one that has nothing in memory: both tell of one version.
        assert telling(client) == telling(site.client()) == ("1", "3", "1")
        assert client.get(API, headers={"If-None-Match": tag}).status_code == 304
        assert health(client, "read_server", "read_server_data_version", "data_version") == (
            *("degraded", "behind", "1", "2"),
        )
        values = figures(client.get("/metrics").text)
        assert values["pdp_read_server_up", ()] == 1
        assert 0 < values["pdp_read_server_lag_seconds", ()] < 60
        versions = [values["pdp_data_version", (("server", name),)] for name in ("primary", "read")]
        assert versions == [2, 1]
        line = r"server: BEHIND, lag [\d.]+ s, data version 1 \(.*: 2\)"
        assert re.search(line, site.status())
        # Not for ever: after a minute the primary answers, until the replica has caught up.
        site.now += COMPARE_SECONDS
        assert telling(client) == ("1", "3", "1")
        site.now += LAG_SECONDS
        assert telling(client) == telling(site.client()) == ("2", "5", "2")

    site.now += COMPARE_SECONDS
    assert telling(client) == ("2", "5", "2")
    open_primary, site.open_primary = site.open_primary, away
    assert telling(client) == telling(site.client()) == ("2", "5", "2")
    site.open_primary = open_primary
    assert health(client, "read_server", "read_server_lag_seconds") == ("ok", "ok", 0.0)
    assert json.loads(site.status("--json"))["health"]["read_server_data_version"] == "2"
    answer = client.get(API, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["ETag"] == tag) == (200, False)


def test_facts_are_read_while_the_primary_is_away(site: Site) -> None:
    site.open_primary = away
    client = site.client()
    for path in ("/", "/organisations", "/national?set=any", "/datasets", PAGE, API):
        assert client.get(path).status_code == 200, path
    # Whoever spreads requests by this goes on sending them.
    assert health(client, "database", "read_server") == ("degraded", "not answering", "ok")


def test_the_primary_answers_while_the_replica_is_away(site: Site) -> None:
    client = site.client()
    assert telling(client) == ("1", "3", "1")
    with without_replica(site.servers):
        site.load("2025-05-22", 5)
        began = time.monotonic()
        assert telling(client) == ("2", "5", "2")
        assert time.monotonic() - began < 5
        assert site.breaker.failing
        assert health(client, "database", "read_server") == ("degraded", "ok", "not answering")
        assert "NOT ANSWERING" in site.status()
    assert telling(client) == ("2", "5", "2")
    assert not site.breaker.failing


def test_the_primary_answers_while_the_replica_hangs(site: Site) -> None:
    client = site.client()
    assert telling(client) == ("1", "3", "1")
    # As it is outside tests: one request in each rest tries again.
    site.breaker._rest_seconds = 60
    with site.servers.hanging():
        began = time.monotonic()
        assert client.get("/datasets").status_code == 200
        assert 1 < time.monotonic() - began < 10
        began = time.monotonic()
        assert client.get("/organisations").status_code == 200
        assert time.monotonic() - began < 3


def test_nobody_goes_back_to_older_data_when_a_replica_catches_up(site: Site) -> None:
    client = site.client()
    assert telling(client) == ("1", "3", "1")
    with paused(site.servers):
        site.load("2025-05-22", 5)
        site.breaker.failed("as if it had been away")
        site.breaker._ask_again_at = time.monotonic() + 60
        assert telling(client)[:2] == ("2", "5")
        site.breaker._ask_again_at = 0
        for path in ("/national?set=any", "/datasets", PAGE):
            answer = client.get(path)
            assert (answer.status_code, set(VERSION.findall(answer.text))) == (200, {"2"})


@pytest.mark.parametrize("site", ["template1"], indirect=True)
def test_a_replica_without_our_migrations_is_not_asked(site: Site) -> None:
    with paused(site.servers):
        migrate(site.engine)
        site.load("2025-05-21", 3)
        client = site.client()
        assert telling(client) == ("1", "3", "1")
        assert site.breaker.failing
        assert health(client, "read_server") == ("degraded", "not migrated")
    assert telling(site.client()) == ("1", "3", "1")
    assert not site.breaker.failing


def test_a_question_in_the_way_of_replaying_is_put_to_the_primary(site: Site) -> None:
    client = site.client()
    assert telling(client) == ("1", "3", "1")
    door: DataDoor = client.application.extensions[EXTENSION]
    servers, began = [], threading.Event()

    def question(connection: Connection) -> int:
        servers.append(connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one())
        count = connection.execute(text("SELECT count(*) FROM lock_me")).scalar_one()
        if servers[-1]:
            began.set()
            connection.execute(text("SELECT pg_sleep(20)"))
        return int(count)

    def in_the_way(engine: Engine) -> None:
        began.wait(10)
        with engine.begin() as connection:
            connection.execute(text("TRUNCATE lock_me"))

    with site.engine.begin() as connection:
        connection.execute(text("CREATE TABLE lock_me AS SELECT generate_series(1, 3)"))
    site.servers.catch_up()
    writer = threading.Thread(target=in_the_way, args=(site.engine,))
    writer.start()
    assert door.read(question) == 0
    writer.join()
    assert servers == [True, False]
    # It goes on answering others.
    assert not site.breaker.failing


def test_a_file_broken_off_by_the_replica_is_written_anew(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows_of = issues.rows

    def broken_off(connection: Connection, **more: Any) -> Any:
        standby = connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one()
        if standby and more["after"]:
            # As it says that it goes on replaying.
            error = "DO $$ BEGIN RAISE 'conflict with recovery' USING ERRCODE = '40001'; END $$"
            connection.execute(text(error))
        servers.append(standby)
        return rows_of(connection, **more)

    servers: list[bool] = []
    monkeypatch.setattr(issue_file, "_BATCH", 2)
    monkeypatch.setattr(issues, "rows", broken_off)
    query = f"organisation={AAA}&dataset=tree&issue_type=missing+value&field=name"
    with site.client().get(f"/downloads/issues.csv?{query}") as answer:
        assert answer.status_code == 200
        assert servers == [True, False, False]
        assert len(answer.text.splitlines()) == 4


def test_a_question_too_long_for_one_server_is_not_put_to_the_other(site: Site) -> None:
    servers = []

    def question(connection: Connection) -> None:
        servers.append(connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one())
        connection.execute(text("SET LOCAL statement_timeout = 50"))
        connection.execute(text("SELECT pg_sleep(20)"))

    read_server: ReadServer = site.read_server
    with pytest.raises(DatabaseUnavailable, match="took too long"):
        read_server.ask(question)
    assert servers == [True]
    assert not site.breaker.failing
