"""Loading: stage, check, derive and publish, in one transaction."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Engine, text

from performance_store.loading.how_far import telling
from performance_store.loading.load import Progress, load, record_failure
from performance_store.loading.result import LoadResult, describe
from performance_store.loading.sample_progress import say_something
from performance_store.loading.sample_submissions import send_something

if TYPE_CHECKING:
    from performance_store.sample.reader import Sample

__all__ = [
    "LoadResult",
    "begin_sample",
    "complete_sample",
    "describe",
    "lacks_past",
    "load",
    "load_sample",
    "record_failure",
    "store_is_empty",
]


def store_is_empty(engine: Engine) -> bool:
    """Whether no snapshot was ever published."""
    with engine.connect() as connection:
        return not connection.execute(text("SELECT EXISTS (SELECT FROM snapshot)")).scalar()


def load_sample(engine: Engine, *, progress: Progress = lambda _: None) -> LoadResult:
    """Fill the store with invented authorities: two years of weekly snapshots ending today."""
    return _whole(engine, _sample(date.today()), progress)


def begin_sample(engine: Engine, *, progress: Progress = lambda _: None) -> LoadResult:
    """Fill the store with the newest snapshot of the same, in a fraction of the time. What it
    leaves out `complete_sample` adds."""
    part = _sample(date.today()).part
    assert part is not None
    result = load(engine, part, progress=progress)
    approve_sample(engine)
    return result


def lacks_past(engine: Engine) -> bool:
    """Whether the store has the newest snapshot of the sample only."""
    with engine.connect() as connection:
        return bool(connection.execute(text(_ONLY_NEWEST)).scalar())


def complete_sample(engine: Engine, *, progress: Progress = lambda _: None) -> LoadResult:
    """Load the whole sample whose newest snapshot the store has, beside the readers of that. Then
    the store is what `load_sample` would have made of it on that day."""
    with engine.connect() as connection:
        newest = connection.execute(text("SELECT max(as_at) FROM snapshot")).scalar_one()
    return _whole(engine, _sample(newest), telling(engine, progress))


def _sample(day: date) -> Sample:
    # Here and not above: other loads do without.
    from performance_store.sample.reader import Sample

    return Sample(day)


def _whole(engine: Engine, sample: Sample, progress: Progress) -> LoadResult:
    result = load(engine, sample, progress=progress)
    approve_sample(engine)
    say_something(engine)
    send_something(engine)
    return result


_ONLY_NEWEST = "SELECT count(*) = 1 AND bool_and(kind = 'sample') FROM snapshot"


def approve_sample(engine: Engine) -> None:
    """Let addresses of the sample's authorities act for them, so that one can sign in at once."""
    with engine.begin() as connection:
        connection.execute(text(_DOMAINS))


# Each invented authority has a domain that leads nowhere. The members of joint planning groups, and
# the groups, share that of the first as well.
_DOMAINS = """
INSERT INTO providers.organisation_domain (organisation, domain, source, approved_by)
WITH own AS (
    SELECT organisation, substring(website FROM '^https://www\\.([^/]+)') AS domain
    FROM organisation WHERE website LIKE '%.example/' AND end_date IS NULL
)
SELECT organisation, domain, 'sample', 'sample' FROM own
UNION
SELECT unnest(g.organisation || g.members), own.domain, 'sample', 'sample'
FROM organisation g JOIN own ON own.organisation = g.members[1]
ON CONFLICT DO NOTHING
"""
