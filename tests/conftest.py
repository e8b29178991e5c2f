"""What the tests share: databases, a Redis, browsers, the public data.

Without DATABASE_URL an embedded PostgreSQL is started once, without the safety that costs time.
With it, scratch databases are created on that server and dropped again. Likewise REDIS_URL.
Each test that uses one of these fixtures gets the marker of that name (see pyproject.toml).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from selenium.webdriver.chrome.options import Options
from sqlalchemy import Engine

from performance_store.database import make_engine, migrate
from performance_store.loading import load
from performance_store.local.embedded import EmbeddedPostgres
from performance_store.readers.registers import Registers
from performance_store.readers.stream import Reader
from performance_store.settings import load_settings
from tests.support.servers import (
    BROWSER_ARGUMENTS,
    Databases,
    Filled,
    RedisServer,
    browser,
    headless_browser,
    missing,
)

CHECKOUT = Path(__file__).resolve().parents[1]

EMBEDDED = pytest.mark.embedded
MARKED_BY_FIXTURE = {
    "databases": "postgres",
    "filled_on_both": "postgres",
    "redis_url": "redis",
    "own_redis": "redis",
    "dash_duo": "browser",
    "page": "browser",
    "context": "browser",
    "shared_data": "data",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKED_BY_FIXTURE:
                item.add_marker(MARKED_BY_FIXTURE[fixture])


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and browser() is None:
        missing("Chromium")
    if "dash_duo" in getattr(item, "fixturenames", ()) and shutil.which("chromedriver") is None:
        missing("chromedriver")


# Databases


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Callable[[], Path]]:
    """Makes temporary folders that any user may pass through (pytest's own may not be)."""
    folders: list[Path] = []

    def make() -> Path:
        folder = Path(tempfile.mkdtemp(prefix="performance-test-"))
        folder.chmod(0o755)
        folders.append(folder)
        return folder

    yield make
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """The server that tests create their databases on."""
    settings = load_settings()
    if settings.database_url is not None:
        with closing(Databases(settings.database_url)) as databases:
            yield databases
        return
    yield request.getfixturevalue("embedded")


@pytest.fixture(scope="session")
def template(databases: Databases) -> str:
    """The name of a migrated, empty database to copy."""
    return databases.filled("empty", migrate)


@pytest.fixture(scope="session")
def fresh_database(
    databases: Databases, template: str
) -> Callable[[], AbstractContextManager[str]]:
    """``with fresh_database() as url``: a migrated, empty database for any other scope."""
    return lambda: databases.fresh(template)


@pytest.fixture
def database_url(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """A migrated, empty database of the test's own."""
    with fresh_database() as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on ``database_url``."""
    answer = make_engine(database_url, application_name="tests")
    yield answer
    answer.dispose()


@pytest.fixture(scope="module")
def module_database_url(
    fresh_database: Callable[[], AbstractContextManager[str]],
) -> Iterator[str]:
    """A migrated, empty database that the tests of one module share."""
    with fresh_database() as url:
        yield url


@pytest.fixture(scope="module")
def module_engine(module_database_url: str) -> Iterator[Engine]:
    """An engine on ``module_database_url``."""
    answer = make_engine(module_database_url, application_name="tests")
    yield answer
    answer.dispose()


@pytest.fixture(scope="session")
def embedded(open_folder: Callable[[], Path]) -> Iterator[Databases]:
    """The embedded server, whatever DATABASE_URL says: for what must also hold there."""
    home, binaries = open_folder(), load_settings().postgres_binaries
    with (
        EmbeddedPostgres(home, durable=False, binaries=binaries) as server,
        closing(Databases(server.url("postgres"))) as databases,
    ):
        yield databases


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[Filled]:
    """``filled(reader, ...)``: an engine on a database of the module's own that holds what the
    readers read, one after the other. Each series is loaded once in a run, and copied."""
    with _copies(databases) as copy:
        yield copy


@pytest.fixture(scope="module", params=["databases", pytest.param("embedded", marks=EMBEDDED)])
def filled_on_both(request: pytest.FixtureRequest) -> Iterator[Filled]:
    """As ``filled``, on the server of all tests and again on the embedded one."""
    with _copies(request.getfixturevalue(request.param)) as copy:
        yield copy


@contextmanager
def _copies(databases: Databases) -> Iterator[Filled]:
    with ExitStack() as stack:

        def copy(*readers: Reader) -> Engine:
            name = databases.filled("empty", migrate)
            for reader in readers:
                key = sha256(f"{name}{reader.fingerprint}".encode()).hexdigest()[:16]
                name = databases.filled(key, partial(load, reader=reader), name)
            url = stack.enter_context(databases.fresh(name))
            engine = make_engine(url, application_name="tests")
            stack.callback(engine.dispose)
            return engine

        yield copy


# Redis


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis that works, shared by all tests: use keys of your own, never flush it."""
    setting = load_settings().redis_url
    if setting is not None:
        yield setting
        return
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A running Redis that the test may stop, start again, pause and resume."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


# Browsers


def pytest_setup_options() -> Options:
    """How dash.testing starts its browser."""
    options = Options()
    options.binary_location = browser() or ""
    for argument in ("--headless=new", "--window-size=1280,900", *BROWSER_ARGUMENTS):
        options.add_argument(argument)
    return options


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """How Playwright starts its browser: the machine's, since its own cannot be had from PyPI."""
    path = headless_browser()
    return {"executable_path": path, "args": list(BROWSER_ARGUMENTS), "headless": True}


# Public data


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data: PERFORMANCE_TEST_DATA, or ``shared/data`` beside the checkout."""
    setting = os.environ.get("PERFORMANCE_TEST_DATA")
    folder = Path(setting) if setting else CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        missing(f"public data ({'PERFORMANCE_TEST_DATA' if setting else '../shared/data'})")
    return folder


@pytest.fixture(scope="session")
def registers(shared_data: Path) -> Registers:
    """What the national registers say, on every date that they changed."""
    organisations = shared_data / "lpa" / "local-planning-authority.csv"
    return Registers(shared_data / "register", organisations=organisations)
