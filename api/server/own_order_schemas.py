"""Answers to a provider about its own orders: nothing of who else was asked, or has been."""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.documents.decision_schemas import RecipientSchema, ServiceLineSchema
from api.documents.schema_types import CalendarDay, Id, Ids, Moment, Schema, Text
from api.store.order_records import OrderStatus


class OwnOrderStepSchema(Schema):
    """One step of an order; ``by`` stands at answers only."""

    status: Annotated[OrderStatus, Field(strict=False)]
    at: Moment
    by: str | None = None
    reason: Text = ""


class AwaySchema(Schema):
    """Days on which nothing is carried out, both included; without ``lastDay`` for now."""

    first_day: CalendarDay
    last_day: CalendarDay | None = None


class OrderedServicesSchema(Schema):
    """
    What is ordered, as the decision holds now, on the provider's own days of it.

    ``recipientId``, ``recipient`` and ``interruptions`` once the provider has the decision.
    """

    first_day: CalendarDay
    last_day: CalendarDay | None = None
    zone: Id
    required_skills: Ids = []
    lines: list[ServiceLineSchema]
    interruptions: list[AwaySchema] = []
    recipient_id: Id | None = None
    recipient: RecipientSchema | None = None


class OwnOrderHeadSchema(Schema):
    """An order to the provider; ``version`` is what its answer must name."""

    decision_id: Id
    number: int
    version: int
    unit: Id
    first_day: CalendarDay
    minutes_per_week: int
    answer_by: CalendarDay | None = None
    status: Annotated[OrderStatus, Field(strict=False)]
    steps: list[OwnOrderStepSchema]


class OwnOrderSchema(OwnOrderHeadSchema):
    """An order with what is ordered, as long as the provider has to answer or has the decision."""

    ordered: OrderedServicesSchema | None = None


class OwnOrdersSchema(Schema):
    """Orders that were sent to the provider, in the order in which they were made."""

    orders: list[OwnOrderHeadSchema]
