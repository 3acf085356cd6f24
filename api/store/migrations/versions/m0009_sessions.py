"""
Logins of people with a browser, until they end.

Revision: 0009. A session is not a record: it is removed when it ends; that somebody logged in and
out stays in the log.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.migrations.triggers import drop_tables

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "login_session",
        sa.Column("id_sha256", sa.String, primary_key=True),
        sa.Column("municipality_id", sa.String, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("caller_json", sa.String, nullable=False),
        sa.Column("csrf_token", sa.String, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(id_sha256) = 64", name="sha256"),
        sa.CheckConstraint("started_at <= used_at AND used_at <= ends_at", name="order"),
    )
    op.create_index(None, "login_session", ["ends_at"])


def downgrade() -> None:
    """Drop the sessions: everybody logs in again."""
    drop_tables(["login_session"])
