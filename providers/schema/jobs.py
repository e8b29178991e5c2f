"""What the queue's own tables do not say of jobs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from providers.schema.base import metadata, moment

job_failure = Table(
    "job_failure",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    moment("at"),
    Column("error", Text, nullable=False, comment="its kind alone: words may be personal"),
    comment="Why jobs of the queue failed last",
)
