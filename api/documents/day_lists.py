"""
Who does what when, for one person: a carer's day, and who comes when to a recipient.

The plan stays what counts; these are extracts of it, without what concerns others.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

from icalendar import Calendar, Event

from api.documents.schema_types import CalendarDay, Id, Ids, Moment, Point, Schema, Seconds
from api.documents.withheld import TAKEN, runs
from scheduler.care.model import Day, Visit
from scheduler.care.units import STOCKHOLM
from scheduler.plan import Plan, Route, Stop

KINDS = {"VISIT": "Besök", "BREAK": "Rast", "STANDBY": "Beredskap", "TAKEN": "Upptagen"}


class ListedStopSchema(Schema):
    """
    What the carer does next; ``with`` are the carers who come along.

    TAKEN is time with persons of whom the reader may not know, from leaving the stop before until
    being at the next one.
    """

    kind: Literal["VISIT", "BREAK", "STANDBY", "TAKEN"]
    start_time: Moment
    end_time: Moment
    travel_time: Seconds
    visit_id: Id | None = None
    recipient_id: Id | None = None
    location: Point | None = None
    services: Ids = []
    together_with: Ids = []


class ListedShiftSchema(Schema):
    """One shift in order of time."""

    id: Id
    start_time: Moment
    end_time: Moment
    stops: list[ListedStopSchema]


class DayListSchema(Schema):
    """A carer's day."""

    caregiver_id: Id
    day: CalendarDay
    shifts: list[ListedShiftSchema]


class ComingSchema(Schema):
    """One visit to the recipient, and who comes."""

    visit_id: Id
    caregiver_id: Id
    start_time: Moment
    end_time: Moment
    services: Ids = []


class WhoComesSchema(Schema):
    """Who comes when to a recipient, and which visits of the day are left out of the plan."""

    recipient_id: Id
    day: CalendarDay
    visits: list[ComingSchema]
    left_out: Ids = []


