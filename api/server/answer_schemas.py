"""
Answers of the server beside plans: prices, purses, visits of a decision, health.

Amounts are texts, since a JSON number would be read as a binary float; what is paid is whole öre.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.documents.plan_schemas import FindingSchema, TermSchema
from api.documents.schema_types import CalendarDay, Id, Minutes, Moment, Schema
from scheduler.care.model import ProviderKind


class HealthSchema(Schema):
    """The server answers."""

    status: Literal["UP"] = "UP"


class ReadinessSchema(Schema):
    """Whether the server can work, and what speaks against it."""

    status: Literal["READY", "NOT_READY"]
    checks: dict[str, bool]


class LineSchema(Schema):
    """One line of a price: kronor per care hour, how it was worked out, and its source."""

    code: str
    text: str
    amount: str
    unit: str
    formula: str
    source: str


class HourCostSchema(Schema):
    """
    The cost of one care hour (kostnad per brukartimme) in a zone: ``total`` is the sum of `lines`,
    each rate (ersättning) the total and the sum of its ``rateLines``.
    """

    title: str
    zone: str
    service: str
    day: str
    lines: list[LineSchema]
    total: str
    cost_per_worked_hour: str | None
    care_time_share: str | None
    share_source: str
    rates: dict[str, str]
    rate_lines: dict[str, list[LineSchema]]
    break_even_share: dict[str, str]
    staff: dict[str, Any] | None
    notes: list[FindingSchema]
    band: str
    share_sources: dict[str, str]


class ScoreAnalysisSchema(Schema):
    """What a plan is worth: its terms, and their sum; lower is better."""

    objective: int
    score_analysis: list[TermSchema]


class HourCostRequestSchema(Schema):
    """
    Which prices: those of `day`, with the time use of a stored plan when one is named.

    Without ``dayPlanId`` the price list's own shares apply.
    """

    day: CalendarDay
    day_plan_id: Id | None = None


class HourCostsSchema(Schema):
    """One hour cost per zone and service of the price list."""

    hour_costs: list[HourCostSchema]


class PurseSchema(Schema):
    """What a decision is worth a month (påse pengar): hours times rate, in whole öre."""

    decision_id: str
    zone: str
    provider_kind: Annotated[ProviderKind, Field(strict=False)]
    minutes_per_week: str
    hours_per_month: str
    rate: str
    amount_ore: int


class DecisionVisitSchema(Schema):
    """A visit that a decision grants on the day asked for."""

    id: Id
    min_start_time: Moment
    max_start_time: Moment
    service_duration: Minutes
    required_skills: list[Id]
    services: list[Id]
    line_ids: list[Id]
    group: Id | None = None
