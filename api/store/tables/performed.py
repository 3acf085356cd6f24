"""
Performed visits as providers report them: deliveries, their approval, and each visit's revisions.

A correction is another revision that points at the one before; nothing is overwritten. A visit is
counted once whatever it is sent as: by its provider's own id, and by what it is of.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from api.store.moments import Moment
from api.store.tables.base import OfMunicipality, belongs, one_of, quoted, refers
from api.store.tables.taken_in import TakenIn, counted
from pricing.book.model import Status
from pricing.pay.visits import Deviation

_DELIVERY = ("sender", "key")
_RECEIVED = ("municipality_id", "sender", "key", "received_by")


class DeliveryRow(TakenIn, table=True):
    """A file that was taken in, by its sender's own key; no sender is the municipality."""

    __tablename__ = "delivery"
    __table_args__ = (
        belongs(),
        *counted(),
        # What an approval refers to, so that nobody approves what they sent.
        UniqueConstraint(*_RECEIVED, name="received_by"),
    )


class DeliveryApprovalRow(OfMunicipality, table=True):
    """That the visits of a delivery may be paid, by another person than who sent it."""

    __tablename__ = "delivery_approval"
    __table_args__ = (
        refers("delivery", "sender", "key", "received_by"),
        CheckConstraint("approved_by <> received_by", name="two_persons"),
    )

    sender: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    received_by: str
    approved_at: datetime = Field(sa_type=Moment)
    approved_by: str


class PerformedVisitRow(OfMunicipality, table=True):
    """
    A visit; `version` is the number of the revision that was last reported.

    `natural_key` tells what it is of; a withdrawn visit has none.
    """

    __tablename__ = "performed_visit"
    __table_args__ = (
        refers("provider", "provider_id", to=("id",)),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("natural_key", "provider_id", "municipality_id", name="once"),
    )

    provider_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int
    natural_key: str | None = None


class PerformedRevisionRow(OfMunicipality, table=True):
    """A visit as one delivery reported it; `corrects` is the revision before it."""

    __tablename__ = "performed_revision"
    __table_args__ = (
        refers("performed_visit", "provider_id", "visit_id", to=("provider_id", "id")),
        refers(
            "performed_revision", "provider_id", "visit_id", "corrects",
            to=("provider_id", "visit_id", "number"),
        ),
        refers("recipient", "recipient_id", to=("id",)),
        refers("delivery", "delivery_sender", "delivery_key", to=_DELIVERY),
        CheckConstraint("number >= 1 AND coalesce(corrects, 0) = number - 1", name="corrects"),
        CheckConstraint("delivery_sender IN ('', provider_id)", name="own_delivery"),
        CheckConstraint("length(month) = 7", name="month"),
        one_of("status", Status),
        CheckConstraint(
            "performed_min BETWEEN 0 AND 44640 AND granted_min BETWEEN 0 AND 44640", name="minutes"
        ),
        CheckConstraint("staff BETWEEN 1 AND 9", name="staff"),
        CheckConstraint("quantity_thousandths BETWEEN 0 AND 10000000", name="quantity"),
        CheckConstraint(f"deviation IN ('', {quoted(Deviation)})", name="deviation"),
        # The key's own columns last: of an index that begins as the primary key does, PostgreSQL
        # without statistics thinks as well of, and reads a whole provider for each reference.
        Index(None, "month", "provider_id", "municipality_id"),
        Index(None, "delivery_key", "delivery_sender", "municipality_id"),
    )  # fmt: skip

    provider_id: str = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    corrects: int | None = None
    provider_kind: str
    recipient_id: str
    service: str
    zone: str
    starts_at: datetime = Field(sa_type=Moment)
    month: str
    status: str
    performed_min: int
    granted_min: int
    staff: int
    delegated: bool
    quantity_thousandths: int
    absent_from: date | None = None
    carer: str
    planned_visit: str
    deviation: str
    # None of what was reported before rate books had any.
    circumstance: str | None = None
    delivery_sender: str
    delivery_key: str
