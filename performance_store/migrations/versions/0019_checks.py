"""Files that people had checked, what was said of them, and links to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = (
    *("check_finding_count", "check_count", "check_holdings", "check_mapping", "check_group_rows"),
    *("check_block", "check_request", "check_result", "check_file_chunk", "check_upload"),
)


def upgrade() -> None:
    op.create_table(
        "check_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False, comment="that ended with a result"),
        sa.Column("clean", sa.Integer(), nullable=False, comment="with nothing that must be fixed"),
        sa.PrimaryKeyConstraint("day", "dataset", name=op.f("pk_check_count")),
        schema="providers",
        comment="How many checks there were, with nothing about whose",
    )
    op.create_table(
        "check_finding_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False, comment="that had it"),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "dataset", "rule", "field", name=op.f("pk_check_finding_count")
        ),
        schema="providers",
        comment="What checks found most often, with nothing about whose",
    )
    op.create_table(
        "check_holdings",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="MessagePack, Zstandard"),
        sa.PrimaryKeyConstraint("organisation", "dataset", name=op.f("pk_check_holdings")),
        schema="providers",
        comment="What the platform holds for an authority, asked for once a day",
    )
    op.create_table(
        "check_mapping",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column(
            "client_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="of whom alone it is offered to; blank: of somebody signed in, for everybody",
        ),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("mapping", postgresql.JSONB(), nullable=False, comment="field by column"),
        sa.PrimaryKeyConstraint(
            "organisation", "dataset", "client_hash", name=op.f("pk_check_mapping")
        ),
        schema="providers",
    )
    op.create_table(
        "check_upload",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "object_key",
            sa.Text(),
            nullable=True,
            comment="in object storage; null: in check_file_chunk",
        ),
        sa.Column(
            "size", sa.BigInteger(), server_default="0", nullable=False, comment="bytes of the file"
        ),
        sa.Column("stored_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=True, comment="null: not whole yet"),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_upload")),
        schema="providers",
        comment="Originals, removed after some days",
    )
    op.create_table(
        "check_file_chunk",
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "body", sa.LargeBinary(), nullable=False, comment="a piece of the file, Zstandard"
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["providers.check_upload.id"],
            name=op.f("fk_check_file_chunk_upload_id_check_upload"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("upload_id", "number", name=op.f("pk_check_file_chunk")),
        schema="providers",
    )
    op.create_table(
        "check_result",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column(
            "organisation", sa.Text(), server_default="", nullable=False, comment="blank: of none"
        ),
        sa.Column(
            "options", postgresql.JSONB(), nullable=False, comment="what was said of the file"
        ),
        sa.Column("upload_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "url", sa.Text(), nullable=True, comment="where it is fetched from; null: it was sent"
        ),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=True, comment="null: fetched"),
        sa.Column("day", sa.Date(), nullable=False, comment="what counts as today for its dates"),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("stage", sa.Text(), server_default="", nullable=False),
        sa.Column("rows_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_sentence", sa.Text(), nullable=True),
        sa.Column(
            "has_must",
            sa.Boolean(),
            nullable=True,
            comment="whether something must be fixed; null: not known",
        ),
        sa.Column("summary", sa.LargeBinary(), nullable=True, comment="JSON, Zstandard"),
        sa.Column(
            "shapes", sa.LargeBinary(), nullable=True, comment="GeoJSON for the map, Zstandard"
        ),
        sa.Column("stored_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'finished', 'failed', 'cancelled')",
            name=op.f("ck_check_result_state"),
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["providers.check_upload.id"],
            name=op.f("fk_check_result_upload_id_check_upload"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_result")),
        schema="providers",
        comment="One check and what came of it; several links may lead to it",
    )
    op.create_index(
        "ix_check_result_file_sha256",
        "check_result",
        ["file_sha256"],
        unique=False,
        schema="providers",
    )
    op.create_index(
        "ix_check_result_organisation",
        "check_result",
        ["organisation", "dataset", "finished_at"],
        unique=False,
        schema="providers",
    )
    op.create_index(
        "ix_check_result_upload_id", "check_result", ["upload_id"], unique=False, schema="providers"
    )
    op.create_table(
        "check_block",
        sa.Column("check_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "first_row", sa.Integer(), nullable=False, comment="how many rows come before it"
        ),
        sa.Column("first_entry", sa.Integer(), nullable=False),
        sa.Column("last_entry", sa.Integer(), nullable=False),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=False,
            comment="rows as providers.checks.format packs",
        ),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["providers.check_result.id"],
            name=op.f("fk_check_block_check_id_check_result"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("check_id", "number", name=op.f("pk_check_block")),
        schema="providers",
    )
    op.create_index(
        "ix_check_block_first_entry",
        "check_block",
        ["check_id", "first_entry"],
        unique=False,
        schema="providers",
    )
    op.create_index(
        "ix_check_block_first_row",
        "check_block",
        ["check_id", "first_row"],
        unique=False,
        schema="providers",
    )
    op.create_table(
        "check_group_rows",
        sa.Column("check_id", sa.BigInteger(), nullable=False),
        sa.Column("group_number", sa.Integer(), nullable=False),
        sa.Column(
            "first", sa.Integer(), nullable=False, comment="how many of its rows come before these"
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column(
            "entries", sa.LargeBinary(), nullable=False, comment="entry numbers, 32 bits, Zstandard"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["providers.check_result.id"],
            name=op.f("fk_check_group_rows_check_id_check_result"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "check_id", "group_number", "first", name=op.f("pk_check_group_rows")
        ),
        schema="providers",
        comment="Which rows a group has, so that its pages are read without a scan",
    )
    op.create_table(
        "check_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("check_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the link"),
        sa.Column(
            "owner_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of what its owner holds",
        ),
        sa.Column("person_id", sa.Integer(), nullable=True, comment="null: not signed in"),
        sa.Column(
            "client_hash",
            sa.LargeBinary(),
            nullable=True,
            comment="HMAC of the network; blank after two days",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="of the file, as it was sent"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["providers.check_result.id"],
            name=op.f("fk_check_request_check_id_check_result"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_request")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_check_request_secret_hash")),
        schema="providers",
        comment="Who asked for a check, each with a link of its own",
    )
    op.create_index(
        "ix_check_request_check_id", "check_request", ["check_id"], unique=False, schema="providers"
    )
    op.create_index(
        "ix_check_request_client_hash",
        "check_request",
        ["client_hash", "created_at"],
        unique=False,
        schema="providers",
    )
    op.create_index(
        "ix_check_request_person_id",
        "check_request",
        ["person_id", "created_at"],
        unique=False,
        schema="providers",
    )
    # What is compressed already is not to be compressed again.
    for table in ("check_file_chunk", "check_block"):
        op.execute(f"ALTER TABLE providers.{table} ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="providers")
