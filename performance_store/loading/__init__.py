"""Loading: stage, check, derive and publish, in one transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, text

from performance_store.loading.load import LoadResult, Progress, describe, load, record_failure

__all__ = ["LoadResult", "describe", "load", "load_sample", "record_failure", "store_is_empty"]


def store_is_empty(engine: Engine) -> bool:
    """Whether no snapshot was ever published."""
    with engine.connect() as connection:
        return not connection.execute(text("SELECT EXISTS (SELECT FROM snapshot)")).scalar()


def load_sample(engine: Engine, *, progress: Progress = lambda _: None) -> LoadResult:
    """Fill the store with invented authorities: two years of weekly snapshots ending today."""
    from performance_store.sample.reader import Sample

    return load(engine, Sample(date.today()), progress=progress)
