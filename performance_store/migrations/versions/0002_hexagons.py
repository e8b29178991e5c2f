"""Where each authority stands on a map of equal hexagons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hexagon",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "across",
            sa.SmallInteger(),
            nullable=False,
            comment="from the west; odd rows half one on",
        ),
        sa.Column("down", sa.SmallInteger(), nullable=False, comment="from the north"),
        sa.Column("longitude", sa.Float(), nullable=False, comment="what it was worked out from"),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_hexagon_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_hexagon")),
        sa.UniqueConstraint("across", "down", name=op.f("uq_hexagon_across_down")),
        comment="Where each authority stands on a map of equal hexagons (hexagons.py)",
    )


def downgrade() -> None:
    op.drop_table("hexagon")
