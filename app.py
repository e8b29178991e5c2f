"""The WSGI entry point: `gunicorn app:server`. Wiring only."""

from __future__ import annotations

from functools import partial

from dashboard import create_app
from dashboard.data.wiring import connector, read_server, read_state
from performance_api import blueprint as api
from performance_api import checks
from performance_store.database import transaction
from performance_store.settings import load_settings

_settings = load_settings()
_connect, _engine = connector(_settings)

_read_server = read_server(_settings, _connect)
_write = partial(transaction, _engine)
app = create_app(
    _settings, connect=_connect, read_state=read_state, write=_write, read_server=_read_server
)
server = app.server
server.register_blueprint(api(_connect, site="/", read_server=_read_server))
server.register_blueprint(checks.blueprint(_connect, _write, _settings))
