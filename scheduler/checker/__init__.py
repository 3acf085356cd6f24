"""
Judgement of a plan by someone who did not make it.

Reads the day's own nouns and the plan's clock times, never the solver's arrays, and shares no code
with ``solve/``. Every rule of :mod:`scheduler.rules` has one function here. All violations are
returned, each with what was expected, what was found and by how many seconds it is off.

A rule with a price in the objective is no violation when it is broken: :func:`missed` lists those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scheduler.care.model import Day, Visit
from scheduler.checker.carers import (
    allergy,
    fixed_contact,
    forbidden_carer,
    gender,
    language,
    pinned_carer,
    preferred_carer,
)
from scheduler.checker.continuity import continuity, loops_whole
from scheduler.checker.pairs import gaps_kept, group_kept, groups_of, no_overlap
from scheduler.checker.resources import resources_suffice
from scheduler.checker.routes import (
    break_taken,
    daily_rest,
    elastic_stretch,
    overtime,
    shift_hours,
    shift_length,
    stretch,
    travel_time,
)
from scheduler.checker.standby import standby_kept
from scheduler.checker.violation import Placed, Violation, seconds
from scheduler.checker.visits import (
    apart_kept,
    key_fetched,
    pinned_time,
    preferred_time,
    skills_held,
    whole_duration,
    window_kept,
)
from scheduler.checker.whole import assigned_once, plan_date
from scheduler.given_travel import travel_of
from scheduler.objective import Objective, load_objective
from scheduler.plan import Plan
from scheduler.travel import Travel
from scheduler.working_time import load_working_time

__all__ = ["Violation", "check", "missed"]

CARER_RULES = (
    forbidden_carer,
    allergy,
    gender,
    language,
    preferred_carer,
    fixed_contact,
    pinned_carer,
)


def check(
    day: Day, plan: Plan, travel: Travel, objective: Objective | None = None
) -> list[Violation]:
    """
    Every hard rule that `plan` breaks on `day`; an empty list means a valid plan.

    Parameters
    ----------
    objective
        Tells which rules have a price and are therefore not hard; None takes the one in force.
    """
    travel = travel_of(day, travel)
    prices = (objective or load_objective(day.date)).prices
    visits = {visit.id: visit for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    carers = {carer.id: carer for carer in day.carers}
    working = load_working_time(day.date)
    placed = _placed(visits, plan)
    found = [*plan_date(day, plan), *assigned_once(visits, shifts, plan)]
    pins = {v.starts_with: v.pinned_start for v in day.visits if v.pinned_start is not None}
    for item in placed.values():
        carer = carers.get(item.route.carer_id)
        found += [*skills_held(day.date, carer, item), *whole_duration(item)]
        found += key_fetched(shifts.get(item.route.shift_id), item)
        pin = pins.get(item.visit.starts_with)
        if pin is None:
            found += [*window_kept(item), *apart_kept(item)]
        else:
            found += pinned_time(item, pin)
    for route in plan.routes:
        if route.shift_id in shifts:
            shift = shifts[route.shift_id]
            found += travel_time(shift, route, visits, travel)
            found += shift_hours(shift, route, visits, travel)
            found += break_taken(shift, route)
            found += shift_length(shift, route, visits, travel)
            longest_s = 60 * working.longest_stretch_min
            found += stretch(shift, route, longest_s)
            found += elastic_stretch(shift, route, visits, travel, longest_s)
            carer = carers.get(shift.carer_id)
            if carer is not None:
                rest_s = 60 * working.daily_rest_min
                found += daily_rest(shift, carer, route, visits, travel, rest_s)
    for members in groups_of(day):
        found += group_kept(members, placed)
    found += [*gaps_kept(placed), *no_overlap(placed)]
    found += resources_suffice(day, plan, shifts, visits, travel)
    found += [broken for broken in _carers(day, placed) if broken.rule not in prices]
    return found


def missed(
    day: Day, plan: Plan, travel: Travel, objective: Objective | None = None
) -> list[Violation]:
    """Every break of a rule that `objective` has a price for: allowed, but paid for in points."""
    travel = travel_of(day, travel)
    objective = objective or load_objective(day.date)
    prices = objective.prices
    visits = {visit.id: visit for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    placed = _placed(visits, plan)
    pins = {visit.starts_with for visit in day.visits if visit.pinned_start is not None}
    found = [broken for broken in _carers(day, placed) if broken.rule in prices]
    for item in placed.values():
        if item.visit.starts_with not in pins:
            found += preferred_time(item)
    for route in plan.routes:
        if route.shift_id in shifts:
            found += overtime(shifts[route.shift_id], route, visits, travel)
    found += continuity(day, placed, objective.continuity_cap)
    found += loops_whole(placed)
    found += standby_kept(day, placed)
    return found


def _placed(visits: Mapping[str, Visit], plan: Plan) -> dict[str, Placed]:
    placed: dict[str, Placed] = {}
    for route in plan.routes:
        for stop in route.stops:
            visit = visits.get(stop.visit_id or "")
            if visit is not None and visit.id not in placed:
                placed[visit.id] = Placed(visit, route, seconds(stop.start), seconds(stop.end))
    return placed


def _carers(day: Day, placed: Mapping[str, Placed]) -> Iterator[Violation]:
    carers = {carer.id: carer for carer in day.carers}
    for item in placed.values():
        carer = carers.get(item.route.carer_id)
        if carer is not None:
            for rule in CARER_RULES:
                yield from rule(item, carer)
