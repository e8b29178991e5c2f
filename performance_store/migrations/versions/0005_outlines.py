"""Boundaries ready to draw. The next load, whatever it loads, draws those that are there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outline",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "height",
            sa.SmallInteger(),
            nullable=False,
            comment="of its own drawing, in pixels; all are 1000 wide",
        ),
        sa.Column(
            "x_zero", sa.Float(), nullable=False, comment="pixels from the left at longitude 0"
        ),
        sa.Column(
            "y_zero", sa.Float(), nullable=False, comment="pixels from the top at latitude 0"
        ),
        sa.Column("x_per_degree", sa.Float(), nullable=False, comment="pixels eastwards"),
        sa.Column("y_per_degree", sa.Float(), nullable=False, comment="pixels northwards"),
        sa.Column("path", sa.Text(), nullable=False, comment="of an SVG drawing, in whole pixels"),
        sa.Column(
            "tile",
            sa.Text(),
            nullable=True,
            comment="the path on the map of England; null: too small to be seen",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation_boundary.organisation_id"],
            name=op.f("fk_outline_organisation_id_organisation_boundary"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_outline")),
        comment="Boundaries ready to draw (outlines.py)",
    )


def downgrade() -> None:
    op.drop_table("outline")
