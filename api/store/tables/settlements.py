"""
Settlements of a provider's month, and what a closed one fixes: visits, payment lines, exports.

What is owed is told by the lines, which stand for closed settlements only: so the promise that
nothing is paid twice stands on one table, as that of the bookings does.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field

from api.store.moments import Moment
from api.store.money_records import ExportFormat
from api.store.tables.base import OfMunicipality, one_of, refers
from api.store.tables.rates import by_book

_RUN = ("provider_id", "month", "version")


class OfRun(OfMunicipality):
    """A table whose rows belong to one run of a provider's month."""

    provider_id: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    version: int = Field(primary_key=True)


class SettlementRow(OfRun, table=True):
    """A run, whole as a document; the last one of a month may be closed."""

    __tablename__ = "settlement"
    __table_args__ = (
        refers("provider", "provider_id", to=("id",)),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("length(month) = 7", name="month"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed"),
        Index(
            "ix_settlement_one_closed",
            "municipality_id",
            "provider_id",
            "month",
            unique=True,
            sqlite_where=text("closed_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
    )

    digest: str
    lines: int
    minutes: int = Field(sa_type=BigInteger)
    amount_ore: int = Field(sa_type=BigInteger)
    vat_ore: int = Field(sa_type=BigInteger)
    document_json: str
    ran_at: datetime = Field(sa_type=Moment)
    ran_by: str
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_by: str | None = None


class SettlementTermsRow(OfRun, table=True):
    """The book that the visits of a month were priced by."""

    __tablename__ = "settlement_terms"
    __table_args__ = (
        refers("settlement", *_RUN),
        by_book(),
        CheckConstraint("book_kind = 'BOOK'", name="book_kind"),
    )

    visit_month: str = Field(primary_key=True)
    book_kind: str
    book_number: int
    known_on: date | None = None


class SettledVisitRow(OfMunicipality, table=True):
    """The closed settlement that a revision of a visit is in."""

    __tablename__ = "settled_visit"
    __table_args__ = (
        refers(
            "performed_revision", "provider_id", "visit_id", "revision",
            to=("provider_id", "visit_id", "number"),
        ),
        refers("settlement", *_RUN),
        Index(None, "month", "version", "provider_id", "municipality_id"),
    )  # fmt: skip

    provider_id: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    month: str
    version: int


class SettlementLineRow(OfMunicipality, table=True):
    """A payment line of a closed settlement; the first of its visit, rate and band, or a later."""

    __tablename__ = "settlement_line"
    __table_args__ = (
        refers("settlement", *_RUN),
        refers("performed_visit", "provider_id", "visit_id", to=("provider_id", "id")),
        refers("settlement_line", "provider_id", "corrects", to=("provider_id", "number")),
        Index(
            "ix_settlement_line_paid_once",
            "municipality_id",
            "provider_id",
            "visit_id",
            "component",
            "rate",
            "band",
            unique=True,
            sqlite_where=text("corrects IS NULL"),
            postgresql_where=text("corrects IS NULL"),
        ),
        Index(None, "month", "version", "provider_id", "municipality_id"),
    )

    provider_id: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    month: str
    version: int
    position: int
    corrects: str | None = None
    visit_id: str
    component: str
    rate: str
    band: str
    service: str
    zone: str
    day: date
    minutes: int = Field(sa_type=BigInteger)
    quantity: int = Field(sa_type=BigInteger)
    amount_ore: int = Field(sa_type=BigInteger)
    vat_ore: int = Field(sa_type=BigInteger)


class SettlementExportRow(OfRun, table=True):
    """A file of a closed settlement, byte by byte as it was first made."""

    __tablename__ = "settlement_export"
    __table_args__ = (
        refers("settlement", *_RUN),
        refers("rate_document", "setup_kind", "setup_number", to=("kind", "number")),
        one_of("format", ExportFormat),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("setup_kind = 'EXPORT_SETUP'", name="setup_kind"),
    )

    format: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str
    setup_kind: str
    setup_number: int
    dated_on: date
    made_at: datetime = Field(sa_type=Moment)
    made_by: str
