"""Who wants to be told of what, what they were told, whom mail no longer reaches, and webhooks."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from providers.schema.base import SCHEMA, archived_at, metadata, moment

subscription = Table(
    "subscription",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("salt", Text, nullable=False, comment="a new one ends the links that were mailed"),
    moment("created_at"),
    Column("pause_until", Date, comment="no mail before that day"),
    Column("ended_at", DateTime(timezone=True), comment="when they unsubscribed from everything"),
    comment="One subscriber: a number that says nothing of who it is",
)

subscription_contact = Table(
    "subscription_contact",
    metadata,
    Column("subscription_id", Integer, ForeignKey(f"{SCHEMA}.subscription.id"), primary_key=True),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False, unique=True, comment="in small letters"),
    Column("purge_on", Date, comment="30 days after they unsubscribed; null: in use"),
    comment="Personal data: the one place where an address stands beside a subscriber",
)

subscription_topic = Table(
    "subscription_topic",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("subscription_id", Integer, ForeignKey(f"{SCHEMA}.subscription.id"), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("dataset", Text, nullable=False, server_default="", comment="blank: all of them"),
    Column("digest", Boolean, nullable=False),
    Column("alerts", Boolean, nullable=False),
    moment("created_at"),
    Column("confirmed_at", DateTime(timezone=True), comment="null: nobody read the mail yet"),
    Column("consent", Text, nullable=False, server_default="", comment="how, and to which words"),
    archived_at(),
    Index(
        "uq_subscription_topic_current",
        *("subscription_id", "organisation", "dataset"),
        unique=True,
        postgresql_where=text("archived_at IS NULL"),
    ),
    Index("ix_subscription_topic_organisation", "organisation"),
    comment="What a subscriber wants to be told of",
)

edition = Table(
    "edition",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("subscription_id", Integer, ForeignKey(f"{SCHEMA}.subscription.id"), nullable=False),
    Column("kind", Text, nullable=False, comment="digest or alert"),
    Column("period", Text, nullable=False, comment="the ISO week, or the day of an alert's data"),
    Column("until", Date, nullable=False, comment="the day of the data that it tells of"),
    Column("message_id", BigInteger, ForeignKey(f"{SCHEMA}.message.id", ondelete="SET NULL")),
    Column("is_empty", Boolean, nullable=False, comment="there was nothing to say, so no mail"),
    moment("created_at"),
    UniqueConstraint("subscription_id", "period", "kind"),
    CheckConstraint("kind IN ('digest', 'alert')", name="kind"),
    comment="What each subscriber was told: one a period and kind, whoever composes it",
)

suppression = Table(
    "suppression",
    metadata,
    Column("address_hash", Text, primary_key=True, comment="SHA-256 of it in small letters"),
    Column("reason", Text, comment="bounce, temporary or complaint; null: it only failed before"),
    Column("failures", Integer, nullable=False, server_default="0", comment="that pass, in a row"),
    Column("until", Date, comment="null with a reason: for ever"),
    moment(),
    comment="Whom mail no longer reaches, or who said that it is not wanted",
)

webhook = Table(
    "webhook",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("person_id", Integer, ForeignKey(f"{SCHEMA}.person.id"), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False, comment="what deliveries are signed with"),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    moment("created_at"),
    Column("off_at", DateTime(timezone=True), comment="when it was ended, or failed too often"),
    archived_at(),
    Index("ix_webhook_organisation", "organisation"),
    comment="Addresses that programs of an organisation listen at",
)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("webhook_id", Integer, ForeignKey(f"{SCHEMA}.webhook.id"), nullable=False),
    Column("event_key", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("created_at"),
    moment("due_at"),
    Column("lease_until", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("answer", Text, nullable=False, server_default=""),
    UniqueConstraint("webhook_id", "event_key"),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'failed')", name="state"),
    comment="One event for one webhook",
)
