"""The Performance API: what the store knows, as JSON and CSV over HTTP.

    gunicorn "performance_api:create_app()"

runs it alone; `app.py` mounts it beside the pages. It reads through the same queries.
"""

from __future__ import annotations

from flask import Flask

from performance_api.blueprint import Connect, blueprint
from performance_store.database import connect, make_engine
from performance_store.settings import SettingsError, load_settings
from serving.requests import add_request_ids

__all__ = ["blueprint", "create_app"]


def create_app(open_connection: Connect | None = None) -> Flask:
    """The API as an application of its own. In: what opens a connection; by default the database
    of the environment. Raises SettingsError."""
    if open_connection is None:
        url = load_settings().database_url
        if url is None:
            raise SettingsError("DATABASE_URL is not set: the API needs a database to read")
        engine = make_engine(url, application_name="api")
        open_connection = lambda: connect(engine)  # noqa: E731
    app = Flask("performance_api", static_folder=None)
    add_request_ids(app)
    app.register_blueprint(blueprint(open_connection))
    return app
