"""When datasets end, and every endpoint that a dataset of an organisation ever had."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "dataset",
        sa.Column(
            "end_date",
            sa.Date(),
            nullable=True,
            comment="first day on which it is a dataset no more; null: open",
        ),
    )
    op.create_table(
        "endpoint_use",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_endpoint_use_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_endpoint_use_dataset_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoint.id"], name=op.f("fk_endpoint_use_endpoint_id_endpoint")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "dataset_id", "endpoint_id", name=op.f("pk_endpoint_use")
        ),
        comment="Every endpoint that a dataset of an organisation ever had, ended ones included",
    )
    # What snapshots know already; sources tell the rest when they are loaded again.
    op.execute(
        "INSERT INTO endpoint_use (organisation_id, dataset_id, endpoint_id) "
        "SELECT DISTINCT organisation_id, dataset_id, endpoint_id FROM endpoint_state"
    )


def downgrade() -> None:
    op.drop_table("endpoint_use")
    op.drop_column("dataset", "end_date")
