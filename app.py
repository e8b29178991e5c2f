"""The WSGI entry point: `gunicorn app:server`. Wiring only."""

from __future__ import annotations

from dashboard import create_app
from dashboard.data.wiring import connector, read_state
from performance_api import blueprint as api
from performance_store.database import transaction
from performance_store.settings import load_settings

_settings = load_settings()
_connect, _engine = connector(_settings)

app = create_app(
    _settings, connect=_connect, read_state=read_state, write=lambda: transaction(_engine)
)
server = app.server
server.register_blueprint(api(_connect, site="/"))
