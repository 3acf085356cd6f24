"""
The decision document: one granted decision (biståndsbeslut) and where it is carried out.

Structure only; frequencies, services and days are judged by :mod:`scheduler.validation`.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.documents.planning_schemas import WishesSchema
from api.documents.schema_types import (
    CalendarDay,
    HoursApart,
    Id,
    Ids,
    Minutes,
    Point,
    Schema,
    SmallNumber,
)
from scheduler.care.model import Band, Period, ProviderKind


class FrequencySchema(Schema):
    """How often: `times` per `period`, on `weekdays` (1 = Monday; empty means any)."""

    times: SmallNumber
    period: Annotated[Period, Field(strict=False)]
    weekdays: Annotated[list[SmallNumber], Field(max_length=7)] = []


class ServiceLineSchema(Schema):
    """
    One granted service (insats).

    ``ownDuration`` replaces the standard time (schablontid); ``minDelay`` and ``maxDelay`` bind the
    occasions of one day to each other. ``flexible``: an occasion may be made on a later day of its
    period, before the next one (flexibel dag). ``leastHoursApart``: elapsed hours from the start
    of the last occasion on an earlier day.
    """

    id: Id
    service: Id
    frequency: FrequencySchema
    bands: Annotated[list[Annotated[Band, Field(strict=False)]], Field(min_length=1, max_length=24)]
    own_duration: Minutes | None = None
    staff: SmallNumber = 1
    min_delay: Minutes | None = None
    max_delay: Minutes | None = None
    flexible: bool = False
    least_hours_apart: HoursApart | None = None


class ProviderSchema(Schema):
    """Who carries the decision out (utförare): municipal (OWN) or private (PRIVATE)."""

    id: Id
    kind: Annotated[ProviderKind, Field(strict=False)]


class RecipientSchema(WishesSchema):
    """Where the recipient lives, what every visit there demands, and who may come."""

    location: Point
    zone: Id
    required_skills: Ids = []


class DecisionSchema(Schema):
    """A decision; `validTo` absent means until further notice."""

    id: Id
    recipient_id: Id
    recipient: RecipientSchema
    decided_on: CalendarDay
    valid_from: CalendarDay
    valid_to: CalendarDay | None = None
    review_on: CalendarDay | None = None
    provider: ProviderSchema
    lines: Annotated[list[ServiceLineSchema], Field(max_length=200)]
