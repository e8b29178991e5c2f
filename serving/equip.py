"""What every web application gets, in the one order that works."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from flask import Flask

from serving.guards import add_guards
from serving.health import add_health
from serving.limits import add_limits
from serving.metrics import Figure, Metrics, add_metrics
from serving.proxies import trust_proxies
from serving.reports import report_errors
from serving.requests import add_request_ids


class ServingSettings(Protocol):
    """What an operator says of every application; see `performance_store.settings`."""

    @property
    def redis_url(self) -> str | None: ...
    @property
    def metrics_token(self) -> str | None: ...
    @property
    def trusted_proxies(self) -> int: ...
    @property
    def sentry_dsn(self) -> str | None: ...


def equip(
    server: Flask,
    settings: ServingSettings,
    metrics: Metrics,
    *,
    release: str,
    request_bytes: int,
    per_minute: Mapping[str, int],
    health: Callable[[], Mapping[str, object]],
    facts: Callable[[], Iterable[Figure]],
    unavailable: type[Exception],
) -> None:
    """Give an application reports of errors, request ids, guards, limits, trust in its proxies,
    health and metrics.

    In: the settings and what counts; the release, for reports; the longest body of a request;
    requests a minute by blueprint; what `/health/ready` says of the store, which raises
    `unavailable` while the database is silent; and the facts that `/metrics` adds.
    """
    report_errors(settings.sentry_dsn, release)
    # First, so that a request that guards or limits refuse has a route in the log.
    add_request_ids(server).watchers.append(metrics.count_request)
    add_guards(server, request_bytes)
    add_limits(server, per_minute, redis_url=settings.redis_url, on_refusal=metrics.count_refusal)
    trust_proxies(server, settings.trusted_proxies)
    add_health(server, health, unavailable, settings.redis_url)
    add_metrics(server, metrics, token=settings.metrics_token, facts=facts)
