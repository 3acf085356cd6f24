"""Answers about worked time."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.documents.schema_types import CalendarDay, Id, Moment, Schema

Minutes = Annotated[int, Field(ge=0, le=1440)]


class WorkedDeliverySchema(Schema):
    """A file of worked time that was taken in, and how many carer days it changed."""

    sender: str
    key: str
    sha256: str
    corrects: bool
    added: int
    corrected: int
    unchanged: int
    received_at: Moment
    received_by: str


class WorkedDaySchema(Schema):
    """
    One carer's worked time on one day in one zone; a class that is left out was not registered.

    ``number`` counts the reports of the day; with 0 worked minutes it was taken back.
    """

    provider: Id
    unit: Id
    day: CalendarDay
    carer: Id
    zone: Id
    worked_min: Minutes
    care_min: Minutes
    transport_min: Minutes | None = None
    indirect_min: Minutes | None = None
    staff_related_min: Minutes | None = None
    waiting_min: Minutes | None = None
    number: Annotated[int, Field(ge=1)]
    delivery: Id


class WorkedDaysSchema(Schema):
    """A page by provider, unit, day, carer and zone; ``next`` is the offset of the following."""

    days: list[WorkedDaySchema]
    next: int | None = None
