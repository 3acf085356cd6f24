"""
From a day to its plan: build the problem, search, say why what is left is left.

    day → problem → routes → plan

The plan is a record of clock times and ids; :mod:`scheduler.checker` judges it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from scheduler.build import build_problem, origin
from scheduler.care.model import Day, Location, Shift
from scheduler.care.units import SECONDS_PER_MINUTE, STOCKHOLM
from scheduler.given_travel import travel_of
from scheduler.objective import Objective, load_objective
from scheduler.plan import Plan, Route, Stop
from scheduler.problem import Problem
from scheduler.proven.sound import sound
from scheduler.reasons import unassigned
from scheduler.score import score
from scheduler.solve import BREAK, Progress, Solution, SolveParams, solve
from scheduler.solve.given import Stops
from scheduler.time_order import later
from scheduler.travel import Travel, travel_seconds
from scheduler.working_time import break_frame, load_working_time

__all__ = ["Progress", "plan_day", "plan_of", "route_of", "solve_soundly", "stops_of"]


def plan_day(
    day: Day,
    travel: Travel,
    *,
    seconds: float = 30.0,
    threads: int = 2,
    seed: int = 1,
    iterations: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    start: Plan | None = None,
) -> Plan:
    """
    The best plan found for `day`.

    Parameters
    ----------
    day
        Free of errors (:func:`scheduler.validation.day_findings`).
    seconds, threads, seed, iterations
        As in :class:`scheduler.solve.SolveParams`.
    on_progress
        Called about ten times a second from the calling thread.
    should_stop
        Asked as often; True ends the search within 0.2 s and keeps the best plan.
    start
        A plan to begin from, as far as it fits the day; the search is free to leave it.
    """
    travel = travel_of(day, travel)
    objective = load_objective(day.date)
    problem = build_problem(day, travel, objective)
    params = SolveParams(seconds=seconds, threads=threads, seed=seed, iterations=iterations)
    stops = None if start is None else stops_of(day, start)
    solution = solve_soundly(problem, params, on_progress, should_stop, stops)
    return plan_of(day, travel, objective, solution, seed, seconds)


def solve_soundly(
    problem: Problem,
    params: SolveParams,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    start: Stops | None = None,
) -> Solution:
    """As :func:`scheduler.solve.solve`, with no reason called proven that is not."""
    wished = whole = False

    def asked() -> bool:
        nonlocal wished
        wished = wished or (should_stop is not None and should_stop())
        return wished

    def told(progress: Progress) -> None:
        # The first progress tells of the first plan, whole unless the end was wished before it.
        nonlocal whole
        whole = whole or not wished
        if on_progress is not None:
            on_progress(progress)

    solution = solve(problem, params, told, asked, start)
    stopped = wished and not whole
    return replace(solution, unassigned=sound(problem, solution.unassigned, stopped))


def plan_of(
    day: Day,
    travel: Travel,
    objective: Objective,
    solution: Solution,
    seed: int,
    seconds: float,
) -> Plan:
    """
    `solution` of the problem built from `day` as clock times and ids.

    Parameters
    ----------
    seed, seconds
        What made the solution; the plan only keeps them.
    """
    travel = travel_of(day, travel)
    used = _used(day, solution)
    unopened = {shift.id for shift in day.shifts if shift.optional} - used
    plan = Plan(
        date=day.date,
        routes=tuple(
            route_of(day, number, stops, travel) for number, stops in enumerate(solution.stops)
        ),
        unassigned=tuple(
            unassigned(day, item, objective.prices, unopened) for item in solution.unassigned
        ),
        seed=seed,
        seconds=seconds,
        bound=solution.bound,
    )
    return replace(plan, score=score(day, plan, travel, objective))


def route_of(day: Day, number: int, stops: Sequence[tuple[int, int]], travel: Travel) -> Route:
    """
    Clock times of the route of ``day.shifts[number]``, whose `stops` are ``(visit or BREAK,
    start_s)``. The carer leaves for the first visit just in time; a break in a shift without visits
    is not planned.
    """
    travel = travel_of(day, travel)
    zero = origin(day.date).timestamp()
    shift = day.shifts[number]
    made: list[Stop] = []
    break_min = shift.rest.duration_min if shift.rest else 0
    place, left = shift.start_location, shift.start
    used = any(visit != BREAK for visit, _ in stops)
    visited = False
    for visit_number, start_s in stops if used else ():
        if visit_number == BREAK and shift.elastic and not visited:
            # Before the way out an elastic shift has not begun.
            continue
        start = datetime.fromtimestamp(zero + start_s, STOCKHOLM)
        if visit_number == BREAK:
            end, arrival = later(start, break_min * SECONDS_PER_MINUTE), left if visited else start
            made.append(Stop(None, arrival, start, end, 0))
        else:
            visit = day.visits[visit_number]
            way_s = travel_seconds(place, visit.location, shift.mode, travel)
            arrival = later(left, way_s) if visited else start
            end = later(start, visit.duration_min * SECONDS_PER_MINUTE)
            source = travel.source(place, visit.location, shift.mode)
            made.append(Stop(visit.id, arrival, start, end, way_s, source))
            place, visited = visit.location, True
        left = end
    back_s = _way_back(place, shift, travel) if used else 0
    source = travel.source(place, shift.end_location, shift.mode)
    return Route(shift.id, shift.carer_id, tuple(made), back_s, later(left, back_s), source)


def stops_of(day: Day, plan: Plan) -> Stops:
    """
    `plan` by shift in numbers of the problem built from `day`: ``(visit or BREAK, start_s)``.

    What the day does not know is left out, as is a shift that the plan does not name.
    """
    zero = origin(day.date).timestamp()
    numbers: dict[str | None, int] = {visit.id: i for i, visit in enumerate(day.visits)}
    numbers[None] = BREAK
    by_shift = {route.shift_id: route for route in plan.routes}
    working = load_working_time(day.date) if any(shift.elastic for shift in day.shifts) else None
    routes = []
    for shift in day.shifts:
        planned = by_shift[shift.id].stops if shift.id in by_shift else ()
        stops = [
            (numbers[stop.visit_id], int(stop.start.timestamp() - zero))
            for stop in planned
            if stop.visit_id in numbers
        ]
        if (
            stops
            and working
            and shift.elastic
            and shift.rest
            and (None not in {stop.visit_id for stop in planned})
        ):
            # The problem has it before the way out, where the plan needs none.
            first, _ = break_frame(shift, shift.rest, working)
            stops.insert(0, (BREAK, int(first.timestamp() - zero)))
        routes.append(tuple(stops))
    return tuple(routes)


def _way_back(place: Location, shift: Shift, travel: Travel) -> int:
    return travel_seconds(place, shift.end_location, shift.mode, travel)


def _used(day: Day, solution: Solution) -> set[str]:
    """Ids of the shifts that have a visit."""
    return {
        shift.id
        for shift, stops in zip(day.shifts, solution.stops, strict=True)
        if any(visit != BREAK for visit, _ in stops)
    }
