"""Provided summaries found by themselves: how often content changes reads a year of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_summary_provided",
        "summary",
        ["snapshot_id"],
        postgresql_include=["organisation_id", "dataset_id", "content_changed_on"],
        postgresql_where=sa.text("endpoint_count > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_summary_provided", table_name="summary")
