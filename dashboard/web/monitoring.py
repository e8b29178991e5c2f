"""What monitoring is told about the data and the services behind the application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection

from dashboard.data.cache_store import CacheStore
from dashboard.data.door import DataDoor
from dashboard.data.errors import StoreUnavailable
from performance_store.operations import watch
from serving.metrics import Fact, Figure

Look = Callable[[Connection], watch.Condition]


def facts(door: DataDoor, store: CacheStore, look: Look) -> list[Figure]:
    """Whether database and cache answer, how old the data is, and how the loads went. A database
    that is silent is a fact too: nothing is raised."""
    breaker = getattr(store, "breaker", None)
    answers = breaker is None or not breaker.failing
    figures: list[Figure] = [Fact("pdp_cache_up", "Whether the cache can be used.", float(answers))]
    try:
        figures += watch.figures(door.fresh(look), datetime.now(UTC))
        up = 1.0
    except StoreUnavailable:
        up = 0.0
    return [Fact("pdp_database_up", "Whether the database answers.", up), *figures]
