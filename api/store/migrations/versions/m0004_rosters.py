"""Rosters: the staff of a unit's day, append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.migrations.triggers import append_only, drop_tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Make the table and its guards."""
    op.create_table(
        "roster",
        sa.Column("municipality_id", sa.String, primary_key=True),
        sa.Column("unit_id", sa.String, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("roster_json", sa.String, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String, nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"], ["unit.municipality_id", "unit.id"]
        ),
        sa.CheckConstraint("number >= 1", name="number"),
    )
    append_only("roster")


def downgrade() -> None:
    """Drop the rosters, with what is in them."""
    drop_tables(["roster"])
