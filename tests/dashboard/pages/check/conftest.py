"""An application with a store, in which nothing was checked yet."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.support.accounts import Person, account_app
from tests.support.build import BBB, PlatformFile, Store


@pytest.fixture(scope="module")
def engine(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    file = PlatformFile(tmp_path_factory.mktemp("night")).organisation(BBB)
    Store(module_engine).load(file.provision().endpoint().answer())
    return module_engine


@pytest.fixture(scope="module")
def app(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return account_app(tmp_path_factory.mktemp("site"), engine)


@pytest.fixture
def person(app: Any, engine: Engine) -> Person:
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE providers.check_request, providers.check_result CASCADE"))
    return Person(app.server)
