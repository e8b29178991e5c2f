"""Models and migrations agree, and history is only added to."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from providers import audit
from providers.schema import metadata
from tests.support.build import Store

# The queue brings its own.
NOT_OURS = "procrastinate_"


def test_models_and_migrations_agree(engine: Engine) -> None:
    def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return not (kind == "table" and str(name).startswith(NOT_OURS))

    def here(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "schema" or name == "providers"

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": here,
                "include_object": ours,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize(
    "change", ["UPDATE providers.audit SET action = 'x'", "DELETE FROM providers.audit"]
)
def test_the_trail_is_only_added_to(engine: Engine, change: str) -> None:
    with engine.begin() as connection:
        audit.record(connection, action="sign-in", person_id=1, details={"by": "code"})
    store = Store(engine)
    with pytest.raises(ProgrammingError, match="audit is history"), engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert store.sql("SELECT action, details FROM providers.audit") == [("sign-in", {"by": "code"})]
