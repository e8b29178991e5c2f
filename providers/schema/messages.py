"""Messages that wait to be sent."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from providers.schema.base import SCHEMA, metadata, moment

message = Table(
    "message",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("reference", Uuid, nullable=False, unique=True, comment="our part of its Message-ID"),
    Column("kind", Text, nullable=False, comment="such as sign-in, subscribe, digest, alert"),
    Column("person_id", Integer, ForeignKey(f"{SCHEMA}.person.id")),
    Column("subscription_id", Integer, ForeignKey(f"{SCHEMA}.subscription.id")),
    Column("address", Text, comment="of somebody who is neither; blank once it is sent"),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False, comment="blank once it is sent: it may hold a link"),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("created_at"),
    moment("due_at"),
    Column("expires_at", DateTime(timezone=True), comment="of no use after that"),
    Column("network_hash", LargeBinary, comment="HMAC of who had it sent; blank after two days"),
    Column("lease_until", DateTime(timezone=True), comment="while a worker sends it"),
    Column("ended_at", DateTime(timezone=True), comment="when it was sent or given up"),
    Column(
        "answer", Text, nullable=False, server_default="", comment="of the mail server, at last"
    ),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'failed')", name="state"),
    CheckConstraint("num_nonnulls(person_id, subscription_id, address) <= 1", name="one_receiver"),
    Index("ix_message_open", "due_at", postgresql_where=text("state IN ('pending', 'sending')")),
    comment="Mail, written in the transaction of what it tells of and sent by a job",
)
