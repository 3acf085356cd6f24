"""
Day plans, their revisions and visits, and the bookings that the published ones make.

The content of a revision is never overwritten: another plan is another revision. What is in force
is told by the bookings, one per visit of a published revision, and by nothing else; so the promise
that nobody is booked twice stands on one table.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from api.store.moments import Moment
from api.store.records import PlanStatus
from api.store.tables.base import OfMunicipality, one_of, refers


class OfUnit(OfMunicipality):
    """A table whose rows belong to one day of one unit."""

    unit_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)


class DayPlanRow(OfUnit, table=True):
    """A day of a unit; `version` counts every saving, approval and publication."""

    __tablename__ = "day_plan"
    __table_args__ = (
        refers("unit", "unit_id", to=("id",)),
        CheckConstraint("version >= 1", name="version"),
    )

    version: int


class PlanRevisionRow(OfUnit, table=True):
    """One plan of the day with the input it was made of, as documents."""

    __tablename__ = "plan_revision"
    __table_args__ = (
        refers("day_plan", "unit_id", "day"),
        CheckConstraint("number >= 1", name="number"),
        one_of("status", PlanStatus),
        CheckConstraint("(status = 'DRAFT') = (approved_at IS NULL)", name="approved"),
        CheckConstraint(
            "(status IN ('PUBLISHED', 'SUPERSEDED')) = (published_at IS NOT NULL)", name="published"
        ),
        CheckConstraint("(status = 'SUPERSEDED') = (superseded_at IS NOT NULL)", name="superseded"),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by"),
        CheckConstraint("(published_at IS NULL) = (published_by IS NULL)", name="published_by"),
        Index(
            "ix_plan_revision_one_published",
            "municipality_id",
            "unit_id",
            "day",
            unique=True,
            sqlite_where=text("status = 'PUBLISHED'"),
            postgresql_where=text("status = 'PUBLISHED'"),
        ),
    )

    number: int = Field(primary_key=True)
    status: str
    input_json: str
    plan_json: str
    saved_at: datetime = Field(sa_type=Moment)
    saved_by: str
    approved_at: datetime | None = Field(default=None, sa_type=Moment)
    approved_by: str | None = None
    published_at: datetime | None = Field(default=None, sa_type=Moment)
    published_by: str | None = None
    superseded_at: datetime | None = Field(default=None, sa_type=Moment)
    # How many erased recipients were taken out of the two documents.
    redacted: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class OfPlan(OfUnit):
    """A visit of a revision: who comes, from when to when."""

    revision: int = Field(primary_key=True)
    visit_id: str = Field(primary_key=True)
    carer_id: str
    starts_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)


_VISIT = (
    "municipality_id", "unit_id", "day", "revision", "visit_id", "carer_id", "starts_at", "ends_at",
)  # fmt: skip


class PlanVisitRow(OfPlan, table=True):
    """A planned visit, in every revision whatever its status."""

    __tablename__ = "plan_visit"
    __table_args__ = (
        refers("plan_revision", "unit_id", "day", "revision", to=("unit_id", "day", "number")),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        # What a booking refers to, so that it cannot say anything else than the plan.
        UniqueConstraint(*_VISIT, name="whole"),
    )


class BookingRow(OfPlan, table=True):
    """A carer's time by a published plan; none overlaps another of the same carer."""

    __tablename__ = "booking"
    __table_args__ = (
        ForeignKeyConstraint(_VISIT, [f"plan_visit.{column}" for column in _VISIT]),
        Index(None, "municipality_id", "carer_id", "starts_at"),
    )
