"""Worked time of carers by day and class, in files that were taken in; with its policies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.migrations.policies import (
    only_of_provider_or_unit,
    only_of_sender_alone,
    protect,
    unprotect,
)
from api.store.migrations.triggers import append_only, drop_tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")
DAY = ("provider_id", "unit_id", "day", "carer", "zone")
PARTS = ("transport_min", "indirect_min", "staff_related_min", "waiting_min")
TABLES = ("worked_time", "worked_delivery")


def upgrade() -> None:
    """Make the tables, then what guards them."""
    _deliveries()
    _time()
    append_only("worked_delivery", "worked_time")
    protect(*TABLES)
    only_of_sender_alone("worked_delivery", by="sender")
    only_of_provider_or_unit("worked_time")


def downgrade() -> None:
    """Drop both, with what is in them; everything else stays as it is."""
    unprotect(*TABLES)
    drop_tables(TABLES)


def _deliveries() -> None:
    op.create_table(
        "worked_delivery",
        _key("municipality_id"),
        _key("sender"),
        _key("key"),
        _text("sha256"),
        _text("rows_sha256"),
        sa.Column("corrects", sa.Boolean, nullable=False),
        *(_count(name) for name in ("added", "corrected", "unchanged")),
        sa.Column("received_at", MOMENT, nullable=False),
        _text("received_by"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"]),
        sa.CheckConstraint("length(sha256) = 64 AND length(rows_sha256) = 64", name="sha256"),
        sa.CheckConstraint(
            "added >= 0 AND corrected >= 0 AND unchanged >= 0 "
            "AND added + corrected + unchanged >= 1",
            name="counts",
        ),
        sa.CheckConstraint("corrects OR corrected = 0", name="corrects"),
    )


def _time() -> None:
    op.create_table(
        "worked_time",
        _key("municipality_id"),
        _key("provider_id"),
        _key("unit_id"),
        sa.Column("day", sa.Date, primary_key=True),
        _key("carer"),
        _key("zone"),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("corrects", sa.Integer),
        _count("worked_min"),
        _count("care_min"),
        *(sa.Column(name, sa.Integer) for name in PARTS),
        _text("delivery_sender"),
        _text("delivery_key"),
        _refers("provider", ("provider_id",), ("id",)),
        _refers("unit", ("unit_id",), ("id",)),
        _refers("worked_time", (*DAY, "corrects"), (*DAY, "number")),
        _refers("worked_delivery", ("delivery_sender", "delivery_key"), ("sender", "key")),
        sa.CheckConstraint("number >= 1 AND coalesce(corrects, 0) = number - 1", name="corrects"),
        sa.CheckConstraint("delivery_sender IN ('', provider_id)", name="own_delivery"),
        sa.CheckConstraint("worked_min BETWEEN 0 AND 1440", name="worked"),
        sa.CheckConstraint("worked_min > 0 OR number > 1", name="withdrawn"),
        sa.CheckConstraint(
            " AND ".join(["care_min >= 0", *(f"coalesce({each}, 0) >= 0" for each in PARTS)]),
            name="classes",
        ),
        sa.CheckConstraint(
            " + ".join(["care_min", *(f"coalesce({each}, 0)" for each in PARTS)])
            + " <= worked_min",
            name="parts",
        ),
    )
    op.create_index(None, "worked_time", ["day", "provider_id", "municipality_id"])
    op.create_index(None, "worked_time", ["delivery_key", "delivery_sender", "municipality_id"])


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _refers(
    table: str, columns: tuple[str, ...], others: tuple[str, ...]
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", *columns], [f"{table}.{name}" for name in ("municipality_id", *others)]
    )
