"""Why a job failed last: the kind of error, beside the queue's own tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_failure",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "error", sa.Text(), nullable=False, comment="its kind alone: words may be personal"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_failure")),
        schema="providers",
        comment="Why jobs of the queue failed last",
    )


def downgrade() -> None:
    op.drop_table("job_failure", schema="providers")
