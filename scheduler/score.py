"""
The score of a plan: every term of the objective, counted from its clock times.

Who made the plan does not matter, nor what it says of itself: travel is measured anew, and waiting
is the time between two stops that is neither travel, visit nor break. The search counts the same
points on its arrays. Of a plan whose times cannot be, the score says little; the checker tells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheduler.build import fair_seconds, paid_minutes, pinned_starts
from scheduler.care.model import Day, Shift, Visit
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.carer_rules import broken_by
from scheduler.given_travel import travel_of
from scheduler.objective import Objective
from scheduler.plan import Plan, Route, Term
from scheduler.rules import Rule
from scheduler.time_order import elapsed_s
from scheduler.travel import Travel, travel_seconds


@dataclass(frozen=True, slots=True)
class _Walked:
    """Seconds of one route."""

    travel_s: int
    waiting_s: int
    overtime_s: int
    care_s: int
    missing_slack_s: int


def score(day: Day, plan: Plan, travel: Travel, objective: Objective) -> tuple[Term, ...]:
    """The terms of `plan`, a plan of `day`; what the day does not know counts nothing."""
    travel = travel_of(day, travel)
    visits = {visit.id: visit for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    used = [
        (shifts[route.shift_id], route)
        for route in plan.routes
        if route.shift_id in shifts and any(stop.visit_id in visits for stop in route.stops)
    ]
    walked = [_walk(shift, route, visits, travel, objective.slack_s) for shift, route in used]
    uneven_s = [
        max(0, each.care_s - fair_seconds(shift, objective))
        for (shift, _), each in zip(used, walked, strict=True)
        if not shift.optional
    ]
    opened = [
        _paid_s(shift, each)
        for (shift, _), each in zip(used, walked, strict=True)
        if shift.optional
    ]
    weights = objective.weights
    terms = [
        _term("travel", sum(each.travel_s for each in walked), "s", weights.travel),
        _term("waiting", sum(each.waiting_s for each in walked), "s", weights.waiting),
        _term("overtime", sum(each.overtime_s for each in walked), "s", weights.overtime),
        _term("preferred_time", _off_wish_s(day, used), "s", weights.tardiness),
        _term("opened_shift", len(opened), "shifts", objective.opened_shift),
        _term("optional_second", sum(opened), "s", objective.optional_second),
    ]
    # Nobody wants to know of these where they cost nothing.
    if weights.slack:
        missing_s = sum(each.missing_slack_s for each in walked)
        terms.append(_term("missing_slack", missing_s, "s", weights.slack))
    if weights.load:
        terms.append(_term("uneven_load", sum(uneven_s), "s", weights.load))
    terms += [
        _term(
            "continuity", _beyond_cap(day, used, visits, objective), "carers", objective.new_carer
        ),
        _term("loop", _beyond_first(used, visits), "carers", objective.split_loop),
    ]
    broken = _broken(day, used, visits)
    terms += [
        _term(rule.value.lower(), broken[rule], "visits", price)
        for rule, price in objective.prices.items()
    ]
    planned = {stop.visit_id for _, route in used for stop in route.stops}
    left_out = [visit for visit in day.visits if visit.id not in planned]
    counted = Counter(objective.left_out(visit, day.date)[0] for visit in left_out)
    weights_out = {f"moved_{days}": points for days, points in sorted(objective.moved.items())}
    weights_out["standby"] = objective.standby
    weights_out["unassigned_pinned"] = objective.unassigned_pinned
    weights_out |= {
        f"unassigned_priority_{priority}": points
        for priority, points in sorted(objective.unassigned.items())
    }
    terms += [_term(name, counted[name], "visits", points) for name, points in weights_out.items()]
    return tuple(terms)


def _term(name: str, quantity: int, unit: str, weight: int) -> Term:
    return Term(name, quantity, unit, weight, quantity * weight)


def _walk(
    shift: Shift, route: Route, visits: Mapping[str, Visit], travel: Travel, slack_s: int
) -> _Walked:
    """Waiting before the first visit does not count: the carer leaves the office later."""
    place, left = shift.start_location, shift.start
    travel_s = waiting_s = care_s = missing_s = 0
    visited = False
    for stop in route.stops:
        visit = visits.get(stop.visit_id or "")
        way_s = 0
        if visit is not None:
            way_s = travel_seconds(place, visit.location, shift.mode, travel)
            place = visit.location
            care_s += visit.duration_min * SECONDS_PER_MINUTE
        elif stop.visit_id is not None:
            continue
        travel_s += way_s
        if visited:
            waited_s = max(0, elapsed_s(left, stop.start) - way_s)
            waiting_s += waited_s
            if visit is not None and not visit.standby:
                missing_s += max(0, slack_s - waited_s)
        visited = visited or visit is not None
        left = stop.end
    back_s = travel_seconds(place, shift.end_location, shift.mode, travel)
    over_s = back_s - elapsed_s(left, shift.end)
    return _Walked(travel_s + back_s, waiting_s, max(0, over_s), care_s, missing_s)


def _paid_s(shift: Shift, walked: _Walked) -> int:
    """Seconds paid for an optional shift that is opened, without overtime."""
    if shift.elastic is None:
        return paid_minutes(shift) * SECONDS_PER_MINUTE
    worked_s = walked.travel_s + walked.waiting_s + walked.care_s
    return max(worked_s, shift.elastic.least_min * SECONDS_PER_MINUTE)


def _off_wish_s(day: Day, used: list[tuple[Shift, Route]]) -> int:
    """Seconds that planned visits start before or after the time that is wanted."""
    pins = pinned_starts(day.visits)
    wanted = {v.id: v.preferred for v in day.visits if v.preferred and v.starts_with not in pins}
    return sum(
        max(0, elapsed_s(stop.start, window.earliest), elapsed_s(window.latest, stop.start))
        for _, route in used
        for stop in route.stops
        if (window := wanted.get(stop.visit_id or "")) is not None
    )


def _beyond_cap(
    day: Day,
    used: list[tuple[Shift, Route]],
    visits: Mapping[str, Visit],
    objective: Objective,
) -> int:
    """Carers by whom the day exceeds the caps of recipients; not those who came before it."""
    today: defaultdict[str, set[str]] = defaultdict(set)
    for shift, visit in _visited(used, visits):
        today[visit.recipient_id].add(shift.carer_id)
    beyond = 0
    for known in day.continuity:
        carers = today.get(known.recipient_id)
        if carers is None:
            continue
        cap = objective.continuity_cap if known.most is None else known.most
        free = max(0, cap - len(known.recent))
        beyond += max(0, len(carers - known.recent) - free)
    return beyond


def _beyond_first(used: list[tuple[Shift, Route]], visits: Mapping[str, Visit]) -> int:
    """Carers of loops beyond the first of each."""
    carers: defaultdict[str, set[str]] = defaultdict(set)
    for shift, visit in _visited(used, visits):
        if visit.loop is not None:
            carers[visit.loop].add(shift.carer_id)
    return sum(len(each) - 1 for each in carers.values())


def _visited(
    used: list[tuple[Shift, Route]], visits: Mapping[str, Visit]
) -> Iterator[tuple[Shift, Visit]]:
    """Planned visits with their shifts."""
    for shift, route in used:
        for stop in route.stops:
            visit = visits.get(stop.visit_id or "")
            if visit is not None:
                yield shift, visit


def _broken(
    day: Day, used: list[tuple[Shift, Route]], visits: Mapping[str, Visit]
) -> Counter[Rule]:
    """How many planned visits break each rule about who comes."""
    carers = {carer.id: carer for carer in day.carers}
    found: Counter[Rule] = Counter()
    for shift, visit in _visited(used, visits):
        if shift.carer_id in carers:
            found.update(broken_by(visit, carers[shift.carer_id]))
    return found
