"""
The planning document: what one area asks for on one day (docs/format.md, first part).

Names follow Timefold's field service model, which other planning tools know, with what home care
adds: ``recipientId``, ``zone`` and the visit's decision. Structure only; meaning is judged by
:mod:`scheduler.validation`.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from api.documents.schema_types import (
    CalendarDay,
    HoursApart,
    Id,
    Ids,
    Minutes,
    Moment,
    Point,
    Schema,
    SmallNumber,
    Span,
    Text,
)
from scheduler.care.model import Gender, Mode, Wishes

ModeCode = Annotated[Mode, Field(strict=False)]
TravelSeconds = Annotated[int, Field(ge=0, le=86_400)]
GenderCode = Annotated[Gender, Field(strict=False)]


class TerminationSchema(Schema):
    """When the search ends."""

    spent_limit: Annotated[Span, Field(gt=0, le=86_400)] = Decimal(30)


class RunSchema(Schema):
    """How the plan shall be made."""

    name: Text | None = None
    termination: TerminationSchema = TerminationSchema()
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


class ConfigSchema(Schema):
    """Everything about the run that is no fact of the day."""

    run: RunSchema = RunSchema()


class PlanningWindowSchema(Schema):
    """First day, included, and last day, excluded, of what the document concerns."""

    start_date: CalendarDay
    end_date: CalendarDay


class DelegationSchema(Schema):
    """A delegated nursing task (delegering); both days included."""

    skill: Id
    valid_from: CalendarDay
    valid_to: CalendarDay


class BreakSchema(Schema):
    """A meal break (rast) that starts within the two times, both included."""

    min_start_time: Moment
    max_start_time: Moment
    duration: Minutes


class ElasticSchema(Schema):
    """How long an elastic shift is paid at least, and may be worked, break not counted."""

    min_duration: Minutes
    max_duration: Minutes


class ShiftSchema(Schema):
    """A carer's working period (pass)."""

    id: Id
    min_start_time: Moment
    max_end_time: Moment
    latest_end_time: Moment | None = None
    start_location: Point
    end_location: Point
    transport_mode: ModeCode
    optional: bool = False
    elastic: ElasticSchema | None = None
    resource: Id | None = None
    required_breaks: Annotated[list[BreakSchema], Field(max_length=1)] = []


class WishesSchema(Schema):
    """Who may come to a person and who is wanted; the objective says which of it binds."""

    prohibited_caregivers: Ids = []
    preferred_caregivers: Ids = []
    preferred_gender: GenderCode | None = None
    preferred_languages: Ids = []
    allergens: Ids = []
    primary_caregiver: Id | None = None

    @classmethod
    def fields_of(cls, wishes: Wishes) -> dict[str, Any]:
        """The fields that say `wishes`, by name."""
        return {
            "prohibited_caregivers": sorted(wishes.prohibited),
            "preferred_caregivers": sorted(wishes.preferred),
            "preferred_gender": wishes.gender,
            "preferred_languages": sorted(wishes.languages),
            "allergens": sorted(wishes.allergens),
            "primary_caregiver": wishes.contact,
        }

    def wishes(self) -> Wishes:
        """The record that the fields describe."""
        return Wishes(
            frozenset(self.prohibited_caregivers),
            frozenset(self.preferred_caregivers),
            self.preferred_gender,
            frozenset(self.preferred_languages),
            frozenset(self.allergens),
            self.primary_caregiver,
        )


class CaregiverSchema(Schema):
    """A member of the care staff (omsorgspersonal)."""

    id: Id
    name: Text | None = None
    skills: Ids = []
    delegations: list[DelegationSchema] = []
    gender: GenderCode | None = None
    languages: Ids = []
    allergies: Ids = []
    previous_shift_end: Moment | None = None
    next_shift_start: Moment | None = None
    shifts: list[ShiftSchema] = []


class TimeWindowSchema(Schema):
    """When the visit may start; an end time bounds start plus duration instead."""

    min_start_time: Moment
    max_start_time: Moment | None = None
    max_end_time: Moment | None = None


class PreferredTimeSchema(Schema):
    """First and last start that are wanted."""

    min_start_time: Moment
    max_start_time: Moment


class VisitDependencySchema(Schema):
    """Least and most time from a preceding visit to the start of this one."""

    preceding_visit: Id
    min_delay: Minutes = 0
    max_delay: Minutes | None = None
    delay_from: Literal["START", "END"] = "END"


class OccasionApartSchema(Schema):
    """Least hours from the start of a service's last occasion, on an earlier day, to this start."""

    least_hours_apart: HoursApart
    last_occasion: Moment | None = None
    line_id: Id | None = None


class VisitSchema(WishesSchema):
    """One carer's visit (besök) to one recipient."""

    id: Id
    name: Text | None = None
    recipient_id: Id
    zone: Id
    location: Point
    time_windows: Annotated[list[TimeWindowSchema], Field(min_length=1, max_length=20)]
    preferred_time: PreferredTimeSchema | None = None
    service_duration: Minutes
    required_skills: Ids = []
    priority: SmallNumber = 2
    services: Ids = []
    visit_dependencies: list[VisitDependencySchema] = []
    occasions_apart: list[OccasionApartSchema] = []
    pinned_caregiver: Id | None = None
    pinned_start_time: Moment | None = None
    loop: Id | None = None
    key_location: Point | None = None
    possible_days: Annotated[list[CalendarDay], Field(max_length=31)] = []
    decision_id: Id | None = None
    line_ids: Ids = []


class StandbySchema(Schema):
    """
    Time that carers are to be kept free at a place, ready for alarms (beredskap): each of
    ``caregivers`` for ``duration``, starting within the two times, both included.
    """

    id: Id
    zone: Id
    location: Point
    min_start_time: Moment
    max_start_time: Moment
    duration: Minutes
    caregivers: Annotated[int, Field(ge=1, le=20)] = 1
    required_skills: Ids = []


class VisitGroupSchema(Schema):
    """Visits that start together with different carers (dubbelbemanning)."""

    id: Id
    visits: Ids


class RecipientSchema(Schema):
    """Who has come to a recipient on the 13 days before, and how many should within 14."""

    id: Id
    recent_caregivers: Ids = []
    max_distinct_caregivers: Annotated[int, Field(ge=1, le=1000)] | None = None


class TravelTimesSchema(Schema):
    """
    Seconds between places by one mode: row and column in the order of the places, ``null`` where no
    way is. What no table has is estimated.
    """

    transport_mode: ModeCode
    locations: Annotated[list[Point], Field(min_length=1)]
    durations_s: list[list[TravelSeconds | None]]
    zones: Ids = []


class ResourceSchema(Schema):
    """Things that shifts share, such as cars (bilpool)."""

    id: Id
    count: Annotated[int, Field(ge=1, le=100_000)]


class ModelInputSchema(Schema):
    """
    The day: staff and visits.

    ``withheldVisits`` stands only in answers: so many visits are left out, since the reader may not
    know of the person. Such a document is not taken in again.
    """

    planning_window: PlanningWindowSchema | None = None
    date: CalendarDay
    caregivers: list[CaregiverSchema]
    visits: list[VisitSchema]
    visit_groups: list[VisitGroupSchema] = []
    recipients: list[RecipientSchema] = []
    standby: Annotated[list[StandbySchema], Field(max_length=200)] = []
    travel_times: Annotated[list[TravelTimesSchema], Field(max_length=100)] = []
    resources: list[ResourceSchema] = []
    withheld_visits: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class EnvelopeSchema(Schema):
    """A planning document."""

    config: ConfigSchema = ConfigSchema()
    model_input: ModelInputSchema
