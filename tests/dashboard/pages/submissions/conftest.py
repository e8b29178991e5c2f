"""A store of two authorities that owe trees, an application to sign in to, and who does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from dashboard.web.document import ShellDash
from performance_store.database import make_engine
from tests.support.accounts import account_app, approve
from tests.support.build import AAA, BBB, PlatformFile, Store
from tests.support.submission_pages import Readers


@pytest.fixture(scope="module")
def module_engine(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    engine = make_engine(module_database_url, application_name="tests")
    file = PlatformFile(tmp_path_factory.mktemp("file"))
    for body in (AAA, BBB):
        file.organisation(body).provision(organisation=body)
    file.endpoint("e1").answer("e1").issues(3, resource="r1", field="name")
    Store(engine).load(file)
    approve(engine, "aaa.gov.uk", AAA)
    approve(engine, "bbb.gov.uk", BBB)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> ShellDash:
    return account_app(tmp_path_factory.mktemp("app"), module_engine)


@pytest.fixture(scope="module")
def readers(app: ShellDash, module_engine: Engine) -> Readers:
    return Readers(app.server, module_engine)
