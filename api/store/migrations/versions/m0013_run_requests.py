"""Runs tell which request began them: its key, and a salted digest of what it said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.migrations.triggers import drop_trigger, only_if, same

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = ("request_key", "request_place", "request_salt", "request_digest")
UNIQUE = ["municipality_id", "submitted_by", "request_key", "request_place"]
INDEX = f"ix_run_{'_'.join(UNIQUE)}"
KEPT = "run_request_kept"


def upgrade() -> None:
    """Add the columns; what was begun before has no key."""
    for name in COLUMNS:
        kind: type[sa.Integer | sa.String] = sa.Integer if name == "request_place" else sa.String
        op.add_column("run", sa.Column(name, kind))
    op.create_index(INDEX, "run", UNIQUE, unique=True)
    kept = " AND ".join(same(name) for name in COLUMNS)
    only_if(KEPT, "run", "UPDATE", kept, "KEPT run request")


def downgrade() -> None:
    """Drop them; a request that is sent again starts another solve then."""
    drop_trigger(KEPT, "run", function=True)
    op.drop_index(INDEX, "run")
    for name in COLUMNS:
        op.drop_column("run", name)
