"""Bodies and answers of needs assessment: choices, orders, queues, ceilings, rules."""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.documents.schema_types import CalendarDay, Id, Moment, Point, Schema, SmallNumber, Text
from api.store.order_records import ChoiceKind, OrderStatus, RuleKind

MinutesPerWeek = Annotated[int, Field(ge=0, le=1_000_000)]


class PlaceSchema(Schema):
    """A provider in a unit."""

    provider: Id
    unit: Id


class ChoiceRequestSchema(Schema):
    """
    Who shall carry a decision out: ``providers``, the most wanted first, or ``byRule``, the unit
    whose rule decides for somebody who does not choose. One of the two.
    """

    providers: Annotated[list[PlaceSchema], Field(max_length=20)] = []
    by_rule: Id | None = None
    first_day: CalendarDay
    answer_days: Annotated[int, Field(ge=1, le=90)]


class ChoiceSchema(Schema):
    """A choice; ``number`` is the version that the next one must name."""

    number: int
    kind: Annotated[ChoiceKind, Field(strict=False)]
    providers: list[PlaceSchema]
    first_day: CalendarDay
    answer_days: SmallNumber
    rule: int | None = None
    at: Moment
    by: str


class OrderStepSchema(Schema):
    """One step of an order."""

    status: Annotated[OrderStatus, Field(strict=False)]
    at: Moment
    by: str
    reason: Text = ""


class OrderSchema(Schema):
    """An order to a provider; ``version`` is what an answer must name."""

    decision_id: Id
    number: int
    version: int
    choice: int
    rank: int
    provider: Id
    unit: Id
    first_day: CalendarDay
    minutes_per_week: int
    answer_by: CalendarDay | None = None
    status: Annotated[OrderStatus, Field(strict=False)]
    steps: list[OrderStepSchema]


class OrderedSchema(Schema):
    """A choice, and the order that followed from it."""

    choice: ChoiceSchema
    order: OrderSchema


class ChoicesSchema(Schema):
    """Every choice of a decision, the first one first."""

    choices: list[ChoiceSchema]


class OrdersSchema(Schema):
    """Orders, in the order in which they were made."""

    orders: list[OrderSchema]


class AnsweredSchema(Schema):
    """An order after its answer, and the one to the next provider that followed from it."""

    order: OrderSchema
    next: OrderSchema | None = None


class ReasonSchema(Schema):
    """Why an order is refused or cancelled, without names."""

    reason: Text


class ExpiredSchema(Schema):
    """How many orders had not been answered in time, and how many left a queue."""

    expired: int
    sent: int


class QueueSchema(Schema):
    """Room of a provider in a unit, minutes a week, and who waits for it, in line."""

    provider: Id
    unit: Id
    offered: bool
    minutes_per_week: int | None = None
    used_minutes: int
    orders: list[OrderSchema]


class CapacityRequestSchema(Schema):
    """A ceiling from a day on; without ``minutesPerWeek`` there is none, 0 takes nobody more."""

    first_day: CalendarDay
    minutes_per_week: MinutesPerWeek | None = None


class CapacitySchema(CapacityRequestSchema):
    """A ceiling; ``number`` is the version that the next one must name."""

    provider: Id
    unit: Id
    number: int


class CapacitiesSchema(Schema):
    """Every ceiling that was set."""

    capacities: list[CapacitySchema]


class OfficeSchema(Schema):
    """A provider of a rule, and where its office is."""

    provider: Id
    location: Point | None = None


class RuleRequestSchema(Schema):
    """How whoever does not choose gets a provider, from a day on."""

    first_day: CalendarDay
    kind: Annotated[RuleKind, Field(strict=False)]
    providers: Annotated[list[OfficeSchema], Field(max_length=100)]


class RuleSchema(RuleRequestSchema):
    """A rule; ``number`` is the version that the next one must name."""

    unit: Id
    number: int
