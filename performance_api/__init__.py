"""The Performance API: what the store knows, as JSON and CSV over HTTP.

    gunicorn "performance_api:create_app()"

runs it alone; `app.py` mounts it beside the pages. It reads through the same queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from flask import Flask

from performance_api.blueprint import Connect, blueprint
from performance_store.database import DatabaseUnavailable, connect, database_errors, make_engine
from performance_store.queries import snapshots
from performance_store.settings import Settings, SettingsError, load_settings
from serving.guards import add_guards
from serving.limits import add_limits
from serving.metrics import Fact, Metrics, add_metrics
from serving.proxies import trust_proxies
from serving.requests import add_request_ids

__all__ = ["blueprint", "create_app"]


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
    app.register_blueprint(blueprint(opened))
    return app


def _facts(open_connection: Connect) -> Iterator[Fact]:
    """Whether the database answers and how old its data is."""
    words = "Whether the database answers."
    try:
        with database_errors(), open_connection() as connection:
            found = snapshots.current(connection)
    except DatabaseUnavailable:
        yield Fact("pdp_database_up", words, 0.0)
        return
    yield Fact("pdp_database_up", words, 1.0)
    for row in found[:1]:
        age = datetime.now(UTC) - datetime.combine(row.as_at, time(), UTC)
        words = "Age of the data, counted from the start of the day that it is of."
        yield Fact("pdp_data_age_seconds", words, age.total_seconds())
