"""A site that only reads offers no check."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.accounts import Person, account_app

pytestmark = pytest.mark.postgres


def test_nothing_is_offered_where_nothing_can_be_written(tmp_path: Path, engine: Engine) -> None:
    app = account_app(tmp_path, engine)
    from dashboard.web.cookies import EXTENSION

    app.server.extensions[EXTENSION] = type(app.server.extensions[EXTENSION])(
        **{
            name: getattr(app.server.extensions[EXTENSION], name)
            for name in app.server.extensions[EXTENSION].__slots__
        }
        | {"write": None}
    )
    assert "Files cannot be checked here" in Person(app.server).get("/check").text
