"""Loading: stage, check, derive and publish, in one transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, text

from performance_store.loading.load import LoadResult, Progress, describe, load, record_failure
from performance_store.loading.sample_progress import say_something
from performance_store.loading.sample_submissions import send_something

__all__ = ["LoadResult", "describe", "load", "load_sample", "record_failure", "store_is_empty"]


def store_is_empty(engine: Engine) -> bool:
    """Whether no snapshot was ever published."""
    with engine.connect() as connection:
        return not connection.execute(text("SELECT EXISTS (SELECT FROM snapshot)")).scalar()


def load_sample(engine: Engine, *, progress: Progress = lambda _: None) -> LoadResult:
    """Fill the store with invented authorities: two years of weekly snapshots ending today."""
    from performance_store.sample.reader import Sample

    result = load(engine, Sample(date.today()), progress=progress)
    approve_sample(engine)
    say_something(engine)
    send_something(engine)
    return result


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
