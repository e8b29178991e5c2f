"""Rows with problems beside problems, and issues of dead addresses apart.

Snapshots that are there already keep their problems; their distinct rows are not known until their
input is loaded again.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
GROUPS = [
    f"{severity}_{who}"
    for severity in ("critical", "error", "warning", "notice")
    for who in ("external", "internal")
]
ROWS = "distinct rows; null: not known"


def upgrade() -> None:
    for name in (*GROUPS, "info_count", "unclassified_count"):
        op.alter_column(
            "summary", name, existing_type=sa.Integer(), comment="problems; null: not known"
        )
    for name in (*(f"rows_{group}" for group in GROUPS), "rows_to_fix"):
        op.add_column("summary", sa.Column(name, sa.Integer(), nullable=True, comment=ROWS))
    op.alter_column(
        "issue_summary",
        "rows",
        new_column_name="problems",
        existing_type=sa.Integer(),
        existing_nullable=False,
    )
    op.add_column("issue_summary", sa.Column("rows", sa.Integer(), nullable=True, comment=ROWS))
    op.create_table(
        "past_issue",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("issue_type_id", sa.Integer(), nullable=False),
        sa.Column(
            "field", sa.Text(), nullable=False, comment="'' where there is none or it is not known"
        ),
        sa.Column("severity", sa.Text(), nullable=False, comment="as on the date"),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True, comment=ROWS),
        sa.PrimaryKeyConstraint(
            "snapshot_id",
            "organisation_id",
            "dataset_id",
            "resource_id",
            "issue_type_id",
            "field",
            name=op.f("pk_past_issue"),
        ),
        comment="Issues of last good copies that count no more: their address is long dead, and "
        "another endpoint of the cell works",
    )
    op.get_bind().exec_driver_sql((SQL / "0010_rows.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("what is loaded by newer rules cannot go back: load it again instead")
