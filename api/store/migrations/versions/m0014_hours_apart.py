"""
Least hours from one occasion of a granted service to the next, from day to day.

Revision: 0014. Lines that were granted before have no such rule.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("service_line", sa.Column("least_apart_h", sa.Integer))


def downgrade() -> None:
    """Drop it; occasions then come as near to each other as their time bands let them."""
    op.drop_column("service_line", "least_apart_h")
