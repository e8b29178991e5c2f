"""Who may act for whom, mailed links and codes, sessions; an organisation's website, from which
candidates of mail domains come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("session", "person_role", "organisation_person", "sign_in_token", "organisation_domain")


def upgrade() -> None:
    op.add_column(
        "organisation",
        sa.Column(
            "website", sa.Text(), nullable=True, comment="as a source gives it; null: none does"
        ),
    )
    op.create_table(
        "organisation_domain",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column(
            "domain", sa.Text(), nullable=False, comment="in small letters, as it stands in mail"
        ),
        sa.Column("match", sa.Text(), server_default="exact", nullable=False),
        sa.Column(
            "source",
            sa.Text(),
            nullable=False,
            comment="where it comes from: website, command, sample",
        ),
        sa.Column("approved_by", sa.Text(), nullable=False, comment="who typed the command"),
        sa.Column(
            "approved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("ends", sa.Date(), nullable=True, comment="last day; null: until it is ended"),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null: not ended by anybody",
        ),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "match IN ('exact', 'subdomains')", name=op.f("ck_organisation_domain_match")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_domain")),
        schema="providers",
        comment="Whose mail addresses may act for an organisation: each approved by a person",
    )
    op.create_index(
        "uq_organisation_domain",
        "organisation_domain",
        ["domain", "organisation"],
        unique=True,
        schema="providers",
        postgresql_where=sa.text("ended_at IS NULL AND archived_at IS NULL"),
    )
    op.create_table(
        "sign_in_token",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256"),
        sa.Column(
            "code_hash", sa.LargeBinary(), nullable=False, comment="HMAC with a key of the server"
        ),
        sa.Column(
            "browser_hash", sa.LargeBinary(), nullable=False, comment="of the browser that asked"
        ),
        sa.Column(
            "network_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="HMAC of the network that asked",
        ),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column(
            "organisation", sa.Text(), nullable=True, comment="whose page the person came from"
        ),
        sa.Column("return_path", sa.Text(), server_default="/", nullable=False),
        sa.Column(
            "valid",
            sa.Boolean(),
            nullable=False,
            comment="false: nobody may use it, and no mail was sent",
        ),
        sa.Column(
            "tries", sa.SmallInteger(), server_default="0", nullable=False, comment="wrong codes"
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "replaced_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a newer one was asked for",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_token_hash")),
        schema="providers",
        comment="Mailed links and codes; personal data, removed after two days",
    )
    op.create_index(
        "ix_sign_in_token_address_key",
        "sign_in_token",
        ["address_key", "created_at"],
        unique=False,
        schema="providers",
    )
    op.create_index(
        "ix_sign_in_token_browser_hash",
        "sign_in_token",
        ["browser_hash", "created_at"],
        unique=False,
        schema="providers",
    )
    op.create_index(
        "ix_sign_in_token_created_at",
        "sign_in_token",
        ["created_at"],
        unique=False,
        schema="providers",
    )
    op.create_index(
        "ix_sign_in_token_network_hash",
        "sign_in_token",
        ["network_hash", "created_at"],
        unique=False,
        schema="providers",
    )
    op.create_table(
        "organisation_person",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False, comment="last day, at most 12 months on"),
        sa.Column("invited_by", sa.Text(), nullable=False, comment="who typed the command"),
        sa.Column(
            "invited_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null: not ended by anybody",
        ),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["providers.person.id"],
            name=op.f("fk_organisation_person_person_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_person")),
        schema="providers",
        comment="People who may act for an organisation though their address is not of its domains",
    )
    op.create_index(
        "uq_organisation_person",
        "organisation_person",
        ["person_id", "organisation"],
        unique=True,
        schema="providers",
        postgresql_where=sa.text("ended_at IS NULL AND archived_at IS NULL"),
    )
    op.create_table(
        "person_role",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False, comment="who typed the command"),
        sa.Column(
            "granted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null: not ended by anybody",
        ),
        sa.CheckConstraint("role IN ('programme')", name=op.f("ck_person_role_role")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["providers.person.id"], name=op.f("fk_person_role_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_role")),
        schema="providers",
        comment="What people may see beyond one organisation: counts, never addresses",
    )
    op.create_index(
        "uq_person_role",
        "person_role",
        ["person_id", "role"],
        unique=True,
        schema="providers",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "session",
        sa.Column(
            "id_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of what the cookie holds"
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("acting_for", sa.Text(), nullable=True, comment="organisation; null: none yet"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["providers.person.id"], name=op.f("fk_session_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_session")),
        schema="providers",
        comment="Who is signed in. To sign out is to remove the row",
    )
    op.create_index(
        op.f("ix_session_person_id"), "session", ["person_id"], unique=False, schema="providers"
    )
    op.execute(ORGANISATIONS_OF)


def downgrade() -> None:
    op.execute("DROP FUNCTION providers.organisations_of")
    for table in TABLES:
        op.drop_table(table, schema="providers")
    op.drop_column("organisation", "website")


# The one answer to the question for whom an address may act today.
ORGANISATIONS_OF = """
CREATE FUNCTION providers.organisations_of(address_key text) RETURNS SETOF text
LANGUAGE sql STABLE AS $$
    SELECT d.organisation
    FROM providers.organisation_domain d, split_part(address_key, '@', 2) AS mail(domain)
    WHERE d.ended_at IS NULL AND d.archived_at IS NULL
        AND (d.ends IS NULL OR d.ends >= current_date)
        AND (mail.domain = d.domain
            OR d.match = 'subdomains'
            AND right(mail.domain, length(d.domain) + 1) = '.' || d.domain)
    UNION
    SELECT p.organisation
    FROM providers.organisation_person p
    JOIN providers.person_contact c USING (person_id)
    WHERE c.address_key = organisations_of.address_key
        AND p.ended_at IS NULL AND p.archived_at IS NULL AND p.ends >= current_date
$$
"""
