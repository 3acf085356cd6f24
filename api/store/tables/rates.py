"""
What is paid by: rate books, price lists and export setups, each uploaded by one and approved by
another.

The text is kept as it came and never changes; what holds on a day follows from the first days of
those that are approved.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from api.store.moments import Moment
from api.store.money_records import RateKind
from api.store.tables.base import OfMunicipality, belongs, one_of, refers


class RateDocumentRow(OfMunicipality, table=True):
    """A document of one kind; a change is the next number."""

    __tablename__ = "rate_document"
    __table_args__ = (
        belongs(),
        one_of("kind", RateKind),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved"),
        CheckConstraint("approved_by IS NULL OR approved_by <> uploaded_by", name="two_persons"),
        UniqueConstraint("municipality_id", "key", name="key"),
    )

    kind: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    key: str
    name: str
    content: str
    sha256: str
    first_day: date
    uploaded_at: datetime = Field(sa_type=Moment)
    uploaded_by: str
    approved_at: datetime | None = Field(default=None, sa_type=Moment)
    approved_by: str | None = None


class RateDocumentUseRow(OfMunicipality, table=True):
    """The price list that a book's file name stands for."""

    __tablename__ = "rate_document_use"
    __table_args__ = (
        refers("rate_document", "kind", "number"),
        ForeignKeyConstraint(
            ["municipality_id", "list_kind", "list_number"],
            [f"rate_document.{name}" for name in ("municipality_id", "kind", "number")],
            name="fk_rate_document_use_price_list",
        ),
        CheckConstraint("kind = 'BOOK' AND list_kind = 'PRICE_LIST'", name="kinds"),
    )

    kind: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    name: str = Field(primary_key=True)
    list_kind: str
    list_number: int


def by_book() -> ForeignKeyConstraint:
    """The row's book exists."""
    return refers("rate_document", "book_kind", "book_number", to=("kind", "number"))
