"""Jobs: what is to be done later, by whichever worker is free. They are rows of the database, put
there in the transaction of what they follow from, and done by `worker/`."""

from __future__ import annotations

from performance_store.queries.jobs import counts, dead, heard
from providers.jobs.deferring import DEFAULT, HEAVY, QUEUES, defer
from providers.jobs.upkeep import forget, purge, retry, waiting

__all__ = [
    "DEFAULT",
    "HEAVY",
    "QUEUES",
    "counts",
    "dead",
    "defer",
    "forget",
    "heard",
    "purge",
    "retry",
    "waiting",
]
