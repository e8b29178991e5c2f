"""Jobs: what is to be done later, by whichever worker is free. They are rows of the database, put
there in the transaction of what they follow from, and done by `worker/`."""

from __future__ import annotations

from providers.jobs.deferring import DEFAULT, HEAVY, QUEUES, defer, purge

__all__ = ["DEFAULT", "HEAVY", "QUEUES", "defer", "purge"]
