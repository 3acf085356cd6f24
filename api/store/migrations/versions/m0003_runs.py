"""
Runs: days to plan, how far each has come, and the best plan so far.

Revision: 0003. What is final never changes. A run is working material, so it may be removed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.migrations.triggers import drop_tables, only_when

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")
STATUSES = (
    "'SOLVING_SCHEDULED', 'SOLVING_ACTIVE', 'SOLVING_COMPLETED', 'SOLVING_INCOMPLETE', "
    "'SOLVING_FAILED'"
)
FINAL = "'SOLVING_COMPLETED', 'SOLVING_INCOMPLETE', 'SOLVING_FAILED'"
KEPT = (
    "municipality_id", "id", "submitted_at", "submitted_by", "seed", "limit_ms", "input_json",
)  # fmt: skip


def upgrade() -> None:
    """Make the table and its guard."""
    op.create_table(
        "run",
        sa.Column("municipality_id", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String),
        sa.Column("batch_id", sa.String),
        sa.Column("unit_id", sa.String),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("parent_id", sa.String),
        sa.Column("origin_id", sa.String),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("submitted_by", sa.String, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("worker", sa.String),
        sa.Column("heartbeat_at", MOMENT),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("limit_ms", sa.Integer, nullable=False),
        sa.Column("objective", sa.BigInteger),
        sa.Column("unassigned", sa.Integer),
        sa.Column("input_json", sa.String, nullable=False),
        sa.Column("near_json", sa.String),
        sa.Column("metrics_json", sa.String, nullable=False),
        sa.Column("output_json", sa.String),
        sa.Column("findings_json", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"]),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"], ["unit.municipality_id", "unit.id"]
        ),
        sa.CheckConstraint(f"status IN ({STATUSES})", name="status"),
        sa.CheckConstraint(
            f"(status IN ({FINAL})) = (ended_at IS NOT NULL)", name="ended_when_final"
        ),
        sa.CheckConstraint("(attempt = 0) = (started_at IS NULL)", name="started"),
        sa.CheckConstraint("limit_ms > 0", name="limit"),
        sa.CheckConstraint("attempt >= 0", name="attempt"),
        sa.CheckConstraint("batch_id IS NULL OR unit_id IS NOT NULL", name="batch"),
    )
    op.create_index(None, "run", ["status"])
    op.create_index(None, "run", ["municipality_id", "batch_id"])
    only_when(
        "run",
        "UPDATE",
        f"OLD.status NOT IN ({FINAL}) AND NEW.attempt >= OLD.attempt AND "
        + " AND ".join(f"NEW.{name} = OLD.{name}" for name in KEPT),
        "FINAL run",
    )


def downgrade() -> None:
    """Drop the runs, with what is in them."""
    drop_tables(["run"])
