"""How old content is, by the newest of any active endpoint, and apart from it by the primary's."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.add_column(
        "summary",
        sa.Column(
            "endpoint_updated_on",
            sa.Date(),
            nullable=True,
            comment="day the primary's resource was first seen",
        ),
    )
    op.alter_column(
        "summary",
        "content_changed_on",
        comment="the newest such day of any active endpoint",
        existing_comment="day the resource was first seen",
    )
    # Snapshots that are there keep the age that was judged then, which was the primary's.
    op.execute(
        "UPDATE summary SET endpoint_updated_on = content_changed_on "
        "WHERE content_changed_on IS NOT NULL"
    )
    op.get_bind().exec_driver_sql((SQL / "0008_freshness.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("what the primary's age alone was told by is gone: restore a copy instead")
