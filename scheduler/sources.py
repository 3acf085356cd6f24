"""Where the travel times of a plan come from, whoever made it and whatever it says of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scheduler.care.model import Day, Shift, Visit
from scheduler.given_travel import travel_of
from scheduler.plan import Plan, Route, Stop
from scheduler.travel import Travel


def with_sources(day: Day, plan: Plan, travel: Travel | None = None) -> Plan:
    """
    `plan`, a plan of `day`, with the source of each way by the day's own travel times.

    Parameters
    ----------
    travel
        As :func:`scheduler.given_travel.travel_of`. Stops and routes that the day does not know
        stay as they are.
    """
    travel = travel_of(day, travel)
    visits: dict[str | None, Visit] = {visit.id: visit for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    return replace(
        plan,
        routes=tuple(
            _of_route(route, shifts[route.shift_id], visits, travel)
            if route.shift_id in shifts
            else route
            for route in plan.routes
        ),
    )


def _of_route(
    route: Route, shift: Shift, visits: Mapping[str | None, Visit], travel: Travel
) -> Route:
    place = shift.start_location
    stops: list[Stop] = []
    for stop in route.stops:
        visit = visits.get(stop.visit_id)
        if visit is None:
            stops.append(stop)
            continue
        source = travel.source(place, visit.location, shift.mode)
        stops.append(replace(stop, travel_source=source))
        place = visit.location
    source = travel.source(place, shift.end_location, shift.mode)
    return replace(route, stops=tuple(stops), return_travel_source=source)
