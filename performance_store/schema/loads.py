"""Loads and what became of them: snapshots, changed rules, rows that could not be used."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
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
from sqlalchemy.dialects.postgresql import JSONB

from performance_store.definitions.vocabulary import KINDS
from performance_store.schema.base import id_column, metadata, one_of

load = Table(
    "load",
    metadata,
    id_column(),
    Column("kind", Text, nullable=False),
    Column("input", Text, nullable=False, comment="name of the file or folder, without its path"),
    Column("fingerprint", Text, comment="sha256 of the input and what was asked of it"),
    Column("ruleset_version", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("finished_at", DateTime(timezone=True)),
    Column("error", Text),
    Column("missing", ARRAY(Text), nullable=False, server_default="{}"),
    Column("counts", JSONB, nullable=False, server_default="{}"),
    Column("timings", JSONB, nullable=False, server_default="{}"),
    CheckConstraint(one_of("state", ("running", "published", "unchanged", "failed")), "state"),
    CheckConstraint(one_of("kind", KINDS), "kind"),
    Index("ix_load_state", "state", "id"),
)

snapshot = Table(
    "snapshot",
    metadata,
    id_column(),
    Column("load_id", Integer, ForeignKey("load.id"), nullable=False),
    Column("as_at", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column(
        "scope", Text, nullable=False, comment="what the snapshot speaks of: national, programme"
    ),
    Column("state", Text, nullable=False, server_default="published"),
    Column("fingerprint", Text, nullable=False),
    Column("ruleset_version", Text, nullable=False),
    Column("issue_rules", Text, nullable=False, comment="md5 of issue types with their severity"),
    Column("knows", ARRAY(Text), nullable=False, comment="logs, issues, fields, expectations ..."),
    Column("lpa_count", Integer, comment="active LPAs on the date; null: no register says"),
    Column("counts", JSONB, nullable=False, server_default="{}"),
    Column("timings", JSONB, nullable=False, server_default="{}"),
    Column("published_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("kind", "as_at"),
    CheckConstraint(one_of("kind", KINDS), "kind"),
    CheckConstraint(one_of("state", ("published",)), "state"),
    Index("ix_snapshot_load_id", "load_id"),
)

annotation = Table(
    "annotation",
    metadata,
    id_column(),
    Column("on_date", Date, nullable=False),
    Column("kind", Text, nullable=False, comment="rule, denominator or incident"),
    Column("scope", Text, nullable=False, comment="kind of snapshot it concerns"),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("snapshot_id", Integer, ForeignKey("snapshot.id"), comment="found in this snapshot"),
    Column("subject", Text, comment="the issue type or set that changed"),
    UniqueConstraint("on_date", "kind", "scope", "title"),
    CheckConstraint(one_of("kind", ("rule", "denominator", "incident")), "kind"),
)

rejection = Table(
    "rejection",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("load_id", Integer, ForeignKey("load.id"), nullable=False),
    Column("table_name", Text, nullable=False),
    Column("row_number", BigInteger, comment="in the order read, from 1"),
    Column("reason", Text, nullable=False),
    Column("row", JSONB, nullable=False),
    Index("ix_rejection_load_id", "load_id", "table_name"),
)
