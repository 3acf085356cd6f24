"""Day plans with their revisions, and bookings in which nobody is double-booked."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from api.store.migrations.triggers import (
    append_only,
    drop_tables,
    on_sqlite,
    only_when,
    only_where,
    refuse,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")
KEY = ("municipality_id", "unit_id", "day")
VISIT = (*KEY, "revision", "visit_id", "carer_id", "starts_at", "ends_at")
OVERLAPPING = (
    "SELECT 1 FROM booking WHERE booking.municipality_id = NEW.municipality_id "
    "AND booking.carer_id = NEW.carer_id "
    "AND booking.starts_at < NEW.ends_at AND NEW.starts_at < booking.ends_at"
)


def upgrade() -> None:
    """Make the tables, then what guards them."""
    _plans()
    _visits()
    _guard_plans()
    _guard_bookings()


def downgrade() -> None:
    """Drop the plans, with what is in them; decisions and the log stay as they are."""
    drop_tables(
        ["booking", "plan_visit", "plan_revision", "day_plan"],
        ["plan_visit_guarded_insert", "booking_guarded_insert", "booking_guarded_delete"],
    )
    # The extension stays: another program of the same database may use it.


def _plans() -> None:
    op.create_table(
        "day_plan",
        *_key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id", "unit_id"], ["unit.municipality_id", "unit.id"]
        ),
        sa.CheckConstraint("version >= 1", name="version"),
    )
    op.create_table(
        "plan_revision",
        *_key(),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("input_json", sa.String, nullable=False),
        sa.Column("plan_json", sa.String, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("saved_by", sa.String, nullable=False),
        sa.Column("approved_at", MOMENT),
        sa.Column("approved_by", sa.String),
        sa.Column("published_at", MOMENT),
        sa.Column("published_by", sa.String),
        sa.Column("superseded_at", MOMENT),
        sa.ForeignKeyConstraint(KEY, [f"day_plan.{name}" for name in KEY]),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'APPROVED', 'PUBLISHED', 'SUPERSEDED')", name="status"
        ),
        sa.CheckConstraint("(status = 'DRAFT') = (approved_at IS NULL)", name="approved"),
        sa.CheckConstraint(
            "(status IN ('PUBLISHED', 'SUPERSEDED')) = (published_at IS NOT NULL)",
            name="published",
        ),
        sa.CheckConstraint(
            "(status = 'SUPERSEDED') = (superseded_at IS NOT NULL)", name="superseded"
        ),
        sa.CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by"),
        sa.CheckConstraint("(published_at IS NULL) = (published_by IS NULL)", name="published_by"),
    )
    published = sa.text("status = 'PUBLISHED'")
    op.create_index(
        "ix_plan_revision_one_published",
        "plan_revision",
        list(KEY),
        unique=True,
        sqlite_where=published,
        postgresql_where=published,
    )


def _visits() -> None:
    op.create_table(
        "plan_visit",
        *_visit(),
        sa.ForeignKeyConstraint(
            (*KEY, "revision"), [f"plan_revision.{name}" for name in (*KEY, "number")]
        ),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.UniqueConstraint(*VISIT, name="whole"),
    )
    op.create_table(
        "booking",
        *_visit(),
        sa.ForeignKeyConstraint(VISIT, [f"plan_visit.{name}" for name in VISIT]),
    )
    op.create_index(None, "booking", ["municipality_id", "carer_id", "starts_at"])


def _guard_plans() -> None:
    kept = ("municipality_id", "unit_id", "day", "number", "input_json", "plan_json", "saved_at",
            "saved_by")  # fmt: skip
    once = ("approved_at", "approved_by", "published_at", "published_by")
    step = " OR ".join(
        f"(OLD.status = '{before}' AND NEW.status = '{after}')"
        for before, after in (
            ("DRAFT", "APPROVED"), ("APPROVED", "PUBLISHED"), ("PUBLISHED", "SUPERSEDED"),
        )
    )  # fmt: skip
    only_when(
        "plan_revision",
        "UPDATE",
        " AND ".join(
            [
                *(f"NEW.{name} = OLD.{name}" for name in kept),
                *(f"(OLD.{name} IS NULL OR NEW.{name} = OLD.{name})" for name in once),
                f"({step})",
            ]
        ),
        "ONLY_FORWARD plan_revision",
    )
    refuse("plan_revision", "DELETE", "NEVER_REMOVED plan_revision")
    only_when(
        "day_plan",
        "UPDATE",
        f"{' AND '.join(f'NEW.{name} = OLD.{name}' for name in KEY)} "
        "AND NEW.version = OLD.version + 1",
        "VERSION_BY_ONE day_plan",
    )
    refuse("day_plan", "DELETE", "NEVER_REMOVED day_plan")
    append_only("plan_visit")
    only_where("plan_visit", "INSERT", _revision_is("DRAFT", "NEW"), "ONLY_DRAFT plan_visit")


def _guard_bookings() -> None:
    refuse("booking", "UPDATE", "APPEND_ONLY booking")
    only_where("booking", "INSERT", _revision_is("PUBLISHED", "NEW"), "ONLY_PUBLISHED booking")
    only_where("booking", "DELETE", _revision_is("SUPERSEDED", "OLD"), "ONLY_SUPERSEDED booking")
    if on_sqlite():
        # As sound as a constraint: SQLite has one writer at a time.
        op.execute(
            "CREATE TRIGGER booking_not_double BEFORE INSERT ON booking "
            f"WHEN EXISTS ({OVERLAPPING}) BEGIN SELECT RAISE(ABORT, 'DOUBLE_BOOKED booking'); END"
        )
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE booking ADD CONSTRAINT booking_not_double EXCLUDE USING gist "
        "(municipality_id WITH =, carer_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
    )


def _revision_is(status: str, row: str) -> str:
    return (
        "SELECT 1 FROM plan_revision AS made WHERE "  # noqa: S608 - of constants only
        f"made.municipality_id = {row}.municipality_id AND made.unit_id = {row}.unit_id "
        f"AND made.day = {row}.day AND made.number = {row}.revision AND made.status = '{status}'"
    )


def _key() -> tuple[sa.Column[str], sa.Column[str], sa.Column[object]]:
    return (
        sa.Column("municipality_id", sa.String, primary_key=True),
        sa.Column("unit_id", sa.String, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
    )


def _visit() -> tuple[sa.Column[Any], ...]:
    return (
        *_key(),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("visit_id", sa.String, primary_key=True),
        sa.Column("carer_id", sa.String, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
    )
