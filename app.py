"""The WSGI entry point: `gunicorn app:server`. Wiring only."""

from __future__ import annotations

from dashboard import create_app
from dashboard.data.wiring import connector, read_state
from dashboard.settings import Settings
from performance_api import blueprint as api
from performance_store.operations.report import release
from performance_store.settings import load_settings
from serving.reports import report_errors

_store = load_settings()
report_errors(_store.sentry_dsn, release())
_connect, _engine = connector(_store)

app = create_app(
    Settings(
        data_home=_store.home,
        redis_url=_store.redis_url,
        trusted_proxies=_store.trusted_proxies,
        entity_api_url=_store.entity_api_url,
        metrics_token=_store.metrics_token,
        embed_sites=_store.embed_sites,
        maintenance_message=_store.maintenance_message,
        data_old_days=_store.data_old_days,
        per_minute={"api": _store.api_per_minute, "downloads": _store.downloads_per_minute},
    ),
    connect=_connect,
    read_state=read_state,
)
server = app.server
server.register_blueprint(api(_connect, site="/"))
