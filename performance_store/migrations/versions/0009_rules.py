"""What changed rules did between two snapshots: worked out at a load and for any two dates."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0009_rules.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP FUNCTION rule_effects(integer, integer)")
    op.execute("DROP FUNCTION rule_changes(integer, integer)")
