"""Who may act for whom, mailed links and codes, sessions."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)

from providers.schema.base import SCHEMA, archived_at, metadata, moment

_COUNTS = text("ended_at IS NULL AND archived_at IS NULL")


def _ended_at() -> Column[object]:
    return Column("ended_at", DateTime(timezone=True), comment="null: not ended by anybody")


def _person_id(*, index: bool = False) -> Column[object]:
    person = ForeignKey(f"{SCHEMA}.person.id")
    return Column("person_id", Integer, person, nullable=False, index=index)


organisation_domain = Table(
    "organisation_domain",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("domain", Text, nullable=False, comment="in small letters, as it stands in mail"),
    Column("match", Text, nullable=False, server_default="exact"),
    Column("source", Text, nullable=False, comment="where it comes from: website, command, sample"),
    Column("approved_by", Text, nullable=False, comment="who typed the command"),
    moment("approved_at"),
    Column("ends", Date, comment="last day; null: until it is ended"),
    _ended_at(),
    archived_at(),
    CheckConstraint("match IN ('exact', 'subdomains')", name="match"),
    Index(
        "uq_organisation_domain", "domain", "organisation", unique=True, postgresql_where=_COUNTS
    ),
    comment="Whose mail addresses may act for an organisation: each approved by a person",
)

organisation_person = Table(
    "organisation_person",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("organisation", Text, nullable=False),
    _person_id(),
    Column("ends", Date, nullable=False, comment="last day, at most 12 months on"),
    Column("invited_by", Text, nullable=False, comment="who typed the command"),
    moment("invited_at"),
    _ended_at(),
    archived_at(),
    Index(
        "uq_organisation_person", "person_id", "organisation", unique=True, postgresql_where=_COUNTS
    ),
    comment="People who may act for an organisation though their address is not of its domains",
)

person_role = Table(
    "person_role",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    _person_id(),
    Column("role", Text, nullable=False),
    Column("granted_by", Text, nullable=False, comment="who typed the command"),
    moment("granted_at"),
    _ended_at(),
    CheckConstraint("role IN ('programme')", name="role"),
    Index(
        "uq_person_role",
        "person_id",
        "role",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    comment="What people may see beyond one organisation: counts, never addresses",
)

sign_in_token = Table(
    "sign_in_token",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256"),
    Column("code_hash", LargeBinary, nullable=False, comment="HMAC with a key of the server"),
    Column("browser_hash", LargeBinary, nullable=False, comment="of the browser that asked"),
    Column("network_hash", LargeBinary, nullable=False, comment="HMAC of the network that asked"),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False),
    Column("organisation", Text, comment="whose page the person came from"),
    Column("return_path", Text, nullable=False, server_default="/"),
    Column(
        "valid", Boolean, nullable=False, comment="false: nobody may use it, and no mail was sent"
    ),
    Column("tries", SmallInteger, nullable=False, server_default="0", comment="wrong codes"),
    moment("created_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Column("replaced_at", DateTime(timezone=True), comment="a newer one was asked for"),
    Index("ix_sign_in_token_address_key", "address_key", "created_at"),
    Index("ix_sign_in_token_network_hash", "network_hash", "created_at"),
    Index("ix_sign_in_token_browser_hash", "browser_hash", "created_at"),
    Index("ix_sign_in_token_created_at", "created_at"),
    comment="Mailed links and codes; personal data, removed after two days",
)

session = Table(
    "session",
    metadata,
    Column("id_hash", LargeBinary, primary_key=True, comment="SHA-256 of what the cookie holds"),
    _person_id(index=True),
    Column("acting_for", Text, comment="organisation; null: none yet"),
    moment("created_at"),
    moment("last_seen_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    comment="Who is signed in. To sign out is to remove the row",
)
