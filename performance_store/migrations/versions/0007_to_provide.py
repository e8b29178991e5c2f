"""A set of what has to be provided. Coverage has it from the next load on; before, not known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHECK = "ck_coverage_denominator"


def upgrade() -> None:
    op.add_column(
        "summary",
        sa.Column(
            "in_to_provide",
            sa.Boolean(),
            sa.Computed(
                "is_lpa AND (provision_reason = ANY (ARRAY['statutory'::text, 'expected'::text]))",
                persisted=True,
            ),
            nullable=True,
            comment="null: no reason",
        ),
    )
    _check("programme", "to-provide", "statutory", "any", "all-lpas")


def downgrade() -> None:
    op.execute("DELETE FROM coverage WHERE denominator = 'to-provide'")
    op.execute("DELETE FROM annotation WHERE subject = 'to-provide'")
    op.execute("DELETE FROM event WHERE 'to-provide' IN (before, after)")
    _check("programme", "statutory", "any", "all-lpas")
    op.drop_column("summary", "in_to_provide")


def _check(*sets: str) -> None:
    """The coverage table takes these sets and no others."""
    op.drop_constraint(op.f(CHECK), "coverage")
    words = ", ".join(f"'{name}'" for name in sets)
    op.create_check_constraint(op.f(CHECK), "coverage", f"denominator IN ({words})")
