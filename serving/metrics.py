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

from serving.requests import Served

PATH = "/metrics"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_LOCAL = frozenset({"127.0.0.1", "::1"})
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


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


class _Shared:
    """Where the workers of this server count together; None while there is but one process."""

    folder: Path | None = None
    place = "first"
    held: int | None = None


def share(make_folder: Callable[[], Path]) -> Path:
    """Count in files of a folder from now on. Before any `Metrics` is made, in the process that
    starts the workers, which also has to name it in PROMETHEUS_MULTIPROC_DIR. Out: the folder in
    use, which is that of the first call: a server that reads its configuration again keeps it."""
    if _Shared.folder is None:
        _Shared.folder = make_folder()
        shared = prometheus_client.values.MultiProcessValue(lambda: _Shared.place)  # type: ignore[no-untyped-call]
        prometheus_client.values.ValueClass = shared
    return _Shared.folder


def take_place() -> None:
    """Take the first free place. In each worker, once, before it answers anybody."""
    if _Shared.folder is None:
        return
    number = 0
    while True:
        handle = os.open(_Shared.folder / f"place-{number}", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            number += 1
            continue
        # Held until the process ends, however it ends.
        _Shared.held, _Shared.place = handle, str(number)
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
        self._refused = Counter(
            "pdp_rate_limited", "Requests refused because their client asked too often.",
            ("scope",), registry=self.registry,
        )  # fmt: skip

    def served(self, request: Served) -> None:
        """Count a request that is over."""
        method = request.method if request.method in _METHODS else "other"
        self._requests.labels(request.route, method, str(request.status)).inc()
        self._seconds.labels(request.route).observe(request.seconds)

    def cache(self, outcome: str) -> None:
        """Count an answer of the cache: hit, miss or waited; or of a page kept whole."""
        self._cache.labels(outcome).inc()

    def refused(self, scope: str) -> None:
        """Count a request refused by a limit."""
        self._refused.labels(scope).inc()

    def written(self, facts: Iterable[Figure] = ()) -> bytes:
        """All figures of all workers, and these facts, as Prometheus reads them."""
        registry = self.registry
        if _Shared.folder is not None:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=str(_Shared.folder))  # type: ignore[no-untyped-call]
        looked_up = CollectorRegistry()
        looked_up.register(_Facts(tuple(facts)))
        return prometheus_client.generate_latest(registry) + prometheus_client.generate_latest(
            looked_up
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
        answer = Response(metrics.written(facts()), content_type=CONTENT_TYPE_LATEST)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _may_read(token: str | None) -> bool:
    if token:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    # A proxy on this machine speaks for others: then this machine is not who asks.
    passed_on = any(name in request.headers for name in _FORWARDED)
    return request.remote_addr in _LOCAL and not passed_on
