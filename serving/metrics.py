"""Figures for Prometheus: requests, how long they took, how the cache did, and how old data is.

Several worker processes count into files of one folder, and whichever is asked adds them up.
A file belongs to a place among the workers and not to a process: a worker that follows another
counts on where that one stopped, so that there are never more files than places.
"""

from __future__ import annotations

import fcntl
import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import prometheus_client
from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from serving.requests import Exchange

PATH = "/metrics"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_LOCAL = frozenset({"127.0.0.1", "::1"})
_PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class Figure(Protocol):
    """A figure that is looked up when asked for, whoever made it."""

    @property
    def name(self) -> str: ...
    @property
    def help(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def labels(self) -> tuple[tuple[str, str], ...]: ...


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure that is looked up when asked for, such as the age of the data."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


class _Place:
    """Where the workers of this server count together; None while there is but one process."""

    folder: Path | None = None
    name = "first"
    lock: int | None = None


def share(make_folder: Callable[[], Path]) -> Path:
    """Count in files of a folder from now on. Before any `Metrics` is made, in the process that
    starts the workers, which also has to name it in PROMETHEUS_MULTIPROC_DIR. Out: the folder in
    use, which is that of the first call: a server that reads its configuration again keeps it."""
    if _Place.folder is None:
        _Place.folder = make_folder()
        # The library's own class of values, with our place in place of the process's number: its
        # files would grow in number with every worker that starts. Both names are public; there is
        # no function that sets one, and the metrics look the class up in this module.
        shared = prometheus_client.values.MultiProcessValue(lambda: _Place.name)  # type: ignore[no-untyped-call]
        prometheus_client.values.ValueClass = shared
    return _Place.folder


def take_place() -> None:
    """Take the first free place. In each worker, once, before it answers anybody."""
    if _Place.folder is None:
        return
    number = 0
    while True:
        handle = os.open(_Place.folder / f"place-{number}", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            number += 1
            continue
        # Held until the process ends, however it ends.
        _Place.lock, _Place.name = handle, str(number)
        return


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "pdp_requests", "Requests answered.", ("route", "method", "status"),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "pdp_request_seconds", "Time from request to the end of the answer.", ("route",),
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._cache = Counter(
            "pdp_cache_answers", "Questions to the store: hit, miss or waited for; and kept pages.",
            ("outcome",), registry=self.registry,
        )  # fmt: skip
        self._refusals = Counter(
            "pdp_rate_limited", "Requests refused because their client asked too often.",
            ("scope",), registry=self.registry,
        )  # fmt: skip

    def count_request(self, exchange: Exchange) -> None:
        """Count a request that is over."""
        method = exchange.method if exchange.method in _METHODS else "other"
        self._requests.labels(exchange.route, method, str(exchange.status)).inc()
        self._seconds.labels(exchange.route).observe(exchange.seconds)

    def count_cache(self, outcome: str) -> None:
        """Count an answer of the cache: hit, miss or waited; or of a page kept whole."""
        self._cache.labels(outcome).inc()

    def count_refusal(self, scope: str) -> None:
        """Count a request refused by a limit."""
        self._refusals.labels(scope).inc()

    def text(self, facts: Iterable[Figure] = ()) -> bytes:
        """All figures of all workers, and these facts, as Prometheus reads them."""
        registry = self.registry
        if _Place.folder is not None:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=str(_Place.folder))  # type: ignore[no-untyped-call]
        others = CollectorRegistry()
        others.register(_Facts(tuple(facts)))
        return prometheus_client.generate_latest(registry) + prometheus_client.generate_latest(
            others
        )


class _Facts(Collector):
    def __init__(self, facts: tuple[Figure, ...]) -> None:
        self._facts = facts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for fact in self._facts:
            names = [name for name, _ in fact.labels]
            family = families.setdefault(
                fact.name, GaugeMetricFamily(fact.name, fact.help, labels=names)
            )
            family.add_metric([value for _, value in fact.labels], fact.value)
        yield from families.values()


def add_metrics(
    server: Flask,
    metrics: Metrics,
    *,
    token: str | None = None,
    facts: Callable[[], Iterable[Figure]] = tuple,
) -> None:
    """Add `/metrics`: for whoever has the token, or without one for this machine alone."""

    @server.get(PATH)
    def figures() -> Response:
        if not _may_read(token):
            # Nobody else needs to know whether there is such a page.
            return Response("Not found\n", 404, mimetype="text/plain")
        answer = Response(metrics.text(facts()), content_type=CONTENT_TYPE_LATEST)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _may_read(token: str | None) -> bool:
    if token:
        credentials = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(credentials, f"Bearer {token}".encode())
    # A proxy on this machine speaks for others: then this machine is not who asks.
    by_proxy = any(name in request.headers for name in _PROXY_HEADERS)
    return request.remote_addr in _LOCAL and not by_proxy
