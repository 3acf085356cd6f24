"""
Columns of the database; :mod:`api.server.store` and ``decision_store`` translate to the domain.

Table classes do not validate, so CHECK constraints hold what must never be broken. Minutes and
milliseconds are integers; moments are text in UTC, days are ISO text; documents are JSON text.
"""
# No `from __future__ import annotations` here: SQLModel reads the annotations as types.

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from api.documents.plan_schemas import Status
from scheduler.care.model import Period, ProviderKind

STATUSES = ", ".join(f"'{status}'" for status in Status)
KINDS = ", ".join(f"'{kind}'" for kind in ProviderKind)
PERIODS = ", ".join(f"'{period}'" for period in Period)
FINAL = ", ".join(f"'{status}'" for status in Status if status.final)


class DayPlanRow(SQLModel, table=True):
    """A day to plan, its state, and the best plan so far."""

    __tablename__ = "day_plan"
    __table_args__ = (
        CheckConstraint(f"status IN ({STATUSES})", name="day_plan_status"),
        CheckConstraint(
            f"(status IN ({FINAL})) = (ended_at IS NOT NULL)", name="day_plan_ended_when_final"
        ),
        CheckConstraint("limit_ms > 0", name="day_plan_limit"),
    )

    id: str = Field(primary_key=True)
    name: str | None = None
    status: str = Field(index=True)
    submitted_at: str
    started_at: str | None = None
    ended_at: str | None = None
    seed: int
    limit_ms: int
    objective: int | None = None
    unassigned: int | None = None
    input_json: str
    metrics_json: str
    output_json: str | None = None
    findings_json: str = "[]"


class DecisionRow(SQLModel, table=True):
    """A registered decision, with the home and the provider it names."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(f"provider_kind IN ({KINDS})", name="decision_provider_kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="decision_validity"),
    )

    id: str = Field(primary_key=True)
    recipient_id: str = Field(index=True)
    lat: float
    lon: float
    zone: str
    required_skills_json: str
    wishes_json: str
    decided_on: str
    valid_from: str
    valid_to: str | None = None
    review_on: str | None = None
    provider_id: str
    provider_kind: str
    registered_at: str
    idempotency_key: str | None = Field(default=None, unique=True)
    body_sha256: str


class ServiceLineRow(SQLModel, table=True):
    """One line of a decision, in the decision's order."""

    __tablename__ = "service_line"
    __table_args__ = (
        CheckConstraint(f"period IN ({PERIODS})", name="service_line_period"),
        CheckConstraint("times >= 1", name="service_line_times"),
        CheckConstraint("staff IN (1, 2)", name="service_line_staff"),
        CheckConstraint("own_minutes IS NULL OR own_minutes > 0", name="service_line_minutes"),
    )

    decision_id: str = Field(primary_key=True, foreign_key="decision.id")
    id: str = Field(primary_key=True)
    position: int
    service: str
    times: int
    period: str
    weekdays_json: str
    bands_json: str
    own_minutes: int | None = None
    staff: int
    min_gap_min: int | None = None
    max_gap_min: int | None = None
    flexible: bool = False
