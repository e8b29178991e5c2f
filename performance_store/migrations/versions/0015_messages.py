"""An outbox of mail, what people want to be told, whom mail no longer reaches, and webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "salt", sa.Text(), nullable=False, comment="a new one ends the links that were mailed"
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("pause_until", sa.Date(), nullable=True, comment="no mail before that day"),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when they unsubscribed from everything",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        schema="providers",
        comment="One subscriber: a number that says nothing of who it is",
    )
    op.create_table(
        "suppression",
        sa.Column(
            "address_hash", sa.Text(), nullable=False, comment="SHA-256 of it in small letters"
        ),
        sa.Column(
            "reason",
            sa.Text(),
            nullable=True,
            comment="bounce, temporary or complaint; null: it only failed before",
        ),
        sa.Column(
            "failures",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="that pass, in a row",
        ),
        sa.Column("until", sa.Date(), nullable=True, comment="null with a reason: for ever"),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_suppression")),
        schema="providers",
        comment="Whom mail no longer reaches, or who said that it is not wanted",
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False, comment="our part of its Message-ID"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="such as sign-in, subscribe, digest, alert"
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("subscription_id", sa.Integer(), nullable=True),
        sa.Column(
            "address",
            sa.Text(),
            nullable=True,
            comment="of somebody who is neither; blank once it is sent",
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "text", sa.Text(), nullable=False, comment="blank once it is sent: it may hold a link"
        ),
        sa.Column(
            "headers", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "expires_at", sa.DateTime(timezone=True), nullable=True, comment="of no use after that"
        ),
        sa.Column(
            "network_hash",
            sa.LargeBinary(),
            nullable=True,
            comment="HMAC of who had it sent; blank after two days",
        ),
        sa.Column(
            "lease_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="while a worker sends it",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was sent or given up",
        ),
        sa.Column(
            "answer",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="of the mail server, at last",
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed')", name=op.f("ck_message_state")
        ),
        sa.CheckConstraint(
            "num_nonnulls(person_id, subscription_id, address) <= 1",
            name=op.f("ck_message_one_receiver"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["providers.person.id"], name=op.f("fk_message_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["providers.subscription.id"],
            name=op.f("fk_message_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("reference", name=op.f("uq_message_reference")),
        schema="providers",
        comment="Mail, written in the transaction of what it tells of and sent by a job",
    )
    op.create_index(
        op.f("ix_message_open"),
        "message",
        ["due_at"],
        unique=False,
        schema="providers",
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.create_table(
        "subscription_contact",
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False, comment="in small letters"),
        sa.Column(
            "purge_on",
            sa.Date(),
            nullable=True,
            comment="30 days after they unsubscribed; null: in use",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["providers.subscription.id"],
            name=op.f("fk_subscription_contact_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_subscription_contact")),
        sa.UniqueConstraint("address_key", name=op.f("uq_subscription_contact_address_key")),
        schema="providers",
        comment="Personal data: the one place where an address stands beside a subscriber",
    )
    op.create_table(
        "subscription_topic",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column(
            "dataset", sa.Text(), server_default="", nullable=False, comment="blank: all of them"
        ),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "confirmed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null: nobody read the mail yet",
        ),
        sa.Column(
            "consent",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="how, and to which words",
        ),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["providers.subscription.id"],
            name=op.f("fk_subscription_topic_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_topic")),
        schema="providers",
        comment="What a subscriber wants to be told of",
    )
    op.create_index(
        op.f("ix_subscription_topic_organisation"),
        "subscription_topic",
        ["organisation"],
        unique=False,
        schema="providers",
    )
    op.create_index(
        op.f("uq_subscription_topic_current"),
        "subscription_topic",
        ["subscription_id", "organisation", "dataset"],
        unique=True,
        schema="providers",
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False, comment="what deliveries are signed with"),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False, comment="in a row"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "off_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was ended, or failed too often",
        ),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["providers.person.id"], name=op.f("fk_webhook_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        schema="providers",
        comment="Addresses that programs of an organisation listen at",
    )
    op.create_index(
        op.f("ix_webhook_organisation"),
        "webhook",
        ["organisation"],
        unique=False,
        schema="providers",
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="digest or alert"),
        sa.Column(
            "period",
            sa.Text(),
            nullable=False,
            comment="the ISO week, or the day of an alert's data",
        ),
        sa.Column(
            "until", sa.Date(), nullable=False, comment="the day of the data that it tells of"
        ),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "is_empty", sa.Boolean(), nullable=False, comment="there was nothing to say, so no mail"
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('digest', 'alert')", name=op.f("ck_edition_kind")),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["providers.message.id"],
            name=op.f("fk_edition_message_id_message"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["providers.subscription.id"],
            name=op.f("fk_edition_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint(
            "subscription_id", "period", "kind", name=op.f("uq_edition_subscription_id_period_kind")
        ),
        schema="providers",
        comment="What each subscriber was told: one a period and kind, whoever composes it",
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed')",
            name=op.f("ck_webhook_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["providers.webhook.id"],
            name=op.f("fk_webhook_delivery_webhook_id_webhook"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "webhook_id", "event_key", name=op.f("uq_webhook_delivery_webhook_id_event_key")
        ),
        schema="providers",
        comment="One event for one webhook",
    )


def downgrade() -> None:
    op.drop_table("webhook_delivery", schema="providers")
    op.drop_table("edition", schema="providers")
    op.drop_table("webhook", schema="providers")
    op.drop_table("subscription_topic", schema="providers")
    op.drop_table("subscription_contact", schema="providers")
    op.drop_table("message", schema="providers")
    op.drop_table("suppression", schema="providers")
    op.drop_table("subscription", schema="providers")
