"""What monitoring is told about the data and the services behind the application."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.data.cache_store import CacheStore
from dashboard.data.door import DataDoor
from dashboard.data.errors import StoreUnavailable
from performance_store.operations import servers
from performance_store.operations.servers import Look
from serving.metrics import Fact, Figure


def facts(door: DataDoor, store: CacheStore, look: Look) -> list[Figure]:
    """Whether database and cache answer, how old the data is, and how the loads went. A database
    that is silent is a fact too: nothing is raised."""
    breaker = getattr(store, "breaker", None)
    answers = breaker is None or not breaker.failing
    both = servers.look_at_both(door.fresh, look, door.read_server, StoreUnavailable)
    return [
        Fact("pdp_cache_up", "Whether the cache can be used.", float(answers)),
        *servers.figures(*both, datetime.now(UTC)),
    ]


def health(door: DataDoor, look: Look, old_days: int) -> dict[str, object]:
    """What a health check says of the database, and of its read server if there is one."""
    both = servers.look_at_both(door.fresh, look, door.read_server, StoreUnavailable)
    return servers.health(*both, datetime.now(UTC), old_days)
