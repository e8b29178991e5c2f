"""Files that people had checked, what was said of them, and links to it."""

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
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from providers.schema.base import SCHEMA, metadata, moment

STATES = ("waiting", "running", "finished", "failed", "cancelled")
_STATES = ", ".join(f"'{state}'" for state in STATES)


def _of(table: str, name: str, *, primary_key: bool = False) -> Column[object]:
    return Column(
        name,
        BigInteger,
        ForeignKey(f"{SCHEMA}.{table}.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


check_upload = Table(
    "check_upload",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    moment("created_at"),
    Column("object_key", Text, comment="in object storage; null: in check_file_chunk"),
    Column("size", BigInteger, nullable=False, server_default="0", comment="bytes of the file"),
    Column("stored_bytes", BigInteger, nullable=False, server_default="0"),
    Column("sha256", LargeBinary, comment="null: not whole yet"),
    Column("keep_until", DateTime(timezone=True), nullable=False),
    comment="Originals, removed after some days",
)

check_file_chunk = Table(
    "check_file_chunk",
    metadata,
    _of("check_upload", "upload_id", primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False, comment="a piece of the file, Zstandard"),
)

check_result = Table(
    "check_result",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    moment("created_at"),
    Column("dataset", Text, nullable=False),
    Column("organisation", Text, nullable=False, server_default="", comment="blank: of none"),
    Column("options", JSONB, nullable=False, comment="what was said of the file"),
    Column("upload_id", BigInteger, ForeignKey(f"{SCHEMA}.check_upload.id", ondelete="SET NULL")),
    Column("url", Text, comment="where it is fetched from; null: it was sent"),
    Column("file_sha256", LargeBinary, comment="null: fetched"),
    Column("day", Date, nullable=False, comment="what counts as today for its dates"),
    Column("job_id", BigInteger),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("stage", Text, nullable=False, server_default=""),
    Column("rows_done", Integer, nullable=False, server_default="0"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("failure_code", Text),
    Column("failure_sentence", Text),
    Column("has_must", Boolean, comment="whether something must be fixed; null: not known"),
    Column("summary", LargeBinary, comment="JSON, Zstandard"),
    Column("shapes", LargeBinary, comment="GeoJSON for the map, Zstandard"),
    Column("stored_bytes", BigInteger, nullable=False, server_default="0"),
    CheckConstraint(f"state IN ({_STATES})", name="state"),
    Index("ix_check_result_file_sha256", "file_sha256"),
    Index("ix_check_result_organisation", "organisation", "dataset", "finished_at"),
    Index("ix_check_result_upload_id", "upload_id"),
    comment="One check and what came of it; several links may lead to it",
)

check_request = Table(
    "check_request",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _of("check_result", "check_id"),
    moment("created_at"),
    Column("secret_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the link"),
    Column("owner_hash", LargeBinary, nullable=False, comment="SHA-256 of what its owner holds"),
    Column("person_id", Integer, comment="null: not signed in"),
    Column("client_hash", LargeBinary, comment="HMAC of the network; blank after two days"),
    Column("name", Text, nullable=False, comment="of the file, as it was sent"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Index("ix_check_request_check_id", "check_id"),
    Index("ix_check_request_client_hash", "client_hash", "created_at"),
    Index("ix_check_request_person_id", "person_id", "created_at"),
    comment="Who asked for a check, each with a link of its own",
)

check_block = Table(
    "check_block",
    metadata,
    _of("check_result", "check_id", primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("first_row", Integer, nullable=False, comment="how many rows come before it"),
    Column("first_entry", Integer, nullable=False),
    Column("last_entry", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="rows as providers.checks.format packs"),
    Index("ix_check_block_first_row", "check_id", "first_row"),
    Index("ix_check_block_first_entry", "check_id", "first_entry"),
)

check_group_rows = Table(
    "check_group_rows",
    metadata,
    _of("check_result", "check_id", primary_key=True),
    Column("group_number", Integer, primary_key=True),
    Column("first", Integer, primary_key=True, comment="how many of its rows come before these"),
    Column("count", Integer, nullable=False),
    Column("entries", LargeBinary, nullable=False, comment="entry numbers, 32 bits, Zstandard"),
    comment="Which rows a group has, so that its pages are read without a scan",
)

check_mapping = Table(
    "check_mapping",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("dataset", Text, primary_key=True),
    Column(
        "client_hash",
        LargeBinary,
        primary_key=True,
        comment="of whom alone it is offered to; blank: of somebody signed in, for everybody",
    ),
    moment("at"),
    Column("mapping", JSONB, nullable=False, comment="field by column"),
)

check_holdings = Table(
    "check_holdings",
    metadata,
    Column("organisation", Text, primary_key=True),
    Column("dataset", Text, primary_key=True),
    moment("at"),
    Column("body", LargeBinary, nullable=False, comment="MessagePack, Zstandard"),
    comment="What the platform holds for an authority, asked for once a day",
)

check_count = Table(
    "check_count",
    metadata,
    Column("day", Date, primary_key=True),
    Column("dataset", Text, primary_key=True),
    Column("checks", Integer, nullable=False, comment="that ended with a result"),
    Column("clean", Integer, nullable=False, comment="with nothing that must be fixed"),
    comment="How many checks there were, with nothing about whose",
)

check_finding_count = Table(
    "check_finding_count",
    metadata,
    Column("day", Date, primary_key=True),
    Column("dataset", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("checks", Integer, nullable=False, comment="that had it"),
    Column("rows", BigInteger, nullable=False),
    comment="What checks found most often, with nothing about whose",
)
