"""Choices of provider, orders with their steps, capacity ceilings, rules of non-choice, reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.migrations.triggers import append_only, drop_tables, only_when, refuse

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")
STATUSES = "'QUEUED', 'SENT', 'ACCEPTED', 'REFUSED', 'EXPIRED', 'CANCELLED', 'REPLACED'"
KEPT = (
    "municipality_id", "decision_id", "number", "choice_number", "rank", "provider_id", "unit_id",
    "first_day", "minutes_per_week", "place",
)  # fmt: skip
STEPS = (
    "(OLD.status = 'QUEUED' AND NEW.status IN ('SENT', 'CANCELLED')) OR "
    "(OLD.status = 'SENT' AND NEW.status IN ('ACCEPTED', 'REFUSED', 'EXPIRED', 'CANCELLED')) OR "
    "(OLD.status = 'ACCEPTED' AND NEW.status IN ('CANCELLED', 'REPLACED'))"
)


def upgrade() -> None:
    """Make the tables, then what guards them."""
    _rules()
    _choices()
    _orders()
    append_only("capacity", "fallback_rule", "choice", "order_step", "review")
    only_when(
        "provider_order",
        "UPDATE",
        " AND ".join(
            [*(f"NEW.{name} = OLD.{name}" for name in KEPT), "NEW.version = OLD.version + 1",
             f"({STEPS})"]
        ),
        "ONLY_FORWARD provider_order",
    )  # fmt: skip
    refuse("provider_order", "DELETE", "NEVER_REMOVED provider_order")


def downgrade() -> None:
    """Drop all, with what is in it; decisions and plans stay as they are."""
    drop_tables(["review", "order_step", "provider_order", "choice", "fallback_rule", "capacity"])


def _rules() -> None:
    op.create_table(
        "capacity",
        _key("municipality_id"),
        _key("provider_id"),
        _key("unit_id"),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("minutes_per_week", sa.Integer),
        *_recorded(),
        _refers("provider", "provider_id"),
        _refers("unit", "unit_id"),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("minutes_per_week IS NULL OR minutes_per_week >= 0", name="minutes"),
    )
    op.create_table(
        "fallback_rule",
        _key("municipality_id"),
        _key("unit_id"),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("first_day", sa.Date, nullable=False),
        _text("kind"),
        _text("offices_json"),
        *_recorded(),
        _refers("unit", "unit_id"),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("kind IN ('FIXED', 'ROTATION', 'NEAREST')", name="kind"),
    )


def _choices() -> None:
    op.create_table(
        "choice",
        _key("municipality_id"),
        _key("decision_id"),
        sa.Column("number", sa.Integer, primary_key=True),
        _text("kind"),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("answer_days", sa.Integer, nullable=False),
        _text("ranked_json"),
        sa.Column("rule_unit", sa.String),
        sa.Column("rule_number", sa.Integer),
        sa.Column("place", sa.BigInteger, nullable=False),
        *_recorded(),
        _refers("decision", "decision_id"),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("kind IN ('CHOSEN', 'FALLBACK')", name="kind"),
        sa.CheckConstraint("(kind = 'FALLBACK') = (rule_number IS NOT NULL)", name="rule"),
        sa.CheckConstraint("answer_days >= 1", name="answer_days"),
    )
    op.create_table(
        "review",
        _key("municipality_id"),
        _key("decision_id"),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("reviewed_on", sa.Date, nullable=False),
        _text("outcome"),
        sa.Column("next_on", sa.Date),
        *_recorded(),
        sa.ForeignKeyConstraint(
            ["municipality_id", "decision_id", "revision"],
            [f"decision_revision.{name}" for name in ("municipality_id", "decision_id", "number")],
        ),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("outcome IN ('UNCHANGED', 'CHANGE', 'END')", name="outcome"),
        sa.CheckConstraint("next_on IS NULL OR next_on > reviewed_on", name="next_on"),
    )


def _orders() -> None:
    op.create_table(
        "provider_order",
        _key("municipality_id"),
        _key("decision_id"),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("choice_number", sa.Integer, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        _text("provider_id"),
        _text("unit_id"),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("minutes_per_week", sa.Integer, nullable=False),
        sa.Column("answer_by", sa.Date),
        _text("status"),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "decision_id", "choice_number"],
            [f"choice.{name}" for name in ("municipality_id", "decision_id", "number")],
        ),
        _refers("provider", "provider_id"),
        _refers("unit", "unit_id"),
        sa.CheckConstraint("number >= 1 AND version >= 1", name="number"),
        sa.CheckConstraint("rank >= 0", name="rank"),
        sa.CheckConstraint("minutes_per_week >= 0", name="minutes"),
        sa.CheckConstraint(f"status IN ({STATUSES})", name="status"),
        sa.CheckConstraint("status <> 'SENT' OR answer_by IS NOT NULL", name="answer_by"),
    )
    standing = sa.text("status IN ('QUEUED', 'SENT', 'ACCEPTED')")
    op.create_index(
        "ix_provider_order_one_standing",
        "provider_order",
        ["municipality_id", "decision_id", "provider_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index(None, "provider_order", ["municipality_id", "provider_id", "unit_id", "status"])
    op.create_table(
        "order_step",
        _key("municipality_id"),
        _key("decision_id"),
        sa.Column("order_number", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _text("status"),
        _text("reason"),
        sa.Column("taken_at", MOMENT, nullable=False),
        _text("taken_by"),
        sa.ForeignKeyConstraint(
            ["municipality_id", "decision_id", "order_number"],
            [f"provider_order.{name}" for name in ("municipality_id", "decision_id", "number")],
        ),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint(f"status IN ({STATUSES})", name="status"),
    )


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def _recorded() -> tuple[sa.Column[object], sa.Column[str]]:
    return sa.Column("recorded_at", MOMENT, nullable=False), _text("recorded_by")


def _refers(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", column], [f"{table}.municipality_id", f"{table}.id"]
    )
