"""The WSGI entry point: `gunicorn app:server`. Wiring only."""

from __future__ import annotations

from dashboard import create_app
from dashboard.settings import Settings
from dashboard.wiring import connector, load_facts, read_state, up_to_date
from performance_api import blueprint as api
from performance_store.settings import load_settings

_store = load_settings()
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
        per_minute={"api": _store.api_per_minute, "downloads": _store.downloads_per_minute},
    ),
    connect=_connect,
    read_state=read_state,
    at_head=lambda: up_to_date(_engine),
    load_facts=load_facts,
)
server = app.server
server.register_blueprint(api(_connect))
