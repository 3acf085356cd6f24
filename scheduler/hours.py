"""
When a shift is worked, and how long that is; of an elastic shift the plan decides.

An elastic shift is worked from the way out to the first visit until the carer is back. Its break
is not, nor is a break before the first visit, or what is waited after that: the carer leaves later.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scheduler.care.model import Day, Shift
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.plan import Plan, Route
from scheduler.time_order import elapsed_s


def worked_s(route: Route) -> int:
    """Seconds from the way out until the carer is back, less the break; 0 without visits."""
    leaves = _leaves(route)
    return 0 if leaves is None else elapsed_s(leaves, route.back) - _rested_s(route, leaves)


def paid_s(shift: Shift, route: Route | None) -> int:
    """Seconds paid for an elastic `shift`: what is worked, and no less than its least."""
    if shift.elastic is None or route is None or _leaves(route) is None:
        return 0
    return max(shift.elastic.least_min * SECONDS_PER_MINUTE, worked_s(route))


def hours(shift: Shift, route: Route | None) -> tuple[datetime, datetime]:
    """
    When the shift begins and ends; for an elastic one as long as it is paid, breaks included.

    An elastic shift without visits has the limits that it may be worked within.
    """
    leaves = None if shift.elastic is None or route is None else _leaves(route)
    if leaves is None or route is None:
        return shift.start, shift.end
    length = timedelta(seconds=paid_s(shift, route) + _rested_s(route, leaves))
    zone = shift.start.tzinfo
    begins = min(leaves, shift.end.astimezone(UTC) - length)
    return begins.astimezone(zone), (begins + length).astimezone(zone)


def firm(day: Day, plan: Plan) -> Day:
    """`day` once `plan` is decided: elastic shifts that it uses have the hours it gives them."""
    routes = {route.shift_id: route for route in plan.routes}
    return replace(day, shifts=tuple(_firm(shift, routes.get(shift.id)) for shift in day.shifts))


def _firm(shift: Shift, route: Route | None) -> Shift:
    if shift.elastic is None or route is None or _leaves(route) is None:
        return shift
    begins, ends = hours(shift, route)
    rest_min = shift.rest.duration_min if shift.rest else 0
    most = timedelta(minutes=shift.elastic.most_min + rest_min)
    latest = min(shift.end.astimezone(UTC), begins.astimezone(UTC) + most)
    # A break before the way out lies outside the hours, and is not needed within them.
    rest = shift.rest
    if rest and not any(stop.visit_id is None and stop.start >= begins for stop in route.stops):
        rest = None
    return replace(
        shift,
        start=begins,
        end=ends,
        latest_end=latest.astimezone(ends.tzinfo) if latest > ends else None,
        rest=rest,
        optional=False,
        elastic=None,
    )


def _leaves(route: Route) -> datetime | None:
    """When the carer sets out for the first visit; None without visits."""
    for stop in route.stops:
        if stop.visit_id is not None:
            return stop.start.astimezone(UTC) - timedelta(seconds=stop.travel_s)
    return None


def _rested_s(route: Route, leaves: datetime) -> int:
    """Seconds of break after the carer has set out."""
    return sum(
        elapsed_s(stop.start, stop.end)
        for stop in route.stops
        if stop.visit_id is None and stop.start >= leaves
    )
