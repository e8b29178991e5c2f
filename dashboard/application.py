"""Putting the web application together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.engine import Connection
from werkzeug.exceptions import HTTPException, TooManyRequests

from dashboard.data.cache import Cache, code_version
from dashboard.data.cache_store import CacheStore, make_store
from dashboard.data.door import ATTEMPTS, EXTENSION, OLD_DAYS, DataDoor, StoreState, forget_now
from dashboard.data.errors import DataMoved, NotFound, StoreUnavailable
from dashboard.pages import PAGES
from dashboard.pages.account import routes as account_routes
from dashboard.pages.check import live as check_live
from dashboard.pages.check import routes as check_routes
from dashboard.pages.follow import routes as follow_routes
from dashboard.pages.provider import area_map, badge, charts, find, task_routes
from dashboard.pages.submissions import routes as submission_routes
from dashboard.pages.submit import routes as submit_routes
from dashboard.web import file_writers, headers, identity, scripts
from dashboard.web.age import store_state
from dashboard.web.contact import CONTACT
from dashboard.web.cookies import Write, add_accounts
from dashboard.web.dash_guard import guard_dash
from dashboard.web.document import (
    MAINTENANCE,
    SHELL,
    ShellDash,
    document,
    plain_page,
)
from dashboard.web.embedding import EMBED_SITES
from dashboard.web.monitoring import facts, health
from dashboard.web.page import PageModule
from dashboard.web.page_cache import cache_pages, pack_pages
from dashboard.web.problems import refusal, unavailable
from dashboard.web.public import publish_pages
from dashboard.web.router import Router, failure
from dashboard.web.slots import fill_slots
from performance_store.operations import watch
from performance_store.operations.report import release
from performance_store.operations.servers import Look
from performance_store.read_server import ReadServer
from performance_store.settings import CHECKOUT, Settings
from serving.equip import equip
from serving.guards import BODY_BYTES
from serving.metrics import Metrics

ASSETS = CHECKOUT / "assets"


def create_app(
    settings: Settings,
    *,
    connect: Callable[[], AbstractContextManager[Connection]],
    read_state: Callable[[Connection], StoreState],
    write: Write | None = None,
    read_server: ReadServer | None = None,
    look: Look = watch.look,
    pages: Sequence[PageModule] | None = None,
) -> ShellDash:
    """An application; `.server` is its WSGI server. Nothing is connected to until a request.

    In: the settings; `connect`, which opens a connection to the store; `read_state`, the
    question which data it serves; `write`, which opens a transaction for what people do (without
    it nothing that changes something is offered); `read_server`, which questions go to while it
    can answer them; `look`, the question how the store is; and the pages, by default those of
    `dashboard.pages`.
    """
    server = _flask(settings)
    metrics = Metrics()
    store = _store(server, settings)
    cache = Cache(store, metrics.count_cache)
    door = DataDoor(connect, read_state, cache, read_server=read_server)
    server.extensions[EXTENSION] = door
    equip(
        server,
        settings,
        metrics,
        release=release(),
        request_bytes=BODY_BYTES,
        per_minute=_limits(settings),
        health=lambda: health(door, look, settings.data_old_days),
        facts=lambda: facts(door, store, look),
        unavailable=StoreUnavailable,
    )
    _add_routes(server, settings)
    app = _dash(server)
    app.router = Router(PAGES if pages is None else pages)
    app.router.attach(app)
    server.extensions[SHELL] = app
    identity.guard(server)
    headers.add_headers(app, settings.embed_sites)
    _add_statuses(server, app)
    add_accounts(server, settings, write)
    _add_caching(server, app, metrics)
    _note_scripts(server, app)
    return app


def _add_caching(server: Flask, app: ShellDash, metrics: Metrics) -> None:
    """Keep pages, fill the places in them, say who may hold them, and compress them: what comes
    last here is the first to see an answer."""
    pack_pages(server, headers.BROTLI)
    publish_pages(server)
    fill_slots(server)
    cache_pages(server, app.router.pages, metrics.count_cache)


def _flask(settings: Settings) -> Flask:
    """A server that knows what pages need of the settings."""
    server = Flask("dashboard", static_folder=None, template_folder="web/templates")
    server.config[MAINTENANCE] = settings.maintenance_message
    server.config[OLD_DAYS] = settings.data_old_days
    server.config[EMBED_SITES] = settings.embed_sites
    server.config[CONTACT] = settings.contact
    return server


def _store(server: Flask, settings: Settings) -> CacheStore:
    """Where answers are kept."""
    return make_store(
        server,
        redis_url=settings.redis_url,
        folder=settings.home / "cache",
        prefix=f"pdp:{code_version()}:",
        megabytes=settings.redis_mb,
    )


def _limits(settings: Settings) -> dict[str, int]:
    """Requests a minute of one client, by blueprint."""
    return {
        "api": settings.api_per_minute,
        "checks": settings.checks_per_minute,
        "downloads": settings.downloads_per_minute,
        "account": settings.forms_per_minute,
        follow_routes.ASKING: follow_routes.PER_MINUTE,
        check_routes.SENDING: settings.forms_per_minute,
        check_routes.TAKING: settings.downloads_per_minute,
        submit_routes.FORMS: settings.forms_per_minute,
        submit_routes.KEEPING: submit_routes.SAVES_PER_MINUTE,
    }


def _add_routes(server: Flask, settings: Settings) -> None:
    """What is no page: files, maps, scripts, and what forms do."""
    for blueprint in (
        *(
            file_writers.blueprint,
            badge.blueprint,
            charts.blueprint,
            find.blueprint,
            account_routes.blueprint,
            task_routes.blueprint,
        ),
        *(submission_routes.blueprint, *follow_routes.BLUEPRINTS),
        *submit_routes.BLUEPRINTS,
    ):
        server.register_blueprint(blueprint)
    check_routes.add_checks(server, settings)
    area_map.add_maps(server, settings.entity_api_url)
    scripts.serve_small(server)


def _dash(server: Flask) -> ShellDash:
    """Dash on a server, with everything of its own that we do without left out."""
    app = ShellDash(
        "dashboard",
        server=server,  # type: ignore[arg-type]
        assets_folder=str(ASSETS),
        assets_ignore=scripts.SOME_PAGES,
        pages_folder="",
        use_pages=False,
        title="Planning Data Performance",
        update_title=None,  # type: ignore[arg-type]
        suppress_callback_exceptions=True,
        serve_locally=True,
        enable_mcp=False,
        # Threads serve us. Left to itself Dash would answer otherwise wherever asgiref happens to
        # be installed, as it is for the tests.
        use_async=False,
    )
    guard_dash(app)
    check_live.attach(app)
    return app


def _note_scripts(server: Flask, app: ShellDash) -> None:
    # Dash notes which script files it may serve while it writes the first page. Of several
    # processes the one asked for a script need not be the one that wrote the page. These two are
    # Dash's own: its public `index` notes them too, but writes a page, which asks the database.
    with server.test_request_context("/"):
        app._generate_scripts_html()
        app._generate_css_dist_html()  # type: ignore[no-untyped-call]
    scripts.serve_enlivening(server, app)


def _add_statuses(server: Flask, app: ShellDash) -> None:
    """Give pages their HTTP status, and what is no page a page that says so."""

    @server.after_request
    def page_status(response: Response) -> Response:
        # Dash answers every address with 200; the page knows better.
        if response.status_code == 200 and response.mimetype == "text/html":
            response.status_code = g.get("page_status", 200)
        if response.status_code == 503:
            response.headers.setdefault("Retry-After", "30")
        return response

    @server.errorhandler(404)
    def unknown(error: HTTPException) -> Response | tuple[str, int]:
        # An address that Dash's catch-all does not take, or a file that is not there.
        if request.path.startswith(("/assets/", "/_")):
            return error.get_response()  # type: ignore[return-value]
        page = app.router.answer(None, "/-")
        return document(page, app.router.pages, store_state(), {}), 404

    @server.errorhandler(DataMoved)
    def again(error: DataMoved) -> ResponseReturnValue:
        # What is no page: the router sees to those itself.
        g.times_moved = g.get("times_moved", 0) + 1
        forget_now()
        try:
            if g.times_moved >= ATTEMPTS:
                raise StoreUnavailable("the data change faster than they can be read") from error
            return server.dispatch_request()
        except (DataMoved, HTTPException, NotFound, StoreUnavailable) as reason:
            return server.handle_user_exception(reason)

    @server.errorhandler(500)
    def failed(error: HTTPException) -> tuple[str, int]:
        page = failure(request.path)
        return document(page, app.router.pages, store_state(), {}), 500

    _add_refusals(server)


def _add_refusals(server: Flask) -> None:
    """Give what may not be done, or cannot be done now, a page that says why."""

    @server.errorhandler(identity.Refused)
    def refused(error: identity.Refused) -> Response:
        if request.path.startswith("/_"):
            return Response(f"{error.sentence}\n", error.code, mimetype="text/plain")
        return plain_page(refusal.layout(error), error.code or 403)

    @server.errorhandler(TooManyRequests)
    def too_often(error: TooManyRequests) -> Response:
        refused = identity.Refused(429, "Too many requests", error.description or "")
        answer = plain_page(refusal.layout(refused), 429)
        answer.headers["Retry-After"] = str(error.retry_after)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @server.errorhandler(StoreUnavailable)
    def silent(_error: StoreUnavailable) -> Response:
        return plain_page(unavailable.layout(), 503)
