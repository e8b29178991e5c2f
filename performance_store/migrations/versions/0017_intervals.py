"""Intervals of history, worked out in a third of the time."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    _run("0017_intervals.sql")


def downgrade() -> None:
    op.execute("DROP FUNCTION record_intervals(regclass, regclass, text, date[])")
    op.execute("DROP FUNCTION task_id(text, text, text, text, text, text)")
    _run("0012_tasks.sql")


def _run(file: str) -> None:
    # The driver itself, which takes no percent sign for a placeholder where there are no values.
    op.get_bind().connection.cursor().execute((SQL / file).read_text(encoding="utf-8"))
