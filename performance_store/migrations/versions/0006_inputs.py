"""Input is read however a key, a time or a number is written, and told when it cannot be stored."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "0006_inputs.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """What the functions read before is read alike by the new ones: they stay."""