def day_list(
    day: Day, plan: Plan, carer_id: str, hidden: frozenset[str] = frozenset()
) -> DayListSchema:
    """
    The day of one carer; no shifts when the carer has none in the plan.

    Parameters
    ----------
    hidden
        Recipients of whom the reader may not know.
    """
    visits = {visit.id: visit for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    with_whom = _together(day, plan)
    return DayListSchema(
        caregiver_id=carer_id,
        day=day.date,
        shifts=[
            ListedShiftSchema(
                id=route.shift_id,
                start_time=shifts[route.shift_id].start,
                end_time=shifts[route.shift_id].end,
                stops=[
                    _taken(stops, route) if taken else _stop(stops[0], visits, with_whom, after)
                    for taken, after, stops in _steps(route, visits, hidden)
                ],
            )
            for route in plan.routes
            if route.carer_id == carer_id
        ],
    )


def who_comes(
    day: Day, plan: Plan, recipient_id: str, hidden: frozenset[str] = frozenset()
) -> WhoComesSchema:
    """The visits of one recipient by time; none when the plan has none, or they are `hidden`."""
    visits = {
        visit.id: visit
        for visit in day.visits
        if visit.recipient_id == recipient_id and recipient_id not in hidden
    }
    coming = [
        ComingSchema(
            visit_id=stop.visit_id,
            caregiver_id=route.carer_id,
            start_time=stop.start,
            end_time=stop.end,
            services=list(visits[stop.visit_id].services),
        )
        for route in plan.routes
        for stop in route.stops
        if stop.visit_id in visits and stop.visit_id is not None
    ]
    return WhoComesSchema(
        recipient_id=recipient_id,
        day=day.date,
        visits=sorted(coming, key=lambda each: (each.start_time.timestamp(), each.visit_id)),
        left_out=[each.visit_id for each in plan.unassigned if each.visit_id in visits],
    )


def carer_calendar(
    day: Day, plan: Plan, carer_id: str, at: datetime, hidden: frozenset[str] = frozenset()
) -> bytes:
    """
    A carer's day as iCalendar (RFC 5545), in UTC.

    A telephone's calendar is read by others and kept by its maker: visits have the recipient's id
    and no name, no address and no services.

    Parameters
    ----------
    at
        When it is written.
    hidden
        Recipients who are not named, not even to a carer who may know of them.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Hemplan//hemplan//SV")
    calendar.add("version", "2.0")
    for shift in day_list(day, plan, carer_id, hidden).shifts:
        for number, stop in enumerate(shift.stops):
            event = Event()
            what = stop.visit_id or f"{shift.id}-{number}"
            event.add("uid", f"{day.date.isoformat()}-{carer_id}-{what}@hemplan")
            event.add("dtstamp", at.astimezone(UTC))
            event.add("dtstart", stop.start_time.astimezone(UTC))
            event.add("dtend", stop.end_time.astimezone(UTC))
            event.add("summary", f"{KINDS[stop.kind]} {stop.recipient_id or ''}".strip())
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def recipients_of(day: Day, plan: Plan, carer_id: str | None = None) -> set[str]:
    """Everybody whom the plan sends somebody to, or sends one carer to."""
    visits = {visit.id: visit for visit in day.visits if not visit.standby}
    return {
        visits[stop.visit_id].recipient_id
        for route in plan.routes
        for stop in route.stops
        if carer_id in (None, route.carer_id) and stop.visit_id in visits
    }


def _steps(
    route: Route, visits: dict[str, Visit], hidden: frozenset[str]
) -> Iterator[tuple[bool, bool, list[Stop]]]:
    """Stops on end that are hidden, else each alone; and whether hidden ones came before."""
    flags = [
        stop.visit_id is not None and visits[stop.visit_id].recipient_id in hidden
        for stop in route.stops
    ]
    before = False
    for is_hidden, stops in runs(route.stops, flags):
        yield is_hidden, before, stops
        before = is_hidden


def _taken(stops: list[Stop], route: Route) -> ListedStopSchema:
    """The time from leaving the stop before until being at the next one, or back."""
    after = route.stops.index(stops[-1]) + 1
    back = stops[-1].end + timedelta(seconds=route.return_travel_s)
    until = route.stops[after].arrival if after < len(route.stops) else back
    left = stops[0].arrival - timedelta(seconds=stops[0].travel_s)
    return ListedStopSchema(
        kind=TAKEN,
        start_time=left.astimezone(STOCKHOLM),
        end_time=until.astimezone(STOCKHOLM),
        travel_time=0,
    )


def _stop(
    stop: Stop,
    visits: dict[str, Visit],
    with_whom: dict[str, list[tuple[str, str]]],
    after_taken: bool,
) -> ListedStopSchema:
    told = ListedStopSchema(
        kind="BREAK",
        start_time=stop.start.astimezone(STOCKHOLM),
        end_time=stop.end.astimezone(STOCKHOLM),
        travel_time=0 if after_taken else stop.travel_s,
    )
    if stop.visit_id is None:
        return told
    visit = visits[stop.visit_id]
    return ListedStopSchema(
        kind="STANDBY" if visit.standby else "VISIT",
        start_time=told.start_time,
        end_time=told.end_time,
        travel_time=told.travel_time,
        visit_id=visit.id,
        recipient_id=visit.recipient_id,
        location=[visit.location.lat, visit.location.lon],
        services=list(visit.services),
        together_with=sorted(
            carer for name, carer in with_whom.get(visit.id, []) if name != visit.id
        ),
    )


def _together(day: Day, plan: Plan) -> dict[str, list[tuple[str, str]]]:
    """Visit -> visit and carer of everybody who starts with it, itself included."""
    comes = {
        stop.visit_id: route.carer_id
        for route in plan.routes
        for stop in route.stops
        if stop.visit_id is not None
    }
    groups: dict[str, list[tuple[str, str]]] = {}
    for visit in day.visits:
        if visit.group is not None and visit.id in comes:
            groups.setdefault(visit.group, []).append((visit.id, comes[visit.id]))
    return {
        visit.id: groups[visit.group]
        for visit in day.visits
        if visit.group is not None and visit.id in comes
    }
