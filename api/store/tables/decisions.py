"""
Decisions, and each of their revisions whole: what was granted, where, by whom, and when not.

A revision is never overwritten; the decision's own row only counts them.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from api.store.moments import Moment
from api.store.records import DecisionEvent
from api.store.tables.base import OfMunicipality, one_of, refers
from scheduler.care.model import Period


class DecisionRow(OfMunicipality, table=True):
    """A decision; `version` is the number of the revision that holds."""

    __tablename__ = "decision"
    __table_args__ = (
        refers("recipient", "recipient_id", to=("id",)),
        CheckConstraint("version >= 1", name="version"),
        Index(None, "municipality_id", "recipient_id"),
    )

    id: str = Field(primary_key=True)
    recipient_id: str
    version: int


class DecisionRevisionRow(OfMunicipality, table=True):
    """A decision as it stood from one change to the next, with the home it is carried out in."""

    __tablename__ = "decision_revision"
    __table_args__ = (
        refers("decision", "decision_id", to=("id",)),
        refers("intake", "intake_key", to=("key",)),
        CheckConstraint("number >= 1", name="number"),
        one_of("event", DecisionEvent),
        CheckConstraint("(number = 1) = (event = 'GRANTED')", name="granted_first"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="place"),
    )

    decision_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    event: str
    decided_on: date
    valid_from: date
    valid_to: date | None = None
    review_on: date | None = None
    lat: float
    lon: float
    zone: str
    required_skills_json: str
    wishes_json: str
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
    intake_key: str | None = None


class OfRevision(OfMunicipality):
    """A table whose rows belong to one revision of a decision."""

    decision_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)


_REVISION = ("decision_id", "number")


class ServiceLineRow(OfRevision, table=True):
    """One granted service, in the decision's order."""

    __tablename__ = "service_line"
    __table_args__ = (
        refers("decision_revision", "decision_id", "revision", to=_REVISION),
        UniqueConstraint("municipality_id", "decision_id", "revision", "id", name="id"),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("times >= 1", name="times"),
        one_of("period", Period),
        CheckConstraint("own_minutes IS NULL OR own_minutes > 0", name="own_minutes"),
        CheckConstraint("staff IN (1, 2)", name="staff"),
        CheckConstraint("min_gap_min IS NULL OR min_gap_min >= 0", name="min_gap"),
        CheckConstraint(
            "max_gap_min IS NULL OR max_gap_min >= coalesce(min_gap_min, 0)", name="max_gap"
        ),
    )

    position: int = Field(primary_key=True)
    id: str
    service: str
    times: int
    period: str
    weekdays_json: str
    bands_json: str
    own_minutes: int | None = None
    staff: int
    min_gap_min: int | None = None
    max_gap_min: int | None = None
    flexible: bool
    least_apart_h: int | None = None


class PlacementRow(OfRevision, table=True):
    """Where and by whom from a day on, and whose budget pays."""

    __tablename__ = "placement"
    __table_args__ = (
        refers("decision_revision", "decision_id", "revision", to=_REVISION),
        refers("provider", "provider_id", to=("id",)),
        refers("unit", "unit_id", to=("id",)),
    )

    first_day: date = Field(primary_key=True)
    zone: str
    provider_id: str
    unit_id: str


class InterruptionRow(OfRevision, table=True):
    """Days on which nothing is carried out, both included."""

    __tablename__ = "interruption"
    __table_args__ = (
        refers("decision_revision", "decision_id", "revision", to=_REVISION),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="days"),
        CheckConstraint(
            "status IN ('PLANNED_ABSENCE', 'UNPLANNED_ABSENCE', 'DECEASED')", name="status"
        ),
    )

    position: int = Field(primary_key=True)
    first_day: date
    last_day: date | None = None
    reason: str
    status: str | None = None
