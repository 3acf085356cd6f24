"""Municipality, decisions with their revisions, intake, and the chained audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.migrations.triggers import (
    append_only,
    create_refusal,
    drop_refusal,
    drop_tables,
    only_when,
    refuse,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")
REVISION = (
    ["municipality_id", "decision_id", "revision"],
    [f"decision_revision.{name}" for name in ("municipality_id", "decision_id", "number")],
)


def upgrade() -> None:
    """Make the tables, then what guards them."""
    _people()
    _trace()
    _decisions()
    _contents()
    create_refusal()
    append_only(
        "provider", "intake", "audit", "decision_revision", "service_line", "placement",
        "interruption",
    )  # fmt: skip
    only_when(
        "decision",
        "UPDATE",
        "NEW.municipality_id = OLD.municipality_id AND NEW.id = OLD.id "
        "AND NEW.recipient_id = OLD.recipient_id AND NEW.version = OLD.version + 1",
        "VERSION_BY_ONE decision",
    )
    refuse("decision", "DELETE", "NEVER_REMOVED decision")
    only_when(
        "audit_head",
        "UPDATE",
        "NEW.municipality_id = OLD.municipality_id AND NEW.number > OLD.number",
        "ONLY_FORWARD audit_head",
    )
    refuse("audit_head", "DELETE", "NEVER_REMOVED audit_head")


def downgrade() -> None:
    """Drop all, with what is in it."""
    drop_tables(
        [
            "interruption", "placement", "service_line", "decision_revision", "decision",
            "audit_head", "audit", "intake", "recipient", "provider", "unit", "municipality",
        ]
    )  # fmt: skip
    drop_refusal()


def _people() -> None:
    op.create_table(
        "municipality",
        _text("id", primary_key=True),
        _text("name"),
    )
    op.create_table("unit", _municipality(), _text("id", primary_key=True), _text("name"), _of())
    op.create_table(
        "provider",
        _municipality(),
        _text("id", primary_key=True),
        _text("kind"),
        _of(),
        sa.CheckConstraint("kind IN ('OWN', 'PRIVATE')", name="kind"),
    )
    op.create_table(
        "recipient",
        _municipality(),
        _text("id", primary_key=True),
        _moment("registered_at"),
        _of(),
    )


def _trace() -> None:
    op.create_table(
        "intake",
        _municipality(),
        _text("key", primary_key=True),
        _text("sha256"),
        _integer("decisions"),
        _moment("received_at"),
        _text("received_by"),
        _of(),
        sa.CheckConstraint("length(sha256) = 64", name="sha256"),
        sa.CheckConstraint("decisions >= 1", name="decisions"),
    )
    op.create_table(
        "audit",
        _municipality(),
        sa.Column("number", sa.BigInteger, primary_key=True),
        _moment("at"),
        _text("actor"),
        _text("action"),
        _text("subject_kind"),
        _text("subject_id"),
        _text("details_json"),
        _text("previous_hash"),
        _text("hash"),
        _of(),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name="hash"),
    )
    op.create_index(None, "audit", ["municipality_id", "subject_kind", "subject_id"])
    op.create_table(
        "audit_head",
        _municipality(),
        sa.Column("number", sa.BigInteger, nullable=False),
        _text("hash"),
        _of(),
        sa.CheckConstraint("number >= 0", name="number"),
        sa.CheckConstraint("length(hash) = 64", name="hash"),
    )


def _decisions() -> None:
    op.create_table(
        "decision",
        _municipality(),
        _text("id", primary_key=True),
        _text("recipient_id"),
        _integer("version"),
        _to("recipient", "recipient_id", "id"),
        sa.CheckConstraint("version >= 1", name="version"),
    )
    op.create_index(None, "decision", ["municipality_id", "recipient_id"])
    op.create_table(
        "decision_revision",
        _municipality(),
        _text("decision_id", primary_key=True),
        _integer("number", primary_key=True),
        _text("event"),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("review_on", sa.Date),
        sa.Column("lat", sa.Float, nullable=False),
        sa.Column("lon", sa.Float, nullable=False),
        _text("zone"),
        _text("required_skills_json"),
        _text("wishes_json"),
        _moment("recorded_at"),
        _text("recorded_by"),
        sa.Column("intake_key", sa.String),
        _to("decision", "decision_id", "id"),
        _to("intake", "intake_key", "key"),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("event IN ('GRANTED', 'CHANGED', 'INTERRUPTED', 'ENDED')", name="event"),
        sa.CheckConstraint("(number = 1) = (event = 'GRANTED')", name="granted_first"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        sa.CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="place"),
    )


def _contents() -> None:
    op.create_table(
        "service_line",
        *_revision(),
        _integer("position", primary_key=True),
        _text("id"),
        _text("service"),
        _integer("times"),
        _text("period"),
        _text("weekdays_json"),
        _text("bands_json"),
        sa.Column("own_minutes", sa.Integer),
        _integer("staff"),
        sa.Column("min_gap_min", sa.Integer),
        sa.Column("max_gap_min", sa.Integer),
        sa.Column("flexible", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(*REVISION),
        sa.UniqueConstraint("municipality_id", "decision_id", "revision", "id", name="id"),
        sa.CheckConstraint("position >= 0", name="position"),
        sa.CheckConstraint("times >= 1", name="times"),
        sa.CheckConstraint(
            "period IN ('DAY', 'WEEK', 'TWO_WEEKS', 'THREE_WEEKS', 'FOUR_WEEKS', 'MONTH', 'YEAR')",
            name="period",
        ),
        sa.CheckConstraint("own_minutes IS NULL OR own_minutes > 0", name="own_minutes"),
        sa.CheckConstraint("staff IN (1, 2)", name="staff"),
        sa.CheckConstraint("min_gap_min IS NULL OR min_gap_min >= 0", name="min_gap"),
        sa.CheckConstraint(
            "max_gap_min IS NULL OR max_gap_min >= coalesce(min_gap_min, 0)", name="max_gap"
        ),
    )
    op.create_table(
        "placement",
        *_revision(),
        sa.Column("first_day", sa.Date, primary_key=True),
        _text("zone"),
        _text("provider_id"),
        _text("unit_id"),
        sa.ForeignKeyConstraint(*REVISION),
        _to("provider", "provider_id", "id"),
        _to("unit", "unit_id", "id"),
    )
    op.create_table(
        "interruption",
        *_revision(),
        _integer("position", primary_key=True),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date),
        _text("reason"),
        sa.Column("status", sa.String),
        sa.ForeignKeyConstraint(*REVISION),
        sa.CheckConstraint("position >= 0", name="position"),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name="days"),
        sa.CheckConstraint(
            "status IN ('PLANNED_ABSENCE', 'UNPLANNED_ABSENCE', 'DECEASED')", name="status"
        ),
    )


def _municipality() -> sa.Column[str]:
    return _text("municipality_id", primary_key=True)


def _revision() -> tuple[sa.Column[str], sa.Column[str], sa.Column[int]]:
    return (
        _municipality(),
        _text("decision_id", primary_key=True),
        _integer("revision", primary_key=True),
    )


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String, primary_key=primary_key, nullable=False)


def _integer(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=primary_key, nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=False)


def _of() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"])


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", column], [f"{table}.municipality_id", f"{table}.{other}"]
    )
