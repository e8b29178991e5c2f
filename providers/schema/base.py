"""What every table is made with: the collection of them all, and how names are made."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, MetaData, text

from performance_store.schema import metadata as of_the_store

SCHEMA = "providers"

metadata = MetaData(schema=SCHEMA, naming_convention=of_the_store.naming_convention)


def moment(name: str = "at") -> Column[object]:
    """A moment that the server fills in: now."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=text("now()"))


def archived_at() -> Column[object]:
    """When real data replaced the sample that the row is of; null: it counts."""
    return Column("archived_at", DateTime(timezone=True))
