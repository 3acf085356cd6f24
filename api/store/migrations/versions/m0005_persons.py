"""
Persons: identities, protection, grants, the log of readings, and what erasure may change.

What was written for ever (decisions, interruptions, plans) may from here on be changed in one way:
the home, the wishes and the words about a recipient are blanked once that recipient is erased. No
guard is lifted for it; each one knows that way and no other.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.migrations.triggers import (
    append_only,
    drop_tables,
    drop_trigger,
    no_truncate,
    only_if,
    only_when,
    refuse,
    same,
)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")
PLAN = ("municipality_id", "unit_id", "day", "revision")
REVISION_KEPT = (
    "municipality_id", "decision_id", "number", "event", "decided_on", "valid_from", "valid_to",
    "review_on", "zone", "recorded_at", "recorded_by", "intake_key",
)  # fmt: skip
INTERRUPTION_KEPT = (
    "municipality_id", "decision_id", "revision", "position", "first_day", "last_day",
    "status",
)  # fmt: skip
PLAN_KEPT = ("municipality_id", "unit_id", "day", "number", "saved_at", "saved_by")
PLAN_STEPS = (
    "status", "approved_at", "approved_by", "published_at", "published_by", "superseded_at",
)  # fmt: skip
PLAN_DOCUMENTS = ("input_json", "plan_json", "redacted")
ONCE = ("approved_at", "approved_by", "published_at", "published_by")
STEP = " OR ".join(
    f"(OLD.status = '{before}' AND NEW.status = '{after}')"
    for before, after in (
        ("DRAFT", "APPROVED"), ("APPROVED", "PUBLISHED"), ("PUBLISHED", "SUPERSEDED"),
    )
)  # fmt: skip


def upgrade() -> None:
    """Make the tables, then what guards them, then let erasure through the older guards."""
    _identities()
    _protection()
    _readings()
    _erasures()
    _guard_persons()
    _guard_readings()
    _let_erasure_through()


def downgrade() -> None:
    """Drop the persons and the readings; what was erased stays erased."""
    for name, table in (
        ("decision_guarded_insert", "decision"),
        ("decision_revision_guarded_insert", "decision_revision"),
        ("decision_revision_no_update", "decision_revision"),
        ("interruption_no_update", "interruption"),
        ("plan_revision_guarded_update", "plan_revision"),
    ):
        drop_trigger(name, table, function=True)
    refuse("decision_revision", "UPDATE", "APPEND_ONLY decision_revision")
    refuse("interruption", "UPDATE", "APPEND_ONLY interruption")
    op.drop_column("plan_revision", "redacted")
    only_when(
        "plan_revision",
        "UPDATE",
        " AND ".join(
            [
                *(f"NEW.{name} = OLD.{name}" for name in (*PLAN_KEPT, "input_json", "plan_json")),
                *(f"(OLD.{name} IS NULL OR NEW.{name} = OLD.{name})" for name in ONCE),
                f"({STEP})",
            ]
        ),
        "ONLY_FORWARD plan_revision",
    )
    drop_tables(
        ["plan_erasure", "access_log", "access_head", "person_grant", "protection", "person",
         "erasure"],
        ["person_guarded_insert", "person_guarded_delete", "person_grant_guarded_delete",
         "access_log_guarded_delete"],
    )  # fmt: skip


# ---------------------------------------------------------------- tables


def _identities() -> None:
    op.create_table(
        "person",
        *_recipient(),
        sa.Column("version", sa.Integer, nullable=False),
        _text("key_id"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("index_key_id", sa.String),
        sa.Column("number_hash", sa.String),
        sa.Column("recorded_at", MOMENT, nullable=False),
        _text("recorded_by"),
        _of_recipient(),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("length(sealed) > 28", name="sealed"),
        sa.CheckConstraint("number_hash IS NULL OR length(number_hash) = 64", name="number_hash"),
        sa.CheckConstraint("(number_hash IS NULL) = (index_key_id IS NULL)", name="index_key"),
    )
    op.create_index(None, "person", ["municipality_id", "number_hash"])


def _protection() -> None:
    op.create_table(
        "protection",
        *_recipient(),
        sa.Column("number", sa.Integer, primary_key=True),
        _text("kind"),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("marked_at", MOMENT, nullable=False),
        _text("marked_by"),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.String),
        _of_recipient(),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint(
            "kind IN ('MARKED_CONFIDENTIAL', 'PROTECTED_REGISTRATION', 'ASSUMED_IDENTITY')",
            name="kind",
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by"),
    )
    in_force = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_protection_in_force",
        "protection",
        ["municipality_id", "recipient_id", "kind"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )
    op.create_table(
        "person_grant",
        *_recipient(),
        sa.Column("number", sa.Integer, primary_key=True),
        _text("grantee_kind"),
        _text("grantee"),
        _text("reason"),
        sa.Column("emergency", sa.Boolean, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        _text("granted_by"),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", sa.String),
        _of_recipient(),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("grantee_kind IN ('USER', 'ROLE')", name="grantee_kind"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
        sa.CheckConstraint("ends_at > granted_at", name="ends_at"),
        sa.CheckConstraint("NOT emergency OR grantee_kind = 'USER'", name="emergency"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by"),
    )


def _readings() -> None:
    op.create_table(
        "access_log",
        _text("municipality_id", primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        _text("actor"),
        _text("unit"),
        _text("kind"),
        _text("recipient_id"),
        _text("reason"),
        sa.Column("case_id", sa.String),
        sa.Column("protected", sa.Boolean, nullable=False),
        sa.Column("emergency", sa.Boolean, nullable=False),
        _text("previous_hash"),
        _text("hash"),
        _of_recipient(),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name="hash"),
        sa.CheckConstraint(
            "kind IN ('READ', 'LISTED', 'FOUND', 'REFUSED', 'EMERGENCY', 'LOG')", name="kind"
        ),
    )
    op.create_index(None, "access_log", ["municipality_id", "recipient_id", "number"])
    op.create_index(None, "access_log", ["municipality_id", "at"])
    op.create_table(
        "access_head",
        _text("municipality_id", primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        _text("hash"),
        sa.Column("kept_from", sa.BigInteger, nullable=False),
        _text("kept_after"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"]),
        sa.CheckConstraint("number >= 0", name="number"),
        sa.CheckConstraint("kept_from BETWEEN 1 AND number + 1", name="kept_from"),
        sa.CheckConstraint("length(hash) = 64 AND length(kept_after) = 64", name="hash"),
    )


def _erasures() -> None:
    op.create_table(
        "erasure",
        *_recipient(),
        sa.Column("erased_at", MOMENT, nullable=False),
        _text("erased_by"),
        _of_recipient(),
    )
    op.create_table(
        "plan_erasure",
        _text("municipality_id", primary_key=True),
        _text("unit_id", primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        _text("recipient_id", primary_key=True),
        sa.ForeignKeyConstraint(PLAN, [f"plan_revision.{name}" for name in (*PLAN[:-1], "number")]),
        sa.ForeignKeyConstraint(
            ["municipality_id", "recipient_id"],
            ["erasure.municipality_id", "erasure.recipient_id"],
        ),
    )
    op.add_column(
        "plan_revision", sa.Column("redacted", sa.Integer, nullable=False, server_default="0")
    )


# ---------------------------------------------------------------- guards


def _guard_persons() -> None:
    erased = _erased("OLD")
    only_if("person_guarded_insert", "person", "INSERT", f"NOT {_erased('NEW')}", "ERASED person")
    only_when(
        "person",
        "UPDATE",
        "NEW.municipality_id = OLD.municipality_id AND NEW.recipient_id = OLD.recipient_id "
        "AND (NEW.version = OLD.version + 1 OR (NEW.version = OLD.version "
        "AND NEW.recorded_at = OLD.recorded_at AND NEW.recorded_by = OLD.recorded_by))",
        "VERSION_BY_ONE person",
    )
    only_if("person_guarded_delete", "person", "DELETE", erased, "ONLY_ERASED person")
    no_truncate("person")
    _only_ended("protection", ("municipality_id", "recipient_id", "number", "kind", "valid_from",
                               "marked_at", "marked_by"), "ended_at")  # fmt: skip
    refuse("protection", "DELETE", "NEVER_REMOVED protection")
    _only_ended("person_grant", ("municipality_id", "recipient_id", "number", "grantee_kind",
                                 "grantee", "reason", "emergency", "granted_at", "granted_by",
                                 "ends_at"), "revoked_at")  # fmt: skip
    only_if(
        "person_grant_guarded_delete", "person_grant", "DELETE", erased, "ONLY_ERASED person_grant"
    )
    no_truncate("person_grant")
    append_only("erasure", "plan_erasure")


def _guard_readings() -> None:
    refuse("access_log", "UPDATE", "APPEND_ONLY access_log")
    only_if(
        "access_log_guarded_delete",
        "access_log",
        "DELETE",
        "EXISTS (SELECT 1 FROM access_head WHERE access_head.municipality_id = "
        "OLD.municipality_id AND access_head.kept_from > OLD.number)",
        "ONLY_OLD access_log",
    )
    no_truncate("access_log")
    only_when(
        "access_head",
        "UPDATE",
        "NEW.municipality_id = OLD.municipality_id AND NEW.kept_from >= OLD.kept_from "
        "AND ((NEW.number > OLD.number AND NEW.kept_from = OLD.kept_from "
        "AND NEW.kept_after = OLD.kept_after) "
        "OR (NEW.number = OLD.number AND NEW.hash = OLD.hash AND NEW.kept_from > OLD.kept_from))",
        "ONLY_FORWARD access_head",
    )
    refuse("access_head", "DELETE", "NEVER_REMOVED access_head")


def _let_erasure_through() -> None:
    only_if(
        "decision_guarded_insert", "decision", "INSERT", f"NOT {_erased('NEW')}", "ERASED decision"
    )
    decided = (
        "SELECT 1 FROM erasure JOIN decision ON decision.municipality_id = "
        "erasure.municipality_id AND decision.recipient_id = erasure.recipient_id "
        "WHERE decision.municipality_id = NEW.municipality_id AND decision.id = NEW.decision_id"
    )
    only_if(
        "decision_revision_guarded_insert",
        "decision_revision",
        "INSERT",
        f"NOT EXISTS ({decided})",
        "ERASED decision_revision",
    )
    drop_trigger("decision_revision_no_update", "decision_revision")
    blank = (
        "NEW.lat = 0 AND NEW.lon = 0 AND NEW.required_skills_json = '[]' AND NEW.wishes_json = '{}'"
    )
    only_if(
        "decision_revision_no_update",
        "decision_revision",
        "UPDATE",
        f"{_same(REVISION_KEPT)} AND {blank} AND EXISTS ({decided})",
        "APPEND_ONLY decision_revision",
    )
    drop_trigger("interruption_no_update", "interruption")
    only_if(
        "interruption_no_update",
        "interruption",
        "UPDATE",
        f"{_same(INTERRUPTION_KEPT)} AND NEW.reason = '' AND EXISTS ({decided})",
        "APPEND_ONLY interruption",
    )
    drop_trigger("plan_revision_guarded_update", "plan_revision")
    counted = (
        "SELECT count(*) FROM plan_erasure AS made WHERE made.municipality_id = "
        "NEW.municipality_id AND made.unit_id = NEW.unit_id AND made.day = NEW.day "
        "AND made.revision = NEW.number"
    )
    forward = " AND ".join(
        [
            _same(PLAN_DOCUMENTS),
            *(f"(OLD.{name} IS NULL OR NEW.{name} = OLD.{name})" for name in ONCE),
            f"({STEP})",
        ]
    )
    # Each person taken out of the documents changes them once.
    taken_out = (
        f"{_same(PLAN_STEPS)} AND NEW.redacted = OLD.redacted + 1 AND NEW.redacted = ({counted})"
    )
    only_if(
        "plan_revision_guarded_update",
        "plan_revision",
        "UPDATE",
        f"{_same(PLAN_KEPT)} AND (({forward}) OR ({taken_out}))",
        "ONLY_FORWARD plan_revision",
    )


def _only_ended(table: str, kept: tuple[str, ...], column: str) -> None:
    """A row of `table` is changed once, by its end."""
    condition = " AND ".join(f"NEW.{name} = OLD.{name}" for name in kept)
    only_when(
        table,
        "UPDATE",
        f"{condition} AND OLD.{column} IS NULL AND NEW.{column} IS NOT NULL",
        f"ONLY_ENDED {table}",
    )


def _erased(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM erasure "  # noqa: S608 - of constants only
        f"WHERE erasure.municipality_id = {row}.municipality_id "
        f"AND erasure.recipient_id = {row}.recipient_id)"
    )


def _same(columns: tuple[str, ...]) -> str:
    return " AND ".join(same(name) for name in columns)


# ---------------------------------------------------------------- columns


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String, primary_key=primary_key, nullable=False)


def _recipient() -> tuple[sa.Column[str], sa.Column[str]]:
    return _text("municipality_id", primary_key=True), _text("recipient_id", primary_key=True)


def _of_recipient() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", "recipient_id"], ["recipient.municipality_id", "recipient.id"]
    )
