"""A schema for what people do, with who they are and the trail of what they did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA providers")
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        schema="providers",
        comment="Who did something: a number, so that history says nothing of who it is",
    )
    op.create_table(
        "person_contact",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "address",
            sa.Text(),
            nullable=False,
            comment="as it was typed, its domain in small letters",
        ),
        sa.Column("address_key", sa.Text(), nullable=False, comment="in small letters"),
        sa.Column(
            "purge_on", sa.Date(), nullable=True, comment="24 months after last use; null: in use"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["providers.person.id"], name=op.f("fk_person_contact_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_contact")),
        sa.UniqueConstraint("address_key", name=op.f("uq_person_contact_address_key")),
        schema="providers",
        comment="Personal data: the one place where an address stands beside a person",
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "person_id",
            sa.Integer(),
            nullable=True,
            comment="null: the system, or nobody who is signed in",
        ),
        sa.Column("organisation", sa.Text(), nullable=True, comment="on whose behalf"),
        sa.Column(
            "action",
            sa.Text(),
            nullable=False,
            comment="such as sign-in, sign-in-refused, progress",
        ),
        sa.Column(
            "subject",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="what it was done to",
        ),
        sa.Column(
            "details",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        schema="providers",
        comment="Append-only: a trigger refuses changes. Nothing personal stands in it",
    )
    op.create_index(
        op.f("ix_audit_organisation"), "audit", ["organisation", "at"], schema="providers"
    )
    op.execute(APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON providers.audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION providers.refuse_change()"
    )
    op.execute(ARCHIVE)


def downgrade() -> None:
    op.execute("DROP SCHEMA providers CASCADE")


# For every table whose rows are history.
APPEND_ONLY = """
CREATE FUNCTION providers.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is history: rows are added to it and never changed', TG_TABLE_NAME;
END
$$
"""
# What people did with the invented authorities of the sample is put aside when real data come.
ARCHIVE = """
CREATE FUNCTION providers.archive() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT table_name FROM information_schema.columns
        WHERE table_schema = 'providers' AND column_name = 'archived_at'
    LOOP
        EXECUTE format(
            'UPDATE providers.%I SET archived_at = now() WHERE archived_at IS NULL', name);
    END LOOP;
END
$$
"""
