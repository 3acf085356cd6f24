"""Leases of runs: a sign of life that is counted, and the wish that a run stops."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Add the columns; a run that is under way has given no sign yet."""
    op.add_column("run", sa.Column("beat", sa.BigInteger))
    op.add_column("run", sa.Column("stop_asked_at", MOMENT))


def downgrade() -> None:
    """Drop them; whoever works on a run is then not told to stop."""
    op.drop_column("run", "stop_asked_at")
    op.drop_column("run", "beat")
