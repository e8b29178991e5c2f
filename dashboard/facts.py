"""What monitoring is told about the data and the services behind the application."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time

from sqlalchemy import Connection

from dashboard.cache_store import CacheStore
from dashboard.data import DataDoor
from dashboard.errors import StoreUnavailable
from serving.metrics import Fact

LoadFacts = Callable[[Connection], Iterable[Fact]]


def facts(door: DataDoor, store: CacheStore, load_facts: LoadFacts | None = None) -> list[Fact]:
    """Whether database and cache answer, how old the data is, and what `load_facts` says of the
    loads. A database that is silent is a fact too: nothing is raised."""
    breaker = getattr(store, "breaker", None)
    answers = breaker is None or not breaker.failing
    found = [Fact("pdp_cache_up", "Whether the cache can be used.", float(answers))]
    try:
        found += _data(door)
        if load_facts is not None:
            found += door.fresh(lambda connection: list(load_facts(connection)))
        up = 1.0
    except StoreUnavailable:
        up = 0.0
    return [Fact("pdp_database_up", "Whether the database answers.", up), *found]


def _data(door: DataDoor) -> Iterator[Fact]:
    state = door.fresh_state()
    now = datetime.now(UTC)
    if state.as_at is not None:
        age = now - datetime.combine(state.as_at, time(), UTC)
        words = "Age of the data, counted from the start of the day that it is of."
        yield Fact("pdp_data_age_seconds", words, age.total_seconds())
    if state.published_at is not None:
        words = "When the data became visible."
        yield Fact("pdp_data_published_timestamp_seconds", words, state.published_at.timestamp())
