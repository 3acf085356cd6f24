"""
Choices of provider, orders with each of their steps, capacity ceilings and rules of non-choice.

Only an order's own row changes: its status and version, as its steps tell.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from api.documents.amendments import Outcome
from api.store.moments import Moment
from api.store.order_records import STANDING, ChoiceKind, OrderStatus, RuleKind
from api.store.tables.base import OfMunicipality, one_of, quoted, refers

_STANDING = text(f"status IN ({quoted(STANDING)})")


class CapacityRow(OfMunicipality, table=True):
    """A capacity ceiling of a provider in a unit from a day on; NULL minutes mean none."""

    __tablename__ = "capacity"
    __table_args__ = (
        refers("provider", "provider_id", to=("id",)),
        refers("unit", "unit_id", to=("id",)),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("minutes_per_week IS NULL OR minutes_per_week >= 0", name="minutes"),
    )

    provider_id: str = Field(primary_key=True)
    unit_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    first_day: date
    minutes_per_week: int | None = None
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class FallbackRuleRow(OfMunicipality, table=True):
    """How a unit's non-choosers get a provider from a day on."""

    __tablename__ = "fallback_rule"
    __table_args__ = (
        refers("unit", "unit_id", to=("id",)),
        CheckConstraint("number >= 1", name="number"),
        one_of("kind", RuleKind),
    )

    unit_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    first_day: date
    kind: str
    offices_json: str
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class ChoiceRow(OfMunicipality, table=True):
    """Who shall carry a decision out, the most wanted first; `place` is its act in the log."""

    __tablename__ = "choice"
    __table_args__ = (
        refers("decision", "decision_id", to=("id",)),
        CheckConstraint("number >= 1", name="number"),
        one_of("kind", ChoiceKind),
        CheckConstraint("(kind = 'FALLBACK') = (rule_number IS NOT NULL)", name="rule"),
        CheckConstraint("answer_days >= 1", name="answer_days"),
    )

    decision_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    first_day: date
    answer_days: int
    ranked_json: str
    rule_unit: str | None = None
    rule_number: int | None = None
    place: int = Field(sa_type=BigInteger)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class OrderRow(OfMunicipality, table=True):
    """An order to a provider; `place` is its act in the log, and its place in the queue."""

    __tablename__ = "provider_order"
    __table_args__ = (
        refers("choice", "decision_id", "choice_number", to=("decision_id", "number")),
        refers("provider", "provider_id", to=("id",)),
        refers("unit", "unit_id", to=("id",)),
        CheckConstraint("number >= 1 AND version >= 1", name="number"),
        CheckConstraint("rank >= 0", name="rank"),
        CheckConstraint("minutes_per_week >= 0", name="minutes"),
        one_of("status", OrderStatus),
        CheckConstraint("status <> 'SENT' OR answer_by IS NOT NULL", name="answer_by"),
        Index(
            "ix_provider_order_one_standing",
            "municipality_id",
            "decision_id",
            "provider_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index(None, "municipality_id", "provider_id", "unit_id", "status"),
    )

    decision_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    version: int
    choice_number: int
    rank: int
    provider_id: str
    unit_id: str
    first_day: date
    minutes_per_week: int
    answer_by: date | None = None
    status: str
    place: int = Field(sa_type=BigInteger)


class OrderStepRow(OfMunicipality, table=True):
    """One step of an order."""

    __tablename__ = "order_step"
    __table_args__ = (
        refers("provider_order", "decision_id", "order_number", to=("decision_id", "number")),
        CheckConstraint("number >= 1", name="number"),
        one_of("status", OrderStatus),
    )

    decision_id: str = Field(primary_key=True)
    order_number: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    status: str
    reason: str
    taken_at: datetime = Field(sa_type=Moment)
    taken_by: str


class ReviewRow(OfMunicipality, table=True):
    """A review of a decision, with the revision that held afterwards."""

    __tablename__ = "review"
    __table_args__ = (
        refers("decision_revision", "decision_id", "revision", to=("decision_id", "number")),
        CheckConstraint("number >= 1", name="number"),
        one_of("outcome", Outcome),
        CheckConstraint("next_on IS NULL OR next_on > reviewed_on", name="next_on"),
    )

    decision_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    revision: int
    reviewed_on: date
    outcome: str
    next_on: date | None = None
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
