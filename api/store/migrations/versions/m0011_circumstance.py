"""
What else decides how a performed visit is paid, by a code of the rate book.

Revision: 0011. Visits reported before tell none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("performed_revision", sa.Column("circumstance", sa.String))


def downgrade() -> None:
    """Drop it; what was told in it is lost, and nothing is paid by it any more."""
    op.drop_column("performed_revision", "circumstance")
