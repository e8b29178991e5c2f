"""An application over a real database."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from dashboard import create_app
from dashboard.data.wiring import read_state
from dashboard.web.document import ShellDash
from performance_api import blueprint as api
from performance_api import checks
from performance_store.database import connect, transaction
from tests.support.settings import settings_at


def real_app(folder: Path, engine: Engine) -> ShellDash:
    """The application on what ``engine`` leads to, its cache in ``folder``; with the API."""
    settings = settings_at(folder, redis_url=None, data_old_days=0)
    read, write = partial(connect, engine), partial(transaction, engine)
    app = create_app(settings, connect=read, read_state=read_state, write=write)
    app.server.register_blueprint(api(read, site="/"))
    app.server.register_blueprint(checks.blueprint(read, write, settings))
    return app
