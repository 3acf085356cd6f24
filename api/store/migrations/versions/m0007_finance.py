"""Rate documents, performed visits, settlements with their lines, and exports."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from api.store.migrations.triggers import (
    append_only,
    drop_tables,
    only_when,
    only_where,
    refuse,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True).with_variant(sa.String(32), "sqlite")
RUN = ("provider_id", "month", "version")
# Not as the primary keys begin: see api.store.tables.performed.
BY_MONTH = ["month", "version", "provider_id", "municipality_id"]
CLOSED_ONLY = ("settled_visit", "settlement_line", "settlement_export")


def upgrade() -> None:
    """Make the tables, then what guards them."""
    _rates()
    _deliveries()
    _visits()
    _settlements()
    _closed()
    _guard_rates()
    _guard_settlements()


def downgrade() -> None:
    """Drop them, with what is in them."""
    drop_tables(
        [
            "settlement_export", "settlement_line", "settled_visit", "settlement_terms",
            "settlement", "performed_revision", "performed_visit", "delivery_approval",
            "delivery", "rate_document_use", "rate_document",
        ],
        [
            f"{table}_guarded_insert"
            for table in ("rate_document_use", "settlement", *CLOSED_ONLY)
        ],
    )  # fmt: skip


def _rates() -> None:
    op.create_table(
        "rate_document",
        _municipality(),
        _text("kind", primary_key=True),
        _integer("number", primary_key=True),
        _text("key"),
        _text("name"),
        _text("content"),
        _text("sha256"),
        sa.Column("first_day", sa.Date, nullable=False),
        *_done("uploaded"),
        *_done("approved", nullable=True),
        _of(),
        sa.CheckConstraint("kind IN ('BOOK', 'PRICE_LIST', 'EXPORT_SETUP')", name="kind"),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256"),
        sa.CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved"),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> uploaded_by", name="two_persons"),
        sa.UniqueConstraint("municipality_id", "key", name="key"),
    )
    op.create_table(
        "rate_document_use",
        _municipality(),
        _text("kind", primary_key=True),
        _integer("number", primary_key=True),
        _text("name", primary_key=True),
        _text("list_kind"),
        _integer("list_number"),
        _to("rate_document", ("kind", "number")),
        _to("rate_document", ("list_kind", "list_number"), ("kind", "number"), name="price_list"),
        sa.CheckConstraint("kind = 'BOOK' AND list_kind = 'PRICE_LIST'", name="kinds"),
    )


def _deliveries() -> None:
    key = (_text("sender", primary_key=True), _text("key", primary_key=True))
    op.create_table(
        "delivery",
        _municipality(),
        *key,
        _text("sha256"),
        _text("rows_sha256"),
        sa.Column("corrects", sa.Boolean, nullable=False),
        _integer("added"),
        _integer("corrected"),
        _integer("unchanged"),
        *_done("received"),
        _of(),
        sa.CheckConstraint("length(sha256) = 64 AND length(rows_sha256) = 64", name="sha256"),
        sa.CheckConstraint(
            "added >= 0 AND corrected >= 0 AND unchanged >= 0 "
            "AND added + corrected + unchanged >= 1",
            name="counts",
        ),
        sa.CheckConstraint("corrects OR corrected = 0", name="corrects"),
        sa.UniqueConstraint("municipality_id", "sender", "key", "received_by", name="received_by"),
    )
    op.create_table(
        "delivery_approval",
        _municipality(),
        _text("sender", primary_key=True),
        _text("key", primary_key=True),
        _text("received_by"),
        *_done("approved"),
        _to("delivery", ("sender", "key", "received_by")),
        sa.CheckConstraint("approved_by <> received_by", name="two_persons"),
    )


def _visits() -> None:
    op.create_table(
        "performed_visit",
        _municipality(),
        _text("provider_id", primary_key=True),
        _text("id", primary_key=True),
        _integer("version"),
        sa.Column("natural_key", sa.String),
        _to("provider", ("provider_id",), ("id",)),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.UniqueConstraint("natural_key", "provider_id", "municipality_id", name="once"),
    )
    op.create_table(
        "performed_revision",
        _municipality(),
        _text("provider_id", primary_key=True),
        _text("visit_id", primary_key=True),
        _integer("number", primary_key=True),
        sa.Column("corrects", sa.Integer),
        _text("provider_kind"),
        _text("recipient_id"),
        _text("service"),
        _text("zone"),
        sa.Column("starts_at", MOMENT, nullable=False),
        _text("month"),
        _text("status"),
        _integer("performed_min"),
        _integer("granted_min"),
        _integer("staff"),
        sa.Column("delegated", sa.Boolean, nullable=False),
        _integer("quantity_thousandths"),
        sa.Column("absent_from", sa.Date),
        _text("carer"),
        _text("planned_visit"),
        _text("deviation"),
        _text("delivery_sender"),
        _text("delivery_key"),
        _to("performed_visit", ("provider_id", "visit_id"), ("provider_id", "id")),
        _to(
            "performed_revision",
            ("provider_id", "visit_id", "corrects"),
            ("provider_id", "visit_id", "number"),
        ),
        _to("recipient", ("recipient_id",), ("id",)),
        _to("delivery", ("delivery_sender", "delivery_key"), ("sender", "key")),
        sa.CheckConstraint("number >= 1 AND coalesce(corrects, 0) = number - 1", name="corrects"),
        sa.CheckConstraint("delivery_sender IN ('', provider_id)", name="own_delivery"),
        sa.CheckConstraint("length(month) = 7", name="month"),
        sa.CheckConstraint(
            "status IN ('PERFORMED', 'DECLINED', 'PLANNED_ABSENCE', 'UNPLANNED_ABSENCE', "
            "'DECEASED', 'START_UP', 'PERIOD', 'GRANTED', 'WITHDRAWN')",
            name="status",
        ),
        sa.CheckConstraint(
            "performed_min BETWEEN 0 AND 44640 AND granted_min BETWEEN 0 AND 44640", name="minutes"
        ),
        sa.CheckConstraint("staff BETWEEN 1 AND 9", name="staff"),
        sa.CheckConstraint("quantity_thousandths BETWEEN 0 AND 10000000", name="quantity"),
        sa.CheckConstraint(
            "deviation IN ('', 'DECLINED', 'HOSPITAL', 'AWAY', 'DECEASED', 'TOO_SHORT', "
            "'NO_TIME_REGISTERED', 'OTHER')",
            name="deviation",
        ),
    )
    op.create_index(None, "performed_revision", ["month", "provider_id", "municipality_id"])
    op.create_index(
        None, "performed_revision", ["delivery_key", "delivery_sender", "municipality_id"]
    )


def _settlements() -> None:
    op.create_table(
        "settlement",
        *_run(),
        _text("digest"),
        _integer("lines"),
        *(_whole(name) for name in ("minutes", "amount_ore", "vat_ore")),
        _text("document_json"),
        *_done("ran"),
        *_done("closed", nullable=True),
        _to("provider", ("provider_id",), ("id",)),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("length(month) = 7", name="month"),
        sa.CheckConstraint("length(digest) = 64", name="digest"),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed"),
    )
    closed = sa.text("closed_at IS NOT NULL")
    op.create_index(
        "ix_settlement_one_closed",
        "settlement",
        ["municipality_id", "provider_id", "month"],
        unique=True,
        sqlite_where=closed,
        postgresql_where=closed,
    )
    op.create_table(
        "settlement_terms",
        *_run(),
        _text("visit_month", primary_key=True),
        _text("book_kind"),
        _integer("book_number"),
        sa.Column("known_on", sa.Date),
        _to("settlement", RUN),
        _to("rate_document", ("book_kind", "book_number"), ("kind", "number")),
        sa.CheckConstraint("book_kind = 'BOOK'", name="book_kind"),
    )


def _closed() -> None:
    op.create_table(
        "settled_visit",
        _municipality(),
        _text("provider_id", primary_key=True),
        _text("visit_id", primary_key=True),
        _integer("revision", primary_key=True),
        _text("month"),
        _integer("version"),
        _to(
            "performed_revision",
            ("provider_id", "visit_id", "revision"),
            ("provider_id", "visit_id", "number"),
        ),
        _to("settlement", RUN),
    )
    op.create_index(None, "settled_visit", BY_MONTH)
    op.create_table(
        "settlement_line",
        _municipality(),
        _text("provider_id", primary_key=True),
        _text("number", primary_key=True),
        _text("month"),
        _integer("version"),
        _integer("position"),
        sa.Column("corrects", sa.String),
        *(_text(name) for name in ("visit_id", "component", "rate", "band", "service", "zone")),
        sa.Column("day", sa.Date, nullable=False),
        *(_whole(name) for name in ("minutes", "quantity", "amount_ore", "vat_ore")),
        _to("settlement", RUN),
        _to("performed_visit", ("provider_id", "visit_id"), ("provider_id", "id")),
        _to("settlement_line", ("provider_id", "corrects"), ("provider_id", "number")),
    )
    first = sa.text("corrects IS NULL")
    op.create_index(
        "ix_settlement_line_paid_once",
        "settlement_line",
        ["municipality_id", "provider_id", "visit_id", "component", "rate", "band"],
        unique=True,
        sqlite_where=first,
        postgresql_where=first,
    )
    op.create_index(None, "settlement_line", BY_MONTH)
    op.create_table(
        "settlement_export",
        *_run(),
        _text("format", primary_key=True),
        _text("name", primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        _text("sha256"),
        _text("setup_kind"),
        _integer("setup_number"),
        sa.Column("dated_on", sa.Date, nullable=False),
        *_done("made"),
        _to("settlement", RUN),
        _to("rate_document", ("setup_kind", "setup_number"), ("kind", "number")),
        sa.CheckConstraint("format IN ('SIE', 'PEPPOL', 'EXCEL', 'HTML')", name="format"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256"),
        sa.CheckConstraint("setup_kind = 'EXPORT_SETUP'", name="setup_kind"),
    )


# ---------------------------------------------------------------- guards


def _guard_rates() -> None:
    kept = (
        *("municipality_id", "kind", "number", "key", "name", "content", "sha256"),
        *("first_day", "uploaded_at", "uploaded_by"),
    )
    only_when(
        "rate_document",
        "UPDATE",
        f"{_same(kept)} AND OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL",
        "ONLY_APPROVED rate_document",
    )
    refuse("rate_document", "DELETE", "NEVER_REMOVED rate_document")
    append_only("rate_document_use", "delivery", "delivery_approval", "performed_revision")
    # An approved book keeps the price lists that it was approved with.
    only_where(
        "rate_document_use",
        "INSERT",
        "SELECT 1 FROM rate_document AS made WHERE "
        "made.municipality_id = NEW.municipality_id AND made.kind = NEW.kind "
        "AND made.number = NEW.number AND made.approved_at IS NULL",
        "ONLY_UPLOADED rate_document_use",
    )
    only_when(
        "performed_visit",
        "UPDATE",
        f"{_same(('municipality_id', 'provider_id', 'id'))} AND NEW.version = OLD.version + 1",
        "VERSION_BY_ONE performed_visit",
    )
    refuse("performed_visit", "DELETE", "NEVER_REMOVED performed_visit")


def _guard_settlements() -> None:
    kept = (
        *("municipality_id", *RUN, "digest", "lines", "minutes", "amount_ore", "vat_ore"),
        *("document_json", "ran_at", "ran_by"),
    )
    only_when(
        "settlement",
        "UPDATE",
        f"{_same(kept)} AND OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL",
        "ONLY_CLOSED settlement",
    )
    refuse("settlement", "DELETE", "NEVER_REMOVED settlement")
    only_where(
        "settlement",
        "INSERT",
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM settlement AS made WHERE "
        "made.municipality_id = NEW.municipality_id AND made.provider_id = NEW.provider_id "
        "AND made.month >= NEW.month AND made.closed_at IS NOT NULL)",
        "MONTH_CLOSED settlement",
    )
    append_only("settlement_terms", *CLOSED_ONLY)
    for table in CLOSED_ONLY:
        only_where(
            table,
            "INSERT",
            "SELECT 1 FROM settlement AS made WHERE "
            "made.municipality_id = NEW.municipality_id AND made.provider_id = NEW.provider_id "
            "AND made.month = NEW.month AND made.version = NEW.version "
            "AND made.closed_at IS NOT NULL",
            f"ONLY_CLOSED {table}",
        )


def _same(names: tuple[str, ...]) -> str:
    return " AND ".join(f"NEW.{name} = OLD.{name}" for name in names)


# ---------------------------------------------------------------- columns


def _run() -> tuple[sa.Column[Any], ...]:
    return (
        _municipality(),
        _text("provider_id", primary_key=True),
        _text("month", primary_key=True),
        _integer("version", primary_key=True),
    )


def _done(act: str, *, nullable: bool = False) -> tuple[sa.Column[Any], sa.Column[Any]]:
    return (
        sa.Column(f"{act}_at", MOMENT, nullable=nullable),
        sa.Column(f"{act}_by", sa.String, nullable=nullable),
    )


def _municipality() -> sa.Column[str]:
    return _text("municipality_id", primary_key=True)


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String, primary_key=primary_key, nullable=False)


def _integer(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=primary_key, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _of() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"])


def _to(
    table: str, columns: tuple[str, ...], others: tuple[str, ...] = (), *, name: str = ""
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_id", *columns],
        [f"{table}.{each}" for each in ("municipality_id", *(others or columns))],
        name=f"fk_rate_document_use_{name}" if name else None,
    )
