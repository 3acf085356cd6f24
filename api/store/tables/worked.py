"""
Worked time of carers by day and class of time: files that were taken in, and what they reported.

A correction is another revision that points at the one before; nothing is overwritten.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from api.store.tables.base import OfMunicipality, belongs, refers
from api.store.tables.taken_in import TakenIn, counted

_DAY = ("provider_id", "unit_id", "day", "carer", "zone")
_PARTS = ("transport_min", "indirect_min", "staff_related_min", "waiting_min")


class WorkedDeliveryRow(TakenIn, table=True):
    """A file of worked time, by its sender's own key; no sender is the municipality."""

    __tablename__ = "worked_delivery"
    __table_args__ = (
        belongs(),
        *counted(),
    )


class WorkedTimeRow(OfMunicipality, table=True):
    """
    One carer's day in one zone as one file reported it; `corrects` is the revision before it.

    0 worked minutes take the day back. A class without minutes was not registered.
    """

    __tablename__ = "worked_time"
    __table_args__ = (
        refers("provider", "provider_id", to=("id",)),
        refers("unit", "unit_id", to=("id",)),
        refers("worked_time", *_DAY, "corrects", to=(*_DAY, "number")),
        refers("worked_delivery", "delivery_sender", "delivery_key", to=("sender", "key")),
        CheckConstraint("number >= 1 AND coalesce(corrects, 0) = number - 1", name="corrects"),
        CheckConstraint("delivery_sender IN ('', provider_id)", name="own_delivery"),
        CheckConstraint("worked_min BETWEEN 0 AND 1440", name="worked"),
        CheckConstraint("worked_min > 0 OR number > 1", name="withdrawn"),
        CheckConstraint(
            " AND ".join(["care_min >= 0", *(f"coalesce({each}, 0) >= 0" for each in _PARTS)]),
            name="classes",
        ),
        CheckConstraint(
            " + ".join(["care_min", *(f"coalesce({each}, 0)" for each in _PARTS)])
            + " <= worked_min",
            name="parts",
        ),
        # The key's own columns last, as in performed_revision.
        Index(None, "day", "provider_id", "municipality_id"),
        Index(None, "delivery_key", "delivery_sender", "municipality_id"),
    )

    provider_id: str = Field(primary_key=True)
    unit_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    carer: str = Field(primary_key=True)
    zone: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    corrects: int | None = None
    worked_min: int
    care_min: int
    transport_min: int | None = None
    indirect_min: int | None = None
    staff_related_min: int | None = None
    waiting_min: int | None = None
    delivery_sender: str
    delivery_key: str
