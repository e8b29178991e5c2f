"""People, and the trail of what they did."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from providers.schema.base import SCHEMA, metadata, moment

person = Table(
    "person",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    moment("created_at"),
    Column("last_seen_at", DateTime(timezone=True)),
    comment="Who did something: a number, so that history says nothing of who it is",
)

person_contact = Table(
    "person_contact",
    metadata,
    Column("person_id", Integer, ForeignKey(f"{SCHEMA}.person.id"), primary_key=True),
    Column("address", Text, nullable=False, comment="as it was typed, its domain in small letters"),
    Column("address_key", Text, nullable=False, unique=True, comment="in small letters"),
    Column("purge_on", Date, comment="24 months after last use; null: in use"),
    comment="Personal data: the one place where an address stands beside a person",
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    moment(),
    Column("person_id", Integer, comment="null: the system, or nobody who is signed in"),
    Column("organisation", Text, comment="on whose behalf"),
    Column("action", Text, nullable=False, comment="such as sign-in, sign-in-refused, progress"),
    Column("subject", Text, nullable=False, server_default="", comment="what it was done to"),
    Column("details", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("request_id", Text),
    Index("ix_audit_organisation", "organisation", "at"),
    comment="Append-only: a trigger refuses changes. Nothing personal stands in it",
)
