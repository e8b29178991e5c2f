"""The Performance API: what the store knows, as JSON and CSV over HTTP.

    gunicorn "performance_api:create_app()"

runs it alone; `app.py` mounts it beside the pages. It reads through the same queries.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from flask import Flask, redirect
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from performance_api import checks
from performance_api.blueprint import Connect, blueprint
from performance_api.problems import BASE, refused
from performance_store.database import (
    DatabaseUnavailable,
    connect,
    make_engine,
    transaction,
)
from performance_store.operations import servers, watch
from performance_store.operations.report import release
from performance_store.read_server import Lag, ask_either, open_read_server
from performance_store.settings import Settings, SettingsError, load_settings
from serving.breaker import Breaker
from serving.equip import equip
from serving.metrics import Metrics

__all__ = ["blueprint", "checks", "create_app"]

MAX_REQUEST_BYTES = 16_384


def create_app(
    open_connection: Connect | None = None,
    settings: Settings | None = None,
    write: Connect | None = None,
) -> Flask:
    """The API as an application of its own. In: what opens a connection, by default to the
    database of the settings; the settings, by default those of the environment; what opens a
    transaction for checks (without it, and with a connection, none are begun). With a connection
    and no settings nothing is limited. Raises SettingsError."""
    read_server = None
    if open_connection is None:
        settings = settings or load_settings()
        if settings.database_url is None:
            raise SettingsError("DATABASE_URL is not set: the API needs a database to read")
        engine = make_engine(settings.database_url, application_name="api")
        open_connection, write = partial(connect, engine), partial(transaction, engine)
        if url := settings.database_read_url:
            breaker, lag = Breaker("The read server"), Lag(open_connection)
            read_server = open_read_server(url, breaker, lag, application_name="api")
    # Bound once: what is made below looks it up when it is asked.
    door = open_connection
    ask = partial(ask_either, None, door)
    look = partial(servers.look_at_both, ask, watch.look, read_server, DatabaseUnavailable)
    settings = settings or Settings(api_per_minute=0, checks_per_minute=0, data_old_days=0)
    old_days = settings.data_old_days
    app = Flask("performance_api", static_folder=None)
    equip(
        app,
        settings,
        Metrics(),
        release=release(),
        request_bytes=MAX_REQUEST_BYTES,
        per_minute={"api": settings.api_per_minute, checks.NAME: settings.checks_per_minute},
        health=lambda: servers.health(*look(), datetime.now(UTC), old_days),
        facts=lambda: list(servers.figures(*look(), datetime.now(UTC))),
        unavailable=DatabaseUnavailable,
    )
    app.register_blueprint(blueprint(door, read_server=read_server))
    if write is not None:
        app.register_blueprint(checks.blueprint(door, write, settings))
    app.register_error_handler(HTTPException, refused)

    @app.get("/")
    def begin() -> WerkzeugResponse:
        return redirect(f"{BASE}/")

    return app
