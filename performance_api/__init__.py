"""The Performance API: what the store knows, as JSON and CSV over HTTP.

    gunicorn "performance_api:create_app()"

runs it alone; `app.py` mounts it beside the pages. It reads through the same queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Flask, redirect
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from performance_api.blueprint import Connect, blueprint
from performance_api.problems import BASE, refused
from performance_store.database import DatabaseUnavailable, connect, database_errors, make_engine
from performance_store.operations import watch
from performance_store.operations.report import release
from performance_store.settings import Settings, SettingsError, load_settings
from serving.guards import add_guards
from serving.health import add_health
from serving.limits import add_limits
from serving.metrics import Fact, Figure, Metrics, add_metrics
from serving.proxies import trust_proxies
from serving.reports import report_errors
from serving.requests import add_request_ids

__all__ = ["blueprint", "create_app"]

MAX_REQUEST_BYTES = 16_384


def create_app(open_connection: Connect | None = None, settings: Settings | None = None) -> Flask:
    """The API as an application of its own. In: what opens a connection, by default to the
    database of the settings; the settings, by default those of the environment. With a connection
    and no settings nothing is limited. Raises SettingsError."""
    if open_connection is None:
        settings = settings or load_settings()
        if settings.database_url is None:
            raise SettingsError("DATABASE_URL is not set: the API needs a database to read")
        engine = make_engine(settings.database_url, application_name="api")
        open_connection = lambda: connect(engine)  # noqa: E731
    opened = open_connection
    report_errors(settings.sentry_dsn if settings else None, release())
    app = Flask("performance_api", static_folder=None)
    metrics = Metrics()
    add_request_ids(app).watchers.append(metrics.served)
    token = settings.metrics_token if settings else None
    add_guards(app)
    add_metrics(app, metrics, token=token, facts=lambda: list(_facts(opened)))
    if settings:
        add_limits(
            app,
            {"api": settings.api_per_minute},
            redis_url=settings.redis_url,
            refused=metrics.refused,
        )
        trust_proxies(app, settings.trusted_proxies)
    old_days = settings.data_old_days if settings else 0
    add_health(
        app,
        lambda: _look(opened).describe(datetime.now(UTC), old_days),
        DatabaseUnavailable,
        settings.redis_url if settings else None,
    )
    app.register_blueprint(blueprint(opened))
    app.register_error_handler(HTTPException, refused)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES

    @app.get("/")
    def begin() -> WerkzeugResponse:
        return redirect(f"{BASE}/")

    return app


def _look(open_connection: Connect) -> watch.Condition:
    with database_errors(), open_connection() as connection:
        return watch.look(connection)


def _facts(open_connection: Connect) -> Iterator[Figure]:
    """Whether the database answers, how old its data is and how the loads went."""
    words = "Whether the database answers."
    try:
        condition = _look(open_connection)
    except DatabaseUnavailable:
        yield Fact("pdp_database_up", words, 0.0)
        return
    yield Fact("pdp_database_up", words, 1.0)
    yield from watch.figures(condition, datetime.now(UTC))
