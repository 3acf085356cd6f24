"""
Judgement of a plan by someone who did not make it.

Reads the day's own nouns and the plan's clock times, never the solver's arrays, and shares no code
with ``solve/``. Every rule of :mod:`scheduler.rules` has one function here. All violations are
returned, each with what was expected, what was found and by how many seconds it is off.
"""

from __future__ import annotations

from scheduler.care.model import Day
from scheduler.checker.pairs import gaps_kept, group_kept, groups_of, no_overlap
from scheduler.checker.routes import break_taken, shift_hours, travel_time
from scheduler.checker.violation import Placed, Violation, seconds
from scheduler.checker.visits import skills_held, whole_duration, window_kept
from scheduler.checker.whole import assigned_once, plan_date
from scheduler.plan import Plan
from scheduler.travel import TravelSettings

__all__ = ["Violation", "check"]


def check(day: Day, plan: Plan, travel: TravelSettings) -> list[Violation]:
    """Every rule that `plan` breaks on `day`; an empty list means a valid plan."""
    visits = {visit.id: visit for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    placed: dict[str, Placed] = {}
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit_id in visits and stop.visit_id not in placed:
                placed[stop.visit_id] = Placed(
                    visits[stop.visit_id], route, seconds(stop.start), seconds(stop.end)
                )
    found = [*plan_date(day, plan), *assigned_once(visits, shifts, plan)]
    for item in placed.values():
        found += [*skills_held(day, item), *window_kept(item), *whole_duration(item)]
    for route in plan.routes:
        if route.shift_id in shifts:
            shift = shifts[route.shift_id]
            found += travel_time(shift, route, visits, travel)
            found += shift_hours(shift, route, visits, travel)
            found += break_taken(shift, route)
    for members in groups_of(day):
        found += group_kept(members, placed)
    found += [*gaps_kept(placed), *no_overlap(placed)]
    return found
